package workbench

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"

	"sandglass/backend/agent"
	"sandglass/backend/event"
	"sandglass/backend/fault"
	"sandglass/backend/llm"
	"sandglass/backend/sandbox"
	"sandglass/backend/tools"
)

// CallName is what code calls a member of a team by: the agent's name as a Python identifier, in small letters.
func CallName(agentName string) string {
	name := strings.Trim(strings.Map(func(c rune) rune {
		if c < 128 && (unicode.IsLetter(c) || unicode.IsDigit(c)) {
			return unicode.ToLower(c)
		}
		return '_'
	}, strings.TrimSpace(agentName)), "_")
	for strings.Contains(name, "__") {
		name = strings.ReplaceAll(name, "__", "_")
	}
	if tools.CheckName(name) != nil || name == "python" || name == "final_answer" {
		name = strings.TrimRight("agent_"+name, "_")
	}
	return name
}

// validTeam looks through the team of an agent and the teams of its members: all are there, none is among those that it is
// called by, nesting has an end, and names that code calls differ. get finds agents. Faults: Invalid.
func validTeam(a Agent, get func(name string) (Agent, error)) error {
	return walkTeam(a, a.Team, []string{a.Name}, get)
}

func walkTeam(a Agent, team []Teammate, above []string, get func(string) (Agent, error)) error {
	called := map[string]string{}
	for _, t := range team {
		if containsFold(above, strings.TrimSpace(t.Agent)) {
			return fault.New(fault.Invalid, "The team goes in a circle", strings.Join(append(slices.Clone(above), t.Agent), " calls "), "Take one of them off a team: an agent cannot be called by those that it calls.")
		}
		m, err := get(t.Agent)
		if err != nil {
			return fault.Wrap(err, fault.Invalid, fmt.Sprintf("The team of %s has an agent that is not here: %s", a.Name, t.Agent), fault.Of(err).Why, "Save an agent of that name, or take it off the team.")
		}
		name := CallName(m.Name)
		switch other, taken := called[name]; {
		case len(above) > agent.MaxDepth:
			return fault.New(fault.Invalid, fmt.Sprintf("The team is nested more than %d levels deep", agent.MaxDepth), strings.Join(append(slices.Clone(above), m.Name), " calls "), "Let an agent further up call the last ones itself.")
		case taken && strings.EqualFold(other, m.Name):
			return fault.New(fault.Invalid, fmt.Sprintf("%s is in the team of %s twice", m.Name, a.Name), "", "Take one off.")
		case taken:
			return fault.New(fault.Invalid, fmt.Sprintf("%s and %s cannot be in one team", other, m.Name), fmt.Sprintf("code would call both %s", name), "Rename one of them.")
		case slices.Contains(a.Tools, name):
			return fault.New(fault.Invalid, fmt.Sprintf("%s cannot be in the team of %s", m.Name, a.Name), fmt.Sprintf("code calls it %s, and there is a tool of that name", name), "Rename the agent, or take the tool off.")
		}
		called[name] = m.Name
		if err := walkTeam(m, m.Team, append(slices.Clone(above), m.Name), get); err != nil {
			return err
		}
	}
	return nil
}

func containsFold(list []string, s string) bool {
	return slices.ContainsFunc(list, func(o string) bool { return strings.EqualFold(o, s) })
}

// crew is what the agents of one run have in common.
type crew struct {
	id    event.RunID
	hurry <-chan struct{}

	states *runStates
}

// addTeam gives an agent its team.
func (w *Workbench) addTeam(ctx context.Context, a *agent.Agent, spec *Spec, saved Agent, g *gate) error {
	team := teamOf(spec, saved)
	if len(team) == 0 {
		return nil
	}
	if spec.member == "" { // below, it was looked at with the whole
		whole := saved
		whole.Tools, whole.Team = nil, team
		for _, t := range a.Tools {
			whole.Tools = append(whole.Tools, t.Spec().Name)
		}
		if err := validTeam(whole, w.Agent); err != nil {
			return err
		}
	}
	for _, t := range team {
		m, err := w.member(ctx, t, a.Ref, spec, g)
		if err != nil {
			return err
		}
		a.Tools = append(a.Tools, m.Tool())
	}
	return nil
}

