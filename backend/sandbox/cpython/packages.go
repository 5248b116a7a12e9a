package cpython

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

// packagesOf reads what the runtime in dir brings besides the standard library, sorted. A runtime that does not tell has
// none.
func packagesOf(dir string) []string {
	b, err := os.ReadFile(filepath.Join(dir, "runtime.json"))
	if err != nil {
		return nil
	}
	var about struct {
		Packages map[string]string `json:"packages"` // version by the name that is imported
	}
	if json.Unmarshal(b, &about) != nil {
		return nil
	}
	return slices.Sorted(maps.Keys(about.Packages))
}

// Packages are what the runtime brings besides the standard library (numpy), by the names that are imported. It asks the
// runtime's folder, so it answers before Prepare too; nil if there is no runtime.
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
