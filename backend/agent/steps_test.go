package agent_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sandglass/backend/agent"
	"sandglass/backend/event"
)

// TestSteps: an agent's memory as a list of steps, in smolagents' words. In full it holds exactly what each call was sent.
func TestSteps(t *testing.T) {
	for _, name := range conversationNames(t) {
		t.Run(name, func(t *testing.T) {
			c := play(t, name)
			agents := []int64{0}
			var cast event.Cast
			for _, e := range c.events {
				if _, opens := cast.See(e); opens == e.Seq {
					agents = append(agents, opens)
				}
			}
			for _, who := range agents {
				var want, got [][]agent.StepMessage
				for _, e := range event.Of(c.events, who) {
					if call, ok := e.Body.(event.ModelStarted); ok && call.Purpose != "judge" {
						want = append(want, agent.StepMessages(agent.Prompt(c.events, call)))
					}
				}
				for _, s := range agent.Steps(c.events, who, true) {
					got = append(got, s.ModelInput...)
				}
				if d := cmp.Diff(want, got); d != "" {
					t.Errorf("agent %d: messages of its calls (-sent +shown):\n%s", who, d)
				}
			}
			if name != "plan" && name != "tools-parallel" && name != "steps-spent" && name != "checks-judge" {
				return
			}
			data, err := json.MarshalIndent(agent.Steps(c.events, 0, false), "", " ")
			if err != nil {
				t.Fatal(err)
			}
			file := filepath.Join("testdata", "steps-"+name+".golden.json")
			if *update {
				if err := os.WriteFile(file, append(data, '\n'), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(string(want), string(data)+"\n"); d != "" {
				t.Errorf("succinct steps (-want +got):\n%s", d)
			}
		})
	}
}
