// Averted says what a health service averted, how sure that is, and what it is worth.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args, streams{os.Stdout, os.Stderr})
	stop()
	os.Exit(code)
}
