package cpython_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"

	"sandglass/backend/sandbox"
	"sandglass/backend/sandbox/cpython"
)

func BenchmarkOpen(b *testing.B) {
	for b.Loop() {
		s, err := engine.Open(context.Background(), sandbox.Config{}, &host{})
		if err != nil {
			b.Fatal(err)
		}
		s.Close()
	}
}

// BenchmarkOpenAndFirstResult is what a user waits for.
func BenchmarkOpenAndFirstResult(b *testing.B) {
	for b.Loop() {
		s, err := engine.Open(context.Background(), sandbox.Config{}, &host{})
		if err != nil {
			b.Fatal(err)
		}
		if out, err := s.Run(context.Background(), "1+1"); err != nil || show(out) != "2" {
			b.Fatal(show(out), err)
		}
		s.Close()
	}
}

func BenchmarkEmptyStep(b *testing.B) { benchmarkStep(b, "0") }

// BenchmarkSmallStep defines, computes and prints a little, as a model's code does.
func BenchmarkSmallStep(b *testing.B) {
	benchmarkStep(b, "import re\nd = {w: len(w) for w in re.findall(r'\\w+', 'the quick brown fox ' * 20)}\nprint(d)\nd")
}

func BenchmarkError(b *testing.B) { benchmarkStep(b, "def f(d): return d['x']\nf({})") }

func BenchmarkKillAndRestore(b *testing.B) { benchmarkStep(b, "__import__('os')._exit(1)") }

func BenchmarkLoop1M(b *testing.B) {
	benchmarkStep(b, "n = 0\nfor i in range(1_000_000): n += i\nn")
}

func benchmarkStep(b *testing.B, code string) {
	s := open(b, sandbox.Config{Imports: []string{"*"}}, nil)
	for b.Loop() {
		if _, err := s.Run(context.Background(), code); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkToolCall(b *testing.B) {
	h := &host{tools: map[string]func(context.Context, json.RawMessage) (any, error){
		"add": func(context.Context, json.RawMessage) (any, error) { return json.RawMessage("3"), nil },
	}}
	s := open(b, sandbox.Config{Tools: []sandbox.Tool{{Name: "add", Params: []sandbox.Param{{Name: "a", Required: true}}}}}, h)
	const calls = 1000
	for b.Loop() {
		out, err := s.Run(context.Background(), "for i in range(1000): add(i)")
		if err != nil || out.Error != nil {
			b.Fatal(show(out), err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/calls, "µs/call")
}

func BenchmarkEchoMegabyte(b *testing.B) {
	h := &host{tools: map[string]func(context.Context, json.RawMessage) (any, error){
		"echo": func(_ context.Context, args json.RawMessage) (any, error) {
			var a struct{ V json.RawMessage }
			err := json.Unmarshal(args, &a)
			return a.V, err
		},
	}}
	s := open(b, sandbox.Config{Tools: []sandbox.Tool{{Name: "echo", Params: []sandbox.Param{{Name: "v", Required: true}}}}}, h)
	run(b, s, "text, data = 'x' * 1_000_000, bytes(1_000_000)")
	for _, v := range []string{"text", "data"} {
		b.Run(v, func(b *testing.B) {
			b.SetBytes(2_000_000)
			for b.Loop() {
				if out := run(b, s, "echo("+v+") == "+v); show(out) != "True" {
					b.Fatal(show(out))
				}
			}
		})
	}
}

// BenchmarkPrepareFromCache is the start of the app, in the background, but for the first time.
func BenchmarkPrepareFromCache(b *testing.B) {
	for b.Loop() {
		e := cpython.New(cpython.Config{})
		if err := e.Prepare(context.Background(), nil); err != nil {
			b.Fatal(err)
		}
		e.Close()
	}
}

// BenchmarkImportNumpy is the wait of a session's first `import numpy`.
func BenchmarkImportNumpy(b *testing.B) {
	for b.Loop() {
		s := open(b, sandbox.Config{}, nil)
		if out, err := s.Run(context.Background(), "import numpy"); err != nil || out.Error != nil {
			b.Fatal(show(out), err)
		}
		s.Close()
	}
}

// benchmarkSnapshot measures what keeping the state costs after each step of code, beside the step itself.
func benchmarkSnapshot(b *testing.B, code string) {
	s := open(b, sandbox.Config{Imports: []string{"*"}}, nil)
	run(b, s, code)
	snapshot(b, s, true)
	var size, raw int64
	n := 0
	for b.Loop() {
		b.StopTimer()
		run(b, s, code)
		b.StartTimer()
		st := snapshot(b, s, false)
		size, raw, n = size+int64(len(st.Data)), raw+st.Raw, n+1
	}
	b.ReportMetric(float64(size)/float64(n), "B/state")
	b.ReportMetric(float64(raw)/float64(n), "B-raw/state")
}

func BenchmarkSnapshotSmall(b *testing.B) {
	benchmarkSnapshot(b, "import re\nd = {w: len(w) for w in re.findall(r'\\w+', 'the quick brown fox ' * 20)}\nprint(d)\nd")
}

func BenchmarkSnapshot10MB(b *testing.B) {
	benchmarkSnapshot(b, "import random\nx = random.randbytes(10_000_000)")
}

// BenchmarkRestore goes on from a session of 20 steps: states are applied one after the other.
func BenchmarkRestore(b *testing.B) {
	s := open(b, sandbox.Config{Imports: []string{"*"}}, nil)
	var chain []sandbox.State
	for i := range 20 {
		run(b, s, fmt.Sprintf("x%d = [str(i) for i in range(2000)]; d = {k: k for k in x%d}", i, i))
		chain = append(chain, snapshot(b, s, false))
	}
	for b.Loop() {
		r, err := engine.Restore(context.Background(), sandbox.Config{Imports: []string{"*"}}, &host{}, chain)
		if err != nil {
			b.Fatal(err)
		}
		r.Close()
	}
}

// BenchmarkStepWithVariables is an empty step among the variables of an agent's usual work.
func BenchmarkStepWithVariables(b *testing.B) {
	s := open(b, sandbox.Config{Imports: []string{"*"}}, nil)
	run(b, s, "import csv, json\nrows = [{'a': i, 'b': str(i), 'c': i / 3} for i in range(1000)]\n"+
		"totals = {r['b']: r['c'] for r in rows}\nnames = [r['b'] for r in rows]\nbest, second = rows[0], rows[1]\n"+
		"path, text, n, share = '/input/x.csv', 'word ' * 5000, 1200, 0.25\ndef clean(s): return s.strip()\nnested = [[1, 2], [3, 4]]")
	for b.Loop() {
		if _, err := s.Run(context.Background(), "0"); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkStepWithManyVariables is the worst that the summary of variables costs.
func BenchmarkStepWithManyVariables(b *testing.B) {
	s := open(b, sandbox.Config{Imports: []string{"*"}}, nil)
	run(b, s, "for i in range(10_000): globals()[f'v{i}'] = [{'a': [1, 2, {}]}] * 100")
	for b.Loop() {
		if _, err := s.Run(context.Background(), "0"); err != nil {
			b.Fatal(err)
		}
	}
}
