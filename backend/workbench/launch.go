package workbench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/oklog/ulid/v2"

	"sandglass/backend/agent"
	"sandglass/backend/event"
	"sandglass/backend/fault"
	"sandglass/backend/llm"
	"sandglass/backend/permit"
	"sandglass/backend/sandbox"
	"sandglass/backend/store"
	"sandglass/backend/tools"
	"sandglass/backend/tools/builtin"
)

// Spec is a run to start, with everything that can be said about it. The zero value of each field means: as the
// agent has it.
type Spec struct {
	Task         string
	Agent        string    // name of a saved agent; "" for the default one
	Draft        *Agent    // in place of a saved one: an agent that is being written
	Model        llm.Ref   // "" for the agent's, else the configured default, else the demo
	With         llm.Model // in place of what Model names: a scripted model
	Endpoint     Endpoint
	Files        []FileRef
	Vars         []event.InputVar
	Tools        []string // in place of the agent's
	AddTools     []string
	DenyTools    []string
	NoTools      bool
	Imports      []string // on top of the agent's
	DenyImports  []string
	AllowHosts   []string // for code and for visit_webpage, also on private networks
	DenyHosts    []string
	Instructions string // added to the agent's
	MaxSteps     int
	Mode         event.Mode
	PlanEvery    int
	Prompts      map[string]string // on top of the agent's
	Structured   string            // "auto", "on", "off"
	Checks       []event.Check     // in place of the agent's
	JudgeModel   llm.Ref           // of the checks by a judge that name none
	Options      llm.Options
	Limits       sandbox.Limits
	Offline      bool    // nothing but this computer is connected to
	Asker        Asker   // answers the agent's questions, besides Workbench.Answer
	Yes          bool    // what is not denied is allowed
	Decider      Decider // is asked for permissions, besides Workbench.Decide
	Unattended   bool    // nobody is there: questions and permissions are refused, and the agent does without
	From         *From   // a place in another run that this one goes on from; nil to begin anew

	Team    []Teammate // in place of the agent's; nil for that
	AddTeam []Teammate // on top of it

	inherited []string     // imports of the run that it goes on from
	crew      *crew        // of the run
	member    string       // name of the called agent that it is for; "" for the run's own
	remembers bool         // and whether it remembers earlier calls
	handed    []agent.File // that the manager gave to it
}

// Endpoint replaces configured servers for one run.
type Endpoint struct {
	OllamaHost string // for provider ollama
	BaseURL    string // for provider openai
	Key        string
}

// Asker puts a question of the agent to a person.
type Asker = builtin.Asker

// Launched is a run that goes on.
type Launched struct {
	Run     event.Run // as it began
	done    chan struct{}
	stop    context.CancelCauseFunc
	err     error
	asker   *asker
	session *openSession
	hurry   chan struct{} // ends a wait for the model
	gate    *gate
	inbox   inbox
}

// Done is closed when the run has ended and its ending is recorded.
func (l *Launched) Done() <-chan struct{} { return l.done }

// Err says, after Done, that the log could not be written.
func (l *Launched) Err() error {
	select {
	case <-l.done:
		return l.err
	default:
		return nil
	}
}

