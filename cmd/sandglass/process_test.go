package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"sandglass/backend/event"
)

// TestInterrupt: Ctrl-C ends the run cleanly, exit 4, status stopped.
func TestInterrupt(t *testing.T) {
	home(t)
	c := process(t, "run", "--json", "--replies", file(t, "replies.json", []byte("[\"```python\\nprint('begun', flush=True)\\nwhile True: pass\\n```\"]")), "x")
	var out bytes.Buffer
	c.Stdout = &out
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	waitForKind(t, "code_started")
	if err := c.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	c.Wait()
	if code := c.ProcessState.ExitCode(); code != 4 || !strings.Contains(out.String(), `"status":"stopped"`) {
		t.Errorf("exit %d, %s", code, out.String())
	}
}

// waitForKind waits until the newest run has an event of a kind.
func waitForKind(t *testing.T, kind string) {
	t.Helper()
	for range 1000 {
		time.Sleep(20 * time.Millisecond)
		_, out, _ := sandglass(t, "", "runs", "list", "--json")
		var page struct{ Runs []struct{ ID string } }
		if json.Unmarshal([]byte(out), &page) != nil || len(page.Runs) == 0 {
			continue
		}
		if _, out, _ = sandglass(t, "", "runs", "show", "--json", page.Runs[0].ID); strings.Contains(out, `"kind":"`+kind+`"`) {
			return
		}
	}
	t.Fatalf("no %s", kind)
}

// TestKill kills the process at random moments of a run: what was recorded is there, gapless, and the run is then
// interrupted (or had ended).
func TestKill(t *testing.T) {
	home(t)
	loop := "[" + strings.TrimSuffix(strings.Repeat("\"```python\\nimport random; print(random.random())\\n```\",", 200), ",") + "]"
	replies := file(t, "replies.json", []byte(loop))
	const kills = 8
	for range kills {
		c := process(t, "run", "--events", "--max-steps", "200", "--replies", replies, "x")
		out, err := c.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		io.ReadAtLeast(out, make([]byte, 1), 1) // it has begun
		time.Sleep(time.Duration(rand.IntN(400)) * time.Millisecond)
		c.Process.Signal(syscall.SIGKILL)
		c.Wait()
	}
	_, out, _ := sandglass(t, "", "runs", "list", "--json")
	var page struct {
		Total int
		Runs  []event.Run
	}
	if err := json.Unmarshal([]byte(out), &page); err != nil || page.Total != kills {
		t.Fatalf("%d runs, %v", page.Total, err)
	}
	interrupted := 0
	for _, r := range page.Runs {
		if r.Status == event.Interrupted {
			interrupted++
		} else if r.Status != event.MaxSteps {
			t.Errorf("run %s is %s", r.ID, r.Status)
		}
		_, out, _ := sandglass(t, "", "runs", "show", "--json", string(r.ID))
		var shown struct{ Events []event.Event }
		if err := json.Unmarshal([]byte(out), &shown); err != nil {
			t.Fatal(err)
		}
		for i, e := range shown.Events {
			if e.Seq != int64(i+1) {
				t.Fatalf("run %s: event %d is missing", r.ID, i+1)
			}
		}
	}
	if interrupted == 0 {
		t.Error("no kill hit a running run: the test does not test")
	}
}

// TestCrashIsNoticed lets the process die of a memory fault in the middle of a step, as a bug in compiled code would:
// the next start says so, the run is interrupted with what it did until then, and Python works.
func TestCrashIsNoticed(t *testing.T) {
	home(t)
	replies := file(t, "replies.json", []byte(`["`+"```python\\nprint('begun')\\nwhile True: pass\\n```"+`"]`))
	c := process(t, "run", "--events", "--replies", replies, "x")
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(out); lines.Scan() && !strings.Contains(lines.Text(), `"code_started"`); {
	}
	time.Sleep(50 * time.Millisecond) // in the loop
	c.Process.Signal(syscall.SIGSEGV)
	if err := c.Wait(); err == nil {
		t.Fatal("it did not crash")
	}
	code, list, said := sandglass(t, "", "runs", "list", "--json")
	var page struct{ Runs []event.Run }
	if err := json.Unmarshal([]byte(list), &page); code != 0 || err != nil || len(page.Runs) != 1 || page.Runs[0].Status != event.Interrupted {
		t.Fatalf("status %d: %s %s", code, list, said)
	}
	if !strings.Contains(said, "Sandglass ended unexpectedly while a run was going on") {
		t.Errorf("the next start said %q", said)
	}
	if _, shown, said := sandglass(t, "", "runs", "show", "--json", string(page.Runs[0].ID)); !strings.Contains(shown, "while True: pass") || strings.Contains(said, "unexpectedly") {
		t.Errorf("the run: %s; said again: %q", shown, said)
	}
	if code, out, said := sandglass(t, "print(6 * 7)", "exec", "-"); code != 0 || out != "42\n" {
		t.Errorf("Python after the crash: %d %q %q", code, out, said)
	}
}

// TestServe starts the host as a process, opens the address once, and ends it with Ctrl-C.
func TestServe(t *testing.T) {
	home(t)
	c := process(t, "serve")
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	defer c.Process.Kill()
	var url string
	if _, err := fmt.Fscanln(out, &url); err != nil || !strings.Contains(url, "/?token=") {
		t.Fatalf("url %q: %v", url, err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, "GET", url, nil)
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.DefaultTransport.RoundTrip(req)
	if err != nil || r.StatusCode != http.StatusSeeOther {
		t.Fatalf("%v %v", r, err)
	}
	r.Body.Close()
	if err := c.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := c.Wait(); err != nil {
		t.Errorf("it does not end cleanly: %v", err)
	}
}
