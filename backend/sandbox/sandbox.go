// Package sandbox is the port to the place where an agent's Python runs. The one implementation is
// sandbox/cpython: CPython in WebAssembly, without host files, network, environment or processes.
package sandbox

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"io"
	"io/fs"
	"time"

	"sandglass/backend/event"
)

// Sandbox opens sessions.
type Sandbox interface {
	// Open starts a session. Faults: RuntimeMissing, Invalid (a bad variable name, a file that vanished),
	// SandboxFailed.
	Open(ctx context.Context, cfg Config, host Host) (Session, error)
	// Restore starts a session with the state that chain describes, in this process or another one: the first state is a
	// full one, each other one is based on the one before it (see Session.Snapshot). Tools and imports become those of cfg;
	// its Vars, and the variables of its Files, are set on top of those that there were. Randomness and clock go on from
	// cfg.Origin: two sessions that are restored from one state draw different numbers, unless their origins are the same.
	// Faults: those of Open; StateUnusable (damaged, of another runtime, or an input file that it has open is missing).
	Restore(ctx context.Context, cfg Config, host Host, chain []State) (Session, error)
}

// Session is one Python interpreter; variables, functions and imports persist between runs of code. It is not safe
// for concurrent use, but for Close.
type Session interface {
	// Run executes one step. What the code did wrong (exceptions, limits) is in the Output; an error is ours:
	// ctx was cancelled (the state is then as it was before the step), or SandboxFailed.
	Run(ctx context.Context, code string) (Output, error)
	// Replay executes a step again with what came in from outside then: Output.Tape of the recorded step. The host's tools
	// are not called, and sleep does not wait. Where the step goes another way than then, Output.Diverged says how. A step
	// that ran out of time runs, and is killed, just as far.
	Replay(ctx context.Context, code string, tape []byte) (Output, error)
	// Snapshot captures the state after the last step: memory, files, open files. full asks for one that needs no other;
	// otherwise it is the difference to the one that Snapshot gave before, or that the session was restored from.
	Snapshot(ctx context.Context, full bool) (State, error)
	// Check says whether code parses, without running it: nil, or the SyntaxError.
	Check(ctx context.Context, code string) (*event.PyError, error)
	// Inspect gives a page of a variable as it is between steps: from offset on, at most limit rows or entries (500 at
	// most; of a text 20,000 characters). path leads into it by positions: 2, 0 is the first part of the third. No code
	// of the steps runs, and nothing changes. Faults: NotFound (no such variable or part), Conflict (a step is running),
	// SandboxFailed.
	Inspect(ctx context.Context, name string, path []int, offset, limit int) (event.Page, error)
	// Holds evaluates an expression in which answer is the answer: as JSON, or, if that is nil, the object that final_answer
	// was last called with. It sees the session's variables and changes nothing. What is wrong with it is the PyError.
	Holds(ctx context.Context, expr string, answer json.RawMessage) (bool, *event.PyError, error)
	// Answer is the object that final_answer was last called with, as an agent hands it to another one: JSON with bytes and
	// data frames in it. The error says what of it cannot be handed on.
	Answer(ctx context.Context) (json.RawMessage, error)
	// Put writes a file to the scratch folder between steps, in place of one of that name. Faults: Invalid (no proper name),
	// DiskFull (beyond the limits).
	Put(ctx context.Context, name string, data []byte) error
	// Scratch is the folder that the code writes to, as it stands now. It may be read while a step runs, and after Close.
	Scratch() fs.FS
	// Close stops a step that is under way and frees the session.
	Close() error
}

// Config is what a session is opened with. Its JSON form, which leaves out inputs, is kept with a run: what is needed to
// execute the run's code again.
type Config struct {
	Limits  Limits
	Imports []string // authorized imports: "pkg", "pkg.*", "*"; nil for DefaultImports
	Denied  []string // taken off Imports again, in the same form; an ImportAsker is asked about them
	Tools   []Tool
	Files   []File                     `json:"-"`
	Vars    map[string]json.RawMessage `json:"-"` // become Python variables
	// Packages are importable besides what the runtime brings, and go after it. They must be among Imports as well.
	Packages []Package `json:",omitempty"`
	Origin   Origin    // zero: fresh randomness, the present time
}

// Origin is where the randomness and the clock of a session begin. With the same origin, code, tools and tapes, every
// output is the same to the byte.
type Origin struct {
	Seed  []byte `json:",omitempty"` // 32 bytes
	Clock int64  `json:",omitempty"` // nanoseconds since 1970; while a session opens, time stands still
}

// NewOrigin gives fresh randomness and the present time.
func NewOrigin() Origin {
	o := Origin{Seed: make([]byte, 32), Clock: time.Now().UnixNano()}
	_, _ = rand.Read(o.Seed) // never fails (source: package crypto/rand)
	return o
}

// State is what Session.Snapshot captured.
type State struct {
	ID    string // names the content: SHA-256 of Data, hexadecimal
	Base  string // ID of the state that this one is the difference to; "" for a full one
	Image string // names the memory image of the runtime; a state works with no other one
	Step  int    // how many steps the session had run
	Raw   int64  // bytes that changed, uncompressed
	Data  []byte // compressed, with a checksum
}

