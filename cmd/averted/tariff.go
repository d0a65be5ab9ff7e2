package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"averted/costing/money"
	"averted/costing/tariff"
	"averted/evaluate/source"
	"averted/report"
	"averted/report/number"

	"github.com/urfave/cli/v2"
)

func tariffCommand(to streams) *cli.Command {
	inJSON := &cli.BoolFlag{Name: "json", Usage: "print it as JSON"}
	of := []cli.Flag{
		&cli.StringFlag{Name: "activity", Usage: "rows of this activity alone"},
		&cli.StringFlag{Name: "price-year", Usage: "rows of this price year alone: 2024/25"},
	}
	command := to.subcommand
	return &cli.Command{
		Name: "tariff", Usage: "the price tables: list, show, check, convert, ask",
		Description: "Examples:\n   averted tariff list\n   averted tariff check prices.csv",
		Action:      func(c *cli.Context) error { return noSubcommand(c) },
		Subcommands: []*cli.Command{
			command("list", "the tables and indexes that come with the tool", "", "Examples:\n   averted tariff list\n   averted tariff list --json", []cli.Flag{inJSON}, tariffList),
			command("show", "the rows of a table, with their sources", "TABLE|FILE", "Examples:\n   averted tariff show national-cost-collection --activity ae_attendance\n   averted tariff show prices.csv --json", append([]cli.Flag{inJSON}, of...), tariffShow),
			command("check", "look a price table over; exit 1 if it is refused", "FILE", "Examples:\n   averted tariff check prices.csv\n   averted tariff check prices.csv --activity-year 2018/19",
				[]cli.Flag{&cli.StringFlag{Name: "activity-year", Usage: "of which year the events are: 2018/19"}, inJSON}, tariffCheck),
			command("convert", "a table moved to another price year, as CSV", "TABLE|FILE --to YEAR", "Examples:\n   averted tariff convert national-cost-collection --price-year 2016/17 --to 2024/25\n   averted tariff convert prices.csv --to 2024/25 --index gdp-deflator > prices-2024.csv",
				append([]cli.Flag{&cli.StringFlag{Name: "to", Usage: "the price year"}, &cli.StringFlag{Name: "index", Value: tariff.GDPDeflator, Usage: "the index that comes with the tool, or a file with year, index, vintage and source"}}, of...), tariffConvert),
			command("ask", "where to look a price up that can't come with the tool; with --value, write its row", "ACTIVITY", "Examples:\n   averted tariff ask gp_surgery\n   averted tariff ask gp_surgery --value 44 --price-year 2024/25 --variant \"10 minutes, with qualification costs\" --source \"Unit Costs 2025, table 9.4.2\" --file prices.csv",
				[]cli.Flag{&cli.StringFlag{Name: "value", Usage: "pounds: 44.00"}, &cli.StringFlag{Name: "price-year", Usage: "of which year it is"}, &cli.StringFlag{Name: "variant", Usage: "which of several it is: minutes, with or without qualification costs"},
					&cli.StringFlag{Name: "unit", Usage: "what one of it buys, if it isn't the usual one"}, &cli.StringFlag{Name: "source", Usage: "where it was seen: edition and table"}, &cli.StringFlag{Name: "licence", Value: "own use", Usage: "under which it may be used"},
					&cli.StringFlag{Name: "file", Usage: "the price table to add the row to; made if it isn't there"}}, tariffAsk),
		},
	}
}

// described is what is told of a table or an index.
type described struct {
	Name    string   `json:"name"`
	Kind    string   `json:"kind"` // prices or index
	Rows    int      `json:"rows"`
	Years   []string `json:"years"`
	Vintage string   `json:"vintage,omitempty"`
	Sources []string `json:"sources"`
	Licence string   `json:"licence"`
}

func tariffList(c *cli.Context, to streams) error {
	if c.Args().Present() {
		return &usage{"averted tariff list wants no argument"}
	}
	var list []described
	for _, name := range tariff.Names() {
		t, _ := tariff.Embedded(name)
		d := described{Name: name, Kind: "prices", Rows: len(t.Prices), Years: tariff.Years(t.Prices), Licence: t.Prices[0].Licence}
		for _, p := range t.Prices {
			if len(d.Sources) == 0 || !strings.Contains(strings.Join(d.Sources, "|"), p.Source) {
				d.Sources = append(d.Sources, p.Source)
			}
		}
		list = append(list, d)
	}
	for _, name := range tariff.Indexes() {
		x, _ := tariff.EmbeddedIndex(name)
		first, last := 9999, 0
		for year := range x.Of {
			first, last = min(first, year), max(last, year)
		}
		list = append(list, described{Name: name, Kind: "index", Rows: len(x.Of), Years: []string{strconv.Itoa(first), strconv.Itoa(last)}, Vintage: x.Vintage, Sources: []string{x.Source}, Licence: x.Licence})
	}
	if c.Bool("json") {
		return printJSON(to, list)
	}
	w := &printer{out: to.out}
	for _, d := range list {
		years := strings.Join(d.Years, ", ")
		if d.Kind == "index" {
			years = strings.Join(d.Years, " to ")
		}
		w.line("%s (%s): %d rows, %s; %s", d.Name, d.Kind, d.Rows, years, d.Licence)
		if d.Vintage != "" {
			w.line("  vintage: %s", d.Vintage)
		}
		for _, s := range d.Sources {
			w.wrapped("  source: ", "          ", s)
		}
	}
	w.line("")
	w.wrapped("", "", "No price of a GP contact can come with the tool: averted tariff ask gp_surgery says where to look one up.")
	return w.err
}

