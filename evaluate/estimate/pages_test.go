package estimate_test

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"averted/evaluate/estimate"
	"averted/evaluate/estimate/expect"
	"averted/evaluate/estimate/trend"
	"averted/evaluate/match"
	"averted/evaluate/outcome"
	"averted/evaluate/profile"
)

// worked gives the figures of each method's worked example.
var worked = map[string]func([]estimate.Cell) map[string]*float64{
	"rate_ratio":           func(c []estimate.Cell) map[string]*float64 { return limits(lead(c)) },
	"ratio_robust":         func(c []estimate.Cell) map[string]*float64 { return limits(robust(c)) },
	"paired_t":             func(c []estimate.Cell) map[string]*float64 { return limits(pairedT(c)) },
	"sign_test":            func(c []estimate.Cell) map[string]*float64 { return limits(signs(c)) },
	"exact_conditional":    func(c []estimate.Cell) map[string]*float64 { return limits(estimate.ExactConditional(c)) },
	"fixed_effect_poisson": func(c []estimate.Cell) map[string]*float64 { return limits(estimate.FixedEffectPoisson(c).Estimate) },
	"quasi_poisson":        func(c []estimate.Cell) map[string]*float64 { return limits(estimate.QuasiPoisson(c)) },
	"persistence":          func(c []estimate.Cell) map[string]*float64 { return limits(estimate.OwnRateRobust(c)) },
	"smallest_fall":        func(c []estimate.Cell) map[string]*float64 { return limits(smallestFall(c)) },
	"nb_period": func(c []estimate.Cell) map[string]*float64 {
		p := estimate.NegativeBinomialPeriod(c)
		m := limits(p.Estimate)
		m["theta"] = &p.Theta
		return m
	},
	"ratio_clustered": func(c []estimate.Cell) map[string]*float64 {
		var lists [][]estimate.Cell
		for _, cell := range c {
			lists = append(lists, []estimate.Cell{cell})
		}
		return limits(estimate.RatioClustered(lists, nil))
	},
	"wilcoxon": func(c []estimate.Cell) map[string]*float64 {
		pairs, _ := estimate.Pairs(c)
		w := estimate.Wilcoxon(pairs, estimate.Pratt, estimate.MostExact)
		return map[string]*float64{"plus": &w.Plus, "minus": &w.Minus, "z": &w.Z, "p": &w.P, "p_exact": w.PExact}
	},
	"boot_ratio_exact": func(c []estimate.Cell) map[string]*float64 {
		e := estimate.Enumerate(c)
		n := float64(e.Resamples)
		return map[string]*float64{"low": &e.Low, "high": &e.High, "resamples": &n}
	},
	"subgroup_interaction": func(c []estimate.Cell) map[string]*float64 {
		half := len(c) / 2
		i := estimate.SubgroupInteraction([]string{"a", "b"}, [][]estimate.Cell{c[:half], c[half:]})
		return map[string]*float64{"q": &i.Q, "p": &i.P, "wald": &i.Wald}
	},
	"concentration": func(c []estimate.Cell) map[string]*float64 {
		t, _ := estimate.Concentration(c)
		k := float64(t.People)
		return map[string]*float64{"top": &k, "share_before": &t.Before, "share_after": &t.After, "share_averted": t.Averted, "rest": t.RatioOfRest}
	},
}

