package cpython_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"sandglass/backend/sandbox"
	"sandglass/backend/sandbox/cpython"
	"sandglass/backend/tables"
)

// engine is shared by all tests: it compiles once, and its cache makes the next run of the tests quick.
var engine = cpython.New(cpython.Config{Tables: tables.Parts, Draw: drawFigure})

func TestMain(m *testing.M) {
	if err := engine.Prepare(context.Background(), nil); err != nil {
		fmt.Fprintf(os.Stderr, "these tests need the Python runtime: run `make runtime` first\n%v\n", err)
		os.Exit(1)
	}
	code := m.Run()
	engine.Close()
	os.Exit(code)
}

// host is a fake of what lies outside: tools are Go functions, printed text is kept.
type host struct {
	tools map[string]func(ctx context.Context, args json.RawMessage) (any, error)

	mu      sync.Mutex
	printed []string
}

func (h *host) CallTool(ctx context.Context, name string, args json.RawMessage) (json.RawMessage, error) {
	f := h.tools[name]
	if f == nil {
		return nil, errors.New("no tool " + name)
	}
	v, err := f(ctx, args)
	if err != nil {
		return nil, err
	}
	if raw, ok := v.(json.RawMessage); ok {
		return raw, nil
	}
	return json.Marshal(v)
}

func (h *host) Output(text string, stderr bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if stderr {
		text = "!" + text
	}
	h.printed = append(h.printed, text)
}

func (h *host) live() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return strings.Join(h.printed, "|")
}

func open(t testing.TB, cfg sandbox.Config, h *host) sandbox.Session {
	t.Helper()
	if h == nil {
		h = &host{}
	}
	return openFor(t, cfg, h)
}

func openFor(t testing.TB, cfg sandbox.Config, h sandbox.Host) sandbox.Session {
	t.Helper()
	s, err := engine.Open(context.Background(), cfg, h)
	if err != nil {
		t.Fatalf("open: %+v", err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

func run(t testing.TB, s sandbox.Session, code string) sandbox.Output {
	t.Helper()
	out, err := s.Run(context.Background(), code)
	if err != nil {
		t.Fatalf("run %q: %+v", code, err)
	}
	return out
}

// show makes one line of an Output: its value, or its error, or why it was killed.
func show(o sandbox.Output) string {
	switch {
	case o.Killed != "":
		return "killed " + o.Killed
	case o.Error != nil:
		return fmt.Sprintf("%s: %s (line %d)", o.Error.Type, o.Error.Message, o.Error.Line)
	case o.Value != nil:
		return o.Value.Repr
	}
	return ""
}
