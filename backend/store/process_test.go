package store

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sandglass/backend/event"
	"sandglass/backend/fault"
	"sandglass/backend/journal"
)

// The tests of this file run the store in real child processes: this test binary again, with childEnv naming the
// part to play.
const childEnv = "SANDGLASS_STORE_TEST_CHILD"

var parts = map[string]func(dir string) error{}

func TestMain(m *testing.M) {
	if part := os.Getenv(childEnv); part != "" {
		if err := parts[part](os.Getenv(childEnv + "_DIR")); err != nil {
			fmt.Fprintln(os.Stderr, part+":", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

type child struct {
	*exec.Cmd
	in  io.WriteCloser
	out *bufio.Scanner
}

func start(t *testing.T, part, dir string) *child {
	t.Helper()
	c := &child{Cmd: exec.Command(os.Args[0])}
	c.Env = append(os.Environ(), childEnv+"="+part, childEnv+"_DIR="+dir)
	c.Stderr = os.Stderr
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if c.in, err = c.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	c.out = bufio.NewScanner(out)
	t.Cleanup(func() { _ = c.Process.Kill() })
	return c
}

// line waits for the next line of the child.
func (c *child) line(t *testing.T) string {
	t.Helper()
	if !c.out.Scan() {
		t.Fatalf("the child ended: %v", c.Wait())
	}
	return c.out.Text()
}

// finish lets the child go on to its end.
func (c *child) finish(t *testing.T) {
	t.Helper()
	c.in.Close()
	for c.out.Scan() {
	}
	if err := c.Wait(); err != nil {
		t.Fatal(err)
	}
}

func ack(e event.Event) { fmt.Printf("%s %d\n", e.Run, e.Seq) } // one write to the pipe, not buffered

// appendForever is the victim of the kills: two runs at once, small and large events, blobs, endings.
func appendForever(dir string) error {
	s, err := Open(dir)
	if err != nil {
		return err
	}
	j := journal.New(s, time.Now)
	worker := func() error {
		for {
			run := newRun()
			for i, b := range append(story("kill me"), story("and again")[1:]...) {
				if journal.Ends(b) && i < 20 {
					continue
				}
				if c, ok := b.(event.CodeFinished); ok {
					c.Stdout = strings.Repeat("output ", rand.IntN(5000))
					b = c
				}
				e, err := j.Record(bg, run, 1, b)
				if err != nil {
					return err
				}
				ack(e)
				if i == 3 {
					if _, err := s.PutBlob(bg, run, "text/plain", strings.NewReader(strconv.Itoa(rand.IntN(3)))); err != nil {
						return err
					}
				}
			}
		}
	}
	errs := make(chan error)
	go func() { errs <- worker() }()
	go func() { errs <- worker() }()
	return <-errs
}

func init() {
	parts["append"] = appendForever
	parts["hold"] = holdLock
	parts["share"] = share
}

// Killed at any moment, the app loses no event that was recorded, and leaves a database that goes on.
func TestKill(t *testing.T) {
	kills := 36
	dir := t.TempDir()
	acked := map[event.RunID]int64{}
	for range kills {
		c := start(t, "append", dir)
		// Some die early, some late, all in the middle of something.
		for n := 1 + rand.IntN(60); n > 0; n-- {
			note(t, acked, c.line(t))
		}
		time.Sleep(time.Duration(rand.IntN(3000)) * time.Microsecond)
		if err := c.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		for c.out.Scan() { // what it had acknowledged before it died
			note(t, acked, c.out.Text())
		}
		_ = c.Wait() // it was killed

		s := openTest(t, dir)
		if n := s.Notice(); n != nil {
			t.Fatalf("damaged by a kill: %v", n)
		}
		before := verifyRuns(t, s, acked)
		marked, err := s.MarkInterrupted(bg)
		if err != nil {
			t.Fatal(err)
		}
		if len(marked) != before {
			t.Errorf("%d runs were open, %d were marked", before, len(marked))
		}
		if open := verifyRuns(t, s, acked); open != 0 {
			t.Errorf("%d runs are still open", open)
		}
		s.Close()
	}
	if len(acked) < kills {
		t.Errorf("only %d runs were begun", len(acked))
	}
}

func note(t *testing.T, acked map[event.RunID]int64, line string) {
	t.Helper()
	run, text, _ := strings.Cut(line, " ")
	seq, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		t.Fatalf("the child said %q", line)
	}
	acked[event.RunID(run)] = max(acked[event.RunID(run)], seq)
}

// verifyRuns checks all runs: no gaps, nothing missing that was acknowledged, the row equal to the fold. It counts
// the runs without an ending.
func verifyRuns(t *testing.T, s *Store, acked map[event.RunID]int64) (open int) {
	t.Helper()
	hits, total, err := s.Runs(bg, Query{Limit: 100_000})
	if err != nil || total != len(hits) {
		t.Fatal(total, err)
	}
	found := map[event.RunID]bool{}
	for _, h := range hits {
		found[h.ID] = true
		events, err := s.Events(bg, h.ID, 0, 0)
		if err != nil {
			t.Fatal(err)
		}
		for i, e := range events {
			if e.Seq != int64(i+1) {
				t.Fatalf("run %s: place %d has Seq %d", h.ID, i+1, e.Seq)
			}
		}
		n := int64(len(events))
		if n < acked[h.ID] || n > acked[h.ID]+1 {
			t.Errorf("run %s: %d events, %d were acknowledged", h.ID, n, acked[h.ID])
		}
		acked[h.ID] = n
		if diff := cmp.Diff(event.Fold(events), h.Run); diff != "" {
			t.Errorf("run %s: the row is not the fold:\n%s", h.ID, diff)
		}
		if h.Status == event.Running {
			open++
		}
	}
	for id := range acked {
		if !found[id] {
			t.Errorf("run %s is lost", id)
		}
	}
	return open
}

// share appends to a run of its own, a line for each event, until its input ends.
func share(dir string) error {
	s, err := Open(dir)
	if err != nil {
		return err
	}
	defer s.Close()
	run := newRun()
	e, err := s.Append(bg, run, 0, event.RunStarted{Task: "shared"}, time.Now())
	if err != nil {
		return err
	}
	ack(e)
	for range 200 {
		if _, err := s.Append(bg, run, 1, event.StepStarted{Number: 1}, time.Now()); err != nil {
			return err
		}
	}
	fmt.Println("done")
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}

// The window and the command line at once: both write, neither takes the other's runs for interrupted.
func TestTwoInstances(t *testing.T) {
	dir := t.TempDir()
	s := openTest(t, dir)
	mine := newRun()
	record(t, s, mine, event.RunStarted{Task: "mine"})
	c := start(t, "share", dir)
	theirs := event.RunID(strings.Fields(c.line(t))[0])
	var wg sync.WaitGroup
	wg.Go(func() {
		for range 200 {
			if _, err := s.Append(bg, mine, 1, event.StepStarted{Number: 1}, time.Now()); err != nil {
				t.Error(err)
				return
			}
		}
	})
	if got := c.line(t); got != "done" {
		t.Fatal(got)
	}
	wg.Wait()
	third := openTest(t, dir)
	for _, s := range []*Store{s, third} {
		if marked, err := s.MarkInterrupted(bg); err != nil || len(marked) != 0 {
			t.Fatalf("marked %v, %v, though both are alive", marked, err)
		}
	}
	if open := verifyRuns(t, s, map[event.RunID]int64{mine: 201, theirs: 201}); open != 2 {
		t.Errorf("%d runs are open, want 2", open)
	}
	if err := c.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = c.Wait() // it was killed
	if marked, err := s.MarkInterrupted(bg); err != nil || len(marked) != 1 || marked[0] != theirs {
		t.Errorf("marked %v, %v; want %s", marked, err, theirs)
	}
	if r, err := s.Run(bg, mine); err != nil || r.Status != event.Running {
		t.Errorf("my run is %s, %v", r.Status, err)
	}
}

// Two instances that start at the same moment in a new folder both get in.
func TestStartTogether(t *testing.T) {
	dir := t.TempDir()
	var children []*child
	for range 4 {
		children = append(children, start(t, "share", dir))
	}
	for _, c := range children {
		c.line(t)
	}
	for _, c := range children {
		c.finish(t)
	}
	s := openTest(t, dir)
	if _, total, err := s.Runs(bg, Query{}); err != nil || total != 4 {
		t.Errorf("%d runs, %v", total, err)
	}
	if marked, err := s.MarkInterrupted(bg); err != nil || len(marked) != 4 {
		t.Errorf("marked %v, %v", marked, err)
	}
	if entries, err := os.ReadDir(dir + "/instances"); err != nil || len(entries) != 1 {
		t.Errorf("%d lock files, %v; want ours only", len(entries), err)
	}
}

// holdLock holds a transaction until its input ends.
func holdLock(dir string) error {
	s, err := Open(dir)
	if err != nil {
		return err
	}
	defer s.Close()
	tx, err := s.write.Begin()
	if err != nil {
		return err
	}
	fmt.Println("held")
	if _, err := io.Copy(io.Discard, os.Stdin); err != nil {
		return err
	}
	return tx.Rollback()
}

func TestBusy(t *testing.T) {
	dir := t.TempDir()
	o := defaults()
	o.busy = 50 * time.Millisecond
	s, err := open(dir, o)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	run := newRun()
	record(t, s, run, event.RunStarted{Task: "x"})
	c := start(t, "hold", dir)
	c.line(t)
	if _, err := s.Append(bg, run, 1, event.StepStarted{Number: 1}, time.Now()); !fault.Is(err, fault.DatabaseBusy) {
		t.Errorf("err = %v, want busy", err)
	}
	if _, err := s.Events(bg, run, 0, 0); err != nil {
		t.Errorf("reading waits for the writer: %v", err)
	}
	c.finish(t)
	if e, err := s.Append(bg, run, 1, event.StepStarted{Number: 1}, time.Now()); err != nil || e.Seq != 2 {
		t.Errorf("afterwards: %v, %v", e, err)
	}
}
