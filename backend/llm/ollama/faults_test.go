package ollama

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"sandglass/backend/fault"
	"sandglass/backend/llm"
)

// check wants a fault with all three sentences.
func check(t *testing.T, err error, code fault.Code, says ...string) {
	t.Helper()
	var f *fault.Error
	if !errors.As(err, &f) || f.Code != code {
		t.Fatalf("fault %v (%T), want %s", err, err, code)
	}
	if f.What == "" || f.Do == "" && code != fault.Invalid || f.Why == "" {
		t.Errorf("a sentence is missing: %+v", f)
	}
	all := f.What + " | " + f.Why + " | " + f.Do
	for _, s := range says {
		if !strings.Contains(all, s) {
			t.Errorf("%q lacks %q", all, s)
		}
	}
}

// TestSaidFaults are the rows that a healthy server cannot be brought to: its words are replayed. The texts were
// seen from a real server, v0.17.4.
func TestSaidFaults(t *testing.T) {
	tests := []struct {
		name   string
		status int
		body   string
		code   fault.Code
		says   []string
	}{
		{"busy", 503, `{"error":"server busy, please try again.  maximum pending requests exceeded"}`, fault.ModelBusy, []string{"queue", "Wait"}},
		{"unavailable", 503, `{"error":"maintenance"}`, fault.ModelBusy, []string{"maintenance"}},
		{"option", 500, `{"error":"option \"num_predict\" must be of type integer"}`, fault.Invalid, []string{"num_predict"}},
		{"runner killed", 200, `{"error":"an error was encountered while running the model: unexpected EOF"}`, fault.ModelFailed, []string{"starts it anew"}},
		{"memory", 500, `{"error":"model requires more system memory (64.0 GiB) than is available (7.1 GiB)"}`, fault.ModelFailed, []string{"64.0 GiB", "smaller model", `"m"`}},
		{"does not load", 500, `{"error":"llama runner process has terminated: exit status 2"}`, fault.ModelFailed, []string{"does not start"}},
		{"think level", 400, `{"error":"think value \"high\" is not supported for this model"}`, fault.ModelUnsupported, []string{"on or off"}},
		{"embedding model", 400, `{"error":"\"m\" does not support chat"}`, fault.ModelUnsupported, []string{"chat"}},
		{"cloud off", 403, `{"error":"ollama cloud is disabled: remote inference is unavailable"}`, fault.ModelUnsupported, []string{"local model"}},
		{"forbidden", 403, `{"error":"origin"}`, fault.Unauthorized, nil},
		{"signed out", 401, `{"error":"unauthorized","signin_url":"x"}`, fault.Unauthorized, []string{"ollama signin"}},
		{"cloud limit", 429, `{"error":"usage limit"}`, fault.ModelBusy, []string{"usage limit"}},
		{"unknown", 500, `{"error":"something new"}`, fault.ModelFailed, []string{"something new"}},
		{"not Ollama", 404, `<html>nginx</html>`, fault.ModelUnreachable, []string{"not Ollama", DefaultURL}},
		{"not Ollama either", 405, `{"error":"method not allowed"}`, fault.ModelUnreachable, []string{"not Ollama"}},
		{"no last fragment", 200, `{"message":{"role":"assistant","content":"hi"},"done":false}`, fault.ModelFailed, []string{"broke off"}},
		{"nothing", 200, ``, fault.ModelFailed, []string{"broke off"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/api/chat" {
					w.WriteHeader(tt.status)
					fmt.Fprintln(w, tt.body)
				}
			}))
			defer srv.Close()
			p, err := New(srv.URL, nil)
			if err != nil {
				t.Fatal(err)
			}
			_, err = open(t, p, "m").Generate(context.Background(), ask("hi"), nil)
			check(t, err, tt.code, tt.says...)
			again := []string{"busy", "unavailable", "cloud limit", "runner killed", "no last fragment", "nothing"}
			if got := llm.Transient(err); got != slices.Contains(again, tt.name) {
				t.Errorf("it may pass by itself: %v", got)
			}
		})
	}
}

func TestNotOllama(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "<html>hello</html>") }))
	defer srv.Close()
	p, err := New(srv.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	_, err = p.List(context.Background())
	check(t, err, fault.ModelUnreachable, "not Ollama", srv.URL)
	_, err = p.Version(context.Background())
	check(t, err, fault.ModelUnreachable, "not Ollama")
}

func TestCloudIsMarked(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/api/tags":
			fmt.Fprint(w, `{"models":[{"name":"big:cloud","remote_model":"big","remote_host":"https://ollama.com"},{"name":"small"}]}`)
		default: // details cannot be read
			http.Error(w, `{"error":"no"}`, 500)
		}
	}))
	defer srv.Close()
	p, err := New(srv.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	infos, err := p.List(context.Background())
	if err != nil || len(infos) != 2 || !infos[0].Cloud || infos[1].Cloud || infos[1].Capabilities != nil {
		t.Errorf("%+v %v", infos, err)
	}
}

func TestNew(t *testing.T) {
	for in, want := range map[string]string{
		"":                           DefaultURL,
		" localhost ":                "http://localhost:11434",
		"0.0.0.0:1234":               "http://127.0.0.1:1234",
		"http://box:11434/v1":        "http://box:11434",
		"http://box:11434/api/":      "http://box:11434",
		"https://box/ollama?x=1#y":   "https://box/ollama",
		"http://me:secret@box:11434": "http://me:xxxxx@box:11434",
		"[::1]:11434":                "http://[::1]:11434",
	} {
		p, err := New(in, nil)
		if err != nil || p.URL() != want {
			t.Errorf("%q: %v, want %s", in, err, want)
			if p != nil {
				t.Log(p.URL())
			}
		}
	}
	for _, bad := range []string{"ftp://x", "http://", "::", "http://a b"} {
		if _, err := New(bad, nil); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	p, err := New("", nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Open(" "); !fault.Is(err, fault.Invalid) {
		t.Error(err)
	}
}

func TestSameModel(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want bool
	}{{"qwen3", "qwen3:latest", true}, {"Qwen3:8B", "qwen3:8b", true}, {"qwen3:8b", "qwen3", false}, {"host:5000/x/y", "host:5000/x/y:latest", true}} {
		if sameModel(tt.a, tt.b) != tt.want {
			t.Errorf("%s and %s", tt.a, tt.b)
		}
	}
}

// FuzzChat feeds foreign streams through the real client: no panic, and a reply or an error that is a fault.
func FuzzChat(f *testing.F) {
	f.Add([]byte(`{"message":{"content":"a"},"done":true,"done_reason":"stop"}`))
	f.Add([]byte("{\"message\":{\"tool_calls\":[{\"function\":{\"name\":\"f\",\"arguments\":{\"x\":1}}}]}}\n{\"done\":true}"))
	f.Add([]byte(`{"error":"x"}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		p, err := New("", &http.Client{Transport: canned(body)})
		if err != nil {
			t.Fatal(err)
		}
		m, err := p.Open("m")
		if err != nil {
			t.Fatal(err)
		}
		var bad *fault.Error
		if _, err := m.Generate(context.Background(), llm.Request{Messages: ask("hi").Messages}, nil); err != nil && !errors.As(err, &bad) {
			t.Fatalf("%T %v", err, err)
		}
	})
}

// canned answers every request alike.
type canned []byte

func (c canned) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	_, err := w.Write(c)
	return w.Result(), err
}
