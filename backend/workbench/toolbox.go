package workbench

import (
	"maps"
	"slices"

	"sandglass/backend/agent"
	"sandglass/backend/tools"
	"sandglass/backend/tools/builtin"
)

// toolbox is what the tools of one run may see.
type toolbox struct {
	files []agent.File
	asker Asker
	allow []string // hosts on private networks
	deny  []string // hosts
}

// toolbox opens every tool there is, for one run.
func (w *Workbench) toolbox(t toolbox) map[string]tools.Tool {
	files := make([]builtin.File, len(t.files))
	for i, f := range t.files {
		files[i] = builtin.File{Name: f.Name, Path: f.Path, Size: f.Size, MediaType: f.MediaType, Open: f.Open}
	}
	box := map[string]tools.Tool{}
	for _, tool := range []tools.Tool{
		builtin.ReadFile(files),
		builtin.ListFiles(files),
		builtin.UserInput(t.asker),
		builtin.VisitWebpage(builtin.Web{Allow: t.allow, Deny: t.deny}),
	} {
		box[tool.Spec().Name] = tool
	}
	return box
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
