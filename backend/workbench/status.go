package workbench

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"sandglass/backend/fault"
	"sandglass/backend/llm"
	"sandglass/backend/llm/ollama"
	"sandglass/backend/machine"
	"sandglass/backend/permit"
	"sandglass/backend/sandbox"
)

// Status is what works right now. It asks Ollama, which takes a moment.
func (w *Workbench) Status() (Status, error) {
	s, err := w.Settings()
	if err != nil {
		return Status{}, err
	}
	kind, detail := w.keys.Kind()
	e := w.engine.Status()
	running, present := w.ollamaStatus(w.base, s)
	return Status{
		Version: w.version, Home: w.home, Memory: machine.Memory(), Notices: w.Notices(),
		Ollama: running, Advised: advise(machine.Memory(), present),
		Runtime: RuntimeStatus{State: string(e.State), Python: e.Python, Key: e.Key, Packages: len(w.engine.Packages()), Fault: e.Fault},
		Keyring: KeyringStatus{Kind: kind, Detail: detail},
	}, nil
}

func (w *Workbench) ollamaStatus(ctx context.Context, s Settings) (OllamaStatus, []llm.Info) {
	ctx, cancel := context.WithTimeout(ctx, w.patience)
	defer cancel()
	var none Spec
	p, err := none.provider("ollama", s)
	if err != nil {
		return OllamaStatus{Fault: fault.Of(err)}, nil
	}
	st := OllamaStatus{URL: p.BaseURL}
	client, err := ollama.New(p.BaseURL, w.net.client)
	if err == nil {
		st.Version, err = client.Version(ctx)
	}
	var infos []llm.Info
	if err == nil {
		st.Running = true
		infos, err = client.List(ctx)
		st.Models = len(infos)
	}
	st.Fault = fault.Of(err)
	return st, infos
}

// CheckState is how a check of Diagnose came out.
type CheckState string

// The states. Only CheckFailed means that no task can be run.
const (
	CheckOK      CheckState = "ok"
	CheckMissing CheckState = "missing" // something that helps is not there
	CheckFailed  CheckState = "failed"
)

// Check is one line of `sandglass doctor`.
type Check struct {
	Name   string     `json:"name"`
	State  CheckState `json:"state"`
	Detail string     `json:"detail"`
	Do     string     `json:"do,omitempty"`
}

// Diagnose tries what a task needs: the data folder, the Python runtime (by running code in it), models, the keyring.
func Diagnose(ctx context.Context, cfg Config) []Check {
	w, err := Open(cfg)
	if err != nil {
		f := fault.Of(err)
		return []Check{{"Data folder", CheckFailed, f.Error(), f.Do}}
	}
	defer w.Close()
	checks := []Check{{"Data folder", CheckOK, w.home, ""}}
	for _, n := range w.Notices() {
		checks = append(checks, Check{"Data folder", CheckMissing, n.Error(), n.Do})
	}
	checks = append(checks, w.checkPython(ctx))
	s, err := w.Settings()
	if err != nil {
		f := fault.Of(err)
		return append(checks, Check{"Settings", CheckFailed, f.Error(), f.Do})
	}
	checks = append(checks, w.checkModels(ctx, s)...)
	if kept, err := w.KeptStates(); err == nil {
		checks = append(checks, Check{"Kept states", CheckOK, kept.String(), ""})
	}
	kind, detail := w.keys.Kind()
	k := Check{"Keyring", CheckOK, "the keyring of the system", ""}
	if kind != "system" {
		k = Check{"Keyring", CheckMissing, "keys are kept in a file: " + detail, "Install a keyring (such as gnome-keyring) to keep them encrypted."}
	}
	return append(checks, k)
}

func (w *Workbench) checkPython(ctx context.Context) Check {
	session, err := w.OpenSandbox(ctx, Spec{Unattended: true}, nil)
	if err != nil {
		f := fault.Of(err)
		return Check{"Python sandbox", CheckFailed, f.Error(), f.Do}
	}
	defer session.Close()
	out, err := session.Run(ctx, "sum(range(10))")
	if err != nil || out.Value == nil || out.Value.Repr != "45" {
		return Check{"Python sandbox", CheckFailed, fmt.Sprintf("it does not compute (%v)", err), "Build the runtime again: make runtime"}
	}
	about := "CPython " + w.engine.Status().Python + " in WebAssembly runs code"
	if len(w.engine.Packages()) == 0 {
		return Check{"Python sandbox", CheckOK, about + ", without data packages (numpy, plotly and others)", "Build the runtime again for them: make runtime"}
	}
	return Check{"Python sandbox", CheckOK, about + ", with " + strings.Join(w.engine.Packages(), ", "), ""}
}

