package workbench_test

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"sandglass/backend/event"
	"sandglass/backend/fault"
	"sandglass/backend/llm"
	"sandglass/backend/llm/llmtest"
	"sandglass/backend/llm/llmtest/tiny"
	"sandglass/backend/workbench"
)

// useOllama makes a server the workbench's Ollama.
func useOllama(t *testing.T, w *workbench.Workbench, url string) {
	t.Helper()
	s, err := w.Settings()
	if err != nil {
		t.Fatal(err)
	}
	for i := range s.Providers {
		if s.Providers[i].Name == "ollama" {
			s.Providers[i].BaseURL = url
		}
	}
	if err := w.SaveSettings(s); err != nil {
		t.Fatal(err)
	}
}

// jobOf waits until a job is as wanted.
func jobOf(t *testing.T, w *workbench.Workbench, id string, want func(workbench.Job) bool) workbench.Job {
	t.Helper()
	for {
		jobs, err := w.Jobs()
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(jobs, func(j workbench.Job) bool { return j.ID == id })
		if i < 0 {
			t.Fatalf("the job is gone: %+v", jobs)
		}
		if want(jobs[i]) {
			return jobs[i]
		}
		if jobs[i].State != workbench.JobRunning || t.Context().Err() != nil {
			t.Fatalf("never as wanted: %+v, fault %v", jobs[i], jobs[i].Fault)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func ended(j workbench.Job) bool { return j.State != workbench.JobRunning }

// TestModelsLifeCycle: a model is pulled, stopped in the middle and gone on with, looked into and deleted, with a real
// Ollama.
func TestModelsLifeCycle(t *testing.T) {
	source := llmtest.Ollama(t)
	llmtest.Script(t, source, "fit", false, []tiny.Line{{Last: "hi", Reply: llmtest.LongText}})
	registry := llmtest.Registry(t, source, 2*time.Millisecond)
	own := llmtest.OwnOllama(t)
	w := open(t, t.TempDir())
	useOllama(t, w, own.URL)
	messages, stop := w.Subscribe()
	defer stop()

	name := registry + "/library/fit:latest"
	first, err := w.PullModel("ollama pull " + name)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := w.PullModel(name); err != nil || again.ID != first.ID {
		t.Errorf("the same pull is two jobs: %+v %v", again, err)
	}
	for m := range messages { // the window is told how far it is
		if j, ok := m.Data.(workbench.Job); ok && j.ID == first.ID && j.Done > 0 && j.Total > j.Done {
			break
		}
	}
	if err := w.CancelJob(first.ID); err != nil {
		t.Fatal(err)
	}
	if j := jobOf(t, w, first.ID, ended); j.State != workbench.JobCancelled || j.Fault != nil {
		t.Errorf("cancelled: %+v", j)
	}
	second, err := w.PullModel(name)
	if err != nil {
		t.Fatal(err)
	}
	if j := jobOf(t, w, second.ID, ended); j.State != workbench.JobDone || j.Total == 0 || j.Done != j.Total {
		t.Errorf("gone on: %+v, fault %v", j, j.Fault)
	}
	if jobs, err := w.Jobs(); err != nil || len(jobs) != 1 {
		t.Errorf("the ended try is still there: %+v, %v", jobs, err)
	}
	if err := w.DismissJob(second.ID); err != nil {
		t.Error(err)
	}
	missing, err := w.PullModel(registry + "/library/nope:latest")
	if err != nil {
		t.Fatal(err)
	}
	if j := jobOf(t, w, missing.ID, ended); j.State != workbench.JobFailed || j.Fault == nil || j.Fault.Code != fault.ModelNotFound {
		t.Errorf("a model that is not there: %+v, fault %v", j, j.Fault)
	}

	ref := onlyModel(t, w).Ref
	d, err := w.ShowModel(context.Background(), ref)
	if err != nil || d.Family != "qwen3" || d.Info.Size == 0 || d.Loaded != nil || !strings.Contains(d.Parameters, "num_thread") {
		t.Errorf("details %+v, %v", d, err)
	}
	if err := w.DeleteModel(ref); err != nil {
		t.Fatal(err)
	}
	if err := w.DeleteModel(ref); !fault.Is(err, fault.ModelNotFound) {
		t.Errorf("deleted twice: %v", err)
	}
	if j, err := w.CheckModel(ref); err != nil {
		t.Error(err)
	} else if j = jobOf(t, w, j.ID, ended); j.State != workbench.JobFailed || j.Fault.Code != fault.ModelNotFound {
		t.Errorf("a deleted model was checked: %+v, fault %v", j, j.Fault)
	}
}

func onlyModel(t *testing.T, w *workbench.Workbench) llm.Info {
	t.Helper()
	for _, p := range models(t, w) {
		if p.Provider.Name == "ollama" && len(p.Models) == 1 {
			return p.Models[0]
		}
	}
	t.Fatal("Ollama does not have one model")
	return llm.Info{}
}

func models(t *testing.T, w *workbench.Workbench) []workbench.ProviderModels {
	t.Helper()
	list, err := w.Models()
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// chatty is a server of one model, which says what the function makes of the last message.
func chatty(t *testing.T, says func(last string, request map[string]any) string) string {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/v1/models" {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(`{"data":[{"id":"m"}]}`))
			return
		}
		var req map[string]any
		if err := json.NewDecoder(r.Body).Decode(&req); err != nil {
			t.Error(err)
		}
		messages := req["messages"].([]any)
		last := messages[len(messages)-1].(map[string]any)["content"].(string)
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = w.Write([]byte(llmtest.Says(says(last, req)).Body))
	}))
	t.Cleanup(srv.Close)
	return srv.URL + "/v1"
}

