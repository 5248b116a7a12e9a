package workbench

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"sandglass/backend/event"
	"sandglass/backend/fault"
)

// pastInside is past for a step of a called agent, as From.Agent names it: its variables and files, to look around. Faults:
// Invalid (no such agent or step, one that was not finished, a name that means several).
func (w *Workbench) pastInside(run event.Run, events []event.Event, from From) (*past, error) {
	name, number, numbered := strings.Cut(from.Agent, "#")
	var found []called
	for _, c := range calledAgents(events) {
		if c.name == name {
			found = append(found, c)
		}
	}
	if numbered {
		n, err := strconv.Atoi(number)
		if err != nil || n < 1 || n > len(found) {
			return nil, fault.New(fault.Invalid, fmt.Sprintf("The run has no call %q", from.Agent), fmt.Sprintf("%s was called anew %d times", name, len(found)), "")
		}
		found = found[n-1 : n]
	}
	switch {
	case len(found) == 0:
		return nil, fault.New(fault.Invalid, fmt.Sprintf("The run called no agent %q", name), "it called: "+strings.Join(calledNames(events), ", "), "")
	case len(found) > 1:
		return nil, fault.New(fault.Invalid, fmt.Sprintf("%s was called anew %d times", name, len(found)), "each time it had a sandbox of its own",
			fmt.Sprintf("Say which: %s#1 is the first.", name))
	}
	p := &past{run: run, agent: found[0].agent, step: from.Step}
	through, err := p.cutInside(events, name)
	if err != nil {
		return nil, err
	}
	p.events = events[:through]
	for _, e := range event.Of(p.events, p.agent) {
		if b, ok := e.Body.(event.AgentStarted); ok {
			p.started, p.files = b.Now, append(p.files, b.Now.Files...)
		}
	}
	return p, nil
}

// cutInside finds how many events of a log reach to the end of the past's step of its called agent.
func (p *past) cutInside(events []event.Event, name string) (through int, err error) {
	number, open, last := 0, 0, 0
	var cast event.Cast
	for i, e := range events {
		whose, opens := cast.See(e)
		if whose != p.agent && opens != p.agent {
			continue
		}
		switch b := e.Body.(type) {
		case event.AgentStarted:
			if opens == p.agent { // called again
				number = 0
			}
		case event.StepStarted:
			number, open, last = b.Number, 0, max(last, b.Number)
		case event.CodeStarted:
			open++
		case event.CodeFinished:
			open--
		}
		if number == p.step && number > 0 {
			through = i + 1
			if open > 0 {
				err = fault.New(fault.Invalid, fmt.Sprintf("Step %d of %s was not finished", p.step, name), "", "")
			} else {
				err = nil
			}
		}
	}
	if through == 0 {
		return 0, fault.New(fault.Invalid, fmt.Sprintf("%s has no step %d in this run", name, p.step), fmt.Sprintf("its last one is %d", last), "")
	}
	return through, err
}

func calledNames(events []event.Event) (names []string) {
	for _, c := range calledAgents(events) {
		if !slices.Contains(names, c.name) {
			names = append(names, c.name)
		}
	}
	if names == nil {
		return []string{"none"}
	}
	return names
}

// noForkInside says why no run goes on from a step of a called agent, and from where one can.
func (p *past) noForkInside(events []event.Event, name string) error {
	outer := 0 // the run's own step in which it was called last
	var cast event.Cast
	for i, e := range events {
		if whose, _ := cast.See(e); i < len(p.events) && whose == 0 {
			if b, ok := e.Body.(event.StepStarted); ok {
				outer = b.Number
			}
		}
	}
	do := fmt.Sprintf("Go on from step %d of the run, before that call", outer-1)
	if _, _, err := cutAt(events, outer); err == nil {
		do += fmt.Sprintf(", or from step %d, after it", outer)
	}
	return fault.New(fault.Invalid, fmt.Sprintf("No run can go on from a step of %s", name),
		fmt.Sprintf("step %d of the run waits for it then, in the middle of its call, and the sandbox of a step that runs cannot be kept", outer),
		do+fmt.Sprintf(". What %s had can be looked at: sandglass exec --fork RUN:%s.%d", name, name, p.step))
}
