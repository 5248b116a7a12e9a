package backend

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// The floors of the house, top to bottom. A package may import what stands on a lower floor; on its own floor only
// what its row names. Foreign packages are for those who are named beside them.
var floors = []struct {
	name     string
	packages []string
	sideways map[string][]string // package: what it may import of its own floor
}{
	{"roof", []string{".", "cmd/sandglass", "backend/webhost", "frontend"}, map[string][]string{
		".": {"frontend"}, "cmd/sandglass": {"backend/webhost", "frontend"},
	}},
	{"desk", []string{"backend/workbench"}, nil},
	{"walls", []string{
		"backend/llm/ollama", "backend/llm/openai", "backend/llm/script", "backend/tools/builtin", "backend/sandbox/cpython",
		"backend/store", "backend/keyring", "backend/wheels", "backend/picture", "backend/tables",
		"backend/figure", "backend/machine",
	}, nil},
	{"hearth", []string{"backend/agent", "backend/tools", "backend/sandbox", "backend/journal", "backend/permit", "backend/llm/retry", "backend/fitness"}, map[string][]string{
		"backend/agent": {"backend/tools", "backend/sandbox", "backend/permit"}, "backend/permit": {"backend/sandbox"},
		"backend/fitness": {"backend/agent", "backend/sandbox"},
	}},
	{"words", []string{"backend/llm", "backend/event", "backend/fault"}, map[string][]string{
		"backend/llm": {"backend/fault"}, "backend/event": {"backend/llm", "backend/fault"},
	}},
}

// foreign says which packages may import a library: only the adapter that speaks its language.
var foreign = map[string][]string{
	"github.com/wailsapp/wails":                    {"."},
	"github.com/mattn/go-sqlite3":                  {"backend/store"},
	"github.com/sashabaranov/go-openai":            {"backend/llm/openai"},
	"github.com/ollama/ollama":                     {"backend/llm/ollama", "backend/llm/llmtest"},
	"github.com/tetratelabs/wazero":                {"backend/sandbox/cpython"},
	"github.com/zalando/go-keyring":                {"backend/keyring"},
	"github.com/JohannesKaufmann/html-to-markdown": {"backend/tools/builtin"},
	"golang.org/x/image":                           {"backend/picture", "backend/figure"},
	"git.sr.ht/~sbinet/gg":                         {"backend/figure"},
	"codeberg.org/go-fonts":                        {"backend/figure"},
	"github.com/spf13/":                            {"cmd/sandglass"},
	"database/sql":                                 {"backend/store"},
	"github.com/apache/arrow-go":                   {"backend/tables"},
	"github.com/google/flatbuffers":                {"backend/tables"},
	"github.com/parquet-go/parquet-go":             {"backend/tables"},
	"github.com/pierrec/lz4":                       {"backend/tables"},
	"github.com/andybalholm/brotli":                {"backend/tables"},
}

// unseen is what the hearth must not import: the world comes in through ports.
var unseen = []string{"os", "os/exec", "net", "net/http", "io/ioutil", "syscall"}

// TestImports holds the architecture: every import of every package, tests aside, goes down.
func TestImports(t *testing.T) {
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	floorOf := map[string]int{}
	for i, f := range floors {
		for _, p := range f.packages {
			floorOf[p] = i
		}
	}
	for pkg, imports := range allImports(t, root) {
		if aside(pkg) {
			continue
		}
		home, ok := floorOf[owner(pkg, floorOf)]
		if !ok {
			t.Errorf("%s stands on no floor: add it to the table in backend/imports_test.go", pkg)
			continue
		}
		for _, imp := range imports {
			checkForeign(t, pkg, imp)
			if floors[home].name == "hearth" && slices.Contains(unseen, imp) {
				t.Errorf("%s (hearth) imports %s: the world comes in through a port", pkg, imp)
			}
			inner, ok := strings.CutPrefix(imp, "sandglass/")
			if !ok || owner(inner, floorOf) == owner(pkg, floorOf) {
				continue
			}
			to := owner(inner, floorOf)
			target, ok := floorOf[to]
			switch {
			case !ok:
				t.Errorf("%s imports %s, which stands on no floor", pkg, inner)
			case target < home:
				t.Errorf("%s (%s) imports %s (%s): imports go down only", pkg, floors[home].name, to, floors[target].name)
			case target == home && !slices.Contains(floors[home].sideways[owner(pkg, floorOf)], to):
				t.Errorf("%s imports %s beside it on the floor %q: let the floor above connect them", pkg, to, floors[home].name)
			}
		}
	}
}

// aside are helpers of tests and of the build, which are not part of the house.
func aside(pkg string) bool {
	return strings.HasPrefix(pkg, "build/") || strings.HasPrefix(pkg, "e2e") || strings.HasPrefix(pkg, "bench") ||
		strings.HasPrefix(pkg, "backend/llm/llmtest") || pkg == "backend"
}

// owner is the package of the table that a package belongs to: its internal packages are its own business.
func owner(pkg string, floorOf map[string]int) string {
	if i := strings.Index(pkg, "/internal"); i >= 0 {
		return pkg[:i]
	}
	return pkg
}

func checkForeign(t *testing.T, pkg, imp string) {
	t.Helper()
	for lib, who := range foreign {
		if strings.HasPrefix(imp, lib) && !slices.ContainsFunc(who, func(w string) bool { return pkg == w || strings.HasPrefix(pkg, w+"/internal") }) {
			t.Errorf("%s imports %s: only %s may", pkg, imp, strings.Join(who, ", "))
		}
	}
}

func allImports(t *testing.T, root string) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(root, p)
		if d.IsDir() {
			if n := d.Name(); p != root && (strings.HasPrefix(n, ".") || n == "node_modules" || n == "testdata" || rel == filepath.Join("build", "bin")) {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(p, ".go") || strings.HasSuffix(p, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), p, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		pkg := filepath.ToSlash(filepath.Dir(rel))
		for _, imp := range file.Imports {
			name, err := strconv.Unquote(imp.Path.Value)
			if err != nil {
				return err
			}
			out[pkg] = append(out[pkg], name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(out) < 10 {
		t.Fatalf("only %d packages found: the test looks at the wrong folder", len(out))
	}
	return out
}
