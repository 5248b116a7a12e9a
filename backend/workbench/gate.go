package workbench

import (
	"context"
	"slices"
	"strings"
	"sync"

	"sandglass/backend/agent"
	"sandglass/backend/event"
	"sandglass/backend/permit"
	"sandglass/backend/sandbox"
	"sandglass/backend/tools/builtin"
)

// Decider puts the question for a permission to a person, besides Workbench.Decide: the terminal.
type Decider interface {
	Decide(ctx context.Context, req permit.Request, agent string) (permit.Decision, error)
}

// gate decides for one run, or one session without an agent. What the run was started with comes first, then what a
// person decided earlier, then the person; nobody there means no.
type gate struct {
	desk     *Workbench
	run      event.RunID // "" if there is no log
	agent    string      // name of the saved agent; "" if there is none
	rules    []permit.Rule
	hosts    []permit.Rule // of the agent's settings
	yes      bool          // what no rule denies is allowed
	offline  bool
	attended bool
	also     Decider

	member string // name of the called agent that asks; "" for the run's own

	*cards
}

// cards are the questions of one run, whichever of its agents asks them.
type cards struct {
	turn chan struct{} // holds one element while something is asked: the others queue

	mu    sync.Mutex
	given []given
	open  map[int64]chan permit.Decision // by Seq of the PermissionAsked
}

// given is a decision of this run.
type given struct {
	permit.Rule
	step int // that it is for; 0 for the whole run
	of   *gate
}

func (w *Workbench) newGate(run event.RunID, agent string, spec *Spec) *gate {
	g := &gate{
		desk: w, run: run, agent: agent, yes: spec.Yes, offline: spec.Offline, attended: !spec.Unattended, also: spec.Decider,
		cards: &cards{turn: make(chan struct{}, 1), open: map[int64]chan permit.Decision{}},
	}
	add := func(kind string, values []string, allow bool) {
		for _, v := range values {
			g.rules = append(g.rules, permit.Rule{Scope: event.Scope{Kind: kind, Value: v}, Allow: allow})
		}
	}
	add(event.ScopeImport, spec.Imports, true)
	add(event.ScopeImport, spec.DenyImports, false)
	add(event.ScopeHost, spec.AllowHosts, true)
	add(event.ScopeHost, spec.DenyHosts, false)
	return g
}

// of is the gate of one call of a member: what was decided for the run holds for it, too; what is the manager's, or one
// of its calls' alone, does not.
func (g *gate) of(member string) *gate {
	own := *g
	own.agent, own.member, own.hosts = member, member, nil
	return &own
}

// Ask implements permit.Gate.
func (g *gate) Ask(ctx context.Context, req permit.Request) (permit.Decision, error) {
	if d, ok, err := g.judge(ctx, req); ok || err != nil {
		return d, err
	}
	if !g.attended {
		return permit.Decision{By: event.ByNobody}, nil
	}
	select {
	case g.turn <- struct{}{}:
	case <-ctx.Done():
		return permit.Decision{}, ctx.Err()
	}
	defer func() { <-g.turn }()
	if d, ok, err := g.judge(ctx, req); ok || err != nil { // the card before may have decided this one too
		return d, err
	}
	d, err := g.card(ctx, req)
	if err != nil {
		return d, err
	}
	return d, g.keep(ctx, req, d)
}

// judge is what needs no person.
func (g *gate) judge(ctx context.Context, req permit.Request) (permit.Decision, bool, error) {
	by := func(allow bool, by event.DecidedBy) (permit.Decision, bool, error) {
		return permit.Decision{Allow: allow, By: by}, true, nil
	}
	if g.offline && req.Kind == event.ScopeHost {
		return by(false, event.ByOffline)
	}
	if r, ok := permit.Judge(g.rules, req.Scope); ok {
		return by(r.Allow, event.ByFlags)
	}
	remembered, err := g.desk.remembered(ctx, g.agent)
	if err != nil {
		return permit.Decision{}, false, err
	}
	if r, ok := permit.Judge(remembered, req.Scope); ok {
		return by(r.Allow, event.ByRemembered)
	}
	g.mu.Lock()
	var own []permit.Rule
	for _, d := range g.given {
		if d.step == 0 || d.step == req.Step && d.of == g {
			own = append(own, d.Rule)
		}
	}
	g.mu.Unlock()
	if r, ok := permit.Judge(own, req.Scope); ok {
		return by(r.Allow, event.ByUser)
	}
	if r, ok := permit.Judge(g.hosts, req.Scope); ok {
		return by(r.Allow, event.ByAgent)
	}
	if g.yes {
		return by(true, event.ByFlags)
	}
	return permit.Decision{}, false, nil
}