// workedRows gives the figures of the methods of what would have come anyway, from the rows of an example by column; a
// column is there only where something stands in the row.
var workedRows = map[string]func([]map[string]float64) map[string]*float64{
	"rtm_eb": func(rows []map[string]float64) map[string]*float64 {
		return expected(expect.EmpiricalBayes(cohortOf(rows), expect.Population{Mean: rows[0]["mean"], Theta: rows[0]["theta"]}, 1).Expectation)
	},
	"nb_population": func(rows []map[string]float64) map[string]*float64 {
		counts := map[int64]int64{}
		for _, r := range rows {
			counts[int64(r["count"])] = int64(r["people"])
		}
		p, _ := expect.NegativeBinomialPopulation(counts)
		return map[string]*float64{"mean": &p.Mean, "theta": &p.Theta, "se_theta": &p.SETheta, "theta_moments": &p.ThetaMoments}
	},
	"rtm_truncated_nb": func(rows []map[string]float64) map[string]*float64 {
		x := expect.TruncatedNegativeBinomial(cohortOf(rows), int64(rows[0]["threshold"]), 1)
		m := expected(x.Expectation)
		m["beta"], m["theta"] = &x.Beta, &x.Theta
		return m
	},
	"barnett_rtm": func(rows []map[string]float64) map[string]*float64 {
		r, _ := expect.Barnett(expect.Score{Mean: rows[0]["mean"], SD: rows[0]["sd"], Correlation: rows[0]["correlation"], Cut: rows[0]["cut"], Below: rows[0]["below"] == 1})
		return map[string]*float64{"effect": &r.Effect, "mean_selected": &r.MeanSelected, "z": &r.Z}
	},
	"early_baseline": func(rows []map[string]float64) map[string]*float64 {
		var cells []estimate.Cell
		chosen, people := int64(0), 0.0
		for _, r := range rows {
			n := int64(r["people"])
			cells = append(cells, estimate.Cell{Before: int64(r["early"]), After: int64(r["after"]), TimeBefore: 1, TimeAfter: 1, People: n})
			chosen += n * int64(r["before"])
			people += r["people"]
		}
		x := expect.EarlyBaseline(cells, chosen, people, 1)
		m := expected(x.Expectation)
		m["selection_over_early"] = &x.SelectionOverEarly
		return m
	},
	"placebo_index": func(rows []map[string]float64) map[string]*float64 {
		return expected(expect.PlaceboIndex(linked(rows), 1).Expectation)
	},
	"rule_replay": func(rows []map[string]float64) map[string]*float64 {
		return expected(expect.RuleReplay(linked(rows), 1).Expectation)
	},
	"rtm_transition": func(rows []map[string]float64) map[string]*float64 {
		return expected(expect.Transition(linked(rows), 1, []int64{3, 5}).Expectation)
	},
	"propensity": func(rows []map[string]float64) map[string]*float64 {
		s := match.Propensity([]string{"x"}, matchable(rows))
		return map[string]*float64{"intercept": &s.Coefficients[0], "x": &s.Coefficients[1], "se_x": &s.SE[1], "auc": &s.AUC}
	},
	"match": func(rows []map[string]float64) map[string]*float64 {
		people := matchable(rows)
		var scores []float64
		for _, p := range people {
			scores = append(scores, p.Covariates[0])
		}
		m := match.Nearest(people, scores, match.Options{Caliper: 0.5})
		matched, caliper := float64(len(m.Sets)), m.Caliper
		got := map[string]*float64{"matched": &matched, "caliper": &caliper, "total_distance": &m.TotalDistance}
		for _, s := range m.Sets {
			with := float64(s.Comparison[0] + 1)
			got[fmt.Sprintf("row_%d_with", s.Service+1)] = &with
		}
		return got
	},
	"balance": func(rows []map[string]float64) map[string]*float64 {
		var weights []float64
		for _, r := range rows {
			for range int(r["people"]) {
				weights = append(weights, r["weight"])
			}
		}
		b := match.Balance([]string{"x"}, matchable(rows), weights)[0]
		return map[string]*float64{"smd_before": b.SMD, "smd_after": b.MatchedSMD, "variance_ratio_before": b.VarianceRatio, "variance_ratio_after": b.MatchedVarianceRatio}
	},
	"did_poisson": func(rows []map[string]float64) map[string]*float64 {
		d := trend.DifferenceInDifferences(bothArms(rows))
		m := limits(d.Estimate)
		m["service"], m["comparison"], m["expected"] = &d.RatioService, &d.RatioComparison, &d.Expected
		return m
	},
	"did_linear": func(rows []map[string]float64) map[string]*float64 {
		return limits(trend.LinearDifference(bothArms(rows)).Estimate)
	},
	"att_did": func(rows []map[string]float64) map[string]*float64 {
		var sets []trend.Set
		var all []trend.Pair
		for _, r := range rows {
			for range int(r["people"]) {
				sets = append(sets, trend.Set{Service: trend.Pair{Before: r["before"], After: r["after"]}, Comparison: []int{len(all)}})
				all = append(all, trend.Pair{Before: r["their_before"], After: r["their_after"]})
			}
		}
		d := trend.MatchedDifference(sets, all, false)
		m := limits(d.Estimate)
		m["ratio"], m["ratio_low"], m["ratio_high"] = d.Ratio.Value, d.Ratio.Low, d.Ratio.High
		return m
	},
	"event_study": func(rows []map[string]float64) map[string]*float64 {
		months := []int{-3, -2, -1, 0, 1}
		var paths []trend.Path
		for _, r := range rows {
			var list []trend.Stretch
			for _, m := range months {
				list = append(list, trend.Stretch{Events: int64(r[fmt.Sprintf("m%d", m)]), Days: 30})
			}
			p := trend.Path{N: int64(r["people"]), Weight: 1, Service: list}
			if r["service"] == 0 {
				p.Service, p.Comparison = nil, list
			}
			paths = append(paths, p)
		}
		e := trend.EventStudy(months, paths, []int{-1})
		last := e.Points[len(e.Points)-1]
		return map[string]*float64{"month_1": last.Value, "low": last.Low, "high": last.High, "wald": e.PreTrend.Statistic, "p": e.PreTrend.P}
	},
	"its": func(rows []map[string]float64) map[string]*float64 {
		return seriesOf(trend.InterruptedSeries(monthsOf(rows, "count"), trend.Interruption{FirstPost: 10, Level: true}))
	},
	"its_control": func(rows []map[string]float64) map[string]*float64 {
		c := trend.InterruptedWithControl(monthsOf(rows, "count"), monthsOf(rows, "control"), trend.Interruption{FirstPost: 10, Level: true})
		level := c.Terms[0]
		return map[string]*float64{"level": &level.Value, "se_quasi": &level.Quasi, "se_newey_west": &level.NeweyWest, "expected": &c.Expected, "averted": &c.Averted.Value}
	},
	"state_reduction": func(rows []map[string]float64) map[string]*float64 {
		r := outcome.StateReduction(pairedOf(rows[0]))
		return map[string]*float64{"relative": r.Relative.Value, "low": r.Relative.Low, "high": r.Relative.High, "absolute": r.Absolute.Value, "absolute_low": r.Absolute.Low, "absolute_high": r.Absolute.High}
	},
	"mcnemar": func(rows []map[string]float64) map[string]*float64 {
		m := outcome.McNemar(pairedOf(rows[0]))
		return map[string]*float64{"p_mid": &m.PMid, "p_exact": &m.PExact, "chi_square": &m.ChiSquare}
	},
	"marginal_homogeneity": func(rows []map[string]float64) map[string]*float64 {
		var t outcome.Transitions
		for _, r := range rows {
			t = append(t, []int64{int64(r["not_managing"]), int64(r["getting_support"]), int64(r["managing"])})
		}
		h := outcome.MarginalHomogeneity(t)
		return map[string]*float64{"stuart_maxwell": &h.StuartMaxwell, "p": &h.P, "bowker": &h.Bowker}
	},
	"srm": func(rows []map[string]float64) map[string]*float64 {
		return limits(outcome.ResponseMean(pairsOf(rows)).Estimate)
	},
	"rci": func(rows []map[string]float64) map[string]*float64 {
		r := outcome.ReliableChange(pairsOf(rows), 0.84, outcome.Higher)
		improved, worsened := float64(r.Improved), float64(r.Worsened)
		return map[string]*float64{"needed": &r.Needed, "improved": &improved, "worsened": &worsened}
	},
	"wilson": func(rows []map[string]float64) map[string]*float64 {
		return limits(outcome.Wilson(int64(rows[0]["count"]), int64(rows[0]["of"])).Estimate)
	},
	"engagement_funnel": func(rows []map[string]float64) map[string]*float64 {
		var counts []int64
		for _, r := range rows {
			counts = append(counts, int64(r["people"]))
		}
		e := profile.Engage(counts)
		return map[string]*float64{"last_of_previous": e.OfPrevious[len(counts)-2].Value, "last_of_first": e.OfFirst[len(counts)-2].Value}
	},
	"phi": func(rows []map[string]float64) map[string]*float64 {
		r := rows[0]
		a := profile.Phi(profile.Together{Both: int64(r["both"]), First: int64(r["first"]), Second: int64(r["second"]), Neither: int64(r["neither"])})
		m := limits(a.Estimate)
		m["most"], m["p_fisher"] = &a.Most, &a.PFisher
		return m
	},
	"funnel": func(rows []map[string]float64) map[string]*float64 {
		var units []profile.Unit
		for _, r := range rows {
			units = append(units, profile.Unit{Observed: int64(r["observed"]), Expected: r["expected"]})
		}
		f := profile.PracticeFunnel(units)
		last := f.Units[len(f.Units)-1]
		return map[string]*float64{"phi": &f.Phi, "tau2": &f.Tau2, "last_low": &last.Additive.Low, "last_high": &last.Additive.High}
	},
	"process_control": func(rows []map[string]float64) map[string]*float64 {
		var values []float64
		for _, r := range rows {
			values = append(values, r["contacts"])
		}
		c := profile.ProcessControl(values)
		signals := 0.0
		for _, m := range c.Months {
			if m.Signal != "" {
				signals++
			}
		}
		return map[string]*float64{"mean": &c.Mean, "low": &c.Low, "high": &c.High, "signals": &signals}
	},
	"robbins": func(rows []map[string]float64) map[string]*float64 {
		return expected(expect.Robbins(linked(rows), 1, []int64{3, 5}).Expectation)
	},
}

