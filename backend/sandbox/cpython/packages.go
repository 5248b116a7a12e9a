package cpython

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"

	"sandglass/backend/fault"
	"sandglass/backend/sandbox"
)

// packagePath is where code sees an added package. Tracebacks and the policy of imports take what is below /lib for a
// library.
func packagePath(p sandbox.Package) string { return libDir + "/" + p.Name + ".whl" }

var packageName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*$`)

func checkPackage(p sandbox.Package, before []string) error {
	if !packageName.MatchString(p.Name) {
		return fault.Newf(fault.Invalid, "%q cannot be the name of a package", p.Name)
	}
	if slices.Contains(before, packagePath(p)) {
		return fault.Newf(fault.Invalid, "There are two packages with the name %s", p.Name)
	}
	return nil
}

// Version is a package of the runtime.
type Version struct{ Name, Version string } // Name as it is imported

// packagesOf reads the names of what the runtime in dir brings besides the standard library, sorted. A runtime that does
// not tell has none.
func packagesOf(dir string) []string {
	var out []string
	for _, v := range versionsOf(dir) {
		out = append(out, v.Name)
	}
	return out
}

func versionsOf(dir string) []Version {
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
	var out []Version
	for _, name := range slices.Sorted(maps.Keys(about.Packages)) {
		out = append(out, Version{name, about.Packages[name]})
	}
	return out
}

// PackageVersions are Packages with their versions.
func (e *Engine) PackageVersions() []Version {
	dir := e.cfg.RuntimeDir
	if dir == "" {
		var err error
		if dir, err = FindRuntime(); err != nil {
			return nil
		}
	}
	return versionsOf(dir)
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