// card shows the question wherever a person may be, and waits.
func (g *gate) card(ctx context.Context, req permit.Request) (d permit.Decision, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	answer := make(chan permit.Decision, 2)
	failed := make(chan error, 1)
	span := agent.SpanOf(ctx)
	if g.run != "" {
		g.mu.Lock() // an answer to a card that was just recorded finds it
		asked, err := g.desk.journal.Record(ctx, g.run, span, event.PermissionAsked{
			Scope: req.Scope, Detail: req.Detail, Local: req.Local, Line: req.Line, Source: req.Source, Agent: g.member,
		})
		if err == nil {
			span = asked.Seq
			g.open[span] = answer
		}
		g.mu.Unlock()
		if err != nil {
			return d, err
		}
		defer func() {
			g.mu.Lock()
			delete(g.open, span)
			g.mu.Unlock()
		}()
	}
	if g.also != nil {
		go func() {
			d, err := g.also.Decide(ctx, req, g.agent)
			if err != nil {
				failed <- err
				return
			}
			d.By = event.ByUser
			answer <- d
		}()
	}
	select {
	case d = <-answer:
	case err := <-failed:
		if ctx.Err() != nil {
			return d, ctx.Err()
		}
		if g.run == "" {
			return d, err
		}
		d = permit.Decision{By: event.ByNobody} // the terminal is gone
	case <-ctx.Done():
		return d, ctx.Err()
	}
	if g.run != "" {
		_, err = g.desk.journal.Record(ctx, g.run, span, event.PermissionDecided{Scope: req.Scope, Allow: d.Allow, For: d.For, By: d.By})
	}
	return d, err
}

// answer gives a decision to a card; false if it does not wait.
func (g *gate) answer(asked int64, d permit.Decision) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	c := g.open[asked]
	if c == nil {
		return false
	}
	delete(g.open, asked)
	c <- d
	return true
}

// keep makes a decision hold for as long as was said.
func (g *gate) keep(ctx context.Context, req permit.Request, d permit.Decision) error {
	rule := permit.Rule{Scope: req.Scope, Allow: d.Allow}
	switch d.For {
	case event.Once, event.ThisRun:
		step := 0
		if d.For == event.Once {
			step = req.Step
		}
		g.mu.Lock()
		g.given = append(g.given, given{rule, step, g})
		g.mu.Unlock()
	case event.ForAgent:
		return g.desk.remember(ctx, req.Scope, g.agent, d.Allow)
	case event.Always:
		return g.desk.remember(ctx, req.Scope, "", d.Allow)
	}
	return nil
}

// importList is what steps may import without asking: the default list, the agent's, the run's, and what a person
// allowed for ever. What is denied is taken off it, and told apart: the list may hold more than its names say (pkg, *).
func (w *Workbench) importList(ctx context.Context, g *gate, lists ...[]string) (list, denied []string, err error) {
	all := slices.Concat(lists...)
	remembered, err := w.remembered(ctx, g.agent)
	if err != nil {
		return nil, nil, err
	}
	rules := slices.Concat(g.rules, remembered)
	for _, r := range rules {
		switch {
		case r.Kind != event.ScopeImport:
		case r.Allow:
			all = append(all, r.Value)
		default:
			denied = append(denied, r.Value)
		}
	}
	list = []string{} // nil would stand for the default list
	for _, m := range all {
		r, ok := permit.Judge(rules, event.Scope{Kind: event.ScopeImport, Value: strings.TrimSuffix(m, ".*")})
		if !slices.Contains(list, m) && (!ok || r.Allow) {
			list = append(list, m)
		}
	}
	return list, denied, nil
}

// reaches says whether code of the run can get at web addresses, if only by asking for them.
func (g *gate) reaches(ctx context.Context) (bool, error) {
	if g.offline {
		return false, nil
	}
	remembered, err := g.desk.remembered(ctx, g.agent)
	allows := func(r permit.Rule) bool { return r.Kind == event.ScopeHost && r.Allow }
	return g.attended || g.yes || slices.ContainsFunc(slices.Concat(g.rules, g.hosts), allows) || slices.ContainsFunc(remembered, allows), err
}

// web makes the requests of code that the gate allowed. What may be reached on private networks is for it to judge: it
// sees the addresses.
func (w *Workbench) web(spec *Spec) (sandbox.Fetcher, error) {
	s, err := w.Settings()
	return builtin.Web{Allow: func() []string { return slices.Concat(s.AllowPrivate, spec.AllowHosts) }}, err
}
