package evaluate

import (
	"averted/evaluate/estimate"
	"averted/evaluate/estimate/trend"
)

// What stands behind comparisons: whether so few people that counts, or the difference of two, would tell of them.

// near reports whether those who are told of differ from a leading figure of their arm, of everybody as observed or of people
// watched throughout, by a few people, or by events that few have or one has above all: their counts would tell of those.
func (c *compared) near(a, w int, lead, told role, in func(i int) bool) bool {
	for _, complete := range []bool{false, true} {
		var apart []estimate.Cell
		for i, p := range c.people {
			l, s := lead(p), told(p)
			inLead, inTold := l.Told(complete), s.In && !p.served && (in == nil || in(i))
			cell := estimate.Cell{TimeBefore: 1, TimeAfter: 1, People: 1}
			switch {
			case inLead && !inTold:
				cell.Before, cell.After = l.Before[a], l.After[a]
			case inTold && !inLead:
				cell.Before, cell.After = s.Before[a], s.After[a]
			case inLead && (l.Before[a] != s.Before[a] || l.After[a] != s.After[a]):
				cell.Before, cell.After = max(l.Before[a], s.Before[a])-min(l.Before[a], s.Before[a]), max(l.After[a], s.After[a])-min(l.After[a], s.After[a])
			default:
				continue
			}
			apart = append(apart, cell)
		}
		if len(apart) > 0 && c.tells(apart) {
			return true
		}
	}
	return false
}

// heaviest is the largest share of a window's events that one comparison person has by their weight.
func heaviest(people []trend.Person) float64 {
	var before, after, topBefore, topAfter float64
	for _, p := range people {
		if p.InComparison {
			b, a := p.Weight*float64(p.Comparison.Before), p.Weight*float64(p.Comparison.After)
			before += float64(p.N) * b
			after += float64(p.N) * a
			topBefore, topAfter = max(topBefore, b), max(topAfter, a)
		}
	}
	return max(topBefore/max(before, 1), topAfter/max(after, 1))
}

// fewJoined reports whether so few people had the service before their window ended, or one above all, that the difference of
// watching them until then would tell of them.
func (c *compared) fewJoined(a, w int) bool {
	var apart []estimate.Cell
	for i, p := range c.people {
		if p.joins[w] && p.comparison[w].In && (c.weight == nil || c.weight[i] > 0) {
			after := p.comparison[w].After[a]
			if p.censored[w].In {
				after -= p.censored[w].After[a]
			}
			apart = append(apart, estimate.Cell{Before: after, After: after, TimeBefore: 1, TimeAfter: 1, People: 1})
		}
	}
	return c.tells(apart)
}

// tells reports whether so few people make a difference, or have its events, or one above all, that it would tell of them.
func (c *compared) tells(apart []estimate.Cell) bool {
	b, few := behind(estimate.Canonical(apart), false), int64(c.plan.Release.HideBelow)
	of := func(users int64, top float64) bool { return users > 0 && (users < few || top > 0.5) }
	return b.People < few || of(b.UsersBefore, b.TopBefore) || of(b.UsersAfter, b.TopAfter)
}

// joined is the share of those who stand for comparison in a window to whom the service came within it.
func (c *compared) joined(w int) float64 {
	joined, all := 0.0, 0.0
	for i, p := range c.people {
		weight := 1.0
		if c.weight != nil {
			weight = c.weight[i]
		}
		if !p.comparison[w].In || p.served {
			continue
		}
		all += weight
		if p.joins[w] {
			joined += weight
		}
	}
	return joined / max(all, 1)
}

func (c *compared) thin(b Behind) bool {
	few := int64(c.plan.Release.HideBelow)
	return b.People < few || b.UsersBefore < few || b.UsersAfter < few || b.TopBefore > 0.5 || b.TopAfter > 0.5
}
