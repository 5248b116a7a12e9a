package workbench_test

import (
	"context"
	"math"
	"strings"
	"testing"
	"time"

	"sandglass/backend/event"
	"sandglass/backend/fault"
	"sandglass/backend/llm"
	"sandglass/backend/llm/llmtest"
	"sandglass/backend/workbench"
)

// setTries changes how often a call of a model is tried.
func setTries(t *testing.T, w *workbench.Workbench, n int) {
	t.Helper()
	s, err := w.Settings()
	if err != nil {
		t.Fatal(err)
	}
	s.ModelTries = n
	if err := w.SaveSettings(s); err != nil {
		t.Fatal(err)
	}
}

func delays(t *testing.T, w *workbench.Workbench, id event.RunID) (out []event.ModelDelayed) {
	t.Helper()
	for _, e := range events(t, w, id) {
		if d, ok := e.Body.(event.ModelDelayed); ok {
			out = append(out, d)
		}
	}
	return out
}

// patientRun starts a run with a server, and gives the statuses that a person sees.
func patientRun(t *testing.T, w *workbench.Workbench, answers ...llmtest.Answer) (*workbench.Launched, <-chan workbench.Live) {
	t.Helper()
	srv := llmtest.NewOpenAI(t, answers...)
	messages, stop := w.Subscribe()
	t.Cleanup(stop)
	l, err := w.Launch(context.Background(), workbench.Spec{NoTools: true, Task: "Compute.", Model: "openai/m", Endpoint: workbench.Endpoint{BaseURL: srv.URL}})
	if err != nil {
		t.Fatal(err)
	}
	seen := make(chan workbench.Live, 1000)
	go func() {
		for m := range messages {
			if live, ok := m.Data.(workbench.Live); ok && live.Run == l.Run.ID {
				seen <- live
			}
		}
	}()
	return l, seen
}

// await waits for a status; again says whether a reply was taken back before it.
func await(t *testing.T, seen <-chan workbench.Live, status string) (found workbench.Live, again bool) {
	t.Helper()
	for {
		select {
		case l := <-seen:
			again = again || l.Again
			if strings.Contains(l.Status, status) {
				return l, again
			}
		case <-time.After(time.Minute):
			t.Fatalf("never saw %q", status)
		}
	}
}

func tooMany(after string) llmtest.Answer {
	return llmtest.Answer{Status: 429, Header: map[string]string{"Content-Type": "application/json", "Retry-After": after}, Body: `{"error":{"message":"slow down"}}`}
}

// TestTryAgain: a server that is busy and then breaks off is asked again; the log tells what was waited for, and the
// user need not wait.
func TestTryAgain(t *testing.T) {
	w := open(t, t.TempDir())
	l, _ := patientRun(t, w, tooMany("3000"))
	run := finish(t, w, l) // it asks for more than we wait
	if run.Status != event.Failed || run.Fault == nil || run.Fault.Code != fault.ModelBusy || len(delays(t, w, run.ID)) != 0 {
		t.Errorf("run = %+v, fault %+v", run, run.Fault)
	}

	l, seen := patientRun(t, w, tooMany("200"),
		llmtest.Answer{Body: llmtest.Events(llmtest.Words("content", "Thought: half a")...), Kill: true},
		llmtest.Says("```python\nfinal_answer(42)\n```"))
	live, _ := await(t, seen, "trying again in 3")
	if !strings.Contains(live.Status, "try 2 of 5") {
		t.Errorf("status %q", live.Status)
	}
	if err := w.TryNow(l.Run.ID); err != nil {
		t.Fatal(err)
	}
	if _, again := await(t, seen, "broke off: trying again in 1 s (try 3 of 5)"); !again {
		t.Error("the half reply is not taken back")
	}
	run = finish(t, w, l)
	if run.Status != event.Finished || run.Answer != "42" || run.Steps != 1 {
		t.Errorf("run = %+v, fault %+v", run, run.Fault)
	}
	d := delays(t, w, run.ID)
	if len(d) != 2 || d[0].Try != 2 || d[0].WaitMS < 200_000 || d[0].Fault.Code != fault.ModelBusy || d[1].Try != 3 || d[1].Fault.Code != fault.ModelFailed {
		t.Errorf("delays %+v", d)
	}
	for _, e := range events(t, w, run.ID) {
		if b, ok := e.Body.(event.ModelFinished); ok && (b.WaitedMS <= 0 || b.WaitedMS > b.DurationMS) {
			t.Errorf("waited %d of %d ms", b.WaitedMS, b.DurationMS)
		}
	}
	if err := w.TryNow(l.Run.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("an ended run waits: %v", err)
	}
}

