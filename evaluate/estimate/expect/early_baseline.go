package expect

import "averted/evaluate/estimate"

// Early is an expectation from an earlier window.
type Early struct {
	Expectation
	SelectionOverEarly float64 // the events of the window by which people were chosen over those of the earlier one: the peak
}

// EarlyBaseline reports the events of a cohort after with those of a window that lies as long before the window by which
// people were chosen as the one after lies behind it. Cells hold the early window as Before; chosen is the events in the
// window by which people were chosen, and in how much time.
//
//	R = (A/T_a)/(B_early/T_early)/trend
//
// with the interval of [estimate.RatioRobust] over trend. In a process that runs alike forwards and backwards, the early
// window and the one after have gone back towards the mean by the same, even if people's rates drift: so what is left is
// not regression.
//
// That holds where people were over the line on a fixed day, and fails where they were referred as they crossed it: just
// before they had not yet crossed, and it then finds a rise without any service (1.64 in a trial). There it is only a bound.
//
// Special cases are:
//   - refused like [estimate.RatioRobust], of the early window
//   - people who were not watched so early must not be among the cells; if that leaves nobody the caller refuses with
//     HISTORY_TOO_SHORT
//   - without a trend: NO_TREND
//
// Linden, BMC Medical Research Methodology 2013;13:119, on what an earlier baseline shows.
func EarlyBaseline(cells []estimate.Cell, chosen int64, timeChosen float64, trend Trend) Early {
	cells = estimate.Canonical(cells)
	x := Early{Expectation: begin(cells, trend)}
	if x.Refused != nil && x.Refused.Code != estimate.ZeroAfter {
		return x
	}
	if s := estimate.Sum(cells); s.Before > 0 && estimate.IsTime(timeChosen) {
		x.SelectionOverEarly = float64(chosen) / timeChosen / (float64(s.Before) / s.TimeBefore)
		x.Expected = trend.factor() * float64(s.Before) / s.TimeBefore * s.TimeAfter
		if chosen > 0 {
			x.Naive = float64(s.After) / s.TimeAfter / (float64(chosen) / timeChosen)
			x.RuleAlone = x.Expected / s.TimeAfter / (float64(chosen) / timeChosen)
		}
	}
	x.Estimate = over(estimate.RatioRobust(cells, estimate.Robust{}), trend)
	return x
}

// over divides a ratio and its interval by the trend, which is taken as known.
func over(e estimate.Estimate, trend Trend) estimate.Estimate {
	for _, v := range []**float64{&e.Value, &e.Low, &e.High} {
		if *v != nil {
			divided := **v / trend.factor()
			*v = &divided
		}
	}
	e.Warnings = append(e.Warnings, trend.warnings()...)
	return e
}
