// Package llmtest is the test kit of the model adapters and of everything that talks to models: a contract that every
// adapter keeps, a scripted server that speaks OpenAI's protocol, and a real Ollama with models that say what a test
// wants.
package llmtest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
)

// OpenAI is a server that speaks OpenAI's protocol and gives scripted answers to /v1/chat/completions, one a request.
type OpenAI struct {
	URL string // ends in /v1

	t        testing.TB
	mu       sync.Mutex
	answers  []Answer
	requests []map[string]any
	headers  []http.Header
}

// Answer is what the server does with one request.
type Answer struct {
	Status int               // 0 for 200
	Header map[string]string // besides Content-Type, which is that of an event stream if Status is 0
	Body   string            // sent in small writes
	Kill   bool              // the connection is cut after Body; else it ends as HTTP wants
	Hang   bool              // after Body the server waits until the client hangs up
}

// NewOpenAI starts a server, which ends with the test. It also lists models: "alpha" and "beta".
func NewOpenAI(t testing.TB, answers ...Answer) *OpenAI {
	s := &OpenAI{t: t, answers: answers}
	srv := httptest.NewServer(s)
	t.Cleanup(srv.Close)
	s.URL = srv.URL + "/v1"
	return s
}

// Next adds answers.
func (s *OpenAI) Next(a ...Answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answers = append(s.answers, a...)
}

// Requests are the bodies of the chat requests so far.
func (s *OpenAI) Requests() []map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]map[string]any(nil), s.requests...)
}

// Headers are the headers of the chat requests so far.
func (s *OpenAI) Headers() []http.Header {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]http.Header(nil), s.headers...)
}

// ServeHTTP implements http.Handler.
func (s *OpenAI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/v1/models":
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"object":"list","data":[{"id":"beta","object":"model"},{"id":"alpha","object":"model","created":1700000000}]}`)
		return
	case "/v1/chat/completions":
	default:
		http.NotFound(w, r)
		return
	}
	data, err := io.ReadAll(r.Body)
	var body map[string]any
	if err == nil {
		err = json.Unmarshal(data, &body)
	}
	s.mu.Lock()
	s.requests, s.headers = append(s.requests, body), append(s.headers, r.Header)
	n := len(s.requests)
	var a Answer
	if n <= len(s.answers) {
		a = s.answers[n-1]
	}
	s.mu.Unlock()
	if err != nil || a.Status == 0 && a.Body == "" && !a.Hang && !a.Kill {
		s.t.Errorf("request %d: no answer is scripted (%v)", n, err)
		http.Error(w, "no answer is scripted", http.StatusTeapot)
		return
	}
	s.give(w, r, a)
}

func (s *OpenAI) give(w http.ResponseWriter, r *http.Request, a Answer) {
	if a.Status == 0 {
		a.Status = http.StatusOK
		w.Header().Set("Content-Type", "text/event-stream")
	}
	for k, v := range a.Header {
		w.Header().Set(k, v)
	}
	w.WriteHeader(a.Status)
	for len(a.Body) > 0 { // borders that fit no line
		n := min(37, len(a.Body))
		if _, err := io.WriteString(w, a.Body[:n]); err != nil {
			return
		}
		a.Body = a.Body[n:]
		w.(http.Flusher).Flush()
	}
	if a.Hang {
		<-r.Context().Done()
	}
	if a.Kill {
		panic(http.ErrAbortHandler)
	}
}

// Events makes a stream of data lines, one for each JSON text.
func Events(chunks ...string) string {
	var b strings.Builder
	for _, c := range chunks {
		fmt.Fprintf(&b, "data: %s\n\n", c)
	}
	return b.String()
}

// Done is the last line of a stream.
const Done = "data: [DONE]\n\n"

// Delta is a chunk with one fragment: its fields are those of "delta", as JSON.
func Delta(fields string) string {
	return fmt.Sprintf(`{"id":"c","object":"chat.completion.chunk","choices":[{"index":0,"delta":{%s},"finish_reason":null}]}`, fields)
}

// Finish is the chunk that ends a reply.
func Finish(reason string) string {
	return fmt.Sprintf(`{"id":"c","choices":[{"index":0,"delta":{},"finish_reason":%q}]}`, reason)
}

// Usage is the chunk with the counts, which has no choices.
const Usage = `{"id":"c","choices":[],"usage":{"prompt_tokens":11,"completion_tokens":7,"total_tokens":18,"prompt_tokens_details":{"cached_tokens":3}}}`

var words = regexp.MustCompile(`\s*\S+|\s+`)

// Words makes one chunk a word, in the field of this name: "content", "reasoning_content" or "reasoning".
func Words(field, text string) []string {
	var out []string
	for _, w := range words.FindAllString(text, -1) {
		v, err := json.Marshal(w)
		if err != nil {
			panic(err) // a string always encodes
		}
		out = append(out, Delta(fmt.Sprintf("%q:%s", field, v)))
	}
	return out
}

// Says is a whole answer with a text.
func Says(text string) Answer {
	return Answer{Body: Events(append(Words("content", text), Finish("stop"), Usage)...) + Done}
}

// Fails is an answer with a status and a body of JSON.
func Fails(status int, body string) Answer {
	return Answer{Status: status, Header: map[string]string{"Content-Type": "application/json"}, Body: body}
}