func teamOf(spec *Spec, saved Agent) []Teammate {
	team := saved.Team
	if spec.member == "" && spec.Team != nil {
		team = spec.Team
	}
	team = slices.Clone(team)
	if spec.member != "" {
		return team
	}
	for _, add := range spec.AddTeam {
		if i := slices.IndexFunc(team, func(t Teammate) bool { return strings.EqualFold(t.Agent, add.Agent) }); i >= 0 {
			team[i] = add
		} else {
			team = append(team, add)
		}
	}
	return team
}

// member makes a saved agent callable by one that uses the model above. What a run was started with holds for all its
// agents where it allows or refuses something; the rest is each agent's own.
func (w *Workbench) member(ctx context.Context, t Teammate, above llm.Ref, spec *Spec, g *gate) (*agent.Member, error) {
	saved, err := w.Agent(t.Agent)
	if err != nil {
		return nil, err
	}
	sub := Spec{
		Agent: saved.Name, Model: firstNonZero(saved.Model, above), With: spec.With, Endpoint: spec.Endpoint, Limits: spec.Limits,
		DenyTools: spec.DenyTools, AllowHosts: spec.AllowHosts, DenyHosts: spec.DenyHosts, Offline: spec.Offline, Yes: spec.Yes,
		Asker: spec.Asker, Unattended: spec.Unattended, JudgeModel: spec.JudgeModel, Decider: spec.Decider, crew: spec.crew, member: saved.Name, remembers: t.Memory,
	}
	if spec.With != nil {
		sub.Model = spec.Model
	}
	call := func(ctx context.Context, files []agent.File) (agent.Hired, error) {
		one, session := sub, &openSession{}
		one.handed = slices.Clone(files)
		own := g.of(saved.Name)
		a, task, err := w.assemble(ctx, &one, session, own, nil, spec.crew.id)
		if err != nil {
			return agent.Hired{}, err
		}
		if err = w.patient(a, spec.crew.id, spec.crew.hurry); err != nil {
			return agent.Hired{}, err
		}
		if err := w.stage(task.Files); err != nil {
			return agent.Hired{}, err
		}
		fetch, err := w.web(&one)
		return agent.Hired{Agent: a, Files: task.Files, Gate: own, Fetch: fetch, Opened: session.set}, err
	}
	trial, err := call(ctx, nil) // what is wrong with it is a fault now, not in the middle of the run
	if err != nil {
		return nil, fault.Wrap(err, fault.Of(err).Code, fmt.Sprintf("The agent %s of the team cannot work", saved.Name), fault.Of(err).Error(), "")
	}
	return &agent.Member{Name: CallName(saved.Name), Agent: saved.Name, Model: trial.Agent.Ref, Doc: saved.Description, Memory: t.Memory, Hire: call}, nil
}

// voices is a scripted model that speaks for several agents.
type voices interface{ For(agent string) llm.Model }

// voice is what a scripted model says for an agent.
func voice(m llm.Model, agentName string) llm.Model {
	if v, ok := m.(voices); ok {
		return v.For(agentName)
	}
	return m
}

// teamPast implements agent.Past.
type teamPast struct{ states *runStates }

func (p teamPast) Resume(ctx context.Context, box sandbox.Sandbox, events []event.Event, cfg sandbox.Config, host sandbox.Host) (sandbox.Session, error) {
	return p.states.resume(ctx, box, p.states, events[0].Seq, events, cfg, host)
}

func (p teamPast) Open(f event.InputFile) (io.ReadSeekCloser, error) {
	return p.states.w.openInput(f)()
}

// openInput opens an input file where it lies: on the computer, or in the blob store if an agent made it.
func (w *Workbench) openInput(f event.InputFile) func() (io.ReadSeekCloser, error) {
	if f.Blob == "" {
		return opener(f.Source)
	}
	return func() (io.ReadSeekCloser, error) {
		data, err := w.blob(f.Blob)
		if err != nil {
			return nil, err
		}
		return memoryFile(data), nil
	}
}

// memoryFile is a file whose content is in memory.
func memoryFile(data []byte) io.ReadSeekCloser { return nopCloser{bytes.NewReader(data)} }

type nopCloser struct{ *bytes.Reader }

func (nopCloser) Close() error { return nil }

// renameInTeams follows an agent's new name.
func (w *Workbench) renameInTeams(name, to string) error {
	all, err := w.Agents()
	if err != nil {
		return err
	}
	for _, a := range all {
		i := slices.IndexFunc(a.Team, func(t Teammate) bool { return strings.EqualFold(t.Agent, name) })
		if i < 0 {
			continue
		}
		a.Team[i].Agent = to
		if err := w.keepAgent(a); err != nil {
			return err
		}
	}
	return nil
}
