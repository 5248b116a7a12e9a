package event

import (
	"encoding/json"

	"sandglass/backend/fault"
	"sandglass/backend/llm"
)

// Bodies lists every kind of fact, one zero value each: the registry for decoding and for the TypeScript union
// (build/gen-events).
func Bodies() []Body {
	return []Body{
		RunStarted{}, StepStarted{}, ModelStarted{}, ModelDelayed{}, ModelFinished{}, ReplyUnusable{}, CodeStarted{}, CodeFinished{},
		CallsMade{}, ToolStarted{}, ToolFinished{}, ModeChanged{}, PlanMade{}, PlanEdited{}, UserSteered{}, ContextCompacted{}, CompactionUndone{}, AnswerChecked{}, LoopNoticed{}, QuestionAsked{}, QuestionAnswered{}, ArtefactSaved{},
		PermissionAsked{}, PermissionDecided{}, FetchStarted{}, FetchFinished{}, AgentStarted{}, AgentFinished{},
		RunFinished{}, RunFailed{}, RunStopped{}, RunInterrupted{}, RunForked{},
	}
}

// RunStarted opens a run. It holds all that the prompt is derived from, so that the run can be understood when the
// agent's settings, the templates or the tools have changed since.
type RunStarted struct {
	Task      string            `json:"task"`
	Agent     string            `json:"agent"`             // name of the agent
	Model     llm.Ref           `json:"model"`             // "ollama/qwen3:8b"
	Mode      Mode              `json:"mode,omitempty"`    // how it acts; "" for code
	System    string            `json:"system"`            // the rendered system prompt
	Tools     []string          `json:"tools,omitempty"`   // names
	Team      []Member          `json:"team,omitempty"`    // agents that it can call
	Imports   []string          `json:"imports,omitempty"` // authorized imports
	Files     []InputFile       `json:"files,omitempty"`
	Vars      []InputVar        `json:"vars,omitempty"`
	MaxSteps  int               `json:"max_steps"`
	Prompts   map[string]string `json:"prompts,omitempty"`    // texts of the agent's own: plan, replan, final
	Checks    []Check           `json:"checks,omitempty"`     // what the answer must meet
	PlanEvery int               `json:"plan_every,omitempty"` // steps from one plan to the next; 0 for none
	Options   llm.Options       `json:"options"`
	Runtime   string            `json:"runtime,omitempty"` // key of the Python runtime
	App       string            `json:"app,omitempty"`     // version of Sandglass
	// Setup is what the sandbox was opened with (sandbox.Config as JSON), to execute the run's code again.
	Setup json.RawMessage `json:"setup,omitempty"`
}

// RunForked says that a run goes on from another one: the events before it are those of Parent up to the end of a step,
// so that the log is whole without it. The sandbox's state is that after this step.
type RunForked struct {
	Parent  RunID      `json:"parent"`
	Step    int        `json:"step"`              // number of the last step that was taken over, 0 for none
	Gone    []string   `json:"gone,omitempty"`    // names of the parent's input files that are not there any more
	Changed []string   `json:"changed,omitempty"` // and of those that have another content now
	Now     RunStarted `json:"now"`               // how it goes on; its Task is what the user says now, or ""
}

// Mode is how an agent acts.
type Mode string

// The modes. The command line knows the first three; an agent goes over to the last by itself.
const (
	ModeCode        Mode = "code"          // each action is a block of Python
	ModeStructured  Mode = "structured"    // the same, as JSON that follows a schema
	ModeTools       Mode = "tools"         // the model's native tool calls
	ModeToolsInText Mode = "tools_in_text" // tool calls that the model writes into its text
)

// ModeChanged says that the model refused the way of acting that it was asked for, and what is tried instead. It
// belongs to the model call that was refused; System replaces the system prompt.
type ModeChanged struct {
	To     Mode   `json:"to"`
	Why    string `json:"why"` // for a person
	System string `json:"system"`
}