// TestStopWhileWaiting: Stop ends a wait at once, and the log says how far it came.
func TestStopWhileWaiting(t *testing.T) {
	w := open(t, t.TempDir())
	l, seen := patientRun(t, w, tooMany("250"))
	await(t, seen, "trying again in")
	if err := w.Stop(l.Run.ID); err != nil {
		t.Fatal(err)
	}
	run := finish(t, w, l)
	if run.Status != event.Stopped {
		t.Errorf("run = %+v, fault %+v", run, run.Fault)
	}
	var kinds []string
	for _, e := range events(t, w, run.ID) {
		kinds = append(kinds, e.Body.Kind())
	}
	if got := strings.Join(kinds, " "); got != "run_started step_started model_started model_delayed run_stopped" {
		t.Errorf("log: %s", got)
	}
}

// TestPrices: what a run costs is the server's word, or comes from the user's price; without either, nothing is said.
func TestPrices(t *testing.T) {
	says := llmtest.Says("```python\nfinal_answer(1)\n```") // 11 tokens, 3 of them cached, and 7
	told := says
	told.Body = strings.Replace(told.Body, `"total_tokens"`, `"cost":0.5,"total_tokens"`, 1)
	s := llmtest.NewOpenAI(t, says, told, says)
	w := open(t, t.TempDir())
	settings, err := w.Settings()
	if err != nil {
		t.Fatal(err)
	}
	settings.Providers = append(settings.Providers, workbench.Provider{Name: "mine", Kind: workbench.KindOpenAI, BaseURL: s.URL,
		Prices: []llm.Price{{Model: "m", Input: 1000, Output: 2000, Cached: 100}}})
	if err := w.SaveSettings(settings); err != nil {
		t.Fatal(err)
	}
	for i, want := range []float64{(8*1000 + 3*100 + 7*2000) / 1e6, 0.5, 0} {
		l, err := w.Launch(t.Context(), workbench.Spec{Task: "x", Model: []llm.Ref{"mine/m", "mine/m", "mine/free"}[i], Unattended: true})
		if err != nil {
			t.Fatal(err)
		}
		if run := finish(t, w, l); math.Abs(run.Usage.Cost-want) > 1e-9 || run.Usage.Input != 11 {
			t.Errorf("run %d: %+v, want %g (%+v)", i, run.Usage, want, run.Fault)
		}
	}
	settings.Providers[len(settings.Providers)-1].Prices[0].Input = -1
	if err := w.SaveSettings(settings); !fault.Is(err, fault.Invalid) {
		t.Errorf("below zero: %v", err)
	}
}

// TestFirstTokenLimit: a model that does not begin to answer in the time that the settings give it is given up, with what
// to do.
func TestFirstTokenLimit(t *testing.T) {
	w := open(t, t.TempDir())
	s, err := w.Settings()
	if err != nil {
		t.Fatal(err)
	}
	s.ModelTries, s.FirstToken = 1, 1
	if err := w.SaveSettings(s); err != nil {
		t.Fatal(err)
	}
	l, _ := patientRun(t, w, llmtest.Answer{Hang: true})
	<-l.Done()
	all := events(t, w, l.Run.ID)
	if failed, ok := all[len(all)-1].Body.(event.RunFailed); !ok || failed.Fault.Code != fault.Timeout || !strings.Contains(failed.Fault.Do, "raise the limit in Settings") {
		t.Errorf("%+v", all[len(all)-1])
	}
}
