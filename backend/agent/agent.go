// Package agent is the agent: it thinks, acts, observes, and repeats until it answers. It acts by writing Python, or by
// calling tools (style.go). loop.go is the whole of it; the other files are what the loop stands on. The shape is that
// of smolagents' CodeAgent and ToolCallingAgent (ReAct; final_answer ends the run).
package agent

import (
	"context"
	"encoding/json"
	"io"

	"sandglass/backend/event"
	"sandglass/backend/llm"
	"sandglass/backend/permit"
	"sandglass/backend/sandbox"
	"sandglass/backend/tools"
)

// DefaultMaxSteps is how many steps an agent has if nothing else is said (as in smolagents).
const DefaultMaxSteps = 20

// Agent is a model with tools, a sandbox and settings. It may run several tasks at once.
type Agent struct {
	Name         string
	Model        llm.Model
	Ref          llm.Ref // how the model is named in the log
	Sandbox      sandbox.Sandbox
	Tools        []tools.Tool
	Imports      []string              // authorized imports; nil for sandbox.DefaultImports
	DenyImports  []string              // taken off them again
	Packages     []sandbox.Package     // that the user added; importable if they are among Imports
	Instructions string                // appended to the system prompt
	MaxSteps     int                   // 0 for DefaultMaxSteps
	Short        bool                  // the system prompt is the short one, for large models: without example
	Mode         event.Mode            // how it acts; "" for code
	Checks       []event.Check         // what an answer must meet
	Prompts      map[string]string     // texts of its own in place of the default ones, by name (PromptNames)
	Judges       map[llm.Ref]llm.Model // those that its checks name
	PlanEvery    int                   // a plan before the first step, and then every so many; 0 for none
	MayStructure bool                  // an agent that writes Python may go over to JSON by a schema, if the model loses the free form
	Room         Room                  // nil if the size of the context is the server's alone to decide
	NoPython     bool                  // if it acts by tool calls: without the tool python
	Options      llm.Options
	Limits       sandbox.Limits
	Network      bool   // code may ask for web addresses: the prompt says so
	App, Runtime string // version of the app, key of the Python runtime: noted in the log
}

// Room says how large a context the agent's model can have; false if its server cannot tell now. It is asked before the
// first call.
type Room func(ctx context.Context) (llm.Room, bool)

// Task is what a run is given.
type Task struct {
	Text  string
	Files []File
	Vars  []event.InputVar
	From  *Fork // nil for a run that begins anew
}

// Fork is what a run goes on from. Its Task is said to the model after all that; it may be empty. The Agent's Sandbox must
// open sessions that have the state after Step.
type Fork struct {
	Parent        event.RunID
	Step          int
	Gone, Changed []string      // input files, by name
	Events        []event.Event // up to the end of Step, as they stand at the beginning of this run's log
	Code          string        // what a person wants to run first, in place of what the model would say; "" for nothing
	Unfold        bool          // the model is told all steps whole again, as far as they fit
	Plan          *string       // the plan as the person wants it, "" for none; nil to leave it
}

// File is an input file: how the log and the prompt describe it, and how it is read.
type File struct {
	event.InputFile
	Open      func() (io.ReadSeekCloser, error)
	Picture   []byte // the content of Shown, until the run keeps it
	Inherited bool   // from the run that this one goes on from: the log and the state have it already
}

// Recorder writes facts to the run's log. An error ends the run.
type Recorder interface {
	Record(ctx context.Context, span int64, body event.Body) (event.Event, error)
}

// Watcher sees what is not recorded: fragments of a reply and printed text as they come. Calls must return quickly.
type Watcher interface {
	Streamed(span int64, d llm.Delta)
	Printed(span int64, text string, stderr bool)
}

// Blobs keeps the files that code writes.
type Blobs interface {
	PutBlob(ctx context.Context, mediaType string, r io.Reader) (hash string, size int64, err error)
	OpenBlob(ctx context.Context, hash string) (io.ReadCloser, error)
}

