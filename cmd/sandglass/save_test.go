package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestExecSave: what the code wrote and displayed is in the folder, also when it failed afterwards; without --save a line
// says what is lost.
func TestExecSave(t *testing.T) {
	home(t)
	code := "open('sub.txt', 'w').write('x')\nimport pathlib\npathlib.Path('a/b').mkdir(parents=True)\nopen('a/b/c.txt', 'w').write('deep')\n" +
		"import plotly.graph_objects as go\ndisplay(go.Figure(go.Bar(x=['p'], y=[1])))\n"
	dir := filepath.Join(t.TempDir(), "kept")
	flags := []string{"exec", "--import", "pathlib"}
	exit, _, errs := sandglass(t, code+"1/0", append(flags, "--save", dir)...)
	if exit != 1 || !strings.Contains(errs, "3 files in "+dir) {
		t.Errorf("exit %d, %q", exit, errs)
	}
	for name, want := range map[string]string{"sub.txt": "x", "a/b/c.txt": "deep", "displayed/step1-figure1.plotly.json": `"data"`} {
		got, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		if err != nil || !strings.Contains(string(got), want) {
			t.Errorf("%s: %.80q, %v", name, got, err)
		}
	}
	exit, out, errs := sandglass(t, code, flags...)
	if want := "not kept: a/b/c.txt, displayed/step1-figure1.plotly.json, sub.txt (--save DIR writes them into a folder)\n"; exit != 0 || out != "" || errs != want {
		t.Errorf("exit %d, %q, %q; want %q", exit, out, errs, want)
	}
	taken := file(t, "taken", []byte("a file"))
	if exit, _, errs := sandglass(t, code, append(flags, "--save", taken)...); exit != 2 || !strings.Contains(errs, "--save") {
		t.Errorf("a file for DIR: exit %d, %q", exit, errs)
	}
	if got, _ := os.ReadFile(taken); string(got) != "a file" {
		t.Errorf("the file that stood there became %q", got)
	}
}
