package agent

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"text/template"

	"sandglass/backend/event"
	"sandglass/backend/llm"
	"sandglass/backend/permit"
	"sandglass/backend/sandbox"
	"sandglass/backend/tools"
)

// MaxDepth is how deep teams may be nested: the members of a run's agent are at depth 1.
const MaxDepth = 4

// Member is an agent that another one can call: its manager. To the loop it is a tool (see Tool) that runs a loop of its
// own, with its own model, tools, imports, checks, limits and sandbox session, and writes to the log of the same run.
type Member struct {
	Name   string // that it is called by: a Python identifier
	Agent  string // its own name
	Model  llm.Ref
	Doc    string // what it is good for, for its manager
	Memory bool   // messages and sandbox go on from call to call within a run
	// Hire makes the agent for one call; it is given files on top of what an agent has.
	Hire func(ctx context.Context, files []File) (Hired, error)
}

// Hired is a member's agent for one call, with its own ports; the others are its manager's.
type Hired struct {
	Agent  *Agent
	Files  []File // as it was given them, with what its model is shown; nil to leave them
	Gate   permit.Gate
	Fetch  sandbox.Fetcher
	Opened func(sandbox.Session)
}

// The parameters of a call.
const (
	taskParam = "task"
	argsParam = "additional_args"
)

// Tool makes a member callable: NAME(task, additional_args={…}), or with other arguments by name.
func (m *Member) Tool() tools.Tool {
	schema := `{"type":"object","properties":{"task":{"type":"string","description":"what to do, in detail"},` +
		`"additional_args":{"type":"object","description":"values, tables and paths of files that it needs"}},"required":["task"]}`
	return &memberTool{m, tools.Spec{
		Name: m.Name, Doc: strings.TrimSpace(m.Doc), In: json.RawMessage(schema), Out: json.RawMessage(`{}`), Return: "Any", Rest: argsParam,
		Params: []tools.Param{
			{Name: taskParam, Type: "str", Doc: "what to do, in detail", Required: true},
			{Name: argsParam, Type: "dict", Doc: "values, tables and paths of files that it needs"},
		},
	}}
}

type memberTool struct {
	*Member
	spec tools.Spec
}

func (t *memberTool) Spec() tools.Spec { return t.spec }

// membersOf are the agents among some tools.
func membersOf(all []tools.Tool) (team []event.Member, others []tools.Tool) {
	for _, t := range all {
		if m, ok := tools.As[*memberTool](t); ok {
			team = append(team, event.Member{Name: m.Name, Agent: m.Member.Agent, Model: m.Model, Memory: m.Memory})
		} else {
			others = append(others, t)
		}
	}
	return team, others
}

// outcome is what a call gives: the driver writes the files and gives the value (see sandbox.Tool.Rest).
type outcome struct {
	Value  json.RawMessage    `json:"value"`
	Files  map[string]inBytes `json:"files,omitempty"`
	Report string             `json:"report"` // what a model that called it itself is told
}

// inBytes is bytes as code and tools exchange them.
type inBytes []byte

// MarshalJSON writes {"__bytes__": base64}.
func (b inBytes) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string][]byte{"__bytes__": b})
}

// Told implements tools.Teller.
func (t *memberTool) Told(result json.RawMessage) string {
	var o struct{ Report string }
	if json.Unmarshal(result, &o) != nil {
		return string(result)
	}
	return o.Report
}

