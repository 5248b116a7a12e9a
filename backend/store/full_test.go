//go:build unix

package store

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"sandglass/backend/event"
	"sandglass/backend/fault"
)

func init() {
	parts["full"] = fillDisk
	parts["readonly"] = readOnly
}

// noise does not compress.
func noise(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte('a' + rand.IntN(26))
	}
	return string(b)
}

// fill appends until there is no space left, and gives the number of events that were written.
func fill(s *Store, run event.RunID) (int64, error) {
	for i := int64(2); i < 5000; i++ {
		_, err := s.Append(bg, run, 1, event.CodeStarted{Code: noise(2000)}, time.Now())
		if err == nil {
			continue
		}
		if f := fault.Of(err); f.Code != fault.DiskFull || f.Do == "" {
			return 0, fmt.Errorf("append: %w (%s)", err, f.Code)
		}
		return i - 1, nil
	}
	return 0, errors.New("the disk did not get full")
}

// fillDisk runs with a limit to the size of files, which the system enforces where a full disk would be noticed: in
// write(2).
func fillDisk(dir string) error {
	s, err := Open(dir)
	if err != nil {
		return err
	}
	defer s.Close()
	signal.Ignore(syscall.SIGXFSZ)
	var old syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &old); err != nil {
		return err
	}
	limit := old
	limit.Cur = 1 << 20
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		return err
	}
	run := newRun()
	if _, err := s.Append(bg, run, 0, event.RunStarted{Task: "fill"}, time.Now()); err != nil {
		return err
	}
	n, err := fill(s, run)
	if err != nil {
		return err
	}
	if _, err := s.PutBlob(bg, run, "text/plain", strings.NewReader(noise(4<<20))); !fault.Is(err, fault.DiskFull) {
		return fmt.Errorf("blob: %w", err)
	}
	if events, err := s.Events(bg, run, 0, 0); err != nil || int64(len(events)) != n {
		return fmt.Errorf("%d events of %d are there: %w", len(events), n, err)
	}
	// Space was freed: it goes on where it was.
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &old); err != nil {
		return err
	}
	e, err := s.Append(bg, run, 1, event.RunStopped{}, time.Now())
	if err == nil && e.Seq != n+1 {
		err = fmt.Errorf("Seq %d after %d events", e.Seq, n)
	}
	ack(e)
	return err
}

func TestDiskFull(t *testing.T) {
	dir := t.TempDir()
	c := start(t, "full", dir)
	acked := map[event.RunID]int64{}
	note(t, acked, c.line(t))
	c.finish(t)
	s := openTest(t, dir)
	if s.Notice() != nil {
		t.Error(s.Notice())
	}
	verifyRuns(t, s, acked)
	if left, err := filepath.Glob(filepath.Join(dir, "blobs", "*"+tempSuffix)); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// SQLite's own limit of the file's size gives SQLITE_FULL.
func TestDatabaseFull(t *testing.T) {
	dir := t.TempDir()
	o := defaults()
	o.maxPages = 200
	s, err := open(dir, o)
	if err != nil {
		t.Fatal(err)
	}
	run := newRun()
	record(t, s, run, event.RunStarted{Task: "fill"})
	n, err := fill(s, run)
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
	s = openTest(t, dir)
	verifyRuns(t, s, map[event.RunID]int64{run: n})
}

// readOnly opens stores where it may not write; root may everywhere, so it becomes nobody first.
func readOnly(dir string) error {
	if os.Getuid() == 0 {
		if err := syscall.Setuid(65534); err != nil {
			return err
		}
	}
	for _, sub := range []string{"new", "used", "file"} {
		s, err := Open(filepath.Join(dir, sub))
		if err == nil {
			s.Close()
			return fmt.Errorf("%s: opened", sub)
		}
		if f := fault.Of(err); f.Code != fault.Denied || f.Do == "" {
			return fmt.Errorf("%s: %w (%s)", sub, err, f.Code)
		}
	}
	return nil
}

func TestReadOnly(t *testing.T) {
	dir := t.TempDir()
	for _, sub := range []string{"used", "file"} {
		s, err := Open(filepath.Join(dir, sub))
		if err != nil {
			t.Fatal(err)
		}
		s.Close()
	}
	for path, mode := range map[string]os.FileMode{
		"file/instances": 0o777, "file/" + DatabaseName: 0o444, "file": 0o555, // the database only
		"used/instances": 0o555, "used": 0o555, // the whole folder
		"": 0o555, // and none can be made
	} {
		if err := os.Chmod(filepath.Join(dir, path), mode); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() {
		for _, path := range []string{"", "file", "used", "used/instances"} {
			_ = os.Chmod(filepath.Join(dir, path), 0o755)
		}
	})
	if err := os.Chmod(filepath.Dir(dir), 0o755); err != nil { // MkdirTemp makes it for its owner only
		t.Fatal(err)
	}
	start(t, "readonly", dir).finish(t)
}

func TestFolderThatCannotBeMade(t *testing.T) {
	blocker := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(blocker, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{blocker, filepath.Join(blocker, "sub")} {
		if _, err := Open(dir); !fault.Is(err, fault.Denied) {
			t.Errorf("%s: %v", dir, err)
		}
	}
}
