package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"sandglass/backend/sandbox"
	"sandglass/backend/sandbox/cpython"
)

// echo is a host with a tool that gives back what it gets.
type echo struct{ sandbox.Host }

func (echo) CallTool(_ context.Context, _ string, args json.RawMessage) (json.RawMessage, error) {
	var a struct{ X json.RawMessage }
	err := json.Unmarshal(args, &a)
	return a.X, err
}
func (echo) Output(string, bool) {}

var config = sandbox.Config{
	Imports: []string{"*"},
	Tools:   []sandbox.Tool{{Name: "echo", Params: []sandbox.Param{{Name: "x", Required: true}}}},
}

// start is the wait until something runs.
func start(ctx context.Context, t *table, e *cpython.Engine) error {
	open, err := openings(ctx, e, func(sandbox.Session) error { return nil })
	if err != nil {
		return err
	}
	first, err := openings(ctx, e, func(s sandbox.Session) error {
		_, err := do(ctx, s, "1 + 1")
		return err
	})
	if err != nil {
		return err
	}
	native, err := repeat(func() (int, error) { return 1, exec.CommandContext(ctx, "python3", "-c", "1 + 1").Run() })
	if err != nil {
		return err
	}
	loaded := "absent"
	if modules := npm(ctx); modules != "" {
		var times []time.Duration
		for range *rounds {
			out, err := exec.CommandContext(ctx, "node", peerFile("pyodide.mjs"), modules, "1").Output()
			if err != nil {
				return fmt.Errorf("pyodide: %w", err)
			}
			times = append(times, seconds(string(out)))
		}
		loaded = show(median(times))
	}
	prepared, err := repeat(func() (int, error) {
		e := cpython.New(cpython.Config{})
		defer e.Close()
		return 1, e.Prepare(ctx, nil)
	})
	if err != nil {
		return err
	}
	t.row("app: load the runtime from the cache", show(prepared), "", "", "", "")
	t.row("open a session", show(open), "5 ms", "", "", "")
	t.row("first result (peers: of a new process)", show(first), "", show(native), loaded, "")
	for _, module := range []string{"numpy", "pandas"} {
		if !slices.Contains(e.Packages(), module) {
			t.row("import "+module, "absent", "", "", "", "")
			continue
		}
		took, err := inNewSession(ctx, e, "import "+module)
		if err != nil {
			return err
		}
		t.row("import "+module, show(took), "", "", "", "")
	}
	return nil
}

func inNewSession(ctx context.Context, e *cpython.Engine, code string) (time.Duration, error) {
	var times []time.Duration
	for range *rounds {
		s, err := e.Open(ctx, config, echo{})
		if err != nil {
			return 0, err
		}
		out, err := do(ctx, s, code)
		s.Close()
		if err != nil {
			return 0, err
		}
		times = append(times, out.Duration)
	}
	return median(times), nil
}

// steps is what running code costs besides running it.
func steps(ctx context.Context, t *table, e *cpython.Engine) error {
	s, err := e.Open(ctx, config, echo{})
	if err != nil {
		return err
	}
	defer s.Close()
	if err := pausedSteps(ctx, t, s); err != nil {
		return err
	}
	if _, err := do(ctx, s, "text, data = 'x' * 1_000_000, bytes(1_000_000)"); err != nil {
		return err
	}
	for _, r := range []struct {
		name, aim, code string
		n, calls        int // steps in a round, calls in a step
	}{
		{"empty step, the next one at once", "", "pass", 200, 1},
		{"step with an error", "", "{}['x']", 50, 1},
		{"step that is killed and undone", "", "__import__('os')._exit(1)", 20, 1},
		{"tool call and back", "60 µs", "for i in range(500): echo(i)", 1, 500},
		{"tool call with 1 MB of text", "", "echo(text)", 3, 1},
		{"tool call with 1 MB of bytes", "", "echo(data)", 3, 1},
	} {
		took, err := repeat(func() (int, error) {
			for range r.n {
				out, err := s.Run(ctx, r.code)
				if err != nil || out.Error != nil && strings.HasPrefix(r.name, "tool") {
					return 0, fmt.Errorf("%s: %v %v", r.name, out.Error, err)
				}
			}
			return r.n * r.calls, nil
		})
		if err != nil {
			return err
		}
		t.row(r.name, show(took), r.aim, "", "", "")
	}
	return nil
}

