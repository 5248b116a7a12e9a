package workbench

import (
	"fmt"
	"os"
	"path/filepath"

	"sandglass/backend/fault"
	"sandglass/backend/llm"
	"sandglass/backend/llm/script"
)

// DemoModel is the scripted model that needs nothing: it is no LLM.
const DemoModel llm.Ref = "demo/" + script.Tour

// Samples are tasks to try.
func (w *Workbench) Samples() ([]Sample, error) {
	var out []Sample
	for _, s := range script.Samples() {
		o := Sample{ID: s.ID, Title: s.Title, Text: s.Text, Task: s.Task}
		for _, f := range s.Files {
			o.Files = append(o.Files, f.Name)
		}
		out = append(out, o)
	}
	return out, nil
}

// sampleSpec makes the run of a sample; its files are written to the data folder, as if the user had given them.
func (w *Workbench) sampleSpec(id string) (Spec, error) {
	for _, s := range script.Samples() {
		if s.ID != id {
			continue
		}
		spec := Spec{Task: s.Task}
		dir := filepath.Join(w.home, "samples")
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return spec, fault.Wrap(err, fault.Denied, "The sample's file cannot be written", err.Error(), "Check the data folder "+w.home+".")
		}
		for _, f := range s.Files {
			name := filepath.Join(dir, f.Name)
			if err := WriteFile(name, f.Data); err != nil {
				return spec, err
			}
			spec.Files = append(spec.Files, FileRef{Path: name})
		}
		return spec, nil
	}
	return Spec{}, fault.New(fault.NotFound, fmt.Sprintf("There is no sample %q", id), "", "")
}
