package claim_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"averted/costing/claim"
)

// draft is a made-up report: lines of a claims file, right in every figure until a slip is planted.
type draft struct {
	rng         *rand.Rand
	head        []string
	cohort      map[string]int
	order       []string
	lines       map[string]string // by id
	ids         []string
	ae, adm, gp activityOf
	covers      string
	comparison  bool
}

// activityOf is an activity's counts over 12 months, and the 6 inside them, with its price.
type activityOf struct {
	name                  string
	before, after         int
	halfBefore, halfAfter int
	price                 float64
}

func (d *draft) add(id, says, is string, more ...string) {
	if _, ok := d.lines[id]; !ok {
		d.ids = append(d.ids, id)
	}
	d.lines[id] = fmt.Sprintf("  - {id: %s, says: %q, is: {%s}%s}", id, says, is, strings.Join(append([]string{""}, more...), ", "))
}

func (d *draft) text() string {
	var b strings.Builder
	b.WriteString("averted-claims: 1\nreport:\n")
	for _, h := range d.head {
		b.WriteString("  " + h + "\n")
	}
	b.WriteString("cohort: {")
	for i, k := range d.order {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%s: %d", k, d.cohort[k])
	}
	b.WriteString("}\nclaims:\n")
	for _, id := range d.ids {
		b.WriteString(d.lines[id] + "\n")
	}
	return b.String()
}

