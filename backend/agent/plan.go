package agent

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"sandglass/backend/event"
)

// What a model is asked for a plan, and how it is reminded of it. The shape is that of smolagents' planning step: a
// survey of the facts, then the steps.
const (
	planAdvice = "Before you act, think about the task as a whole. Write, without any code or call:\n" +
		"Facts: what the task gives; what has to be looked up; what has to be worked out from it.\n" +
		"Plan: the steps, numbered, in a few words each, with what you have at hand. The last one gives the answer.\n" +
		"Write nothing else. You act afterwards."
	replanAdvice = "Stop for a moment and look at what you have seen. Write, without any code or call:\n" +
		"Facts: what is known by now; what still has to be looked up or worked out.\n" +
		"Plan: the steps that remain, numbered, in a few words each. The last one gives the answer.\n" +
		"This replaces the plan from before. Write nothing else. You act afterwards."
	planReminder   = "\nYour plan (keep to it, unless what you see speaks against it):\n"
	editedReminder = "\nYour plan, as the user has written it (keep to it):\n"
)

// plansNow says whether a plan is due: before the first step for a task, and every so many steps after it; not if the
// user wrote one meanwhile.
func (r *run) plansNow() bool {
	every := r.agent.PlanEvery
	if every <= 0 || (r.steps-1-r.asked)%every != 0 {
		return false
	}
	r.listen()
	return r.memory.editedFor == 0 || r.memory.editedFor <= r.steps-every
}

// plan asks for a plan and records it. A model that has none to offer goes on without.
func (r *run) plan(ctx context.Context, span int64) error {
	reply, err := r.ask(ctx, span, event.ModelStarted{Purpose: purposePlan})
	if errors.Is(err, errAgain) { // old steps were folded; another refusal goes to the person
		reply, err = r.ask(ctx, span, event.ModelStarted{Purpose: purposePlan})
	}
	if err != nil {
		return err
	}
	text, _ := normalise(reply.Text)
	if cut := imitation.FindStringIndex(text); cut != nil {
		text = text[:cut[0]]
	}
	if text = strings.TrimSpace(text); text == "" {
		return nil
	}
	_, err = r.record(ctx, span, event.PlanMade{Plan: text})
	return err
}

// replan asks for a new plan. The steps that are left are told: a plan that needs more is none.
func (m *Memory) replan() string {
	return fmt.Sprintf("%s\nSteps left: %d.", m.text(promptReplan), m.lastStep-m.step+1)
}

// planned puts the plan into a prompt, where it was made: what comes before it stays the same from call to call, which
// servers that keep prompts make use of.
func (m *Memory) planned() {
	if m.planText == "" {
		return
	}
	reminder := planReminder
	if m.planEdited {
		reminder = editedReminder
	}
	addTo(m.messages, m.planAt, reminder+m.planText)
}
