package workbench_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"sandglass/backend/event"
	"sandglass/backend/fault"
	"sandglass/backend/permit"
	"sandglass/backend/workbench"
)

func launch(t *testing.T, w *workbench.Workbench, spec workbench.Spec, code ...string) *workbench.Launched {
	t.Helper()
	for i, c := range code {
		code[i] = "```python\n" + c + "\n```"
	}
	spec.Task, spec.Model, spec.With = "x", "script/x", scripted(code...)
	l, err := w.Launch(t.Context(), spec)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// card waits for the next card of a run, after a Seq.
func card(t *testing.T, w *workbench.Workbench, id event.RunID, after int64) event.Event {
	t.Helper()
	messages, stop := w.Subscribe()
	defer stop()
	for {
		for _, e := range events(t, w, id) {
			switch e.Body.(type) {
			case event.PermissionAsked:
				if e.Seq > after {
					return e
				}
			case event.RunFinished, event.RunFailed:
				t.Fatalf("the run ended without a card: %+v", e.Body)
			}
		}
		<-messages
	}
}

func decide(t *testing.T, w *workbench.Workbench, e event.Event, allow bool, lasts event.Lasts) {
	t.Helper()
	if err := w.Decide(e.Run, e.Seq, allow, lasts); err != nil {
		t.Fatalf("decide on %+v: %v", e.Body, err)
	}
}

const tryImports = `
def tried(name):
    try:
        __import__(name)
        return "yes"
    except ImportError as e:
        return str(e).partition(". Authorized")[0]
`

// TestPermissionCard: what was decided holds as long as was said, and is asked again after that.
func TestPermissionCard(t *testing.T) {
	w := open(t, t.TempDir())
	l := launch(t, w, workbench.Spec{}, tryImports+"one = [tried('os'), tried('os')]\nimport shutil",
		"one += [tried('os'), tried('shutil'), tried('pickle'), tried('pickle')]\nfinal_answer(one)")
	if err := w.Decide(l.Run.ID, 1, true, event.Once); err != nil && !fault.Is(err, fault.Conflict) {
		t.Fatal(err)
	}
	e := card(t, w, l.Run.ID, 0)
	asked := e.Body.(event.PermissionAsked)
	if asked.Scope != (event.Scope{Kind: "import", Value: "os"}) || asked.Line != 3 || asked.Source != "__import__(name)" {
		t.Errorf("asked = %+v", asked)
	}
	if run, err := w.Run(l.Run.ID); err != nil || !run.Waiting {
		t.Error("the run does not wait", run, err)
	}
	if err := w.Decide(l.Run.ID, e.Seq, true, "for a while"); !fault.Is(err, fault.Invalid) {
		t.Error(err)
	}
	decide(t, w, e, true, event.Once)
	if err := w.Decide(l.Run.ID, e.Seq, true, event.Once); !fault.Is(err, fault.Conflict) {
		t.Error("decided twice:", err)
	}
	shutil := card(t, w, l.Run.ID, e.Seq)
	decide(t, w, shutil, true, event.ThisRun)
	again := card(t, w, l.Run.ID, shutil.Seq) // the next step: "once" is over
	decide(t, w, again, true, event.Always)
	decide(t, w, card(t, w, l.Run.ID, again.Seq), false, event.ThisRun)
	run := finish(t, w, l)
	want := `["yes","yes","yes","yes","import of 'pickle' is not authorized: the user refused import:pickle: do without it","import of 'pickle' is not authorized: the user refused import:pickle: do without it"]`
	if string(run.AnswerJSON) != want || run.Waiting {
		t.Errorf("answer = %s\n  want = %s", run.AnswerJSON, want)
	}
	if got := decisions(t, w, l.Run.ID); got != "os+once shutil+run os+always pickle-run " {
		t.Errorf("decisions = %s", got)
	}
	if err := w.Decide(l.Run.ID, e.Seq, true, event.Once); !fault.Is(err, fault.NotFound) {
		t.Error("after the end:", err)
	}

	// What is remembered holds in the next run, and stands in its list of imports.
	l = launch(t, w, workbench.Spec{Unattended: true}, tryImports+"final_answer([tried('os'), tried('shutil')[:40]])")
	if run := finish(t, w, l); string(run.AnswerJSON) != `["yes","import of 'shutil' is not authorized: no"]` {
		t.Errorf("later: %s", run.AnswerJSON)
	}
	if started := events(t, w, l.Run.ID)[0].Body.(event.RunStarted); !strings.Contains(started.System, ", os, and ") {
		t.Errorf("imports = %v", started.Imports)
	}
	if err := w.Revoke("import", "os", ""); err != nil {
		t.Fatal(err)
	}
	if all, err := w.Permissions(); err != nil || len(all) != 0 {
		t.Errorf("after revoking: %v, %v", all, err)
	}
}

// TestDecisionsGoAlong: what was decided for a run holds for those that go on from it, as far as the step; what was decided
// for once does not.
func TestDecisionsGoAlong(t *testing.T) {
	w := open(t, t.TempDir())
	l := launch(t, w, workbench.Spec{}, tryImports+"first = tried('os')", "second = [tried('pickle'), tried('shutil')]", "third = tried('glob')", "final_answer(0)")
	os := card(t, w, l.Run.ID, 0)
	decide(t, w, os, true, event.ThisRun)
	pickle := card(t, w, l.Run.ID, os.Seq)
	decide(t, w, pickle, false, event.ThisRun)
	shutil := card(t, w, l.Run.ID, pickle.Seq)
	decide(t, w, shutil, true, event.Once)
	decide(t, w, card(t, w, l.Run.ID, shutil.Seq), true, event.ThisRun)
	parent := finish(t, w, l)
	for step, want := range map[int]string{
		2: "yes; import of 'pickle' is not authorized: the user refused import:pickle: do without it; asked; asked",
		3: "yes; import of 'pickle' is not authorized: the user refused import:pickle: do without it; asked; yes",
	} {
		l := launch(t, w, workbench.Spec{From: &workbench.From{Run: parent.ID, Step: step}, Unattended: true},
			"final_answer('; '.join('asked' if 'nobody is there' in a else a for a in map(tried, ('os', 'pickle', 'shutil', 'glob'))))")
		if run := finish(t, w, l); run.Answer != want {
			t.Errorf("from step %d:\n%s, want\n%s (%+v)", step, run.Answer, want, run.Fault)
		}
	}
}

func decisions(t *testing.T, w *workbench.Workbench, id event.RunID) string {
	t.Helper()
	var out strings.Builder
	for _, e := range events(t, w, id) {
		if d, ok := e.Body.(event.PermissionDecided); ok {
			fmt.Fprintf(&out, "%s%s%s ", d.Scope.Value, map[bool]string{true: "+", false: "-"}[d.Allow], d.For)
		}
	}
	return out.String()
}

// TestRemembered: for one agent, for all, and never.
func TestRemembered(t *testing.T) {
	w := open(t, t.TempDir())
	if err := w.SaveAgent(workbench.Agent{Name: "Other", Imports: []string{"sys"}}); err != nil {
		t.Fatal(err)
	}
	if err := w.SaveAgent(workbench.Agent{Name: "Bad", Hosts: []string{"http://example.org/"}}); !fault.Is(err, fault.Invalid) {
		t.Error(err)
	}
	l := launch(t, w, workbench.Spec{}, tryImports+"final_answer([tried('os'), tried('sys'), tried('shutil')])")
	e := card(t, w, l.Run.ID, 0)
	decide(t, w, e, true, event.ForAgent)
	e = card(t, w, l.Run.ID, e.Seq)
	decide(t, w, e, false, event.Always)
	decide(t, w, card(t, w, l.Run.ID, e.Seq), true, event.ForAgent)
	finish(t, w, l)
	for _, c := range []struct {
		spec workbench.Spec
		want string
	}{
		{workbench.Spec{}, "yes, never, yes"},
		{workbench.Spec{Agent: "Other"}, "nobody, never, nobody"}, // never goes before the agent's own list
		{workbench.Spec{Agent: "Other", Imports: []string{"sys"}}, "nobody, yes, nobody"},
		{workbench.Spec{Agent: "Other", Yes: true}, "yes, never, yes"},
		{workbench.Spec{DenyImports: []string{"os"}, Yes: true}, "denied, never, yes"},
		{workbench.Spec{Imports: []string{"*"}, DenyImports: []string{"shutil"}}, "yes, yes, denied"},
	} {
		c.spec.Unattended = true
		run := finish(t, w, launch(t, w, c.spec, tryImports+`
def short(s):
    return next((k for k in ("nobody", "never", "denied", "yes") if k in s), s)
final_answer(", ".join(short(tried(m)) for m in ("os", "sys", "shutil")))`))
		if run.Answer != c.want {
			t.Errorf("%+v: %s, want %s", c.spec, run.Answer, c.want)
		}
	}
}

// TestStopWhileAsking: Stop works while a card is shown, and nothing is left waiting.
func TestStopWhileAsking(t *testing.T) {
	w := open(t, t.TempDir())
	l := launch(t, w, workbench.Spec{}, "import os")
	card(t, w, l.Run.ID, 0)
	if err := w.Stop(l.Run.ID); err != nil {
		t.Fatal(err)
	}
	if run := finish(t, w, l); run.Status != event.Stopped || run.Waiting {
		t.Errorf("run = %+v", run)
	}
}

// answers is a person at a terminal.
type answers struct {
	decision permit.Decision
	asked    []string
}

func (a *answers) Decide(_ context.Context, req permit.Request, agent string) (permit.Decision, error) {
	a.asked = append(a.asked, fmt.Sprintf("%s:%s for %q at %d", req.Kind, req.Value, agent, req.Line))
	return a.decision, nil
}

// TestExecAsks: a session without an agent asks as well, and forgets with it.
func TestExecAsks(t *testing.T) {
	w := open(t, t.TempDir())
	person := &answers{decision: permit.Decision{Allow: true, For: event.ThisRun}}
	s, err := w.OpenSandbox(t.Context(), workbench.Spec{Decider: person}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for range 2 {
		if out, err := s.Run(t.Context(), "\nimport os"); err != nil || out.Error != nil {
			t.Fatal(err, out.Error)
		}
	}
	if got := strings.Join(person.asked, "; "); got != `import:os for "" at 2` {
		t.Errorf("asked: %s", got)
	}
}

// blob gives what a run keeps under a hash, by way of its export.
func blob(t *testing.T, w *workbench.Workbench, id event.RunID, hash string) []byte {
	t.Helper()
	data, err := w.ExportRun(id, "json")
	if err != nil {
		t.Fatal(err)
	}
	var x struct{ Blobs map[string][]byte }
	if err := json.Unmarshal(data, &x); err != nil {
		t.Fatal(err)
	}
	return x.Blobs[hash]
}

// TestFetch: a request is asked for by its host, hop by hop, and is in the log with its response and without secrets.
func TestFetch(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/away" {
			http.Redirect(rw, r, "http://other.example/?token=abc", http.StatusFound)
			return
		}
		fmt.Fprintf(rw, "hello %s", r.URL.Query().Get("api_key"))
	}))
	t.Cleanup(server.Close)
	at := strings.TrimPrefix(server.URL, "http://")
	const code = `
import urllib.request
def get(url):
    try:
        return urllib.request.urlopen(url).read().decode()
    except Exception as e:
        return str(e)
`
	w := open(t, t.TempDir())
	get := fmt.Sprintf(code+"final_answer([get('%s/x?api_key=s3cret&q=1#top'), get('%s/away')])", server.URL, server.URL)

	l := launch(t, w, workbench.Spec{}, get)
	e := card(t, w, l.Run.ID, 0)
	if a := e.Body.(event.PermissionAsked); a.Scope.Value != at || a.Detail != "GET "+server.URL+"/x?api_key=…&q=1" || a.Line == 0 || !a.Local {
		t.Errorf("asked = %+v", a)
	}
	decide(t, w, e, true, event.ThisRun)
	decide(t, w, card(t, w, l.Run.ID, e.Seq), false, event.ThisRun)
	run := finish(t, w, l)
	if want := `["hello s3cret","<urlopen error [Errno 2] the user refused host:other.example: do without it>"]`; run.Answer != want {
		t.Errorf("answer = %s\n  want = %s", run.AnswerJSON, want)
	}
	var log strings.Builder
	for _, e := range events(t, w, l.Run.ID) {
		switch b := e.Body.(type) {
		case event.FetchStarted:
			fmt.Fprintf(&log, "%s %s by %s", b.Method, strings.ReplaceAll(b.URL, server.URL, ""), b.By)
			if b.Digest == "" {
				t.Error("no digest")
			}
		case event.FetchFinished:
			fmt.Fprintf(&log, " %d %d %s\n", b.Status, b.Bytes, b.Reason)
			if b.Status == 200 {
				if got := string(blob(t, w, l.Run.ID, b.Blob)); !strings.HasPrefix(got, "HTTP/1.1 200 OK\r\n") || !strings.HasSuffix(got, "\r\n\r\nhello s3cret") {
					t.Errorf("blob = %q", got)
				}
			}
		}
	}
	if want := "GET /x?api_key=…&q=1 by user 200 12 \nGET /away by user 302 54 \nGET http://other.example/?token=… by user 0 0 denied\n"; log.String() != want {
		t.Errorf("log = %s\nwant  %s", log.String(), want)
	}

	settings, err := w.Settings()
	if err != nil {
		t.Fatal(err)
	}
	settings.AllowPrivate = []string{at}
	if err := w.SaveSettings(settings); err != nil {
		t.Fatal(err)
	}
	if err := w.SaveAgent(workbench.Agent{Name: "Reader", Hosts: []string{at}}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		spec workbench.Spec
		want string
	}{
		{workbench.Spec{Agent: "Reader"}, `["hello s3cret"`},
		{workbench.Spec{Agent: "Reader", DenyHosts: []string{"*"}}, "is denied for this run"},
		{workbench.Spec{}, "nobody is there to allow it: do without it (to allow it: --allow host:" + at},
		{workbench.Spec{AllowHosts: []string{at}}, `["hello s3cret"`},
		{workbench.Spec{Yes: true}, `["hello s3cret"`},
		{workbench.Spec{Yes: true, DenyHosts: []string{at}}, "is denied for this run"},
		{workbench.Spec{Yes: true, Offline: true}, "the offline lock is on"},
		{workbench.Spec{AllowHosts: []string{at}, Offline: true}, "the offline lock is on"},
	} {
		c.spec.Unattended = true
		l := launch(t, w, c.spec, get)
		if run := finish(t, w, l); !strings.Contains(string(run.AnswerJSON), c.want) {
			t.Errorf("%+v: %s, want %s", c.spec, run.AnswerJSON, c.want)
		}
		system := events(t, w, l.Run.ID)[0].Body.(event.RunStarted).System
		want := (c.spec.Yes || c.spec.AllowHosts != nil || c.spec.Agent != "") && !c.spec.Offline
		if tells := strings.Contains(system, "urllib.request reads web addresses"); tells != want {
			t.Errorf("%+v: the prompt tells of the network: %v", c.spec, tells)
		}
	}
}

// TestPrivateHosts: what is on this computer or its network is refused without asking, whatever it is called.
func TestPrivateHosts(t *testing.T) {
	w := open(t, t.TempDir())
	l := launch(t, w, workbench.Spec{Unattended: true, Yes: true}, `
import http.client
out = []
for host in ("127.0.0.1", "localhost", "[::1]", "10.0.0.1", "169.254.169.254", "[::ffff:192.168.0.1]", "[64:ff9b::7f00:1]"):
    try:
        http.client.HTTPConnection(host, 80, timeout=5).request("GET", "/")
        out.append(host + " was reached")
    except PermissionError as e:
        if "is not a public address" not in str(e): out.append(str(e))
final_answer(out)`)
	if run := finish(t, w, l); string(run.AnswerJSON) != "[]" {
		t.Errorf("answer = %s", run.AnswerJSON)
	}
}
