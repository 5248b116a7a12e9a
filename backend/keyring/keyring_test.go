package keyring

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	system "github.com/zalando/go-keyring"

	"sandglass/backend/fault"
)

const secret = "sk-very-secret"

func roundTrip(t *testing.T, k *Keyring) {
	t.Helper()
	if key, err := k.Get("groq"); key != "" || err != nil {
		t.Errorf("before: %q, %v", key, err)
	}
	for _, key := range []string{secret, secret + "2"} {
		if err := k.Set("groq", key); err != nil {
			t.Fatal(err)
		}
		if got, err := k.Get("groq"); got != key || err != nil {
			t.Errorf("got %q, %v", got, err)
		}
	}
	if err := k.Set("openai", "other"); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time there is nothing to delete
		if err := k.Delete("groq"); err != nil {
			t.Fatal(err)
		}
	}
	if key, err := k.Get("groq"); key != "" || err != nil {
		t.Errorf("after: %q, %v", key, err)
	}
	if key, err := k.Get("openai"); key != "other" || err != nil {
		t.Errorf("the other: %q, %v", key, err)
	}
	if err := k.Set("openai", ""); err != nil {
		t.Fatal(err)
	}
	if err := k.Set("", "x"); !fault.Is(err, fault.Invalid) {
		t.Errorf("no provider: %v", err)
	}
}

func TestSystem(t *testing.T) {
	system.MockInit()
	dir := t.TempDir()
	k := Open(dir)
	roundTrip(t, k)
	if kind, detail := k.Kind(); kind != System || detail != "" {
		t.Error(kind, detail)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 0 {
		t.Errorf("keys in files although the system has a keyring: %v, %v", entries, err)
	}
}

func TestFile(t *testing.T) {
	system.MockInitWithError(errors.New("no Secret Service"))
	defer system.MockInit()
	dir := filepath.Join(t.TempDir(), "new")
	k := Open(dir)
	roundTrip(t, k)
	kind, detail := k.Kind()
	if kind != File || !strings.Contains(detail, filepath.Join(dir, "keys.json")) || !strings.Contains(detail, "no Secret Service") {
		t.Error(kind, detail)
	}
	if _, err := os.Stat(k.path); err == nil {
		t.Error("a file without keys stays")
	}
	if err := k.Set("groq", secret); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(k.path, 0o644); err != nil {
		t.Fatal(err)
	}
	if key, err := Open(dir).Get("groq"); key != secret || err != nil {
		t.Error(key, err)
	}
	if info, err := os.Stat(k.path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

// A key that was saved to the file is found when the system has a keyring later, until it is replaced there.
func TestFromFileToSystem(t *testing.T) {
	system.MockInitWithError(errors.New("none"))
	dir := t.TempDir()
	if err := Open(dir).Set("groq", "old"); err != nil {
		t.Fatal(err)
	}
	system.MockInit()
	k := Open(dir)
	if key, err := k.Get("groq"); key != "old" || err != nil {
		t.Error(key, err)
	}
	if err := k.Set("groq", "new"); err != nil {
		t.Fatal(err)
	}
	if err := k.Delete("groq"); err != nil {
		t.Fatal(err)
	}
	if key, err := k.Get("groq"); key != "" || err != nil {
		t.Error("a deleted key came back:", key, err)
	}
}

func TestErrorsNameNoKey(t *testing.T) {
	system.MockInit()
	dir := t.TempDir()
	k := Open(dir)
	k.Kind()
	system.MockInitWithError(errors.New("locked"))
	defer system.MockInit()
	_, getErr := k.Get("groq")
	for _, err := range []error{k.Set("groq", secret), k.Delete("groq"), getErr} {
		if !fault.Is(err, fault.Denied) || strings.Contains(err.Error(), secret) || !strings.Contains(err.Error(), "locked") {
			t.Errorf("err = %v", err)
		}
	}
	f := Open(dir)
	for content, code := range map[string]fault.Code{`{"groq":"` + secret: fault.Invalid, `["` + secret + `"]`: fault.Invalid, `null`: ""} {
		if err := os.WriteFile(f.path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := f.Get("groq")
		if code == "" && err != nil || code != "" && (!fault.Is(err, code) || strings.Contains(err.Error(), secret)) {
			t.Errorf("%s: %v", content, err)
		}
	}
}

func TestUnwritableFolder(t *testing.T) {
	system.MockInitWithError(errors.New("none"))
	defer system.MockInit()
	blocker := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(blocker, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Open(filepath.Join(blocker, "sub")).Set("groq", secret); !fault.Is(err, fault.Denied) {
		t.Errorf("err = %v", err)
	}
}

func TestConcurrent(t *testing.T) {
	system.MockInitWithError(errors.New("none"))
	defer system.MockInit()
	k := Open(t.TempDir())
	var wg sync.WaitGroup
	names := strings.Fields("a b c d e f g h i j")
	for _, n := range names {
		wg.Go(func() {
			if err := k.Set(n, n); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, n := range names {
		if key, err := k.Get(n); key != n || err != nil {
			t.Errorf("%s: %q, %v", n, key, err)
		}
	}
}

// A keyring that never answers is given up on.
func TestHang(t *testing.T) {
	_, err := within(1, func() (string, error) { select {} })
	if !fault.Is(err, fault.Timeout) {
		t.Errorf("err = %v", err)
	}
}
