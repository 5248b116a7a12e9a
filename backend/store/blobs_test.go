package store

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"sandglass/backend/event"
	"sandglass/backend/fault"
)

func put(t *testing.T, s *Store, run event.RunID, content string) Blob {
	t.Helper()
	b, err := s.PutBlob(t.Context(), run, "text/plain", strings.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func get(t *testing.T, s *Store, hash string) (string, error) {
	t.Helper()
	r, b, err := s.Blob(t.Context(), hash)
	if err != nil {
		return "", err
	}
	defer r.Close()
	data, err := io.ReadAll(r)
	if err == nil && (int64(len(data)) != b.Size || b.MediaType != "text/plain") {
		t.Errorf("%d bytes, but %+v", len(data), b)
	}
	return string(data), err
}

func files(t *testing.T, s *Store) (names []string) {
	t.Helper()
	err := filepath.WalkDir(filepath.Join(s.dir, "blobs"), func(_ string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, d.Name())
		}
		return err
	})
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	return names
}

func TestBlobs(t *testing.T) {
	s := openTest(t, t.TempDir())
	a, b := newRun(), newRun()
	for _, run := range []event.RunID{a, b} {
		record(t, s, run, event.RunStarted{Task: "x"}, event.RunStopped{})
	}
	long := strings.Repeat("compressible ", 100_000)
	shared, only, empty := put(t, s, a, long), put(t, s, b, "only b's"), put(t, s, b, "")
	put(t, s, b, long)
	put(t, s, b, long)
	sum := sha256.Sum256([]byte(long))
	if shared.Hash != hex.EncodeToString(sum[:]) || shared.Size != int64(len(long)) {
		t.Errorf("%+v", shared)
	}
	if n := len(files(t, s)); n != 3 {
		t.Errorf("%d files for three contents", n)
	}
	if info, err := os.Stat(s.blobPath(shared.Hash)); err != nil || info.Size() > 10_000 {
		t.Errorf("not compressed: %v, %v", info, err)
	}
	for hash, want := range map[string]string{shared.Hash: long, only.Hash: "only b's", empty.Hash: ""} {
		if got, err := get(t, s, hash); err != nil || got != want {
			t.Errorf("%d bytes, %v; want %d", len(got), err, len(want))
		}
	}
	if freed, err := s.GC(t.Context()); err != nil || freed != 0 {
		t.Errorf("freed %d, %v, though all are in use", freed, err)
	}
	if err := s.DeleteRun(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	if freed, err := s.GC(t.Context()); err != nil || freed == 0 {
		t.Errorf("freed %d, %v", freed, err)
	}
	if _, err := get(t, s, only.Hash); !fault.Is(err, fault.NotFound) {
		t.Errorf("the blob of a deleted run: %v", err)
	}
	if got, err := get(t, s, shared.Hash); err != nil || got != long {
		t.Errorf("the blob of the other run: %d bytes, %v", len(got), err)
	}
	if n := len(files(t, s)); n != 1 {
		t.Errorf("%d files are left", n)
	}
}

func TestPutBlobRefuses(t *testing.T) {
	s := openTest(t, t.TempDir())
	if _, err := s.PutBlob(t.Context(), "none", "", strings.NewReader("x")); !fault.Is(err, fault.NotFound) {
		t.Errorf("no run: %v", err)
	}
	run := newRun()
	record(t, s, run, event.RunStarted{Task: "x"})
	boom := errors.New("boom")
	if _, err := s.PutBlob(t.Context(), run, "", io.MultiReader(strings.NewReader("x"), iotest.ErrReader(boom))); !errors.Is(err, boom) {
		t.Errorf("a reader that fails: %v", err)
	}
	if left := files(t, s); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestOrphansAreCollected(t *testing.T) {
	s := openTest(t, t.TempDir())
	run := newRun()
	record(t, s, run, event.RunStarted{Task: "x"})
	kept := put(t, s, run, "kept")
	dir := filepath.Join(s.dir, "blobs")
	old := time.Now().Add(-2 * orphanAge)
	for name, at := range map[string]time.Time{
		"aa/aa" + strings.Repeat("0", 62) + ".zst": old, "new-1.tmp": old, "new-2.tmp": time.Now(), "notes.txt": old,
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chtimes(s.blobPath(kept.Hash), old, old); err != nil {
		t.Fatal(err)
	}
	if freed, err := s.GC(t.Context()); err != nil || freed != 2 {
		t.Errorf("freed %d, %v", freed, err)
	}
	if left := files(t, s); len(left) != 3 {
		t.Errorf("left: %v", left)
	}
}

// A file that somebody deleted is a fault with words, and saving the content again brings it back.
func TestMissingBlobFile(t *testing.T) {
	s := openTest(t, t.TempDir())
	run := newRun()
	record(t, s, run, event.RunStarted{Task: "x"})
	b := put(t, s, run, "gone")
	if err := os.Remove(s.blobPath(b.Hash)); err != nil {
		t.Fatal(err)
	}
	if _, err := get(t, s, b.Hash); !fault.Is(err, fault.NotFound) {
		t.Errorf("err = %v", err)
	}
	put(t, s, run, "gone")
	if got, err := get(t, s, b.Hash); err != nil || got != "gone" {
		t.Errorf("%q, %v", got, err)
	}
}

// Saving and collecting the same content at once, in two instances: what a run refers to is there.
func TestPutAgainstGC(t *testing.T) {
	dir := t.TempDir()
	s, other := openTest(t, dir), openTest(t, dir)
	var wg sync.WaitGroup
	done := make(chan struct{})
	wg.Go(func() {
		for {
			select {
			case <-done:
				return
			case <-time.After(time.Millisecond): // SQLite's waiting is not fair: without a pause nobody else would get in
				if _, err := other.GC(bg); err != nil {
					t.Error(err)
					return
				}
			}
		}
	})
	for range 60 {
		run := newRun()
		record(t, s, run, event.RunStarted{Task: "x"}, event.RunStopped{})
		b := put(t, s, run, "the same")
		r, _, err := s.Blob(bg, b.Hash)
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		r.Close()
		if err != nil || !bytes.Equal(data, []byte("the same")) {
			t.Fatalf("%q, %v", data, err)
		}
		if err := s.DeleteRun(bg, run); err != nil {
			t.Fatal(err)
		}
	}
	close(done)
	wg.Wait()
}
