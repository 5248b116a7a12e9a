package workbench

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync/atomic"

	"sandglass/backend/agent"
	"sandglass/backend/fault"
	"sandglass/backend/sandbox"
	"sandglass/backend/tools"
	"sandglass/backend/tools/builtin"
)

// toolbox is what the tools of one run may see.
type toolbox struct {
	files   []agent.File
	session *openSession
	asker   Asker    // nil: nobody is there
	allow   []string // hosts on private networks
	deny    []string // hosts
}

// openSession lets tools see the files of a session that is opened after them.
type openSession struct{ session atomic.Value }

func (o *openSession) set(s sandbox.Session) { o.session.Store(&s) }

// open is the session, nil if it was not opened yet.
func (o *openSession) open() sandbox.Session {
	if s, ok := o.session.Load().(*sandbox.Session); ok {
		return *s
	}
	return nil
}

func (o *openSession) scratch() fs.FS {
	if o == nil {
		return nil
	}
	if s := o.open(); s != nil {
		return s.Scratch()
	}
	return nil
}

// toolbox opens every tool there is, for one run.
func (w *Workbench) toolbox(t toolbox) map[string]tools.Tool {
	files := builtin.Files{Scratch: t.session.scratch}
	for _, f := range t.files {
		files.Input = append(files.Input, sandbox.File{Name: f.Name, Var: f.Var, Size: f.Size, Open: f.Open})
	}
	box := map[string]tools.Tool{}
	for _, tool := range []tools.Tool{
		builtin.ReadFile(files),
		builtin.ListFiles(files),
		builtin.UserInput(t.asker),
		denyHosts(builtin.VisitWebpage(builtin.Web{Allow: func() []string { return t.allow }}), t.deny),
	} {
		box[tool.Spec().Name] = tool
	}
	return box
}

// denyHosts refuses calls that would reach a host on the list, or a name below it.
func denyHosts(t tools.Tool, hosts []string) tools.Tool {
	scoper, ok := tools.As[tools.Scoper](t)
	if !ok || len(hosts) == 0 {
		return t
	}
	return &denied{t, scoper, hosts}
}

type denied struct {
	tools.Tool
	scoper tools.Scoper
	hosts  []string
}

func (d *denied) Unwrap() tools.Tool { return d.Tool }

func (d *denied) Call(ctx context.Context, args json.RawMessage) (json.RawMessage, error) {
	host := strings.ToLower(d.scoper.Scope(args).Value)
	for _, h := range d.hosts {
		if h = strings.ToLower(h); host == h || strings.HasSuffix(host, "."+h) || h == "*" {
			return nil, fmt.Errorf("the user does not allow %s: do without it", host)
		}
	}
	return d.Tool.Call(ctx, args)
}

func toolNames(box map[string]tools.Tool) []string {
	return slices.Sorted(maps.Keys(box))
}

// Tools are those that agents may be given; final_answer is always there.
func (w *Workbench) Tools() ([]tools.Spec, error) {
	box := w.toolbox(toolbox{})
	out := []tools.Spec{tools.FinalAnswerSpec()}
	for _, name := range toolNames(box) {
		out = append(out, box[name].Spec())
	}
	return out, nil
}

// CallTool runs one tool with JSON arguments, outside any run.
func (w *Workbench) CallTool(ctx context.Context, name string, args json.RawMessage, asker Asker) (json.RawMessage, error) {
	s, err := w.Settings()
	if err != nil {
		return nil, err
	}
	box := w.toolbox(toolbox{allow: s.AllowPrivate, asker: asker})
	t, ok := box[name]
	if !ok {
		return nil, noTool(name, box)
	}
	if args, err = t.Spec().Validate(args); err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "The arguments do not fit "+name, err.Error(), "")
	}
	return t.Call(ctx, args)
}

func noTool(name string, box map[string]tools.Tool) error {
	return fault.New(fault.NotFound, fmt.Sprintf("There is no tool %q", name), "", "The tools are: "+strings.Join(toolNames(box), ", ")+".")
}
