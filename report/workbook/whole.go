package workbook

import (
	"cmp"
	"fmt"
	"strings"

	"averted/report/number"
	"averted/report/result"
	"averted/report/telling"
)

// The sheets of who the people are and what they said. All their figures are values.

// portion is the three cells of a share with its interval.
func portion(p *result.Portion) []cell {
	if p == nil || p.Value == nil {
		return []cell{text(short, number.NotAvailable), text(short, number.NotAvailable), text(short, number.NotAvailable)}
	}
	return []cell{value(share, *p.Value/100), orShort(share, p.Low, 0.01, number.NotAvailable), orShort(share, p.High, 0.01, number.NotAvailable)}
}

func (b *book) fillWhole() {
	if p := b.r.Profile; p != nil {
		if len(p.Stages) > 1 {
			b.fillReached(p)
		}
		b.fillTraits(p)
		b.fillReasons(p)
		b.fillReferrals(p)
		b.fillContacts(p)
		b.fillOnward(p)
		b.fillFunnel(p)
	}
	b.fillAreas()
	b.fillMoves()
	b.fillScores()
	b.fillSurveys()
	b.fillCourses()
	b.fillSingles()
}

func (b *book) fillReached(p *result.Profile) {
	s := b.newSheet("Reached", "How far people came", breakLines("Shares of the stage before, and of all: of those referred or, where it is shown how many agreed to their data being used, of those; with Wilson's 95% interval, wider by what rounding may have moved.", 125)...)
	s.begin("Reached", "Stage", "People#", "Of the stage before#", "Low#", "High#", "Of all#", "Low (of all)#", "High (of all)#")
	s.widths = []float64{38, 12, 16, 12, 12, 16, 18, 18}
	for i, x := range p.Stages {
		row := []cell{text(words, number.Sentence(x.Stage)), orShortCount(x.People, number.Hidden)}
		if i == 0 {
			for range 6 {
				row = append(row, text(short, number.NotApplies))
			}
		} else {
			row = append(append(row, portion(x.OfPrevious)...), portion(x.OfFirst)...)
		}
		s.add(row...)
	}
	b.reached = s
}

func (b *book) fillTraits(p *result.Profile) {
	s := b.newSheet("Who", "Who the people are", breakLines("Counts of people are to the nearest 5; levels of few people are one level together. Where a person may have several, shares add to more than 100%.", 125)...)
	s.begin("Who", "About", "Level", "People#", "Share#", "Connected#", "Share connected#", "Low#", "High#", "The area's people#", "Share of the area's#", "Where the area's people were seen")
	s.widths = []float64{44, 44, 12, 12, 13, 14, 12, 12, 16, 14, 44}
	for _, t := range p.Traits {
		for _, l := range t.Levels {
			row := []cell{text(wrapped, t.Label), text(words, l.Level), orShortCount(l.People, number.Hidden), orShort(share, l.Share, 0.01, number.Hidden)}
			if t.Arms {
				row = append(append(row, orShortCount(l.Connected, number.Hidden)), portion(l.ConnectedShare)...)
			} else {
				for range 4 {
					row = append(row, text(short, number.NotApplies))
				}
			}
			source := t.Source
			if source == "" {
				source = number.NotAvailable
			}
			s.tall(append(row, orShortCount(l.Population, number.NotAvailable), orShort(share, l.PopulationShare, 0.01, number.NotAvailable), text(wrapped, source))...)
		}
	}
	b.who = s
}

func (b *book) fillReasons(p *result.Profile) {
	s := b.newSheet("Reasons", "Reasons that go together", breakLines("Phi is 0 where having one reason says nothing of having the other, and 1 where they always go together; of rare reasons it can be far less than 1, so it stands beside the most it could be. Where a person has one or two reasons only, most pairs lie below 0 for that alone.", 125)...)
	s.begin("Reasons", "Reason", "Other reason", "Have both#", "The first only#", "The second only#", "Neither#", "Phi#", "Low#", "High#", "Of the most it could be#", "p, Holm#")
	s.widths = []float64{36, 36, 12, 14, 14, 12, 12, 12, 12, 16, 16}
	for _, x := range p.Reasons {
		s.add(text(words, x.First), text(words, x.Second), orShortCount(x.Both, number.Hidden), orShortCount(x.Only1, number.Hidden), orShortCount(x.Only2, number.Hidden), orShortCount(x.Neither, number.Hidden),
			orShort(ratio, x.Phi, 1, number.Hidden), orShort(ratio, x.Low, 1, number.Hidden), orShort(ratio, x.High, 1, number.Hidden), orShort(share, x.OfMost, 1, number.NotApplies), orShort(chance, x.PHolm, 1, number.Hidden))
	}
	b.reasons = s
}