// Launch checks a spec and starts the run. Faults that are found now (unknown agent or provider, a file that
// vanished, an empty task) start no run; what happens later is in the run's log. The run goes on until it ends,
// Stop is called, ctx is cancelled or the workbench closes.
func (w *Workbench) Launch(ctx context.Context, spec Spec) (*Launched, error) {
	if strings.TrimSpace(spec.Task) == "" && spec.From == nil {
		return nil, fault.New(fault.Invalid, "The task is empty", "", "Say what the agent shall do.")
	}
	if w.base.Err() != nil {
		return nil, fault.New(fault.Stopped, "Sandglass is closing", "", "")
	}
	id := event.RunID(ulid.Make().String())
	l := &Launched{done: make(chan struct{}), hurry: make(chan struct{}), asker: &asker{desk: w, run: id, also: spec.Asker, answers: make(chan string)}}
	spec.Asker = nil
	if !spec.Unattended {
		spec.Asker = l.asker
	}
	var session openSession
	before, err := w.pastOf(&spec)
	if err != nil {
		return nil, err
	}
	l.session = &session
	spec.crew = &crew{id: id, hurry: l.hurry}
	l.gate = w.newGate(id, "", &spec)
	l.asker.turn = l.gate.turn
	l.gate.given = before.decisions()
	a, task, err := w.assemble(ctx, &spec, &session, l.gate, before, id)
	if err != nil {
		return nil, err
	}
	if err = w.patient(a, id, l.hurry); err != nil {
		return nil, err
	}
	if err := w.stage(task.Files); err != nil {
		return nil, err
	}
	if err := w.takeOver(id, task.From); err != nil {
		return nil, err
	}
	runCtx, stop := context.WithCancelCause(ctx)
	unhook := context.AfterFunc(w.base, func() { stop(context.Canceled) })
	l.stop = stop

	began := make(chan event.Event, 1)
	rec := &firstEvent{next: w.journal.For(id), first: began}
	ports := agent.Ports{Record: rec, Watch: watcher{w.hub, id}, Blobs: runBlobs{w.store, id}, Opened: session.set, Gate: l.gate, Ear: &l.inbox, Past: teamPast{spec.crew.states}}
	if ports.Fetch, err = w.web(&spec); err != nil {
		return nil, err
	}
	w.mu.Lock()
	w.runs[id] = l
	w.mu.Unlock()
	w.background(func() {
		defer func() {
			if p := recover(); p != nil {
				l.err = w.crashed(id, p)
			}
			unhook()
			stop(nil)
			w.pruneStates()
			w.mu.Lock()
			delete(w.runs, id)
			w.mu.Unlock()
			close(l.done)
		}()
		_, l.err = a.Run(runCtx, task, ports)
	})
	select {
	case e := <-began:
		return l, l.begun(task.From, e)
	case <-l.done: // it ended before its first event was written
		select {
		case e := <-began:
			return l, l.begun(task.From, e)
		default:
		}
		if l.err != nil {
			return nil, l.err
		}
		return nil, fault.New(fault.Stopped, "The run was stopped before it began", "", "")
	}
}

// begun folds what the run began with.
func (l *Launched) begun(from *agent.Fork, first event.Event) error {
	if from != nil {
		for _, e := range from.Events {
			e.Run = first.Run
			l.Run.Apply(e)
		}
	}
	l.Run.Apply(first)
	return nil
}

// takeOver gives a new run the log of the one that it goes on from.
func (w *Workbench) takeOver(id event.RunID, from *agent.Fork) error {
	if from == nil {
		return nil
	}
	codes := map[int64]int{0: codesIn(event.Of(from.Events, 0))}
	for _, c := range calledAgents(from.Events) {
		codes[c.agent] = codesIn(event.Of(from.Events, c.agent))
	}
	return w.store.Fork(w.base, from.Parent, int64(len(from.Events)), codes, id)
}

// crashed ends a run that panicked: a bug of ours must not take the other runs and the window with it.
func (w *Workbench) crashed(id event.RunID, p any) error {
	f := fault.New(fault.Internal, "Something in Sandglass broke", fmt.Sprint(p), "The run is kept as far as it came. Please report this.")
	_, err := w.journal.Record(context.WithoutCancel(w.base), id, 1, event.RunFailed{Fault: *f})
	return errors.Join(f, err)
}

// firstEvent tells when a run has really begun: when its first event is on disk.
type firstEvent struct {
	next  agent.Recorder
	first chan event.Event
	once  sync.Once
}

func (f *firstEvent) Record(ctx context.Context, span int64, body event.Body) (event.Event, error) {
	e, err := f.next.Record(ctx, span, body)
	if err == nil {
		f.once.Do(func() { f.first <- e })
	}
	return e, err
}