func commas(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func gbp(x float64) string {
	if x == math.Trunc(x) {
		return "£" + commas(int(x))
	}
	whole := math.Trunc(x)
	return fmt.Sprintf("£%s.%02d", commas(int(whole)), int(math.Round(100*(x-whole))))
}

func pc(part, whole int) string {
	return fmt.Sprintf("%.0f%%", math.Round(100*float64(part)/float64(whole)))
}

// clean makes a report in which everything is right.
func clean(rng *rand.Rand) *draft {
	d := &draft{rng: rng, cohort: map[string]int{}, lines: map[string]string{}}
	count := func(name string, n int) {
		if _, ok := d.cohort[name]; !ok {
			d.order = append(d.order, name)
		}
		d.cohort[name] = n
	}
	referred := 300 + rng.IntN(4000)
	connected := int(float64(referred) * (0.6 + 0.3*rng.Float64()))
	followed := int(float64(connected) * (0.45 + 0.2*rng.Float64()))
	count("referred", referred)
	count("connected", connected)
	count("followed", followed)
	count("died", rng.IntN(followed/40+1))
	count("surgeries", 8+rng.IntN(50))
	year := 2014 + rng.IntN(6)
	d.covers = fmt.Sprintf("covers: {from: %d-04-01, to: %d-03-31}", year, year+3)
	d.comparison = rng.IntN(3) == 0
	design := []string{"before and after, no comparison", "single group, before and after"}[rng.IntN(2)]
	if d.comparison {
		design = "matched comparison group, difference in differences"
	}
	d.head = []string{"title: A made-up report", "publisher: Nobody", fmt.Sprintf("date: %d-%02d-15", year+3, 5+rng.IntN(7)), d.covers, "design: " + design, "selection: referred",
		"collected: [ae, admission, gp_surgery]", "prices_stated: true", "service_cost_stated: true"}
	make := func(name string, rate, fall, price float64) activityOf {
		a := activityOf{name: name, before: int(rate * float64(followed)), price: price}
		a.after = a.before - int(fall*float64(a.before))
		a.halfBefore = int(float64(a.before) * (0.45 + 0.1*rng.Float64()))
		a.halfAfter = min(a.after, a.halfBefore-int(fall*0.8*float64(a.halfBefore)))
		return a
	}
	whole := rng.IntN(2) == 0
	price := func(low, high float64) float64 {
		p := math.Round(low + (high-low)*rng.Float64())
		if !whole {
			p += math.Round(99*rng.Float64()) / 100
		}
		return p
	}
	d.ae = make("ae", 1.5+2*rng.Float64(), 0.08+0.3*rng.Float64(), price(110, 280))
	d.adm = make("admission", 0.2+0.5*rng.Float64(), 0.08+0.3*rng.Float64(), price(1500, 2700))
	d.gp = make("gp_surgery", 6+6*rng.Float64(), 0.05+0.2*rng.Float64(), price(30, 48))
	priceYear := fmt.Sprintf("%d/%02d", year+1, (year+2)%100)
	total := 0.0
	var parts []string
	for _, a := range []activityOf{d.ae, d.adm, d.gp} {
		at := fmt.Sprintf("activity: %s, window: 12 months", a.name)
		d.add(a.name+"-before", commas(a.before), fmt.Sprintf("count: {%s, when: before}", at))
		d.add(a.name+"-after", commas(a.after), fmt.Sprintf("count: {%s, when: after}", at))
		d.add(a.name+"-averted", commas(a.before-a.after), fmt.Sprintf("count: {%s, when: averted}", at))
		d.add(a.name+"-fall", pc(a.before-a.after, a.before), fmt.Sprintf("reduction: {%s}", at))
		if rng.IntN(2) == 0 {
			d.add(a.name+"-fall-6", pc(a.halfBefore-a.halfAfter, a.halfBefore), fmt.Sprintf("reduction: {activity: %s, window: 6 months}", a.name))
		}
		d.add(a.name+"-price", gbp(a.price), fmt.Sprintf("unit_cost: {activity: %s, price_year: %s}", a.name, priceYear))
		value := math.Round(100*a.price*float64(a.before-a.after)) / 100
		if rng.IntN(2) == 0 {
			value = math.Round(value)
		}
		d.add(a.name+"-pounds", gbp(value), fmt.Sprintf("avoidance: {%s}", at), "words: [cost avoidance]")
		parts, total = append(parts, a.name+"-pounds"), total+value
	}
	total = math.Round(total*100) / 100
	if rng.IntN(2) == 0 {
		total = math.Round(total)
	}
	d.add("total", gbp(total), "sum: ["+strings.Join(parts, ", ")+"]")
	cost := math.Round(total * (0.3 + rng.Float64()))
	d.add("cost", gbp(cost), "service_cost: {window: 12 months}")
	net := math.Round((total-cost)*100) / 100
	if net >= 0 {
		d.add("net", gbp(net), "net: {window: 12 months}")
	}
	s := d.cohort["surgeries"]
	yes := 1 + rng.IntN(s)
	d.add("surgeries-glad", pc(yes, s), "share: {of: surgeries}")
	asked := 20 + rng.IntN(70)
	good := asked/2 + rng.IntN(asked/2)
	d.add("answered", commas(asked), "people: {what: answered}")
	d.add("good", pc(good, asked), "share: {of: answered}")
	women := connected/2 + rng.IntN(connected/4)
	d.add("women", pc(women, connected), "share: {of: connected}")
	a, b := 20+rng.IntN(20), 25+rng.IntN(20)
	d.add("young", fmt.Sprintf("%d%%", a), "share: {of: connected}")
	d.add("middle", fmt.Sprintf("%d%%", b), "share: {of: connected}")
	d.add("old", fmt.Sprintf("%d%%", 100-a-b), "share: {of: connected}")
	d.add("ages", "100%", "sum: [young, middle, old]")
	d.add("reached", pc(connected, referred), "ratio: [n-connected, n-referred]")
	d.add("n-connected", commas(connected), "people: {what: connected}")
	d.add("n-referred", commas(referred), "people: {what: referred}")
	return d
}

// plant is a slip: it changes a report, and says which rule must find it and in which claim ("" for the report).
type plant struct {
	rule string
	do   func(d *draft) string
}

// misprint changes one digit, or two neighbours over, and never the first.
func misprint(rng *rand.Rand, says string) string {
	for {
		b := []byte(says)
		var at []int
		for i, c := range b {
			if c >= '0' && c <= '9' && len(at) >= 0 {
				at = append(at, i)
			}
		}
		whole := strings.IndexByte(says, '.')
		at = slices.DeleteFunc(at, func(i int) bool { return whole >= 0 && i > whole })
		i := 1 + rng.IntN(len(at)-1)
		if rng.IntN(2) == 0 && i+1 < len(at) && b[at[i]] != b[at[i+1]] {
			b[at[i]], b[at[i+1]] = b[at[i+1]], b[at[i]]
		} else if i < len(at)-1 {
			b[at[i]] = '0' + (b[at[i]]-'0'+byte(1+rng.IntN(9)))%10
		} else {
			continue
		}
		return string(b)
	}
}

func (d *draft) says(id string) string {
	_, rest, _ := strings.Cut(d.lines[id], `says: "`)
	text, _, _ := strings.Cut(rest, `"`)
	return text
}

func (d *draft) reprint(id, says string) {
	d.lines[id] = strings.Replace(d.lines[id], `"`+d.says(id)+`"`, `"`+says+`"`, 1)
}

func (d *draft) swap(id, old, now string) { d.lines[id] = strings.Replace(d.lines[id], old, now, 1) }

func (d *draft) drop(id string) {
	delete(d.lines, id)
	d.ids = slices.DeleteFunc(d.ids, func(x string) bool { return x == id })
}

func (d *draft) headline(key, line string) {
	i := slices.IndexFunc(d.head, func(h string) bool { return strings.HasPrefix(h, key) })
	if line == "" {
		d.head = slices.Delete(d.head, i, i+1)
		return
	}
	d.head[i] = line
}

var plants = []plant{
	{"sum", func(d *draft) string {
		d.reprint("total", misprint(d.rng, d.says("total")))
		d.drop("net")
		return "total"
	}},
	{"share", func(d *draft) string {
		n := d.cohort["surgeries"]
		for p := 51; p < 100; p++ {
			possible := false
			for x := 0; x <= n; x++ {
				v := 100 * float64(x) / float64(n)
				possible = possible || math.Abs(v-float64(p)) <= 0.5
			}
			if !possible {
				d.reprint("surgeries-glad", fmt.Sprintf("%d%%", p))
				return "surgeries-glad"
			}
		}
		return "none"
	}},
	{"implied price", func(d *draft) string {
		id := []string{"ae-pounds", "admission-pounds", "gp_surgery-pounds"}[d.rng.IntN(3)]
		d.reprint(id, misprint(d.rng, d.says(id)))
		d.drop("net")
		d.drop("total")
		return id
	}},
	{"implied baseline", func(d *draft) string {
		for _, x := range []string{"ae", "admission"} {
			d.drop(x + "-before")
			d.drop(x + "-after")
			d.drop(x + "-averted")
		}
		d.reprint("ae-fall", "17%")
		d.reprint("admission-fall", "15%")
		averted := 200 + d.rng.IntN(600)
		d.reprint("ae-pounds", gbp(math.Round(d.ae.price*float64(averted))))
		d.reprint("admission-pounds", gbp(math.Round(d.adm.price*float64(averted)*0.15/0.17)))
		d.drop("total")
		d.drop("net")
		return "ae-pounds"
	}},
	{"follow-up", func(d *draft) string { d.cohort["followed"] = d.cohort["connected"]; return "ae-fall" }},
	{"nesting", func(d *draft) string {
		half := float64(d.ae.halfBefore - d.ae.halfAfter)
		v := math.Round(d.ae.price * half)
		d.add("ae-pounds-6", gbp(v), "avoidance: {activity: ae, window: 6 months}")
		d.add("both", gbp(v+parse(d.says("ae-pounds"))), "sum: [ae-pounds-6, ae-pounds]")
		d.drop("net")
		return "both"
	}},
	{"same figure, two labels", func(d *draft) string {
		d.add("again", d.says("ae-pounds"), "avoidance: {activity: avoidable admissions through A&E, window: 12 months}", "same_as: ae-pounds")
		return "again"
	}},
	{"same figure, two cohorts", func(d *draft) string {
		n := d.cohort["connected"] + 300 + d.rng.IntN(300)
		d.add("later", d.says("admission-pounds"), "avoidance: {activity: admission, window: 12 months}", "same_as: admission-pounds", fmt.Sprintf("cohort: {connected: %d}", n))
		return "later"
	}},
	{"left out", func(d *draft) string {
		d.headline("collected", "collected: [ae, admission, gp_surgery, gp_telephone]")
		return ""
	}},
	{"best of k", func(d *draft) string {
		d.add("best", gbp(math.Round(parse(d.says("gp_surgery-pounds"))*0.12)), "avoidance: {activity: gp_surgery, window: 12 months, unit: one surgery}", fmt.Sprintf("best_of: %d", d.cohort["surgeries"]))
		return "best"
	}},
	{"base of a percentage", func(d *draft) string {
		p := 100 * float64(d.adm.before-d.adm.after) / float64(d.adm.after)
		if math.Round(p) == math.Round(100*float64(d.adm.before-d.adm.after)/float64(d.adm.before)) {
			p += 3
		}
		d.reprint("admission-fall", fmt.Sprintf("%.0f%%", p))
		return "admission-fall"
	}},
	{"regression to the mean", func(d *draft) string {
		d.headline("design", "design: before and after, no comparison")
		d.headline("selection", "selection: {threshold: {activity: ae, at_least: 5, within: 12 months}}")
		n := d.cohort["followed"]
		before := n * 7
		after := int(float64(before) * 0.65)
		d.reprint("ae-before", commas(before))
		d.reprint("ae-after", commas(after))
		d.reprint("ae-averted", commas(before-after))
		d.reprint("ae-fall", pc(before-after, before))
		d.reprint("ae-pounds", gbp(math.Round(100*d.ae.price*float64(before-after))/100))
		d.drop("total")
		d.drop("net")
		return "ae-fall"
	}},
	{"unequal windows", func(d *draft) string {
		d.swap("ae-after", "12 months", "9 months")
		d.drop("ae-averted")
		return "ae-after"
	}},
	{"gross or net", func(d *draft) string { d.reprint("net", misprint(d.rng, d.says("net"))); return "net" }},
	{"precision", func(d *draft) string { d.reprint("total", "over "+d.says("total")); return "total" }},
	{"words", func(d *draft) string {
		word := []string{"saving", "savings", "significant", "saved"}[d.rng.IntN(4)]
		d.swap("ae-pounds", "cost avoidance", word)
		return "ae-pounds"
	}},
	{"price year", func(d *draft) string {
		_, rest, _ := strings.Cut(d.lines["ae-price"], "price_year: ")
		year := rest[:7]
		d.swap("ae-price", year, "2009/10")
		return "ae-price"
	}},
	{"sums of shares", func(d *draft) string {
		d.reprint("old", fmt.Sprintf("%.0f%%", parse(d.says("old"))+4+float64(d.rng.IntN(5))))
		return "ages"
	}},
	{"one activity, two prices", func(d *draft) string {
		half := float64(d.adm.halfBefore - d.adm.halfAfter)
		if half < 20 {
			return "none"
		}
		d.add("admission-averted-6", commas(int(half)), "count: {activity: admission, window: 6 months, when: averted}")
		d.add("admission-pounds-6", gbp(math.Round(d.adm.price*1.15*half)), "avoidance: {activity: admission, window: 6 months}")
		return "admission-pounds-6"
	}},
}

func parse(says string) float64 {
	var x float64
	_, _ = fmt.Sscanf(strings.NewReplacer("£", "", ",", "", "%", "").Replace(says), "%g", &x)
	return x
}

// TestPlanted makes reports that are right, and plants one slip in each: nine of ten must be found, by the rule that looks for it and
// in the claim that has it, and a right report may have no more than one finding that says otherwise.
func TestPlanted(t *testing.T) {
	reports := 150
	if testing.Short() {
		reports = 45
	}
	false1, most := 0, 0
	for seed := range uint64(reports) {
		d := clean(rand.New(rand.NewPCG(seed, 1)))
		wrong := failures(t, d.text())
		for _, f := range wrong {
			if seed < 40 {
				t.Logf("report %d: %s: %v: %s", seed, f.Rule, f.Claims, f.Text)
			}
		}
		false1 += len(wrong)
		most = max(most, len(wrong))
	}
	t.Logf("%d right reports: %d false findings, at most %d in one", reports, false1, most)
	if most > 1 {
		t.Errorf("a right report has %d findings that say it isn't", most)
	}
	for _, p := range plants {
		found, of, beside := 0, 0, 0
		for seed := range uint64(reports / 3) {
			d := clean(rand.New(rand.NewPCG(seed, 2)))
			if _, ok := d.lines["net"]; !ok && p.rule == "gross or net" {
				continue
			}
			before := len(failures(t, d.text()))
			id := p.do(d)
			if id == "none" {
				continue
			}
			of++
			hit := false
			list := failures(t, d.text())
			for _, f := range list {
				hit = hit || f.Rule == p.rule && (id == "" || slices.Contains(f.Claims, id))
			}
			if hit {
				found++
			} else if of-found <= 3 {
				t.Logf("%s: not found in %s\n%v", p.rule, d.lines[id], list)
			}
			for _, f := range list {
				if f.Rule != p.rule && (id == "" || !slices.Contains(f.Claims, id)) {
					beside++
				}
			}
			beside -= before
		}
		t.Logf("%-26s %d of %d found, %d findings elsewhere", p.rule, found, of, beside)
		if of < reports/10 || 10*found < 9*of {
			t.Errorf("%s: %d of %d found", p.rule, found, of)
		}
	}
}

func failures(t *testing.T, text string) []claim.Finding {
	t.Helper()
	f, err := claim.Parse("made-up.yaml", []byte(text))
	if err != nil {
		t.Fatalf("%s\n%s", err, text)
	}
	return slices.DeleteFunc(claim.Check(f), func(x claim.Finding) bool { return x.Verdict != claim.DoesNotHold })
}
