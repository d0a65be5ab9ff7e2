// Package evaluate compares what people used before and after they came to a service.
//
// A study is a file ([study.Read]) that names people, events, windows and choices. [Run] counts the events
// of the right people in the right windows with an [engine.Engine] and estimates the change:
//
//	plan, err   := study.Read("study.yaml")
//	found, err  := evaluate.Run(ctx, plan, memory.Engine{}, nil)
//	prices, err := costing.Prices(plan)
//	bill, err   := costing.Price(ctx, found, prices)
//	safe, err   := release.Control(report.Assemble(found, bill, prices))
//	err          = workbook.Write(w, safe)
//
// report.Make does the four in the middle.
//
// What comes out is exact and internal; only what averted/report/release passes may leave.
package evaluate
