package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"
	"syscall"

	"averted/evaluate/source"
	"averted/evaluate/study"
	"averted/report"

	"github.com/urfave/cli/v2"
)

// Exit codes.
const (
	codeDone        = 0
	codeNo          = 1  // worked, and the answer is no
	codeUsage       = 2  // usage, or the study file is wrong
	codeRejected    = 3  // the data are rejected
	codeRefused     = 4  // every estimate is refused, or nothing can be released
	codeFailed      = 5  // engine, file system, memory or network
	codeHeld        = 6  // another run holds the output folder
	codeFault       = 70 // our own
	codeInterrupted = 130
)

// streams are where the product and the talk go.
type streams struct{ out, talk io.Writer }

// usage is a command that was called wrongly.
type usage struct{ text string }

func (u *usage) Error() string { return u.text }

// no is an answer that is no.
type no struct{ text string }

func (n *no) Error() string { return n.text }

// nothing is the error of a run that could estimate or release nothing.
type nothing struct{ text string }

func (n *nothing) Error() string { return n.text }

// run runs the command and gives its exit code. It is all of main but os.Exit.
func run(ctx context.Context, args []string, to streams) (code int) {
	defer func() {
		if fault := recover(); fault != nil {
			// Not the fault's own text: it might hold a value from the data.
			_, _ = fmt.Fprintf(to.talk, "averted %s: a fault of ours (%T). Please report it, with the version and what you ran.\n", report.Version, fault)
			if os.Getenv("AVERTED_DEBUG") != "" {
				_, _ = to.talk.Write(debug.Stack())
			}
			code = codeFault
		}
	}()
	app := newApp(to)
	args, err := reorder(app, args)
	if err == nil {
		err = app.RunContext(ctx, args)
	}
	if errors.Is(err, syscall.EPIPE) { // nobody reads on: what was to be done is done
		err = nil
	}
	return exitCode(ctx, err, to.talk)
}

// exitCode tells an error and maps it to its code.
func exitCode(ctx context.Context, err error, talk io.Writer) int {
	if err == nil {
		return codeDone
	}
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		_, _ = fmt.Fprintln(talk, "averted: interrupted; nothing was written")
		return codeInterrupted
	}
	code := codeFailed
	var (
		wrongly  *usage
		invalid  *study.Invalid
		rejected *source.Rejected
		refused  *nothing
		answer   *no
		held     *report.Held
	)
	switch {
	case errors.As(err, &wrongly):
		_, _ = fmt.Fprintf(talk, "averted: %s\nSee 'averted --help'.\n", wrongly.text)
		return codeUsage
	case errors.As(err, &invalid):
		err, code = invalid, codeUsage
	case errors.As(err, &rejected):
		err, code = rejected, codeRejected
	case errors.As(err, &refused):
		code = codeRefused
	case errors.As(err, &answer):
		code = codeNo
	case errors.As(err, &held):
		code = codeHeld
	}
	_, _ = fmt.Fprintf(talk, "averted: %s\n", err)
	return code
}

const appHelp = `averted says what a health service averted, how sure that is, and what it is worth.

Examples:
   averted example demo                      write an example study into the folder demo
   averted run demo/study.yaml --out report  count, estimate, price and write the report

Commands:
{{range .VisibleCommands}}   {{printf "%-14s" .Name}}{{.Usage}}
{{end}}
Flags:
   --help, -h     show help, of a command too: averted run --help
   --version, -v  print the version

Exit codes: 0 done, 1 the answer is no, 2 usage or study file, 3 data rejected, 4 nothing estimable, 5 engine or files,
6 another run holds the folder, 70 our fault, 130 interrupted.
`

const commandHelp = `{{.Usage}}

Usage: {{.HelpName}} {{.ArgsUsage}}

{{.Description}}

Flags:
{{range .VisibleFlags}}   {{.}}
{{end}}`