func printJSON(to streams, v any) error {
	text, err := report.Indented(v)
	if err != nil {
		return err
	}
	_, err = to.out.Write(text)
	return err
}

// tableNamed is a table that comes with the tool, or a file. The error is *[source.Rejected] for a file that can't be used.
func tableNamed(c *cli.Context) (*tariff.Table, error) {
	name, err := one(c, "one table or file")
	if err != nil {
		return nil, err
	}
	if t, ok := tariff.Embedded(name); ok {
		return t, nil
	}
	if _, index := tariff.EmbeddedIndex(name); index {
		return nil, &usage{name + " is an index and has no prices: averted tariff convert moves prices by it"}
	}
	if _, err := os.Stat(name); errors.Is(err, fs.ErrNotExist) {
		return nil, &usage{"there is no table and no file of that name; the table that comes with the tool is " + strings.Join(tariff.Names(), ", ")}
	}
	return tariff.Read(filepath.Dir(name), filepath.Base(name))
}

// chosenRows are the rows that --activity and --price-year leave.
func chosenRows(c *cli.Context, t *tariff.Table) ([]tariff.Price, error) {
	var rows []tariff.Price
	for _, p := range t.Prices {
		if a := c.String("activity"); (a == "" || p.Activity == a) && (c.String("price-year") == "" || p.PriceYear == c.String("price-year")) {
			rows = append(rows, p)
		}
	}
	if len(rows) == 0 {
		return nil, &no{t.Name + " has no such row"}
	}
	return rows, nil
}

func tariffShow(c *cli.Context, to streams) error {
	t, err := tableNamed(c)
	if err != nil {
		return err
	}
	rows, err := chosenRows(c, t)
	if err != nil {
		return err
	}
	if c.Bool("json") {
		list := []map[string]any{}
		for _, p := range rows {
			row := map[string]any{"table": t.Name, "row": p.Row}
			for i, column := range tariff.Columns() {
				key := column
				if key == "table" {
					key = "published_table"
				}
				if text := p.Record()[i]; text != "" {
					row[key] = text
				}
			}
			list = append(list, row)
		}
		return printJSON(to, list)
	}
	w := &printer{out: to.out}
	table := [][]string{{"activity", "row", "unit", "code", "year", "value"}}
	for _, p := range rows {
		table = append(table, []string{p.Activity, strconv.Itoa(p.Row), p.Unit, p.Code, p.PriceYear, number.Pounds(int64(p.UnitCost))})
	}
	w.table(table)
	w.line("")
	for _, p := range rows {
		text := fmt.Sprintf("row %d: %s", p.Row, number.Joined(p.Variant, p.Basis, p.Source, p.Licence, p.Note))
		w.wrapped("", "   ", text)
	}
	return w.err
}

func tariffCheck(c *cli.Context, to streams) error {
	if year := c.String("activity-year"); year != "" {
		if _, err := tariff.YearOf(year); err != nil {
			return &usage{"--activity-year: " + err.Error()}
		}
	}
	t, err := tableNamed(c)
	var rejected *source.Rejected
	if errors.As(err, &rejected) {
		if c.Bool("json") {
			if err := printJSON(to, map[string]any{"refused": true, "findings": rejected.Problems.All()}); err != nil {
				return err
			}
		}
		return &no{"the price table is refused:\n" + strings.Join(rejected.Problems.Lines(), "\n")}
	}
	if err != nil {
		return err
	}
	found := tariff.Check(t, c.String("activity-year"))
	refused := 0
	for _, f := range found {
		if f.Refused {
			refused++
		}
	}
	if c.Bool("json") {
		if err := printJSON(to, map[string]any{"refused": refused > 0, "rows": len(t.Prices), "findings": append([]tariff.Finding{}, found...)}); err != nil {
			return err
		}
	} else {
		w := &printer{out: to.out}
		for _, f := range found {
			w.wrapped("", "   ", f.String())
		}
		w.line("%s: %d rows, %d refused, %d warnings", t.Name, len(t.Prices), refused, len(found)-refused)
		if w.err != nil {
			return w.err
		}
	}
	if refused > 0 {
		return &no{"the price table is refused"}
	}
	return nil
}

