package estimate

// Signs is in how many people a value fell, rose and stayed.
type Signs struct {
	Fell, Rose, Same int64
	Estimate         // the share that fell, of those who changed
}

// SignTest reports in how many people a value fell, rose and stayed, and the share that fell of those who changed.
//
// The interval is that of Clopper and Pearson at 95%; the p-value is the exact two-sided one of as many falls as
// rises.
//
// SignTest says nothing of how much anything changed: a person with one attendance fewer counts like one with forty.
//
// Special cases are:
//   - nobody changed: refused with NO_NONZERO_DIFFERENCE
//   - a value that is no number: refused with BAD_INPUT
//
// Conover, Practical Nonparametric Statistics, 1999.
func SignTest(pairs []Pair) Signs {
	s := Signs{Estimate: Estimate{Level: 0.95, Interval: "exact over those who changed"}}
	changes, refused := differences(pairs)
	if refused != nil {
		s.Refused = refused
		return s
	}
	for _, c := range changes {
		switch {
		case c.by < 0:
			s.Fell += c.people
		case c.by > 0:
			s.Rose += c.people
		default:
			s.Same += c.people
		}
	}
	n := s.Fell + s.Rose
	if n == 0 {
		s.Refused = Refuse(NoNonzeroDifference)
		return s
	}
	low, high := clopperPearson(s.Fell, n, s.Level)
	s.Value, s.Low, s.High = number(float64(s.Fell)/float64(n)), number(low), number(high)
	s.P = number(binomialTwoSided(s.Fell, n, 0.5))
	return s
}
