// Package workbench is the desk: what a person or a script can do with Sandglass. The window, the command line and
// the web host drive this same API, so what one can do, all can do.
package workbench

import (
	"sandglass/backend/event"
	"sandglass/backend/fault"
	"sandglass/backend/llm"
)

// The types below cross to TypeScript as JSON (build/gen-events writes frontend/src/bridge/api.gen.ts from them).
// Times are milliseconds since 1970.

// StartRequest is a task for an agent.
type StartRequest struct {
	Task   string       `json:"task"`
	Agent  string       `json:"agent,omitempty"` // name of a saved agent; "" for the default one
	Model  llm.Ref      `json:"model,omitempty"` // overrides the agent's; "" for its own, else the default
	Files  []FileRef    `json:"files,omitempty"`
	Values []NamedValue `json:"values,omitempty"`
	From   *From        `json:"from,omitempty"`  // to go on from a step of another run; Task may then be empty
	Draft  *Agent       `json:"draft,omitempty"` // an agent that was not saved, in place of a saved one: to try it
}

// NamedValue is a Python variable that is set before the first step, as a person types it: text that is JSON is that
// value, any other is a text.
type NamedValue struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

// FileRef names an input file on this computer.
type FileRef struct {
	Path string `json:"path"`
	Var  string `json:"var,omitempty"` // Python variable that holds its path; "" derives it from the name
	// Image: the model is shown it, too. It must be an image, and the model must have vision, as far as that is known.
	Image bool `json:"image,omitempty"`
}

// FileInfo is what a look at an input file found; Fault says why it cannot be used.
type FileInfo struct {
	Path      string       `json:"path"`
	Name      string       `json:"name"`
	Var       string       `json:"var"`
	Size      int64        `json:"size"`
	MediaType string       `json:"media_type"`
	Rows      int64        `json:"rows,omitempty"`      // of a table, header not counted; 0 if not counted
	Encoding  string       `json:"encoding,omitempty"`  // utf-8, utf-16, windows-1252
	Delimiter string       `json:"delimiter,omitempty"` // of a CSV
	Width     int          `json:"width,omitempty"`     // pixels, of an image that a model with vision can be shown; 0 if it is none
	Height    int          `json:"height,omitempty"`
	Table     string       `json:"table,omitempty"` // of a Parquet or Feather file: how to read it and its columns, or why not
	Fault     *fault.Error `json:"fault,omitempty"`
}

// RunQuery selects runs for the history, newest first.
type RunQuery struct {
	Search string       `json:"search,omitempty"` // full text over tasks, thoughts, code, output and answers
	Status event.Status `json:"status,omitempty"`
	Agent  string       `json:"agent,omitempty"`
	Tag    string       `json:"tag,omitempty"`
	Parent event.RunID  `json:"parent,omitempty"` // runs that go on from this one
	Limit  int          `json:"limit,omitempty"`  // default 100
	Before event.RunID  `json:"before,omitempty"` // page on: runs older than this one
}

// RunPage is a page of the history.
type RunPage struct {
	Runs  []RunHit `json:"runs"`
	Total int      `json:"total"` // that match, on all pages
}

// RunHit is a run, and where the search found its words.
type RunHit struct {
	event.Run
	Snippet     string `json:"snippet,omitempty"`      // matches between U+E000 and U+E001
	ParentTitle string `json:"parent_title,omitempty"` // of the run that it goes on from; "" if that is not here
}

// EventPage is a part of a run's log, in order. Pull again after Last while More.
type EventPage struct {
	Events []event.Event `json:"events"`
	Last   int64         `json:"last"`
	More   bool          `json:"more"`
}

// Signal says that a run's log has grown; it is the payload of the "run" event. The log itself is pulled.
type Signal struct {
	Run event.RunID `json:"run"`
	Seq int64       `json:"seq"`
}

// Live is the payload of the "live" event: what streams in and is not recorded. Fragments of one span are to be
// appended; the recorded event that closes the span supersedes them.
type Live struct {
	Run      event.RunID `json:"run"`
	Span     int64       `json:"span"` // Seq of the ModelStarted or CodeStarted
	Text     string      `json:"text,omitempty"`
	Thinking string      `json:"thinking,omitempty"`
	Status   string      `json:"status,omitempty"`
	Stdout   string      `json:"stdout,omitempty"`
	Stderr   string      `json:"stderr,omitempty"`
	Again    bool        `json:"again,omitempty"` // first forget what came of this span: the reply begins anew
}

// ProviderKind is the protocol of a provider.
type ProviderKind string

// The kinds of providers.
const (
	KindOllama ProviderKind = "ollama"
	KindOpenAI ProviderKind = "openai" // any OpenAI-compatible server
	KindDemo   ProviderKind = "demo"   // scripted, no LLM
)

