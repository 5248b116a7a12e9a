package agent_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"regexp"
	"strings"
	"testing"

	"sandglass/backend/agent"
	"sandglass/backend/event"
	"sandglass/backend/llm"
	"sandglass/backend/llm/script"
	"sandglass/backend/sandbox"
	"sandglass/backend/tools"
)

// The types below are the examples of docs/hooks.md, which quotes them (TestHooksAreDocumented).

// Approving is a sandbox that runs code only after approve has said yes. Files, tables and variables are as they were
// before code that it refused.
type Approving struct {
	sandbox.Sandbox
	Approve func(ctx context.Context, code string) (yes bool, err error)
}

func (a Approving) Open(ctx context.Context, cfg sandbox.Config, host sandbox.Host) (sandbox.Session, error) {
	s, err := a.Sandbox.Open(ctx, cfg, host)
	return &approvedSession{s, a.Approve}, err
}

type approvedSession struct {
	sandbox.Session
	approve func(context.Context, string) (bool, error)
}

func (s *approvedSession) Run(ctx context.Context, code string) (sandbox.Output, error) {
	yes, err := s.approve(ctx, code)
	if err != nil { // ours, or the user's Stop: the run ends
		return sandbox.Output{}, err
	}
	if !yes { // the model's affair: it is told, and goes on
		why := &event.PyError{Type: "Refused", Message: "the user did not allow it. Find another way."}
		return sandbox.Output{Killed: sandbox.Refused, Error: why}, nil
	}
	return s.Session.Run(ctx, code)
}

// Checked is a sandbox that looks at what came of each piece of code. What check says becomes the error of the step, so
// that the model is told and can correct itself.
type Checked struct {
	sandbox.Sandbox
	Check func(code string, out sandbox.Output) (complaint string)
}

func (c Checked) Open(ctx context.Context, cfg sandbox.Config, host sandbox.Host) (sandbox.Session, error) {
	s, err := c.Sandbox.Open(ctx, cfg, host)
	return &checkedSession{s, c.Check}, err
}

type checkedSession struct {
	sandbox.Session
	check func(string, sandbox.Output) string
}

func (s *checkedSession) Run(ctx context.Context, code string) (sandbox.Output, error) {
	out, err := s.Session.Run(ctx, code)
	if err != nil || out.Error != nil {
		return out, err
	}
	if complaint := s.check(code, out); complaint != "" {
		out.Final = nil // an answer that was not checked is none
		out.Error = &event.PyError{Type: "CheckFailed", Message: complaint, Traceback: "CheckFailed: " + complaint}
	}
	return out, nil
}

// Calling is a recorder that calls a function after each event. The event is on disk by then.
type Calling struct {
	agent.Recorder
	After func(event.Event)
}

func (c Calling) Record(ctx context.Context, span int64, body event.Body) (event.Event, error) {
	e, err := c.Recorder.Record(ctx, span, body)
	if err == nil {
		c.After(e)
	}
	return e, err
}

// Masking is a model that never gets to see the given secrets.
type Masking struct {
	llm.Model
	Secrets []string
}

func (m Masking) Generate(ctx context.Context, req llm.Request, emit func(llm.Delta)) (llm.Reply, error) {
	masked := make([]llm.Message, len(req.Messages))
	for i, msg := range req.Messages { // copies: the caller keeps its own
		masked[i] = llm.Message{Role: msg.Role}
		for _, part := range msg.Parts {
			masked[i].Parts = append(masked[i].Parts, m.mask(part))
		}
	}
	req.Messages = masked
	return m.Model.Generate(ctx, req, emit)
}

func (m Masking) mask(p llm.Part) llm.Part {
	for _, secret := range m.Secrets {
		switch t := p.(type) {
		case llm.Text:
			p = llm.Text{Text: strings.ReplaceAll(t.Text, secret, "***")}
		case llm.Result:
			t.Text = strings.ReplaceAll(t.Text, secret, "***")
			p = t
		case llm.Call: // what it wrote itself is retold to it
			t.Args = bytes.ReplaceAll(t.Args, []byte(secret), []byte("***"))
			p = t
		}
	}
	return p
}

func block(code string) llm.Reply { return llm.Reply{Text: "```python\n" + code + "\n```"} }

