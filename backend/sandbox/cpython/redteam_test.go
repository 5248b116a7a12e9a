package cpython_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
	"unicode"

	"sandglass/backend/sandbox"
)

// The red-team suite: what hostile code tries, in tables by what it is after (redteam_*_test.go). After each attempt
// nothing of the host was read, written, called or connected to, the app lives, and the session's next step works and
// finds its state.

// attempt is one try. want says what must come of it, so that an attempt which no longer tries anything is noticed:
// the begin of the value or error; "killed" (for any reason); several are separated by " or "; "any" for all.
type attempt struct{ name, code, want string }

// hurried leaves attempts that may loop little time, and all of them the least memory that there is.
var hurried = sandbox.Limits{
	MemoryBytes: 1, OutputBytes: 10_000, ScratchBytes: 8 << 20, ScratchFiles: 500,
	Step: 60 * time.Millisecond, Grace: 40 * time.Millisecond,
}

// after runs code that must not fail because other work kept the computer busy for a moment.
func after(t *testing.T, s sandbox.Session, code string) sandbox.Output {
	t.Helper()
	for try := 1; ; try++ {
		if out := run(t, s, code); out.Killed != "time" || try == 20 {
			return out
		}
	}
}

// limits of an attempt: one that is to end by itself gets the time that it needs.
func (a attempt) limits() sandbox.Limits {
	lim := hurried
	for _, w := range strings.Split(a.want, " or ") {
		if w == "any" || w == "killed" || w == "killed time" {
			return lim
		}
	}
	lim.Step = 30 * time.Second
	return lim
}

// prey is what an attempt could reach on the host if there were a hole.
type prey struct {
	dir    string // holds the files secret, secret.py, secret.db
	port   int    // a server on this computer
	caught atomic.Int32
	calls  atomic.Int32 // of the tool, by any attempt
}

const treasure = "the-treasure-of-the-host"

func newPrey(t *testing.T) *prey {
	t.Helper()
	p := &prey{dir: t.TempDir()}
	for _, name := range []string{"secret", "secret.py", "secret.db", "secret.zip"} {
		if err := os.WriteFile(filepath.Join(p.dir, name), []byte("loot = '"+treasure+"'\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("SANDGLASS_TREASURE", treasure)
	server, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	p.port = server.Addr().(*net.TCPAddr).Port
	go func() {
		for {
			c, err := server.Accept()
			if err != nil {
				return
			}
			p.caught.Add(1)
			c.Close()
		}
	}()
	return p
}

// host has one tool, and keeps the promise of the port: the name and the arguments are what was agreed on.
func (p *prey) host(t *testing.T) *host {
	tool := func(_ context.Context, args json.RawMessage) (any, error) {
		p.calls.Add(1)
		var m map[string]json.RawMessage
		if err := json.Unmarshal(args, &m); err != nil || m == nil {
			t.Errorf("the tool was called with %.100q", args)
		}
		if strings.Contains(string(args), `"fail"`) {
			return nil, errors.New("failed as asked")
		}
		return args, nil
	}
	return &host{tools: map[string]func(context.Context, json.RawMessage) (any, error){"tool": tool}}
}

// gate is a host that may be asked for imports and pages, and refuses. What it is asked must be what a person can be shown.
type gate struct {
	*host
	t *testing.T
}

func (g gate) AskImport(_ context.Context, req sandbox.ImportRequest) error {
	for _, c := range req.Module + req.Place.Source {
		if !unicode.IsPrint(c) {
			g.t.Errorf("asked for the import of %q in %q", req.Module, req.Place.Source)
		}
	}
	return errors.New("refused")
}

func (g gate) Fetch(_ context.Context, req sandbox.FetchRequest) (sandbox.FetchResponse, error) {
	u, err := url.Parse(req.URL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.User != nil || u.Host != req.Host || req.Approved || req.Timeout < 0 {
		g.t.Errorf("asked for %+v (%v)", req, err)
	}
	for k, values := range req.Header {
		if strings.ContainsAny(req.Method+k+strings.Join(values, ""), "\r\n\x00") {
			g.t.Errorf("asked with the header %q: %q", k, values)
		}
	}
	return sandbox.FetchResponse{}, &sandbox.FetchError{Kind: sandbox.FetchDenied, Text: "refused"}
}

func (p *prey) check(t *testing.T, out sandbox.Output) {
	t.Helper()
	if b, err := json.Marshal(out); err != nil || strings.Contains(string(b), treasure) {
		t.Errorf("reached the treasure (%v): %s", err, b)
	}
	left, err := os.ReadDir(p.dir)
	if err != nil || len(left) != 4 {
		t.Errorf("the host's folder has changed: %v %v", left, err)
	}
	for _, e := range left {
		if b, err := os.ReadFile(filepath.Join(p.dir, e.Name())); err != nil || !strings.Contains(string(b), treasure) {
			t.Errorf("the host's file %s has changed: %q %v", e.Name(), b, err)
		}
	}
	if n := p.caught.Load(); n != 0 {
		t.Errorf("%d connections to the host", n)
	}
}

// raid runs attempts, each in a session of its own, and looks after each what it reached and whether life goes on.
func raid(t *testing.T, attempts []attempt) {
	p := newPrey(t)
	fill := strings.NewReplacer("{dir}", p.dir, "{port}", fmt.Sprint(p.port))
	for _, a := range attempts {
		t.Run(a.name, func(t *testing.T) {
			s := openFor(t, sandbox.Config{
				Imports: []string{"*"}, Limits: a.limits(),
				Tools: []sandbox.Tool{{Name: "tool", Params: []sandbox.Param{{Name: "x"}}}},
				Files: []sandbox.File{{Name: "given.txt", Open: text("given")}},
			}, gate{p.host(t), t})
			after(t, s, "kept = ['kept']\nopen('kept', 'w').write('kept')")
			out := run(t, s, fill.Replace(a.code))
			p.check(t, out)
			if !came(out, a.want) {
				t.Errorf("%s, want %s", show(out), a.want)
			}
			if got := show(after(t, s, "1/0")); got != "ZeroDivisionError: division by zero (line 1)" {
				t.Errorf("after %s an error gave %s", show(out), got)
			}
			next := after(t, s, "import math, json\nprint(math.floor(2.5), end='')\n"+
				"final_answer(json.dumps([kept, open('/scratch/kept').read(), open('/input/given.txt').read(), 6 * 7, tool('x')]))")
			if next.Final == nil || next.Final.Repr != `'[["kept"], "kept", "given", 42, {"x": "x"}]'` || next.Stdout != "2" {
				t.Errorf("after %s the next step gave %s, printed %q, answered %+v", show(out), show(next), next.Stdout, next.Final)
			}
		})
	}
}

func came(out sandbox.Output, want string) bool {
	for _, w := range strings.Split(want, " or ") {
		if w == "any" || strings.HasPrefix(show(out), w) {
			return true
		}
	}
	return false
}