func (w *Workbench) checkModels(ctx context.Context, s Settings) []Check {
	var out []Check
	for _, p := range s.Providers {
		m := w.list(ctx, p, "")
		name := "Models of " + p.Name
		switch {
		case p.Kind == KindDemo:
			out = append(out, Check{name, CheckOK, "the demo model works (it is a script, no LLM)", ""})
		case m.Fault != nil:
			out = append(out, Check{name, CheckMissing, m.Fault.Error(), m.Fault.Do})
		case len(m.Models) == 0:
			out = append(out, Check{name, CheckMissing, "it runs, and has no model", "Get one: sandglass models pull " + bestFor(machine.Memory())})
		default:
			out = append(out, Check{name, CheckOK, fmt.Sprintf("%d models at %s", len(m.Models), p.BaseURL), ""})
		}
	}
	return out
}

// DefaultImports are the modules that every agent may import.
func (w *Workbench) DefaultImports() ([]string, error) { return w.defaultImports(), nil }

// Printer is told of printed text as it comes.
type Printer func(text string, stderr bool)

// OpenSandbox opens a session without an agent: `sandglass exec`, and the check of Diagnose. print may be nil.
func (w *Workbench) OpenSandbox(ctx context.Context, spec Spec, print Printer) (sandbox.Session, error) {
	s, err := w.Settings()
	if err != nil {
		return nil, err
	}
	var box sandbox.Sandbox = w.engine
	var before *past
	if spec.From != nil {
		if before, err = w.past(*spec.From); err != nil {
			return nil, err
		}
		spec.inherited = before.started.Imports
		box = &resuming{Sandbox: box, w: w, past: before, states: &runStates{w: w}}
	}
	files, err := openFiles(spec.Files, spec.Vars, before.inputFiles()...)
	if err != nil {
		return nil, err
	}
	h := gatedHost{print: print, gate: w.newGate("", "", &spec)}
	h.gate.given = before.decisions()
	if h.web, err = w.web(&spec); err != nil {
		return nil, err
	}
	packages, err := w.sandboxPackages()
	if err != nil {
		return nil, err
	}
	imports, denied, err := w.importList(ctx, h.gate, w.defaultImports(), spec.inherited)
	if err != nil {
		return nil, err
	}
	cfg := sandbox.Config{Limits: limits(s, spec.Limits), Imports: imports, Denied: denied, Packages: packages, Vars: map[string]json.RawMessage{}}
	if before != nil {
		for _, f := range before.inputs(w) {
			cfg.Files = append(cfg.Files, sandbox.File{Name: f.Name, Size: f.Size, Open: f.Open})
		}
	}
	for _, v := range spec.Vars {
		cfg.Vars[v.Name] = v.JSON
	}
	for _, f := range files {
		cfg.Files = append(cfg.Files, sandbox.File{Name: f.Name, Var: f.Var, Size: f.Size, Open: f.Open})
	}
	return box.Open(ctx, cfg, h)
}

// gatedHost is a host without tools and without a log.
type gatedHost struct {
	print Printer
	gate  *gate
	web   sandbox.Fetcher
}

func (gatedHost) CallTool(_ context.Context, name string, _ json.RawMessage) (json.RawMessage, error) {
	return nil, fmt.Errorf("there is no tool %q here: code runs without an agent", name)
}

func (h gatedHost) Output(text string, stderr bool) {
	if h.print != nil {
		h.print(text, stderr)
	}
}

func (h gatedHost) AskImport(ctx context.Context, req sandbox.ImportRequest) error {
	return permit.Import(ctx, h.gate, req)
}

func (h gatedHost) Fetch(ctx context.Context, req sandbox.FetchRequest) (sandbox.FetchResponse, error) {
	d, refused, err := permit.Fetch(ctx, h.gate, req)
	if err != nil {
		return sandbox.FetchResponse{}, err
	}
	if refused != nil {
		return sandbox.FetchResponse{}, refused
	}
	req.Approved = d.ByPerson()
	return h.web.Fetch(ctx, req)
}
