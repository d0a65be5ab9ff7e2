package telling

import (
	"fmt"
	"slices"
	"strings"

	"averted/report/number"
	"averted/report/result"
)

// The verdicts on claims, in the order of telling, with their headings.
var verdicts = []struct{ verdict, heading string }{
	{"does not hold", "Does not hold"}, {"cannot be told", "Cannot be told from what is published"}, {"holds", "Holds"},
}

// Verdict is the findings of one verdict, under its heading.
type Verdict struct {
	Verdict, Heading string
	Findings         []result.Finding
}

// Verdicts are the findings on claims by verdict, those that don't hold first; verdicts without findings are left out.
func Verdicts(c *result.Claims) []Verdict {
	var list []Verdict
	for _, v := range verdicts {
		one := Verdict{Verdict: v.verdict, Heading: v.heading}
		for _, f := range c.Findings {
			if f.Verdict == v.verdict {
				one.Findings = append(one.Findings, f)
			}
		}
		if len(one.Findings) > 0 {
			list = append(list, one)
		}
	}
	return list
}

// ClaimsAnswer says in one sentence what became of a report's claims.
func ClaimsAnswer(c *result.Claims) string {
	n := map[string]int{}
	for _, f := range c.Findings {
		n[f.Verdict]++
	}
	text := fmt.Sprintf("%s on %s: %s, %s can't be told from what is published, %s.", some(len(c.Findings), "finding", "findings"), some(len(c.Figures), "published figure", "published figures"),
		some(n["does not hold"], "does not hold", "do not hold"), number.Count(int64(n["cannot be told"])), some(n["holds"], "holds", "hold"))
	if c.Against != nil {
		m := map[string]int{}
		for _, x := range c.Against.Claims {
			m[x.Outcome]++
		}
		text += fmt.Sprintf(" Against the study %s: %s reproduced, %s not reproduced, %s not comparable.", c.Against.Study, number.Count(int64(m["reproduced"])), number.Count(int64(m["not reproduced"])), number.Count(int64(m["not comparable"])))
	}
	return text
}

// Stated is what a report says of itself, a sentence each.
func Stated(p result.Publication) []string {
	var lines []string
	for _, l := range []struct{ what, is string }{{"Design, as it is stated", p.Design}, {"How people came in", p.Selection}, {"The data cover", p.Covers}, {"People came", p.Came}, {"People, and whatever else is counted", p.Cohort}} {
		if l.is != "" {
			lines = append(lines, l.what+": "+l.is+".")
		}
	}
	return lines
}

// ClaimsShort says what became of a report's claims, and which were not reproduced.
func ClaimsShort(c *result.Claims) []string {
	lines := []string{ClaimsAnswer(c)}
	if c.Against != nil {
		for _, x := range c.Against.Claims {
			if x.Outcome == "not reproduced" {
				lines = append(lines, "Not reproduced: "+x.Text)
			}
		}
	}
	return append(lines, "What holds and what does not, with the arithmetic, stands on the sheet Findings.")
}

// About is what a finding is about: its rule and its claims.
func About(f result.Finding) string {
	if len(f.Claims) == 0 {
		return f.Rule
	}
	return f.Rule + ": " + ClaimsOf(f, 8)
}

// ClaimsOf lists at most so many claims of a finding.
func ClaimsOf(f result.Finding, most int) string {
	if len(f.Claims) <= most {
		return strings.Join(f.Claims, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(f.Claims[:most], ", "), len(f.Claims)-most)
}

// ClassLine says what published evaluations of one activity found, by grade.
func ClassLine(activity string, list []result.Published) string {
	var parts []string
	for _, level := range []int{1, 2, 3, 4, 5, 0} {
		var fell, rose, other int
		var changes []string
		for _, p := range list {
			if p.Activity != activity && (p.Activity != "all" || activity == "cost") || p.Level != level {
				continue
			}
			switch p.Direction {
			case "fewer":
				fell++
			case "more":
				rose++
			default:
				other++
			}
			if p.Change == nil {
				continue
			}
			text := number.Fewer(*p.Change)
			if p.Low != nil {
				text += " (" + number.FewerInterval(*p.Low, *p.High) + ")"
			}
			changes = append(changes, text)
		}
		if fell+rose+other == 0 {
			continue
		}
		text := fmt.Sprintf("grade %d: %d fell, %d rose", level, fell, rose)
		if level == 0 {
			text = fmt.Sprintf("design not stated: %d fell, %d rose", fell, rose)
		}
		if other > 0 {
			text += fmt.Sprintf(", %d without a difference", other)
		}
		if len(changes) > 0 {
			text += " (" + strings.Join(changes, ", ") + ")"
		}
		parts = append(parts, text)
	}
	if len(parts) == 0 {
		return ""
	}
	return Usual(activity) + ", " + strings.Join(parts, "; ")
}

// Class says what published evaluations of the same activities found, a line an activity.
func Class(list []result.Published) []string {
	var lines []string
	for _, activity := range []string{"ae", "admission", "gp", "cost"} {
		own := slices.ContainsFunc(list, func(p result.Published) bool { return p.Activity == activity })
		if line := ClassLine(activity, list); own && line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// Usual is the name of one of the usual activities.
func Usual(activity string) string {
	switch activity {
	case "ae":
		return "A&E attendances"
	case "admission":
		return "Admissions"
	case "gp":
		return "GP contacts"
	case "cost":
		return "Hospital cost"
	case "all":
		return "Every service"
	}
	return activity
}

// some is a number with its noun or its verb.
func some(n int, one, more string) string {
	if n != 1 {
		one = more
	}
	return number.Count(int64(n)) + " " + one
}
