package release

import (
	"slices"

	"averted/report/result"
)

// The steps of the flow that stand in estimates too, and the one that is a whole cohort's.
const (
	stepRows     = "rows read"
	stepPeople   = "people"
	stepAnalysed = "analysed"
	stepWatched  = "watched throughout"
)

// flow is the people flow that may leave. Under local the people of an arm of 50 or more are exact; every other
// box is rounded, and those whose people stand in estimates say what the estimates say. Who left is the
// difference of released boxes.
func (c *control) flow(exact []result.Box) []result.Box {
	list := slices.Clone(exact)
	people := map[string]*int64{} // of the step before windows, by arm
	for i, b := range exact {
		list[i].People = c.boxPeople(exact, b)
		if b.Step == stepPeople {
			people[b.Arm] = list[i].People
		}
	}
	type line struct{ window, arm string }
	above := map[line]*int64{}
	seen := map[line]bool{}
	for i, b := range exact {
		at := line{b.Window, b.Arm}
		before := above[at]
		if !seen[at] && b.Window != "" {
			before = people[b.Arm]
		}
		shown := list[i].People
		switch {
		case *b.Out == 0 && (b.Step == stepRows || b.Step == stepPeople):
		case before == nil || shown == nil:
			list[i].Out = nil
		default:
			out := max(0, *before-*shown)
			list[i].Out = &out
			if c.few(out) {
				list[i].Out = nil
			}
		}
		above[at], seen[at] = shown, true
		if shown == nil {
			list[i].Hidden = append(list[i].Hidden, "people")
		}
		if list[i].Out == nil {
			list[i].Hidden = append(list[i].Hidden, "out")
		}
	}
	return list
}

// boxPeople is the released number of people in a box.
func (c *control) boxPeople(exact []result.Box, b result.Box) *int64 {
	if b.Step == stepAnalysed || b.Step == stepWatched {
		if n, ok := c.estimated(b); ok {
			return n
		}
	}
	parts := arms(exact, b)
	if b.Arm != all || len(parts) < 2 {
		return c.armPeople(b)
	}
	sum, exactly := int64(0), true
	for _, p := range parts {
		n := c.armPeople(p)
		if n == nil { // the sum would give the hidden arm away
			return nil
		}
		sum += *n
		exactly = exactly && *n == *p.People
	}
	switch {
	case exactly && c.local:
		return b.People
	case c.local:
		return &sum
	}
	return c.round(*b.People)
}

// arms are the boxes of both arms at a box's step. Rows are read for both, so they go by the people, or by those
// analysed where people are not told before.
func arms(exact []result.Box, b result.Box) []result.Box {
	steps := []string{b.Step}
	if b.Step == stepRows {
		steps = []string{stepPeople, stepAnalysed}
	}
	var list []result.Box
	for _, step := range steps {
		for _, o := range exact {
			known := slices.ContainsFunc(list, func(l result.Box) bool { return l.Arm == o.Arm })
			if o.Step == step && (o.Window == b.Window || b.Step == stepRows) && o.Arm != all && !known {
				list = append(list, o)
			}
		}
	}
	return list
}

func (c *control) armPeople(b result.Box) *int64 {
	if c.local && (b.Step == stepPeople || b.Step == stepRows) && *b.People >= enough {
		return b.People
	}
	return c.round(*b.People)
}

// estimated is what the leads say of the people of a box, if there is one of them: the exact number if any
// activity's is exact.
func (c *control) estimated(b result.Box) (*int64, bool) {
	followUp := "observed"
	if b.Step == stepWatched {
		followUp = "complete"
	}
	var found *result.Estimate
	for i, e := range c.released {
		if e.Method != "rate_ratio" || e.Window != b.Window || e.Arm != b.Arm || e.FollowUp != followUp || e.On != "" || e.Washout != "" {
			continue
		}
		if c.exactly(keyOf(e)) {
			return e.People, true
		}
		found = &c.released[i]
	}
	if found == nil {
		return nil, false
	}
	return found.People, true
}