// Check is a condition that a final answer must meet.
type Check struct {
	Kind  CheckKind `json:"kind"`
	Value string    `json:"value,omitempty"`
	Model llm.Ref   `json:"model,omitempty"` // of a judge; "" for the run's
}

// CheckKind says what a check looks at; Value means something else in each.
type CheckKind string

// The kinds of checks, as the command line calls them.
const (
	CheckType     CheckKind = "type"      // number, integer, text, boolean, list, dict, table, or the name of a Python type
	CheckNotEmpty CheckKind = "not_empty" // no value: the answer is not "", None, [], {}
	CheckRange    CheckKind = "range"     // a number from 0..1, at least 0.., at most ..1
	CheckRegex    CheckKind = "regex"     // the answer as text has a match (RE2)
	CheckSchema   CheckKind = "schema"    // a JSON schema
	CheckPython   CheckKind = "python"    // a Python expression with answer, evaluated in the sandbox
	CheckJudge    CheckKind = "judge"     // a condition in words, which the model judges
)

// PlanMade is a plan: facts and steps. It takes the place of the one before in what the model is told.
type PlanMade struct {
	Plan string `json:"plan"`
}

// PlanEdited is the plan as a person wants it; "" for none. It takes the place of the one before from the next call for
// a plan, an action or an answer on (ModelStarted.Heard).
type PlanEdited struct {
	Plan string `json:"plan"`
}

// UserSteered is what the user told the agent while it ran. The model is told with the next call for a plan, an action
// or an answer (ModelStarted.Heard); if none came any more, when the run is gone on from. What is said to a called agent has
// the span of its AgentStarted; if that ends before it reads it, its manager is told, by another UserSteered.
type UserSteered struct {
	Text string `json:"text"`
	For  string `json:"for,omitempty"` // name of the called agent that it was said to, and that has ended; "" otherwise
}

// Budget is how many tokens the parts of a prompt have: estimated, and corrected by what the server counted before.
type Budget struct {
	System int `json:"system"`
	Tools  int `json:"tools,omitempty"` // offered natively; otherwise they are in the system prompt
	Task   int `json:"task"`
	Plan   int `json:"plan,omitempty"`
	Steps  int `json:"steps,omitempty"`
	Limit  int `json:"limit,omitempty"` // of the context, if it is known
	Most   int `json:"most,omitempty"`  // that the model reads, if it is known
	Asked  int `json:"asked,omitempty"` // what a person wants, if that is more
	// Bytes of memory that a context of Limit takes, if it is known.
	Bytes int64 `json:"bytes,omitempty"`
}

// Total is all parts together.
func (b Budget) Total() int { return b.System + b.Tools + b.Task + b.Plan + b.Steps }

// ContextCompacted says that old steps were folded into a few words, because the context got full. They stay in the log.
type ContextCompacted struct {
	Messages int    `json:"messages"`        // after the task, that were folded
	Summary  string `json:"summary"`         // what the model is told in their place
	Why      string `json:"why"`             // for a person
	Heard    int64  `json:"heard,omitempty"` // Seq of a CompactionUndone that it comes after; 0 if none waited
}

// CompactionUndone says that a person wants the model to be told all steps whole again, from its next call on. They are
// folded again only if they do not fit into the context at all. Of a called agent it has the span of its AgentStarted.
type CompactionUndone struct{}

// CheckResult is what came of one check.
type CheckResult struct {
	Check
	Passed bool   `json:"passed"`
	Why    string `json:"why,omitempty"` // if not passed: what the answer is instead; for a judge always
}

// AnswerChecked says whether a final answer met its checks. If not, Advice is what the model is told, and the agent
// goes on.
type AnswerChecked struct {
	Passed  bool          `json:"passed"`
	Results []CheckResult `json:"results"`
	Advice  string        `json:"advice,omitempty"`
}

