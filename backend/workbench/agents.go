package workbench

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"sandglass/backend/agent"
	"sandglass/backend/event"
	"sandglass/backend/fault"
	"sandglass/backend/llm"
	"sandglass/backend/store"
)

// DefaultAgent is there from the start and cannot be deleted; it can be changed, and the changes be deleted.
const DefaultAgent = "Analyst"

func builtinAgent() Agent {
	return Agent{
		Name:        DefaultAgent,
		Description: "Reads files, computes, looks things up, and answers.",
		Tools:       []string{"read_file", "list_files", "visit_webpage", "user_input"},
		Builtin:     true,
	}
}

// Agents are the saved agents, the built-in one first.
func (w *Workbench) Agents() ([]Agent, error) {
	rows, err := w.store.Agents(w.base)
	if err != nil {
		return nil, err
	}
	out := []Agent{builtinAgent()}
	for _, row := range rows {
		a, err := decodeAgent(row)
		if err != nil {
			return nil, err
		}
		if a.Name == DefaultAgent {
			out[0] = a
		} else {
			out = append(out, a)
		}
	}
	return out, nil
}

// modes are the ways of acting that an agent can be given; "" is code.
var modes = []event.Mode{"", event.ModeCode, event.ModeTools}

func decodeAgent(row store.Agent) (Agent, error) {
	var a Agent
	if err := json.Unmarshal(row.Data, &a); err != nil {
		return a, fmt.Errorf("read agent %q: %w", row.Name, err)
	}
	a.Name, a.Builtin = row.Name, row.Name == DefaultAgent
	a.Changed = a.Builtin
	return a, nil
}

// SaveAgent creates or changes an agent. A tool that is not here is refused, unless a saved agent has it already: that
// one came from another computer. Faults: Invalid, which names the field.
func (w *Workbench) SaveAgent(a Agent) error {
	known := toolNames(w.toolbox(toolbox{}))
	saved, err := w.Agents()
	if err != nil {
		return err
	}
	for _, o := range saved {
		known = append(known, o.Tools...)
	}
	if a.Name = strings.TrimSpace(a.Name); a.Name == "" {
		return fault.New(fault.Invalid, "The agent has no name", "", "Give it one.")
	}
	if err := validAgent(&a, known); err != nil {
		return err
	}
	if err := validTeam(a, func(name string) (Agent, error) {
		if strings.EqualFold(strings.TrimSpace(name), a.Name) {
			return a, nil
		}
		return w.Agent(name)
	}); err != nil {
		return err
	}
	return w.keepAgent(a)
}

func (w *Workbench) keepAgent(a Agent) error {
	a.Builtin, a.Changed = false, false
	data, err := json.Marshal(a)
	if err != nil {
		return fmt.Errorf("save agent: %w", err)
	}
	return w.store.SaveAgent(w.base, store.Agent{Name: a.Name, Data: data})
}