// matchable writes rows of people out one by one.
func matchable(rows []map[string]float64) []match.Person {
	var people []match.Person
	for _, r := range rows {
		for range int(r["people"]) {
			people = append(people, match.Person{Service: r["service"] == 1, Covariates: []float64{r["x"]}})
		}
	}
	return people
}

func bothArms(rows []map[string]float64) []trend.Person {
	var people []trend.Person
	for _, r := range rows {
		c := estimate.Cell{Before: int64(r["before"]), After: int64(r["after"]), TimeBefore: 1, TimeAfter: 1}
		people = append(people, trend.Person{N: int64(r["people"]), Weight: 1, InService: r["service"] == 1, InComparison: r["service"] == 0, Service: c, Comparison: c})
	}
	return people
}

func monthsOf(rows []map[string]float64, column string) []trend.Month {
	var months []trend.Month
	for _, r := range rows {
		months = append(months, trend.Month{Time: int(r["month"]), Calendar: (int(r["month"])-1)%12 + 1, Count: int64(r[column]), Exposure: 1})
	}
	return months
}

func seriesOf(s trend.Series) map[string]*float64 {
	level := s.Terms[2]
	change, observed := math.Exp(s.Change.Value), float64(s.Observed)
	return map[string]*float64{"level": &level.Value, "se_quasi": &level.Quasi, "se_newey_west": &level.NeweyWest, "expected": &s.Expected, "observed": &observed, "averted": &s.Averted.Value, "ratio": &change}
}

