package webhost_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"sandglass/backend/event"
	"sandglass/backend/fault"
	"sandglass/backend/webhost"
	"sandglass/backend/workbench"
)

// serve starts a host on a real listener and gives its one-time address.
func serve(t *testing.T) (first string, w *workbench.Workbench) {
	t.Helper()
	t.Setenv("OLLAMA_HOST", "127.0.0.1:1")
	t.Setenv("SANDGLASS_DEMO_PACE", "0")
	w, err := workbench.Open(workbench.Config{Version: "test", Home: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	assets := fstest.MapFS{
		"index.html":    {Data: []byte("<!doctype html><head><title>x</title></head>")},
		"assets/app.js": {Data: []byte("1")},
	}
	h, err := webhost.New(assets, w, l.Addr())
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewUnstartedServer(h)
	s.Listener.Close()
	s.Listener = l
	s.Start()
	t.Cleanup(s.Close)
	return h.URL(), w
}

// browser is a client with cookies that has opened the first address.
func browser(t *testing.T, first string) (*http.Client, string) {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := &http.Client{Jar: jar}
	r, err := c.Get(first)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	page, _ := io.ReadAll(r.Body)
	if r.StatusCode != 200 || !strings.Contains(string(page), `<script src="/api/shim.js">`) {
		t.Fatalf("first page: %d %s", r.StatusCode, page)
	}
	if csp := r.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") {
		t.Errorf("policy = %q", csp)
	}
	base, _, _ := strings.Cut(first, "/?")
	return c, base
}

func call(t *testing.T, c *http.Client, base, method, args string) (result json.RawMessage, f *fault.Error) {
	t.Helper()
	r, err := c.Post(base+"/api/call/"+method, "application/json", strings.NewReader(args))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	var v struct {
		Result json.RawMessage
		Error  *fault.Error
	}
	if err := json.NewDecoder(r.Body).Decode(&v); err != nil {
		t.Fatalf("%s: %d %v", method, r.StatusCode, err)
	}
	return v.Result, v.Error
}

// TestGuard: who has no session, comes by another name, or from another site, gets nothing.
func TestGuard(t *testing.T) {
	first, _ := serve(t)
	base, _, _ := strings.Cut(first, "/?")
	get := func(path string, change func(*http.Request)) int {
		req, err := http.NewRequest("POST", base+path, strings.NewReader("[]"))
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(path, "/?") || path == "/" || path == "/assets/app.js" {
			if req, err = http.NewRequest("GET", base+path, nil); err != nil {
				t.Fatal(err)
			}
		}
		if change != nil {
			change(req)
		}
		r, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		r.Body.Close()
		return r.StatusCode
	}
	for name, got := range map[string]int{
		"no session: page":   get("/", nil),
		"no session: assets": get("/assets/app.js", nil),
		"no session: call":   get("/api/call/Settings", nil),
		"wrong token":        get("/?token=guess", nil),
		"forged cookie":      get("/api/call/Settings", func(r *http.Request) { r.AddCookie(&http.Cookie{Name: "sandglass", Value: "x"}) }),
	} {
		if got != http.StatusUnauthorized {
			t.Errorf("%s: %d", name, got)
		}
	}
	c, _ := browser(t, first)
	cookies := c.Jar.Cookies(mustURL(t, base))
	withCookie := func(r *http.Request) { r.AddCookie(cookies[0]) }
	if got := get("/api/call/Settings", withCookie); got != 200 {
		t.Errorf("with session: %d", got)
	}
	if got := get("/api/call/Settings", func(r *http.Request) { withCookie(r); r.Host = "evil.example:80" }); got != http.StatusForbidden {
		t.Errorf("DNS rebinding: %d", got)
	}
	if got := get("/api/call/Settings", func(r *http.Request) { withCookie(r); r.Header.Set("Origin", "https://evil.example") }); got != http.StatusForbidden {
		t.Errorf("cross-site call: %d", got)
	}
	if got := get(strings.TrimPrefix(first, base), nil); got != http.StatusUnauthorized {
		t.Errorf("the token worked twice: %d", got)
	}
}

// TestCalls: results, faults, bad calls.
func TestCalls(t *testing.T) {
	first, _ := serve(t)
	c, base := browser(t, first)
	if r, f := call(t, c, base, "Settings", "[]"); f != nil || !strings.Contains(string(r), `"theme":"system"`) {
		t.Errorf("Settings: %s %v", r, f)
	}
	for _, tt := range []struct {
		method, args string
		code         fault.Code
	}{
		{"Start", `[{"task":""}]`, fault.Invalid},
		{"Run", `["nothing"]`, fault.NotFound},
		{"Run", `[]`, fault.Invalid},
		{"Run", `[{}]`, fault.Invalid},
		{"Run", `{`, fault.Invalid},
		{"Close", `[]`, fault.NotFound}, // a method of the workbench, but not of the API
		{"Launch", `[]`, fault.NotFound},
	} {
		if _, f := call(t, c, base, tt.method, tt.args); f == nil || f.Code != tt.code {
			t.Errorf("%s%s: %+v, want %s", tt.method, tt.args, f, tt.code)
		}
	}
}

// TestRunThroughHTTP: upload a file, start, follow the events, read the log, download what the run wrote.
func TestRunThroughHTTP(t *testing.T) {
	first, _ := serve(t)
	c, base := browser(t, first)

	var form bytes.Buffer
	m := multipart.NewWriter(&form)
	part, err := m.CreateFormFile("file", "../../sales.csv")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write([]byte("region;amount\nNorth;1,5\nSouth;2,5\n")); err != nil {
		t.Fatal(err)
	}
	m.Close()
	r, err := c.Post(base+"/upload", m.FormDataContentType(), &form)
	if err != nil {
		t.Fatal(err)
	}
	var infos []workbench.FileInfo
	err = json.NewDecoder(r.Body).Decode(&infos)
	r.Body.Close()
	if err != nil || len(infos) != 1 || infos[0].Name != "sales.csv" || infos[0].Rows != 2 {
		t.Fatalf("upload: %+v %v", infos, err)
	}
	if _, err := os.Stat(infos[0].Path); err != nil {
		t.Fatal(err)
	}

	stream, err := c.Get(base + "/api/events")
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Body.Close()
	lines := bufio.NewScanner(stream.Body)
	lines.Scan() // ": open"

	args, err := json.Marshal([]workbench.StartRequest{{Task: "Which region sold most?", Model: "demo/tour", Files: []workbench.FileRef{{Path: infos[0].Path}}}})
	if err != nil {
		t.Fatal(err)
	}
	result, f := call(t, c, base, "Start", string(args))
	if f != nil {
		t.Fatal(f)
	}
	var run event.Run
	for err := json.Unmarshal(result, &run); run.Status == event.Running; {
		if err != nil {
			t.Fatal(err)
		}
		for lines.Scan() && !strings.Contains(lines.Text(), `"run"`) {
		}
		result, f = call(t, c, base, "Run", `["`+string(run.ID)+`"]`)
		if f != nil {
			t.Fatal(f)
		}
		err = json.Unmarshal(result, &run)
	}
	if run.Status != event.Finished || !strings.Contains(run.Answer, "South sold most") {
		t.Errorf("run = %+v", run)
	}
	result, f = call(t, c, base, "RunEvents", `["`+string(run.ID)+`",0]`)
	if f != nil || !strings.Contains(string(result), `"kind":"run_finished"`) {
		t.Errorf("events: %s %v", result, f)
	}
	gone, err := c.Get(base + "/artefact/" + string(run.ID) + "/none.txt")
	if err != nil {
		t.Fatal(err)
	}
	gone.Body.Close()
	if gone.StatusCode != http.StatusNotFound {
		t.Errorf("missing artefact: %d", gone.StatusCode)
	}
}

func mustURL(t *testing.T, s string) *url.URL {
	t.Helper()
	u, err := url.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}
