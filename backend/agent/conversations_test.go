package agent_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"sandglass/backend/agent"
	"sandglass/backend/event"
	"sandglass/backend/fault"
	"sandglass/backend/llm"
	"sandglass/backend/llm/script"
	"sandglass/backend/sandbox"
	"sandglass/backend/sandbox/cpython"
	"sandglass/backend/tools"
)

var update = flag.Bool("update", false, "write the golden parts of testdata/runs anew")

// engine is the real sandbox, compiled once for all tests of the package.
var engine = sync.OnceValue(func() *cpython.Engine { return cpython.New(cpython.Config{}) })

// log is a Recorder that keeps events in memory; the real one is tested in backend/store.
type log struct {
	mu     sync.Mutex
	events []event.Event
	fail   func(event.Body) error
	meant  []saying // what the user says, and when
	inbox  map[int64][]event.Event
	stopAt int64 // the user stops the run right after the event with this Seq
	stop   func()
}

// saying is something that the user says to a running agent, right after the event with this Seq.
type saying struct {
	After int64   `json:"after"`
	To    int64   `json:"to"` // a called agent that works, by the Seq of its AgentStarted
	Steer string  `json:"steer"`
	Plan  *string `json:"plan"`  // or a plan of the user's
	Whole bool    `json:"whole"` // or that all steps are to be told whole
}

// Hear implements agent.Ear.
func (l *log) Hear(call int64) []event.Event {
	l.mu.Lock()
	defer l.mu.Unlock()
	events := l.inbox[call]
	delete(l.inbox, call)
	return events
}

// Close implements agent.Ear.
func (l *log) Close(call int64) []event.Event { return l.Hear(call) }

func (l *log) Record(ctx context.Context, span int64, b event.Body) (event.Event, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	e, err := l.record(span, b)
	if e.Seq == l.stopAt && l.stop != nil {
		l.stop()
	}
	for err == nil && len(l.meant) > 0 && l.meant[0].After == int64(len(l.events)) {
		said := l.meant[0]
		l.meant = l.meant[1:]
		var body event.Body = event.UserSteered{Text: said.Steer}
		if said.Whole {
			body = event.CompactionUndone{}
		}
		if said.Plan != nil {
			body = event.PlanEdited{Plan: *said.Plan}
		}
		var heard event.Event
		heard, err = l.record(max(1, said.To), body)
		if l.inbox == nil {
			l.inbox = map[int64][]event.Event{}
		}
		l.inbox[said.To] = append(l.inbox[said.To], heard)
	}
	return e, err
}

func (l *log) record(span int64, b event.Body) (event.Event, error) {
	if l.fail != nil {
		if err := l.fail(b); err != nil {
			return event.Event{}, err
		}
	}
	e := event.Event{Run: "run", Seq: int64(len(l.events) + 1), Span: span, At: time.UnixMilli(int64(len(l.events))).UTC(), Body: b}
	// What comes back from disk is what counts, so events take the way through JSON here too.
	data, err := json.Marshal(e)
	if err != nil {
		return e, err
	}
	if err := json.Unmarshal(data, &e); err != nil {
		return e, err
	}
	l.events = append(l.events, e)
	return e, nil
}

// listener keeps what a model was sent. If it refuses, it is a model without native tool calls and schemas.
type listener struct {
	llm.Model
	ear     *ear
	sent    [][]llm.Message
	last    llm.Request
	refuses bool
}

func (l *listener) Generate(ctx context.Context, req llm.Request, emit func(llm.Delta)) (llm.Reply, error) {
	l.sent, l.last = append(l.sent, req.Messages), req
	l.ear.hear(ctx, req.Messages)
	if l.refuses && len(req.Tools)+len(req.Format) > 0 {
		return llm.Reply{}, fault.New(fault.ModelUnsupported, "The model cannot do this", "", "")
	}
	return l.Model.Generate(ctx, req, emit)
}