type runBlobs struct {
	store *store.Store
	run   event.RunID
}

func (b runBlobs) PutBlob(ctx context.Context, mediaType string, r io.Reader) (string, int64, error) {
	blob, err := b.store.PutBlob(ctx, b.run, mediaType, r)
	return blob.Hash, blob.Size, err
}

func (b runBlobs) OpenBlob(ctx context.Context, hash string) (io.ReadCloser, error) {
	r, _, err := b.store.Blob(ctx, hash)
	return r, err
}

// assemble makes the agent and the task of a spec.
func (w *Workbench) assemble(ctx context.Context, spec *Spec, session *openSession, g *gate, before *past, id event.RunID) (*agent.Agent, agent.Task, error) {
	saved, err := w.agentOf(ctx, spec)
	if err != nil {
		return nil, agent.Task{}, err
	}
	g.agent = saved.Name
	for _, h := range saved.Hosts {
		g.hosts = append(g.hosts, permit.Rule{Scope: event.Scope{Kind: event.ScopeHost, Value: h}, Allow: true})
	}
	settings, err := w.Settings()
	if err != nil {
		return nil, agent.Task{}, err
	}
	task := agent.Task{Text: strings.TrimSpace(spec.Task), Vars: spec.Vars}
	if err := validVars(spec.Vars); err != nil {
		return nil, task, err
	}
	if task.Files, err = openFiles(spec.Files, spec.Vars, before.inputFiles()...); err != nil {
		return nil, task, err
	}
	task.Files = append(task.Files, spec.handed...)
	if spec.crew.states == nil {
		spec.crew.states = w.statesOf(settings, id)
	}
	keeping := spec.crew.states.keep(w.engine, spec.remembers)
	if before != nil {
		task.Files = append(before.inputs(w), task.Files...)
		task.From = before.fork(spec.From)
		keeping = &resuming{Sandbox: keeping, w: w, past: before, states: spec.crew.states}
	}
	a := &agent.Agent{
		Name: saved.Name, Sandbox: keeping, App: w.version, Runtime: w.engine.Key(ctx),
		Instructions: joinNonEmpty(saved.Instructions, spec.Instructions),
		MaxSteps:     firstNonZero(spec.MaxSteps, saved.MaxSteps),
		Mode:         firstNonZero(spec.Mode, saved.Mode),
		Checks:       saved.Checks,
		Prompts:      mergePrompts(saved.Prompts, spec.Prompts),
		PlanEvery:    firstNonZero(spec.PlanEvery, saved.PlanEvery),
		NoPython:     slices.Contains(spec.DenyTools, "python"),
		Options:      mergeOptions(saved.Options, spec.Options),
		Limits:       limits(settings, spec.Limits),
	}
	if a.Imports, a.DenyImports, err = w.importList(ctx, g, w.defaultImports(), saved.Imports, spec.inherited); err != nil {
		return nil, task, err
	}
	if a.Packages, err = w.sandboxPackages(); err != nil {
		return nil, task, err
	}
	if a.Network, err = g.reaches(ctx); err != nil {
		return nil, task, err
	}
	if a.Ref, a.Model, err = w.modelFor(ctx, spec, saved, settings); err != nil {
		return nil, task, err
	}
	if spec.member != "" {
		if err := showHanded(ctx, a.Model, task.Files); err != nil {
			return nil, task, err
		}
	}
	if a.Model, err = w.showing(ctx, a.Model, a.Ref, task.Files, before.inputFiles()); err != nil {
		return nil, task, err
	}
	a.Room = w.room(spec, a.Ref, settings)
	if spec.Checks != nil {
		a.Checks = spec.Checks
	}
	if err := validChecks(a.Checks); err != nil {
		return nil, task, err
	}
	if err := w.judges(ctx, a, spec, settings); err != nil {
		return nil, task, err
	}
	asked := a.Mode
	a.Mode = ""
	if err := w.fit(ctx, a, spec); err != nil {
		return nil, task, err
	}
	a.Mode, a.MayStructure = acting(asked, a.Mode, firstNonZero(spec.Structured, saved.Structured))
	a.Short = w.short(ctx, a, spec, saved, settings)
	if a.Tools, err = w.toolsFor(spec, saved, settings, task.Files, session); err != nil {
		return nil, task, err
	}
	return a, task, w.addTeam(ctx, a, spec, saved, g)
}

