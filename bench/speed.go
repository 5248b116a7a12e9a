package main

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"sandglass/backend/sandbox"
	"sandglass/backend/sandbox/cpython"
)

// The nine programs are of different kinds and define bench(), which returns the same on every Python.
//
//go:embed programs/*.py
var programs embed.FS

const repetitions = 3 // in a round; the least time counts

// timing is what one engine says of one program: seconds of CPU, and the value that bench() gave.
type timing struct {
	seconds float64
	value   string
}

// runner is one way to run Python. Each round starts anew.
type runner struct {
	name  string
	round func(context.Context) (map[string]timing, error)
}

func speed(ctx context.Context, t *table, e *cpython.Engine) error {
	runners := []runner{{"sandglass", inSandbox(e)}, {"python3", command("python3", peerFile("native.py"))}}
	if modules := npm(ctx); modules != "" {
		runners = append(runners, runner{"pyodide", command("node", peerFile("pyodide.mjs"), modules)},
			runner{"python-wasi", command("node", "--no-warnings", peerFile("wasi.mjs"), modules)})
	} else {
		runners = append(runners, runner{"pyodide", nil}, runner{"python-wasi", nil})
	}
	cache, err := cpython.DefaultCacheDir()
	if err != nil {
		return err
	}
	cache = filepath.Join(cache, "bench-engines") // the app's own entries are few, and these would push them out
	plain := cpython.New(cpython.Config{Uninterruptible: true, CacheDir: cache})
	defer plain.Close()
	runners = append(runners, runner{"without interruption", inSandbox(plain)})
	for _, dir := range strings.FieldsFunc(*runtimes, func(c rune) bool { return c == ',' }) {
		other := cpython.New(cpython.Config{RuntimeDir: dir, CacheDir: cache})
		defer other.Close()
		runners = append(runners, runner{filepath.Base(dir), inSandbox(other)})
	}
	best := make([]map[string][]float64, len(runners))
	values := map[string]string{}
	for range *rounds { // in turn, so that a slow moment hits all
		for i, r := range runners {
			if r.round == nil {
				continue
			}
			times, err := r.round(ctx)
			if err != nil {
				return fmt.Errorf("%s: %w", r.name, err)
			}
			if best[i] == nil {
				best[i] = map[string][]float64{}
			}
			for name, it := range times {
				best[i][name] = append(best[i][name], it.seconds)
				if was, ok := values[name]; ok && was != it.value {
					return fmt.Errorf("%s: %s gives %s, and elsewhere %s", r.name, name, it.value, was)
				}
				values[name] = it.value
			}
		}
	}
	return speedRows(t, runners, best)
}

func speedRows(t *table, runners []runner, times []map[string][]float64) error {
	var names []string
	for name := range times[0] {
		names = append(names, name)
	}
	slices.Sort(names)
	ratios := make([][]float64, len(runners))
	fuel := make([][]float64, len(runners))
	for _, name := range names {
		native, ours := median(times[1][name]), median(times[0][name])
		cells := []string{"program " + name}
		for i := range runners {
			if times[i] == nil {
				cells = append(cells, "absent")
				continue
			}
			took := median(times[i][name])
			ratios[i] = append(ratios[i], took/native)
			fuel[i] = append(fuel[i], took/ours)
			if cell := show(time.Duration(took * 1e9)); i == 1 {
				cells = append(cells, cell)
			} else if i < 4 {
				cells = append(cells, fmt.Sprintf("%s (%.2f×)", cell, took/native))
			}
		}
		t.row(slices.Insert(cells, 2, "")...)
	}
	cells := []string{"median of the programs"}
	for i := range 4 {
		cell := "absent"
		if times[i] != nil {
			cell = fmt.Sprintf("%.2f×", median(ratios[i]))
		}
		cells = append(cells, cell)
	}
	t.row(slices.Insert(cells, 2, "4.5×")...)
	t.row("  of it for being interruptible", fmt.Sprintf("%.1f %%", 100*(1/median(fuel[4])-1)), "10 %", "", "", "")
	for i := 5; i < len(runners); i++ {
		t.row("runtime "+runners[i].name, fmt.Sprintf("%.2f× (%.3f of ours)", median(ratios[i]), median(fuel[i])), "", "", "", "")
	}
	return nil
}

// inSandbox measures CPU time of this process, which does nothing else meanwhile, and not less than the step took.
func inSandbox(e *cpython.Engine) func(context.Context) (map[string]timing, error) {
	return func(ctx context.Context) (map[string]timing, error) {
		files, err := programs.ReadDir("programs")
		if err != nil {
			return nil, err
		}
		out := map[string]timing{}
		for _, f := range files {
			if out[strings.TrimSuffix(f.Name(), ".py")], err = inSession(ctx, e, f.Name()); err != nil {
				return nil, err
			}
		}
		return out, nil
	}
}

func inSession(ctx context.Context, e *cpython.Engine, file string) (timing, error) {
	source, err := programs.ReadFile("programs/" + file)
	if err != nil {
		return timing{}, err
	}
	s, err := e.Open(ctx, sandbox.Config{Imports: []string{"*"}}, echo{})
	if err != nil {
		return timing{}, err
	}
	defer s.Close()
	if _, err := do(ctx, s, string(source)); err != nil {
		return timing{}, err
	}
	result := timing{seconds: 1e9}
	for i := range repetitions + 1 { // the first one warms up
		runtime.GC() // not in the middle
		cpu := cpuTime()
		out, err := do(ctx, s, "bench()")
		if err != nil {
			return timing{}, err
		}
		result.value = string(out.Value.JSON)
		if i > 0 {
			result.seconds = min(result.seconds, (cpuTime() - cpu).Seconds(), out.Duration.Seconds())
		}
	}
	return result, nil
}

// command is a peer that prints {program: [seconds, value]}.
func command(name string, args ...string) func(context.Context) (map[string]timing, error) {
	return func(ctx context.Context) (map[string]timing, error) {
		files, err := filepath.Glob(filepath.Join(filepath.Dir(peerFile("")), "programs", "*.py"))
		if err != nil {
			return nil, err
		}
		cmd := exec.CommandContext(ctx, name, append(append(args, strconv.Itoa(repetitions)), files...)...)
		cmd.Stderr = os.Stderr
		out, err := cmd.Output()
		if err != nil {
			return nil, err
		}
		var said map[string][2]json.RawMessage
		if err := json.Unmarshal(out, &said); err != nil {
			return nil, fmt.Errorf("%w: %.200s", err, out)
		}
		result := map[string]timing{}
		for name, pair := range said {
			it := timing{value: string(pair[1])}
			if err := json.Unmarshal(pair[0], &it.seconds); err != nil {
				return nil, err
			}
			result[name] = it
		}
		return result, nil
	}
}
