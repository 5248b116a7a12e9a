package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestSaveFigure gets a figure that a run displayed, as it is and as pictures.
func TestSaveFigure(t *testing.T) {
	home(t)
	replies := file(t, "replies.json", []byte("[\"```python\\nimport matplotlib.pyplot as plt\\nplt.plot([1, 3, 2])\\nplt.title('Up')\\nplt.savefig('own.png')\\nplt.show()\\nfinal_answer(1)\\n```\"]"))
	code, out, errs := sandglass(t, "", "run", "--replies", replies, "--json", "draw")
	var r result
	if err := json.Unmarshal([]byte(out), &r); code != 0 || err != nil {
		t.Fatal(code, errs, err)
	}
	kinds := map[string]string{}
	for _, a := range r.Artefacts {
		kinds[a.Name] = a.MediaType
	}
	const name = "displayed/step1-figure1.plotly.json"
	if kinds["own.png"] != "image/png" || kinds[name] == "" {
		t.Fatalf("%v", kinds)
	}
	run, to := string(r.Run), filepath.Join(t.TempDir(), "figure.png")
	for _, c := range []struct {
		args         []string
		code         int
		begins, errs string
	}{
		{[]string{run, "own.png"}, 0, "\x89PNG", ""},
		{[]string{run, name}, 0, `{"data":`, ""},
		{[]string{run, name, "--as", "svg"}, 0, "<svg ", ""},
		{[]string{run, name, "-o", to}, 0, "", ""},
		{[]string{run, name, "--as", "pdf"}, 2, "", "--as"},
		{[]string{run, "own.png", "--as", "svg"}, 2, "", "no figure"},
		{[]string{run, "nothing"}, 1, "", "nothing"},
	} {
		code, out, errs := sandglass(t, "", append([]string{"runs", "save"}, c.args...)...)
		if code != c.code || !strings.HasPrefix(out, c.begins) || !strings.Contains(errs, c.errs) {
			t.Errorf("%v: %d %.60q %s", c.args, code, out, errs)
		}
	}
	if data, err := os.ReadFile(to); err != nil || !strings.HasPrefix(string(data), "\x89PNG") {
		t.Error(err)
	}
}

// TestExecLimits: the limits of a session are flags.
func TestExecLimits(t *testing.T) {
	home(t)
	for _, tt := range []struct{ flag, code, free string }{
		{"--max-output=1", "print('x' * 5000)", strings.Repeat("x", 5000)},
		{"--max-scratch=1", "open('f', 'wb').write(bytes(2 << 20))", `"value":2097152`},
		{"--max-files=3", "for i in range(9): open(str(i), 'w').close()\n'all'", `"value":"all"`},
	} {
		if exit, out, errs := sandglass(t, tt.code, "exec", "--json", tt.flag); strings.Contains(out, tt.free) {
			t.Errorf("%s: exit %d, %.300q %q", tt.flag, exit, out, errs)
		}
		if exit, out, errs := sandglass(t, tt.code, "exec", "--json"); !strings.Contains(out, tt.free) {
			t.Errorf("without %s: exit %d, %.300q %q", tt.flag, exit, out, errs)
		}
		bad := strings.Split(tt.flag, "=")[0]
		if exit, _, errs := sandglass(t, tt.code, "exec", bad, "-1"); exit != 2 || !strings.Contains(errs, bad) {
			t.Errorf("%s -1: exit %d, %q", bad, exit, errs)
		}
	}
}

// TestExecVariables: what each cell did to the variables, as text and as JSON.
func TestExecVariables(t *testing.T) {
	home(t)
	cells := file(t, "cells.json", []byte(`["x = 1\ny = [1, 2, 3]", "del x\ny.append(4)"]`))
	exit, out, errs := sandglass(t, "", "exec", "--variables", "--cells", cells)
	if want := "+ x: int = 1\n+ y: list of 3 = [1, 2, 3]\n  y: list of 4 = [1, 2, 3, 4]\n- x\n"; exit != 0 || out != "" || errs != want {
		t.Errorf("exit %d, %q, %q; want %q", exit, out, errs, want)
	}
	exit, out, _ = sandglass(t, "", "exec", "--variables", "--json", "--cells", cells)
	if lines := strings.Split(out, "\n"); exit != 0 || len(lines) < 2 || !strings.Contains(lines[1], `"removed":["x"]`) {
		t.Errorf("exit %d, %s", exit, out)
	}
}
