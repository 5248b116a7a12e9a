package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"sandglass/backend/agent"
	"sandglass/backend/event"
	"sandglass/backend/fault"
	"sandglass/backend/permit"
	"sandglass/backend/workbench"
)

// attend makes the person at the terminal answer questions. Without one the agent decides for itself, and what is not
// allowed is denied.
func (c *cli) attend(spec *workbench.Spec) *terminal {
	t := c.terminal()
	if spec.Unattended = t == nil; t != nil {
		spec.Asker, spec.Decider = t, t
	}
	return t
}

// steer has the person at the terminal write to the agents, whenever they do not ask.
func (c *cli) steer(w *workbench.Workbench, t *terminal, run event.RunID) {
	t.listen(func(line string) {
		if err := tell(w, run, strings.TrimSpace(line)); err != nil {
			c.complain(err)
		}
	})
}

// unfoldLine is what has all steps told whole again, instead of being told.
const unfoldLine = "/unfold"

// tell says a typed line to an agent of a run: to the one that "@NAME" in front of it names, else to the called agent that
// works, if it is one, else to the run's own.
func tell(w *workbench.Workbench, run event.RunID, line string) error {
	if line == "" {
		return nil
	}
	working, err := w.AtWork(run)
	if err != nil {
		return err
	}
	call, text, err := addressee(line, working)
	if err != nil {
		return err
	}
	if text == unfoldLine {
		return w.UndoCompaction(run, call)
	}
	return w.Steer(run, call, text)
}

// ownAgent is what a typed line calls the run's own agent by.
const ownAgent = "run"

// addressee says whom a typed line is for, by the Seq of the agent's call (0 for the run's own), and what it says. A line
// that begins with "@" and no name of an agent that works is a message like any other.
func addressee(line string, working []workbench.Worker) (call int64, text string, err error) {
	if name, rest, ok := strings.Cut(strings.TrimPrefix(line, "@"), " "); ok && line[0] == '@' {
		var named []int64
		for _, a := range working {
			if strings.EqualFold(a.Name, name) {
				named = append(named, a.Call)
			}
		}
		rest = strings.TrimSpace(rest)
		switch {
		case len(named) == 1:
			return named[0], rest, nil
		case len(named) > 1:
			return 0, "", fault.New(fault.Invalid, fmt.Sprintf("%d agents called %s are at work", len(named), name), "", "Tell the run's own agent: @"+ownAgent+" …")
		case strings.EqualFold(name, ownAgent):
			return 0, rest, nil
		}
	}
	var at []int64 // those that wait for nobody
	for _, a := range working {
		if !slices.ContainsFunc(working, func(o workbench.Worker) bool { return o.Manager == a.Call }) {
			at = append(at, a.Call)
		}
	}
	if len(at) == 1 {
		return at[0], line, nil
	}
	return 0, line, nil
}

// person answers the questions of a tool; nil if nobody is there.
func (c *cli) person() workbench.Asker {
	if t := c.terminal(); t != nil {
		return t
	}
	return nil
}

// terminal wants one to read from and one to ask on.
func (c *cli) terminal() *terminal {
	in, ok := c.in.(*os.File)
	out, also := c.err.(*os.File)
	if !ok || !also || !isTerminal(in) || !isTerminal(out) {
		return nil
	}
	return &terminal{in: in, out: out}
}

// Ask implements workbench.Asker.
func (t *terminal) Ask(ctx context.Context, question string) (string, error) {
	who := "The agent"
	if name := agent.Caller(ctx); name != "" {
		who = name
	}
	fmt.Fprintf(t.out, "\n%s asks: %s\n> ", who, question)
	return t.line(ctx)
}

// Decide implements workbench.Decider.
func (t *terminal) Decide(ctx context.Context, req permit.Request, name string) (permit.Decision, error) {
	if caller := agent.Caller(ctx); caller != "" {
		fmt.Fprintf(t.out, "\n%s, an agent of the team:", caller)
	}
	fmt.Fprintf(t.out, "\n%s\n", need(req))
	choices := "[o]nce, this [r]un, [a]gent " + name + ", al[w]ays, [n]o, ne[v]er"
	if name == "" {
		choices = "[o]nce, this [r]un, al[w]ays, [n]o, ne[v]er"
	}
	for {
		fmt.Fprintf(t.out, "Allow it? %s > ", choices)
		answer, err := t.line(ctx)
		if err != nil {
			return permit.Decision{}, err
		}
		if d, ok := decision(answer, name); ok {
			return d, nil
		}
	}
}

// need says what code needs, where, and what it could do with it.
func need(req permit.Request) string {
	var b strings.Builder
	switch req.Kind {
	case event.ScopeHost:
		fmt.Fprintf(&b, "The code wants to reach %s: %s", printable(req.Value), printable(req.Detail))
	default:
		fmt.Fprintf(&b, "The code wants to import %s", printable(req.Value))
	}
	if req.Source != "" {
		fmt.Fprintf(&b, "\n  line %d: %s", req.Line, printable(req.Source))
	}
	if req.Local {
		b.WriteString("\nThat is on this computer or its own network.")
	}
	if req.Kind == event.ScopeHost {
		b.WriteString("\nIt can send there what it knows (the task, your files), and read what is answered.")
	} else {
		b.WriteString("\nModules run in the sandbox: they reach no files, network or programs of this computer.")
	}
	return b.String()
}

// printable keeps what code says from moving the cursor.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 {
			return '?'
		}
		return r
	}, s)
}

func decision(answer, agent string) (permit.Decision, bool) {
	yes := func(l event.Lasts) (permit.Decision, bool) { return permit.Decision{Allow: true, For: l}, true }
	switch strings.ToLower(strings.TrimSpace(answer)) {
	case "o", "once", "y", "yes":
		return yes(event.Once)
	case "r", "run":
		return yes(event.ThisRun)
	case "a", "agent":
		if agent != "" {
			return yes(event.ForAgent)
		}
	case "w", "always":
		return yes(event.Always)
	case "n", "no":
		return permit.Decision{For: event.ThisRun}, true
	case "v", "never":
		return permit.Decision{For: event.Always}, true
	}
	return permit.Decision{}, false
}

// decided says it afterwards, in the transcript.
func decided(b event.PermissionDecided) string {
	verb := "refused"
	if b.Allow {
		verb = "allowed"
	}
	return fmt.Sprintf("%s %s:%s (%s)", verb, b.Scope.Kind, b.Scope.Value, b.For)
}