// validAgent checks all of an agent but its name's being there, and tidies it. tools are the names that it may have; nil
// for any.
func validAgent(a *Agent, tools []string) error {
	a.Name = strings.TrimSpace(a.Name)
	// Every agent has final_answer, so none needs to name it.
	a.Tools = slices.DeleteFunc(slices.Clone(a.Tools), func(t string) bool { return t == "final_answer" })
	switch {
	case utf8.RuneCountInString(a.Name) > 60:
		return fault.New(fault.Invalid, "The agent's name is too long", "it may have 60 characters", "Shorten it.")
	case strings.ContainsFunc(a.Name, unicode.IsControl):
		return fault.New(fault.Invalid, "The agent's name is not one line of text", "", "Use letters, digits and spaces.")
	case a.MaxSteps < 0 || a.MaxSteps > 10_000:
		return fault.New(fault.Invalid, "The number of steps is out of range", "", "Use a number from 1 to 10,000, or 0 for the default.")
	case !slices.Contains(modes, a.Mode):
		return fault.New(fault.Invalid, fmt.Sprintf("There is no way of acting %q", a.Mode), "", "Use code or tools.")
	case !slices.Contains([]string{"", "auto", "on", "off"}, a.Structured):
		return fault.New(fault.Invalid, fmt.Sprintf("Structured actions cannot be %q", a.Structured), "", "Use auto, on or off.")
	case !slices.Contains([]string{"", "full", "short"}, a.Guidance):
		return fault.New(fault.Invalid, fmt.Sprintf("The guidance cannot be %q", a.Guidance), "", "Use full or short, or leave it out.")
	case a.PlanEvery < 0 || a.PlanEvery > 10_000:
		return fault.New(fault.Invalid, "The number of steps between plans is out of range", "", "Use a number from 1 to 10,000, or 0 for no plans.")
	case a.Model != "" && !namesModel(a.Model):
		return fault.New(fault.Invalid, fmt.Sprintf("%q names no model", a.Model), "a model is written as PROVIDER/ID", "Leave it out for the default model.")
	}
	for _, t := range a.Tools {
		if tools != nil && !slices.Contains(tools, t) {
			return fault.New(fault.Invalid, fmt.Sprintf("There is no tool %q", t), "", "The tools are: "+strings.Join(tools, ", ")+".")
		}
	}
	for _, m := range a.Imports {
		if !ValidImport(m) {
			return fault.New(fault.Invalid, fmt.Sprintf("%q is no import", m), "", "Write a module (pkg), a package with all in it (pkg.*), or *.")
		}
	}
	for _, h := range a.Hosts {
		if !hostPattern.MatchString(h) {
			return fault.New(fault.Invalid, fmt.Sprintf("%q is no host", h), "", "Write a name (example.org), a name with a port, *.example.org for all below it, or *.")
		}
	}
	if err := ValidOptions(a.Options); err != nil {
		return err
	}
	if err := validChecks(a.Checks); err != nil {
		return err
	}
	for name, text := range a.Prompts {
		if strings.TrimSpace(text) == "" {
			delete(a.Prompts, name)
		} else if err := (&agent.Agent{}).ValidPrompt(name, text); err != nil {
			return fault.Wrap(err, fault.Invalid, "A prompt of the agent cannot be used", err.Error(), "Correct it, or go back to the default.")
		}
	}
	return nil
}

func namesModel(ref llm.Ref) bool {
	provider, id := ref.Split()
	return provider != "" && id != ""
}

func validChecks(checks []event.Check) error {
	for _, c := range checks {
		if err := agent.ValidCheck(c); err != nil {
			return fault.Wrap(err, fault.Invalid, "A check of the answer cannot be used", err.Error(), "")
		}
	}
	return nil
}

// RenameAgent gives an agent another name: what was allowed to it, and its being the default, go with it. Faults:
// NotFound, Conflict (the name is taken, or it is the built-in one), Invalid.
func (w *Workbench) RenameAgent(name, to string) error {
	a, err := w.Agent(name)
	if err != nil {
		return err
	}
	next := Agent{Name: to}
	if err := validAgent(&next, nil); err != nil {
		return err
	}
	switch taken, err := w.Agent(next.Name); {
	case next.Name == "":
		return fault.New(fault.Invalid, "The agent has no name", "", "Give it one.")
	case next.Name == a.Name:
		return nil
	case a.Builtin:
		return fault.New(fault.Conflict, fmt.Sprintf("%q is built in and keeps its name", a.Name), "", "Duplicate it under another name.")
	case err == nil && taken.Name != a.Name:
		return fault.New(fault.Conflict, fmt.Sprintf("There is already an agent %q", taken.Name), "", "Choose another name.")
	}
	// The decisions are copied before and removed after: dying in between loses none.
	had, err := w.permissions(w.base)
	if err != nil {
		return err
	}
	for _, p := range had {
		if p.Agent == a.Name {
			p.Agent = next.Name
			if err := w.store.SetSetting(w.base, permissionKey(p.Scope, p.Agent), p); err != nil {
				return err
			}
		}
	}
	if err := w.store.RenameAgent(w.base, a.Name, next.Name); err != nil {
		return err
	}
	if err := w.renameInTeams(a.Name, next.Name); err != nil {
		return err
	}
	if err := w.forgetAgent(a.Name); err != nil {
		return err
	}
	return w.changeDefaultAgent(a.Name, next.Name)
}

