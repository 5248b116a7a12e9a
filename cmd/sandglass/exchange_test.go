package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestExportImport: a run leaves as JSON and comes back the same, files included; its code leaves as a script.
func TestExportImport(t *testing.T) {
	home(t)
	replies := file(t, "replies.json", []byte("[\"Thought: I write.\\n```python\\nopen('a.txt', 'w').write('content')\\nprint(factor * 2)\\n```\", \"```python\\nfinal_answer(factor * 21)\\n```\"]"))
	_, out, _ := sandglass(t, "", "run", "--json", "--replies", replies, "--var", "factor=2", "Compute")
	var r struct{ Run string }
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatal(err)
	}
	sandglass(t, "", "runs", "tag", r.Run, "kept")
	_, before, _ := sandglass(t, "", "runs", "show", "--json", r.Run)
	exported := filepath.Join(t.TempDir(), "run.json")
	if code, _, errs := sandglass(t, "", "runs", "export", r.Run, "-o", exported); code != 0 {
		t.Fatal(errs)
	}
	if code, _, errs := sandglass(t, "", "runs", "import", exported); code != 1 || !strings.Contains(errs, "here already") {
		t.Errorf("importing what is there: %d %q", code, errs)
	}

	for form, want := range map[string]string{"memory": `"code_action"`, "memory-full": `"model_input_messages"`} {
		code, memory, errs := sandglass(t, "", "runs", "export", "--as", form, r.Run)
		var v struct{ Steps []map[string]any }
		if err := json.Unmarshal([]byte(memory), &v); err != nil || code != 0 || len(v.Steps) < 4 || !strings.Contains(memory, want) || !strings.Contains(memory, "-> None") ||
			strings.Contains(memory, "model_input_messages") != (form == "memory-full") {
			t.Errorf("%s: %d %v %s\n%s", form, code, err, errs, memory)
		}
	}

	code, script, _ := sandglass(t, "", "runs", "export", "--as", "py", r.Run)
	if code != 0 || !strings.Contains(script, "# --- Step 2") || !strings.Contains(script, "# I write.") {
		t.Errorf("script: %d\n%s", code, script)
	}
	python := exec.Command("python3", "-c", script)
	python.Dir = t.TempDir()
	if got, err := python.CombinedOutput(); err != nil || string(got) != "4\n42\n" {
		t.Errorf("the script does %q, %v\n%s", got, err, script)
	}

	home(t) // another computer
	code, out, errs := sandglass(t, "", "runs", "import", exported)
	if code != 0 || strings.TrimSpace(out) != r.Run {
		t.Fatalf("import: %d %q %q", code, out, errs)
	}
	if _, after, _ := sandglass(t, "", "runs", "show", "--json", r.Run); after != before {
		t.Errorf("the run is another one:\n%s\n%s", before, after)
	}
	if _, out, _ := sandglass(t, "", "runs", "search", "Compute"); !strings.Contains(out, r.Run) {
		t.Errorf("an imported run is not found: %q", out)
	}

	data, err := os.ReadFile(exported)
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string][2]string{
		"cut off":       {string(data), string(data[:len(data)/2])},
		"a gap":         {`"seq": 2`, `"seq": 3`},
		"no version":    {`"sandglass": 1`, `"sandglass": 9`},
		"a wrong id":    {r.Run, "../../etc"},
		"no such thing": {string(data), "[]"},
	} {
		bad := file(t, "bad.json", []byte(strings.ReplaceAll(string(data), change[0], change[1])))
		home(t)
		if code, out, errs := sandglass(t, "", "runs", "import", bad); code != 2 || out != "" || !strings.Contains(errs, "exported run") {
			t.Errorf("%s: %d %q %q", name, code, out, errs)
		}
		if _, out, _ := sandglass(t, "", "runs", "list"); out != "" {
			t.Errorf("%s left something behind: %q", name, out)
		}
	}
}

// TestOffline: with the lock, nothing but this computer is connected to, by models or tools.
func TestOffline(t *testing.T) {
	home(t)
	// 192.0.2.1 is reserved for documentation (RFC 5737): nothing would answer there anyhow.
	code, _, errs := sandglass(t, "", "run", "--offline", "--model", "openai/m", "--base-url", "http://192.0.2.1/v1", "x")
	if code != 1 || !strings.Contains(errs, "offline lock") {
		t.Errorf("model: %d %q", code, errs)
	}
	replies := file(t, "replies.json", []byte("[\"```python\\ntry:\\n    visit_webpage('http://192.0.2.1/')\\nexcept Exception as e:\\n    final_answer(str(e))\\n```\"]"))
	if code, out, _ := sandglass(t, "", "run", "--offline", "--replies", replies, "x"); code != 0 || !strings.Contains(out, "does not allow 192.0.2.1") {
		t.Errorf("tool: %d %q", code, out)
	}
}

// TestTools: a tool's schema, and a call from the command line.
func TestTools(t *testing.T) {
	home(t)
	for _, tt := range []struct {
		args      []string
		code      int
		out, errs string
	}{
		{[]string{"show", "read_file"}, 0, `"name":"read_file"`, ""},
		{[]string{"show", "hammer"}, 1, "", "hammer"},
		{[]string{"call", "list_files", "{}"}, 0, "[]", ""},
		{[]string{"call", "visit_webpage", `{"url": "http://127.0.0.1/"}`}, 1, "", "127.0.0.1"},
		{[]string{"call", "visit_webpage", `{"address": 1}`}, 2, "", "url"},
		{[]string{"call", "hammer", "{}"}, 1, "", "visit_webpage"},
		{[]string{"call", "list_files"}, 2, "", "2 arg(s)"},
	} {
		if code, out, errs := sandglass(t, "", append([]string{"tools"}, tt.args...)...); code != tt.code || !strings.Contains(out, tt.out) || !strings.Contains(errs, tt.errs) {
			t.Errorf("%v: %d %q %q", tt.args, code, out, errs)
		}
	}
}
