package workbench

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"strings"

	"sandglass/backend/agent"
	"sandglass/backend/event"
	"sandglass/backend/fault"
	"sandglass/backend/llm"
)

// exchangeVersion is the version of the JSON form of a run that leaves the app.
const exchangeVersion = 1

// runName is what ids look like: a ULID.
var runName = regexp.MustCompile(`^[0-9A-HJKMNP-TV-Z]{26}$`)

// exchange is a run outside the app: its log, and the files that it wrote. The states of the sandbox stay: they can be made again from the log.
type exchange struct {
	Sandglass int               `json:"sandglass"` // exchangeVersion
	Run       event.RunID       `json:"run"`
	Tags      []string          `json:"tags,omitempty"`
	Events    []event.Event     `json:"events"`
	Blobs     map[string][]byte `json:"blobs,omitempty"` // by hash
}

// ExportRun writes a run in a form: "json" (everything, for import), "py" (its code as one Python script), "memory" (what
// its agents remember, step by step) or "memory-full" (the same, with the messages of every call of a model).
func (w *Workbench) ExportRun(id event.RunID, form string) ([]byte, error) {
	run, err := w.Run(id)
	if err != nil {
		return nil, err
	}
	events, err := w.store.Events(w.base, run.ID, 0, 0)
	if err != nil {
		return nil, err
	}
	switch form {
	case "json":
		x := exchange{Sandglass: exchangeVersion, Run: run.ID, Tags: run.Tags, Events: events, Blobs: map[string][]byte{}}
		for _, e := range events {
			for hash := range blobsOf(e) {
				if x.Blobs[hash] != nil {
					continue
				}
				if x.Blobs[hash], err = w.blob(hash); err != nil {
					return nil, err
				}
			}
		}
		return json.MarshalIndent(x, "", " ")
	case "py":
		return []byte(pythonScript(run, events)), nil
	case "memory", "memory-full":
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		e.SetIndent("", " ")
		e.SetEscapeHTML(false) // people read it: "->", not "-\u003e"
		err := e.Encode(memoryOf(run, events, form == "memory-full"))
		return bytes.TrimRight(b.Bytes(), "\n"), err
	}
	return nil, fault.New(fault.Invalid, fmt.Sprintf("A run cannot be exported as %q", form), "", "The forms are "+strings.Join(ExportForms, ", ")+".")
}

// ExportForms are the forms of ExportRun.
var ExportForms = []string{"json", "py", "memory", "memory-full"}

// RunText is ExportRun as text, for the window.
func (w *Workbench) RunText(id event.RunID, form string) (string, error) {
	data, err := w.ExportRun(id, form)
	return string(data), err
}

// memoryView is what the agents of a run remember.
type memoryView struct {
	Run   event.RunID        `json:"run"`
	Agent string             `json:"agent"`
	Model llm.Ref            `json:"model"`
	Steps []agent.MemoryStep `json:"steps"`
	Team  []memberMemory     `json:"team,omitempty"` // called agents; calls that go on from each other are one
}

type memberMemory struct {
	Name  string             `json:"name"`
	Steps []agent.MemoryStep `json:"steps"`
}

func memoryOf(run event.Run, events []event.Event, full bool) memoryView {
	v := memoryView{Run: run.ID, Agent: run.Agent, Model: run.Model, Steps: agent.Steps(events, 0, full)}
	var cast event.Cast
	for _, e := range events {
		if _, opens := cast.See(e); opens != 0 && opens == e.Seq {
			v.Team = append(v.Team, memberMemory{e.Body.(event.AgentStarted).Name, agent.Steps(events, opens, full)})
		}
	}
	return v
}

// blobsOf are the blobs that an event refers to, with their media types: files, or the response of a request.
func blobsOf(e event.Event) map[string]string {
	blobs := map[string]string{}
	switch b := e.Body.(type) {
	case event.ArtefactSaved:
		blobs[b.Blob] = b.MediaType
	case event.FetchFinished:
		blobs[b.Blob] = "message/http"
	case event.CodeFinished:
		blobs[b.TapeBlob] = agent.TapeType
	case event.RunStarted:
		inputBlobs(b.Files, blobs)
	case event.RunForked:
		inputBlobs(b.Now.Files, blobs)
	case event.AgentStarted:
		inputBlobs(b.Now.Files, blobs)
	}
	delete(blobs, "")
	return blobs
}

func (w *Workbench) blob(hash string) ([]byte, error) {
	r, _, err := w.store.Blob(w.base, hash)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}