// TestCheckIsUsed: what a check found is kept, listed, and decides how agents act that do not say so themselves.
func TestCheckIsUsed(t *testing.T) {
	home := t.TempDir()
	w := open(t, home)
	url := chatty(t, func(last string, req map[string]any) string {
		switch {
		case req["response_format"] != nil: // it does as it should only when it is held to it
			return `{"thought": "I print it.", "code": "print(6 * 7)"}`
		case strings.HasPrefix(last, "The password is"):
			return "marigold-58"
		}
		return "I think that is a good question."
	})
	s, err := w.Settings()
	if err != nil {
		t.Fatal(err)
	}
	s.Providers = append(s.Providers, workbench.Provider{Name: "acme", Kind: workbench.KindOpenAI, BaseURL: url})
	if err := w.SaveSettings(s); err != nil {
		t.Fatal(err)
	}
	j, err := w.CheckModel("acme/m")
	if err != nil {
		t.Fatal(err)
	}
	if j = jobOf(t, w, j.ID, ended); j.State != workbench.JobDone || j.Done != 8 || j.Total != 8 {
		t.Fatalf("check: %+v, fault %v", j, j.Fault)
	}
	w.Close()
	w = open(t, home)
	var f workbench.Fitness
	for _, p := range models(t, w) {
		for _, one := range p.Fitness {
			f = one
		}
	}
	if f.Model != "acme/m" || len(f.Probes) != 8 || f.Mode != event.ModeStructured || f.CheckedAt == 0 || f.Stale || !f.Fit() {
		t.Errorf("fitness %+v", f)
	}
	l, err := w.Launch(context.Background(), workbench.Spec{Task: "Say it.", Model: "acme/m", NoTools: true})
	if err != nil {
		t.Fatal(err)
	}
	run := finish(t, w, l)
	started := events(t, w, run.ID)[0].Body.(event.RunStarted)
	if started.Mode != event.ModeStructured {
		t.Errorf("the advice was not taken: mode %q, options %+v", started.Mode, started.Options)
	}
}

