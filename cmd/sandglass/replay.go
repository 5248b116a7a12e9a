package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"sandglass/backend/event"
	"sandglass/backend/workbench"
)

// longestPause bounds how long a replay waits between two events.
const longestPause = 3 * time.Second

func (c *cli) replayCommand() *cobra.Command {
	var verify, asJSON bool
	var speed float64
	cmd := &cobra.Command{
		Use:   "replay RUN",
		Short: "Show a run again, or execute its code again and compare (--verify); no model is needed",
		Long: "Show a run again from its log, step by step. With --verify, the code of every step is executed again in a fresh\n" +
			"sandbox, with the recorded clock, randomness and answers of tools, and every output is compared to the byte.\n\n" +
			"Exit: 0 as it was, 1 an output differs (with a diff), 2 usage.",
		Example: "  sandglass replay 01JX --speed 4\n  sandglass replay 01JX --verify",
		Args:    exactlyOne("RUN"),
	}
	cmd.Flags().BoolVar(&verify, "verify", false, "execute the code again and compare every output with the recorded one")
	cmd.Flags().BoolVar(&asJSON, "json", false, "with --verify: print one JSON object")
	cmd.Flags().Float64Var(&speed, "speed", 0, "how many times as fast as it was (pauses are cut to 3 s); 0 for at once")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		switch {
		case asJSON && !verify:
			return usage("--json goes with --verify; for the log: sandglass runs show RUN --json")
		case speed < 0 || verify && cmd.Flags().Changed("speed"):
			return usage("--speed takes a number from 0 on, and does not go with --verify")
		}
		return c.withDesk(func(ctx context.Context, w *workbench.Workbench, args []string) error {
			if verify {
				return c.verify(ctx, w, event.RunID(args[0]), asJSON)
			}
			return c.replay(ctx, w, event.RunID(args[0]), speed, false)
		})(cmd, args)
	}
	return cmd
}

func (c *cli) verify(ctx context.Context, w *workbench.Workbench, id event.RunID, asJSON bool) error {
	p := newPainter(c.out)
	var each func(workbench.StepVerdict)
	if !asJSON {
		each = func(s workbench.StepVerdict) { c.printVerdict(p, s) }
	}
	v, err := w.Verify(ctx, id, each)
	if err != nil {
		return err
	}
	if asJSON {
		c.printJSON(v)
	} else {
		c.printFiles(v)
		if v.Same {
			fmt.Fprintf(c.out, "The same to the byte: %s.\n", count(len(v.Steps), "piece of code", "pieces of code"))
		}
	}
	if !v.Same {
		return exitError{code: exitFailed}
	}
	return nil
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

func (c *cli) printVerdict(p painter, s workbench.StepVerdict) {
	name := fmt.Sprintf("step %d", s.Step)
	if s.Agent != "" {
		name += " of " + s.Agent
	}
	switch {
	case s.Skipped != "":
		fmt.Fprintf(c.out, "%s  not executed: %s\n", name, s.Skipped)
	case s.Same:
		fmt.Fprintf(c.out, "%s  same\n", name)
	default:
		fmt.Fprintln(c.out, p.as(red, name+"  differs"))
		for _, d := range s.Differences {
			fmt.Fprintf(c.out, "  %s\n", d.What)
			c.printDiff(p, d.Was, d.Is)
		}
	}
}

// printDiff shows what lies between the lines that two texts begin and end with alike.
func (c *cli) printDiff(p painter, was, is string) {
	a, b := strings.Split(was, "\n"), strings.Split(is, "\n")
	head := 0
	for len(a) > 1 && len(b) > 1 && a[0] == b[0] {
		a, b, head = a[1:], b[1:], head+1
	}
	for len(a) > 1 && len(b) > 1 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	if head > 0 {
		fmt.Fprintf(c.out, "  @@ line %d @@\n", head+1)
	}
	show := func(sign, style string, lines []string) {
		for i, l := range lines {
			if i == 20 {
				fmt.Fprintf(c.out, "  %s … %d more lines\n", sign, len(lines)-i)
				return
			}
			fmt.Fprintln(c.out, p.as(style, "  "+sign+" "+short(l, 300)))
		}
	}
	show("-", red, a)
	show("+", bold, b)
}

func (c *cli) printFiles(v workbench.Verdict) {
	for _, f := range v.Files {
		switch f.State {
		case "changed":
			fmt.Fprintf(c.out, "The input file %s has another content than then.\n", f.Name)
		case "gone":
			fmt.Fprintf(c.out, "The input file %s is not where it was.\n", f.Name)
		case "unknown":
			fmt.Fprintf(c.out, "The input file %s is too large to be compared; its size and time are as they were.\n", f.Name)
		}
	}
	if v.Runtime != "" {
		fmt.Fprintln(c.out, v.Runtime)
	}
}

// replay shows a run as it went.
func (c *cli) replay(ctx context.Context, w *workbench.Workbench, id event.RunID, speed float64, variables bool) error {
	run, events, err := allEvents(w, id)
	if err != nil {
		return err
	}
	s := &show{c: &cli{out: c.out, err: c.out}, paint: newPainter(c.out), streams: map[int64]*streamed{}, asked: map[int64]bool{}, margins: map[int64]string{}, nested: map[int64]bool{}, vars: variables}
	fmt.Fprintf(c.out, "Task: %s\n", run.Task)
	for i, e := range events {
		if i > 0 && speed > 0 {
			pause := min(time.Duration(float64(e.At.Sub(events[i-1].At))/speed), longestPause)
			select {
			case <-time.After(pause):
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		s.event(e)
	}
	c.printOutcome(run)
	return nil
}

// allEvents is the whole log of a run.
func allEvents(w *workbench.Workbench, id event.RunID) (event.Run, []event.Event, error) {
	run, err := w.Run(id)
	if err != nil {
		return run, nil, err
	}
	var events []event.Event
	for after := int64(0); ; {
		page, err := w.RunEvents(run.ID, after)
		if err != nil {
			return run, nil, err
		}
		events = append(events, page.Events...)
		if after = page.Last; !page.More {
			return run, events, nil
		}
	}
}

// parseFork reads RUN:STEP, or RUN:NAME.STEP for a step of a called agent.
func parseFork(flag, s string) (*workbench.From, error) {
	id, step, ok := strings.Cut(s, ":")
	agent := ""
	if i := strings.LastIndexByte(step, '.'); i >= 0 {
		agent, step = step[:i], step[i+1:]
		ok = ok && agent != ""
	}
	n, err := strconv.Atoi(step)
	if id == "" || !ok || err != nil || n < 0 {
		return nil, usage("--%s %q: write RUN:STEP, such as 01JX:3; step 0 is the beginning; RUN:NAME.STEP is a step of a called agent", flag, s)
	}
	return &workbench.From{Run: event.RunID(id), Agent: agent, Step: n}, nil
}