// pausedSteps is what an agent sees: between two steps it waits for the model, and meanwhile the memory is committed.
func pausedSteps(ctx context.Context, t *table, s sandbox.Session) error {
	var times []time.Duration
	for range 40 * *rounds {
		time.Sleep(2 * time.Millisecond)
		begun := time.Now()
		if _, err := s.Run(ctx, "pass"); err != nil {
			return err
		}
		times = append(times, time.Since(begun))
	}
	t.row("empty step", show(median(times)), "500 µs", "", "", "")
	return nil
}

// states is time travel: what a state costs to keep and to go back to.
func states(ctx context.Context, t *table, e *cpython.Engine) error {
	for _, c := range []struct{ name, before, step, aimTime, aimSize string }{
		{"small step", "", "x = [i * i for i in range(100)]\ny = {'a': x}", "3 ms", "20 kB"},
		{"10 MB of data", "d = __import__('random').Random(1).randbytes(10_000_000)", "x = d[5]", "", ""},
	} {
		var capture, back []time.Duration
		var size, raw []float64
		for range *rounds {
			s, err := e.Open(ctx, config, echo{})
			if err != nil {
				return err
			}
			var chain []sandbox.State
			for i, code := range []string{c.before, c.step} {
				if _, err := do(ctx, s, code); err != nil {
					return err
				}
				begun := time.Now()
				state, err := s.Snapshot(ctx, i == 0)
				if err != nil {
					return err
				}
				if chain = append(chain, state); i == 1 {
					capture = append(capture, time.Since(begun))
					size, raw = append(size, float64(len(state.Data))), append(raw, float64(state.Raw))
				}
			}
			s.Close()
			begun := time.Now()
			if s, err = e.Restore(ctx, config, echo{}, chain); err != nil {
				return err
			}
			back = append(back, time.Since(begun))
			s.Close()
		}
		t.row("snapshot after a "+c.name, show(median(capture)), c.aimTime, "", "", "")
		t.row("  its size (of changed pages)", fmt.Sprintf("%s (%s)", bytes(median(size)), bytes(median(raw))), c.aimSize, "", "", "")
		t.row("  restore it in a new session", show(median(back)), "", "", "", "")
	}
	return nil
}

// memory is what sessions of one engine take, beside what they share.
func memory(ctx context.Context, t *table, e *cpython.Engine) error {
	for _, c := range []struct{ name, code string }{
		{"memory of a session more", "x = 1"}, {"  with numpy imported", "import numpy"}, {"  with pandas imported", "import pandas"},
	} {
		module, isImport := strings.CutPrefix(c.code, "import ")
		if isImport && !slices.Contains(e.Packages(), module) {
			continue
		}
		const many = 8
		before, ok := resident()
		if !ok {
			t.row(c.name, "not measured on this system", "", "", "", "")
			return nil
		}
		var open []sandbox.Session
		for range many {
			s, err := e.Open(ctx, config, echo{})
			if err != nil {
				return err
			}
			open = append(open, s)
			if _, err := do(ctx, s, c.code); err != nil {
				return err
			}
			if _, err := do(ctx, s, "pass"); err != nil { // its commit has ended then
				return err
			}
		}
		after, _ := resident()
		for _, s := range open {
			s.Close()
		}
		t.row(c.name, bytes(max(0, after-before)/many), "", "", "", "")
	}
	return nil
}

func resident() (float64, bool) { return residentOf(os.Getpid()) }

// residentOf is how much memory a process takes, in bytes: its part of shared pages, and all of its own (Pss).
func residentOf(pid int) (float64, bool) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
	if err != nil {
		return 0, false
	}
	for _, line := range strings.Split(string(b), "\n") {
		var kib float64
		if _, err := fmt.Sscanf(line, "Pss: %f kB", &kib); err == nil {
			return kib * 1024, true
		}
	}
	return 0, false
}

func seconds(s string) time.Duration {
	d, err := time.ParseDuration(strings.TrimSpace(s) + "s")
	if err != nil {
		return 0
	}
	return d
}
