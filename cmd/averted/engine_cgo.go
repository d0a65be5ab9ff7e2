//go:build cgo

package main

import (
	"averted/evaluate/engine"
	"averted/evaluate/engine/duckdb"
	"averted/evaluate/engine/memory"
)

const engineNames = "duckdb or memory"

// engineOf is the engine of a name; nil if there is none. The first is the default.
func engineOf(name string, limits limits) engine.Engine {
	switch name {
	case "", "duckdb":
		return duckdb.Engine{Threads: limits.threads, MemoryLimit: limits.memory}
	case "memory":
		return memory.Engine{}
	}
	return nil
}
