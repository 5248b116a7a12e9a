package event

import (
	"cmp"

	"sandglass/backend/fault"
	"sandglass/backend/llm"
)

// Member is an agent that another one, its manager, can call.
type Member struct {
	Name   string  `json:"name"`             // that it is called by: a Python identifier
	Agent  string  `json:"agent"`            // name of the saved agent
	Model  llm.Ref `json:"model,omitempty"`  // of its own
	Memory bool    `json:"memory,omitempty"` // messages and sandbox go on from call to call, within a run
}

// AgentStarted says that an agent was called by its manager. It belongs to the ToolStarted of the call, and opens the span
// of all that the called agent does: StepStarted and so on, as in a run of its own.
type AgentStarted struct {
	Name  string     `json:"name"`            // as the manager calls it
	Since int64      `json:"since,omitempty"` // Seq of the AgentStarted whose messages and sandbox go on; 0: it begins anew
	Brief string     `json:"brief"`           // how its model is told the task; Now.Task is what the manager wrote
	Now   RunStarted `json:"now"`
}

// AgentFinished closes it. A called agent that fails is no end of the run: its manager is told.
type AgentFinished struct {
	Name       string       `json:"name"`
	Status     Status       `json:"status"` // Finished, MaxSteps, Failed or Stopped
	Answer     *Value       `json:"answer,omitempty"`
	Text       string       `json:"text,omitempty"`  // the answer as text
	Unmet      []string     `json:"unmet,omitempty"` // checks that the answer does not meet, in words
	Fault      *fault.Error `json:"fault,omitempty"`
	Steps      int          `json:"steps"`
	Usage      llm.Usage    `json:"usage"` // with that of the agents that it called
	DurationMS int64        `json:"duration_ms"`
}

// Kind is the name on the wire.
func (AgentStarted) Kind() string  { return "agent_started" }
func (AgentFinished) Kind() string { return "agent_finished" }

// Cast tells whose each event of a run is: the run's own agent's (0), or that of a called agent. Calls of one agent that
// go on from each other share a memory and a sandbox; they are all named by the Seq of the first one's AgentStarted.
// Events must come in order.
type Cast struct{ of map[int64]int64 } // by Seq; what is not in it is the run's own

// See gives the agent that an event belongs to, and the one that it begins, if it is an AgentStarted; that itself belongs
// to the manager.
func (c *Cast) See(e Event) (agent, opens int64) {
	agent = c.of[e.Span]
	if b, ok := e.Body.(AgentStarted); ok {
		if opens = b.Since; opens == 0 {
			opens = e.Seq
		}
	}
	if inside := cmp.Or(opens, agent); inside != 0 {
		if c.of == nil {
			c.of = map[int64]int64{}
		}
		c.of[e.Seq] = inside
	}
	return agent, opens
}

// Of selects the events of one agent: the run's own ones with 0; those of a called agent begin with its AgentStarted.
func Of(events []Event, agent int64) []Event {
	var out []Event
	var cast Cast
	for _, e := range events {
		whose, opens := cast.See(e)
		if cmp.Or(opens, whose) == agent {
			out = append(out, e)
		}
	}
	return out
}
