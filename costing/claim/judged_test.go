package claim_test

import (
	"slices"
	"strings"
	"testing"

	"averted/costing/claim"
)

// TestJudged holds verdicts that readers found unfair, or missing, against what they should be. An empty verdict wants none of the rule.
func TestJudged(t *testing.T) {
	const counts = "{id: b, says: \"1,000\", is: {count: {activity: ae, when: before, window: 12 months}}}, {id: a, says: \"800\", is: {count: {activity: ae, when: after, window: 12 months}}}"
	for _, c := range []struct {
		what, report, claims, rule string
		want                       claim.Verdict
	}{
		// Designs.
		{"a lottery funded it", `design: "before and after, funded by the Big Lottery"`, `{id: f, says: "17%", is: {reduction: ae}, words: [proven]}`, "words", claim.DoesNotHold},
		{"a cut-off date", `design: "before and after, data cut-off August 2018"`, `{id: f, says: "17%", is: {reduction: ae}}`, "design grade", claim.CannotBeTold},
		{"a trial that was not", `design: "before and after; a randomised trial was not feasible"`, `{id: f, says: "17%", is: {reduction: ae}}`, "design grade", claim.CannotBeTold},
		{"a test of matched pairs", `design: "before and after, Wilcoxon matched pairs test"`, `{id: f, says: "17%", is: {reduction: ae}}`, "design grade", claim.CannotBeTold},
		{"their own year before", `design: compared with their own previous year`, `{id: f, says: "17%", is: {reduction: ae}, words: [proven]}`, "words", claim.DoesNotHold},
		{"grade 3 at best proves nothing", `design: matched comparison group`, `{id: f, says: "17%", is: {reduction: ae}, words: [proven]}`, "words", claim.CannotBeTold},
		{"randomised", `design: "randomised controlled trial, registered"`, `{id: f, says: "17%", is: {reduction: ae}, words: [proven]}`, "words", claim.Holds},
		{"who accepted against who declined", `{design: randomised controlled trial, selection: people who declined}`, `{id: f, says: "17%", is: {reduction: ae}}`, "design grade", claim.CannotBeTold},
		// What was expected.
		{"a difference in differences", `design: "matched comparison group, difference in differences"`, counts + `, {id: f, says: "9%", is: {reduction: {activity: ae, window: 12 months}}}`, "base of a percentage", claim.CannotBeTold},
		{"of the count after, whatever the design", `design: "matched comparison group, difference in differences"`, counts + `, {id: f, says: "25%", is: {reduction: {activity: ae, window: 12 months}}}`, "base of a percentage", claim.DoesNotHold},
		{"averted against expected", `design: "matched comparison group, difference in differences"`, counts + `, {id: v, says: "79", is: {count: {activity: ae, when: averted, window: 12 months}}}`, "sum", claim.CannotBeTold},
		{"before and after", `design: before and after`, counts + `, {id: f, says: "9%", is: {reduction: {activity: ae, window: 12 months}}}`, "base of a percentage", claim.DoesNotHold},
		// Regression to the mean.
		{"just at the line", `{design: before and after, selection: {threshold: {activity: ae, at_least: 5, within: 12 months}}, }`, `{id: n, says: "200", is: {people: connected}}, ` + counts + `, {id: f, says: "20%", is: {reduction: {activity: ae, window: 12 months}}, cohort: {connected: 200}}`, "regression to the mean", claim.CannotBeTold},
		{"as soon as they reached it", `{design: before and after, selection: {when: first_crossing, threshold: {activity: ae, at_least: 3, within: 12 months}}}`, counts + `, {id: f, says: "20%", is: {reduction: {activity: ae, window: 12 months}}, cohort: {connected: 200}}`, "regression to the mean", claim.CannotBeTold},
		// Prices and counts before.
		{"one total, one divisor", "{}", `{id: p, says: "£107,413", is: {avoidance: {activity: ae}}}`, "implied price", claim.CannotBeTold},
		{"one total each is no parity", "{}", `{id: p, says: "£107,413", is: {avoidance: {activity: ae}}}, {id: f, says: "20%", is: {reduction: {activity: ae}}}, {id: q, says: "£278,294", is: {avoidance: {activity: admission}}}, {id: g, says: "15%", is: {reduction: {activity: admission}}}`, "implied baseline", claim.CannotBeTold},
		{"a unit's pounds too", "{}", `{id: n, says: "39", is: {count: {activity: falls, when: averted, unit: west}}}, {id: a, says: "£19,662", is: {avoidance: {activity: falls, unit: west}}}, {id: p, says: "£428", is: {unit_cost: {activity: falls}}}`, "implied price", claim.DoesNotHold},
		{"elective and emergency", "{}", `{id: n, says: "100", is: {count: {activity: elective admissions, when: averted}}}, {id: p, says: "£250,000", is: {avoidance: {activity: elective admissions}}}, {id: m, says: "200", is: {count: {activity: emergency admissions, when: averted}}}, {id: q, says: "£340,000", is: {avoidance: {activity: emergency admissions}}}`, "one activity, two prices", ""},
		{"more averted than before", "{}", `{id: b, says: "100", is: {count: {activity: ae, when: before}}}, {id: v, says: "130", is: {count: {activity: ae, when: averted}}}`, "sum", claim.DoesNotHold},
		{"more than all", "{}", `{id: f, says: "130%", is: {reduction: {activity: ae}}}`, "base of a percentage", claim.DoesNotHold},
		// Follow-up.
		{"no people stated", "covers: {from: 2015-04-01, to: 2019-03-31}", `{id: f, says: "17%", is: {reduction: {activity: ae, window: 12 months}}}`, "follow-up", claim.CannotBeTold},
		{"they came in one year", "{covers: {from: 2015-04-01, to: 2019-03-31}, came: {from: 2015-04-01, to: 2016-03-31}}", `{id: f, says: "17%", is: {reduction: {activity: ae, window: 12 months}}, cohort: {connected: 500}}`, "follow-up", claim.Holds},
		{"a year on each side of one day", "covers: {from: 2015-04-01, to: 2017-03-31}", `{id: f, says: "17%", is: {reduction: {activity: ae, window: 12 months}}, cohort: {residents: 500, followed: 500}}`, "follow-up", claim.CannotBeTold},
		// Names.
		{"ED attendances are A&E attendances", "{}", `{id: a, says: "£58,305", is: {avoidance: {activity: ae}}}, {id: b, says: "£58,305", is: {avoidance: {activity: ED attendances}}}`, "same figure, two labels", ""},
		{"as many matched as analysed", "{}", `{id: a, says: "1,204", is: {people: analysed}}, {id: b, says: "1,204", is: {people: matched controls}}`, "same figure, two labels", ""},
		{"one thing, two figures", "{}", `{id: a, says: "£58,305", is: {avoidance: {activity: ae, window: 12 months}}}, {id: b, says: "£53,805", is: {avoidance: {activity: ae, window: 12 months}}}`, "same figure, two labels", claim.DoesNotHold},
		{"two falls of one thing", "{}", `{id: a, says: "17%", is: {reduction: {activity: ae, window: 12 months}}}, {id: b, says: "19%", is: {reduction: {activity: ae, window: 12 months}}}`, "same figure, two labels", claim.CannotBeTold},
		// Means, hedges, words.
		{"an index", "{}", `{id: m, says: "0.683", is: {mean: {of: EQ-5D index, n: 52, scale: -0.285 to 1}}}`, "share", claim.CannotBeTold},
		{"below nothing, on its scale", "{}", `{id: m, says: "-0.2", is: {mean: {of: EQ-5D index, n: 10, scale: -0.594 to 1}}}`, "share", claim.Holds},
		{"over as a bound", "{}", counts + `, {id: f, says: "more than 15%", is: {reduction: {activity: ae, window: 12 months}}}`, "base of a percentage", claim.Holds},
		{"over, and true", "{}", `{id: a, says: "£72,700", is: {avoidance: ae}}, {id: b, says: "£91,700", is: {avoidance: admission}}, {id: t, says: "over £160,000", is: {sum: [a, b]}}`, "sum", claim.Holds},
		{"not significant", "{}", `{id: f, says: "17%", is: {reduction: ae}, words: [not statistically significant]}`, "words", ""},
		{"significant at 0.62", "{}", `{id: f, says: "17%", is: {reduction: ae}, words: [significant], test: "p = 0.62"}`, "words", claim.DoesNotHold},
		{"significant, with no change in its interval", "{}", `{id: f, says: "17%", is: {reduction: ae}, words: [significant], test: "95% CI -3% to 37%"}`, "words", claim.DoesNotHold},
		{"significant, with its interval", "{}", `{id: f, says: "17%", is: {reduction: ae}, words: [significant], test: "95% CI 3% to 31%"}`, "words", claim.Holds},
		{"at least is a bound", "{}", `{id: n, says: "at least 1,234", is: {people: referred}}`, "precision", ""},
		{"a fall printed with its sign", "{}", counts + `, {id: f, says: "-20%", is: {reduction: {activity: ae, window: 12 months}}}`, "base of a percentage", claim.Holds},
		// Windows.
		{"52 weeks are 12 months", "{}", `{id: b, says: "10", is: {count: {activity: ae, when: before, window: 12 months}}}, {id: a, says: "8", is: {count: {activity: ae, when: after, window: 52 weeks}}}`, "unequal windows", claim.Holds},
		{"the fall is of rates", "{}", `{id: b, says: "130", is: {count: {activity: ae, when: before, window: 12 months}}}, {id: a, says: "75", is: {count: {activity: ae, when: after, window: 9 months}}}, {id: f, says: "23%", is: {reduction: {activity: ae}}}`, "unequal windows", claim.Holds},
		{"different activities over different times", "{}", `{id: a, says: "£100", is: {avoidance: {activity: ae, window: 6 months}}}, {id: b, says: "£200", is: {avoidance: {activity: admission, window: 12 months}}}, {id: t, says: "£300", is: {sum: [a, b]}}`, "nesting", claim.DoesNotHold},
		{"a figure twice", "{}", `{id: a, says: "£100", is: {avoidance: {activity: ae, window: 6 months}}}, {id: t, says: "£200", is: {sum: [a, a]}}`, "nesting", claim.DoesNotHold},
		// Money.
		{"another time's cost", "{}", `{id: a, says: "£900,000", is: {avoidance: {window: 4 years}}}, {id: c, says: "£300,000", is: {service_cost: {window: 12 months}}}`, "gross or net", claim.CannotBeTold},
		{"two totals without a sum", "{}", `{id: a, says: "£60,120", is: {avoidance: {activity: ae}}}, {id: b, says: "£20,340", is: {avoidance: {activity: admission}}}, {id: c, says: "£30,215", is: {service_cost: {}}}, {id: n, says: "£60,245", is: {net: {}}}`, "gross or net", claim.DoesNotHold},
		{"collected, and it fell", "collected: [ae, gp_telephone]", `{id: a, says: "£60,000", is: {avoidance: {activity: ae}}}, {id: f, says: "20%", is: {reduction: {activity: gp_telephone}}}`, "left out", claim.CannotBeTold},
		{"the year before's price", "covers: {from: 2021-04-01, to: 2022-03-31}", `{id: p, says: "£160", is: {unit_cost: {activity: ae, price_year: 2020-21}}}`, "price year", claim.CannotBeTold},
		{"best of three", "{}", `{id: p, says: "40%", is: {reduction: {activity: ae, unit: one practice}}, best_of: 3}`, "best of k", claim.CannotBeTold},
		{"more people than there are", "{}", `{id: a, says: "£10", is: {avoidance: {unit: one service}}, cohort: {followed: 310}}, {id: b, says: "£20", is: {avoidance: {unit: other service}}, cohort: {followed: 290}}, {id: t, says: "£30", is: {sum: [a, b]}}`, "same people twice", claim.CannotBeTold},
	} {
		f, err := claim.Parse("claims.yaml", []byte("averted-claims: 1\nreport: "+braced(c.report)+"\nclaims: ["+c.claims+"]\n"))
		if err != nil {
			t.Errorf("%s: %v", c.what, err)
			continue
		}
		var got []claim.Finding
		for _, x := range claim.Check(f) {
			if x.Rule == c.rule {
				got = append(got, x)
			}
		}
		switch {
		case c.want == "" && len(got) > 0 && slices.ContainsFunc(got, func(x claim.Finding) bool { return x.Verdict == claim.DoesNotHold }),
			c.want != "" && !slices.ContainsFunc(got, func(x claim.Finding) bool { return x.Verdict == c.want }),
			c.want != claim.DoesNotHold && slices.ContainsFunc(got, func(x claim.Finding) bool { return x.Verdict == claim.DoesNotHold }):
			t.Errorf("%s: %s says %+v, want %q", c.what, c.rule, got, c.want)
		}
	}
}

func braced(text string) string {
	if strings.HasPrefix(text, "{") {
		return text
	}
	return "{" + text + "}"
}

// TestCoversHasBothEnds refuses a stretch of time of which one end alone is given.
func TestCoversHasBothEnds(t *testing.T) {
	for covers, code := range map[string]string{"{from: 2014-09}": "A203", "{to: 2018-08}": "A203", "{from: 2018, to: 2017}": "A203", "{from: 2014-09, to: 2018-08}": ""} {
		_, err := claim.Parse("claims.yaml", []byte("averted-claims: 1\nreport: {title: t, covers: "+covers+"}\nclaims:\n  - {id: a, says: £5, is: {avoidance: {activity: ae}}}\n"))
		if code == "" && err != nil || code != "" && (err == nil || !strings.Contains(err.Error(), code)) {
			t.Errorf("%s: %v", covers, err)
		}
	}
}
