package cpython

import (
	"context"
	"encoding/json"
	"path/filepath"
	"testing"

	"sandglass/backend/sandbox"
	"sandglass/backend/sandbox/cpython/internal/linmem"
)

type noHost struct{}

func (noHost) CallTool(context.Context, string, json.RawMessage) (json.RawMessage, error) {
	return nil, nil
}
func (noHost) Output(string, bool) {}

// TestCopiedMemory runs a session on the memory of platforms that cannot map: steps, growth, kills, restores.
func TestCopiedMemory(t *testing.T) {
	e := New(Config{})
	defer e.Close()
	p, err := e.wait(t.Context(), nil)
	if err != nil {
		t.Fatalf("run `make runtime` first: %v", err)
	}
	cache, err := DefaultCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	_, mem, err := readImage(filepath.Join(cache, cachePrefix+p.key, imageName))
	if err != nil {
		t.Fatal(err)
	}
	copying := *p
	copying.memory = linmem.NewCopiedImage(mem, len(mem))
	cfg := sandbox.Config{Imports: []string{"*"}}
	lim := sandbox.Limits{MemoryBytes: 96 << 20}.WithDefaults()
	request, err := newOpenRequest("open", cfg, lim)
	if err != nil {
		t.Fatal(err)
	}
	s := newSession(&copying, cfg, lim, noHost{}, len(mem), func(max int64) *guest { return newGuest(&copying, linmem.NewStore(copying.memory, int(max))) })
	defer s.Close()
	if err := s.open(t.Context(), nil, request); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ code, want string }{
		{"x = list(range(200_000)); sum(x)", "19999900000"}, {"x[5] = 0\n__import__('os')._exit(1)", "exit"}, {"sum(x)", "19999900000"},
		{"b = bytearray(20 << 20); b[-1] = 7; len(b)", "20971520"}, {"b[0] = 1\na = [bytes(1 << 20) for _ in iter(int, 1)]", "memory"},
		{"b[0], b[-1], sum(x)", "(0, 7, 19999900000)"}, {"del b, x; c = bytes(30 << 20); len(c)", "31457280"},
	} {
		out, err := s.Run(t.Context(), c.code)
		if err != nil {
			t.Fatal(err)
		}
		got := out.Killed
		if out.Value != nil {
			got = out.Value.Repr
		}
		if got != c.want {
			t.Errorf("%q: %s %+v, want %s", c.code, got, out.Error, c.want)
		}
	}
}