// InputFile is a file given with the task. Python sees it read-only at Path, and its path in the variable Var.
type InputFile struct {
	Name      string `json:"name"`
	Var       string `json:"var"`
	Path      string `json:"path"`             // inside the sandbox: /input/sales.csv
	Source    string `json:"source,omitempty"` // on the computer, for the user only; never sent to a model
	Size      int64  `json:"size"`
	MediaType string `json:"media_type,omitempty"`
	Hint      string `json:"hint,omitempty"`     // what the prompt says of it: encoding, delimiter, first lines
	ModTime   int64  `json:"mod_time,omitempty"` // milliseconds since 1970
	SHA256    string `json:"sha256,omitempty"`   // of its content when the run began; "" for files over 256 MB
	// Shown is the image that a model with vision is shown with the task; nil if it is not.
	Shown *Picture `json:"shown,omitempty"`
	Blob  string   `json:"blob,omitempty"` // of a file that a manager made and handed over: its hash in the blob store; Source is then ""
}

// Picture is an image as a model gets it: perhaps scaled down, or converted.
type Picture struct {
	Blob      string `json:"blob"`       // hash in the blob store
	MediaType string `json:"media_type"` // image/png or image/jpeg
	Width     int    `json:"width"`      // pixels
	Height    int    `json:"height"`
}

// InputVar is a named value given with the task.
type InputVar struct {
	Name string          `json:"name"`
	JSON json.RawMessage `json:"json"`
}

// StepStarted opens a step; numbers begin with 1.
type StepStarted struct {
	Number int   `json:"number"`
	Agent  int64 `json:"agent,omitempty"` // Seq of the AgentStarted whose step it is; 0 for the run's own
}

// ModelStarted opens a call of the model. The prompt itself is not stored: it is Memory over the events up to and
// including Through.
type ModelStarted struct {
	Model   llm.Ref     `json:"model"`
	Purpose string      `json:"purpose"`         // "act", "concede" for the answer after the last step, "judge" for a check, "plan"
	About   string      `json:"about,omitempty"` // what is judged; the rest of the prompt comes from the events before
	Through int64       `json:"through"`         // Seq of the last event that the prompt is folded from
	Heard   int64       `json:"heard,omitempty"` // Seq of the last UserSteered, PlanEdited or CompactionUndone that is new in it; 0 if none is
	Options llm.Options `json:"options"`
	Stop    []string    `json:"stop,omitempty"`
	Budget  *Budget     `json:"budget,omitempty"` // its tokens by part
}

// ModelDelayed says that a wait began before the call is tried (again): a fault that may pass, or the rate limit.
type ModelDelayed struct {
	Try       int          `json:"try"`                  // the try that comes after the wait, from 1
	WaitMS    int64        `json:"wait_ms"`              // as planned; the user can cut it short
	Fault     *fault.Error `json:"fault,omitempty"`      // of the try before
	PerMinute int          `json:"per_minute,omitempty"` // the provider's rate limit, if that is the reason
}

// ModelFinished is a whole reply.
type ModelFinished struct {
	Text       string     `json:"text"`
	Thinking   string     `json:"thinking,omitempty"`
	Calls      []llm.Call `json:"calls,omitempty"`
	Finish     llm.Finish `json:"finish"`
	Usage      llm.Usage  `json:"usage"`
	DurationMS int64      `json:"duration_ms"`
	LoadMS     int64      `json:"load_ms,omitempty"`   // of that, loading the model
	PromptMS   int64      `json:"prompt_ms,omitempty"` // reading the prompt
	OutputMS   int64      `json:"output_ms,omitempty"` // writing the completion
	WaitedMS   int64      `json:"waited_ms,omitempty"` // in all ModelDelayed of the call
}

// ReplyUnusable says that a reply held no action; Advice is the observation that the model gets.
type ReplyUnusable struct {
	Reason string `json:"reason"` // for a person
	Advice string `json:"advice"` // for the model
}

