package report

import (
	"context"

	"averted/costing"
	"averted/costing/claim"
	"averted/evaluate"
	"averted/evaluate/engine"
	"averted/evaluate/study"
	"averted/report/release"
	"averted/report/result"
)

// Make does all of a study but write it: counts, estimates, prices, and disclosure control. It gives the exact,
// internal result and what may leave of it. progress is as for [evaluate.Run].
//
// The error is *[study.Invalid] for a price the study names wrongly, *source.Rejected for data that can't be used, and
// a failure of the engine or the file system otherwise.
func Make(ctx context.Context, plan *study.Plan, e engine.Engine, progress evaluate.Progress) (*result.Result, *release.Released, error) {
	prices, err := costing.Prices(plan)
	if err != nil {
		return nil, nil, err
	}
	claims, err := ClaimsOf(plan)
	if err != nil {
		return nil, nil, err
	}
	words, look, err := Author(plan)
	if err != nil {
		return nil, nil, err
	}
	plan.SetCodes(prices.Codes)
	lock, err := LockOf(plan)
	if err != nil {
		return nil, nil, err
	}
	found, err := evaluate.Run(ctx, plan, e, progress)
	if err != nil {
		return nil, nil, err
	}
	if progress != nil {
		progress("pricing", 0, 0)
	}
	bill, err := costing.Price(ctx, found, prices)
	if err != nil {
		return nil, nil, err
	}
	exact := Assemble(found, bill, prices)
	exact.Study.Lock = lock
	exact.Narrative, exact.Look = words, look
	safe, err := release.Control(exact)
	if err != nil || claims == nil {
		return exact, safe, err
	}
	exact.Claims, safe.Claims = Claims(claims, exact), Claims(claims, &safe.Result)
	return exact, safe, nil
}

// ClaimsOf is the claims file that a study names; nil if it names none. The error is *[study.Invalid] if it is wrong.
func ClaimsOf(plan *study.Plan) (*claim.File, error) {
	if plan.Claims == "" {
		return nil, nil
	}
	return claim.Read(plan.Path(plan.Claims))
}

// LockOf says whether the plan was locked before the data arrived, and what has changed since.
func LockOf(plan *study.Plan) (result.Lock, error) {
	lock, err := plan.ReadLock()
	if lock == nil || err != nil {
		return result.Lock{Changed: []string{}}, err
	}
	changed, err := plan.Changed(*lock)
	return result.Lock{On: lock.On.String(), Hash: lock.Hash, Changed: append([]string{}, changed...)}, err
}
