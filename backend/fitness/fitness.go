// Package fitness finds out what a model can do for an agent, by eight short probes: asking it, not believing what its
// server says of it. From what came out it advises how an agent that uses the model should act.
package fitness

import (
	"context"
	"fmt"
	"strings"
	"time"

	"sandglass/backend/event"
	"sandglass/backend/fault"
	"sandglass/backend/llm"
	"sandglass/backend/sandbox"
)

// State is how a probe came out.
type State string

// The states.
const (
	Pass   State = "pass"
	Partly State = "partly" // usable, with mending
	Fail   State = "fail"
	Cannot State = "cannot" // the model does not have this, and need not
)

// Probe is the outcome of one probe.
type Probe struct {
	Name   string `json:"name"` // code, stop, tools, schema, thinking, context, python or honesty
	State  State  `json:"state"`
	Detail string `json:"detail"` // what was seen
	Means  string `json:"means"`  // for a person who wants to use the model
	MS     int64  `json:"ms"`
}

// Report is what all probes found.
type Report struct {
	Probes  []Probe
	Mode    event.Mode  // how an agent should act with this model
	Options llm.Options // what it should ask for; zero values: nothing in particular
	Verdict string      // in one sentence, for a person
}

// Subject is what is checked.
type Subject struct {
	Model         llm.Model
	Ref           llm.Ref
	Sandbox       sandbox.Sandbox
	Capabilities  []string // as the server lists them; nil if it does not
	ContextTokens int      // the model's maximum; 0 if not known
}

// probes in the order in which they run: each needs less of the model than those after it.
var probes = []struct {
	name  string
	run   func(c *check, ctx context.Context) (State, string, error)
	means map[State]string
}{
	{"code", (*check).code, map[State]string{
		Pass:   "It writes its Python in a clean block: agents that act by code can be used.",
		Partly: "Its Python has to be picked out of an untidy reply; that works, and is noted in the run.",
		Fail:   "It does not write code that can be found. An agent should act by tool calls, or by structured actions.",
	}},
	{"stop", (*check).stop, map[State]string{
		Pass:   "It stops where it is told to, and does not go on to make up what its code would print.",
		Partly: "It never wrote the word that it should stop at; made-up results are cut off by Sandglass.",
		Fail:   "It goes on after the stop word; Sandglass cuts that off, at the price of the tokens.",
	}},
	{"tools", (*check).tools, map[State]string{
		Pass:   "It calls tools natively: agents that act by tool calls can be used.",
		Partly: "It calls tools, but not with the right arguments; act by code if you can.",
		Fail:   "It is offered tools and does not call them: let the agent act by code.",
		Cannot: "It has no native tool calls: let the agent act by code.",
	}},
	{"schema", (*check).schema, map[State]string{
		Pass:   "It can be held to a JSON schema: structured actions can be used.",
		Partly: "It keeps to the schema, but what it puts in is not Python.",
		Fail:   "A JSON schema does not bind it: structured actions cannot be used.",
		Cannot: "Its server takes no JSON schema: structured actions cannot be used.",
	}},
	{"thinking", (*check).thinking, map[State]string{
		Pass:   "What it thinks is kept apart from what it does.",
		Fail:   "Its thoughts come mixed with its reply; thinking is switched off for agents.",
		Cannot: "It does not think aloud; there is nothing to keep apart.",
	}},
	{"context", (*check).context, map[State]string{
		Pass:   "It finds a word at the beginning of a long prompt: nothing is cut off unseen.",
		Partly: "Long prompts are refused, not cut: short tasks work, and you are told when one is too long.",
		Fail:   "The beginning of a long prompt gets lost. Keep tasks and files' previews short.",
	}},
	{"python", (*check).python, map[State]string{
		Pass:   "It solved a small data task in the sandbox, as an agent does.",
		Partly: "It solved a small data task, but needed more steps than it should.",
		Fail:   "It did not solve a small data task. Do not rely on its answers.",
	}},
	{"honesty", (*check).honesty, map[State]string{
		Pass:   "Out of steps and without data, it says that it does not know.",
		Partly: "Out of steps and without data, it says neither a number nor that it does not know.",
		Fail:   "Out of steps and without data, it invents a number. Check its answers.",
	}},
}