// CodeStarted is an action: the thought, and the Python that is about to run.
type CodeStarted struct {
	Thought string   `json:"thought,omitempty"`
	Code    string   `json:"code"`
	Mended  []string `json:"mended,omitempty"` // what the tolerant parser had to put right
	Call    string   `json:"call,omitempty"`   // ID of the call, if the model called the tool python
	Edited  bool     `json:"edited,omitempty"` // a person wrote it, not the model
}

// CodeFinished is what came of it. Observation is what the model is told.
type CodeFinished struct {
	Stdout      string   `json:"stdout,omitempty"`
	Stderr      string   `json:"stderr,omitempty"`
	Truncated   int64    `json:"truncated,omitempty"` // bytes of output beyond the limit
	Value       *Value   `json:"value,omitempty"`     // of the last expression, if not None
	Final       *Value   `json:"final,omitempty"`     // final_answer was called with this
	Error       *PyError `json:"error,omitempty"`
	Killed      string   `json:"killed,omitempty"` // "", "time", "memory", "output", "exit", "crash", "refused" (it never ran)
	Observation string   `json:"observation"`
	DurationMS  int64    `json:"duration_ms"`
	// Variables is what the step changed; nil if it changed none. All of a step's variables are a fold over the steps.
	Variables *Variables `json:"variables,omitempty"`
	// What came in from outside, to execute the step again (sandbox.Session.Replay); a long tape is a blob.
	Tape     []byte `json:"tape,omitempty"`
	TapeBlob string `json:"tape_blob,omitempty"`
}

// Ran says whether the code was run at all, whatever came of it.
func (c CodeFinished) Ran() bool { return c.Killed != "refused" }

// Value is a Python value as a person and a model can see it.
type Value struct {
	Type  string          `json:"type"`            // name of its Python type
	Repr  string          `json:"repr"`            // cut to 20,000 characters
	JSON  json.RawMessage `json:"json,omitempty"`  // absent if the value is not JSON-able
	Table *Table          `json:"table,omitempty"` // if it is one: a list of dicts with the same keys, a data frame
	// Display names the artefact that shows the value, if it is a figure, an image or a page.
	Display string `json:"display,omitempty"`
}

// Table is the head of a table.
type Table struct {
	Columns []string `json:"columns"`
	Rows    [][]any  `json:"rows"`  // cells: string, number, bool or null
	Total   int      `json:"total"` // rows in all
}

// PyError is a Python exception.
type PyError struct {
	Type      string `json:"type"`
	Message   string `json:"message"`
	Line      int    `json:"line,omitempty"` // in the step's code, from 1; 0 if not known
	Traceback string `json:"traceback"`      // frames of the step and below, without the driver's
}

// CallsMade is an action of tool calls, about to be made: all at the same time, but for Python, whose calls follow each
// other. Every call is then a ToolStarted, or a CodeStarted for python, with its ID.
type CallsMade struct {
	Thought string     `json:"thought,omitempty"`
	Calls   []llm.Call `json:"calls"`            // in the model's order; IDs differ
	Mended  []string   `json:"mended,omitempty"` // what the tolerant parser had to put right
}

// ToolStarted opens a call of a tool, from code or by the model.
type ToolStarted struct {
	Name string          `json:"name"`
	Args json.RawMessage `json:"args"`
	Call string          `json:"call,omitempty"` // ID of the call, if the model made it
}

// ToolFinished closes it. A tool's failure is a result, not the end of the run.
type ToolFinished struct {
	Name       string `json:"name"`
	Result     string `json:"result,omitempty"` // cut; code got it whole, a model that calls tools got this
	Error      string `json:"error,omitempty"`
	Bytes      int64  `json:"bytes,omitempty"` // size of the whole result
	DurationMS int64  `json:"duration_ms"`
}

// LoopNoticed says that the same code gave the same result again; Advice is what the model is told.
type LoopNoticed struct {
	Times  int    `json:"times"`
	Advice string `json:"advice"`
}