func expected(x expect.Expectation) map[string]*float64 {
	m := limits(x.Estimate)
	m["expected"], m["rule_alone"], m["naive"] = &x.Expected, &x.RuleAlone, &x.Naive
	return m
}

func pairedOf(r map[string]float64) outcome.Paired {
	return outcome.Paired{Both: int64(r["both"]), FirstOnly: int64(r["first_only"]), SecondOnly: int64(r["second_only"]), Neither: int64(r["neither"])}
}

func pairsOf(rows []map[string]float64) []estimate.Pair {
	var list []estimate.Pair
	for _, r := range rows {
		list = append(list, estimate.Pair{Before: r["before"], After: r["after"], People: int64(r["people"])})
	}
	return list
}

func cohortOf(rows []map[string]float64) []estimate.Cell {
	var cells []estimate.Cell
	for _, r := range rows {
		cells = append(cells, estimate.Cell{Before: int64(r["before"]), After: int64(r["after"]), TimeBefore: 1, TimeAfter: 1, People: int64(r["people"])})
	}
	return cells
}

// linked reads people of the cohort (before, after) and of the reference (x, y); who has all four is of both.
func linked(rows []map[string]float64) []expect.People {
	var people []expect.People
	for _, r := range rows {
		p := expect.People{N: int64(r["people"])}
		if b, ok := r["before"]; ok {
			p.InCohort, p.Cohort = true, expect.Seen{Chosen: int64(b), Before: int64(b), After: int64(r["after"]), TimeBefore: 1, TimeAfter: 1}
		}
		if x, ok := r["x"]; ok {
			p.InReference, p.Reference = true, expect.Seen{Chosen: int64(x), Before: int64(x), After: int64(r["y"]), TimeBefore: 1, TimeAfter: 1}
		}
		people = append(people, p)
	}
	return people
}

func limits(e estimate.Estimate) map[string]*float64 {
	return map[string]*float64{"value": e.Value, "low": e.Low, "high": e.High, "p": e.P}
}