// TestTestProvider: what is wrong with a server is said exactly.
func TestTestProvider(t *testing.T) {
	w := open(t, t.TempDir())
	good := llmtest.NewOpenAI(t)
	quiet, err := net.Listen("tcp", "127.0.0.1:0") // a port that nobody listens on, in a moment
	if err != nil {
		t.Fatal(err)
	}
	quiet.Close()
	dead := "http://" + quiet.Addr().String()
	serve := func(status int, kind, body string) string {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", kind)
			w.WriteHeader(status)
			_, _ = w.Write([]byte(body))
		}))
		t.Cleanup(s.Close)
		return s.URL
	}
	said := func(status int, body string) string { return serve(status, "application/json", body) }
	page := serve(200, "text/html", "<!DOCTYPE html><html><body>Welcome</body></html>")
	secure := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(secure.Close)
	secure.Config.ErrorLog = nil
	// It has one model, and no list of its models.
	listless := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var req struct{ Model string }
		if _ = json.NewDecoder(r.Body).Decode(&req); req.Model != "own" {
			http.Error(w, `{"error":{"message":"The model does not exist"}}`, http.StatusNotFound)
			return
		}
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = w.Write([]byte(llmtest.Says("h").Body))
	}))
	t.Cleanup(listless.Close)
	tests := []struct {
		name, url string
		kind      workbench.ProviderKind // "" for OpenAI
		models    []string               // that the user named
		code      fault.Code             // "" for none
		says      []string
	}{
		{name: "good", url: good.URL},
		{name: "refused", url: dead + "/v1", code: fault.ModelUnreachable, says: []string{"refused: nothing listens there"}},
		{name: "no such name", url: "http://nothere.invalid/v1", code: fault.ModelUnreachable, says: []string{"nothere.invalid", "DNS"}},
		{name: "certificate", url: secure.URL + "/v1", code: fault.ModelUnreachable, says: []string{"certificate", "TLS"}},
		{name: "no TLS", url: strings.Replace(good.URL, "http:", "https:", 1), code: fault.ModelUnreachable, says: []string{"does not speak TLS", "http://"}},
		{name: "TLS wanted", url: strings.Replace(secure.URL, "https:", "http:", 1) + "/v1", code: fault.ModelUnreachable, says: []string{"https://"}},
		{name: "no key", url: said(401, `{"error":{"message":"no key"}}`) + "/v1", code: fault.Unauthorized, says: []string{"no key", "Set a key"}},
		{name: "not allowed", url: said(403, `{"error":{"message":"region blocked"}}`) + "/v1", code: fault.Unauthorized, says: []string{"region blocked"}},
		{name: "path", url: strings.TrimSuffix(good.URL, "/v1"), code: fault.ModelUnreachable, says: []string{"does not speak", "With " + good.URL + " it works"}},
		{name: "wrong path", url: said(404, `{"detail":"Not Found"}`), code: fault.ModelUnreachable, says: []string{"/v1"}},
		{name: "a web page", url: page + "/v1", code: fault.ModelUnreachable, says: []string{"does not speak OpenAI's protocol", "web page"}},
		{name: "a page of a fault", url: serve(404, "text/html", "<html>nothing here</html>") + "/v1", code: fault.ModelUnreachable, says: []string{"web page"}},
		{name: "not JSON", url: serve(200, "text/plain", "OK") + "/v1", code: fault.ModelUnreachable, says: []string{"something else"}},
		{name: "broken", url: said(500, `{"error":{"message":"out of order"}}`) + "/v1", code: fault.ModelFailed, says: []string{"out of order"}},
		{name: "no models", url: said(200, `{"object":"list","data":[]}`) + "/v1", code: fault.ModelNotFound, says: []string{"has no models", "empty"}},
		{name: "a model without a list", url: listless.URL + "/v1", models: []string{"own"}},
		{name: "wrong model", url: listless.URL + "/v1", models: []string{"own", "other"}, code: fault.ModelNotFound, says: []string{`does not have the model "other"`}},
		{name: "models of nobody", url: page + "/v1", models: []string{"own"}, code: fault.ModelUnreachable, says: []string{"does not speak"}},

		{name: "Ollama is off", kind: workbench.KindOllama, url: dead, code: fault.ModelUnreachable, says: []string{"Ollama does not answer", "ollama serve"}},
		{name: "not Ollama", kind: workbench.KindOllama, url: page, code: fault.ModelUnreachable, says: []string{"Ollama", "address"}},
		{name: "Ollama without models", kind: workbench.KindOllama, url: said(200, `{"models":[]}`), code: fault.ModelNotFound, says: []string{"has no models", "pull"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			kind := workbench.KindOpenAI
			if tt.kind != "" {
				kind = tt.kind
			}
			got, err := w.TestProvider(workbench.Provider{Name: "acme", Kind: kind, BaseURL: tt.url, Models: tt.models}, "")
			if err != nil {
				t.Fatal(err)
			}
			if tt.code == "" {
				if want := max(len(tt.models), 2-2*len(tt.models)); got.Fault != nil || len(got.Models) != want {
					t.Errorf("%+v, fault %v", got.Models, got.Fault)
				}
				return
			}
			if got.Fault == nil || got.Fault.Code != tt.code || got.Fault.Do == "" {
				t.Fatalf("fault %+v, want %s", got.Fault, tt.code)
			}
			all := got.Fault.What + " | " + got.Fault.Why + " | " + got.Fault.Do
			for _, s := range tt.says {
				if !strings.Contains(all, s) {
					t.Errorf("%q lacks %q", all, s)
				}
			}
			if (got.Suggest != "") != (tt.name == "path") {
				t.Errorf("suggests %q", got.Suggest)
			}
		})
	}
}

