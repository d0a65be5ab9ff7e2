package claim

import (
	"math"
	"strings"
	"testing"
)

func TestParseFigure(t *testing.T) {
	for _, c := range []struct {
		text             string
		value, low, high float64
		unit             Unit
		hedge            string
	}{
		{"£89,915", 89915, 89914.5, 89915.5, Pounds, ""},
		{"£1 234 567", 1234567, 1234566.5, 1234567.5, Pounds, ""},
		{"£619.29", 619.29, 619.285, 619.295, Pounds, ""},
		{"over £492,995", 492995, 492994.5, 492995.5, Pounds, "over"},
		{"£0.75m", 750000, 745000, 755000, Pounds, ""},
		{"£1.2 million", 1200000, 1150000, 1250000, Pounds, ""},
		{"£18k per week", 18000, 17500, 18500, Pounds, ""},
		{"50p", 0.5, 0.495, 0.505, Pounds, ""},
		{"GBP 1,000", 1000, 999.5, 1000.5, Pounds, ""},
		{"−£2,262", -2262, -2262.5, -2261.5, Pounds, ""},
		{"£-2,262", -2262, -2262.5, -2261.5, Pounds, ""},
		{"(£2,262)", -2262, -2262.5, -2261.5, Pounds, ""},
		{"17%", 17, 16.5, 17.5, Percent, ""},
		{"-30%", -30, -30.5, -29.5, Percent, ""},
		{"+29%", 29, 28.5, 29.5, Percent, ""},
		{"42.2 per cent", 42.2, 42.15, 42.25, Percent, ""},
		{"around 60%", 60, 59.5, 60.5, Percent, "around"},
		{"20-40%", 30, 20, 40, Percent, ""},
		{"20% to 40%", 30, 20, 40, Percent, ""},
		{"30-50,000", 25015, 30, 50000, Plain, ""},
		{"2,720", 2720, 2719.5, 2720.5, Plain, ""},
		{"seven (7)", 7, 6.5, 7.5, Plain, ""},
		{"34 of 43", 34, 33.5, 34.5, Plain, ""},
		{"34 out of 43", 100 * 34 / 43., 100 * 34 / 43., 100 * 34 / 43., Percent, ""},
		{"0.83", 0.83, 0.825, 0.835, Plain, ""},
		{"up to 42%", 42, 41.5, 42.5, Percent, "up to"},
		{"£400 less", 400, 399.5, 400.5, Pounds, ""},
	} {
		f, err := parseFigure(c.text)
		if err != nil || math.Abs(f.Value-c.value) > 1e-9*(1+math.Abs(c.value)) || math.Abs(f.Low-c.low) > 1e-6*(1+math.Abs(c.low)) || math.Abs(f.High-c.high) > 1e-6*(1+math.Abs(c.high)) || f.Unit != c.unit || f.Hedge != c.hedge {
			t.Errorf("%q: %+v, %v", c.text, f, err)
		}
	}
	for _, text := range []string{"", "most", "all surgeries", "£", "1,23,4", "12,34"} {
		if f, err := parseFigure(text); err == nil {
			t.Errorf("%q was read as %+v", text, f)
		}
	}
}

// FuzzParseFigure wants limits around every value that is read, and no panic.
func FuzzParseFigure(f *testing.F) {
	for _, text := range []string{"£89,915", "20-40%", "over £0.75m", "(£2,262)", "34 of 43", "-0.5%"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if g, err := parseFigure(text); err == nil && !(g.Low <= g.Value && g.Value <= g.High) {
			t.Errorf("%q: %+v", text, g)
		}
	})
}

func TestMeaning(t *testing.T) {
	for name, want := range map[string]string{
		"ae": ae, "A&E attendances": ae, "ed_attendances": ae, "avoidable A&E attendance": ae, "A&E admissions": "", "admission": admission, "inpatient admissions": admission, "emergency admissions": admission,
		"gp": gp, "gp_surgery": gpSurgery, "GP appointments": gpSurgery, "overall GP consultations": gp, "gp_telephone": gpPhone, "telephone consultations": gpPhone, "gp_home_visit": gpVisit,
		"home visits": gpVisit, "ambulance conveyances": ambulance, "999 calls": ambulance, "practice nurse": "", "social prescribing": "", "finance": "", "outpatient appointments": outpat,
	} {
		if got := Meaning(name); got != want {
			t.Errorf("%s means %q, want %q", name, got, want)
		}
	}
}

func TestDays(t *testing.T) {
	for text, want := range map[string]float64{"12 months": 365, "6-month": 182, "a year": 365, "2 years": 730, "90 days": 90, "26 weeks": 182, "soon": 0, "": 0} {
		if got := days(text); got != want {
			t.Errorf("%q is %g days, want %g", text, got, want)
		}
	}
}