func (b *book) fillReferrals(p *result.Profile) {
	s := b.newSheet("Referrals", "Referrals over time", breakLines("People by the calendar month of their index day, to the nearest 5.", 125)...)
	s.begin("Referrals", "Month", "People referred#")
	s.widths = []float64{20, 18}
	for _, m := range p.Referrals {
		s.add(text(words, m.Month), orShortCount(m.People, number.Hidden))
	}
	b.referrals = s
}

func (b *book) fillContacts(p *result.Profile) {
	if p.Contacts == nil {
		return
	}
	s := b.newSheet("Contacts", "Contacts a month", breakLines("Limits of ordinary variation are the mean ± 2.66 × the mean moving range; a month that is special is one to ask about.", 125)...)
	s.begin("Contacts", "Month", "Contacts#", "New people#", "Mean#", "Lower limit#", "Upper limit#", "What is special")
	s.widths = []float64{16, 13, 13, 12, 13, 13, 44}
	for _, m := range p.Contacts.Months {
		special := m.Signal
		if special == "" {
			special = number.NotApplies
		}
		limit := func(v *float64) cell { return orShort(decimal, v, 1, number.NotAvailable) }
		s.add(text(words, m.Month), orShortCount(m.Contacts, number.Hidden), orShortCount(m.NewPeople, number.Hidden), limit(p.Contacts.Mean), limit(p.Contacts.Low), limit(p.Contacts.High), text(words, special))
	}
	b.contacts = s
}

func (b *book) fillOnward(p *result.Profile) {
	if p.Onward == nil {
		return
	}
	s := b.newSheet("Onward", "Where people were sent on to", breakLines(telling.OnwardText(p.Onward), 125)...)
	s.begin("Onward", "By", "Name", "Referrals#", "Share#")
	s.widths = []float64{18, 44, 13, 12}
	for _, x := range p.Onward.To {
		s.add(text(words, x.By), text(words, x.Name), orShortCount(x.Referrals, number.Hidden), orShort(share, x.Share, 0.01, number.Hidden))
	}
	b.onward = s
}

func (b *book) fillFunnel(p *result.Profile) {
	s := b.newSheet("Funnel", "Practices beside each other", breakLines("Expected is at each practice's own people's earlier rate, changed as all practices' together. Among many, some lie near a limit by chance: this is no ranking.", 125)...)
	s.begin("Funnel", "Activity", "Window", "Practice", "People#", "After#", "Expected#", "Ratio#", "Low#", "High#", "Lower limit, 95%#", "Upper limit, 95%#", "Lower limit, 99.8%#", "Upper limit, 99.8%#", "Beyond 99.8%")
	s.widths = []float64{34, 12, 30, 11, 11, 12, 11, 11, 11, 13, 13, 13, 13, 14}
	for _, f := range p.Funnels {
		for _, x := range f.Practices {
			figure := func(v *float64) cell { return orShort(ratio, v, 1, number.Hidden) }
			s.add(text(words, telling.Label(b.r, f.Activity)), text(words, f.Window), text(words, x.Practice), orShortCount(x.People, number.Hidden), orShortCount(x.After, number.Hidden), orShortEvents(x.Expected, number.Hidden),
				figure(x.Ratio), figure(x.Low), figure(x.High), figure(x.Low95), figure(x.High95), figure(x.Low998), figure(x.High998), text(words, map[bool]string{true: "yes", false: "no"}[x.Outside]))
		}
	}
	b.funnel = s
}

// areaItself is the indicator of an area that has none.
const areaItself = "the area itself"