func tariffConvert(c *cli.Context, to streams) error {
	year := c.String("to")
	if year == "" {
		return &usage{"averted tariff convert wants --to, the price year"}
	}
	if _, err := tariff.YearOf(year); err != nil {
		return &usage{"--to: " + err.Error()}
	}
	t, err := tableNamed(c)
	if err != nil {
		return err
	}
	index, ok := tariff.EmbeddedIndex(c.String("index"))
	if !ok {
		name := c.String("index")
		if _, err := os.Stat(name); errors.Is(err, fs.ErrNotExist) {
			return &usage{"--index: no index and no file of that name; the index that comes with the tool is " + strings.Join(tariff.Indexes(), ", ")}
		}
		if index, err = tariff.ReadIndex(filepath.Dir(name), filepath.Base(name)); err != nil {
			return err
		}
	}
	rows, err := chosenRows(c, t)
	if err != nil {
		return err
	}
	var moved []tariff.Price
	keys := map[string]bool{}
	for _, p := range rows {
		q, err := index.Convert(p, year)
		if err != nil {
			return &no{fmt.Sprintf("row %d can't be converted: %s", p.Row, err)}
		}
		if keys[q.Key()] {
			return &no{fmt.Sprintf("row %d would be the same price as another: choose one year with --price-year", p.Row)}
		}
		keys[q.Key()] = true
		moved = append(moved, q)
	}
	return tariff.Write(to.out, moved)
}

func tariffAsk(c *cli.Context, to streams) error {
	activity, err := one(c, "one activity of the price table, such as gp_surgery")
	if err != nil {
		return err
	}
	ask, known := tariff.WhereToAsk(activity)
	if c.String("value") == "" {
		w := &printer{out: to.out}
		if !known {
			w.wrapped("", "", "Nothing is known of where the price of "+activity+" stands: ask whoever pays for it, and write down the edition, the table, the year and the unit.")
			return w.err
		}
		w.wrapped("Where:   ", "         ", ask.Where)
		w.wrapped("Which:   ", "         ", ask.Variant)
		w.line("Unit:    %s", ask.Unit)
		w.line("Then:    averted tariff ask %s --value POUNDS --price-year YEAR --variant \"...\" --source \"edition, table\" --file prices.csv", activity)
		w.wrapped("Until then: ", "            ", "a study shows its events without a price, and at which price the service would break even.")
		return w.err
	}
	price, err := asked(c, activity, ask)
	if err != nil {
		return err
	}
	if c.String("file") == "" {
		return tariff.Write(to.out, []tariff.Price{price})
	}
	return addRow(c.String("file"), price, to)
}

// asked is the row that the flags give. Whatever a row needs and they don't give is told at once.
func asked(c *cli.Context, activity string, ask tariff.Ask) (tariff.Price, error) {
	value, err := money.Parse(c.String("value"))
	if err != nil {
		return tariff.Price{}, &usage{"--value: " + err.Error()}
	}
	unit := c.String("unit")
	if unit == "" {
		unit = ask.Unit
	}
	price := tariff.Price{Activity: activity, Unit: unit, UnitCost: value, PriceYear: c.String("price-year"), Variant: c.String("variant"), Source: c.String("source"), Licence: c.String("licence"), Row: 2}
	if price.PriceYear == "" || price.Source == "" || price.Unit == "" {
		return price, &usage{"a price is traceable to where it was seen: averted tariff ask wants --price-year, --source and a unit too"}
	}
	for _, f := range tariff.Check(&tariff.Table{Prices: []tariff.Price{price}}, "") {
		if f.Refused {
			return price, &usage{f.Text}
		}
	}
	return price, nil
}

// addRow adds a price to a table, whole or not at all.
func addRow(name string, price tariff.Price, to streams) error {
	table := &tariff.Table{}
	if _, err := os.Stat(name); err == nil {
		if table, err = tariff.Read(filepath.Dir(name), filepath.Base(name)); err != nil {
			return err
		}
	}
	for _, p := range table.Prices {
		if p.Key() == price.Key() {
			return &no{fmt.Sprintf("row %d of %s is of the same activity, variant, price year and unit: nothing was written", p.Row, name)}
		}
	}
	var b bytes.Buffer
	if err := tariff.Write(&b, append(table.Prices, price)); err != nil {
		return fmt.Errorf("writing the price table: %w", err)
	}
	if err := rewrite(name, b.Bytes()); err != nil {
		return err
	}
	_, err := fmt.Fprintf(to.out, "%s: %s a %s, %s, added as row %d of %s\n", price.Activity, number.Pounds(int64(price.UnitCost)), price.Unit, price.PriceYear, len(table.Prices)+2, name)
	return err
}
