package openai

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
)

// wire stands between go-openai and the network. It completes requests with what go-openai's types cannot hold, makes
// errors of bad answers before go-openai reduces them to a sentence, and tidies the stream for go-openai's reader.
type wire struct{ client *http.Client }

// extra are fields of the request body by name that replace or complete what go-openai writes.
type extra map[string]any

type extraKey struct{}

func withExtra(ctx context.Context, e extra) context.Context {
	return context.WithValue(ctx, extraKey{}, e)
}

// httpError is an answer with a status of 400 or more, or of a kind that is no answer of this protocol.
type httpError struct {
	status     int
	retryAfter string
	html       bool
	body       []byte // at most 64 KiB
}

func (e *httpError) Error() string { return fmt.Sprintf("status %d: %s", e.status, short(e.message())) }

// message finds the human sentence in the shapes that servers use: {"error":{"message"}}, {"error":"…"},
// {"message"}, {"detail"} (FastAPI; a string or a list), or a list of one of these.
func (e *httpError) message() string {
	if e.html {
		return "a web page"
	}
	if s := message(e.body); s != "" {
		return s
	}
	if s := strings.TrimSpace(string(e.body)); s != "" {
		return s
	}
	return strings.ToLower(http.StatusText(e.status))
}

func message(data []byte) string {
	var s string
	if json.Unmarshal(data, &s) == nil {
		return s
	}
	var list []json.RawMessage
	if json.Unmarshal(data, &list) == nil && len(list) > 0 {
		return message(list[0])
	}
	var o map[string]json.RawMessage
	if json.Unmarshal(data, &o) != nil {
		return ""
	}
	for _, name := range []string{"error", "message", "detail", "msg"} {
		if s := message(o[name]); s != "" {
			if loc := string(o["loc"]); loc != "" { // FastAPI says apart which field it means
				s += " " + loc
			}
			if param := message(o["param"]); param != "" && !strings.Contains(s, param) {
				s += " (" + param + ")"
			}
			return s
		}
	}
	return ""
}

// Do implements openai.HTTPDoer.
func (w *wire) Do(req *http.Request) (*http.Response, error) {
	if e, ok := req.Context().Value(extraKey{}).(extra); ok && req.Body != nil {
		if err := complete(req, e); err != nil {
			return nil, err
		}
	}
	resp, err := w.client.Do(req)
	if err != nil {
		return nil, err
	}
	kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if html := kind == "text/html"; html || resp.StatusCode >= 400 || resp.StatusCode < 200 {
		defer resp.Body.Close()
		body, err := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
		if err != nil && len(body) == 0 {
			return nil, err
		}
		return nil, &httpError{resp.StatusCode, resp.Header.Get("Retry-After"), html, body}
	}
	if strings.Contains(req.Header.Get("Accept"), "event-stream") {
		resp.Body = &tidy{from: bufio.NewReaderSize(resp.Body, 64<<10), close: resp.Body, whole: kind == "application/json"}
	}
	return resp, nil
}

// complete edits the JSON body. go-openai leaves out a temperature of 0, which means 1 to most servers, and refuses
// some model names together with some parameters before it sends anything, whatever the server is.
func complete(req *http.Request, e extra) error {
	data, err := io.ReadAll(req.Body)
	if err != nil {
		return err
	}
	var body map[string]json.RawMessage
	if err := json.Unmarshal(data, &body); err != nil {
		return fmt.Errorf("complete the request: %w", err)
	}
	for name, v := range e {
		if body[name], err = json.Marshal(v); err != nil {
			return fmt.Errorf("complete the request: %w", err)
		}
	}
	if data, err = json.Marshal(body); err != nil {
		return fmt.Errorf("complete the request: %w", err)
	}
	req.Body, req.ContentLength = io.NopCloser(bytes.NewReader(data)), int64(len(data))
	req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }
	return nil
}

// tidy passes server-sent events on, line by line, in the form that go-openai reads: data lines only, each ended by
// a line break (its reader drops a last line without one), and errors as ordinary data (its own reading of errors
// loses those that are no object). A server that ignores "stream" and answers with one JSON object is turned into a
// stream of one chunk.
type tidy struct {
	from  *bufio.Reader
	close io.Closer
	whole bool
	ready []byte
	err   error
}

func (t *tidy) Read(p []byte) (int, error) {
	for len(t.ready) == 0 {
		if t.err != nil {
			return 0, t.err
		}
		var line []byte
		if t.whole {
			line, t.err = io.ReadAll(io.LimitReader(t.from, 64<<20))
			if t.err == nil {
				t.err = io.EOF
			}
			var one bytes.Buffer
			if json.Compact(&one, line) == nil {
				line = append([]byte("data: "), one.Bytes()...)
			}
		} else {
			line, t.err = t.from.ReadBytes('\n')
		}
		t.ready = tidyLine(line)
	}
	n := copy(p, t.ready)
	t.ready = t.ready[n:]
	return n, nil
}

func (t *tidy) Close() error { return t.close.Close() }

// tidyLine gives a data line for go-openai, or nothing.
func tidyLine(line []byte) []byte {
	line = bytes.TrimSpace(line)
	data, ok := bytes.CutPrefix(line, []byte("data:"))
	if !ok {
		if !bytes.HasPrefix(line, []byte("{")) { // blank, a comment, event:, id:, retry:
			return nil
		}
		data = line // an error without its "data:"
	}
	data = bytes.TrimSpace(data)
	if len(data) == 0 {
		return nil
	}
	if data[0] == '{' { // go-openai recognises its errors by {"error": without a space
		data = append([]byte("{ "), data[1:]...)
	}
	return append(append([]byte("data: "), data...), '\n')
}