// fillAreas is what became of the worst and the best state, by area and indicator.
func (b *book) fillAreas() {
	s := b.newSheet("States", "What became of states", breakLines("Change is of how many people are in the state: below 0 for fewer. Before and after are of the same people, those asked twice; bounds are what it would be had all who were not asked again left the state, or come into it.", 125)...)
	s.begin("States", "About", "Area", "Indicator", "State", "Asked twice#", "At first#", "At review#", "Change#", "Low#", "High#", "Points of share#", "Low (points)#", "High (points)#", "p (McNemar, mid-p)#", "p, Holm over all areas or indicators#", "Asked at first only#", "Change if all left#", "Change if all came#", "Remarks")
	s.widths = []float64{30, 24, 36, 18, 12, 11, 11, 11, 11, 11, 12, 12, 12, 16, 16, 14, 14, 14, 44}
	for _, o := range b.r.Outcomes {
		for _, a := range o.Areas {
			for i, x := range []*result.Shift{a.Worst, a.Best} {
				if x == nil || i == 1 && len(o.States) < 3 {
					continue
				}
				indicator := cmp.Or(a.Indicator, areaItself)
				var remarks []string
				if x.Refused != "" {
					remarks = append(remarks, telling.StateWhy(x.Refused))
				}
				for _, code := range a.Warnings {
					remarks = append(remarks, telling.WholeWarning(code))
				}
				if len(remarks) == 0 {
					remarks = []string{number.NotApplies}
				}
				holm := text(short, number.NotApplies)
				if i == 0 {
					holm = orShort(chance, a.PHolm, 1, number.NotAvailable)
				}
				gone := telling.OnlyFirst(a)
				rate := func(v *float64) cell { return orShort(percent, v, 0.01, number.NotAvailable) }
				s.tall(text(words, o.Label), text(words, a.Area), text(wrapped, indicator), text(words, x.State), orShortCount(a.People, number.Hidden), orShortCount(x.Before, number.Hidden), orShortCount(x.After, number.Hidden),
					rate(x.Change), rate(x.Low), rate(x.High), rate(x.Points), rate(x.Points1), rate(x.Points2), orShort(chance, x.P, 1, number.NotAvailable), holm,
					orShortCount(gone, number.Hidden), rate(x.Least), rate(x.Most), text(wrapped, strings.Join(remarks, "; ")))
			}
		}
	}
	b.states = s
}

// fillMoves is how many people went from each state to each.
func (b *book) fillMoves() {
	s := b.newSheet("Moves", "Who moved from which state to which", breakLines("People asked twice, by their state at first and at review. Where a move is of few people all of the area's are hidden, and how many were in each state stands on States.", 125)...)
	s.begin("Moves", "About", "Area", "Indicator", "State at first", "State at review", "People#", "p that the distribution moved#")
	s.widths = []float64{30, 24, 36, 20, 20, 12, 20}
	for _, o := range b.r.Outcomes {
		for _, a := range o.Areas {
			indicator := cmp.Or(a.Indicator, areaItself)
			for i, from := range o.States {
				for j, to := range o.States {
					n := text(short, number.Hidden)
					if a.Table != nil {
						n = orShortCount(a.Table[i][j], number.Hidden)
					}
					s.add(text(words, o.Label), text(words, a.Area), text(words, indicator), text(words, from), text(words, to), n, orShort(chance, a.Moved, 1, number.NotAvailable))
				}
			}
		}
	}
	b.moves = s
}

func (b *book) fillScores() {
	s := b.newSheet("Scores", "Questionnaires", breakLines("Scored by arithmetic alone. The mean change is of people with two scores, with a paired t interval; reliable is a change larger than the score's own error.", 125)...)
	s.begin("Scores", "Score", "Figure", "Value#", "Low#", "High#", "Remark")
	s.widths = []float64{36, 50, 14, 12, 12, 80}
	for _, o := range b.r.Outcomes {
		for _, x := range o.Scores {
			add := func(what string, v cell, low, high *float64, remark string) {
				if remark == "" {
					remark = number.NotApplies
				}
				end := func(v *float64) cell { return orShort(plain, v, 1, number.NotApplies) }
				s.tall(text(words, x.Name), text(wrapped, what), v, end(low), end(high), text(wrapped, remark))
			}
			none := number.Hidden
			if x.Refused != "" {
				none = number.NotAvailable
			}
			figure := func(v *float64) cell { return orShort(plain, v, 1, none) }
			add("People with two scores", orShortCount(x.People, number.Hidden), nil, nil, x.Note)
			add("People with a first score only", orShortCount(x.OnlyFirst, number.Hidden), nil, nil, telling.WholeWarnings(x.Warnings))
			add("People whose first sheet has no score", orShortCount(x.Unscored, number.Hidden), nil, nil, "")
			add("Mean at first", figure(x.Before), nil, nil, "")
			add("Mean at review", figure(x.After), nil, nil, "")
			add("Standard deviation at first", figure(x.SDBefore), nil, nil, "")
			add("Mean change", figure(x.Change), x.Low, x.High, strings.TrimSuffix(x.Why+" ("+x.Refused+")", " ()"))
			add("p of the mean change", orShort(chance, x.P, 1, none), nil, nil, "paired t")
			add("p of signed ranks", orShort(chance, x.PRanks, 1, none), nil, nil, "Wilcoxon, Pratt's zeros")
			add("Standardised response mean", figure(x.Response), x.ResponseLow, x.ResponseHi, "")
			add("Change by itself (regression to the mean)", orShort(plain, x.ByItself, 1, number.NotAvailable), nil, nil, x.ByItselfWhy)
			add("First score of those asked again, less the others'", orShort(plain, x.Completers, 1, number.NotAvailable), x.ComplLow, x.ComplHigh, "Welch's t")
			if r := x.Reliable; r != nil {
				remark := "reliability " + number.Plain(r.Reliability) + ", " + r.Source
				add("Change that is reliable", figure(r.Needed), nil, nil, remark)
				add("People reliably better", orShortCount(r.Improved, number.Hidden), nil, nil, "")
				add("People reliably worse", orShortCount(r.Worsened, number.Hidden), nil, nil, "")
				if r.Share != nil {
					add("Share reliably better, %", figure(r.Share.Value), r.Share.Low, r.Share.High, "by error alone 2.5%")
				}
			}
			if l := x.Large; l != nil {
				add(fmt.Sprintf("People better by %s or more", number.Plain(l.By)), orShortCount(l.Improved, number.Hidden), nil, nil, l.Source)
				add(fmt.Sprintf("People worse by %s or more", number.Plain(l.By)), orShortCount(l.Worsened, number.Hidden), nil, nil, l.Source)
			}
			for _, band := range x.Bands {
				add("At first, "+band.Band, orShortCount(band.Before, number.Hidden), nil, nil, "from "+number.Plain(band.From)+": "+band.Source)
				add("At review, "+band.Band, orShortCount(band.After, number.Hidden), nil, nil, "from "+number.Plain(band.From)+": "+band.Source)
			}
		}
	}
	b.scores = s
}

