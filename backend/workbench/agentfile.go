package workbench

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"sandglass/backend/event"
	"sandglass/backend/fault"
	"sandglass/backend/llm"
	"sandglass/backend/sandbox"
)

const (
	// agentFileVersion is the version of the JSON form of an agent that leaves the app.
	agentFileVersion = 1
	// AgentFileSuffix is how the names of such files end.
	AgentFileSuffix = ".sandglass-agent.json"
	maxAgentFile    = 1 << 20 // bytes; prompts of an agent are texts of a few pages
)

// agentFile is an agent outside the app. It names tools, modules, models and hosts; it holds no keys and no addresses of
// model servers, which belong to the settings of a computer.
type agentFile struct {
	Version int             `json:"sandglass_agent"`
	Agent   json.RawMessage `json:"agent"`
}

// ExportAgent writes an agent as a file for another computer. Faults: NotFound.
func (w *Workbench) ExportAgent(name string) (AgentExport, error) {
	a, err := w.Agent(name)
	if err != nil {
		return AgentExport{}, err
	}
	a.Builtin, a.Changed = false, false
	inner, err := json.Marshal(a)
	if err != nil {
		return AgentExport{}, fmt.Errorf("export agent: %w", err)
	}
	text, err := json.MarshalIndent(agentFile{agentFileVersion, inner}, "", "  ")
	return AgentExport{File: plainName(a.Name) + AgentFileSuffix, Text: string(text) + "\n"}, err
}

var notInNames = regexp.MustCompile(`[^\pL\pN._-]+`)

// plainName makes a file name of an agent's that every system takes.
func plainName(name string) string {
	if n := strings.Trim(notInNames.ReplaceAllString(name, "-"), "-."); n != "" {
		return n
	}
	return "agent"
}

// ReadAgent reads what ExportAgent wrote. Faults: Invalid (no such file, of another version, a field that is not known, a
// value that cannot be).
func ReadAgent(data []byte) (Agent, error) {
	var f agentFile
	if err := strictly(data, &f); err != nil {
		return Agent{}, notAgent(err)
	}
	switch {
	case f.Version == 0 || f.Agent == nil:
		return Agent{}, notAgent(errors.New("it has no sandglass_agent and agent"))
	case f.Version != agentFileVersion:
		return Agent{}, fault.New(fault.Invalid, "This agent was exported by another version of Sandglass",
			fmt.Sprintf("its form is %d, this program knows %d", f.Version, agentFileVersion), "Use a newer Sandglass.")
	}
	var a Agent
	if err := strictly(f.Agent, &a); err != nil {
		return Agent{}, fault.Wrap(err, fault.Invalid, "This agent cannot be read", saysField(err), "Correct the file, or export the agent again.")
	}
	a.Builtin, a.Changed = false, false
	if a.Name = strings.TrimSpace(a.Name); a.Name == "" {
		return Agent{}, fault.New(fault.Invalid, "This agent cannot be read", "it has no name", "Give it one in the file.")
	}
	return a, validAgent(&a, nil)
}

func notAgent(err error) error {
	return fault.Wrap(err, fault.Invalid, "This is no exported agent", saysField(err), "Export one on the page Agents, or with: sandglass agents export NAME")
}

// strictly decodes one JSON value that has no fields but those of v, and nothing after it.
func strictly(data []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return errors.New("something follows after its end")
	}
	return nil
}

// saysField tells in plain words what a decoder did not like.
func saysField(err error) string {
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) && wrong.Field != "" {
		return fmt.Sprintf("%s cannot be a %s", wrong.Field, wrong.Value)
	}
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return "this version of Sandglass does not know the field " + name
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return "it ends too early"
	}
	return strings.TrimPrefix(err.Error(), "json: ")
}

// ReadAgentFile looks at an exported agent: whether its name is free, and what it names that is not here.
func (w *Workbench) ReadAgentFile(path string) (AgentFile, error) {
	a, err := w.agentAt(path)
	if err != nil {
		return AgentFile{}, err
	}
	f := AgentFile{Agent: a, Free: a.Name}
	all, err := w.Agents()
	if err != nil {
		return f, err
	}
	taken := func(name string) bool {
		return slices.ContainsFunc(all, func(o Agent) bool { return strings.EqualFold(o.Name, name) })
	}
	f.Taken = taken(a.Name)
	for i := 2; taken(f.Free); i++ {
		f.Free = fmt.Sprintf("%s %d", a.Name, i)
	}
	f.Lacks, err = w.AgentLacks(w.base, a)
	return f, err
}

func (w *Workbench) agentAt(path string) (Agent, error) {
	file, err := os.Open(path)
	if err != nil {
		return Agent{}, fault.Wrap(err, fault.NotFound, "The file cannot be read", err.Error(), "")
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxAgentFile+1))
	if err != nil {
		return Agent{}, fault.Wrap(err, fault.Invalid, "The file cannot be read", err.Error(), "")
	}
	if len(data) > maxAgentFile {
		return Agent{}, notAgent(errors.New("it is larger than 1 MiB"))
	}
	return ReadAgent(data)
}

