package evaluate

import (
	"averted/evaluate/cohort"
	"averted/evaluate/study"
	"averted/evaluate/tally"
)

// Nested is what makes the difference between the leading figures of two windows, the shorter inside the
// longer. Disclosure control needs it: who knows both figures knows their difference.
type Nested struct {
	Activity, Shorter, Longer string
	Arm                       tally.Arm
	People                    int64 // in one of the two only
	Before, After             Difference
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

func (d *Difference) add(shorter, longer, people int64) {
	apart := max(shorter-longer, longer-shorter)
	if apart > 0 {
		d.Users += people
		d.Events += people * apart
		d.Most = max(d.Most, apart)
	}
}

func nested(plan *study.Plan, t *tally.Tally) []Nested {
	complete := FollowUps(plan, t)[0] == study.Watched
	var list []Nested
	for _, arm := range cohort.Arms(plan) {
		for s, shorter := range plan.Windows {
			for l, longer := range plan.Windows {
				if shorter.Days() >= longer.Days() {
					continue
				}
				for a, name := range t.Activities {
					n := Nested{Activity: name, Shorter: t.Windows[s], Longer: t.Windows[l], Arm: arm}
					for _, c := range t.Cells {
						if arm.Has(c.Arm) {
							n.set(c, a, s, l, complete)
						}
					}
					list = append(list, n)
				}
			}
		}
	}
	return list
}

func (n *Nested) set(c tally.Cell, activity, shorter, longer int, complete bool) {
	counts := func(w int) (in bool, before, after int64) {
		s := c.Windows[w]
		if !s.In || complete && !s.Complete {
			return false, 0, 0
		}
		return true, s.Before[activity], s.After[activity]
	}
	inS, beforeS, afterS := counts(shorter)
	inL, beforeL, afterL := counts(longer)
	if inS != inL {
		n.People += c.People
	}
	n.Before.add(beforeS, beforeL, c.People)
	n.After.add(afterS, afterL, c.People)
}