func (b *book) fillSurveys() {
	s := b.newSheet("Surveys", "What was answered", breakLines("Answers of few people are put together with their neighbour. Surgeries are counted truly where ten or more answered.", 125)...)
	s.begin("Surveys", "Survey", "Asked#", "Sheets#", "Came back#", "Question", "Answer", "Favourable", "Answers#", "Share#", "All answers#", "Favourable share#", "Low#", "High#")
	s.widths = []float64{40, 11, 11, 12, 44, 26, 14, 12, 12, 14, 16, 12, 12}
	for _, x := range b.r.Surveys {
		for _, q := range x.Questions {
			for _, a := range q.Answers {
				asked := orShortCount(x.Asked, number.NotAvailable)
				s.tall(append([]cell{text(wrapped, x.Title), asked, orShortCount(x.Sheets, number.Hidden), portion(x.Back)[0], text(wrapped, q.Label), text(wrapped, a.Answer), text(words, map[bool]string{true: "yes", false: "no"}[a.Favourable]),
					orShortCount(a.Count, number.Hidden), orShort(share, a.Share, 0.01, number.Hidden), orShortCount(q.People, number.Hidden)}, portion(q.Share)...)...)
			}
		}
	}
	b.surveys = s
}

func (b *book) fillCourses() {
	s := b.newSheet("Courses", "Who came to courses", breakLines("Each session's people as a share of the one before, with Wilson's 95% interval.", 125)...)
	s.begin("Courses", "Course", "Session", "People#", "Of the session before#", "Low#", "High#", "Where it was seen")
	s.widths = []float64{44, 24, 12, 16, 12, 12, 60}
	for _, c := range b.r.Courses {
		for _, x := range c.Sessions {
			source := cmp.Or(c.Source, number.NotAvailable)
			s.tall(append(append([]cell{text(wrapped, c.Label), text(words, x.Stage), orShortCount(x.People, number.Hidden)}, portion(x.OfPrevious)...), text(wrapped, source))...)
		}
	}
	b.courses = s
}

// fillSingles is quotations and case studies, as their authors supplied them.
func (b *book) fillSingles() {
	s := b.newSheet("In_their_words", "Quotations and case studies", breakLines("Shown as supplied, with consent in writing. "+telling.CaseWarning, 125)...)
	s.begin("In_their_words", "What it is", "Of whom", "Text", "Figures as typed by the author")
	s.widths = []float64{16, 34, 110, 60}
	for _, q := range b.r.Quotes {
		s.tall(text(words, "Quotation"), text(wrapped, q.By), text(wrapped, q.Text), text(wrapped, number.NotApplies))
	}
	told := telling.Singles(b.r)
	for i, c := range b.r.CaseStudies {
		s.tall(text(words, "Case study"), text(wrapped, c.Title), text(wrapped, c.Text), text(wrapped, told[i]))
	}
	b.singles = s
}
