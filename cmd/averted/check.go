package main

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"averted/costing"
	"averted/evaluate"
	"averted/evaluate/cohort"
	"averted/evaluate/engine"
	"averted/evaluate/source"
	"averted/evaluate/study"
	"averted/evaluate/tally"
	"averted/report"
	"averted/report/number"
	"averted/report/telling"

	"github.com/urfave/cli/v2"
)

func checkCommand(to streams) *cli.Command {
	return &cli.Command{
		Name: "check", Usage: "read a study and all its data, and estimate nothing", ArgsUsage: "STUDY [--json]",
		Description: "Examples:\n   averted check study.yaml\n   averted check study.yaml --json\n\nIt says what each table held, what was set aside and why, and who is left at each step. With --json it prints\nthat and the study as it is understood, defaults filled in, with its hash.",
		Flags: append([]cli.Flag{
			&cli.StringFlag{Name: "prices", Usage: "at other prices that the study names under prices: {others: ...}"},
			&cli.BoolFlag{Name: "json", Usage: "print the canonical study, its hash, the people flow and the quality of the data as JSON"},
			&cli.BoolFlag{Name: "quiet", Aliases: []string{"q"}, Usage: "no progress"},
		}, engineFlags()...),
		Action: func(c *cli.Context) error {
			path, plan, found, err := counted(c, to)
			if c.Bool("json") {
				return tellJSON(to, plan, found, err)
			}
			if err != nil {
				return err
			}
			return tellCheck(to, path, plan, found)
		},
	}
}

// limits are what an engine may use; zero values leave it to the engine.
type limits struct {
	threads int
	memory  string
}

var size = regexp.MustCompile(`^[1-9][0-9]*(\.[0-9]+)? ?(MB|GB)$`)

func engineFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "engine", Usage: "what counts: " + engineNames},
		&cli.IntFlag{Name: "threads", Usage: "how many cores the engine may use; it changes no figure"},
		&cli.StringFlag{Name: "memory", Usage: "how much memory the duckdb engine may use before it spills to TMPDIR, such as 4GB"},
	}
}

// chosen is the study file and the engine that a command was given.
func chosen(c *cli.Context) (string, engine.Engine, error) {
	path, err := one(c, "one study file")
	if err != nil {
		return "", nil, err
	}
	bounds := limits{c.Int("threads"), c.String("memory")}
	if bounds.threads < 0 || bounds.memory != "" && !size.MatchString(bounds.memory) {
		return "", nil, &usage{"--threads is a number from 1, --memory a size such as 4GB"}
	}
	e := engineOf(c.String("engine"), bounds)
	if e == nil {
		return "", nil, &usage{"there is no such engine; this build has " + engineNames}
	}
	return path, e, nil
}

// counted reads and counts a study, and its prices too.
func counted(c *cli.Context, to streams) (string, *study.Plan, *evaluate.Found, error) {
	path, e, err := chosen(c)
	if err != nil {
		return "", nil, nil, err
	}
	plan, err := study.Read(path)
	if err == nil {
		plan, err = pricesOf(c, plan)
	}
	if err != nil {
		return path, nil, nil, err
	}
	if _, err := plan.ReadLock(); err != nil {
		return path, plan, nil, err
	}
	var problems source.Problems // of the prices and of all the data together
	prices, err := costing.Prices(plan)
	if problems.Join(err) != nil {
		return path, plan, nil, err
	}
	if _, err := report.ClaimsOf(plan); err != nil {
		return path, plan, nil, err
	}
	if _, _, err := report.Author(plan); err != nil {
		return path, plan, nil, err
	}
	if prices != nil {
		plan.SetCodes(prices.Codes)
	}
	p := newProgress(to.talk, c.Bool("quiet"))
	found, err := evaluate.Count(c.Context, plan, e, p.step)
	p.done()
	if problems.Any() && problems.Join(err) == nil {
		err = problems.Err()
	}
	if err != nil {
		found = nil
	}
	return path, plan, found, err
}