// TestHooks: approval before an action, a check after it, a callback for each step and a wrapped model, all at once and
// in both ways of acting.
func TestHooks(t *testing.T) {
	for mode, replies := range map[event.Mode][]llm.Reply{
		event.ModeCode: {
			block("x = 1\nprint('sk-secret')"), block("x = 2 # delete"), block("final_answer(-x)"), block("final_answer(x)"),
		},
		event.ModeTools: {
			{Calls: []llm.Call{{Name: "python", Args: []byte(`{"code": "x = 1\nprint('sk-secret')"}`)}}},
			{Calls: []llm.Call{{Name: "python", Args: []byte(`{"code": "x = 2 # delete"}`)}}},
			{Calls: []llm.Call{{Name: "python", Args: []byte(`{"code": "final_answer(-x)"}`)}}},
			{Calls: []llm.Call{{Name: "python", Args: []byte(`{"code": "final_answer(x)"}`)}}},
		},
	} {
		t.Run(string(mode), func(t *testing.T) {
			heard := &listener{Model: script.NewReplies(replies)}
			var asked, steps []string
			box := Checked{Approving{engine(), func(_ context.Context, code string) (bool, error) {
				asked = append(asked, code)
				return !strings.Contains(code, "delete"), nil
			}}, func(_ string, out sandbox.Output) string {
				if out.Final != nil && strings.HasPrefix(out.Final.Repr, "-") {
					return "the answer is below zero"
				}
				return ""
			}}
			a := &agent.Agent{Name: "Tester", Ref: "script/test", Model: Masking{heard, []string{"sk-secret"}}, Sandbox: box, Mode: mode, Tools: []tools.Tool{double}}
			kept := &log{}
			rec := Calling{kept, func(e event.Event) {
				if done, ok := e.Body.(event.CodeFinished); ok {
					steps = append(steps, done.Observation)
				}
			}}
			ending, err := a.Run(t.Context(), agent.Task{Text: "x"}, agent.Ports{Record: rec})
			if err != nil {
				t.Fatal(err)
			}
			if done, ok := ending.(event.RunFinished); !ok || done.Text != "1" {
				t.Fatalf("ending %+v", ending)
			}
			if len(asked) != 4 || len(steps) != 4 {
				t.Fatalf("asked %q, told of %q", asked, steps)
			}
			if !strings.Contains(steps[1], "The code was not run: the user did not allow it") {
				t.Errorf("refused: %q", steps[1])
			}
			if !strings.Contains(steps[2], "CheckFailed: the answer is below zero") {
				t.Errorf("checked: %q", steps[2])
			}
			told := showPrompt(heard.sent[len(heard.sent)-1])
			if strings.Contains(told, "sk-secret") || !strings.Contains(told, "***") || !strings.Contains(told, "below zero") || !strings.Contains(told, "did not allow it") {
				t.Errorf("the model was told:\n%s", told)
			}
			if !strings.Contains(steps[0], "sk-secret") {
				t.Error("the log was masked, too")
			}
		})
	}
}

// TestApproverStops: an approver that fails ends the run, with its fault.
func TestApproverStops(t *testing.T) {
	a := tester(script.NewReplies([]llm.Reply{block("1")}))
	a.Sandbox = Approving{engine(), func(context.Context, string) (bool, error) { return false, errors.New("nobody is there") }}
	ending, err := a.Run(t.Context(), agent.Task{Text: "x"}, agent.Ports{Record: &log{}})
	if failed, ok := ending.(event.RunFailed); err != nil || !ok || !strings.Contains(failed.Fault.Error(), "obody is there") {
		t.Errorf("ending %+v, %v", ending, err)
	}
}

// TestHooksAreDocumented: the code in docs/hooks.md is the code above.
func TestHooksAreDocumented(t *testing.T) {
	doc, err := os.ReadFile("../../docs/hooks.md")
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile("hooks_test.go")
	if err != nil {
		t.Fatal(err)
	}
	quotes := regexp.MustCompile("(?s)```go\n(.*?)```").FindAllStringSubmatch(string(doc), -1)
	if len(quotes) < 4 {
		t.Errorf("docs/hooks.md quotes %d examples", len(quotes))
	}
	for _, q := range quotes {
		for part := range strings.SplitSeq(q[1], "// …\n") { // what is left out
			if !strings.Contains(string(source), part) {
				t.Errorf("docs/hooks.md quotes what hooks_test.go does not have:\n%s", part)
			}
		}
	}
}