// TestConversations plays testdata/runs/*.txtar through the real loop and the real sandbox. A file holds the task,
// the replies of the model, settings, and as golden parts the events, the row of the history and the last prompt.
func TestConversations(t *testing.T) {
	for _, name := range conversationNames(t) {
		t.Run(name, func(t *testing.T) {
			c := play(t, name)
			golden(t, c.file, c.archive, "events.jsonl", showEvents(t, c.events))
			golden(t, c.file, c.archive, "row.json", showRow(t, c.events))
			golden(t, c.file, c.archive, "prompt.txt", showPrompt(c.last))
		})
	}
}

func conversationNames(t *testing.T) (names []string) {
	t.Helper()
	files, err := filepath.Glob("../../testdata/runs/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no conversations", err)
	}
	for _, f := range files {
		names = append(names, strings.TrimSuffix(filepath.Base(f), ".txtar"))
	}
	return names
}

// conversation is one that was played.
type conversation struct {
	file    string
	archive *txtar.Archive
	events  []event.Event
	last    []llm.Message // what the run's own agent was sent last
	system  string
	ending  event.Body
}

// played keeps them, so that each is played once for all tests.
var played = map[string]*conversation{}

// turn is what the user asks for, and how the run for it goes.
type turn struct {
	Task      string           `json:"task"`
	Vars      []event.InputVar `json:"vars"`
	Said      []saying         `json:"said"`
	StopAfter int64            `json:"stop_after"` // Stop is pressed right after the event with this Seq
}

type settings struct {
	turn
	MaxSteps  int            `json:"max_steps"`
	Mode      event.Mode     `json:"mode"`
	Context   int            `json:"context"`
	Refuses   bool           `json:"refuses"`
	Checks    []event.Check  `json:"checks"`
	PlanEvery int            `json:"plan_every"`
	Image     *event.Picture `json:"image"` // that comes with the task
	Team      []teammate     `json:"team"`
	Then      []turn         `json:"then"` // how the run that has ended goes on
}

// play plays a conversation, once.
func play(t *testing.T, name string) *conversation {
	t.Helper()
	if c := played[name]; c != nil {
		return c
	}
	c := &conversation{file: filepath.Join("../../testdata/runs", name+".txtar")}
	var err error
	if c.archive, err = txtar.ParseFile(c.file); err != nil {
		t.Fatal(err)
	}
	var set settings
	if s := c.part("settings.json"); s != nil {
		if err := json.Unmarshal(s, &set); err != nil {
			t.Fatal(err)
		}
	}
	set.Task = string(c.part("task"))
	replies, err := script.ParseScript(c.part("replies.json"))
	if err != nil {
		t.Fatal(err)
	}
	ear := &ear{of: map[int64][]llm.Message{}}
	model := &listener{Model: replies.For("Tester"), refuses: set.Refuses, ear: ear}
	rec := &log{}
	a := &agent.Agent{Name: "Tester", Model: model, Ref: "script/test", Sandbox: engine(), MaxSteps: set.MaxSteps, Mode: set.Mode, PlanEvery: set.PlanEvery, MayStructure: true, Checks: set.Checks, Imports: []string{"math", "json"}, Tools: []tools.Tool{double}}
	a.Options.ContextTokens = set.Context
	if set.Mode == event.ModeTools {
		a.Tools = append(a.Tools, late(rec))
	}
	ports := agent.Ports{Record: rec, Ear: rec}
	if len(set.Team) > 0 {
		ports.Blobs = &blobs{}
	}
	members := &memberStates{of: map[int64]*states{}}
	a.Tools, ports.Past = append(a.Tools, hire(replies, set.Team, ear, members)...), members
	states := &states{}
	if len(set.Then) > 0 {
		a.Sandbox = sandbox.Keep(engine(), func(context.Context) sandbox.Keeper { return states })
	}
	var from *agent.Fork
	for i, turn := range append([]turn{set.turn}, set.Then...) {
		if i > 0 {
			from = goOn(rec, ear)
			a.Sandbox = &resumed{Sandbox: a.Sandbox, chain: states.chain}
		}
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		rec.meant, rec.stopAt, rec.stop = turn.Said, turn.StopAfter, stop
		task := agent.Task{Text: turn.Task, Vars: turn.Vars, From: from}
		if p := set.Image; p != nil {
			in := event.InputFile{Name: "photo.png", Var: "photo", Path: "/input/photo.png", MediaType: p.MediaType, Shown: p}
			task.Files = []agent.File{{InputFile: in, Open: func() (io.ReadSeekCloser, error) { return os.Open(os.DevNull) }}}
		}
		c.ending, err = a.Run(ctx, task, ports)
		if err != nil {
			t.Fatal(err)
		}
		if len(rec.meant) > 0 {
			t.Errorf("%d things were never said", len(rec.meant))
		}
		if last := rec.events[len(rec.events)-1].Body; last.Kind() != c.ending.Kind() {
			t.Errorf("the last event is %s, the ending %s", last.Kind(), c.ending.Kind())
		}
		eachDerivedIsSent(t, rec.events, ear.of)
	}
	c.events, c.last = rec.events, model.sent[len(model.sent)-1]
	c.system = c.last[0].Content()
	played[name] = c
	return c
}

