package openai

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"sandglass/backend/fault"
	"sandglass/backend/llm"
	"sandglass/backend/llm/llmtest"
)

func TestFaults(t *testing.T) {
	html := llmtest.Answer{Status: 200, Header: map[string]string{"Content-Type": "text/html; charset=utf-8"}, Body: "<html>hi</html>"}
	busy := llmtest.Fails(429, `{"error":{"message":"Rate limit reached"}}`)
	busy.Header["Retry-After"] = "7"
	tests := []struct {
		name   string
		answer llmtest.Answer
		code   fault.Code
		says   []string // in what, why or do
	}{
		{"key wrong", llmtest.Fails(401, `{"error":{"message":"Incorrect API key provided: `+key+`"}}`), fault.Unauthorized, []string{"refuses the key", "(key)", "settings"}},
		{"forbidden", llmtest.Fails(403, `{"error":"no access"}`), fault.Unauthorized, []string{"no access"}},
		{"no credit", llmtest.Fails(402, `{"error":{"message":"Insufficient credits"}}`), fault.Unauthorized, []string{"credit"}},
		{"no such model", llmtest.Fails(404, `{"error":{"message":"The model 'm' does not exist","code":"model_not_found"}}`), fault.ModelNotFound, []string{`"m"`, "does not exist"}},
		{"no such model, 400", llmtest.Fails(400, `{"error":{"message":"m is not a valid model ID"}}`), fault.ModelNotFound, nil},
		{"wrong path", llmtest.Fails(404, `{"detail":"Not Found"}`), fault.ModelUnreachable, []string{"does not speak", "Not Found"}},
		{"web page", html, fault.ModelUnreachable, []string{"web page"}},
		{"rate limit", busy, fault.ModelBusy, []string{"Try again in 7s"}},
		{"no quota", llmtest.Fails(429, `{"error":{"message":"You exceeded your current quota"}}`), fault.ModelBusy, []string{"plan"}},
		{"account without credit", llmtest.Fails(429, `{"error":{"message":"You exceeded your current quota","code":"insufficient_quota"}}`), fault.Unauthorized, []string{"paid"}},
		{"gateway, a page", llmtest.Answer{Status: 502, Header: map[string]string{"Content-Type": "text/html"}, Body: "<html>bad gateway</html>"}, fault.ModelFailed, []string{"web page"}},
		{"overloaded", llmtest.Fails(503, `overloaded`), fault.ModelBusy, []string{"overloaded"}},
		{"server error", llmtest.Fails(500, `{"error":{"message":"boom"}}`), fault.ModelFailed, []string{"boom"}},
		{"gateway, empty", llmtest.Fails(502, ``), fault.ModelFailed, []string{"bad gateway"}},
		{"overflow", llmtest.Fails(400, `{"error":{"message":"This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens and max_tokens 10.","code":"context_length_exceeded"}}`), fault.ContextOverflow, []string{"8192"}},
		{"overflow, llama.cpp", llmtest.Fails(400, `{"error":{"code":400,"message":"the request exceeds the available context size, try increasing it","type":"exceed_context_size_error"}}`), fault.ContextOverflow, nil},
		{"too large", llmtest.Fails(413, `{"error":"Payload Too Large"}`), fault.ContextOverflow, nil},
		{"no tools", llmtest.Fails(400, `{"error":{"message":"\"m\" does not support tools"}}`), fault.ModelUnsupported, []string{"cannot call tools"}},
		{"no images", llmtest.Fails(400, `{"error":{"message":"this model has no vision: image_url is not supported"}}`), fault.ModelUnsupported, []string{"images"}},
		{"bad schema", llmtest.Fails(400, `{"error":{"message":"response_format: failed to parse grammar"}}`), fault.ModelUnsupported, []string{"schema"}},
		{"killed", llmtest.Answer{Body: llmtest.Events(llmtest.Delta(`"content":"hi"`)), Kill: true}, fault.ModelFailed, []string{"broke off"}},
		{"clean end without finish_reason", llmtest.Answer{Body: llmtest.Events(llmtest.Delta(`"content":"hi"`))}, fault.ModelFailed, []string{"broke off"}},
		{"[DONE] without finish_reason", llmtest.Answer{Body: llmtest.Events(llmtest.Delta(`"content":"hi"`)) + llmtest.Done}, fault.ModelFailed, []string{"broke off"}},
		{"killed at once", llmtest.Answer{Kill: true}, fault.ModelFailed, nil},
		{"error in the stream", llmtest.Answer{Body: llmtest.Events(llmtest.Delta(`"content":"hi"`), `{"error":{"message":"worker died","code":500}}`)}, fault.ModelFailed, []string{"worker died"}},
		{"error in the stream, a string", llmtest.Answer{Body: llmtest.Events(`{"error":"worker died"}`) + llmtest.Done}, fault.ModelFailed, []string{"worker died"}},
		{"error in the stream without data:", llmtest.Answer{Body: "{\"error\":{\"message\":\"context length exceeded\"}}\n"}, fault.ContextOverflow, nil},
		{"filtered", llmtest.Answer{Body: llmtest.Events(llmtest.Finish("content_filter"))}, fault.ModelFailed, []string{"filter"}},
		{"no JSON in the stream", llmtest.Answer{Body: "data: hello\n\n"}, fault.ModelUnreachable, []string{"something else"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := open(t, llmtest.NewOpenAI(t, tt.answer), "m").Generate(context.Background(), ask("hi"), nil)
			check(t, err, tt.code, tt.says...)
			if got := llm.Transient(err); got != (tt.code == fault.ModelBusy || tt.code == fault.ModelFailed && tt.name != "filtered") {
				t.Errorf("it may pass by itself: %v", got)
			}
		})
	}
}

