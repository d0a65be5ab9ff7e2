package memory_test

import (
	"testing"

	"averted/evaluate/engine/enginetest"
	"averted/evaluate/engine/memory"
)

func TestSpecs(t *testing.T) { enginetest.Specs(t, memory.Engine{}) }