// Provider is a configured server of models. Its key is in the keyring, never here.
type Provider struct {
	Name    string       `json:"name"` // before the slash of a model reference
	Kind    ProviderKind `json:"kind"`
	BaseURL string       `json:"base_url,omitempty"`
	HasKey  bool         `json:"has_key,omitempty"` // read only
	Models  []string     `json:"models,omitempty"`  // ids to offer when the server cannot list them

	RequestsPerMinute int         `json:"requests_per_minute,omitempty"` // 0: no limit
	Prices            []llm.Price `json:"prices,omitempty"`              // of its models, where the server does not tell the cost
}

// ProviderModels is one provider with its models, or why they cannot be listed.
type ProviderModels struct {
	Provider Provider     `json:"provider"`
	Models   []llm.Info   `json:"models"`
	Fitness  []Fitness    `json:"fitness,omitempty"` // of those that were checked
	Suggest  string       `json:"suggest,omitempty"` // from a test: the address that would work
	Fault    *fault.Error `json:"fault,omitempty"`
}

// Recommendation is a model of Ollama's library that writes good Python for its size.
type Recommendation struct {
	Model   llm.Ref `json:"model"`
	Size    int64   `json:"size"`           // of the download, bytes
	Needs   int64   `json:"needs"`          // memory of a computer on which it runs well beside other programs, bytes
	About   string  `json:"about"`          // for a person
	Fits    bool    `json:"fits"`           // into this computer's memory
	Best    bool    `json:"best,omitempty"` // the one to begin with here
	Present bool    `json:"present,omitempty"`
}

// JobKind is what a Job does.
type JobKind string

// The kinds of jobs.
const (
	JobPull  JobKind = "pull"
	JobCheck JobKind = "check"
)

// JobState is where a job stands.
type JobState string

// The states. JobRunning is the only one that is not an end.
const (
	JobRunning   JobState = "running"
	JobDone      JobState = "done"
	JobFailed    JobState = "failed"
	JobCancelled JobState = "cancelled"
)

// Job is work on a model that takes a while and goes on whatever the window shows. It is the payload of the "job"
// event, which comes whenever it has changed.
type Job struct {
	ID        string       `json:"id"`
	Kind      JobKind      `json:"kind"`
	Model     llm.Ref      `json:"model"`
	State     JobState     `json:"state"`
	Status    string       `json:"status,omitempty"` // what it does now, for a person
	Done      int64        `json:"done"`             // bytes, or probes
	Total     int64        `json:"total"`            // 0 while not known
	PerSecond int64        `json:"per_second,omitempty"`
	StartedAt int64        `json:"started_at"`
	Fault     *fault.Error `json:"fault,omitempty"`
}

// Agent is a saved agent: a name and settings.
type Agent struct {
	Name         string            `json:"name"`
	Description  string            `json:"description,omitempty"`
	Instructions string            `json:"instructions,omitempty"` // appended to the system prompt
	Model        llm.Ref           `json:"model,omitempty"`        // "" for the default model
	Tools        []string          `json:"tools"`                  // names
	Imports      []string          `json:"imports,omitempty"`      // on top of the default list
	Hosts        []string          `json:"hosts,omitempty"`        // that its code may reach without asking: NAME, NAME:PORT, *.NAME, *
	MaxSteps     int               `json:"max_steps,omitempty"`    // 0 for 20
	Mode         event.Mode        `json:"mode,omitempty"`         // code or tools; "" for code
	Structured   string            `json:"structured,omitempty"`   // of an agent that writes Python: "on", "off", or "" for as the model needs it
	Guidance     string            `json:"guidance,omitempty"`     // how much an agent that writes Python is told: "full", "short", or "" by its model's size
	PlanEvery    int               `json:"plan_every,omitempty"`   // a plan before the first step and every so many steps; 0 for none
	Prompts      map[string]string `json:"prompts,omitempty"`      // texts of its own in place of the default ones
	Checks       []event.Check     `json:"checks,omitempty"`       // what a final answer must meet
	Team         []Teammate        `json:"team,omitempty"`         // agents that it can call
	Options      llm.Options       `json:"options"`
	Builtin      bool              `json:"builtin,omitempty"` // read only: cannot be deleted
	Changed      bool              `json:"changed,omitempty"` // read only: it is built in and was changed; deleting it undoes that
}

// AgentExport is an agent as a file.
type AgentExport struct {
	File string `json:"file"` // a name for it
	Text string `json:"text"`
}

// AgentFile is what a look at an exported agent found.
type AgentFile struct {
	Agent Agent  `json:"agent"`
	Taken bool   `json:"taken"` // an agent of this name is here already
	Free  string `json:"free"`  // a name that is not taken: its own, or one like it
	Lacks []Lack `json:"lacks"`
}

// LackKind is what kind of thing is not here.
type LackKind string

// The kinds of things that an agent can name and a computer can lack.
const (
	LackTool   LackKind = "tool"
	LackImport LackKind = "import"
	LackModel  LackKind = "model"
	LackAgent  LackKind = "agent" // of its team
)

