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
		name: "unfolding", shown: []string{"unfolded"},
		ours: "folded steps are told whole again when the user wants it, and folded again only when they do not fit",
		holds: only(func(t *testing.T, c *conversation) {
			var told []bool
			for _, p := range c.prompts("act") {
				if folded := strings.Contains(p, "What you did so far, in short"); len(told) == 0 || told[len(told)-1] != folded {
					told = append(told, folded)
				}
			}
			same(t, told, []bool{false, true, false, true})
			holdsText(t, c.prompt(), "What you did so far, in short", "Fifth.", "Go on.")
		}),
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
		name: "steering while a called agent works", shown: []string{"team-steered"},
		ours: "the manager is told, at its next step; the called agent goes on with its task",
		holds: only(func(t *testing.T, c *conversation) {
			const said = "Twice that, please."
			holdsText(t, c.prompt(), "New message from the user:\n"+said)
			var cast event.Cast
			others := 0
			for _, e := range c.events {
				whose, _ := cast.See(e)
				if call, ok := e.Body.(event.ModelStarted); ok && whose != 0 {
					others++
					lacksText(t, showPrompt(agent.Prompt(c.events, call)), said)
				}
			}
			same(t, others, 2)
		}),
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
