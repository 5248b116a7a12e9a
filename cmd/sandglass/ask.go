package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"sandglass/backend/agent"
	"sandglass/backend/event"
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

// steer has the person at the terminal write to the agent, whenever it does not ask.
func (c *cli) steer(w *workbench.Workbench, t *terminal, run event.RunID) {
	t.listen(func(line string) {
		if strings.TrimSpace(line) == "" {
			return
		}
		if err := w.Steer(run, line); err != nil {
			c.complain(err)
		}
	})
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