// TestPages runs the worked example of every page in docs/methods, and wants every page to have the parts that each has.
func TestPages(t *testing.T) {
	pages, err := filepath.Glob(filepath.Join("..", "..", "docs", "methods", "*.md"))
	if err != nil || len(pages) < 15 {
		t.Fatalf("%d pages, %v", len(pages), err)
	}
	ran := map[string]bool{}
	for _, page := range pages {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Base(page)
		if name == "coverage.md" || name == "coverage-compared.md" || name == "coverage-whole.md" || name == "grade.md" || name == "what-would-have-come-anyway.md" {
			continue
		}
		for _, part := range []string{"**In one sentence.**", "**Use when**", "**Not when**", "**Estimand.**", "**Formula.**", "**Interval.**", "**Worked example.**",
			"**Special cases.**", "**Agreement with R**", "**Coverage.**", "**Common mistakes.**", "**References.**"} {
			if !strings.Contains(string(text), part) {
				t.Errorf("%s has no %s", name, part)
			}
		}
		if name == "money.md" || name == "cost-avoidance.md" || name == "unit-costs.md" || name == "economics.md" {
			continue // costing works their examples out
		}
		blocks := strings.Split(string(text), "```worked\n")
		if len(blocks) < 2 {
			t.Errorf("%s has no worked example", name)
		}
		for _, block := range blocks[1:] {
			block, _, _ = strings.Cut(block, "```")
			method, problems := run(block)
			ran[method] = true
			for _, p := range problems {
				t.Errorf("%s, %s: %s", name, method, p)
			}
		}
	}
	for method := range workedRows {
		if !ran[method] {
			t.Errorf("no page works an example of %s", method)
		}
	}
	for method := range worked {
		if !ran[method] {
			t.Errorf("no page works an example of %s", method)
		}
	}
	if _, problems := run("exact_conditional\npeople before after\n1 20 10\ngives\nvalue 0.51\n"); len(problems) != 1 {
		t.Errorf("a wrong figure passes: %v", problems)
	}
}

// run works one example: the method, a table of people, and after gives the figures it must give, to as many digits as are
// written.
func run(block string) (method string, problems []string) {
	given, gives, _ := strings.Cut(block, "\ngives\n")
	lines := strings.Split(strings.TrimSpace(given), "\n")
	method = lines[0]
	names := strings.Fields(lines[1])
	var cells []estimate.Cell
	var got map[string]*float64
	var rows []map[string]float64
	for _, line := range lines[2:] {
		there := map[string]float64{}
		for i, field := range strings.Fields(line) {
			if v, err := strconv.ParseFloat(field, 64); err == nil { // "-" is not there
				there[names[i]] = v
			}
		}
		rows = append(rows, there)
		row := map[string]float64{"time_before": 1, "time_after": 1}
		for i, field := range strings.Fields(line) {
			row[names[i]], _ = strconv.ParseFloat(field, 64) // a page with a slip there gives another figure
		}
		cells = append(cells, estimate.Cell{Before: int64(row["before"]), After: int64(row["after"]), TimeBefore: row["time_before"], TimeAfter: row["time_after"], People: int64(row["people"])})
		if method == "e_value" {
			value, limit, _ := estimate.EValue(row["ratio"], row["low"], row["high"])
			got = map[string]*float64{"value": &value, "limit": &limit}
		}
	}
	if call, ok := worked[method]; ok {
		got = call(cells)
	}
	if call, ok := workedRows[method]; ok {
		got = call(rows)
	}
	if strings.TrimSpace(gives) == "" {
		problems = append(problems, "nothing is given")
	}
	for line := range strings.Lines(gives) {
		field, text, _ := strings.Cut(strings.TrimSpace(line), " ")
		want, err := strconv.ParseFloat(text, 64)
		if err != nil || got[field] == nil {
			problems = append(problems, fmt.Sprintf("%s %q: got %v", field, text, got[field]))
			continue
		}
		_, decimals, _ := strings.Cut(text, ".")
		if scale := math.Pow(10, float64(len(decimals))); math.Abs(*got[field]-want) > 0.5/scale+1e-9 {
			problems = append(problems, fmt.Sprintf("%s: the page says %s, it is %.*f", field, text, len(decimals), *got[field]))
		}
	}
	return method, problems
}