func (c *conversation) part(name string) []byte {
	for _, f := range c.archive.Files {
		if f.Name == name {
			return bytes.TrimSpace(f.Data)
		}
	}
	return nil
}

// goOn cuts the log behind its last whole step, and makes of it what the next run goes on from.
func goOn(l *log, heard *ear) *agent.Fork {
	f := &agent.Fork{Parent: "before"}
	cut := len(l.events) - 1
	if l.events[cut].Body.Kind() == "run_stopped" { // in the middle of a step
		for l.events[cut].Body.Kind() != "step_started" {
			cut--
		}
	}
	l.events = slices.Clone(l.events[:cut])
	for _, e := range l.events {
		if s, ok := e.Body.(event.StepStarted); ok && s.Agent == 0 {
			f.Step = s.Number
		}
	}
	for seq := range heard.of {
		if seq > int64(cut) {
			delete(heard.of, seq)
		}
	}
	f.Events = l.events
	return f
}

// states keeps those of a session in memory.
type states struct{ chain []sandbox.State }

func (s *states) Keep(_ context.Context, st sandbox.State) (again bool, err error) {
	if st.Base == "" {
		s.chain = nil
	}
	s.chain = append(s.chain, st)
	return false, nil
}

// resumed is a sandbox whose sessions begin with a state.
type resumed struct {
	sandbox.Sandbox
	chain []sandbox.State
}

func (r *resumed) Open(ctx context.Context, cfg sandbox.Config, host sandbox.Host) (sandbox.Session, error) {
	return r.Restore(ctx, cfg, host, r.chain)
}

var double = tools.New("double", "Doubles a number.", func(_ context.Context, in struct {
	N int `json:"n" doc:"the number"`
}) (int, error) {
	if in.N < 0 {
		return 0, fmt.Errorf("negative numbers cannot be doubled here")
	}
	return 2 * in.N, nil
})

// late gives a tool that waits until a call that came after it is in the log: only calls at the same time let it end.
func late(l *log) tools.Tool {
	return tools.New("late", "Waits for another call.", func(ctx context.Context, _ struct{}) (string, error) {
		for ctx.Err() == nil {
			l.mu.Lock()
			last := l.events[len(l.events)-1].Body
			l.mu.Unlock()
			if done, ok := last.(event.ToolFinished); ok && done.Name == "double" {
				return "I was last", nil
			}
			time.Sleep(time.Millisecond)
		}
		return "", ctx.Err()
	})
}

// derivedIsSent proves that the prompts need not be stored: the fold of the log is what was sent, byte for byte.
func derivedIsSent(t *testing.T, events []event.Event, sent [][]llm.Message) {
	t.Helper()
	n := 0
	for _, e := range events {
		call, ok := e.Body.(event.ModelStarted)
		if !ok {
			continue
		}
		if n >= len(sent) {
			t.Fatal("more calls recorded than made")
		}
		if d := cmp.Diff(sent[n], agent.Prompt(events, call)); d != "" {
			t.Errorf("prompt %d: derived is not sent (-sent +derived):\n%s", n+1, d)
		}
		n++
	}
	if n != len(sent) {
		t.Errorf("%d calls recorded, %d made", n, len(sent))
	}
}

