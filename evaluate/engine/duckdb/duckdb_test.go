//go:build cgo

package duckdb

import (
	"testing"

	"averted/evaluate/engine/enginetest"
	"averted/evaluate/engine/memory"
)

func TestSpecs(t *testing.T) { enginetest.Specs(t, Engine{}) }

func TestAgreesWithMemory(t *testing.T) { enginetest.Agree(t, memory.Engine{}, Engine{}, 40) }

func TestThreadsChangeNothing(t *testing.T) {
	enginetest.Agree(t, Engine{Threads: 1}, Engine{Threads: 4}, 6)
}