func TestSlip(t *testing.T) {
	for _, c := range []struct {
		printed, other float64
		want           string
	}{{89915, 89515, "one digit"}, {58350, 58305, "two digits changed over"}, {100, 1000, ""}, {12, 34, ""}, {46.82, 46.28, "two digits changed over"}, {5, -5, ""}} {
		if got := slip(c.printed, c.other); got != c.want {
			t.Errorf("%g for %g: %q", c.printed, c.other, got)
		}
	}
}

func TestWhichN(t *testing.T) {
	read := func(texts ...string) []Figure {
		var list []Figure
		for _, text := range texts {
			f, err := parseFigure(text)
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, f)
		}
		return list
	}
	if got := numbers(whichN(43, read("89%")...), 20); got != "9, 18, 19, 27, 28 and 35 to 38" {
		t.Errorf("89%% of up to 43: %s", got)
	}
	if got := whichN(100, read("94%", "96%", "79%")...); got[0] != 47 {
		t.Errorf("94, 96 and 79%%: %v", got)
	}
	// Every true share is possible, whatever the n.
	for n := 1; n <= 400; n++ {
		for x := 0; x <= n; x++ {
			p := 100 * float64(x) / float64(n)
			for _, printed := range []float64{math.Floor(p + 0.5), math.RoundToEven(p)} {
				f := Figure{Value: printed, Low: printed - 0.5, High: printed + 0.5}
				if !possible(float64(n), f) {
					t.Fatalf("%d of %d is %g%% and was found impossible", x, n, printed)
				}
			}
		}
	}
}

func TestReadsWrongFiles(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"averted-claims: 2\nclaims: [{id: a, says: \"1\", is: people}]", "A201"},
		{"averted-claims: 1", "A202"},
		{"averted-claims: 1\nclaims: [{id: a, says: \"1\", is: people}]\nreprot: {}", `did you mean "report"`},
		{"averted-claims: 1\nclaims: [{id: a, says: \"1\", is: {reducton: {}}}]", `did you mean "reduction"`},
		{"averted-claims: 1\nclaims: [{id: a, says: \"1\", is: {reduction: {activty: ae}}}]", `did you mean "activity"`},
		{"averted-claims: 1\nclaims: [{id: a, says: most, is: people}]", "as it is printed"},
		{"averted-claims: 1\nclaims: [{id: a, says: \"1\", is: people}, {id: a, says: \"2\", is: people}]", "another claim has this id"},
		{"averted-claims: 1\nclaims: [{id: one, says: \"1\", is: people}, {id: two, says: \"2\", is: {sum: [one, on]}}]", `did you mean "one"`},
		{"averted-claims: 1\nclaims: [{id: one, says: \"1\", is: {sum: [two, three]}}, {id: two, says: \"2\", is: {sum: [one, three]}}, {id: three, says: \"1\", is: people}]", "part of itself"},
		{"averted-claims: 1\nclaims: [{id: a, says: \"17%\", is: avoidance}]", "want pounds"},
		{"averted-claims: 1\nclaims: [{id: a, says: \"17%\", is: {reduction: {window: soon}}}]", "want a length"},
		{"averted-claims: 1\nreport: {covers: {from: 2019-01-01, to: 2018-01-01}}\nclaims: [{id: a, says: \"1\", is: people}]", "ends before it begins"},
		{"averted-claims: 1\nreport: {beside: [../other.yaml]}\nclaims: [{id: a, says: \"1\", is: people}]", "A204"},
	} {
		_, err := Parse("claims.yaml", []byte(c.text))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s\n%v, want %s", c.text, err, c.want)
		}
	}
}

// FuzzParse wants no panic, and no verdict without words.
func FuzzParse(f *testing.F) {
	f.Add(template)
	f.Add("averted-claims: 1\nclaims: [{id: e, says: £0, is: {avoidance: ae}}, {id: f, says: £0, is: service_cost}, {id: b, says: \"0\", is: {count: {activity: ae, when: before}}}, {id: r, says: \"0\", is: {ratio: [b, f]}}, {id: d, says: 0%, is: {reduction: ae}}]")
	f.Add("averted-claims: 1\nclaims: [{id: a, says: \"1\", is: {share: {of: b}}}, {id: b, says: 2%, is: {share: {of: a}}}]")
	f.Fuzz(func(t *testing.T, text string) {
		file, err := Parse("claims.yaml", []byte(text))
		if err != nil {
			return
		}
		for _, x := range Check(file) {
			if x.Text == "" || strings.Contains(x.Text, "%!") || strings.Contains(x.Text, "NaN") || strings.Contains(x.Text, "Inf") {
				t.Errorf("%+v", x)
			}
		}
	})
}
