package cpython

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"sandglass/backend/event"
	"sandglass/backend/fault"
	"sandglass/backend/sandbox"
)

// lookLimit is how long the driver may read variables, before the rest is left out: it is done in a fraction of a
// millisecond, unless a class of a data package was bent.
const lookLimit = time.Second

// Bounds of what the driver tells of variables; it keeps them itself, but code can speak to the host past it.
const (
	maxVariables = 200
	maxNames     = 1_000
	maxPreview   = 1_000 // bytes
	maxPageRows  = 500
	maxPageText  = 200_000 // bytes
	maxColumns   = 1_000
	maxCell      = 2_000 // bytes
)

// sounds is what the driver answers to a step of nothing.
const sounds = `{"value":{"type":"int","repr":"0","json":0},"error":null,"variables":`

// look runs a step of nothing before a commit, and takes what changed in the variables: code can damage the driver, and
// a damaged one must not be what later steps start from. It takes about as long as an empty step.
func (s *session) look(ctx context.Context) (vars *event.Variables, sound bool) {
	r := s.newOwnRun(ctx)
	r.soft = r.started.Add(lookLimit)
	rc, err := s.g.do(r, []byte(`{"op":"look"}`))
	if err != nil || rc != 0 || !bytes.HasPrefix(r.result, []byte(sounds)) {
		return nil, false
	}
	var v event.Variables
	if err := json.Unmarshal(r.result[len(sounds):len(r.result)-1], &v); err != nil {
		return &event.Variables{Fault: "unreadable"}, true
	}
	return tidyVariables(v), true
}

// tidyVariables holds what the driver told to its promises; nil if it told of no change.
func tidyVariables(v event.Variables) *event.Variables {
	v.Fault = cut(v.Fault, 200)
	if len(v.Changed) == 0 && len(v.Removed) == 0 && v.Fault == "" {
		return nil
	}
	v.Changed, v.Removed = firstOf(v.Changed, maxVariables), firstOf(v.Removed, maxNames)
	v.Total, v.More = max(v.Total, 0), max(v.More, 0)
	for i := range v.Changed {
		c := &v.Changed[i]
		c.Name = cut(c.Name, maxPreview)
		tidySummary(&c.Summary)
		if c.Table, c.DTypes = tidyHead(c.Table, c.DTypes); c.Table != nil {
			c.Table.Rows = firstOf(c.Table.Rows, 10)
		}
	}
	for i := range v.Removed {
		v.Removed[i] = cut(v.Removed[i], maxPreview)
	}
	return &v
}

func tidySummary(s *event.Summary) {
	s.Type, s.DType, s.Preview = cut(s.Type, 200), cut(s.DType, 100), cut(s.Preview, maxPreview)
	switch s.Kind {
	case "function", "class", "module":
	default:
		s.Kind = "data"
	}
	if s.Len != nil && *s.Len < 0 {
		s.Len = nil
	}
	s.Shape, s.Size = firstOf(s.Shape, 32), max(s.Size, 0)
}

// tidyHead drops a table that is none, and cuts one that is too wide.
func tidyHead(t *event.Table, dtypes []string) (*event.Table, []string) {
	if t == nil || len(t.Columns) > maxColumns || tidyTable(t) != nil || len(dtypes) != 0 && len(dtypes) != len(t.Columns) {
		return nil, nil
	}
	for i := range t.Columns {
		t.Columns[i] = cut(t.Columns[i], maxCell)
	}
	for i := range dtypes {
		dtypes[i] = cut(dtypes[i], 100)
	}
	for _, row := range t.Rows {
		for i, c := range row {
			if text, ok := c.(string); ok {
				row[i] = cut(text, maxCell)
			}
		}
	}
	return t, dtypes
}

func firstOf[T any](list []T, n int) []T {
	if len(list) > n {
		return list[:n]
	}
	return list
}

// pageAnswer is what the driver says when it is asked for a page.
type pageAnswer struct {
	event.Page
	Missing bool   `json:"missing"`
	Fault   string `json:"fault"`
}

func decodePage(data []byte) (pageAnswer, error) {
	var p pageAnswer
	if err := json.Unmarshal(data, &p); err != nil {
		return p, fmt.Errorf("read a page: %w", err)
	}
	tidySummary(&p.Value)
	p.Fault, p.Text = cut(p.Fault, 200), cut(p.Text, maxPageText)
	p.Items = firstOf(p.Items, maxPageRows)
	for i := range p.Items {
		p.Items[i].Key = cut(p.Items[i].Key, maxPreview)
		tidySummary(&p.Items[i].Summary)
	}
	if p.Table, p.DTypes = tidyHead(p.Table, p.DTypes); p.Table != nil {
		p.Table.Rows = firstOf(p.Table.Rows, maxPageRows)
	}
	p.Offset, p.Total = max(p.Offset, 0), max(p.Total, 0)
	return p, nil
}

// Inspect implements sandbox.Session. What it leaves in the interpreter's memory is undone: a replay of the steps must not
// depend on what was looked at between them.
func (s *session) Inspect(ctx context.Context, name string, path []int, offset, limit int) (event.Page, error) {
	if !s.mu.TryLock() {
		return event.Page{}, sandbox.Busy()
	}
	s.mu.Unlock()
	if !utf8.ValidString(name) || offset < 0 {
		return event.Page{}, noVariable(name)
	}
	inner, done, err := s.begin(ctx)
	if err != nil {
		return event.Page{}, err
	}
	defer done()
	request, err := json.Marshal(map[string]any{
		"op": "inspect", "name": name, "path": append([]int{}, path...), "offset": offset, "limit": limit,
	})
	if err != nil {
		return event.Page{}, failed(err)
	}
	r := s.newOwnRun(inner)
	r.soft, r.hard = r.started.Add(5*lookLimit), r.started.Add(10*lookLimit)
	s.g.proc.Begin()
	rc, err := s.g.do(r, request)
	if rerr := s.rollback(); rerr != nil {
		return event.Page{}, rerr
	}
	if inner.Err() != nil {
		return event.Page{}, s.cancelled(ctx)
	}
	if err != nil || rc != 0 || r.result == nil {
		return event.Page{}, unreadable(name, "the interpreter gave up"+crashReason(err))
	}
	p, err := decodePage(r.result)
	switch {
	case err != nil:
		return event.Page{}, unreadable(name, err.Error())
	case p.Missing:
		return event.Page{}, noVariable(name)
	case p.Fault != "":
		return event.Page{}, unreadable(name, "reading it raised "+p.Fault)
	}
	return p.Page, nil
}

func noVariable(name string) error {
	return fault.Newf(fault.NotFound, "There is no %s at this place", strings.ToValidUTF8(cut(name, 100), "\uFFFD"))
}

func unreadable(name, why string) error {
	return fault.Wrap(errors.New(why), fault.SandboxFailed, "The variable "+cut(name, 100)+" cannot be read", why, "")
}