// Count is how many probes there are.
func Count() int { return len(probes) }

// check is a check that goes on.
type check struct {
	Subject
	perToken float64 // characters of a prompt per token, as far as seen; 0 if the server does not count
}

// Run checks a model. tell is told before each probe, with how many are done. The error is ctx's, or a fault that makes
// all further asking useless: the server is gone, the key is wrong, there is no such model.
func Run(ctx context.Context, s Subject, tell func(done int, name string)) (Report, error) {
	c := &check{Subject: s}
	var r Report
	for i, p := range probes {
		tell(i, p.name)
		begun := time.Now()
		state, detail, err := p.run(c, ctx)
		if err != nil {
			if state, detail = c.judge(p.name, err); ctx.Err() != nil || state == "" {
				return r, err
			}
		}
		r.Probes = append(r.Probes, Probe{p.name, state, detail, p.means[state], time.Since(begun).Milliseconds()})
	}
	r.advise()
	return r, nil
}

// judge says what a fault means for a probe; "" that there is no use in going on.
func (c *check) judge(name string, err error) (State, string) {
	f := fault.Of(err)
	switch f.Code {
	case fault.ModelUnsupported:
		if name == "tools" || name == "schema" || name == "thinking" {
			return Cannot, f.Error()
		}
		return Fail, f.Error()
	case fault.ContextOverflow:
		if name == "context" {
			return Partly, f.Error()
		}
		return Fail, f.Error()
	case fault.ModelFailed, fault.Timeout:
		return Fail, f.Error()
	}
	return "", ""
}

// advise draws the conclusion.
func (r *Report) advise() {
	is := map[string]State{}
	for _, p := range r.Probes {
		is[p.Name] = p.State
	}
	works := func(name string) bool { return is[name] == Pass || is[name] == Partly }
	if is["thinking"] == Fail {
		r.Options.Think = "off"
	}
	switch {
	case works("code") && works("python"):
		r.Mode, r.Verdict = event.ModeCode, "Good for agents that act by code."
	case !works("code") && is["schema"] == Pass:
		r.Mode, r.Verdict = event.ModeStructured, "Usable with structured actions, which hold it to the form that its replies lack."
	case is["tools"] == Pass:
		r.Mode, r.Verdict = event.ModeTools, "Usable for agents that act by tool calls; do not ask it for code."
	case works("code"):
		r.Mode, r.Verdict = event.ModeCode, "It writes code, but did not solve a small task: choose a larger model if you can."
	default:
		r.Mode, r.Verdict = event.ModeCode, "Not fit for agents: choose another model."
	}
	if is["context"] == Fail {
		r.Verdict += " Keep its prompts short."
	}
}

// ask asks the model, deterministically as far as it can, with room for thoughts.
func (c *check) ask(ctx context.Context, req llm.Request) (llm.Reply, error) {
	zero, seed := 0.0, int64(1)
	if req.Options.Temperature == nil {
		req.Options.Temperature, req.Options.Seed = &zero, &seed
	}
	if req.Options.MaxTokens == 0 {
		req.Options.MaxTokens = maxTokens
	}
	reply, err := c.Model.Generate(ctx, req, nil)
	if err == nil && reply.Usage.Input > 0 {
		n := 0
		for _, m := range req.Messages {
			n += len(m.Content()) + 10 // the template's share
		}
		c.perToken = float64(n) / float64(reply.Usage.Input)
	}
	return reply, err
}

// maxTokens ends a reply that goes round in circles; thinking models need hundreds before they begin.
const maxTokens = 3000

// quote shows a reply in a detail.
func quote(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if s == "" {
		return "nothing"
	}
	if r := []rune(s); len(r) > 120 {
		s = string(r[:120]) + "…"
	}
	return fmt.Sprintf("“%s”", s)
}