// tellJSON prints what was found, or the problems. The error passes through, for its exit code.
func tellJSON(to streams, plan *study.Plan, found *evaluate.Found, err error) error {
	e := json.NewEncoder(to.out)
	e.SetIndent("", " ")
	list, known := problemsOf(err)
	if err != nil && !known {
		return err
	}
	facts := map[string]any{"problems": append([]source.Problem{}, list...)}
	if plan != nil {
		facts["study"], facts["hash"] = plan, plan.Content()
	}
	if found != nil {
		facts["flow"], facts["quality"] = found.Flow, report.Quality(found)
	}
	if told := e.Encode(facts); told != nil {
		return told
	}
	return err
}

func tellCheck(to streams, path string, plan *study.Plan, found *evaluate.Found) error {
	lock, err := report.LockOf(plan)
	if err != nil {
		return err
	}
	w := &printer{out: to.out}
	w.line("%s", plan.Title)
	w.line("Hash %s", plan.Content())
	if lock.On != "" {
		w.paragraph(telling.Locked(lock, plan.Date.String()))
	}
	for _, q := range found.Quality {
		w.quality(plan, found, q)
	}
	w.events(plan, found)
	w.again(plan, found.Again)
	w.matched(found)
	w.flow(found)
	w.line("")
	w.line("Nothing is wrong. These counts are exact and for you alone. Next:")
	w.line("   averted run %s --out %s", path, filepath.Join(filepath.Dir(path), "report"))
	return w.err
}

// again prints how the rule of referral, played again, went.
func (p *printer) again(plan *study.Plan, a *evaluate.Again) {
	if a == nil {
		return
	}
	p.line("")
	p.line("The rule, played again from %s to %s, takes in %s of %s reference people.", plan.Reference.From, plan.Reference.To, number.Count(int64(a.Taken)), number.Count(int64(a.People)))
	for _, w := range a.Reaches {
		p.line("   over %s their window after reaches into the time of the service: nothing will be told from them", w)
	}
}

// matched prints who would be compared with whom, and how alike they are: nothing of what came after.
func (p *printer) matched(found *evaluate.Found) {
	for _, m := range found.Matchings {
		p.line("")
		p.line("Comparison people, of %s, over %s (nothing that came after is looked at here):", m.Kind, m.Window)
		for _, of := range []struct {
			what string
			n    int64
		}{{"of the service", m.Service}, {"of them, a trait is not known", m.Unknown}, {"comparison people to choose from", m.Pool}, {"left out, since the service came to them", m.Served},
			{"whose index day was drawn", m.Drawn}, {"of the service, matched", m.Matched}, {"comparison people who stand for them", m.Used}} {
			if m.Match == study.NoMatch && (of.what == "of the service, matched" || of.what == "comparison people who stand for them") {
				continue
			}
			if of.n > 0 || of.what == "of the service, matched" {
				p.line("   %-38s %10s", of.what, number.Count(of.n))
			}
		}
		if m.Refused != nil {
			p.line("   refused: %s (%s)", m.Refused.Text, m.Refused.Code)
			continue
		}
		heading := "   how unlike, in standard deviations, before and after matching:"
		if m.Match == study.NoMatch {
			heading = "   how unlike, in standard deviations (nobody is matched):"
		}
		p.line("%s", heading)
		for _, b := range m.Balance {
			at := func(x *float64) string {
				if x == nil {
					return number.NotAvailable
				}
				return number.Fixed(*x, 2)
			}
			after := at(b.MatchedSMD)
			if m.Match == study.NoMatch {
				after = ""
			}
			p.line("   %-60s %6s %6s", b.Name, at(b.SMD), after)
		}
		for _, w := range m.Warnings {
			p.line("   %s: %s", w.Code, w.Text)
		}
	}
}

// events prints what should be known of each activity before it is counted.
func (p *printer) events(plan *study.Plan, found *evaluate.Found) {
	if len(found.Tallies) == 0 { // a series of months alone
		return
	}
	p.line("")
	p.line("Events on the index day, in neither window, and the most that one person has of all before and after:")
	for _, t := range found.Tops() {
		onDay := int64(0)
		for _, a := range found.Around {
			if a.Part == tally.IndexDay && a.Name == t.Activity {
				onDay += a.Events
			}
		}
		who := ""
		if plan.KindOf(t.Activity) == study.KindTotals {
			who = ", of one practice"
		}
		p.line("   %-34s %10s   %.1f%%, %.1f%%%s", t.Activity+", "+t.Window, number.Count(onDay), 100*t.Before, 100*t.After, who)
	}
	for _, b := range found.Flow {
		if b.Step == cohort.StepLinked {
			p.line("   %-34s %10s", "people with no event in any table", number.Count(peopleOf(found)-b.People))
		}
	}
}