// TestSlowProvider: a server that takes the connection and says nothing is told as that, and the others are listed.
func TestSlowProvider(t *testing.T) {
	release := make(chan struct{})
	silent := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	t.Cleanup(silent.Close)
	t.Cleanup(func() { close(release) })
	t.Setenv("OLLAMA_HOST", silent.URL)
	w, err := workbench.Open(workbench.Config{Version: "test", Home: t.TempDir(), Patience: 50 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	got, err := w.TestProvider(workbench.Provider{Name: "acme", Kind: workbench.KindOpenAI, BaseURL: silent.URL + "/v1"}, "")
	if err != nil || got.Fault == nil || got.Fault.Code != fault.Timeout || got.Fault.What != "acme does not answer within 50ms" || got.Fault.Do == "" {
		t.Errorf("fault %+v, %v", got.Fault, err)
	}
	for _, p := range models(t, w) {
		if slow := p.Provider.Name == "ollama"; slow != (p.Fault != nil) || !slow && len(p.Models) == 0 {
			t.Errorf("%s: %+v, %v", p.Provider.Name, p.Models, p.Fault)
		}
	}
}

// TestModelNames: names of models as people write them; and the advice for this computer.
func TestModelNames(t *testing.T) {
	w := open(t, t.TempDir())
	for in, want := range map[string]llm.Ref{
		"qwen3:8b": "ollama/qwen3:8b", " ollama/qwen3:8b ": "ollama/qwen3:8b", "ollama run qwen3:8b": "ollama/qwen3:8b",
		"hf.co/me/model:Q4_K_M": "ollama/hf.co/me/model:Q4_K_M", "demo/tour": "demo/tour", "": "", "--help": "", "two words": "",
	} {
		if got, err := w.ModelRef(in); got != want || (err == nil) != (want != "") {
			t.Errorf("%q is %q, %v; want %q", in, got, err, want)
		}
	}
	if _, err := w.PullModel("demo/tour"); !fault.Is(err, fault.ModelUnsupported) {
		t.Errorf("the demo was pulled: %v", err)
	}
	if err := w.CancelJob("nope"); !fault.Is(err, fault.NotFound) {
		t.Error(err)
	}
	s, err := w.Status()
	if err != nil {
		t.Fatal(err)
	}
	best := 0
	seen := map[llm.Ref]bool{}
	for i, a := range s.Advised {
		if a.Best {
			best++
		}
		if seen[a.Model] || a.Needs <= a.Size || a.About == "" || i > 0 && a.Size < s.Advised[i-1].Size {
			t.Errorf("advice %+v", a)
		}
		seen[a.Model] = true
	}
	if best != 1 {
		t.Errorf("%d models are the best", best)
	}
}
