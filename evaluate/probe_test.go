package evaluate_test

import (
	"averted/evaluate"
	"averted/evaluate/engine/memory"
	"averted/evaluate/study"
	"context"
	"fmt"
	"os"
	"testing"
)

func TestProbe(t *testing.T) {
	plan, err := study.Read(os.Getenv("PROBE"))
	if err != nil {
		t.Fatal(err)
	}
	f, err := evaluate.Run(context.Background(), plan, memory.Engine{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range f.Estimates {
		if e.Compared != nil || e.Series {
			v := "-"
			if e.Value != nil && e.Low != nil {
				v = fmt.Sprintf("%.7f (%.4f %.4f)", *e.Value, *e.Low, *e.High)
			}
			fmt.Println(e.Activity, e.Window, e.Method, v, e.Refused, e.Behind.People, e.Behind.Before, e.Behind.After, e.Behind.Expected)
			if e.Compared != nil {
				fmt.Printf("   %+v\n", *e.Compared)
			}
			fmt.Println("   ", e.Warnings)
		}
	}
	for _, m := range f.Matchings {
		fmt.Printf("%+v\n", m)
		for _, b := range m.Balance {
			fmt.Println(b.Name, *b.SMD, *b.MatchedSMD)
		}
	}
	for _, m := range f.Months {
		fmt.Println(m.Activity, m.Arm, m.Quarters, m.Reference, m.Refused, m.Zero, m.PreTrend.P)
		for _, p := range m.Points {
			if p.Value != nil && p.Low != nil {
				fmt.Printf(" %d:%.2f(%.2f-%.2f)", p.Month, *p.Value, *p.Low, *p.High)
			}
		}
		fmt.Println()
	}
	if f.Interrupted != nil {
		fmt.Println(f.Interrupted.Fitted.Names, f.Interrupted.Fitted.Averted)
	}
}