// pythonScript is the code of a run's steps, one after the other. What only Sandglass has (tools, given variables) is
// named at its head.
func pythonScript(run event.Run, events []event.Event) string {
	var b strings.Builder
	comment := func(text string) {
		for line := range strings.Lines(text) {
			fmt.Fprintf(&b, "# %s\n", strings.TrimRight(line, "\n"))
		}
	}
	comment("Task: " + run.Task)
	comment("The steps of run " + string(run.ID) + " of Sandglass.")
	var cast event.Cast
	for _, e := range events {
		whose, _ := cast.See(e)
		if done, ok := e.Body.(event.AgentFinished); ok {
			comment(fmt.Sprintf("The agent %s, called here, took %d steps and answered: %s", done.Name, done.Steps, cutText(cmp.Or(done.Text, string(done.Status)), 500)))
		}
		if whose != 0 {
			continue
		}
		switch body := e.Body.(type) {
		case event.RunStarted:
			for _, f := range body.Files {
				fmt.Fprintf(&b, "%s = %q\n", f.Var, f.Name)
			}
			for _, v := range body.Vars {
				fmt.Fprintf(&b, "import json\n%s = json.loads(%q)\n", v.Name, v.JSON)
			}
			b.WriteString("\ndef final_answer(answer):\n    print(answer)\n\ndef display(*values):\n    print(*values, sep=\"\\n\")\n\n")
			if len(body.Tools) > 0 {
				comment("Its tools were functions, too: " + strings.Join(body.Tools, ", "))
			}
			for _, m := range body.Team {
				comment(fmt.Sprintf("%s was the agent %s, with a model and a sandbox of its own; its steps are not in this script.", m.Name, m.Agent))
			}
		case event.StepStarted:
			fmt.Fprintf(&b, "\n# --- Step %d\n", body.Number)
		case event.CodeStarted:
			comment(body.Thought)
			b.WriteString(strings.TrimRight(body.Code, "\n") + "\n")
		case event.CallsMade:
			comment(body.Thought)
			for _, c := range body.Calls {
				if c.Name != "python" { // its code follows
					comment(fmt.Sprintf("The model called %s(%s)", c.Name, c.Args))
				}
			}
		case event.CodeFinished:
			if body.Error != nil {
				comment(fmt.Sprintf("This step raised %s: %s", body.Error.Type, body.Error.Message))
			}
		}
	}
	return b.String()
}

// ImportRun adds a run that ExportRun wrote as JSON. Faults: Invalid (no such export, a log with gaps), Conflict (the
// run is here already).
func (w *Workbench) ImportRun(data []byte) (event.Run, error) {
	var x exchange
	if err := json.Unmarshal(data, &x); err != nil {
		return event.Run{}, fault.Wrap(err, fault.Invalid, "This is no exported run", err.Error(), "Export it with: sandglass runs export RUN --as json")
	}
	if err := x.check(); err != nil {
		return event.Run{}, err
	}
	if _, err := w.store.Run(w.base, x.Run); err == nil {
		return event.Run{}, fault.New(fault.Conflict, "The run "+string(x.Run)+" is here already", "", "Delete it first to import it again.")
	}
	for i, e := range x.Events {
		if _, err := w.store.Append(w.base, x.Run, e.Span, e.Body, e.At); err != nil {
			return event.Run{}, fmt.Errorf("import event %d: %w", i+1, err)
		}
		for hash, mediaType := range blobsOf(e) {
			if _, err := w.store.PutBlob(w.base, x.Run, mediaType, bytes.NewReader(x.Blobs[hash])); err != nil {
				return event.Run{}, err
			}
		}
	}
	if len(x.Tags) > 0 {
		if err := w.store.SetTags(w.base, x.Run, x.Tags); err != nil {
			return event.Run{}, err
		}
	}
	return w.store.Run(w.base, x.Run)
}

// check refuses what is no whole run: an import must not leave half of one behind.
func (x exchange) check() error {
	bad := func(why string) error {
		return fault.New(fault.Invalid, "This is no whole exported run", why, "Export it again.")
	}
	switch {
	case x.Sandglass != exchangeVersion:
		return bad(fmt.Sprintf("its version is %d, this program knows %d", x.Sandglass, exchangeVersion))
	case !runName.MatchString(string(x.Run)):
		return bad("it has no proper id")
	case len(x.Events) < 2:
		return bad("it has no events")
	}
	for i, e := range x.Events {
		_, begins := e.Body.(event.RunStarted)
		switch {
		case e.Seq != int64(i+1) || e.Run != x.Run || e.Span < 0 || e.Span > e.Seq:
			return bad(fmt.Sprintf("event %d is out of order", i+1))
		case begins != (i == 0):
			return bad("a run begins once")
		}
		for hash := range blobsOf(e) {
			if x.Blobs[hash] == nil {
				return bad(fmt.Sprintf("the file that event %d tells of is missing", i+1))
			}
		}
	}
	if r := event.Fold(x.Events); r.Status == event.Running {
		return bad("the run has no ending")
	}
	return nil
}

func cutText(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
