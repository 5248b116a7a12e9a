package cpython

import (
	"encoding/json"
	"os"
	"path/filepath"
)

// dataPackages are what a runtime may bring besides the standard library; runtime.json has a version of each that it
// brings. They are imported when a step does: numpy in the image would give every session the same random numbers.
var dataPackages = []string{"numpy"}

// packagesOf reads what the runtime in dir brings. A runtime that does not tell has none.
func packagesOf(dir string) []string {
	b, err := os.ReadFile(filepath.Join(dir, "runtime.json"))
	if err != nil {
		return nil
	}
	var about struct {
		Versions map[string]string `json:"versions"`
	}
	if json.Unmarshal(b, &about) != nil {
		return nil
	}
	var out []string
	for _, name := range dataPackages {
		if about.Versions[name] != "" {
			out = append(out, name)
		}
	}
	return out
}

// Packages are the data packages of the runtime (numpy), which agents may import when they are authorized to. It asks the runtime's folder, so it answers before Prepare too; nil if there is no runtime.
func (e *Engine) Packages() []string {
	e.mu.Lock()
	j, dir := e.job, e.cfg.RuntimeDir
	e.mu.Unlock()
	if j != nil {
		select {
		case <-j.done:
			return j.packages()
		default:
		}
	}
	if dir == "" {
		var err error
		if dir, err = FindRuntime(); err != nil {
			return nil
		}
	}
	return packagesOf(dir)
}

func (j *job) packages() []string {
	if j.ready == nil {
		return nil
	}
	return j.ready.packages
}