// Ports are what a run needs from the outside besides the agent itself. All but Record may be nil.
type Ports struct {
	Record Recorder
	Watch  Watcher
	Blobs  Blobs
	Opened func(sandbox.Session) // is told of the session, for tools that look at its files
	Gate   permit.Gate           // decides on imports and hosts at first need; nil denies
	Fetch  sandbox.Fetcher       // makes the requests that the gate allowed
	Past   Past                  // brings back what called agents had, in a run that goes on from another one
	Ear    Ear
}

// Ear gives what the user has said to the agents of a run: UserSteered, PlanEdited and CompactionUndone, recorded already. An
// agent is named by the Seq of the AgentStarted of its call; the run's own by 0.
type Ear interface {
	Hear(call int64) []event.Event  // since it was last asked
	Close(call int64) []event.Event // the same, when the agent has ended: nothing more can be said to it
}

type spanKey struct{}

// SpanOf tells a tool or a model which span its call belongs to, so that what it records (a question to the user, a
// wait) hangs in the right place of the log. It is 0 outside a run.
func SpanOf(ctx context.Context) int64 {
	span, _ := ctx.Value(spanKey{}).(int64)
	return span
}

func withSpan(ctx context.Context, span int64) context.Context {
	return context.WithValue(ctx, spanKey{}, span)
}

func (a *Agent) maxSteps() int {
	if a.MaxSteps > 0 {
		return a.MaxSteps
	}
	return DefaultMaxSteps
}

func (a *Agent) imports() []string {
	if a.Imports != nil {
		return a.Imports
	}
	return sandbox.DefaultImports()
}

// started is the first event of a run: everything that the prompt is derived from.
func (a *Agent) started(t Task, system string, setup json.RawMessage) event.RunStarted {
	s := event.RunStarted{
		Task: t.Text, Agent: a.Name, Model: a.Ref, Mode: a.Mode, System: system, Checks: a.Checks, PlanEvery: a.PlanEvery, Imports: a.imports(), Vars: t.Vars,
		MaxSteps: a.maxSteps(), Options: a.Options, App: a.App, Runtime: a.Runtime, Setup: setup,
	}
	for name, text := range a.Prompts { // the system prompt is in the event as it was rendered
		if !isSystem(name) {
			if s.Prompts == nil {
				s.Prompts = map[string]string{}
			}
			s.Prompts[name] = text
		}
	}
	team, others := membersOf(a.Tools)
	s.Team = team
	for _, tool := range others {
		s.Tools = append(s.Tools, tool.Spec().Name)
	}
	for _, f := range t.Files {
		if !f.Inherited {
			s.Files = append(s.Files, f.InputFile)
		}
	}
	return s
}

// config is what the sandbox is opened with.
func (a *Agent) config(t Task) sandbox.Config {
	c := sandbox.Config{Limits: a.Limits, Imports: a.imports(), Denied: a.DenyImports, Packages: a.Packages, Vars: map[string]json.RawMessage{}, Origin: sandbox.NewOrigin()}
	for _, v := range t.Vars {
		c.Vars[v.Name] = v.JSON
	}
	for _, f := range t.Files {
		sf := sandbox.File{Name: f.Name, Var: f.Var, Size: f.Size, Open: f.Open}
		if f.Inherited {
			sf.Var = "" // the code may have given it another value
		}
		c.Files = append(c.Files, sf)
	}
	for _, tool := range a.Tools {
		spec := tool.Spec()
		st := sandbox.Tool{Name: spec.Name, Doc: spec.Doc, Rest: spec.Rest}
		for _, p := range spec.Params {
			st.Params = append(st.Params, sandbox.Param{Name: p.Name, Required: p.Required, Default: p.Default})
		}
		c.Tools = append(c.Tools, st)
	}
	if a.tool(fullOutput) == nil {
		c.Tools = append(c.Tools, wholeTool())
	}
	return c
}
