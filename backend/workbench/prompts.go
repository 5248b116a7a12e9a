package workbench

import (
	"cmp"
	"maps"
	"slices"

	"sandglass/backend/agent"
	"sandglass/backend/event"
	"sandglass/backend/fault"
)

// Prompts shows what a model would be told of an agent, saved or not, with its real tools and modules.
func (w *Workbench) Prompts(a Agent) ([]Prompt, error) {
	box := w.toolbox(toolbox{})
	trial := &agent.Agent{Instructions: a.Instructions, Prompts: a.Prompts, Imports: slices.Concat(w.defaultImports(), a.Imports)}
	trial.Network = true // with a person who can allow hosts
	for _, name := range a.Tools {
		if t, ok := box[name]; ok {
			trial.Tools = append(trial.Tools, t)
		}
	}
	for _, t := range a.Team {
		member := agent.Member{Name: CallName(t.Agent)}
		if saved, err := w.Agent(t.Agent); err == nil {
			member.Doc = saved.Description
		}
		trial.Tools = append(trial.Tools, member.Tool())
	}
	if s, err := w.Settings(); err == nil {
		spec := &Spec{Model: firstNonZero(a.Model, s.DefaultModel)}
		trial.Ref = spec.Model
		trial.Short = w.short(w.base, trial, spec, a, s)
	}
	var out []Prompt
	for _, name := range agent.PromptNames() {
		p := Prompt{Name: name, Default: agent.DefaultPrompt(name), Preview: cmp.Or(a.Prompts[name], agent.DefaultPrompt(name))}
		own := a.Prompts[name]
		if own != "" {
			if err := trial.ValidPrompt(name, own); err != nil {
				p.Fault = fault.Wrap(err, fault.Invalid, "This prompt cannot be used", err.Error(), "Correct it, or go back to the default.")
			}
		}
		if mode, ok := systemMode(name, a.Structured); ok && p.Fault == nil {
			trial.Mode = mode
			text, err := trial.SystemPrompt()
			if err != nil {
				return nil, err
			}
			p.Preview, p.Placeholders = text, agent.Placeholders()
		}
		p.Tokens = agent.Tokens(p.Preview)
		out = append(out, p)
	}
	return out, nil
}

// mergePrompts puts a run's texts over the agent's.
func mergePrompts(own, run map[string]string) map[string]string {
	if len(run) == 0 {
		return own
	}
	all := maps.Clone(run)
	for name, text := range own {
		if _, ok := all[name]; !ok {
			all[name] = text
		}
	}
	return all
}

// systemMode is the way of acting that a system prompt is for.
func systemMode(prompt, structured string) (event.Mode, bool) {
	switch {
	case prompt == "code" && structured == "on":
		return event.ModeStructured, true
	case prompt == "code":
		return event.ModeCode, true
	case prompt == "tools":
		return event.ModeTools, true
	}
	return "", false
}
