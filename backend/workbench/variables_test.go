package workbench_test

import (
	"fmt"
	"strings"
	"testing"

	"sandglass/backend/event"
	"sandglass/backend/fault"
	"sandglass/backend/workbench"
)

// TestVariablesOfARun looks into a run while it goes on, after its end, and in another process.
func TestVariablesOfARun(t *testing.T) {
	home := t.TempDir()
	w := open(t, home)
	run := runToEnd(t, w, workbench.Spec{Task: "x", With: scripted(
		code("rows = [{'n': i} for i in range(1000)]", "class F:\n    def to_plotly_json(self): return {'data': [{'y': [1]}]}", "F()"),
		code("rows[700]['n'] = -1", "display(F())"),
		code("final_answer(F())"),
	)})
	if run.Status != event.Finished {
		t.Fatalf("%+v", run)
	}
	var codes []int64
	var shown []event.ArtefactSaved
	for _, e := range events(t, w, run.ID) {
		switch b := e.Body.(type) {
		case event.CodeStarted:
			codes = append(codes, e.Seq)
		case event.ArtefactSaved:
			shown = append(shown, b)
		}
	}
	page := func(w *workbench.Workbench, code int64, name string, path []int, offset int) string {
		p, err := w.Variable(run.ID, workbench.VariableQuery{Code: code, Name: name, Path: path, Offset: offset, Limit: 1})
		if err != nil {
			return string(fault.Of(err).Code)
		}
		if p.Table != nil {
			return fmt.Sprint(p.Total, p.Table.Rows)
		}
		return p.Value.Preview
	}
	check := func(w *workbench.Workbench) {
		t.Helper()
		for _, c := range []struct {
			code   int64
			name   string
			path   []int
			offset int
			want   string
		}{
			{codes[0], "rows", nil, 700, "1000 [[700]]"},
			{codes[1], "rows", nil, 700, "1000 [[-1]]"},
			{codes[2], "rows", []int{700, 0}, 0, "-1"},
			{codes[1], "nothing", nil, 0, "not_found"},
			{codes[1] + 1, "rows", nil, 0, "not_found"},
		} {
			if got := page(w, c.code, c.name, c.path, c.offset); got != c.want {
				t.Errorf("after %d, %s %v: %s, want %s", c.code, c.name, c.path, got, c.want)
			}
		}
	}
	check(w)
	if len(shown) != 3 || !shown[1].Displayed || shown[1].Name != "displayed/step2-figure1.plotly.json" {
		t.Fatalf("shown: %+v", shown)
	}
	for _, name := range []string{shown[1].Name, shown[1].Blob} {
		a, err := w.Artefact(run.ID, name)
		if err != nil || a.MediaType != "application/vnd.plotly.v1+json" || !strings.HasSuffix(a.Name, "-figure1.plotly.json") || a.Size != int64(len(`{"data":[{"y":[1]}]}`)) {
			t.Errorf("%s: %+v %v", name, a, err)
		}
	}
	if !strings.Contains(run.Answer, "shown to the user: step3-figure1.plotly.json") {
		t.Errorf("answer %q", run.Answer)
	}
	if v := verify(t, w, run.ID); !v.Same {
		t.Errorf("executed again: %+v", v)
	}
	w.Close()
	check(open(t, home))
}

// TestVariablesOfALiveRun: what the agent has is there while it waits.
func TestVariablesOfALiveRun(t *testing.T) {
	w := open(t, t.TempDir())
	l, err := w.Launch(t.Context(), workbench.Spec{Task: "x", Model: "script/x", With: scripted(
		code("x = list(range(50))"), code("user_input('?')"), code("final_answer(1)"))})
	if err != nil {
		t.Fatal(err)
	}
	messages, stop := w.Subscribe()
	defer stop()
	for {
		run, err := w.Run(l.Run.ID)
		if err != nil || run.Status != event.Running {
			t.Fatalf("%+v %v", run, err)
		}
		if run.Waiting {
			break
		}
		<-messages
	}
	var codes []int64
	for _, e := range events(t, w, l.Run.ID) {
		if _, ok := e.Body.(event.CodeStarted); ok {
			codes = append(codes, e.Seq)
		}
	}
	// The first step's state is restored: the session itself is busy with the second.
	p, err := w.Variable(l.Run.ID, workbench.VariableQuery{Code: codes[0], Name: "x", Offset: 49, Limit: 5})
	if err != nil || p.Total != 50 || len(p.Items) != 1 || p.Items[0].Preview != "49" {
		t.Errorf("%+v %v", p, err)
	}
	if _, err := w.Variable(l.Run.ID, workbench.VariableQuery{Code: codes[1], Name: "x"}); !fault.Is(err, fault.NotFound) {
		t.Errorf("of code that runs: %v", err)
	}
	if err := w.Stop(l.Run.ID); err != nil {
		t.Fatal(err)
	}
	finish(t, w, l)
}
