package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// progress tells each stage: on a terminal a bar of the file that is being read, or a spinner, else one plain line a
// stage.
type progress struct {
	talk  io.Writer
	quiet bool
	onTTY bool
	bar   *progressbar.ProgressBar
	what  string
	total int64
}

func newProgress(talk io.Writer, quiet bool) *progress {
	p := &progress{talk: talk, quiet: quiet}
	if file, ok := talk.(*os.File); ok && !quiet {
		p.onTTY = term.IsTerminal(int(file.Fd()))
	}
	return p
}

// step is told what is being done, of which done of total is done; both are 0 at the start of a stage.
func (p *progress) step(what string, done, total int64) {
	switch {
	case p.quiet:
	case !p.onTTY && done == 0:
		_, _ = fmt.Fprintln(p.talk, "averted:", what) // talk that can't be heard stops nothing
	case p.onTTY:
		if p.bar == nil || p.what != what || p.total != total {
			p.done()
			p.begin(what, total)
		}
		_ = p.bar.Set64(done)
	}
}

func (p *progress) begin(what string, total int64) {
	if p.what, p.total = what, total; total == 0 {
		total = -1 // a spinner
	}
	p.bar = progressbar.NewOptions64(total, progressbar.OptionSetWriter(p.talk), progressbar.OptionSetDescription(what), progressbar.OptionSpinnerType(14),
		progressbar.OptionSetElapsedTime(true), progressbar.OptionClearOnFinish(), progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionSetWidth(30))
}

func (p *progress) done() {
	if p.bar != nil {
		_ = p.bar.Finish()
		p.bar = nil
	}
}
