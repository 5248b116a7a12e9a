//go:build e2e && linux

package window

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sandglass/backend/llm/llmtest"
	"sandglass/backend/llm/script"
)

// salesFile writes the sample's table into a folder.
func salesFile(t *testing.T) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "sales.csv")
	if err := os.WriteFile(name, script.Samples()[0].Files[0].Data, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// drop gives a file to the composer as a drop on the native window does: Go looks at it, then tells the page.
func (w *window) drop(path string) {
	w.t.Helper()
	looked := w.call("InspectFiles", []map[string]string{{"path": path}})
	infos, ok := looked.(map[string]any)["ok"]
	if !ok {
		w.t.Fatalf("InspectFiles: %v", looked)
	}
	w.js("window.runtime.EventsEmit('drop', arguments[0])", infos)
}

// TestMainJobThroughOllama is the main job in the real window: a task and a CSV, a model on a real Ollama, thought
// and code streaming in, an error that is fed back, the table, the answer; and the run is there after a restart.
func TestMainJobThroughOllama(t *testing.T) {
	server := llmtest.Ollama(t)
	llmtest.Script(t, server, "analyst", false, llmtest.SalesLines())
	home := t.TempDir()
	w := start(t, home, "OLLAMA_HOST="+server.URL)
	w.see("What should the agent do?")
	w.drop(salesFile(t))
	w.see("sales.csv")
	w.see("1,200 rows")
	w.write("//textarea", llmtest.SalesTask)
	w.click("//button[@aria-label='Model']")
	w.click("//*[@role='option'][contains(.,'analyst')]")
	w.click("//button[contains(.,'Run')]")
	w.see("Step 1")
	w.see("could not convert string to float")
	w.see("North")
	w.see("Finished")
	w.see("North sold most")
	w.shot("run")
	w.close()

	again := start(t, home)
	again.click("//a[contains(.,'Runs')]")
	again.see(llmtest.SalesTask)
	again.write("//input[@type='search']", "decimal")
	again.see(llmtest.SalesTask)
	again.click("//main//*[contains(text(),'Which region sold most')]")
	again.see("North sold most")
}

// TestSampleWithoutModel: with nothing installed, a sample plays, and the window says what is missing.
func TestSampleWithoutModel(t *testing.T) {
	w := start(t, t.TempDir())
	w.see("ollama pull")
	w.shot("home")
	w.click("//button[contains(.,'Start the sample Which region')]")
	w.see("Finished")
	w.see("19,229.25")
	w.shot("sample")
	w.js("document.documentElement.dataset.theme = 'dark'")
	w.shot("sample-dark")
}

// TestStop stops a run in the middle of its code.
func TestStop(t *testing.T) {
	w := start(t, t.TempDir(), "SANDGLASS_DEMO_PACE=300ms") // time to stop it while it writes
	w.click("//button[contains(.,'Start the sample How long')]")
	w.see("Step 1")
	w.click("//button[contains(.,'Stop')]")
	w.see("Stopped")
}

// TestHardened: nothing that a page could try leads out of the window, and text of an agent is text.
func TestHardened(t *testing.T) {
	w := start(t, t.TempDir())
	w.see("What should the agent do?")
	before := w.js("return location.href")
	w.js("location.href = 'https://example.org/'")
	w.js("const a = document.createElement('a'); a.href = 'file:///etc/passwd'; document.body.append(a); a.click()")
	w.js("window.open('https://example.org/')")
	if got := w.js("return location.href"); got != before {
		t.Errorf("the window went to %v", got)
	}
	for name, script := range map[string]string{
		"inline script": "const s = document.createElement('script'); s.textContent = 'window.pwned = 1'; document.body.append(s); return String(window.pwned)",
		"frame":         "const f = document.createElement('iframe'); f.srcdoc = '<script>parent.pwned = 1</' + 'script>'; document.body.append(f); return String(window.pwned)",
		"eval":          "try { return String(Function('return 7')()) } catch (e) { return 'undefined' }",
		"handler":       "const d = document.createElement('div'); d.innerHTML = '<img src=x onerror=\"window.pwned = 1\">'; document.body.append(d); return String(window.pwned)",
	} {
		if got := w.js(script); got != "undefined" {
			t.Errorf("%s ran: %v", name, got)
		}
	}
	if got := fmt.Sprint(w.call("OpenExternal", "file:///etc/passwd")); !strings.Contains(got, `"code":"invalid_input"`) {
		t.Errorf("OpenExternal of a file: %s", got)
	}
	w.see("What should the agent do?")
	if strings.Contains(w.text(), "pwned") {
		t.Error("a script ran")
	}
}
