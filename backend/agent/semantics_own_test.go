package agent_test

import (
	"strings"
	"testing"

	"sandglass/backend/agent"
	"sandglass/backend/event"
)

// ownSemantics are what smolagents' agents have nothing like.
var ownSemantics = []behaviour{
	{
		name: "loop guard", shown: []string{"loop"},
		ours: "the same action with the same result is told at the second time; at the third, the model is asked for its best answer",
		holds: only(func(t *testing.T, c *conversation) {
			same(t, c.purposes(), []string{"1 act", "2 act", "3 act", "3 concede"})
			holdsText(t, c.prompt(), "you ran exactly this code before")
			same(t, c.row().Status, event.MaxSteps)
		}),
	},
	{
		name: "help with the form", shown: []string{"structured-rescue"},
		ours: "a model whose replies cannot be read twice in a row is held to a schema, and what it did is retold in that form",
		holds: only(func(t *testing.T, c *conversation) {
			same(t, all[event.ModeChanged](c)[0].To, event.ModeStructured)
			holdsText(t, c.prompt(), `{"thought":"First.","code":"x = 4"}`)
			answered(t, c, "8")
		}),
	},
	{
		name: "compaction", shown: []string{"compaction"},
		ours: "when the context gets full, old steps are folded into a few words; nothing is cut off in silence",
		holds: only(func(t *testing.T, c *conversation) {
			if len(all[event.ContextCompacted](c)) == 0 {
				t.Error("nothing was folded")
			}
			holdsText(t, c.prompt(), "What you did so far, in short", "Second.", "Third.")
			answered(t, c, "1")
		}),
	},
	{
		name: "unfolding", shown: []string{"unfolded", "team-unfolded"},
		ours: "folded steps are told whole again when the user wants it, and folded again only when they do not fit; a called agent's for itself",
		holds: func(t *testing.T, c map[string]*conversation) {
			folded := func(prompts []string) (told []bool) {
				for _, p := range prompts {
					if folded := strings.Contains(p, "What you did so far, in short"); len(told) == 0 || told[len(told)-1] != folded {
						told = append(told, folded)
					}
				}
				return told
			}
			same(t, folded(c["unfolded"].prompts("act")), []bool{false, true, false, true})
			holdsText(t, c["unfolded"].prompt(), "What you did so far, in short", "Fifth.", "Go on.")
			same(t, folded(c["team-unfolded"].calledPrompts()), []bool{false, true, false})
		},
	},
	{
		name: "steering", shown: []string{"steered", "steered-tools", "steered-folded"},
		ours: "what the user writes is told with the next call, and outlives folding and changes of the form",
		holds: func(t *testing.T, c map[string]*conversation) {
			holdsText(t, c["steered"].prompt(), "Doubled numbers only.", "Take 6 as well.", "And say what they add up to.")
			lacksText(t, c["steered"].prompt(), "Thank you.")
			holdsText(t, c["steered-folded"].prompt(), "Count in words.", "Never print more than needed.")
			holdsText(t, c["steered-tools"].prompt(), "New message from the user:")
		},
	},
	{
		name: "steering while a called agent works", shown: []string{"team-steered", "team-told"},
		ours: "the user picks who is told, with its next step: the manager or the called agent. What that one did not read before it ended, its manager is told",
		holds: func(t *testing.T, c map[string]*conversation) {
			const said, read = "Twice that, please.", "Leave out the 20."
			holdsText(t, c["team-steered"].prompt(), "New message from the user:\n"+said)
			called := c["team-steered"].calledPrompts()
			same(t, len(called), 2)
			for _, p := range called {
				lacksText(t, p, said)
			}
			holdsText(t, c["team-told"].prompt(), "New message from the user:\n(to summer, which ended before it could read it) "+said)
			lacksText(t, c["team-told"].prompt(), read)
			called = c["team-told"].calledPrompts()
			same(t, len(called), 3)
			lacksText(t, called[0], read)
			holdsText(t, called[1], "New message from the user:\n"+read)
			lacksText(t, called[1], said)
			holdsText(t, called[2], read, said) // it remembers
		},
	},
	{
		name: "the user's plan", shown: []string{"plan-edited"},
		ours: "takes the place of the agent's, and no new one is asked for while it is fresh",
		holds: only(func(t *testing.T, c *conversation) {
			holdsText(t, c.prompt(), "as the user has written it", "1. Add nothing.")
			same(t, len(c.prompts("plan")), 1)
		}),
	},
	{
		name: "what code shows", shown: []string{"displayed"},
		ours: "figures and images go to the user, the model is told in a line",
		holds: only(func(t *testing.T, c *conversation) {
			holdsText(t, c.prompt(), "shown to the user: step1-figure1.plotly.json")
		}),
	},
}

// calledPrompts are those of the agents that were called, as they were sent.
func (c *conversation) calledPrompts() (out []string) {
	var cast event.Cast
	for _, e := range c.events {
		whose, _ := cast.See(e)
		if call, ok := e.Body.(event.ModelStarted); ok && whose != 0 {
			out = append(out, showPrompt(agent.Prompt(c.events, call)))
		}
	}
	return out
}
