// Command bench measures Sandglass against peers in the same run and prints one table: medians, and ratios where
// there is a peer. Machines differ and drift, so only the ratios are worth comparing between days.
//
//	go run -tags sqlite_fts5 ./bench [-n 5]
//
// The peer for speed is the python3 of this computer (another version than the sandbox's 3.13: see the first line).
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"sandglass/backend/agent"
	"sandglass/backend/journal"
	"sandglass/backend/llm"
	"sandglass/backend/llm/script"
	"sandglass/backend/sandbox"
	"sandglass/backend/sandbox/cpython"
	"sandglass/backend/store"
)

var rounds = flag.Int("n", 5, "how often each thing is measured")

// programs are small CPU-bound programs of different kinds.
var programs = []struct{ name, code string }{
	{"calls (fib)", "def fib(n): return n if n < 2 else fib(n-1) + fib(n-2)\nfib(22)"},
	{"integers", "s = 0\nfor i in range(400_000): s += i * i % 7\ns"},
	{"floats", "x = 0.0\nfor i in range(1, 300_000): x += 1.0 / i ** 0.5\nx"},
	{"dicts", "d = {}\nfor i in range(150_000): d[i % 5000] = d.get(i % 5000, 0) + i\nlen(d)"},
	{"strings", "len(' '.join(str(i) for i in range(150_000)).replace('1', 'one').split())"},
	{"sort", "import random\nrandom.seed(1)\na = [random.random() for _ in range(100_000)]\na.sort()\na[0]"},
	{"json", "import json\nlen(json.dumps(json.loads(json.dumps([{'a': i, 'b': str(i)} for i in range(15_000)]))))"},
	{"regex", "import re\nlen(re.findall(r'[a-z]+\\d+', 'abc123 def456 ' * 20_000))"},
	{"objects", "class P:\n    def __init__(self, x): self.x = x\n    def move(self): self.x += 1\nps = [P(i) for i in range(50_000)]\nfor p in ps: p.move()\nsum(p.x for p in ps)"},
}