// judges opens the models that the checks name.
func (w *Workbench) judges(ctx context.Context, a *agent.Agent, spec *Spec, s Settings) error {
	a.Checks, a.Judges = slices.Clone(a.Checks), map[llm.Ref]llm.Model{}
	for i, c := range a.Checks {
		if c.Kind != event.CheckJudge {
			continue
		}
		if c.Model = firstNonZero(c.Model, spec.JudgeModel); c.Model == "" {
			continue
		}
		a.Checks[i] = c
		if c.Model == a.Ref {
			continue
		}
		_, m, err := w.modelFor(ctx, &Spec{Model: c.Model, Endpoint: spec.Endpoint, Offline: spec.Offline}, Agent{}, s)
		if err != nil {
			return err
		}
		a.Judges[c.Model] = m
	}
	return nil
}

// limits are the settings', as far as the spec says nothing.
func limits(s Settings, l sandbox.Limits) sandbox.Limits {
	l.Step = firstNonZero(l.Step, secondsOf(s.StepSeconds))
	l.MemoryBytes = firstNonZero(l.MemoryBytes, int64(s.MemoryMiB)<<20)
	l.OutputBytes = firstNonZero(l.OutputBytes, int64(s.OutputKiB)<<10)
	l.ScratchBytes = firstNonZero(l.ScratchBytes, int64(s.ScratchMiB)<<20)
	l.ScratchFiles = firstNonZero(l.ScratchFiles, s.ScratchFiles)
	return l
}

func mergeOptions(a, b llm.Options) llm.Options {
	if b.Temperature != nil {
		a.Temperature = b.Temperature
	}
	if b.Seed != nil {
		a.Seed = b.Seed
	}
	a.MaxTokens = firstNonZero(b.MaxTokens, a.MaxTokens)
	a.ContextTokens = firstNonZero(b.ContextTokens, a.ContextTokens)
	a.Think = firstNonZero(b.Think, a.Think)
	a.KeepAlive = firstNonZero(b.KeepAlive, a.KeepAlive)
	if b.Stop != nil {
		a.Stop = b.Stop
	}
	return a
}

func firstNonZero[T comparable](a, b T) T {
	var zero T
	if a != zero {
		return a
	}
	return b
}

func joinNonEmpty(a, b string) string {
	return strings.TrimSpace(a + "\n" + b)
}

func (spec *Spec) deniedHosts() []string {
	if spec.Offline {
		return []string{"*"}
	}
	return spec.DenyHosts
}

// toolsFor opens the tools of a run: they see the run's files and nothing else of this computer.
func (w *Workbench) toolsFor(spec *Spec, saved Agent, s Settings, files []agent.File, session *openSession) ([]tools.Tool, error) {
	if spec.NoTools {
		return nil, nil
	}
	names := saved.Tools
	if spec.Tools != nil {
		names = spec.Tools
	}
	names = append(slices.Clone(names), spec.AddTools...)
	box := w.toolbox(toolbox{files: files, session: session, asker: spec.Asker, allow: append(slices.Clone(s.AllowPrivate), spec.AllowHosts...), deny: spec.deniedHosts()})
	var out []tools.Tool
	for i, name := range names {
		if slices.Contains(spec.DenyTools, name) || slices.Contains(names[:i], name) || name == "final_answer" {
			continue
		}
		t, ok := box[name]
		if !ok {
			return nil, noTool(name, box)
		}
		out = append(out, t)
	}
	return out, nil
}
