package costing

import (
	"math"

	"averted/evaluate/estimate"
)

// Programme is the benefit and the cost of a service, in pounds of one price year.
type Programme struct {
	Benefit, Cost      float64
	OptimismOnBenefit  float64 // share by which the benefit is cut
	OptimismOnCost     float64 // share by which the cost is raised
	BenefitByYear      []float64
	CostByYear         []float64
	Rate               float64 // of discounting, a year
	FirstYearDiscounts bool    // the first year is discounted by a whole year; it isn't unless said
	BaselineCost       float64 // of the people before; 0 where it is not known
	People             int64
}

// Economics is what a programme comes to.
type Economics struct {
	Net, ROI, BenefitCost              float64
	BenefitCorrected, CostCorrected    float64 // for optimism
	NetCorrected, BenefitCostCorrected float64
	Factors                            []float64 // of discounting, by year
	NPV, NPVMidYear                    float64
	BreakEvenFraction                  float64 // of the benefit
	BreakEvenPerPerson                 float64
	BreakEvenPeople                    int64   // at the benefit a person
	BreakEvenReduction                 float64 // in percent of the baseline cost; 0 without one
	BreakEvenOptimism                  float64 // by which the benefit may be cut; negative: already lost
	Warnings                           []estimate.Warning
}

// Economic reports what a programme's benefit is against its cost.
//
//	net = benefit - cost,  ROI = net/cost,  BCR = benefit/cost
//	NPV = Σ (benefit_y - cost_y)(1+r)^-y
//
// Year 0 is undiscounted; in mid-year form each exponent is half a year more. Break-even is told as a share of the benefit,
// as a benefit a person, as people at that benefit, as a percent of what the people cost before, and as the optimism that
// would use the benefit up.
//
// It sets amounts against each other and knows nothing of whether the service brought them about: below evidence grade 3 only
// its break-even is shown.
//
// Special cases are:
//   - no optimism on either side: the warning NO_OPTIMISM_BIAS
//   - a cost that is not above 0: refused with BAD_INPUT, as the error
//   - no benefit: break-even has no value (0); of one below nothing it is negative, since no share of it would do
//
// HM Treasury, The Green Book, 2022.
func Economic(p Programme) (Economics, error) {
	var e Economics
	if !(p.Cost > 0) || math.IsInf(p.Cost, 0) || math.IsNaN(p.Benefit) || math.IsInf(p.Benefit, 0) {
		return e, &estimate.Refusal{Code: estimate.BadInput, Text: "a cost is above 0"}
	}
	e.Net, e.BenefitCost = p.Benefit-p.Cost, p.Benefit/p.Cost
	e.ROI = e.Net / p.Cost
	e.BenefitCorrected, e.CostCorrected = p.Benefit*(1-p.OptimismOnBenefit), p.Cost*(1+p.OptimismOnCost)
	e.NetCorrected, e.BenefitCostCorrected = e.BenefitCorrected-e.CostCorrected, e.BenefitCorrected/e.CostCorrected
	if p.OptimismOnBenefit == 0 && p.OptimismOnCost == 0 {
		e.Warnings = append(e.Warnings, noOptimism())
	}
	for y := range max(len(p.BenefitByYear), len(p.CostByYear)) {
		n := float64(y)
		if p.FirstYearDiscounts {
			n++
		}
		at := func(list []float64) float64 {
			if y < len(list) {
				return list[y]
			}
			return 0
		}
		factor, flow := math.Pow(1+p.Rate, -n), at(p.BenefitByYear)-at(p.CostByYear)
		e.Factors = append(e.Factors, factor)
		e.NPV += float64(flow * factor)
		e.NPVMidYear += float64(flow * math.Pow(1+p.Rate, -(float64(y)+0.5)))
	}
	if p.People > 0 {
		e.BreakEvenPerPerson = p.Cost / float64(p.People)
	}
	if p.Benefit != 0 {
		e.BreakEvenFraction = p.Cost / p.Benefit
		e.BreakEvenOptimism = 1 - p.Cost/p.Benefit
		if p.People > 0 {
			e.BreakEvenPeople = int64(math.Ceil(p.Cost / (p.Benefit / float64(p.People))))
		}
	}
	if p.BaselineCost > 0 {
		e.BreakEvenReduction = 100 * p.Cost / p.BaselineCost
	}
	return e, nil
}

func noOptimism() estimate.Warning {
	return estimate.Warning{Code: estimate.NoOptimismBias, Text: "no correction for optimism was given, so none is made: people who plan and run a service tend to expect too much of it and too low a cost"}
}
