package workbench

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"sandglass/backend/agent"
	"sandglass/backend/event"
	"sandglass/backend/fault"
	"sandglass/backend/store"
)

// DefaultAgent is there from the start and cannot be deleted; it can be changed.
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
	return a, nil
}

// SaveAgent creates or changes an agent. Faults: Invalid, which names the field.
func (w *Workbench) SaveAgent(a Agent) error {
	a.Name = strings.TrimSpace(a.Name)
	known := toolNames(w.toolbox(toolbox{}))
	switch {
	case a.Name == "":
		return fault.New(fault.Invalid, "The agent has no name", "", "Give it one.")
	case utf8.RuneCountInString(a.Name) > 60:
		return fault.New(fault.Invalid, "The agent's name is too long", "it may have 60 characters", "Shorten it.")
	case a.MaxSteps < 0 || a.MaxSteps > 10_000:
		return fault.New(fault.Invalid, "The number of steps is out of range", "", "Use a number from 1 to 10,000, or 0 for the default.")
	case !slices.Contains(modes, a.Mode):
		return fault.New(fault.Invalid, fmt.Sprintf("There is no way of acting %q", a.Mode), "", "Use code or tools.")
	case !slices.Contains([]string{"", "auto", "on", "off"}, a.Structured):
		return fault.New(fault.Invalid, fmt.Sprintf("Structured actions cannot be %q", a.Structured), "", "Use auto, on or off.")
	case a.PlanEvery < 0 || a.PlanEvery > 10_000:
		return fault.New(fault.Invalid, "The number of steps between plans is out of range", "", "Use a number from 1 to 10,000, or 0 for no plans.")
	case a.Options.Temperature != nil && (*a.Options.Temperature < 0 || *a.Options.Temperature > 2):
		return fault.New(fault.Invalid, "The temperature is out of range", "", "Use a number from 0 to 2.")
	}
	for _, t := range a.Tools {
		if !slices.Contains(known, t) {
			return fault.New(fault.Invalid, fmt.Sprintf("There is no tool %q", t), "", "The tools are: "+strings.Join(known, ", ")+".")
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
	a.Builtin = false
	data, err := json.Marshal(a)
	if err != nil {
		return fmt.Errorf("save agent: %w", err)
	}
	return w.store.SaveAgent(w.base, store.Agent{Name: a.Name, Data: data})
}

func validChecks(checks []event.Check) error {
	for _, c := range checks {
		if err := agent.ValidCheck(c); err != nil {
			return fault.Wrap(err, fault.Invalid, "A check of the answer cannot be used", err.Error(), "")
		}
	}
	return nil
}

// DeleteAgent deletes an agent; for the built-in one, the changes.
func (w *Workbench) DeleteAgent(name string) error { return w.store.DeleteAgent(w.base, name) }

// agentFor finds an agent by name, whatever the case; "" is the one of the settings.
func (w *Workbench) agentFor(ctx context.Context, name string) (Agent, error) {
	agents, err := w.Agents()
	if err != nil {
		return Agent{}, err
	}
	if name == "" {
		s, err := w.Settings()
		if err != nil {
			return Agent{}, err
		}
		name = s.DefaultAgent
	}
	var names []string
	for _, a := range agents {
		if strings.EqualFold(a.Name, name) {
			return a, nil
		}
		names = append(names, a.Name)
	}
	return Agent{}, fault.New(fault.NotFound, fmt.Sprintf("There is no agent %q", name), "", "The agents are: "+strings.Join(names, ", ")+".")
}
