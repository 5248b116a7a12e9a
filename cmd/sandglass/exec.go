package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"sandglass/backend/event"
	"sandglass/backend/sandbox"
	"sandglass/backend/workbench"
)

type execFlags struct {
	inputs
	cells string
	fork  string
	save  string
	json  bool
	vars  bool
}

func (c *cli) execCommand() *cobra.Command {
	f := &execFlags{}
	cmd := &cobra.Command{
		Use:   "exec [flags] [FILE|-]",
		Short: "Run Python in the sandbox, without a model",
		Long: "Run Python in the sandbox. The code's output goes to standard output; if it raised, the traceback goes to\n" +
			"standard error and the exit code is 1. With --cells, a JSON list of code strings runs in one session: state\n" +
			"persists between cells, and a cell that is killed leaves the state as it was before it.",
		Example: "  echo 'print(sum(range(10)))' | sandglass exec -\n  sandglass exec --cells cells.json --json",
		Args:    cobra.MaximumNArgs(1),
	}
	fl := cmd.Flags()
	f.flags(fl)
	fl.StringVar(&f.cells, "cells", "", "run the code strings of this JSON `FILE` one after the other")
	fl.BoolVar(&f.json, "json", false, "print one JSON object a cell")
	fl.BoolVar(&f.vars, "variables", false, "show which variables each cell made, changed and removed")
	fl.StringVar(&f.fork, "fork", "", "`RUN:STEP`: begin with the variables and files that this step of a run left; RUN:NAME.STEP: a step of an agent that it called; the run stays as it is")
	fl.StringVar(&f.save, "save", "", "write the files that the code leaves, and what it displays, into the folder `DIR`; files of the same names are replaced")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		cells, err := f.source(c, args)
		if err != nil {
			return err
		}
		var spec workbench.Spec
		if f.fork != "" {
			if spec.From, err = parseFork("fork", f.fork); err != nil {
				return err
			}
		}
		if err := f.fill(&spec); err != nil {
			return err
		}
		return c.withDesk(func(ctx context.Context, w *workbench.Workbench, _ []string) error {
			return c.exec(ctx, w, f, spec, cells)
		})(cmd, args)
	}
	return cmd
}

func (f *execFlags) source(c *cli, args []string) ([]string, error) {
	if f.cells != "" {
		if len(args) > 0 {
			return nil, usage("--cells and FILE exclude each other")
		}
		data, err := os.ReadFile(f.cells)
		if err != nil {
			return nil, usage("--cells: %v", err)
		}
		var cells []string
		if err := json.Unmarshal(data, &cells); err != nil {
			return nil, usage("--cells %s: write a JSON list of code strings (%v)", f.cells, err)
		}
		return cells, nil
	}
	if len(args) == 0 || args[0] == "-" {
		data, err := io.ReadAll(c.in)
		if err != nil {
			return nil, fmt.Errorf("read the code from standard input: %w", err)
		}
		return []string{string(data)}, nil
	}
	data, err := os.ReadFile(args[0])
	if err != nil {
		return nil, usage("%v", err)
	}
	return []string{string(data)}, nil
}

// cell is one line of the contract.
type cell struct {
	Stdout      string           `json:"stdout"`
	Stderr      string           `json:"stderr"`
	Value       json.RawMessage  `json:"value"`
	Repr        string           `json:"repr"`
	Error       *event.PyError   `json:"error"`
	FinalAnswer *json.RawMessage `json:"final_answer,omitempty"`
	Artefacts   []string         `json:"artefacts"`
	MS          float64          `json:"ms"`
	Killed      *string          `json:"killed"`
	Variables   *event.Variables `json:"variables,omitempty"`
}

func (c *cli) exec(ctx context.Context, w *workbench.Workbench, f *execFlags, spec workbench.Spec, cells []string) error {
	var print workbench.Printer
	if !f.json {
		print = func(text string, stderr bool) {
			if stderr {
				fmt.Fprint(c.err, text)
			} else {
				fmt.Fprint(c.out, text)
			}
		}
	}
	var s *saver
	if f.save != "" {
		var err error
		if s, err = newSaver(f.save); err != nil {
			return err
		}
		defer s.root.Close()
	}
	c.attend(&spec)
	session, err := w.OpenSandbox(ctx, spec, print)
	if err != nil {
		return err
	}
	defer session.Close()
	left := map[string]bool{}
	ran := c.cells(ctx, session, f, cells, func(out sandbox.Output) error {
		for _, name := range toCell(out).Artefacts {
			left[name] = true
		}
		return s.displayed(out)
	})
	if err := s.scratch(session.Scratch()); err != nil { // also when a cell failed: what was written until then is worth keeping
		return errors.Join(ran, err)
	}
	switch {
	case s != nil:
		fmt.Fprintf(c.err, "%s in %s\n", count(s.files, "file", "files"), f.save)
	case len(left) > 0 && !f.json:
		names := slices.Sorted(maps.Keys(left))
		more := ""
		if len(names) > 5 {
			names, more = names[:5], fmt.Sprintf(" and %d more", len(names)-5)
		}
		fmt.Fprintf(c.err, "not kept: %s%s (--save DIR writes them into a folder)\n", strings.Join(names, ", "), more)
	}
	return ran
}

// cells runs code after code; each one's output also goes to done.
func (c *cli) cells(ctx context.Context, session sandbox.Session, f *execFlags, cells []string, done func(sandbox.Output) error) error {
	for _, code := range cells {
		out, err := session.Run(ctx, code)
		if err != nil {
			return err
		}
		if err := done(out); err != nil {
			return err
		}
		if f.json {
			line := toCell(out)
			if f.vars {
				line.Variables = out.Variables
			}
			c.printJSON(line)
			continue
		}
		if f.vars {
			for _, line := range variableLines(out.Variables) {
				fmt.Fprintln(c.err, line)
			}
		}
		if err := c.showCell(out); err != nil {
			return err
		}
	}
	return nil
}

func toCell(out sandbox.Output) cell {
	k := cell{
		Stdout: out.Stdout, Stderr: out.Stderr, Value: json.RawMessage("null"), Error: out.Error,
		Artefacts: append(displayed(out), out.Written...), MS: float64(out.Duration.Microseconds()) / 1000,
	}
	if out.Value != nil {
		k.Repr = out.Value.Repr
		if len(out.Value.JSON) > 0 {
			k.Value = out.Value.JSON
		}
	}
	if out.Final != nil {
		v := out.Final.JSON
		if len(v) == 0 {
			v, _ = json.Marshal(out.Final.Repr)
		}
		k.FinalAnswer = &v
	}
	if out.Killed != "" {
		k.Killed = &out.Killed
	}
	return k
}

// displayed names what a cell showed.
func displayed(out sandbox.Output) []string {
	names := []string{}
	for _, d := range out.Displayed {
		names = append(names, d.Name)
	}
	return names
}

// showCell ends a cell for a person: its value, or the reason why it ended early.
func (c *cli) showCell(out sandbox.Output) error {
	switch {
	case out.Killed != "":
		return exitError{exitFailed, fmt.Errorf("the code was stopped: %s limit", out.Killed)}
	case out.Error != nil:
		fmt.Fprintln(c.err, out.Error.Traceback)
		return exitError{code: exitFailed}
	case out.Final != nil:
		fmt.Fprintln(c.out, out.Final.Repr)
	case out.Value != nil:
		fmt.Fprintln(c.out, out.Value.Repr)
	}
	return nil
}
