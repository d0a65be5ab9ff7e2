package cohort

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"averted/evaluate/profile"
	"averted/evaluate/source"
	"averted/evaluate/study"
	"averted/evaluate/window"
)

// contacts reads the service's own contacts.
func (r *profileReader) contacts(ctx context.Context) error {
	x := r.plan.Profile.Contacts
	if x == nil {
		return nil
	}
	if x.Monthly() {
		return r.contactMonths(ctx, x)
	}
	byMonth := map[window.Month]*profile.ContactMonth{}
	seen := map[window.Month]map[int]int64{}
	first := map[int]window.Day{}
	dose := make([]int, len(r.people.People))
	var days *source.DateColumn
	var of *source.Rows
	err := r.each(ctx, x.Table, "profile.contacts", []string{x.Columns.Person, x.Columns.Date}, func(rows *source.Rows) bool {
		if of != rows {
			of, days = rows, rows.Dates(1, x.Dates, *r.plan.Date)
		}
		i, known := r.at[rows.Field(0)]
		day, outcome := days.Day()
		if !known || outcome != source.DayRead {
			return false
		}
		m := window.MonthOf(day)
		if byMonth[m] == nil {
			byMonth[m], seen[m] = &profile.ContactMonth{Month: m}, map[int]int64{}
		}
		byMonth[m].Contacts++
		seen[m][i]++
		byMonth[m].Most = max(byMonth[m].Most, seen[m][i])
		if before, ok := first[i]; !ok || day < before {
			first[i] = day
		}
		if index := r.people.People[i].Life.Index; index != nil && day >= *index && day <= *index+window.Day(x.Landmark.Days()) {
			dose[i]++
		}
		return true
	})
	if err != nil || len(byMonth) == 0 {
		return err
	}
	for _, day := range first {
		byMonth[window.MonthOf(day)].NewPeople++
	}
	c := &profile.Contacts{}
	var starts []window.Day
	for m := range byMonth {
		starts = append(starts, m.Span().Start)
	}
	low, high := slices.Min(starts), slices.Max(starts)
	for m := window.MonthOf(low); m.Span().Start <= high; m = m.Next() {
		month := profile.ContactMonth{Month: m}
		if byMonth[m] != nil {
			month = *byMonth[m]
			month.People = int64(len(seen[m]))
		}
		if x.Complete == nil || *x.Complete.From <= m.Span().Start && m.Span().End <= *x.Complete.To+1 {
			c.Months = append(c.Months, month)
		}
	}
	if len(c.Months) > 0 {
		r.told.Contacts = c
	}
	t := profile.Table{By: profile.ByDose, Label: fmt.Sprintf("Contacts within %s of the index day, of people connected and still there then", x.Landmark)}
	end := *r.plan.Date + 1 // until when contacts are known
	if x.Complete != nil {
		end = *x.Complete.To + 1
	}
	for _, d := range profile.Doses {
		t.Levels = append(t.Levels, profile.Level{Name: d.Name})
	}
	for i, p := range r.people.People {
		if p.Life.Index == nil || !r.connected(p) {
			continue
		}
		until := *p.Life.Index + window.Day(x.Landmark.Days())
		gone := p.Life.Died != nil && *p.Life.Died <= until || p.Life.Left != nil && *p.Life.Left <= until || len(r.people.Feeds) > 0 && p.Life.Observed(r.people.Feeds).End <= until
		if gone || end <= until || x.Complete != nil && *p.Life.Index < *x.Complete.From {
			continue
		}
		t.People++
		t.Levels[profile.Dose(dose[i])].People++
	}
	r.told.Tables = append(r.told.Tables, t)
	return nil
}