// Call runs the agent. Its failure is the call's error, which the manager is told.
func (t *memberTool) Call(ctx context.Context, args json.RawMessage) (json.RawMessage, error) {
	manager := runOf(ctx)
	if manager == nil {
		return nil, fmt.Errorf("the agent %s can only be called in a run", t.Name)
	}
	var in struct {
		Task string                     `json:"task"`
		Args map[string]json.RawMessage `json:"additional_args"`
	}
	if err := json.Unmarshal(args, &in); err != nil {
		return nil, fmt.Errorf("the arguments of %s() cannot be read: %w", t.Name, err)
	}
	k := manager.staff.of(manager, t.Member)
	if err := k.begin(ctx); err != nil {
		return nil, err
	}
	defer k.end()
	given, err := manager.handOver(ctx, in.Task, in.Args, k.files)
	if err != nil {
		return nil, err
	}
	hired, err := t.Hire(ctx, given.files)
	if err != nil {
		return nil, fmt.Errorf("%s cannot begin: %w", t.Name, err)
	}
	if hired.Files != nil {
		given.files = hired.Files
	}
	brief, err := hired.Agent.brief(t.Member, in.Task)
	if err != nil {
		return nil, err
	}
	given.avoid(hired.Agent.toolNames())
	from := k.from()
	place := &memberPlace{Sandbox: hired.Agent.Sandbox, from: from, ports: manager.ports}
	log := &memberLog{
		next: manager.ports.Record, span: SpanOf(ctx), kept: k, agent: hired.Agent.Name,
		started: event.AgentStarted{Name: t.Name, Since: k.since, Brief: brief},
	}
	a := *hired.Agent
	a.Sandbox = place
	ports := manager.ports
	ports.Record, ports.Opened, ports.Gate, ports.Fetch = log, hired.Opened, hired.Gate, hired.Fetch
	ending, err := a.Run(context.WithValue(ctx, memberKey{}, log), Task{Text: in.Task, Files: given.files, Vars: given.vars, From: from}, ports)
	k.has(given.files)
	manager.spend(log.usage)
	if perr := manager.passOn(ctx, log); err == nil {
		err = perr
	}
	if err != nil {
		return nil, err
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return t.handBack(ctx, manager, &a, ending, place)
}

// handBack makes the result of a call of how its agent ended.
func (t *memberTool) handBack(ctx context.Context, manager *run, a *Agent, ending event.Body, place *memberPlace) (json.RawMessage, error) {
	switch b := ending.(type) {
	case event.RunFailed:
		return nil, fmt.Errorf("the agent %s could not do it: %w", t.Name, &b.Fault)
	case event.RunStopped:
		return nil, context.Canceled
	case event.RunFinished:
		if len(b.Unmet) > 0 {
			return nil, fmt.Errorf("the agent %s used all its steps, and its best answer does not meet what was asked of it:\n- %s\nThe answer was: %s",
				t.Name, strings.Join(b.Unmet, "\n- "), cutMiddle(b.Text, maxValue))
		}
		o := outcome{Value: place.handed(b.Answer)}
		back, err := place.bring(o.Value, b.Text, manager.session.Scratch())
		if err != nil {
			return nil, err
		}
		o.Value, b.Text = back.value, back.text
		if o.Report, err = a.report(t.Member, b); err != nil {
			return nil, err
		}
		if isText(o.Value) {
			if o.Value, err = json.Marshal(o.Report); err != nil {
				return nil, err
			}
		}
		if len(back.names) > 0 {
			o.Report += "\nFiles, in your current folder: " + strings.Join(back.names, ", ")
		}
		if fromCode(ctx) {
			o.Files = back.files
			return json.Marshal(o)
		}
		if err := manager.receive(ctx, t.Name, back); err != nil {
			return nil, err
		}
		return json.Marshal(o)
	}
	return nil, fmt.Errorf("the agent %s ended with %s", t.Name, ending.Kind())
}

func isText(value json.RawMessage) bool { return len(value) > 0 && value[0] == '"' }

// What a called agent is told, and what its manager gets of an answer in words: smolagents' managed_agent prompts
// (source: smolagents, prompts/code_agent.yaml), with room for answers that are no text.
const (
	managedAdvice = "You're a helpful agent named '{{.Name}}'. You have been submitted this task by your manager.\n" +
		"---\nTask:\n{{.Task}}\n---\n" +
		"You're helping your manager solve a wider task, so do not give a one-line answer, but as much information as possible. If the task asks " +
		"for a value, a table or a file, your final answer is just that: the number, list, dict, table, or the name of the file that you wrote. " +
		"Otherwise it has to contain these parts:\n" +
		"### 1. Task outcome (short version):\n### 2. Task outcome (extremely detailed version):\n### 3. Additional context (if relevant):\n\n" +
		"Put all of it into your final answer: everything else is lost. Even if you do not succeed, give as much context as possible, so that " +
		"your manager can act upon it."
	reportAdvice = "Here is the final answer from your managed agent '{{.Name}}':\n{{.Answer}}"
	spentNote    = "\nNote: '%s' used all its steps; this is the best that it could give."
)

// brief is how a called agent's model is told the task.
func (a *Agent) brief(m *Member, task string) (string, error) {
	return a.fill(promptManaged, map[string]any{"Name": m.Name, "Task": strings.TrimSpace(task)})
}

// report is what a manager is told of an answer.
func (a *Agent) report(m *Member, b event.RunFinished) (string, error) {
	text, err := a.fill(promptReport, map[string]any{"Name": m.Name, "Answer": b.Text})
	if b.Status == event.MaxSteps {
		text += fmt.Sprintf(spentNote, m.Name)
	}
	return text, err
}

// fill renders one of the two texts of a called agent, its own or the default.
func (a *Agent) fill(name string, data map[string]any) (string, error) {
	t, err := template.New(name).Option("missingkey=error").Parse(cmp.Or(a.Prompts[name], DefaultPrompt(name)))
	if err != nil {
		return "", fmt.Errorf("the prompt %q is no template: %w", name, err)
	}
	b := &bounded{most: maxPrompt}
	if err := t.Execute(b, data); err != nil {
		return "", fmt.Errorf("render the prompt %q: %w", name, err)
	}
	return b.String(), nil
}

// validManaged says what is wrong with such a text.
func (a *Agent) validManaged(name, text string) error {
	trial, mark := Agent{Prompts: map[string]string{name: text}}, "«it stands here»"
	field := map[string]string{promptManaged: "Task", promptReport: "Answer"}[name]
	data := map[string]any{"Name": "name", field: mark}
	got, err := trial.fill(name, data)
	if err != nil {
		if strings.Contains(err.Error(), "map has no entry for key") {
			return fmt.Errorf("the prompt %q has a placeholder that there is not; there are {{.Name}} and {{.%s}}: %w", name, field, err)
		}
		return err
	}
	if !strings.Contains(got, mark) {
		return fmt.Errorf("the prompt lacks {{.%s}}: what it is for would be lost", field)
	}
	return nil
}

// teamStubs show members as Python functions, in few words.
func teamStubs(all []tools.Tool) string {
	var b strings.Builder
	for _, t := range all {
		if m, ok := tools.As[*memberTool](t); ok {
			doc := strings.ReplaceAll(strings.ReplaceAll(cmp.Or(m.spec.Doc, "An agent."), `\`, `\\`), `"""`, `'''`)
			fmt.Fprintf(&b, "def %s(task: str, additional_args: dict = {}) -> Any:\n    \"\"\"%s\"\"\"\n\n", m.Name, strings.ReplaceAll(doc, "\n", "\n    "))
		}
	}
	return strings.TrimSpace(b.String())
}

type (
	runKey    struct{}
	memberKey struct{}
	codeKey   struct{}
)

func runOf(ctx context.Context) *run {
	r, _ := ctx.Value(runKey{}).(*run)
	return r
}

// join gives a run its place: it is the topmost, or that of an agent that another run called.
func (r *run) join(ctx context.Context, task Task) context.Context {
	if manager := runOf(ctx); manager != nil {
		r.staff = manager.staff
		r.member, _ = ctx.Value(memberKey{}).(*memberLog)
	} else {
		r.staff = &staff{}
		if task.From != nil {
			r.staff.past, r.staff.unfold = task.From.Events, task.From.Unfold
		}
	}
	return context.WithValue(ctx, runKey{}, r)
}

// Caller is the name of the called agent that a tool, a model or a gate works for; "" for the run's own agent.
func Caller(ctx context.Context) string {
	if log, ok := ctx.Value(memberKey{}).(*memberLog); ok {
		return log.agent
	}
	return ""
}

// Called is the called agent that a tool, a model or a sandbox works for, as event.Cast names it; 0 for the run's own agent.
func Called(ctx context.Context) int64 {
	if log, ok := ctx.Value(memberKey{}).(*memberLog); ok {
		return log.who()
	}
	return 0
}

// fromCode says that a tool was called by code, and not by the model itself.
func fromCode(ctx context.Context) bool { return ctx.Value(codeKey{}) == runOf(ctx) }

// spend adds what called agents used.
func (r *run) spend(u llm.Usage) {
	r.logging.Lock()
	defer r.logging.Unlock()
	r.usage = r.usage.Add(u)
}

// memberLog is the log of a called agent: a part of its manager's. What its loop records as a run becomes an AgentStarted
// and an AgentFinished there.
type memberLog struct {
	next    Recorder
	span    int64 // of the call
	started event.AgentStarted
	agent   string // its own name
	kept    *kept

	mu    sync.Mutex
	root  int64 // Seq of the AgentStarted
	steps int
	usage llm.Usage
}

// Record implements Recorder.
func (l *memberLog) Record(ctx context.Context, span int64, body event.Body) (event.Event, error) {
	l.mu.Lock()
	begins := false
	if span == 1 { // what goes on has the run's first event as its root
		span = l.root
	}
	switch b := body.(type) {
	case event.RunStarted:
		begins, body = true, l.begin(b)
	case event.RunForked:
		begins, body = true, l.begin(b.Now)
	case event.StepStarted:
		if b.Agent == 0 {
			b.Agent, l.steps = l.root, b.Number
		}
		body = b
	case event.ArtefactSaved:
		if b.Agent == 0 {
			b.Agent = l.root
		}
		body = b
	case event.ModelFinished:
		l.usage = l.usage.Add(b.Usage)
	case event.RunFinished:
		body = event.AgentFinished{
			Name: l.started.Name, Status: b.Status, Answer: b.Answer, Text: b.Text, Unmet: b.Unmet, Steps: l.steps, Usage: l.usage, DurationMS: b.DurationMS,
		}
	case event.RunFailed:
		body = event.AgentFinished{Name: l.started.Name, Status: event.Failed, Fault: &b.Fault, Steps: l.steps, Usage: l.usage, DurationMS: b.DurationMS}
	case event.RunStopped:
		body = event.AgentFinished{Name: l.started.Name, Status: event.Stopped, Steps: l.steps, Usage: l.usage, DurationMS: b.DurationMS}
	}
	l.mu.Unlock()
	if _, ends := body.(event.AgentFinished); ends {
		ctx = context.WithoutCancel(ctx)
	}
	if begins {
		span = l.span
	}
	e, err := l.next.Record(ctx, span, body)
	if err == nil && begins {
		l.mu.Lock()
		l.root = e.Seq
		l.mu.Unlock()
		l.kept.began(e.Seq)
	}
	if err == nil {
		l.kept.saw(e)
	}
	return e, err
}

// call is the Seq of the AgentStarted, 0 if it has not begun.
func (l *memberLog) call() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.root
}

// who names the agent as event.Cast does: by the Seq of its first AgentStarted. 0 if it has not begun.
func (l *memberLog) who() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return cmp.Or(l.started.Since, l.root)
}

func (l *memberLog) begin(now event.RunStarted) event.AgentStarted {
	s := l.started
	s.Now = now
	return s
}
