package trend

import (
	"math"
	"slices"

	"averted/evaluate/estimate"
)

// Controlled is an interrupted series beside one of people without the service.
type Controlled struct {
	Service, Control Series
	Terms            []Figure // of the service's level and slope less the control's, on the log scale; parallel to Names
	Names            []string
	Counterfactual   []float64 // of the service's months, with the control's change of level and slope
	Expected         float64   // the counterfactual from the start on
	Averted          Figure
	Change           Figure // log of events over those expected, from the start on
	Refused          *estimate.Refusal
	Warnings         []estimate.Warning
}

// InterruptedWithControl reports how much more a series changed when the service began than that of people without it.
//
//	β₂ = β₂,service − β₂,control,  β₃ = β₃,service − β₃,control
//
// each series with a trend and a season of its own: see [InterruptedSeries]. The counterfactual is the service's trend and
// season with the control's β₂ and β₃: whatever happened to both at once is no part of the difference.
//
// The quasi-Poisson variance is the sum of both series', each with its own dispersion. Newey and West's is over months, of
// what each month contributes to both series together, so that shocks that struck both at once cancel. The larger is shown,
// with t of as many degrees of freedom as one series has.
//
// It takes the control to have been struck by everything else that struck the service's series, and as hard.
//
// Special cases are:
//   - either series refused: refused with its code
//   - series of different months: BAD_INPUT
//
// Lopez Bernal, Cummins and Gasparrini, International Journal of Epidemiology, 2018.
func InterruptedWithControl(service, control []Month, o Interruption) Controlled {
	c := Controlled{Service: InterruptedSeries(service, o), Control: InterruptedSeries(control, o)}
	for _, s := range []Series{c.Service, c.Control} {
		if s.Refused != nil {
			c.Refused = s.Refused
			return c
		}
	}
	if !slices.EqualFunc(c.Service.month, c.Control.month, func(a, b Month) bool { return a.Time == b.Time }) {
		c.Refused = &estimate.Refusal{Code: estimate.BadInput, Text: "the two series are of different months"}
		return c
	}
	p := len(c.Service.fit.beta)
	minus := func(g []float64) []float64 {
		list := make([]float64, len(g))
		for j, x := range g {
			list[j] = -x
		}
		return list
	}
	shared := func(name string) bool { return name == "level" || name == "slope" }
	for j, name := range c.Service.Names {
		if shared(name) {
			g := c.Service.only(j)
			c.Names = append(c.Names, name)
			c.Terms = append(c.Terms, c.figure(c.Service.fit.beta[j]-c.Control.fit.beta[j], g, minus(g)))
		}
	}
	f := c.Service.fit
	c.Counterfactual = slices.Clone(f.mu)
	with := 0.0
	rows := make([][2][]float64, c.Service.N) // of the service's coefficients and of the control's
	for i, m := range c.Service.month {
		if m.Time < o.FirstPost {
			continue
		}
		bare := o.row(m, false)
		theirs := make([]float64, p)
		for j, name := range c.Service.Names {
			if shared(name) {
				theirs[j] = f.rows[i][j]
			}
		}
		rows[i] = [2][]float64{bare, theirs}
		c.Counterfactual[i] = m.Exposure * math.Exp(dot(bare, f.beta)+dot(theirs, c.Control.fit.beta))
		c.Expected += c.Counterfactual[i]
		with += f.mu[i]
	}
	averted, change := [2][]float64{make([]float64, p), make([]float64, p)}, [2][]float64{make([]float64, p), make([]float64, p)}
	for i, m := range c.Service.month {
		if m.Time < o.FirstPost {
			continue
		}
		for j := range p {
			for k := range 2 {
				without := float64(c.Counterfactual[i] * rows[i][k][j])
				own := 0.0
				if k == 0 {
					own = float64(f.mu[i] * f.rows[i][j])
				}
				averted[k][j] += without - own
				change[k][j] += own/with - without/c.Expected
			}
		}
	}
	c.Averted = c.figure(c.Expected-with, averted[0], averted[1])
	c.Change = c.figure(math.Log(with/c.Expected), change[0], change[1])
	c.Warnings = slices.Clone(c.Service.Warnings)
	if len(c.Warnings) == 0 {
		c.Warnings = slices.Clone(c.Control.Warnings)
	}
	return c
}

// figure is a quantity with these gradients in the coefficients of both series.
func (c *Controlled) figure(value float64, service, control []float64) Figure {
	u := c.Service.fit.influence(c.Service.month, service)
	for i, x := range c.Control.fit.influence(c.Control.month, control) {
		u[i] += x
	}
	return figure(value, math.Sqrt(c.Service.fit.quasi(service)+c.Control.fit.quasi(control)), math.Sqrt(hac(u, c.Service.o.lag())), float64(c.Service.N-len(service)))
}
