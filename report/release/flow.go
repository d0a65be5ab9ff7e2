package release

import (
	"slices"

	"averted/evaluate/cohort"
	"averted/evaluate/study"
	"averted/report/result"
)

// flow is the people flow that may leave. Under local the people of an arm of 50 or more are exact; every other
// box is rounded, and those whose people stand in estimates say what the estimates say. Who left is the
// difference of released boxes.
func (c *control) flow(exact []result.Box) []result.Box {
	list := slices.Clone(exact)
	for i, b := range exact {
		list[i].People = c.boxPeople(exact, b)
	}
	people := map[string]*int64{} // of the last step before windows, by arm
	type line struct{ window, arm string }
	above := map[line]*int64{}
	seen := map[line]bool{}
	for i, b := range exact {
		at := line{b.Window, b.Arm}
		before := above[at]
		if !seen[at] && b.Window != "" {
			before = people[b.Arm]
		}
		tied := b.Step == cohort.StepAnalysed || b.Step == cohort.StepWatched // an estimate says what the box says
		if *b.Out == 0 && before != nil && list[i].People != nil && !tied && (seen[at] || b.Window != "") {
			list[i].People = before // nobody left here
		}
		shown := list[i].People
		if *b.Out > 0 || b.Step == cohort.StepLinked || b.Step == cohort.StepCounted {
			list[i].Out = nil
			if before != nil && shown != nil && *before-*shown >= c.hideBelow { // less is hidden: somebody left, and it may be few
				out := *before - *shown
				list[i].Out = &out
			}
		}
		above[at], seen[at] = shown, true
		if b.Window == "" && b.Step != cohort.StepLinked && b.Step != cohort.StepCounted {
			people[b.Arm] = shown
		}
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
	if b.Step == cohort.StepLinked || b.Step == cohort.StepCounted { // all but linked people may be few
		return nil
	}
	if b.Step == cohort.StepAnalysed || b.Step == cohort.StepWatched {
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
	case exactly && c.local && (b.Step != cohort.StepRows || !c.few(*b.People-sum)):
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
	if b.Step == cohort.StepRows {
		steps = []string{cohort.StepPeople, cohort.StepAnalysed}
	}
	var list []result.Box
	for _, step := range steps {
		for _, o := range exact {
			known := slices.ContainsFunc(list, func(l result.Box) bool { return l.Arm == o.Arm })
			if o.Step == step && (o.Window == b.Window || b.Step == cohort.StepRows) && o.Arm != all && !known {
				list = append(list, o)
			}
		}
	}
	return list
}

func (c *control) armPeople(b result.Box) *int64 {
	whole := b.Step == cohort.StepPeople || b.Step == cohort.StepRows
	switch {
	case !c.local:
	case whole && c.exactPeople(b):
		return b.People
	case c.asLead(b): // nobody left in between, which is no count of anybody
		return b.People
	case b.Step == cohort.StepPeople && c.nearLead(b) || b.Step != cohort.StepPeople && c.nearExact(b): // rounded, it could be told how few make the difference
		return nil
	}
	return c.round(*b.People)
}

func apart(a, b int64) int64 { return max(a-b, b-a) }

// asLead reports whether a box has the people of an exact lead.
func (c *control) asLead(b result.Box) bool {
	for _, e := range c.exact.Estimates {
		if e.Method == "rate_ratio" && e.Arm == b.Arm && c.exact.Kind(e.Activity) == c.flowKind() && (e.Window == b.Window || b.Window == "") && c.exactly(keyOf(e)) && *e.People == *b.People {
			return true
		}
	}
	return false
}

// exactPeople reports whether the box of an arm's people, or of the rows they were read from, may be exact.
func (c *control) exactPeople(b result.Box) bool {
	for _, p := range c.exact.Flow {
		if b.Step == cohort.StepRows && p.Step == cohort.StepPeople && p.Arm == b.Arm && c.few(*b.People-*p.People) {
			return false
		}
	}
	return *b.People >= enough && !c.nearLead(b)
}

// nearExact reports whether a box differs by a few people from an exact figure of its arm.
func (c *control) nearExact(b result.Box) bool {
	for _, p := range c.exact.Flow {
		if p.Step == cohort.StepPeople && p.Arm == b.Arm && c.exactPeople(p) && c.few(apart(*p.People, *b.People)) {
			return true
		}
	}
	return c.nearLead(b)
}

// nearLead reports whether a box differs by a few people from an exact leading figure of its arm.
func (c *control) nearLead(b result.Box) bool {
	for _, e := range c.exact.Estimates {
		if e.Method == "rate_ratio" && e.Arm == b.Arm && c.exactly(keyOf(e)) && c.few(apart(*b.People, *e.People)) {
			return true
		}
	}
	return false
}

// flowKind is the kind of data whose people the flow is about.
func (c *control) flowKind() string {
	for _, kind := range []string{study.KindEvents, study.KindCounts} {
		for _, a := range c.exact.Activities {
			if a.Kind == kind {
				return kind
			}
		}
	}
	return study.KindTotals
}

// estimated is what the leads say of the people of a box, if there is one of them: the exact number if any
// activity's is exact.
func (c *control) estimated(b result.Box) (*int64, bool) {
	followUp := observed
	if b.Step == cohort.StepWatched {
		followUp = complete
	}
	var found *result.Estimate
	for i, e := range c.released {
		if c.exact.Kind(e.Activity) != c.flowKind() { // other data are about other people
			continue
		}
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