// check wants a fault with all three sentences, and no key in it.
func check(t *testing.T, err error, code fault.Code, says ...string) {
	t.Helper()
	var f *fault.Error
	if !errors.As(err, &f) || f.Code != code {
		t.Fatalf("fault %v (%T), want %s", err, err, code)
	}
	if f.What == "" || f.Why == "" || f.Do == "" {
		t.Errorf("a sentence is missing: %+v", f)
	}
	all := f.What + " | " + f.Why + " | " + f.Do
	for _, s := range says {
		if !strings.Contains(all, s) {
			t.Errorf("%q lacks %q", all, s)
		}
	}
	for e := err; e != nil; e = errors.Unwrap(e) {
		if strings.Contains(fmt.Sprintf("%+v", e)+all, key) {
			t.Errorf("the key is in %+v", e)
		}
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for header, want := range map[string]time.Duration{"7": 7 * time.Second, "0.5": 500 * time.Millisecond, "Thu, 01 Jan 2026 00:01:00 GMT": time.Minute, "Wed, 31 Dec 2025 00:00:00 GMT": 0} {
		if d, ok := retryAfter(header, now); !ok || d != want {
			t.Errorf("%q: %v %v", header, d, ok)
		}
	}
	for _, header := range []string{"", "soon", "-1", "NaN", "1e300"} {
		if d, ok := retryAfter(header, now); ok {
			t.Errorf("%q: %v", header, d)
		}
	}
	busy := llmtest.Fails(429, `{}`)
	busy.Header["Retry-After"] = "3"
	_, err := open(t, llmtest.NewOpenAI(t, busy), "m").Generate(context.Background(), ask("hi"), nil)
	if d, ok := llm.RetryAfter(err); !ok || d != 3*time.Second {
		t.Errorf("%v %v: %v", d, ok, err)
	}
}

func TestNotRunning(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	url := "http://" + l.Addr().String() + "/v1"
	l.Close()
	p, err := New("acme", url, key, nil)
	if err != nil {
		t.Fatal(err)
	}
	_, err = p.List(context.Background())
	check(t, err, fault.ModelUnreachable, url, "refused")
}

func TestWrongAddress(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/json/models":
			fmt.Fprint(w, "Ollama is running")
		case "/html/models":
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprint(w, "<!doctype html>")
		default:
			http.NotFound(w, r)
		}
	}))
	defer srv.Close()
	for path, says := range map[string]string{"/json": "something else", "/html": "web page", "": "404"} {
		p, err := New("acme", srv.URL+path+"/", "", nil)
		if err != nil {
			t.Fatal(err)
		}
		_, err = p.List(context.Background())
		check(t, err, fault.ModelUnreachable, says, "try "+srv.URL+path+"/v1")
	}
	for _, bad := range []string{"", "localhost:8080", "ftp://x", "http://", "http://a b", "://"} {
		if _, err := New("acme", bad, "", nil); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// denying stands for the app's own dialer, which may refuse a host.
type denying struct{}

func (denying) RoundTrip(*http.Request) (*http.Response, error) {
	return nil, fault.New(fault.Denied, "The offline lock is on", "", "Open it.")
}

func TestOwnFaultsPass(t *testing.T) {
	p, err := New("acme", "https://example.com/v1", key, &http.Client{Transport: denying{}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.List(context.Background()); !fault.Is(err, fault.Denied) {
		t.Error(err)
	}
}

func TestDeadline(t *testing.T) {
	s := llmtest.NewOpenAI(t, llmtest.Answer{Body: llmtest.Events(llmtest.Delta(`"content":"hi"`)), Hang: true})
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if _, err := open(t, s, "m").Generate(ctx, ask("hi"), nil); !fault.Is(err, fault.Timeout) {
		t.Error(err)
	}
}

func TestEmptyRequest(t *testing.T) {
	if _, err := open(t, llmtest.NewOpenAI(t), "m").Generate(context.Background(), llm.Request{}, nil); !fault.Is(err, fault.Invalid) {
		t.Error(err)
	}
}