// peopleOf is how many people the study has events of, or none.
func peopleOf(found *evaluate.Found) int64 {
	for _, q := range found.Quality {
		if q.Table == "people" {
			return q.People
		}
	}
	return 0
}

// quality prints what one table held.
func (p *printer) quality(plan *study.Plan, found *evaluate.Found, q source.Quality) {
	p.line("")
	names := make([]string, len(q.Files))
	for i, f := range q.Files {
		names[i] = f.Name
	}
	p.line("%s: %s", q.Table, shortened(names))
	p.line("   %-34s %10s", "rows read", number.Count(q.Rows))
	rest := func(what string, n int64) {
		if n > 0 {
			p.line("   %-34s %10s", what, number.Count(n))
		}
	}
	rest("left out by where:", q.LeftOut)
	rest("of no activity of the study", q.Unmapped)
	rest("of others than the study's people", q.Unmatched)
	for _, why := range source.Asides {
		rest("set aside, "+string(why), q.Aside[why])
	}
	p.line("   %-34s %10s", "used", number.Count(q.Used))
	rest("  of these, merged into a spell", q.Merged)
	rest("  of these, passed over by a rule", q.Ruled)
	rest("  of these, outside complete:", q.Outside)
	if strings.HasPrefix(q.Table, "events") {
		p.line("   %-34s %10s  of %s", "people of the study found", number.Count(q.People), number.Count(peopleOf(found)))
	}
	for i, e := range plan.Events {
		if q.Table == fmt.Sprintf("events[%d]", i+1) {
			p.line("   complete from %s to %s%s", e.Complete.From, e.Complete.To, except(e))
		}
	}
	told := map[string]int{}
	var notes []string
	for _, f := range q.Files {
		for _, n := range f.Notes {
			if told[n]++; told[n] == 1 {
				notes = append(notes, n)
			}
		}
	}
	for _, n := range notes {
		in := ""
		if len(q.Files) > 1 {
			in = fmt.Sprintf(" (%d of %d files)", told[n], len(q.Files))
		}
		p.line("   note: %s%s", n, in)
	}
	for _, n := range q.Notes {
		p.line("   note: %s [%s]", n.Text, n.Code)
	}
}

func except(e study.Events) string {
	var months []string
	for _, m := range e.Complete.Except {
		months = append(months, m.String())
	}
	if len(months) == 0 {
		return ""
	}
	return ", except " + strings.Join(months, ", ")
}

// shortened is the first of many names.
func shortened(names []string) string {
	if len(names) > 3 {
		return fmt.Sprintf("%s and %d more files", names[0], len(names)-1)
	}
	return strings.Join(names, ", ")
}

// flow prints every step with who left there and why.
func (p *printer) flow(found *evaluate.Found) {
	labels := found.Plan.Labels()
	arms := map[string]string{"service": labels.Service, "comparison": labels.Comparison, "all": "everyone"}
	heading := func(window, arm string) string {
		if window == "" {
			return "People, " + arms[arm]
		}
		return window + ", " + arms[arm]
	}
	var told []string
	for _, first := range found.Flow {
		at := heading(first.Window, string(first.Arm))
		if slices.Contains(told, at) {
			continue
		}
		told = append(told, at)
		p.line("")
		p.line("%s:", at)
		for _, b := range found.Flow {
			if heading(b.Window, string(b.Arm)) != at {
				continue
			}
			why := ""
			if b.Out > 0 {
				why = fmt.Sprintf("   less %s: %s", number.Count(b.Out), b.Why)
			}
			p.line("   %-34s %10s%s", b.Step, number.Count(b.People), why)
		}
	}
}

// printer keeps the first error of many prints.
type printer struct {
	out    interface{ Write([]byte) (int, error) }
	err    error
	hidden bool // something hidden was printed
}

func (p *printer) line(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	p.hidden = p.hidden || strings.Contains(text, number.Hidden)
	if p.err == nil {
		_, p.err = fmt.Fprintln(p.out, text)
	}
}
