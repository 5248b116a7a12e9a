package main

import (
	"encoding/json"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"sandglass/backend/event"
	"sandglass/backend/sandbox"
	"sandglass/backend/workbench"
)

// inputs are the flags that `run` and `exec` share.
type inputs struct {
	imports, files, vars, allow, deny []string
	stepTimeout                       time.Duration
	memory                            int64
	maxOutput, maxScratch             int64
	maxFiles                          int
	yes, offline                      bool
}

func (i *inputs) flags(f *pflag.FlagSet) {
	f.StringArrayVar(&i.imports, "import", nil, "authorize an import on top of the default list: `MOD`, MOD.*, or * for all; repeatable")
	f.StringArrayVar(&i.files, "file", nil, "give a file to the task: `[NAME=]PATH`; its path in the sandbox is in the variable NAME; repeatable")
	f.StringArrayVar(&i.vars, "var", nil, "set a Python variable: `NAME=JSON`; repeatable")
	f.DurationVar(&i.stepTimeout, "step-timeout", 0, "longest time that the code of one step may run, such as 30s or 2m (default 60s)")
	f.Int64Var(&i.memory, "memory", 0, "memory of the sandbox in `MIB` (default 1024)")
	f.Int64Var(&i.maxOutput, "max-output", 0, "printed text of a step that is kept, each stream, in `KIB` (default 64); at 64 times that the step is killed")
	f.Int64Var(&i.maxScratch, "max-scratch", 0, "files that the code writes, in `MIB` (default 256)")
	f.IntVar(&i.maxFiles, "max-files", 0, "how many files the code writes, `N` (default 10000)")
	f.StringArrayVar(&i.allow, "allow", nil, "permit a `SCOPE`: import:MOD, host:NAME, tool:NAME; repeatable")
	f.StringArrayVar(&i.deny, "deny", nil, "refuse a `SCOPE`: import:MOD, host:NAME, tool:NAME; repeatable, goes before --allow")
	f.BoolVar(&i.offline, "offline", false, "the offline lock: nothing but this computer is connected to")
	f.BoolVarP(&i.yes, "yes", "y", false, "permit everything that is not denied")
}

var pythonName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// fill puts the flags into a spec. Errors are usage errors that name the flag.
func (i *inputs) fill(s *workbench.Spec) error {
	if i.stepTimeout < 0 || (i.stepTimeout > 0 && i.stepTimeout < 10*time.Millisecond) {
		return usage("--step-timeout %s: use a time of at least 10ms", i.stepTimeout)
	}
	if i.memory != 0 && (i.memory < 64 || i.memory > 4096) {
		return usage("--memory %d: use a number of MiB from 64 to 4096", i.memory)
	}
	for _, l := range []struct {
		flag       string
		value, top int64
		unit       string
	}{
		{"max-output", i.maxOutput, 16 << 10, " of KiB"}, {"max-scratch", i.maxScratch, 16 << 10, " of MiB"}, {"max-files", int64(i.maxFiles), 1_000_000, ""},
	} {
		if l.value < 0 || l.value > l.top {
			return usage("--%s %d: use a number%s from 1 to %d", l.flag, l.value, l.unit, l.top)
		}
	}
	s.Limits = sandbox.Limits{
		Step: i.stepTimeout, MemoryBytes: i.memory << 20,
		OutputBytes: i.maxOutput << 10, ScratchBytes: i.maxScratch << 20, ScratchFiles: i.maxFiles,
	}
	for _, m := range i.imports {
		if err := checkImport("import", m); err != nil {
			return err
		}
		s.Imports = append(s.Imports, m)
	}
	for _, f := range i.files {
		ref, err := fileRef("file", f)
		if err != nil {
			return err
		}
		s.Files = append(s.Files, ref)
	}
	for _, v := range i.vars {
		name, text, ok := strings.Cut(v, "=")
		if !ok || !pythonName.MatchString(name) {
			return usage("--var %q: write NAME=JSON with a Python name, such as --var 'rate=0.05'", v)
		}
		if !json.Valid([]byte(text)) {
			return usage("--var %s: %q is not JSON; a text needs quotes: --var '%s=\"…\"'", name, text, name)
		}
		s.Vars = append(s.Vars, event.InputVar{Name: name, JSON: json.RawMessage(text)})
	}
	return i.scopes(s)
}

// fileRef reads [NAME=]PATH. A path that exists as it stands is never cut at its "=".
func fileRef(flag, s string) (workbench.FileRef, error) {
	if _, err := os.Stat(s); err == nil {
		return workbench.FileRef{Path: s}, nil
	}
	name, path, ok := strings.Cut(s, "=")
	if !ok {
		return workbench.FileRef{Path: s}, nil
	}
	if !pythonName.MatchString(name) {
		return workbench.FileRef{}, usage("--%s %q: the part before = must be a Python name", flag, s)
	}
	return workbench.FileRef{Path: path, Var: name}, nil
}

// scopes applies --allow and --deny.
func (i *inputs) scopes(s *workbench.Spec) error {
	s.Yes, s.Offline = i.yes, i.offline
	if i.yes {
		s.Imports = append(s.Imports, "*")
	}
	for flag, list := range map[string][]string{"allow": i.allow, "deny": i.deny} {
		for _, scope := range list {
			kind, value, _ := strings.Cut(scope, ":")
			if value == "" {
				return usage("--%s %q: write import:MOD, host:NAME or tool:NAME", flag, scope)
			}
			allow := flag == "allow"
			switch kind {
			case "import":
				if err := checkImport(flag, value); err != nil {
					return err
				}
				if allow {
					s.Imports = append(s.Imports, value)
				} else {
					s.DenyImports = append(s.DenyImports, value)
				}
			case "host":
				if allow {
					s.AllowHosts = append(s.AllowHosts, value)
				} else {
					s.DenyHosts = append(s.DenyHosts, value)
				}
			case "tool":
				if allow {
					s.AddTools = append(s.AddTools, value)
				} else {
					s.DenyTools = append(s.DenyTools, value)
				}
			default:
				return usage("--%s %q: the kinds are import, host and tool", flag, scope)
			}
		}
	}
	return nil
}

func checkImport(flag, m string) error {
	if !workbench.ValidImport(m) {
		return usage("--%s %s: write a module (pkg), a package with all in it (pkg.*), or *", flag, strconv.Quote(m))
	}
	return nil
}
