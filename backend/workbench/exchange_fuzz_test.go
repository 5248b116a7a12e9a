package workbench

import (
	"encoding/json"
	"testing"

	"sandglass/backend/event"
	"sandglass/backend/fault"
)

// FuzzImportRun: whatever a file holds, it is refused with what is wrong, or it is a log that can be read: as a row, as
// a script, and cut at each of its steps.
func FuzzImportRun(f *testing.F) {
	const id = "01ARZ3NDEKTSV4RRFFQ69G5FAV"
	event1 := `{"run":"` + id + `","seq":1,"span":0,"at":0,"kind":"run_started","body":{"task":"x","vars":[{"name":"a","json":1}]}}`
	for _, rest := range []string{
		`{"run":"` + id + `","seq":2,"span":1,"at":1,"kind":"run_stopped","body":{}}`,
		`{"run":"` + id + `","seq":2,"span":1,"at":1,"kind":"step_started","body":{"number":1}},{"run":"` + id + `","seq":3,"span":2,"at":1,"kind":"code_started","body":{"code":"1"}},` +
			`{"run":"` + id + `","seq":4,"span":3,"at":1,"kind":"code_finished","body":{}},{"run":"` + id + `","seq":5,"span":1,"at":1,"kind":"run_finished","body":{"status":"finished"}}`,
		`{"run":"` + id + `","seq":2,"span":1,"at":1,"kind":"agent_started","body":{"name":"a"}},{"run":"` + id + `","seq":3,"span":2,"at":1,"kind":"run_failed","body":{"fault":{}}}`,
		`{"run":"` + id + `","seq":2,"span":1,"at":1,"kind":"run_forked","body":{"now":{}}},{"run":"` + id + `","seq":3,"span":1,"at":1,"kind":"new_kind","body":{}},{"run":"` + id + `","seq":4,"span":1,"at":1,"kind":"run_interrupted","body":{}}`,
	} {
		f.Add([]byte(`{"sandglass":1,"run":"` + id + `","events":[` + event1 + `,` + rest + `]}`))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var x exchange
		if json.Unmarshal(data, &x) != nil {
			return
		}
		if err := x.check(); err != nil {
			if !fault.Is(err, fault.Invalid) {
				t.Error(err)
			}
			return
		}
		run := event.Fold(x.Events)
		if run.Status == event.Running || run.LastSeq != int64(len(x.Events)) {
			t.Errorf("%+v", run)
		}
		_ = pythonScript(run, x.Events)
		for step := LastStep; step <= 3; step++ {
			if through, _, err := cutAt(x.Events, step); err == nil && (through < 1 || through > len(x.Events)) {
				t.Errorf("step %d ends at %d of %d", step, through, len(x.Events))
			}
		}
	})
}