// ImportAgent keeps an exported agent, under its own name or another one. What it names that is not here stays named: a
// run then says what is missing. Faults: Conflict (the name is taken, and replace was not said), Invalid.
func (w *Workbench) ImportAgent(path, name string, replace bool) (Agent, error) {
	a, err := w.agentAt(path)
	if err != nil {
		return Agent{}, err
	}
	if name = strings.TrimSpace(name); name != "" {
		a.Name = name
		if err := validAgent(&a, nil); err != nil {
			return Agent{}, err
		}
	}
	switch there, err := w.Agent(a.Name); {
	case err == nil && !replace:
		return Agent{}, fault.New(fault.Conflict, fmt.Sprintf("There is already an agent %q", there.Name), "", "Give the imported one another name, or say that it shall replace the other.")
	case err == nil:
		a.Name = there.Name // whatever the case
	case !fault.Is(err, fault.NotFound):
		return Agent{}, err
	}
	if err := w.keepAgent(a); err != nil {
		return Agent{}, err
	}
	// A file that the web host keeps for this has served.
	if w.isUpload(path) {
		_ = os.RemoveAll(filepath.Dir(path))
	}
	return a, nil
}

// AgentLacks are the things that an agent names and this computer does not have.
func (w *Workbench) AgentLacks(ctx context.Context, a Agent) ([]Lack, error) {
	lacks := []Lack{}
	here := toolNames(w.toolbox(toolbox{}))
	for _, t := range a.Tools {
		if !slices.Contains(here, t) {
			lacks = append(lacks, Lack{LackTool, t, "This Sandglass has no such tool: tasks for the agent are refused until it has, or the tool is taken off the agent."})
		}
	}
	for _, t := range a.Team {
		if _, err := w.Agent(t.Agent); fault.Is(err, fault.NotFound) {
			lacks = append(lacks, Lack{LackAgent, t.Agent, "There is no agent of this name here: import it, too, or take it off the team."})
		}
	}
	gone, err := w.missingModules(ctx, a.Imports)
	if err != nil {
		return nil, err
	}
	for _, m := range gone {
		lacks = append(lacks, Lack{LackImport, m, "Python has no such module here. A pure Python package can be added on the page Imports."})
	}
	if a.Model != "" {
		why, err := w.missingModel(ctx, a)
		if err != nil {
			return nil, err
		}
		if why != "" {
			lacks = append(lacks, Lack{LackModel, string(a.Model), why})
		}
	}
	return lacks, nil
}

// missingModel says why an agent's model cannot be used now; "" if it can, or if its server does not tell.
func (w *Workbench) missingModel(ctx context.Context, a Agent) (string, error) {
	s, err := w.Settings()
	if err != nil {
		return "", err
	}
	name, id := a.Model.Split()
	var none Spec
	p, err := none.provider(name, s)
	if err != nil {
		f := fault.Of(err)
		return f.What + ". " + f.Do, nil
	}
	list := w.list(ctx, p, "")
	switch {
	case list.Fault != nil:
		return list.Fault.What + ". " + list.Fault.Do, nil
	case len(list.Models) == 0 && p.Kind != KindOllama:
		return "", nil // a server without a list may have it
	case slices.ContainsFunc(list.Models, func(m llm.Info) bool { return sameRef(m.Ref, a.Model) }):
		return "", nil
	case p.Kind == KindOllama:
		return fmt.Sprintf("It is not pulled yet: fetch %s on the page Models.", id), nil
	}
	return p.Name + " does not list it. Choose another model, or look at its name.", nil
}

// missingModules are the imports whose module Python does not find. Python itself is asked, and only about those that
// nobody knows.
func (w *Workbench) missingModules(ctx context.Context, imports []string) ([]string, error) {
	known := map[string]bool{"*": true}
	for _, m := range w.defaultImports() {
		known[topModule(m)] = true
	}
	packages, err := w.sandboxPackages()
	if err != nil {
		return nil, err
	}
	var ask []string
	for _, m := range imports {
		if top := topModule(m); !known[top] && !slices.Contains(ask, top) {
			ask = append(ask, top)
		}
	}
	if len(ask) == 0 {
		return nil, nil
	}
	session, err := w.engine.Open(ctx, sandbox.Config{Imports: []string{"*"}, Packages: packages}, noHost{})
	if err != nil {
		return nil, err
	}
	defer session.Close()
	names, err := json.Marshal(ask)
	if err != nil {
		return nil, err
	}
	out, err := session.Run(ctx, fmt.Sprintf("import importlib.util\nfinal_answer([n for n in %s if importlib.util.find_spec(n) is None])", names))
	if err != nil {
		return nil, err
	}
	if out.Final == nil {
		return nil, fault.New(fault.SandboxFailed, "The modules could not be looked up", describe(out.Error), "")
	}
	var gone []string
	return gone, json.Unmarshal(out.Final.JSON, &gone)
}

func topModule(m string) string {
	top, _, _ := strings.Cut(m, ".")
	return top
}

func describe(e *event.PyError) string {
	if e == nil {
		return ""
	}
	return e.Type + ": " + e.Message
}
