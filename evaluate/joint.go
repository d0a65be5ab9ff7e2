package evaluate

import (
	"slices"

	"averted/evaluate/estimate"
	"averted/evaluate/estimate/trend"
	"averted/evaluate/study"
)

// Joint is everybody who stands behind the leading comparisons of one window, with all activities at once, so that what is
// added up over activities can be drawn again with whole people.
type Joint struct {
	Activities []string
	People     []JointPerson
}

// JointPerson is one person, of the service, for comparison, or both at different times. Cells are parallel to the activities.
type JointPerson struct {
	InService, InComparison bool
	Weight                  float64 // as a comparison person
	Service, Comparison     []estimate.Cell
	Practice                int
}

// leading is the comparison that leads where it may, and who is told of in it.
func (c *compared) leading(w int) (method string, of selection) {
	of = selection{service: c.service(w), comparison: c.comparison(w)}
	method = trend.NameEveryone
	if c.plan.Comparison.Match != study.NoMatch {
		of.in, of.weight = func(i int) bool { return c.inSet[i] }, c.weight
		method = trend.NameMatched
		if c.plan.Comparison.Later && c.plan.Comparison.Who == study.RandomOrder { // by lot, when somebody's own service begins tells nothing of them
			of.comparison = c.censored(w)
			return trend.NameCensored, of
		}
	}
	if c.timed && c.plan.FollowUp == study.Watched {
		of.service, of.comparison = c.throughout(of.service), c.throughout(of.comparison)
		return trend.NameThroughout, of
	}
	return method, of
}

// Joint is the people behind the comparison of an activity that leads in a window; nil where none does.
func (f *Found) Joint(activity, window string) *Joint {
	for _, c := range f.compared {
		w := slices.Index(c.windows, window)
		if w < 0 || !slices.Contains(c.activities, activity) || c.matching.Refused != nil && c.plan.Comparison.Match != study.NoMatch {
			continue
		}
		_, of := c.leading(w)
		j := &Joint{Activities: c.activities}
		for i, p := range c.people {
			s, o := of.service(p), of.comparison(p)
			q := JointPerson{Practice: p.practice}
			if q.InService, q.InComparison, q.Weight = of.told(i, p); !q.InService && !q.InComparison {
				continue
			}
			for a := range c.activities {
				if q.InService {
					q.Service = append(q.Service, estimate.CellOf(s, a, 1))
				}
				if q.InComparison {
					q.Comparison = append(q.Comparison, estimate.CellOf(o, a, 1))
				}
			}
			j.People = append(j.People, q)
		}
		return j
	}
	return nil
}
