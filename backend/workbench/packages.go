package workbench

import (
	"os"
	"path/filepath"
	"slices"
	"time"

	"sandglass/backend/fault"
	"sandglass/backend/sandbox"
	"sandglass/backend/wheels"
)

// PackageList is what agents' Python has besides the standard library.
type PackageList struct {
	Runtime []RuntimePackage `json:"runtime"` // empty for the base runtime
	Added   []AddedPackage   `json:"added"`   // by the user
}

// RuntimePackage is a package that was built with the runtime.
type RuntimePackage struct {
	Name    string `json:"name"` // as it is imported
	Version string `json:"version"`
}

// AddedPackage is a wheel that the user added.
type AddedPackage struct {
	wheels.Package
	Missing []string     `json:"missing,omitempty"` // packages that it needs and that are not there
	Fault   *fault.Error `json:"fault,omitempty"`   // why it cannot be used
}

// wheelsOf is where the added packages lie in a data folder.
func wheelsOf(home string) *wheels.Shelf { return wheels.Open(filepath.Join(home, "packages")) }

// Packages are those of the runtime and those that were added.
func (w *Workbench) Packages() (PackageList, error) {
	list := PackageList{Runtime: []RuntimePackage{}, Added: []AddedPackage{}}
	for _, p := range w.engine.PackageVersions() {
		list.Runtime = append(list.Runtime, RuntimePackage{Name: p.Name, Version: p.Version})
	}
	added, err := wheelsOf(w.home).List()
	if err != nil {
		return list, err
	}
	for _, p := range added {
		list.Added = append(list.Added, w.added(p, added))
	}
	return list, nil
}

// added tells what a package lacks, next to the others.
func (w *Workbench) added(p wheels.Package, all []wheels.Package) AddedPackage {
	here := w.engine.Packages()
	for _, o := range all {
		here = append(here, o.Name)
	}
	a := AddedPackage{Package: p, Missing: wheels.Missing(p.Requires, here)}
	if _, err := wheelsOf(w.home).Load(p); err != nil {
		a.Fault = fault.Of(err)
	}
	return a
}

// AddPackage checks the wheel at path and keeps it. Choosing the file is the approval; everyone says whether all agents may
// import it, or only those that name it. A file that the web host keeps for this is deleted then.
func (w *Workbench) AddPackage(path string, everyone bool) (AddedPackage, error) {
	if w.isUpload(path) {
		defer os.RemoveAll(filepath.Dir(path))
	}
	shelf := wheelsOf(w.home)
	p, err := shelf.Add(path, everyone, append(w.engine.Packages(), "matplotlib"), time.Now())
	if err != nil {
		return AddedPackage{}, err
	}
	all, err := shelf.List()
	return w.added(p, all), err
}

// SetPackage says whether all agents may import an added package.
func (w *Workbench) SetPackage(name string, everyone bool) error {
	return wheelsOf(w.home).SetEveryone(name, everyone)
}

// RemovePackage deletes an added package.
func (w *Workbench) RemovePackage(name string) error { return wheelsOf(w.home).Remove(name) }

// sandboxPackages are the added packages as a session takes them. All are there; the authorized imports say which may be
// imported. One that cannot be read is left out: importing it then says that it is not there, and Packages says why.
func (w *Workbench) sandboxPackages() ([]sandbox.Package, error) {
	shelf := wheelsOf(w.home)
	added, err := shelf.List()
	if err != nil {
		return nil, err
	}
	var out []sandbox.Package
	for _, p := range added {
		if data, err := shelf.Load(p); err == nil {
			out = append(out, sandbox.Package{Name: wheels.Normal(p.Name), SHA256: p.SHA256, Data: data})
		}
	}
	return out, nil
}

// packagesAgain finds the packages that a run had. Others of the same name could give other results.
func (w *Workbench) packagesAgain(had []sandbox.Package) ([]sandbox.Package, error) {
	if len(had) == 0 {
		return nil, nil
	}
	here, err := w.sandboxPackages()
	if err != nil {
		return nil, err
	}
	var out []sandbox.Package
	for _, p := range had {
		i := slices.IndexFunc(here, func(o sandbox.Package) bool { return o.Name == p.Name && o.SHA256 == p.SHA256 })
		if i < 0 {
			return nil, fault.New(fault.Conflict, "The run's code cannot be executed again",
				"it had the Python package "+p.Name+", which was removed or replaced since", "Add the wheel that it had.")
		}
		out = append(out, here[i])
	}
	return out, nil
}

// defaultImports are the standard library's, what else the runtime brings, and what the user added for everyone.
func (w *Workbench) defaultImports() []string {
	out := append(sandbox.DefaultImports(), w.engine.Packages()...)
	added, err := wheelsOf(w.home).List()
	if err != nil {
		return out // Packages tells it
	}
	for _, p := range added {
		if p.Everyone {
			out = append(out, p.Modules...)
		}
	}
	return out
}
