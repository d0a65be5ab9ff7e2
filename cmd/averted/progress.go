package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// progress tells each stage: a spinner on a terminal, else one plain line a stage.
type progress struct {
	talk  io.Writer
	quiet bool
	bar   *progressbar.ProgressBar
}

func newProgress(talk io.Writer, quiet bool) *progress {
	p := &progress{talk: talk, quiet: quiet}
	if file, ok := talk.(*os.File); ok && !quiet && term.IsTerminal(int(file.Fd())) {
		p.bar = progressbar.NewOptions(-1, progressbar.OptionSetWriter(talk), progressbar.OptionSpinnerType(14),
			progressbar.OptionSetElapsedTime(true), progressbar.OptionClearOnFinish(), progressbar.OptionThrottle(100*time.Millisecond))
	}
	return p
}

func (p *progress) step(name string) {
	switch {
	case p.quiet:
	case p.bar != nil:
		p.bar.Describe(name)
	default:
		_, _ = fmt.Fprintln(p.talk, "averted:", name) // talk that can't be heard stops nothing
	}
}

func (p *progress) done() {
	if p.bar != nil {
		_ = p.bar.Finish()
	}
}
