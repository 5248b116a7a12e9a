//go:build e2e && linux

// Package window drives the real window: Xvfb, WebKitWebDriver, and a program built with the tag e2e, which lets the
// driver attach to Wails' web view.
package window

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// binary is built once for the package.
var binary string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "sandglass-window-*")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	binary = filepath.Join(dir, "sandglass-e2e")
	build := exec.Command("go", "build", "-tags", "desktop,production,e2e,sqlite_fts5,webkit2_41", "-o", binary, "../..")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build the window: %v\n%s", err, out)
		os.Exit(1)
	}
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

// patience is how long a thing may take to appear before the test gives up; machines of CI are slow.
const patience = 60 * time.Second

// display starts a screen of its own and gives its name.
func display(t *testing.T) string {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", "1440x960x24", "-nolisten", "tcp")
	c.ExtraFiles = []*os.File{w}
	if err := c.Start(); err != nil {
		t.Fatal("Xvfb does not start (make test installs it): ", err)
	}
	w.Close()
	t.Cleanup(func() { c.Process.Kill(); c.Wait() })
	n, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return ":" + strings.TrimSpace(n)
}

// window is a session of the WebDriver with the program in it.
type window struct {
	t       *testing.T
	base    string
	display string
}

// start opens the program on a data folder.
func start(t *testing.T, home string, env ...string) *window {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	l.Close()
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	w := &window{t: t, display: display(t), base: fmt.Sprintf("http://127.0.0.1:%d/session", port)}
	d := exec.Command("WebKitWebDriver", "--host=127.0.0.1", fmt.Sprintf("--port=%d", port))
	d.Env = append(os.Environ(), "DISPLAY="+w.display, "SANDGLASS_HOME="+home, "HOME="+t.TempDir(), "SANDGLASS_DEMO_PACE=5ms", "OLLAMA_HOST=127.0.0.1:1")
	if os.Getenv("SANDGLASS_CACHE") == "" {
		d.Env = append(d.Env, "SANDGLASS_CACHE="+filepath.Join(cache, "sandglass")) // HOME is another one here
	}
	d.Env = append(d.Env, env...)
	if err := d.Start(); err != nil {
		t.Fatal("WebKitWebDriver does not start (make test installs it): ", err)
	}
	t.Cleanup(func() { d.Process.Kill(); d.Wait() })
	for end := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err == nil {
			c.Close()
			break
		}
		if time.Now().After(end) {
			t.Fatal(err)
		}
	}
	var v struct{ SessionID string }
	w.do("POST", "", map[string]any{"capabilities": map[string]any{"alwaysMatch": map[string]any{
		"webkitgtk:browserOptions": map[string]any{"binary": binary, "args": []string{}},
	}}}, &v)
	w.base += "/" + v.SessionID
	t.Cleanup(w.close)
	return w
}

// close ends the program, as closing its window would.
func (w *window) close() {
	req, err := http.NewRequest("DELETE", w.base, nil)
	if err != nil {
		return
	}
	if r, err := http.DefaultClient.Do(req); err == nil {
		r.Body.Close()
	}
}

func (w *window) do(method, path string, body, out any) {
	w.t.Helper()
	var b bytes.Buffer
	if body != nil {
		if err := json.NewEncoder(&b).Encode(body); err != nil {
			w.t.Fatal(err)
		}
	}
	req, err := http.NewRequest(method, w.base+path, &b)
	if err != nil {
		w.t.Fatal(err)
	}
	r, err := (&http.Client{Timeout: 2 * patience}).Do(req)
	if err != nil {
		w.t.Fatal(method, path, err)
	}
	defer r.Body.Close()
	var v struct{ Value json.RawMessage }
	if err := json.NewDecoder(r.Body).Decode(&v); err != nil || r.StatusCode != 200 {
		w.t.Fatalf("%s %s: %d %s %v", method, path, r.StatusCode, v.Value, err)
	}
	if out != nil {
		if err := json.Unmarshal(v.Value, out); err != nil {
			w.t.Fatal(err)
		}
	}
}

// js runs a script in the window and gives what it returns.
func (w *window) js(script string, args ...any) (v any) {
	w.t.Helper()
	if args == nil {
		args = []any{}
	}
	w.do("POST", "/execute/sync", map[string]any{"script": script, "args": args}, &v)
	return v
}

// call calls a method of the program and waits for its promise.
func (w *window) call(method string, args ...any) (v any) {
	w.t.Helper()
	if args == nil {
		args = []any{}
	}
	w.do("POST", "/execute/async", map[string]any{
		"script": "const done = arguments[2]; window.go.main.App[arguments[0]](...arguments[1]).then((r) => done({ok: r}), (e) => done({error: e.message}))",
		"args":   []any{method, args},
	}, &v)
	return v
}

func (w *window) element(xpath string) string {
	w.t.Helper()
	var e map[string]string
	for end := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		var found []map[string]string
		w.do("POST", "/elements", map[string]any{"using": "xpath", "value": xpath}, &found)
		if len(found) > 0 {
			e = found[0]
			break
		}
		if time.Now().After(end) {
			w.shot("missing")
			w.t.Fatalf("nothing at %s; the window says:\n%s", xpath, w.text())
		}
	}
	for _, id := range e {
		return id
	}
	return ""
}

func (w *window) click(xpath string) {
	w.t.Helper()
	w.do("POST", "/element/"+w.element(xpath)+"/click", map[string]any{}, nil)
}

func (w *window) write(xpath, text string) {
	w.t.Helper()
	w.do("POST", "/element/"+w.element(xpath)+"/value", map[string]any{"text": text}, nil)
}

func (w *window) text() string {
	w.t.Helper()
	return fmt.Sprint(w.js("return document.body.innerText"))
}

// see waits until the window shows a text.
func (w *window) see(want string) {
	w.t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(100 * time.Millisecond) {
		got := w.text()
		if strings.Contains(got, want) {
			return
		}
		if time.Now().After(end) {
			w.shot("unseen")
			w.t.Fatalf("%q is not to be seen; the window says:\n%s", want, got)
		}
	}
}

// shot saves a picture of the whole window. With SANDGLASS_SHOTS it goes to that folder: the pictures of the docs.
func (w *window) shot(name string) {
	w.t.Helper()
	dir := os.Getenv("SANDGLASS_SHOTS")
	if dir == "" {
		dir = os.TempDir()
		name = "sandglass-" + name
	}
	var png string
	w.do("GET", "/screenshot", nil, &png)
	b, err := base64.StdEncoding.DecodeString(png)
	if err != nil || len(b) < 10_000 {
		w.t.Fatalf("the picture %s is empty (%d bytes, %v)", name, len(b), err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), b, 0o644); err != nil {
		w.t.Error(err)
	}
}