// DeleteAgent deletes an agent and what was allowed to it; its runs stay. Of the built-in one, the changes are deleted.
// Faults: NotFound, Conflict (the built-in one is as it was).
func (w *Workbench) DeleteAgent(name string) error {
	a, err := w.Agent(name)
	switch {
	case err != nil:
		return err
	case a.Builtin && !a.Changed:
		return fault.New(fault.Conflict, fmt.Sprintf("%q is built in and cannot be deleted", a.Name), "it has no changes that could be undone", "")
	}
	if err := w.store.DeleteAgent(w.base, a.Name); err != nil || a.Builtin {
		return err
	}
	// A new agent of this name shall not find what the old one was allowed.
	if err := w.forgetAgent(a.Name); err != nil {
		return err
	}
	return w.changeDefaultAgent(a.Name, "")
}

// forgetAgent revokes what was allowed to an agent alone.
func (w *Workbench) forgetAgent(name string) error {
	all, err := w.permissions(w.base)
	for _, p := range all {
		if err == nil && p.Agent == name {
			err = w.store.DeleteSetting(w.base, permissionKey(p.Scope, name))
		}
	}
	return err
}

// changeDefaultAgent makes to the default where name was.
func (w *Workbench) changeDefaultAgent(name, to string) error {
	s, err := w.Settings()
	if err != nil || s.DefaultAgent != name {
		return err
	}
	s.DefaultAgent = to
	return w.SaveSettings(s)
}

// draftName is what the runs of an agent without a name are listed under, draftTag what marks the runs of all drafts.
const (
	draftName = "New agent"
	draftTag  = "trial"
)

// agentOf is the agent of a spec: its draft, else a saved one.
func (w *Workbench) agentOf(ctx context.Context, spec *Spec) (Agent, error) {
	if spec.Draft == nil {
		return w.agentFor(ctx, spec.Agent)
	}
	a := *spec.Draft
	a.Prompts = maps.Clone(a.Prompts)
	if strings.TrimSpace(a.Name) == "" {
		a.Name = draftName
	}
	return a, validAgent(&a, nil)
}

// agentFor finds an agent by name, whatever the case; "" is the one of the settings.
func (w *Workbench) agentFor(_ context.Context, name string) (Agent, error) {
	if name == "" {
		s, err := w.Settings()
		if err != nil {
			return Agent{}, err
		}
		name = s.DefaultAgent
	}
	return w.Agent(name)
}

// Agent finds an agent by name, whatever the case. Faults: NotFound.
func (w *Workbench) Agent(name string) (Agent, error) {
	agents, err := w.Agents()
	if err != nil {
		return Agent{}, err
	}
	var names []string
	for _, a := range agents {
		if strings.EqualFold(a.Name, strings.TrimSpace(name)) {
			return a, nil
		}
		names = append(names, a.Name)
	}
	return Agent{}, fault.New(fault.NotFound, fmt.Sprintf("There is no agent %q", name), "", "The agents are: "+strings.Join(names, ", ")+".")
}

// ThinkLevels are the values of llm.Options.Think, besides "".
var ThinkLevels = []string{"off", "on", "low", "medium", "high"}

// ValidOptions checks the options of an agent's model. The fault is Invalid.
func ValidOptions(o llm.Options) error {
	_, err := llm.ParseKeepAlive(o.KeepAlive)
	switch {
	case o.Temperature != nil && (*o.Temperature < 0 || *o.Temperature > 2):
		return fault.New(fault.Invalid, "The temperature is out of range", "", "Use a number from 0 to 2.")
	case o.ContextTokens < 0 || o.MaxTokens < 0:
		return fault.New(fault.Invalid, "A number of tokens is below zero", "", "Leave it out for the default.")
	case o.Think != "" && !slices.Contains(ThinkLevels, o.Think):
		return fault.New(fault.Invalid, fmt.Sprintf("A model cannot think %q", o.Think), "", "Use off, on, low, medium or high.")
	case slices.Contains(o.Stop, ""):
		return fault.New(fault.Invalid, "A stop string is empty", "every reply would end before it began", "Leave it out.")
	case o.KeepAlive != "" && err != nil:
		return fault.New(fault.Invalid, fmt.Sprintf("A model cannot be kept loaded for %q", o.KeepAlive), "", "Write a time such as 10m, 0s to unload it after each reply, or forever.")
	}
	return nil
}
