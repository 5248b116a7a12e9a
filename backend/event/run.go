package event

import (
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"

	"sandglass/backend/fault"
	"sandglass/backend/llm"
)

// Status is where a run stands. The words are part of the command line's contract.
type Status string

// The states. Running is the only one that is not an ending.
const (
	Running     Status = "running"
	Finished    Status = "finished"
	MaxSteps    Status = "max_steps"
	Failed      Status = "failed"
	Stopped     Status = "stopped"
	Interrupted Status = "interrupted"
)

// Run is the row of a run in the history: a projection, always equal to the fold of its events.
type Run struct {
	ID         RunID           `json:"id"`
	Title      string          `json:"title"` // first line of the task, cut to 120 characters
	Task       string          `json:"task"`
	Agent      string          `json:"agent"`
	Model      llm.Ref         `json:"model"`
	Status     Status          `json:"status"`
	Waiting    bool            `json:"waiting,omitempty"`     // for the user's answer
	StartedAt  int64           `json:"started_at"`            // milliseconds since 1970
	FinishedAt int64           `json:"finished_at,omitempty"` // 0 while running
	DurationMS int64           `json:"duration_ms"`           // up to the last event
	Steps      int             `json:"steps"`
	Usage      llm.Usage       `json:"usage"`
	Answer     string          `json:"answer,omitempty"`      // as text
	AnswerJSON json.RawMessage `json:"answer_json,omitempty"` // as a value, if it is JSON-able
	Unmet      []string        `json:"unmet,omitempty"`       // checks that the answer does not meet, in words
	Fault      *fault.Error    `json:"fault,omitempty"`
	Files      []string        `json:"files,omitempty"`
	Artefacts  int             `json:"artefacts,omitempty"`
	Parent     RunID           `json:"parent,omitempty"`      // the run that it was forked from
	ParentStep int             `json:"parent_step,omitempty"` // and the step of that
	LastSeq    int64           `json:"last_seq"`
	Tags       []string        `json:"tags,omitempty"` // not from events: set by the user
}

// Apply folds one event into the row. Events must come in order.
func (r *Run) Apply(e Event) {
	r.LastSeq = e.Seq
	at := e.At.UnixMilli()
	if r.StartedAt != 0 {
		r.DurationMS = at - r.StartedAt
	}
	switch b := e.Body.(type) {
	case RunStarted:
		r.ID, r.Task, r.Agent, r.Model = e.Run, b.Task, b.Agent, b.Model
		r.Title, r.Status, r.StartedAt = Title(b.Task), Running, at
		for _, f := range b.Files {
			r.Files = append(r.Files, f.Name)
		}
	case RunForked:
		// What was taken over is told, but neither its time nor its tokens are this run's.
		r.Agent, r.Model, r.StartedAt, r.DurationMS, r.Usage = b.Now.Agent, b.Now.Model, at, 0, llm.Usage{}
		r.Parent, r.ParentStep = b.Parent, b.Step
		if b.Now.Task != "" {
			r.Title = Title(b.Now.Task)
		}
		for _, f := range b.Now.Files {
			if !slices.Contains(r.Files, f.Name) {
				r.Files = append(r.Files, f.Name)
			}
		}
	case StepStarted:
		if b.Agent == 0 {
			r.Steps = b.Number
		}
	case ModelFinished:
		r.Usage = r.Usage.Add(b.Usage)
	case QuestionAsked, PermissionAsked:
		r.Waiting = true
	case QuestionAnswered, PermissionDecided:
		r.Waiting = false
	case ArtefactSaved:
		if b.Agent == 0 && !b.Whole {
			r.Artefacts++
		}
	case RunFinished:
		r.end(b.Status, at)
		r.Answer, r.Unmet = b.Text, b.Unmet
		if b.Answer != nil {
			r.AnswerJSON = b.Answer.JSON
		}
	case RunFailed:
		r.end(Failed, at)
		f := b.Fault
		r.Fault = &f
	case RunStopped:
		r.end(Stopped, at)
	case RunInterrupted:
		r.end(Interrupted, at)
	}
}

func (r *Run) end(s Status, at int64) {
	r.Status, r.FinishedAt, r.Waiting = s, at, false
}

// Fold makes the row from all events of a run.
func Fold(events []Event) Run {
	var r Run
	for _, e := range events {
		r.Apply(e)
	}
	return r
}

// Title is the first non-empty line of a task, cut to 120 characters.
func Title(task string) string {
	line := ""
	for l := range strings.Lines(task) {
		if line = strings.TrimSpace(l); line != "" {
			break
		}
	}
	if utf8.RuneCountInString(line) > 120 {
		line = string([]rune(line)[:119]) + "…"
	}
	return line
}