// Lack is something that an agent names and this computer does not have, or cannot reach now.
type Lack struct {
	Kind LackKind `json:"kind"`
	Name string   `json:"name"`
	Why  string   `json:"why"` // what that means, and what to do
}

// Teammate is a saved agent in another one's team.
type Teammate struct {
	Agent  string `json:"agent"`            // its name
	Memory bool   `json:"memory,omitempty"` // it remembers, within a run, what it was asked before
}

// Prompt is a text that a model is told, as an agent has it.
type Prompt struct {
	Name         string       `json:"name"` // code, tools, plan, replan, final, managed, report
	Default      string       `json:"default"`
	Placeholders []string     `json:"placeholders,omitempty"`
	Preview      string       `json:"preview"`         // what the model gets, with the agent's real tools
	Tokens       int          `json:"tokens"`          // of the preview, estimated
	Fault        *fault.Error `json:"fault,omitempty"` // why the agent's own text cannot be used
}

// Settings are the user's, apart from agents and keys.
type Settings struct {
	Theme        string     `json:"theme"` // "system", "light", "dark"
	DefaultModel llm.Ref    `json:"default_model"`
	DefaultAgent string     `json:"default_agent"`
	Providers    []Provider `json:"providers"`
	StepSeconds  int        `json:"step_seconds"` // limit of one step's code
	MemoryMiB    int        `json:"memory_mib"`   // limit of the sandbox
	OutputKiB    int        `json:"output_kib"`   // of printed text that a step keeps, each stream
	ScratchMiB   int        `json:"scratch_mib"`  // of files that a run's code writes
	ScratchFiles int        `json:"scratch_files"`
	ModelTries   int        `json:"model_tries"`             // of one call of a model, if its fault may pass
	FirstToken   int        `json:"first_token_seconds"`     // limit for a model's first word, loading not counted
	StateRuns    int        `json:"state_runs"`              // of how many runs the sandbox's states are kept; 0 for none
	StateMiB     int        `json:"state_mib"`               // and how much disk they may take
	AllowPrivate []string   `json:"allow_private,omitempty"` // hosts on private networks that visit_webpage may reach, and code that was allowed to
}

// Status is what works right now.
type Status struct {
	Version string           `json:"version"`
	Home    string           `json:"home"`   // data folder
	Memory  int64            `json:"memory"` // of this computer, bytes; 0 if not known
	Ollama  OllamaStatus     `json:"ollama"`
	Runtime RuntimeStatus    `json:"runtime"`
	Keyring KeyringStatus    `json:"keyring"`
	Advised []Recommendation `json:"advised"`           // models for this computer, smallest first
	Notices []fault.Error    `json:"notices,omitempty"` // what went wrong at the start and is mended or survived
}

// OllamaStatus says whether Ollama answers.
type OllamaStatus struct {
	URL     string       `json:"url"`
	Running bool         `json:"running"`
	Version string       `json:"version,omitempty"`
	Models  int          `json:"models"`
	Fault   *fault.Error `json:"fault,omitempty"`
}

// RuntimeStatus is the state of the Python runtime. State is "missing", "preparing" (compiling to machine code at
// the first start), "ready" or "failed".
type RuntimeStatus struct {
	State    string       `json:"state"`
	Python   string       `json:"python,omitempty"` // "3.13.5"
	Key      string       `json:"key,omitempty"`
	Packages int          `json:"packages,omitempty"` // how many there are besides the standard library; 0: the base runtime
	Fault    *fault.Error `json:"fault,omitempty"`
}

// KeyringStatus says where keys are kept: "system" (the OS keyring) or "file" (encrypted by nothing but the file's
// permissions, when the system has no keyring).
type KeyringStatus struct {
	Kind   string `json:"kind"`
	Detail string `json:"detail,omitempty"`
}

// Sample is a task that shows what the app does; it runs with the demo model or any other.
type Sample struct {
	ID    string   `json:"id"`
	Title string   `json:"title"`
	Text  string   `json:"text"`
	Task  string   `json:"task"`
	Files []string `json:"files,omitempty"` // names
}

// VariableQuery asks for a page of a variable, as it was after a piece of a run's code. Path leads into the value by
// positions: [2, 0] is the first part of the third one.
type VariableQuery struct {
	Code   int64  `json:"code"` // Seq of the CodeStarted
	Name   string `json:"name"`
	Path   []int  `json:"path,omitempty"`
	Offset int    `json:"offset,omitempty"` // of the first row, entry or character
	Limit  int    `json:"limit,omitempty"`  // rows or entries, 500 at most
}

// ArtefactData is a file that a run wrote.
type ArtefactData struct {
	Name      string `json:"name"`
	MediaType string `json:"media_type"`
	Size      int64  `json:"size"`
	Base64    string `json:"base64"`
}
