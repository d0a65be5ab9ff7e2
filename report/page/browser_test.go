package page_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"averted/costing"
	"averted/costing/money"
	"averted/evaluate/engine/memory"
	"averted/evaluate/study"
	"averted/fixtures/browser"
	"averted/fixtures/studies"
	"averted/report"
	"averted/report/page"
	"averted/report/release"
	"averted/report/result"
)

// example makes what may leave of an example, with its study file and its prices changed.
func example(t *testing.T, name string, change func(file, text string) string) *release.Released {
	t.Helper()
	dir := t.TempDir()
	files, err := studies.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(dir, files); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{"study.yaml", "prices.csv"} {
		place := filepath.Join(dir, file)
		text, err := os.ReadFile(place)
		if change == nil || errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err := errors.Join(err, os.WriteFile(place, []byte(change(file, string(text))), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	plan, err := study.Read(filepath.Join(dir, "study.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	_, safe, err := report.Make(t.Context(), plan, memory.Engine{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return safe
}

// written writes one form of what may leave into a file.
func written(t *testing.T, r *release.Released, form string) string {
	t.Helper()
	files, err := report.Files(r, report.Rendering{}, form)
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range files {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	t.Fatal("nothing was written")
	return ""
}

// account is the account of a window and basis.
func account(t *testing.T, r *release.Released, window, basis string) *result.Account {
	t.Helper()
	for i, a := range r.Bill.Accounts {
		if a.Window == window && a.Basis == basis {
			return &r.Bill.Accounts[i]
		}
	}
	t.Fatalf("no account of %s, %s", window, basis)
	return nil
}

// left is what the page says of the three measures, each its difference, credited, net and share, "" where it says none.
func left(p *browser.Page) [3][4]string {
	return browser.Eval[[3][4]string](p, `[0, 1, 2].map(i => ["difference", "credited", "net", "share"].map(k => document.getElementById("what-if-" + i).getAttribute("data-" + k)))`)
}

// agrees wants the page to say of every measure what an account says, to the penny.
func agrees(t *testing.T, p *browser.Page, want *result.Account) {
	t.Helper()
	said := left(p)
	for i, measure := range []string{"list price", "payable", "cashable"} {
		wanted := [4]string{}
		for _, x := range want.Positions {
			if x.Measure != measure {
				continue
			}
			wanted[0], wanted[1] = strconv.FormatInt(x.Difference, 10), strconv.FormatInt(x.Credited, 10)
			if x.Net != nil {
				wanted[2] = strconv.FormatInt(*x.Net, 10)
			}
			if x.BreakEven != nil {
				wanted[3] = strconv.FormatFloat(*x.BreakEven, 'g', -1, 64)
			}
		}
		for j, w := range wanted {
			got, errGot := strconv.ParseFloat(said[i][j], 64)
			need, errNeed := strconv.ParseFloat(w, 64)
			if said[i][j] != w && (errGot != nil || errNeed != nil || math.Abs(got-need) > 1e-12) {
				t.Errorf("%s, figure %d: the page says %q, the engine %q", measure, j+1, said[i][j], w)
			}
		}
	}
}

// set puts a value into a control as a person does.
func set(p *browser.Page, name, value string) {
	browser.Eval[bool](p, fmt.Sprintf(`(() => { const e = document.getElementById("what-if-form").elements[%q]; e.value = %q; e.dispatchEvent(new Event("input", {bubbles: true})); return true; })()`, name, value))
}

// TestWhatIf changes inputs on the page, with the number, with the slider and with the address, and wants what the engine gives when the
// study is run with those inputs, to the penny.
func TestWhatIf(t *testing.T) {
	if testing.Short() {
		t.Skip("opens a browser")
	}
	const window, basis = "12 months", "own_rate"
	path := written(t, example(t, "known-effect", nil), report.FormPage)
	changed := func(prices, old, new string) func(string, string) string {
		return func(file, text string) string {
			switch {
			case file == "prices.csv" && prices != "":
				return strings.Replace(text, ",166,140,200,", ","+prices+",", 1)
			case file == "study.yaml" && old != "":
				if !strings.Contains(text, old) {
					t.Fatalf("the study has no %q", old)
				}
				return strings.Replace(text, old, new, 1)
			}
			return text
		}
	}
	for _, c := range []struct {
		name   string
		set    [][2]string
		change func(string, string) string
	}{
		{"as it is", nil, nil},
		{"price", [][2]string{{"price.ae", "230.55"}}, changed("230.55,,", "", "")},
		{"price by slider", [][2]string{{"price.ae.slider", "300"}}, changed("300,,", "", "")},
		{"payable", [][2]string{{"payable.ae", "33.3"}}, changed("", "payable_share: 0.5", "payable_share: 0.333")},
		{"payable not stated", [][2]string{{"payable.ae", ""}}, changed("", "payable_share: 0.5, ", "")},
		{"cashable", [][2]string{{"cashable.ae", "25"}}, changed("", "cashable_share: 0.1", "cashable_share: 0.25")},
		{"attribution", [][2]string{{"attribution", "40"}}, changed("", "adjust:\n", "adjust:\n  attribution: {value: 0.4, reason: tried}\n")},
		{"deadweight", [][2]string{{"deadweight", "12.5"}}, changed("", "adjust:\n", "adjust:\n  deadweight: {value: 0.125, reason: tried}\n")},
		{"optimism", [][2]string{{"optimism", "0"}}, changed("", "value: 0.1, low: 0", "value: 0, low: 0")},
		{"cost", [][2]string{{"cost", "150000"}}, changed("", "staff: 21000, overheads: 4000, spot purchase: 2500}\n  low: 24000\n  high: 33000", "staff: 143500, overheads: 4000, spot purchase: 2500}")},
		{"all", [][2]string{{"price.ae", "99.99"}, {"payable.ae", "80"}, {"attribution", "77"}, {"cost", "3000"}}, func(file, text string) string {
			text = changed("99.99,,", "", "")(file, text)
			for _, r := range [][2]string{{"payable_share: 0.5", "payable_share: 0.8"}, {"adjust:\n", "adjust:\n  attribution: {value: 0.77, reason: tried}\n"}, {"staff: 21000, overheads: 4000, spot purchase: 2500}\n  low: 24000\n  high: 33000", "staff: 3000}"}} {
				text = strings.Replace(text, r[0], r[1], 1)
			}
			return text
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			want := account(t, example(t, "known-effect", c.change), window, basis)
			p := browser.Open(t, path, "", 1100, true)
			set(p, "account", "12-months-own_rate")
			for _, s := range c.set {
				set(p, s[0], s[1])
			}
			agrees(t, p, want)
			place := browser.Eval[string](p, "location.hash")
			if len(c.set) > 0 && !strings.Contains(browser.Eval[string](p, `document.getElementById("what-if-says").textContent`), "not the report's figures") {
				t.Error("changed inputs pass for the report's own")
			}
			agrees(t, browser.Open(t, path, place, 1100, true), want)
			if list := p.Complaints(); len(list) > 0 {
				t.Errorf("%q", list)
			}
			browser.Eval[bool](p, `document.getElementById("what-if-reset").click() || true`)
			if len(c.set) > 0 {
				own := left(p)
				set(p, c.set[0][0], c.set[0][1])
				if left(p) == own {
					t.Error("an input was changed and nothing on the page is: the comparison can't fail")
				}
			}
		})
	}
}

// TestWhatIfInputs wants an input that says nothing to be as the engine has it, one out of its bounds to be shown as it is reckoned with,
// a choice of another difference to keep what was changed, and a price that nobody gave to be what the engine makes of it: of a GP contact
// nothing is payable, and rounding that protects people counts.
func TestWhatIfInputs(t *testing.T) {
	if testing.Short() {
		t.Skip("opens a browser")
	}
	p := browser.Open(t, written(t, example(t, "known-effect", nil), report.FormPage), "", 1100, true)
	own, says := left(p), func() string {
		return browser.Eval[string](p, `document.getElementById("what-if-says").textContent`)
	}
	value := func(name string) string {
		return browser.Eval[string](p, fmt.Sprintf(`(() => { const e = document.getElementById("what-if-form").elements[%q]; e.dispatchEvent(new Event("change", {bubbles: true})); return e.value; })()`, name))
	}
	if set(p, "attribution", ""); left(p) != own || !strings.Contains(says(), "the report's own figures") || value("attribution") != "100" {
		t.Errorf("no share stated: %v, %s", left(p), says())
	}
	if set(p, "attribution", "150"); left(p) != own || value("attribution") != "100" {
		t.Errorf("150%%: %v", left(p))
	}
	if set(p, "price.ae", "-5"); left(p)[0][0] != "0" || value("price.ae") != "0" {
		t.Errorf("a price below nothing: %v", left(p))
	}
	set(p, "price.ae", "166")
	set(p, "cost", "1000")
	set(p, "account", "6-months-own_rate")
	if value("cost") != "1000" || !strings.Contains(says(), "not the report's figures") {
		t.Errorf("another difference forgets what was changed: %s", says())
	}
	p = browser.Open(t, written(t, example(t, "known-effect", nil), report.FormPage), "#what-if:account=nonsense&price.ae=1e307&cost=0x10&x=%zz&attribution", 1100, true)
	if left(p) != own || len(p.Complaints()) > 0 {
		t.Errorf("an address of nonsense: %v, %q", left(p), p.Complaints())
	}

	unpriced := func(file, text string) string {
		if file == "study.yaml" {
			return strings.Replace(text, ", price: gp_home_visit", "", 1)
		}
		return text
	}
	full, bare := example(t, "hospital-and-surgeries", nil), example(t, "hospital-and-surgeries", unpriced)
	priced := ""
	for _, a := range full.Activities {
		if a.Name == "gp_home_visit" && a.UnitCost != nil {
			priced = fmt.Sprintf("%.2f", float64(*a.UnitCost)/100)
		}
	}
	if priced == "" || account(t, bare, "12 months", "own_rate").Positions[0] == account(t, full, "12 months", "own_rate").Positions[0] {
		t.Fatal("the price makes no difference")
	}
	p = browser.Open(t, written(t, bare, report.FormPage), "", 1100, true)
	set(p, "account", "12-months-own_rate")
	set(p, "price.gp_home_visit", priced)
	want := account(t, full, "12 months", "own_rate")
	if agrees(t, p, want); want.RoundedBy == 0 {
		t.Error("nothing of it is rounded: this does not try what it should")
	}
	set(p, "cost", strconv.FormatFloat(float64(want.Positions[0].Difference)/100-1, 'f', 2, 64)) // nearer than figures are rounded
	if !strings.Contains(says(), "nearer to each other than figures are rounded") {
		t.Errorf("a cost as large as the difference: %s", says())
	}
}

// TestReckoned holds the page's sums to costing.Reckon over random accounts, of windows of several years too.
func TestReckoned(t *testing.T) {
	if testing.Short() {
		t.Skip("opens a browser")
	}
	random := rand.New(rand.NewPCG(1, 2))
	r := result.Result{Schema: result.Schema, MayLeave: true, Study: result.Study{Title: "t", Date: "2020-01-01", Profile: "local", HideBelow: 8}, Bill: &result.Bill{PriceYear: "2019/20"}}
	share := func() *float64 { v := math.Round(1e4*random.Float64()) / 1e4; return &v }
	in := costing.Inputs{Cost: money.Pence(random.IntN(1e8)), Served: 977, People: 955, Attribution: 0.83, Deadweight: 0.071, Optimism: 0.13, OptimismOnCost: 0.21, Rate: 0.035}
	r.Bill.Cost = &result.ServiceCost{Sum: int64(in.Cost), Served: in.Served}
	r.Bill.Adjust = result.Adjust{Attribution: result.Share{Value: in.Attribution}, Deadweight: result.Share{Value: in.Deadweight}, Optimism: result.Share{Value: in.Optimism}, OptimismOnCost: in.OptimismOnCost, Rate: in.Rate}
	for i := range 4 {
		unit := int64(1 + random.IntN(300000))
		p := &result.Price{PayableShare: share(), CashableShare: share()}
		if i == 1 {
			contract := unit * 2 / 3
			p.Contract, p.Factor = &contract, &result.Factor{Name: "f", Value: 1.156}
		}
		r.Activities = append(r.Activities, result.Activity{Name: fmt.Sprintf("a%d", i), Label: fmt.Sprintf("Activity %d", i), Kind: "events", UnitCost: &unit, Price: p})
	}
	wanted := map[string]*result.Account{}
	for n, days := range []int{30, 182, 365, 366, 546, 730, 1095, 1461} {
		w := result.Window{Label: fmt.Sprintf("%d days", days), Days: days, Equal: true}
		r.Study.Windows = append(r.Study.Windows, w)
		one := in
		one.Window, one.Days, one.Items = w.Label, days, nil
		for i, a := range r.Activities {
			averted := math.Round(1e3*(3000*random.Float64()-600)) / 1e3
			if n == 3 {
				averted = -math.Abs(averted) // a rise throughout
			}
			item := costing.Item{Activity: a.Name, Averted: averted, Priced: true, UnitCost: money.Pence(*a.UnitCost), Factor: 1, Payable: a.Price.PayableShare, Cashable: a.Price.CashableShare}
			if i == 1 {
				contract := money.Pence(*a.Price.Contract)
				item.Contract, item.Factor = &contract, a.Price.Factor.Value
			}
			one.Items = append(one.Items, item)
			gross := int64(item.Amounts().Gross)
			r.Bill.Lines = append(r.Bill.Lines, result.Line{Activity: a.Name, Window: w.Label, Arm: "service", Basis: "own_rate", People: &in.People, Averted: &averted, UnitCost: a.UnitCost, Gross: &gross})
		}
		made := release.AccountOf(costing.Bookkeeping{Window: w.Label, Basis: costing.OwnRate, Inputs: one, Account: costing.Reckon(one)})
		r.Bill.Accounts = append(r.Bill.Accounts, made)
		wanted[strings.ReplaceAll(w.Label, " ", "-")+"-own_rate"] = &made
	}
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	safe, err := release.Read(text)
	if err != nil {
		t.Fatal(err)
	}
	p := browser.Open(t, written(t, safe, report.FormPage), "", 1100, true)
	for id, want := range wanted {
		set(p, "account", id)
		agrees(t, p, want)
	}
	if list := p.Complaints(); len(list) > 0 {
		t.Errorf("%q", list)
	}
}

// TestPages opens the pages as people do: wide and narrow, with and without scripts, printed. Nothing is asked for from elsewhere, the
// console is quiet, axe-core has nothing to say, and nothing is wider than a small telephone.
func TestPages(t *testing.T) {
	if testing.Short() {
		t.Skip("opens a browser")
	}
	for _, name := range []string{"dudley-integrated-plus", "known-effect", "worcestershire-neighbourhood", "seat-belts"} {
		r := example(t, name, nil)
		for _, form := range []string{report.FormPage, report.FormKeyFindings} {
			hasMoney := form == report.FormPage && r.Bill != nil && len(r.Bill.Accounts) > 0
			t.Run(name+"/"+form, func(t *testing.T) {
				path := written(t, r, form)
				for _, c := range []struct {
					width   int64
					scripts bool
				}{{1100, true}, {360, true}, {360, false}} {
					p := browser.Open(t, path, "", c.width, c.scripts)
					if c.scripts {
						quiet(t, p, c.width)
					} else if list := p.Complaints(); len(list) > 0 {
						t.Errorf("%d wide, without scripts: %q", c.width, list)
					}
					if hasMoney && browser.Eval[bool](p, `document.getElementById("what-if-form").hidden`) != !c.scripts {
						t.Errorf("scripts %v, and the form is not as it should be", c.scripts)
					}
					if hasMoney && !strings.Contains(browser.Eval[string](p, `document.getElementById("what-if-0-0").textContent`), "£") {
						t.Error("the report's own figures don't stand there")
					}
				}
				pages := pagesOf(t, browser.Open(t, path, "", 1100, true).Print())
				if form == report.FormKeyFindings && pages != 1 {
					t.Errorf("the one page prints as %d", pages)
				}
				t.Logf("%d printed pages", pages)
			})
		}
	}
}

// pagesOf is how many pages a PDF has.
func pagesOf(t *testing.T, pdf []byte) int {
	t.Helper()
	command := exec.CommandContext(t.Context(), "pdfinfo", "-")
	command.Stdin = bytes.NewReader(pdf)
	out, err := command.Output()
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile(`(?m)^Pages:\s+(\d+)`).FindSubmatch(out)
	if m == nil {
		t.Fatal("pdfinfo says no number of pages")
	}
	n, err := strconv.Atoi(string(m[1]))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestBrowserComplains wants the checks themselves to be able to fail: a page that asks for a picture from elsewhere, talks, and has one
// without alt text.
func TestBrowserComplains(t *testing.T) {
	if testing.Short() {
		t.Skip("opens a browser")
	}
	path := filepath.Join(t.TempDir(), "bad.html")
	if err := os.WriteFile(path, []byte(`<!DOCTYPE html><html><body><img src="http://127.0.0.1:9/x.png"><script>console.log("x")</script></body></html>`), 0o600); err != nil {
		t.Fatal(err)
	}
	p := browser.Open(t, path, "", 800, true)
	if list := p.Complaints(); len(list) < 2 {
		t.Errorf("only %q", list)
	}
	if violations, _ := p.Axe(); len(violations) == 0 {
		t.Error("axe has nothing to say of a picture without alt text")
	}
}

// TestShots makes a picture of each section into the folder that AVERTED_SHOTS names, to look at: make shots.
func TestShots(t *testing.T) {
	to := os.Getenv("AVERTED_SHOTS")
	if to == "" {
		t.Skip("make shots asks for pictures")
	}
	if err := os.MkdirAll(to, 0o755); err != nil {
		t.Fatal(err)
	}
	keep := func(name string, data []byte) {
		if err := os.WriteFile(filepath.Join(to, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"dudley-integrated-plus", "known-effect"} {
		r := example(t, name, nil)
		path := written(t, r, report.FormPage)
		for _, width := range []int64{1100, 360} {
			p := browser.Open(t, path, "#what-if:account=12-months-own_rate&cost=150000", width, true)
			for _, id := range browser.Eval[[]string](p, `["header", ".keys", ...[...document.querySelectorAll("section")].map(s => "#" + s.id)]`) {
				keep(fmt.Sprintf("%s-%d-%s.png", name, width, strings.Trim(id, "#.")), p.Shot(id))
			}
		}
		keep(name+".pdf", browser.Open(t, path, "", 1100, true).Print())
		keep(name+"-key-findings.pdf", browser.Open(t, written(t, r, report.FormKeyFindings), "", 1100, true).Print())
	}
}

// TestClaimsInBrowser opens the page of claims, wide and narrow.
func TestClaimsInBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("opens a browser")
	}
	var b bytes.Buffer
	if err := page.WriteClaims(&b, dudley(t)); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "claims.html")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, width := range []int64{1100, 360} {
		quiet(t, browser.Open(t, path, "", width, true), width)
	}
}

// quiet wants axe-core to have nothing to say, the page to be no wider than its window, and neither a request nor a word on the console.
func quiet(t *testing.T, p *browser.Page, width int64) {
	t.Helper()
	violations, passes := p.Axe()
	if len(violations) > 0 || passes < 15 {
		t.Errorf("%d wide: %d rules passed; %s", width, passes, strings.Join(violations, "\n"))
	}
	if wide := browser.Eval[int](p, "document.documentElement.scrollWidth"); int64(wide) > width {
		t.Errorf("the page is %d wide in a window of %d", wide, width)
	}
	if list := p.Complaints(); len(list) > 0 {
		t.Errorf("%d wide: %q", width, list)
	}
}