// showEvents is the log as JSON lines, without what differs from run to run.
func showEvents(t *testing.T, events []event.Event) string {
	var b strings.Builder
	for _, e := range events {
		switch body := e.Body.(type) {
		case event.RunStarted:
			body.System, body.Runtime, body.App, body.Setup = "…", "", "", nil
			e.Body = body
		case event.RunForked:
			body.Now.System, body.Now.Runtime, body.Now.App, body.Now.Setup = "…", "", "", nil
			e.Body = body
		case event.AgentStarted:
			body.Now.System, body.Now.Runtime, body.Now.App, body.Now.Setup = "…", "", "", nil
			e.Body = body
		case event.AgentFinished:
			body.DurationMS = 0
			e.Body = body
		case event.ModelStarted:
			body.Budget = nil // it has a test of its own, and changes with every word of the system prompt
			e.Body = body
		case event.ModeChanged:
			body.System = "…"
			e.Body = body
		case event.ModelFinished:
			body.DurationMS, body.LoadMS, body.PromptMS, body.OutputMS = 0, 0, 0, 0
			e.Body = body
		case event.CodeFinished:
			body.DurationMS, body.Tape = 0, nil
			e.Body = body
		case event.ToolFinished:
			body.DurationMS = 0
			e.Body = body
		case event.RunFinished:
			body.DurationMS = 0
			e.Body = body
		case event.RunFailed:
			body.DurationMS = 0
			e.Body = body
		case event.RunStopped:
			body.DurationMS = 0
			e.Body = body
		}
		data, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "%s\n", data)
	}
	return b.String()
}

// showRow is the row of the history that the events fold to: what every reader of the log must agree on.
func showRow(t *testing.T, events []event.Event) string {
	t.Helper()
	row := event.Fold(events)
	row.DurationMS, row.FinishedAt = 0, 0
	data, err := json.Marshal(row)
	if err != nil {
		t.Fatal(err)
	}
	return string(data) + "\n"
}

// showPrompt is a prompt without the system message, which has a test of its own.
func showPrompt(messages []llm.Message) string {
	var b strings.Builder
	for _, m := range messages {
		if m.Role == llm.System {
			continue
		}
		fmt.Fprintf(&b, "[%s]\n%s", m.Role, m.Content())
		for _, p := range m.Parts {
			switch p := p.(type) {
			case llm.Image:
				fmt.Fprintf(&b, "\n(image %s, %s, %d × %d)", p.Blob, p.MediaType, p.Width, p.Height)
			case llm.Call:
				fmt.Fprintf(&b, "\n(call %s) %s %s", p.ID, p.Name, p.Args)
			case llm.Result:
				fmt.Fprintf(&b, "(result %s, %s, error %t)\n%s\n", p.CallID, p.Name, p.IsError, p.Text)
			}
		}
		b.WriteString("\n\n")
	}
	return strings.TrimSpace(b.String()) + "\n"
}

func golden(t *testing.T, file string, ar *txtar.Archive, part, got string) {
	t.Helper()
	for i, f := range ar.Files {
		if f.Name != part {
			continue
		}
		if d := cmp.Diff(string(f.Data), got); d != "" && !*update {
			t.Errorf("%s (-want +got):\n%s", part, d)
		}
		ar.Files[i].Data = []byte(got)
		write(t, file, ar)
		return
	}
	ar.Files = append(ar.Files, txtar.File{Name: part, Data: []byte(got)})
	if !*update {
		t.Errorf("%s is missing in %s: run with -update", part, filepath.Base(file))
	}
	write(t, file, ar)
}

func write(t *testing.T, file string, ar *txtar.Archive) {
	t.Helper()
	if !*update {
		return
	}
	if err := os.WriteFile(file, txtar.Format(ar), 0o644); err != nil {
		t.Fatal(err)
	}
}
