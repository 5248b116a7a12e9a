package llm_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var namedTest = regexp.MustCompile("`(\\w+) (Test\\w+)(?:/([^`]+))?`")

// TestQuirksAreTested: every row of docs/model-quirks.md names a test, and the tests exist, with their parts.
func TestQuirksAreTested(t *testing.T) {
	doc, err := os.ReadFile("../../docs/model-quirks.md")
	if err != nil {
		t.Fatal(err)
	}
	sources := map[string]string{}
	for _, dir := range []string{".", "ollama", "openai", "../agent", "../workbench"} {
		files, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Base(dir)
		if dir == "." {
			name = "llm"
		}
		for _, f := range files {
			src, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			sources[name] += string(src)
		}
	}
	rows := 0
	for line := range strings.Lines(string(doc)) {
		cells := strings.Split(strings.TrimSpace(line), " | ")
		if !strings.HasPrefix(line, "| ") || len(cells) != 3 || cells[2] == "tests |" {
			continue
		}
		rows++
		tests := namedTest.FindAllStringSubmatch(cells[2], -1)
		if len(tests) == 0 {
			t.Errorf("no test is named for: %s", cells[0])
		}
		for _, m := range tests {
			src := sources[m[1]]
			if !strings.Contains(src, "func "+m[2]+"(t *testing.T)") || m[3] != "" && !strings.Contains(src, `"`+m[3]+`"`) {
				t.Errorf("there is no test %s (for: %s)", m[0], cells[0])
			}
		}
	}
	if rows < 30 {
		t.Errorf("only %d rows were read", rows)
	}
}
