package evaluate

import (
	"averted/evaluate/cohort"
	"averted/evaluate/study"
	"averted/evaluate/tally"
)

// Apart is what makes the difference between a leading figure and another of the same arm and activity: another
// window, the other follow-up, or the people of another window. Disclosure control needs it: who knows both figures
// knows their difference.
type Apart struct {
	Activity      string
	Arm           tally.Arm
	Lead, Other   Figure
	People        int64 // in one of the two only
	Before, After Difference
}

// Figure says which windows of whom a figure is about.
type Figure struct {
	Window, On string
	FollowUp   study.FollowUp
}

// Difference is the events by which two figures differ, person by person.
type Difference struct {
	Users, Events, Most int64 // people who differ, by how many events in all, and the most of one person
}

// Top is the share of the difference that one person makes; 0 where there is none.
func (d Difference) Top() float64 {
	if d.Events == 0 {
		return 0
	}
	return float64(d.Most) / float64(d.Events)
}

func (d *Difference) add(a, b, people int64) {
	apart := max(a-b, b-a)
	if apart > 0 {
		d.Users += people
		d.Events += people * apart
		d.Most = max(d.Most, apart)
	}
}

// figure is a Figure by its places in the tally.
type figure struct {
	window, on int
	complete   bool
}

func (f figure) named(t *tally.Tally) Figure {
	n := Figure{Window: t.Windows[f.window], FollowUp: study.Observed}
	if f.on != f.window {
		n.On = t.Windows[f.on]
	}
	if f.complete {
		n.FollowUp = study.Watched
	}
	return n
}

// of is what a cell's people bring to a figure.
func (f figure) of(c tally.Cell, activity int) (in bool, before, after int64) {
	seen := c.Windows[f.window]
	if !seen.In || !c.Windows[f.on].Told(f.complete) {
		return false, 0, 0
	}
	return true, seen.Before[activity], seen.After[activity]
}

// apart sets every leading figure against every other that is estimated of the same arm and activity.
func apart(plan *study.Plan, t *tally.Tally) []Apart {
	followUps := FollowUps(plan, t)
	var leads, others []figure
	for w := range t.Windows {
		leads = append(leads, figure{w, w, followUps[0] == study.Watched})
		if len(followUps) > 1 {
			others = append(others, figure{w, w, followUps[1] == study.Watched})
		}
		if longest := longest(t); longest != w {
			others = append(others, figure{w, longest, followUps[0] == study.Watched})
		}
	}
	var list []Apart
	for _, arm := range cohort.Arms(plan) {
		for a, name := range t.Activities {
			for i, lead := range leads {
				for _, other := range append(leads[i+1:len(leads):len(leads)], others...) {
					p := Apart{Activity: name, Arm: arm, Lead: lead.named(t), Other: other.named(t)}
					for _, c := range t.Cells {
						if arm.Has(c.Arm) {
							p.add(c, a, lead, other)
						}
					}
					list = append(list, p)
				}
			}
		}
	}
	return list
}

func (p *Apart) add(c tally.Cell, activity int, lead, other figure) {
	inLead, beforeLead, afterLead := lead.of(c, activity)
	inOther, beforeOther, afterOther := other.of(c, activity)
	if inLead != inOther {
		p.People += c.People
	}
	p.Before.add(beforeLead, beforeOther, c.People)
	p.After.add(afterLead, afterOther, c.People)
}