func (r *profileReader) contactMonths(ctx context.Context, x *study.Contacts) error {
	want := distinct(x.Columns.Month, x.Columns.Contacts, x.Columns.NewPeople)
	c := &profile.Contacts{}
	var reader *months
	err := r.each(ctx, x.Table, "profile.contacts", want, func(rows *source.Rows) bool {
		if reader == nil {
			reader = &months{rows: rows, dates: rows.Dates(0, x.Dates, *r.plan.Date), layout: x.Dates, plan: r.plan}
		}
		m, ok := reader.month()
		if !ok {
			return false
		}
		count := func(column string) int64 {
			if column == "" {
				return 0
			}
			at := slices.Index(want, column)
			return whole(column, mostTotal, func(string) string { return rows.Field(at) }, func(_, code, text string) { rows.Problem(at, code, text, "") })
		}
		if slices.ContainsFunc(c.Months, func(o profile.ContactMonth) bool { return o.Month == m }) {
			rows.Problem(0, "A107", "this month stands here twice", "")
			return false
		}
		month := profile.ContactMonth{Month: m, Contacts: count(x.Columns.Contacts), NewPeople: count(x.Columns.NewPeople)}
		if month.NewPeople > month.Contacts {
			rows.Problem(slices.Index(want, x.Columns.NewPeople), "A113", "there are more new people than contacts", "")
		}
		c.Months = append(c.Months, month)
		return true
	})
	slices.SortFunc(c.Months, func(a, b profile.ContactMonth) int { return int(a.Month.Span().Start - b.Month.Span().Start) })
	if len(c.Months) > 0 {
		r.told.Contacts = c
	}
	return err
}

// onward reads where people were sent on to.
func (r *profileReader) onward(ctx context.Context) error {
	x := r.plan.Profile.Onward
	if x == nil {
		return nil
	}
	want := distinct(x.Columns.Person, x.Columns.Organisation, x.Columns.Sector)
	type key struct{ by, name string }
	referrals, people := map[key]int64{}, map[key]map[int]int64{}
	all := map[int]int64{}
	err := r.each(ctx, x.Table, "profile.onward", want, func(rows *source.Rows) bool {
		i, known := r.at[rows.Field(0)]
		if !known {
			return false
		}
		r.told.Away++
		all[i]++
		for by, column := range map[string]string{"organisation": x.Columns.Organisation, "sector": x.Columns.Sector} {
			if column == "" {
				continue
			}
			label, _ := Label(rows.Field(slices.Index(want, column)))
			if label == "" || source.Missing(label) {
				label = Unknown
			}
			k := key{by, strings.Clone(label)}
			if people[k] == nil {
				people[k] = map[int]int64{}
			}
			referrals[k]++
			people[k][i]++
		}
		return true
	})
	least := max(LeastNamed, r.plan.Release.HideBelow)
	few := map[string]*profile.Sent{}
	fewPeople := map[string]map[int]int64{}
	for k, n := range referrals {
		if len(people[k]) >= least {
			r.told.Onward = append(r.told.Onward, profile.Sent{By: k.by, Name: k.name, Referrals: n, People: int64(len(people[k])), Most: largest(people[k])})
			continue
		}
		if few[k.by] == nil {
			few[k.by], fewPeople[k.by] = &profile.Sent{By: k.by, Name: Few}, map[int]int64{}
		}
		few[k.by].Referrals += n
		for i, of := range people[k] {
			fewPeople[k.by][i] += of
		}
	}
	for by, s := range few {
		s.People, s.Most = int64(len(fewPeople[by])), largest(fewPeople[by])
		r.told.Onward = append(r.told.Onward, *s)
	}
	slices.SortFunc(r.told.Onward, func(a, b profile.Sent) int {
		return strings.Compare(a.By+"\x00"+a.Name, b.By+"\x00"+b.Name)
	})
	r.told.SentOn, r.told.MostAway = int64(len(all)), largest(all)
	return err
}

// largest is the most that one person has.
func largest(of map[int]int64) int64 {
	most := int64(0)
	for _, n := range of {
		most = max(most, n)
	}
	return most
}
