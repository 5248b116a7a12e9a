package workbench_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sandglass/backend/fault"
	"sandglass/backend/sandbox/cpython"
	"sandglass/backend/workbench"
)

// TestAnotherRuntime: states of another version of the runtime are no use; they are made again from the log, which needs
// the inputs to be as they were.
func TestAnotherRuntime(t *testing.T) {
	home := t.TempDir()
	w := open(t, home)
	parent, input := parentRun(t, w)
	w.Close()
	anotherImage(t)
	w = open(t, home)
	next := workbench.Spec{From: &workbench.From{Run: parent.ID, Step: 3}, With: scripted(code("final_answer([next(gen), seen[1] == r])"))}
	if r := runToEnd(t, w, next); r.Answer != "[6,true]" {
		t.Errorf("%+v %+v", r, r.Fault)
	}
	if v := verify(t, w, parent.ID); !v.Same {
		t.Errorf("%+v", v)
	}
	if err := os.WriteFile(input, []byte("one\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	next.With = scripted(code("final_answer(0)"))
	l, err := w.Launch(context.Background(), next)
	if err == nil {
		r := finish(t, w, l)
		if r.Fault == nil {
			t.Fatalf("a state of another runtime was used: %+v", r)
		}
		err = r.Fault
	}
	if !fault.Is(err, fault.StateUnusable) || !strings.Contains(err.Error(), "another version") {
		t.Errorf("with another input: %v", err)
	}
}

// anotherImage has the engines that are opened from now on use a runtime that differs by the identity of its image, as if it
// had been built from other sources. Its machine code is that of the tests' runtime, so nothing is compiled.
func anotherImage(t *testing.T) {
	t.Helper()
	dir, err := cpython.FindRuntime()
	if err != nil {
		t.Fatal(err)
	}
	cache, err := cpython.DefaultCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	machine, err := filepath.Glob(filepath.Join(cache, "machine-*"))
	if err != nil || len(machine) == 0 {
		t.Fatal("no machine code in the cache", err)
	}
	images, err := filepath.Glob(filepath.Join(cache, "sandbox-*", "image"))
	if err != nil || len(images) == 0 {
		t.Fatal("no image in the cache", err)
	}
	other := t.TempDir()
	for _, m := range machine {
		if err := os.Symlink(m, filepath.Join(other, filepath.Base(m))); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range images {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		b = b[:len(b)-sha256.Size]
		i := bytes.Index(b, []byte(`"id":"`)) + len(`"id":"`)
		if copy(b[i:], "0ther") != 5 || i < 10 || i > 500 {
			t.Fatal("the image names no id")
		}
		sum := sha256.Sum256(b)
		to := filepath.Join(other, filepath.Base(filepath.Dir(name)), "image")
		if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(to, append(b, sum[:]...), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("SANDGLASS_RUNTIME", dir)
	t.Setenv("SANDGLASS_CACHE", other)
}
