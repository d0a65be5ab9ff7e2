package release

import (
	"slices"

	"averted/report/result"
)

// chain is the boxes of one arm on the way to one window, in order, as places in the flow. The boxes
// before windows matter are in every window's chain.
type chain []int

func chains(boxes []result.Box) []chain {
	var list []chain
	type line struct{ window, arm string }
	at := map[line]int{}
	for i, b := range boxes {
		if b.Window == "" {
			continue
		}
		key := line{b.Window, b.Arm}
		n, ok := at[key]
		if !ok {
			n = len(list)
			at[key] = n
			list = append(list, nil)
			for j, early := range boxes {
				if early.Window == "" && early.Arm == b.Arm {
					list[n] = append(list[n], j)
				}
			}
		}
		list[n] = append(list[n], i)
	}
	return list
}

// flow is the people flow that may leave. A difference between two boxes is a count of people too, so
// under the local profile a step at which a few people leave somewhere, in any arm or window, is pooled
// with the next: its box goes, in every arm and window. Under nhs-england every box is rounded and what
// left is the difference of rounded boxes.
func (c *control) flow(exact []result.Box) []result.Box {
	list := slices.Clone(exact)
	pooled := map[string]bool{}
	if c.local {
		for step := c.tooFew(exact, pooled); step != ""; step = c.tooFew(exact, pooled) {
			pooled[step] = true
		}
	}
	for _, ch := range chains(exact) {
		held := int64(0) // people who left at boxes that went
		var above *int64 // the box above, released
		for _, i := range ch {
			b := exact[i]
			if pooled[b.Step] {
				held += *b.Out
				b.People, b.Out, b.Hidden = nil, nil, []string{"people", "out"}
			} else {
				b = c.box(b, held, above)
				held, above = 0, b.People
			}
			list[i] = b
		}
	}
	return list
}

// box is one box that stays. held people left at boxes above that went.
func (c *control) box(b result.Box, held int64, above *int64) result.Box {
	people, out := *b.People, *b.Out+held
	if held > 0 {
		b.Why += ", or at the steps above that are pooled with this one"
	}
	b.People, b.Out = &people, &out
	if c.local && (people == 0 || people >= enough) {
		return b
	}
	b.People = c.round(people)
	if out > 0 {
		b.Out = nil
		if above != nil && b.People != nil {
			left := *above - *b.People
			b.Out = &left
		}
	}
	if b.People == nil {
		b.Hidden = append(b.Hidden, "people")
	}
	if b.Out == nil {
		b.Hidden = append(b.Hidden, "out")
	}
	return b
}

// tooFew finds the step to pool next: where, people of boxes gone counted into the next that stays, a few
// people leave. The step itself goes, unless it ends its chain: then the one that stays above.
func (c *control) tooFew(exact []result.Box, pooled map[string]bool) string {
	for _, ch := range chains(exact) {
		held, above := int64(0), ""
		for n, i := range ch {
			b := exact[i]
			held += *b.Out
			if pooled[b.Step] {
				continue
			}
			if held > 0 && held < c.hideBelow {
				if n == len(ch)-1 && above != "" {
					return above
				}
				return b.Step
			}
			held, above = 0, b.Step
		}
	}
	return ""
}