func main() {
	flag.Parse()
	if err := bench(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func bench(ctx context.Context) error {
	engine := cpython.New(cpython.Config{})
	defer engine.Close()
	if err := engine.Prepare(ctx, nil); err != nil {
		return err
	}
	version, err := exec.Command("python3", "--version").Output()
	if err != nil {
		return fmt.Errorf("the peer python3 is missing: %w", err)
	}
	fmt.Printf("sandbox: CPython %s in WebAssembly; peer: %s; medians of %d\n\n", engine.Status().Python, strings.TrimSpace(string(version)), *rounds)
	t := tabwriter.NewWriter(os.Stdout, 0, 4, 2, ' ', 0)
	fmt.Fprintln(t, "what\tsandglass\tpeer\tratio")
	if err := start(ctx, t, engine); err != nil {
		return err
	}
	if err := speed(ctx, t, engine); err != nil {
		return err
	}
	if err := overhead(ctx, t, engine); err != nil {
		return err
	}
	return t.Flush()
}

func median(d []time.Duration) time.Duration {
	slices.Sort(d)
	return d[len(d)/2]
}

func row(t *tabwriter.Writer, name string, ours, peer time.Duration) {
	if peer == 0 {
		fmt.Fprintf(t, "%s\t%v\t\t\n", name, ours.Round(time.Microsecond))
		return
	}
	fmt.Fprintf(t, "%s\t%v\t%v\t%.2f\n", name, ours.Round(time.Microsecond), peer.Round(time.Microsecond), float64(ours)/float64(peer))
}

// start compares opening a session and running a line in it with starting python3 for it.
func start(ctx context.Context, t *tabwriter.Writer, e *cpython.Engine) error {
	var open, step, call, peer []time.Duration
	for range *rounds {
		begun := time.Now()
		s, err := e.Open(ctx, sandbox.Config{Tools: []sandbox.Tool{{Name: "echo", Params: []sandbox.Param{{Name: "x", Required: true}}}}}, echo{})
		if err != nil {
			return err
		}
		if _, err := s.Run(ctx, "1 + 1"); err != nil {
			return err
		}
		open = append(open, time.Since(begun))
		const many = 200
		begun = time.Now()
		for range many {
			if _, err := s.Run(ctx, "pass"); err != nil {
				return err
			}
		}
		step = append(step, time.Since(begun)/many)
		out, err := s.Run(ctx, "for i in range(1000): echo(i)")
		if err != nil || out.Error != nil {
			return fmt.Errorf("tool calls: %v %v", err, out.Error)
		}
		call = append(call, out.Duration/1000)
		s.Close()
		begun = time.Now()
		if err := exec.Command("python3", "-c", "1 + 1").Run(); err != nil {
			return err
		}
		peer = append(peer, time.Since(begun))
	}
	row(t, "open and first result (peer: start python3)", median(open), median(peer))
	row(t, "empty step", median(step), 0)
	row(t, "tool call", median(call), 0)
	return nil
}

type echo struct{}

func (echo) CallTool(_ context.Context, _ string, args json.RawMessage) (json.RawMessage, error) {
	return args, nil
}
func (echo) Output(string, bool) {}

// timed wraps a program so that it prints its own time in seconds, without start-up and compilation.
func timed(code string) string {
	return fmt.Sprintf("import time\n_code = compile(%q, 'p', 'exec')\n_t = time.perf_counter()\nexec(_code, {})\nprint(time.perf_counter() - _t)", code)
}

func speed(ctx context.Context, t *tabwriter.Writer, e *cpython.Engine) error {
	s, err := e.Open(ctx, sandbox.Config{Imports: []string{"*"}}, echo{})
	if err != nil {
		return err
	}
	defer s.Close()
	var ratios []float64
	for _, p := range programs {
		var ours, peer []time.Duration
		for range *rounds { // in turn, so that a slow moment hits both
			out, err := s.Run(ctx, timed(p.code))
			if err != nil || out.Error != nil {
				return fmt.Errorf("%s: %v %v", p.name, err, out.Error)
			}
			native, err := exec.Command("python3", "-c", timed(p.code)).Output()
			if err != nil {
				return fmt.Errorf("%s: %w", p.name, err)
			}
			ours, peer = append(ours, seconds(out.Stdout)), append(peer, seconds(string(native)))
		}
		row(t, p.name, median(ours), median(peer))
		ratios = append(ratios, float64(median(ours))/float64(median(peer)))
	}
	slices.Sort(ratios)
	fmt.Fprintf(t, "median of the programs\t\t\t%.2f\n", ratios[len(ratios)/2])
	return nil
}

func seconds(s string) time.Duration {
	d, err := time.ParseDuration(strings.TrimSpace(s) + "s")
	if err != nil {
		return 0
	}
	return d
}

// overhead is what a step costs apart from the model and the code: reading the reply, recording to SQLite, deriving
// the prompt. Late steps next to early ones tell whether it grows with the run.
func overhead(ctx context.Context, t *tabwriter.Writer, e *cpython.Engine) error {
	const steps = 200
	dir, err := os.MkdirTemp("", "sandglass-bench-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	st, err := store.Open(dir)
	if err != nil {
		return err
	}
	defer st.Close()
	replies := make([]llm.Reply, steps+1)
	for i := range replies {
		replies[i] = llm.Reply{Text: fmt.Sprintf("Thought: step %d.\n```python\nx = %d\n```", i, i), Finish: llm.FinishStop}
	}
	clock := &stepClock{Model: script.NewReplies(replies)}
	a := &agent.Agent{Name: "bench", Model: clock, Ref: "script/bench", Sandbox: e, MaxSteps: steps}
	if _, err := a.Run(ctx, agent.Task{Text: "bench"}, agent.Ports{Record: journal.New(st, time.Now).For("bench")}); err != nil {
		return err
	}
	n := len(clock.between)
	row(t, "step of the agent, first quarter", median(clock.between[:n/4]), 0)
	row(t, "step of the agent, last quarter (peer: first)", median(clock.between[3*n/4:]), median(clock.between[:n/4]))
	return nil
}

// stepClock measures the time between two calls of a model.
type stepClock struct {
	llm.Model
	last    time.Time
	between []time.Duration
}

func (c *stepClock) Generate(ctx context.Context, req llm.Request, emit func(llm.Delta)) (llm.Reply, error) {
	if !c.last.IsZero() {
		c.between = append(c.between, time.Since(c.last))
	}
	r, err := c.Model.Generate(ctx, req, nil)
	c.last = time.Now()
	return r, err
}
