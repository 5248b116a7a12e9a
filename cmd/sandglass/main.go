// Command sandglass is the workbench without a window: the same runs, the same data, no GTK. What it prints and how
// it exits is a contract that others script against (docs/cli.md).
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"sandglass/backend/fault"
	"sandglass/backend/workbench"
)

// version is set by the build (-ldflags "-X main.version=…").
var version = "development"

// The exit codes of the contract.
const (
	exitOK       = 0
	exitFailed   = 1
	exitUsage    = 2
	exitMaxSteps = 3
	exitStopped  = 4
	exitUnmet    = 5
)

func main() {
	os.Exit(command(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// cli is one call of the command.
type cli struct {
	in       io.Reader
	out, err io.Writer
	exit     int
}

// exitError carries an exit code to the top; Error may be empty when everything was said already.
type exitError struct {
	code int
	err  error
}

func (e exitError) Error() string {
	if e.err == nil {
		return ""
	}
	return e.err.Error()
}

func (e exitError) Unwrap() error { return e.err }

// usage is a mistake in the command line: exit 2, one line on stderr.
func usage(format string, args ...any) error {
	return exitError{exitUsage, fmt.Errorf(format, args...)}
}

func command(args []string, in io.Reader, out, errw io.Writer) int {
	c := &cli{in: in, out: out, err: errw}
	// The first Ctrl-C stops the run cleanly. The second one kills: stop() gives the signal back to the system.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	go func() {
		<-ctx.Done()
		stop()
	}()
	root := c.root()
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errw)
	return c.code(root.ExecuteContext(ctx))
}

func (c *cli) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "sandglass",
		Short: "Run LLM agents on this computer, watch every step, keep every run",
		Long: "Sandglass runs agents that act by writing Python. The Python runs in a WebAssembly sandbox in this program,\n" +
			"the model is local (Ollama) or any OpenAI-compatible server, and every run is kept.",
		Version:       version,
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.CompletionOptions.HiddenDefaultCmd = true
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usage("%v (see `%s --help`)", err, cmd.CommandPath())
	})
	root.AddCommand(c.runCommand(), c.execCommand(), c.runsCommand(), c.replayCommand(), c.statesCommand(), c.agentsCommand(), c.modelsCommand(), c.toolsCommand(), c.packagesCommand(), c.permissionsCommand(), c.serveCommand(), c.doctorCommand())
	return root
}

// code turns the error of a command into an exit code, and says on stderr what happened, why, and what to do.
func (c *cli) code(err error) int {
	if err == nil {
		return c.exit
	}
	var e exitError
	if errors.As(err, &e) {
		if e.err != nil {
			c.complain(e.err)
		}
		return e.code
	}
	if strings.HasPrefix(err.Error(), "unknown command") || strings.Contains(err.Error(), "arg(s)") {
		fmt.Fprintf(c.err, "sandglass: %s\n", strings.SplitN(err.Error(), "\n", 2)[0])
		return exitUsage
	}
	c.complain(err)
	switch fault.Of(err).Code {
	case fault.Invalid:
		return exitUsage
	case fault.Stopped:
		return exitStopped
	}
	return exitFailed
}

func (c *cli) complain(err error) {
	var f *fault.Error
	if !errors.As(err, &f) {
		fmt.Fprintf(c.err, "sandglass: %v\n", err)
		return
	}
	fmt.Fprintf(c.err, "sandglass: %s\n", f.Error())
	if f.Do != "" {
		fmt.Fprintf(c.err, "  %s\n", strings.ReplaceAll(f.Do, "\n", "\n  "))
	}
}

// open opens the workbench and says on stderr what went wrong and was mended.
func (c *cli) open() (*workbench.Workbench, error) {
	w, err := workbench.Open(workbench.Config{Version: version})
	if err != nil {
		return nil, err
	}
	for _, n := range w.Notices() {
		c.complain(&n)
	}
	return w, nil
}

// group is a command that only has commands below it.
func group(name, short string) *cobra.Command {
	return &cobra.Command{
		Use: name, Short: short,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usage("unknown command %q (see `%s --help`)", args[0], cmd.CommandPath())
			}
			return cmd.Help()
		},
	}
}

// withDesk opens the workbench around a command.
func (c *cli) withDesk(f func(ctx context.Context, w *workbench.Workbench, args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		w, err := c.open()
		if err != nil {
			return err
		}
		defer w.Close()
		return f(cmd.Context(), w, args)
	}
}

func oneOf(flag, value string, allowed ...string) error {
	for _, a := range allowed {
		if value == a {
			return nil
		}
	}
	return usage("--%s %q: use one of %s", flag, value, strings.Join(allowed, ", "))
}
