package release

import "math"

// parts is the counts of the parts of a whole that may leave: each is up or down to a multiple of five, so that the parts add
// up to the whole rounded; one of few people is hidden, and with it the part that stands next to it.
//
// With parts that add up to a rounded whole at least three values remain for each even where the whole is known exactly: a
// part's error is the others' error turned round, less the whole's, which is two at most. Which part is hidden beside one of few
// follows from where it stands and not from its size, so that hiding says nothing of how large it is.
func (c *control) parts(exact []int64) []*int64 {
	return c.partsBut(exact, make([]bool, len(exact)))
}

// partsBut hides also the parts that are few for another reason: one person has over half, say.
func (c *control) partsBut(exact []int64, few []bool) []*int64 {
	shown := make([]*int64, len(exact))
	whole, hidden := int64(0), make([]bool, len(exact))
	any := false
	for i, n := range exact {
		whole += n
		if few[i] || c.few(n) {
			hidden[i], any = true, true
		}
	}
	if c.few(whole) {
		return shown
	}
	if any {
		for i := range exact {
			if !(few[i] || c.few(exact[i])) {
				continue
			}
			for step := 1; step < len(exact); step++ { // the next that has anybody and is not hidden yet
				if next := (i + step) % len(exact); exact[next] > 0 && !hidden[next] {
					hidden[next] = true
					break
				}
			}
		}
	}
	sum, rest := int64(0), int64(0)
	for i, n := range exact {
		if !hidden[i] {
			shown[i] = ptr(toFive(n))
			sum += *shown[i]
			rest += n
		}
	}
	if any {
		if implied := toFive(whole) - sum; implied < 4*c.hideBelow { // what is hidden would be told within too little
			return make([]*int64, len(exact))
		}
		return shown
	}
	for target := toFive(rest); sum != target; {
		step := int64(5)
		if sum > target {
			step = -5
		}
		best, most := -1, math.Inf(-1)
		for i, n := range shown {
			gain := float64(exact[i]-*n) * float64(step)
			if exact[i] > 0 && !c.few(*n+step) && *n+step > 0 && apart(*n+step, exact[i]) < 5 && gain > most { // what is nearest to the other multiple
				best, most = i, gain
			}
		}
		if best < 0 { // all are as small as what may be shown: rounded, they would say so
			return make([]*int64, len(exact))
		}
		*shown[best] += step
		sum += step
	}
	return shown
}

// five is a count to the nearest five that is nobody's alone: nil if it is of few.
func (c *control) five(n *int64) *int64 {
	if n == nil {
		return nil
	}
	return c.round(*n)
}
