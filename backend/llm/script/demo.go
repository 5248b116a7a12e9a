package script

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"time"

	"sandglass/backend/fault"
	"sandglass/backend/llm"
)

// Tour is the id of the demo model; with the provider's usual name its reference is "demo/tour".
const Tour = "tour"

// ReadingPace lets a person read along: about 40 words a second.
const ReadingPace = 20 * time.Millisecond

// Demo is the provider of the demo model. It is no language model: for the sample tasks it writes Python that really
// runs, and goes on from what it observes; for other tasks it says what it is.
type Demo struct {
	pause time.Duration
}

// NewDemo makes the demo; pause is the time between fragments of about a word, 0 for tests, else ReadingPace.
func NewDemo(pause time.Duration) *Demo { return &Demo{pause} }

// List offers the one model.
func (d *Demo) List(context.Context) ([]llm.Info, error) {
	return []llm.Info{{Ref: "demo/" + Tour, Name: "Demo (no language model)", Capabilities: []string{"completion", "tools"}}}, nil
}

// Open gives the demo model. "" means Tour; another id is ModelNotFound.
func (d *Demo) Open(id string) (llm.Model, error) {
	if id != Tour && id != "" {
		return nil, fault.New(fault.ModelNotFound, "There is no demo model called "+id, "the only one is demo/"+Tour, "Choose demo/"+Tour+".")
	}
	return d, nil
}

// Generate reads the conversation and says what comes next in it.
func (d *Demo) Generate(ctx context.Context, req llm.Request, emit func(llm.Delta)) (llm.Reply, error) {
	b := llm.NewReplyBuilder(req, emit)
	a := next(readTalk(req.Messages))
	text := a.text()
	if a.code != "" && len(req.Format) > 0 {
		text = a.structured()
	}
	calls := a.code != "" && len(req.Tools) > 0
	if calls {
		text = a.thought
	}
	if err := stream(ctx, b, "", text, d.pause); err != nil {
		return llm.Reply{}, err
	}
	if calls {
		name, args := a.call(req.Tools)
		b.Call("", name, args)
	}
	return b.Reply(llm.FinishStop), nil
}

// act is one turn of the demo: a thought and the code that follows from it, or, without code, just words.
type act struct {
	thought, code string
}

func (a act) text() string {
	if a.code == "" {
		return a.thought
	}
	return "Thought: " + a.thought + "\n```python\n" + strings.Trim(a.code, "\n") + "\n```"
}

// structured is the turn as {"thought", "code"}, for agents that ask for a schema.
func (a act) structured() string {
	return encode(map[string]string{"thought": a.thought, "code": strings.Trim(a.code, "\n")})
}

// call is the turn as a call of the python tool, or, where there is none, of final_answer.
func (a act) call(tools []llm.ToolSpec) (string, json.RawMessage) {
	for _, t := range tools {
		if t.Name == "python" {
			return t.Name, json.RawMessage(encode(map[string]string{"code": strings.Trim(a.code, "\n")}))
		}
	}
	return "final_answer", json.RawMessage(encode(map[string]string{"answer": "This demo writes Python, but this agent has no python tool. " + aboutDemo}))
}

// answer ends the run with a sentence that needs no computing.
func answer(thought, sentence string) act {
	return act{thought, "final_answer(" + quote(sentence) + ")"}
}

// quote makes a Python string literal; JSON's escapes are Python's.
func quote(s string) string { return encode(s) }

func encode(v any) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false) // the code is read by people
	if err := e.Encode(v); err != nil {
		return `""` // strings and maps of strings always encode
	}
	return strings.TrimSuffix(b.String(), "\n")
}

const aboutDemo = "I am the demo model: a script, not a language model, and I only know the three sample tasks. " +
	"For tasks of your own, install Ollama (ollama.com), get a model with `ollama pull qwen3:8b`, and choose it as the model; " +
	"or add an OpenAI-compatible server in the settings."

// next chooses the turn: by the task, then by what was said and seen.
func next(t talk) act {
	if t.concede {
		return act{thought: t.conceded()}
	}
	if len(t.seen) > 8 {
		return t.giveUp("This has taken more steps than my script has.")
	}
	task := strings.ToLower(t.task)
	has := func(words ...string) bool {
		for _, w := range words {
			if strings.Contains(task, w) {
				return true
			}
		}
		return false
	}
	switch {
	case has("million") && has("save", "saving"):
		return savings(t)
	case has(" log", "log:") && has("untangle", "error", "fail", "started"):
		return untangle(t)
	case has("which", "what") && has("most", "largest", "highest", "best") && (has("region") || t.file(tableFile) != nil):
		return ranking(t)
	}
	about := aboutDemo
	if t.images {
		about += " I did not look at the images that came with the task: a script sees nothing."
	}
	return answer("I am the demo and do not know this task, so I say so.", about)
}
