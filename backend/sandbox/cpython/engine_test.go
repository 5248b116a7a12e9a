package cpython_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"sandglass/backend/fault"
	"sandglass/backend/sandbox"
	"sandglass/backend/sandbox/cpython"
)

func TestStatus(t *testing.T) {
	st := engine.Status()
	if st.State != cpython.Ready || !strings.HasPrefix(st.Python, "3.") || len(st.Key) != 16 || st.Fault != nil {
		t.Errorf("%+v", st)
	}
	if st := cpython.New(cpython.Config{}).Status(); st.State != cpython.Preparing {
		t.Errorf("before Prepare: %+v", st)
	}
}

func TestMissingRuntime(t *testing.T) {
	t.Setenv("SANDGLASS_RUNTIME", "")
	t.Setenv("SANDGLASS_CACHE", t.TempDir())
	for name, cfg := range map[string]cpython.Config{"nowhere": {}, "empty folder": {RuntimeDir: t.TempDir()}} {
		e := cpython.New(cfg)
		_, err := e.Open(context.Background(), sandbox.Config{}, &host{})
		if !fault.Is(err, fault.RuntimeMissing) || !strings.Contains(fault.Of(err).Do, "make runtime") {
			t.Errorf("%s: %v", name, err)
		}
		if st := e.Status(); st.State != cpython.Missing || st.Fault == nil {
			t.Errorf("%s: status %+v", name, st)
		}
	}
	t.Setenv("SANDGLASS_RUNTIME", t.TempDir())
	if _, err := cpython.FindRuntime(); !fault.Is(err, fault.RuntimeMissing) {
		t.Errorf("SANDGLASS_RUNTIME: %v", err)
	}
}

func TestPrepareEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	e := cpython.New(cpython.Config{})
	if err := e.Prepare(ctx, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if _, err := e.Open(ctx, sandbox.Config{}, &host{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	e.Close()
	if err := e.Prepare(context.Background(), nil); !fault.Is(err, fault.SandboxFailed) {
		t.Errorf("after Close: %v", err)
	}
}

// lastUsed is the name of the youngest of the files that match.
func lastUsed(t *testing.T, pattern string) string {
	t.Helper()
	names, err := filepath.Glob(pattern)
	if err != nil || len(names) == 0 {
		t.Fatalf("nothing matches %s: %v", pattern, err)
	}
	return filepath.Base(slices.MaxFunc(names, func(a, b string) int { return modified(t, a).Compare(modified(t, b)) }))
}

func modified(t *testing.T, path string) time.Time {
	t.Helper()
	st, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return st.ModTime()
}

// TestCache goes through the life of an image: another folder, damage, repair, old entries.
func TestCache(t *testing.T) {
	cache := t.TempDir()
	usual, err := cpython.DefaultCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	entry := filepath.Join(cache, "sandbox-"+engine.Status().Key)
	// The machine code is taken over, or this test would take seconds.
	code := filepath.Join(cache, lastUsed(t, filepath.Join(usual, "machine-*")))
	for _, to := range []string{code, entry} {
		if err := os.CopyFS(to, os.DirFS(filepath.Join(usual, filepath.Base(to)))); err != nil {
			t.Fatal(err)
		}
	}
	for i, name := range []string{
		"sandbox-0000000000000000", "machine-0000000000000000", "sandbox-1111111111111111", "machine-1111111111111111", "python-2222222222222222",
	} {
		if err := os.MkdirAll(filepath.Join(cache, name), 0o700); err != nil {
			t.Fatal(err)
		}
		at := time.Now().Add(time.Duration(i-10) * time.Hour)
		if err := os.Chtimes(filepath.Join(cache, name), at, at); err != nil {
			t.Fatal(err)
		}
	}
	image := filepath.Join(entry, "image")
	rewrite := func(f func([]byte) []byte) error {
		b, err := os.ReadFile(image)
		if err != nil {
			return err
		}
		return os.WriteFile(image, f(b), 0o600)
	}
	for _, c := range []struct {
		name   string
		damage func() error
		said   string
	}{
		{"whole", func() error { return nil }, "Loading Python|Python is ready"},
		{"bit", func() error { return rewrite(func(b []byte) []byte { b[len(b)/2] ^= 1; return b }) }, "first time"},
		{"cut", func() error { return rewrite(func(b []byte) []byte { return b[:len(b)-5000] }) }, "first time"},
		{"another module", func() error { return os.WriteFile(filepath.Join(code, "module.wasm"), nil, 0o600) }, "first time"},
		{"not to be written", func() error {
			return errors.Join(os.Remove(image), os.MkdirAll(filepath.Join(image, "in the way"), 0o700))
		}, "could not be cached"},
	} {
		if err := c.damage(); err != nil {
			t.Fatal(err)
		}
		name := c.name
		e := cpython.New(cpython.Config{CacheDir: cache})
		var mu sync.Mutex
		var said []string
		if err := e.Prepare(context.Background(), func(s string) { mu.Lock(); said = append(said, s); mu.Unlock() }); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got := strings.Join(said, "|"); !strings.Contains(got, c.said) {
			t.Errorf("%s: said %q, want %q", name, got, c.said)
		}
		s, err := e.Open(context.Background(), sandbox.Config{}, &host{})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got := show(run(t, s, "6*7")); got != "42" {
			t.Errorf("%s: %s", name, got)
		}
		s.Close()
		e.Close()
	}
	left, err := filepath.Glob(filepath.Join(cache, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for i := range left {
		left[i] = filepath.Base(left[i])
	}
	want := "python-2222222222222222 sandbox-1111111111111111 machine-1111111111111111 " + filepath.Base(entry) + " " + filepath.Base(code)
	if !sameWords(strings.Join(left, " "), want) {
		t.Errorf("left in the cache: %q, want %q", left, want)
	}
}

func sameWords(a, b string) bool {
	count := map[string]int{}
	for _, w := range strings.Fields(a) {
		count[w]++
	}
	for _, w := range strings.Fields(b) {
		count[w]--
	}
	for _, n := range count {
		if n != 0 {
			return false
		}
	}
	return true
}