// QuestionAsked says that the agent waits for the user.
type QuestionAsked struct {
	Question string `json:"question"`
	Agent    string `json:"agent,omitempty"` // name of the called agent that asks; "" for the run's own
}

// QuestionAnswered closes it.
type QuestionAnswered struct {
	Answer string `json:"answer"`
}

// ArtefactSaved is a file that the code wrote to its scratch folder, or a value that it displayed.
type ArtefactSaved struct {
	Name      string `json:"name"` // relative to the scratch folder; "displayed/…" for a value
	MediaType string `json:"media_type"`
	Size      int64  `json:"size"`
	Blob      string `json:"blob"` // hash in the blob store
	// Displayed: it is no file of the scratch folder, the code showed it; it belongs where it was shown.
	Displayed bool  `json:"displayed,omitempty"`
	Agent     int64 `json:"agent,omitempty"` // Seq of the AgentStarted whose file it is; 0 for the run's own
	// From is who handed it over: a called agent whose answer named it, after a call by the model. What code called
	// wrote its files itself.
	From string `json:"from,omitempty"`
	// Whole: it is no file either, but all of a text that the events hold only a part of: what a step printed, or a tool gave.
	Whole bool `json:"whole,omitempty"`
}

// RunFinished ends a run with an answer.
type RunFinished struct {
	Status     Status    `json:"status"` // Finished or MaxSteps
	Answer     *Value    `json:"answer,omitempty"`
	Text       string    `json:"text"`            // the answer as text
	Unmet      []string  `json:"unmet,omitempty"` // checks that the answer does not meet, in words
	Steps      int       `json:"steps"`
	Usage      llm.Usage `json:"usage"`
	DurationMS int64     `json:"duration_ms"`
}

// RunFailed ends a run that could not go on through no fault of the model's code.
type RunFailed struct {
	Fault      fault.Error `json:"fault"`
	DurationMS int64       `json:"duration_ms"`
}

// RunStopped ends a run that the user stopped.
type RunStopped struct {
	DurationMS int64 `json:"duration_ms"`
}

// RunInterrupted ends, at the next start, a run during which the app died.
type RunInterrupted struct{}

// Kind is the name on the wire.
func (RunStarted) Kind() string       { return "run_started" }
func (StepStarted) Kind() string      { return "step_started" }
func (ModelStarted) Kind() string     { return "model_started" }
func (ModelDelayed) Kind() string     { return "model_delayed" }
func (ModelFinished) Kind() string    { return "model_finished" }
func (ReplyUnusable) Kind() string    { return "reply_unusable" }
func (CodeStarted) Kind() string      { return "code_started" }
func (CodeFinished) Kind() string     { return "code_finished" }
func (CallsMade) Kind() string        { return "calls_made" }
func (ModeChanged) Kind() string      { return "mode_changed" }
func (ToolStarted) Kind() string      { return "tool_started" }
func (ToolFinished) Kind() string     { return "tool_finished" }
func (PlanMade) Kind() string         { return "plan_made" }
func (PlanEdited) Kind() string       { return "plan_edited" }
func (UserSteered) Kind() string      { return "user_steered" }
func (CompactionUndone) Kind() string { return "compaction_undone" }
func (ContextCompacted) Kind() string { return "context_compacted" }
func (AnswerChecked) Kind() string    { return "answer_checked" }
func (LoopNoticed) Kind() string      { return "loop_noticed" }
func (QuestionAsked) Kind() string    { return "question_asked" }
func (QuestionAnswered) Kind() string { return "question_answered" }
func (ArtefactSaved) Kind() string    { return "artefact_saved" }
func (RunFinished) Kind() string      { return "run_finished" }
func (RunFailed) Kind() string        { return "run_failed" }
func (RunStopped) Kind() string       { return "run_stopped" }
func (RunInterrupted) Kind() string   { return "run_interrupted" }
func (RunForked) Kind() string        { return "run_forked" }