// Limits bound one session. Zero means the default.
type Limits struct {
	Step         time.Duration // wall time of a step, but for that in tools, until StepTimeout is raised; default 60 s
	Grace        time.Duration // after that, until the step is killed; default 2 s
	MemoryBytes  int64         // of the interpreter's linear memory; default 1 GiB; less than about 60 MiB is taken as that
	OutputBytes  int64         // of stdout and stderr that is kept, each; default 64 KiB; 64 times that much in all kills
	ScratchBytes int64         // of files written; default 256 MiB
	ScratchFiles int           // default 10,000
}

// WithDefaults fills the zero values.
func (l Limits) WithDefaults() Limits {
	def := func(p *int64, v int64) {
		if *p == 0 {
			*p = v
		}
	}
	if l.Step == 0 {
		l.Step = time.Minute
	}
	if l.Grace == 0 {
		l.Grace = 2 * time.Second
	}
	if l.ScratchFiles == 0 {
		l.ScratchFiles = 10_000
	}
	def(&l.MemoryBytes, 1<<30)
	def(&l.OutputBytes, 64<<10)
	def(&l.ScratchBytes, 256<<20)
	return l
}

// DefaultImports are smolagents' eleven, and the modules of the standard library that agents need and that cannot
// reach outside by themselves: a request of urllib.request is judged by its host when it is made (source: smolagents,
// BASE_BUILTIN_MODULES); and matplotlib, whose stand-in lies with them. What else the runtime brings
// (cpython.Engine.Packages) is added by whoever knows the runtime.
func DefaultImports() []string {
	return []string{
		"collections.*", "datetime", "itertools", "math", "queue", "random", "re", "stat", "statistics", "time", "unicodedata",
		"base64", "bisect", "calendar", "csv", "dataclasses", "decimal", "enum", "fractions", "functools", "hashlib",
		"heapq", "html.*", "http.client", "http.cookiejar", "io", "json", "operator", "pathlib", "sqlite3", "string", "textwrap", "typing", "urllib.*",
		"uuid", "xml.etree.*", "zoneinfo",
		"matplotlib",
	}
}

// Tool is a host function as Python sees it.
type Tool struct {
	Name   string
	Doc    string
	Params []Param
	// Rest names the parameter that takes, as a dict, keyword arguments that are none of Params. A tool that has one is
	// another agent: it takes data frames as well, as {"__frame__": …}, and its result is {"value": …, "files": {name:
	// bytes}}, whose files are written to ScratchDir and whose value is what the call gives.
	Rest string `json:",omitempty"`
}

// Param is a parameter of a Tool. Calls may use positions or names; the host gets one JSON object by name.
type Param struct {
	Name     string
	Required bool
	Default  json.RawMessage `json:",omitempty"` // for optional ones; nil means: left out of the object
}

// File is an input that code can read at /input/Name and never write.
type File struct {
	Name string
	Var  string                            // variable that holds the path; "" for none
	Size int64                             // bytes
	Open func() (io.ReadSeekCloser, error) // read on demand: a 200 MB file is not copied
}

// Package is a zip archive of Python modules: a wheel that the user added. Code sees it at /lib/NAME.whl, read-only.
type Package struct {
	Name   string
	SHA256 string // of the archive, hexadecimal
	Data   []byte `json:"-"`
}

// InputDir and ScratchDir are the two folders that code sees besides the standard library. ScratchDir is the
// working folder.
const (
	InputDir   = "/input"
	ScratchDir = "/scratch"
)

// Host is what code can reach outside the sandbox.
type Host interface {
	// CallTool runs a tool; args is a JSON object by parameter name. An error becomes a Python exception ToolError
	// with its text; when the context ends, so does the step. Python's bytes are {"__bytes__": base64}, in both
	// directions and at any depth. The name is one of Config.Tools; final_answer is not called through here.
	CallTool(ctx context.Context, name string, args json.RawMessage) (json.RawMessage, error)
	// Output is told of printed text as it comes (at most some 20 times a second while code runs on, in pieces of up to
	// 32 KiB), for a live view; stderr says which stream. It should return quickly: the code waits for it.
	Output(text string, stderr bool)
}

// Output is what came of one step.
type Output struct {
	Stdout, Stderr string
	Truncated      int64        // bytes beyond Limits.OutputBytes, both streams
	Whole          []byte       // all of both streams, stdout first and at most 64 MiB, if Truncated is not 0
	Value          *event.Value // of the last expression, nil if None or no expression
	Final          *event.Value // of the first call of final_answer, also if the code swallowed it or was killed later
	Error          *event.PyError
	// Killed is "", "time", "memory", "output", "exit", "crash" or Refused. The state is then as before the step, files
	// included, and Error explains it, with the line and traceback if Python could still tell. A StepTimeout or
	// MemoryError that the code does not catch counts as killed; one that it catches does not.
	Killed string
	// Variables is what the step changed in the session's variables, nil if nothing. What changed deep inside of a large
	// value may go unnoticed.
	Variables *event.Variables
	Displayed []Displayed // what the code showed: figures, images, tables, pages
	Written   []string    // scratch files written or changed by this step, sorted, relative to ScratchDir
	Duration  time.Duration
	Tape      []byte // what came in from outside: see Session.Replay; nil in a replay
	Diverged  string // of a replay: how the step went another way than the recorded one; "" if it did not
}

// Refused is the Killed of code that was not run at all, because a decorator around the session did not let it. Error says
// why: the model is told its Message.
const Refused = "refused"

// Displayed is a value that code showed to the user: with display(), as its last expression, or as its answer.
type Displayed struct {
	Name      string // unique in the session: "displayed/step3-figure1.plotly.json"
	MediaType string // "image/png", "application/vnd.plotly.v1+json", …
	Data      []byte
}