func newApp(to streams) *cli.App {
	wrong := func(_ *cli.Context, err error, _ bool) error { return &usage{err.Error()} }
	app := &cli.App{
		Name: "averted", Usage: "what a health service averted, how sure that is, and what it is worth",
		Version: report.Version, Writer: to.out, ErrWriter: to.talk, HideHelpCommand: true, HideVersion: false,
		CustomAppHelpTemplate: appHelp, OnUsageError: wrong,
		ExitErrHandler: func(*cli.Context, error) {}, // errors go to exitCode
		Commands:       []*cli.Command{exampleCommand(to), initCommand(to), lockCommand(to), checkCommand(to), runCommand(to), renderCommand(to), tariffCommand(to), claimsCommand(to), pseudonymiseCommand(to), versionCommand(to)},
		Action: func(c *cli.Context) error {
			if c.Args().Present() {
				var names []string
				for _, command := range c.App.Commands {
					names = append(names, command.Name)
				}
				if c.Args().First() == "help" {
					return cli.ShowAppHelp(c)
				}
				return &usage{fmt.Sprintf("there is no command of that name; there are %s", strings.Join(names, ", "))}
			}
			return cli.ShowAppHelp(c)
		},
	}
	for _, command := range app.Commands {
		command.OnUsageError, command.CustomHelpTemplate, command.HideHelpCommand = wrong, commandHelp, true
		for _, sub := range command.Subcommands {
			sub.OnUsageError, sub.CustomHelpTemplate, sub.HideHelpCommand = wrong, commandHelp, true
		}
	}
	return app
}

// reorder puts a command's flags before its argument, since urfave/cli ignores those that come after one,
// without a word. A -- ends the flags. A flag that wants a value must have one: what begins with - is none.
func reorder(app *cli.App, args []string) ([]string, error) {
	at := 1
	for ; at < len(args) && strings.HasPrefix(args[at], "-"); at++ { // flags of the app take no value
	}
	if at >= len(args) || app.Command(args[at]) == nil {
		return args, nil
	}
	command := app.Command(args[at])
	if sub := subcommandOf(command, args[at+1:]); sub != nil {
		command, at = sub, at+1
	}
	flags, rest := []string{}, []string{}
	for i := at + 1; i < len(args); i++ {
		a := args[i]
		if a == "--" {
			rest = append(rest, args[i+1:]...)
			break
		}
		if a == "--help" || a == "-h" {
			return append(append([]string{}, args[:at+1]...), "--help"), nil
		}
		if !strings.HasPrefix(a, "-") || a == "-" {
			rest = append(rest, a)
			continue
		}
		flags = append(flags, a)
		if takesValue(command, a) {
			if i+1 >= len(args) || strings.HasPrefix(args[i+1], "-") {
				return nil, &usage{a + " wants a value"}
			}
			i++
			flags = append(flags, args[i])
		}
	}
	ordered := append(append([]string{}, args[:at+1]...), flags...)
	return append(append(ordered, "--"), rest...), nil
}

// subcommand is a command of a command.
func (to streams) subcommand(name, usage, args, text string, flags []cli.Flag, action func(*cli.Context, streams) error) *cli.Command {
	return &cli.Command{Name: name, Usage: usage, ArgsUsage: args, Description: text, Flags: flags, Action: func(c *cli.Context) error { return action(c, to) }}
}

// noSubcommand is the error of a command that is called without one of its own.
func noSubcommand(c *cli.Context) error {
	var names []string
	for _, s := range c.Command.Subcommands {
		names = append(names, s.Name)
	}
	if c.Args().Present() {
		return &usage{fmt.Sprintf("averted %s has no such command; it has %s", c.Command.Name, strings.Join(names, ", "))}
	}
	return &usage{fmt.Sprintf("averted %s wants one of %s", c.Command.Name, strings.Join(names, ", "))}
}

// subcommandOf is the command of a command that its first argument names; nil where it names none.
func subcommandOf(command *cli.Command, args []string) *cli.Command {
	for _, sub := range command.Subcommands {
		if len(args) > 0 && sub.Name == args[0] {
			return sub
		}
	}
	return nil
}

// takesValue reports whether the next argument belongs to a flag.
func takesValue(command *cli.Command, flag string) bool {
	if strings.Contains(flag, "=") {
		return false
	}
	name := strings.TrimLeft(flag, "-")
	for _, f := range command.Flags {
		for _, n := range f.Names() {
			if n == name {
				_, isBool := f.(*cli.BoolFlag)
				return !isBool
			}
		}
	}
	return false
}

// problemsOf is the problems of a study file or of data, and whether the error is of those.
func problemsOf(err error) ([]source.Problem, bool) {
	var (
		invalid  *study.Invalid
		rejected *source.Rejected
	)
	switch {
	case err == nil:
		return nil, true
	case errors.As(err, &invalid):
		return invalid.Problems.All(), true
	case errors.As(err, &rejected):
		return rejected.Problems.All(), true
	}
	return nil, false
}

// one is a command's one argument.
func one(c *cli.Context, what string) (string, error) {
	if c.NArg() != 1 || c.Args().First() == "" {
		return "", &usage{fmt.Sprintf("%s wants %s, and nothing else", c.Command.HelpName, what)}
	}
	return c.Args().First(), nil
}
