package store

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/oklog/ulid/v2"

	"sandglass/backend/event"
	"sandglass/backend/fault"
	"sandglass/backend/journal"
	"sandglass/backend/llm"
)

var update = flag.Bool("update", false, "rewrite the golden files")

var _ journal.Log = (*Store)(nil)

func openTest(t *testing.T, dir string) *Store {
	t.Helper()
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func newRun() event.RunID { return event.RunID(ulid.Make().String()) }

// record appends bodies to a run, a second apart.
func record(t *testing.T, s *Store, run event.RunID, bodies ...event.Body) {
	t.Helper()
	for i, b := range bodies {
		if _, err := s.Append(t.Context(), run, 0, b, time.UnixMilli(1_700_000_000_000+int64(i)*1000)); err != nil {
			t.Fatalf("append %s: %v", b.Kind(), err)
		}
	}
}

// story is a whole run that uses every kind of event.
func story(task string) []event.Body {
	return []event.Body{
		event.RunStarted{Task: task, Agent: "default", Model: "demo/tour", System: "You are…", MaxSteps: 20,
			Files: []event.InputFile{{Name: "sales.csv", Var: "sales", Path: "/input/sales.csv", Size: 12}}},
		event.StepStarted{Number: 1},
		event.ModelStarted{Model: "demo/tour", Purpose: "act", Through: 1},
		event.ModelFinished{Text: "Thought: look", Finish: llm.FinishStop, Usage: llm.Usage{Input: 10, Output: 5}, DurationMS: 3},
		event.CodeStarted{Thought: "I look at the columns", Code: "import csv\nprint(read_rows())"},
		event.ToolStarted{Name: "visit_webpage", Args: json.RawMessage(`{"url":"https://example.org"}`)},
		event.ToolFinished{Name: "visit_webpage", Result: "Example Domain"},
		event.CodeFinished{Stdout: "['region', 'turnover']\n", Observation: "…", Value: &event.Value{Type: "int", Repr: "42"}},
		event.ReplyUnusable{Reason: "no code", Advice: "write code"},
		event.LoopNoticed{Times: 2, Advice: "try another way"},
		event.QuestionAsked{Question: "Which year?"},
		event.QuestionAnswered{Answer: "2024"},
		event.ArtefactSaved{Name: "chart.png", MediaType: "image/png", Size: 3},
		event.RunFinished{Status: event.Finished, Text: "Bavaria sold most", Steps: 1,
			Answer: &event.Value{Type: "dict", Repr: "{'a': '<1>'}", JSON: json.RawMessage(`{"a": "<1>"}`)}},
	}
}

func TestRowEqualsFold(t *testing.T) {
	s := openTest(t, t.TempDir())
	run := newRun()
	for i, b := range story("Which region\nsold most?") {
		e, err := s.Append(t.Context(), run, 1, b, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		events, err := s.Events(t.Context(), run, 0, 0)
		if err != nil || len(events) != i+1 {
			t.Fatalf("%d events, %v; want %d", len(events), err, i+1)
		}
		row, err := s.Run(t.Context(), run)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(event.Fold(events), row); diff != "" {
			t.Fatalf("after %s the row is not the fold (-fold +row):\n%s", b.Kind(), diff)
		}
		if diff := cmp.Diff(e, events[i]); diff != "" {
			t.Errorf("%s read back differs:\n%s", b.Kind(), diff)
		}
	}
}

// Two stores that write to one run: what one remembers of the row is not what the other wrote meanwhile.
func TestAppendInTurns(t *testing.T) {
	dir := t.TempDir()
	a, b := openTest(t, dir), openTest(t, dir)
	run := newRun()
	record(t, a, run, event.RunStarted{Task: "x"})
	for i := range 3 {
		record(t, a, run, event.StepStarted{Number: i + 1})
		record(t, b, run, event.ModelFinished{Usage: llm.Usage{Output: 5}})
	}
	record(t, b, run, event.RunStopped{})
	if _, err := a.Append(t.Context(), run, 0, event.StepStarted{}, time.Now()); !fault.Is(err, fault.Conflict) {
		t.Errorf("a step after the other one's end: %v", err)
	}
	if r, err := a.Run(t.Context(), run); err != nil || r.LastSeq != 8 || r.Usage.Output != 15 || r.Steps != 3 || r.Status != event.Stopped {
		t.Errorf("the run is %+v, %v", r, err)
	}
}

func TestAppendRefuses(t *testing.T) {
	s := openTest(t, t.TempDir())
	run := newRun()
	now := time.Now()
	if _, err := s.Append(t.Context(), run, 0, event.StepStarted{}, now); !fault.Is(err, fault.NotFound) {
		t.Errorf("a step of no run: %v", err)
	}
	record(t, s, run, event.RunStarted{Task: "x"})
	if _, err := s.Append(t.Context(), run, 0, event.RunStarted{}, now); !fault.Is(err, fault.Conflict) {
		t.Errorf("a second start: %v", err)
	}
	record(t, s, run, event.RunStopped{})
	if _, err := s.Append(t.Context(), run, 0, event.StepStarted{}, now); !fault.Is(err, fault.Conflict) {
		t.Errorf("a step after the end: %v", err)
	}
	if _, err := s.Append(t.Context(), "", 0, event.RunStarted{}, now); !fault.Is(err, fault.Invalid) {
		t.Errorf("no id: %v", err)
	}
}

func TestEventsAfterAndLimit(t *testing.T) {
	s := openTest(t, t.TempDir())
	run := newRun()
	record(t, s, run, story("x")...)
	events, err := s.Events(t.Context(), run, 3, 2)
	if err != nil || len(events) != 2 || events[0].Seq != 4 || events[1].Seq != 5 {
		t.Errorf("%v, %v", events, err)
	}
}

func TestUnknownKindSurvives(t *testing.T) {
	s := openTest(t, t.TempDir())
	run := newRun()
	record(t, s, run, event.RunStarted{Task: "x"}, event.Unknown{Name: "told_by_a_later_version", Data: json.RawMessage(`{"facts":1}`)})
	events, err := s.Events(t.Context(), run, 1, 0)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(event.Body(event.Unknown{Name: "told_by_a_later_version", Data: json.RawMessage(`{"facts":1}`)}), events[0].Body); diff != "" {
		t.Error(diff)
	}
}

func TestRunsPagesAndFilters(t *testing.T) {
	s := openTest(t, t.TempDir())
	var ids []event.RunID
	for i := range 25 {
		run := newRun()
		record(t, s, run, event.RunStarted{Task: fmt.Sprintf("task %d", i), Agent: []string{"ann", "bob"}[i%2]})
		if i%5 == 0 {
			record(t, s, run, event.RunStopped{})
		}
		ids = append(ids, run)
	}
	// Keyset paging gives each run once, newest first, whatever happens between the pages.
	var got []event.RunID
	var before event.RunID
	for {
		page, total, err := s.Runs(t.Context(), Query{Limit: 7, Before: before})
		if err != nil || total < 25 {
			t.Fatal(total, err)
		}
		if len(page) == 0 {
			break
		}
		for _, h := range page {
			got = append(got, h.ID)
		}
		before = page[len(page)-1].ID
		record(t, s, newRun(), event.RunStarted{Task: "meanwhile"})
	}
	for i, id := range got {
		if want := ids[len(ids)-1-i]; i < 25 && id != want {
			t.Fatalf("place %d: %s, want %s", i, id, want)
		}
	}
	if len(got) != 25 {
		t.Errorf("%d runs on all pages, want 25", len(got))
	}
	if err := s.SetTags(t.Context(), ids[3], []string{" good ", "good", "", "a  b"}); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		q    Query
		want int
	}{
		"status":      {Query{Status: event.Stopped}, 5},
		"agent":       {Query{Agent: "bob"}, 12},
		"both":        {Query{Agent: "bob", Status: event.Stopped}, 2},
		"tag":         {Query{Tag: "good"}, 1},
		"other tag":   {Query{Tag: "bad"}, 0},
		"tag, search": {Query{Tag: "a b", Search: "task 3"}, 1},
	} {
		hits, total, err := s.Runs(t.Context(), c.q)
		if err != nil || total != c.want || len(hits) != c.want {
			t.Errorf("%s: %d of %d, %v; want %d", name, len(hits), total, err, c.want)
		}
	}
	if tags, err := s.Tags(t.Context()); err != nil || strings.Join(tags, "|") != "a b|good" {
		t.Errorf("tags %q, %v", tags, err)
	}
	if r, err := s.Run(t.Context(), ids[3]); err != nil || strings.Join(r.Tags, "|") != "a b|good" || r.Task != "task 3" {
		t.Errorf("run %+v, %v", r, err)
	}
}

func TestFindRun(t *testing.T) {
	s := openTest(t, t.TempDir())
	for _, id := range []event.RunID{"01ABC1", "01ABC2", "01ABD1", "01ABC"} {
		record(t, s, id, event.RunStarted{Task: "x"})
	}
	for prefix, want := range map[string]string{
		"01abd": "01ABD1", "01ABC2": "01ABC2", " 01ABC ": "01ABC",
		"01AB": string(fault.Invalid), "02": string(fault.NotFound), "": string(fault.Invalid), "%": string(fault.NotFound),
	} {
		r, err := s.FindRun(t.Context(), prefix)
		got := string(r.ID)
		if err != nil {
			got = string(fault.Of(err).Code)
		}
		if got != want {
			t.Errorf("FindRun(%q) = %s, want %s", prefix, got, want)
		}
	}
}

func TestAgentsAndSettings(t *testing.T) {
	dir := t.TempDir()
	s := openTest(t, dir)
	type doc struct{ N int }
	for i := range 2 {
		if err := s.SaveAgent(t.Context(), Agent{"ann", json.RawMessage(fmt.Sprintf(`{"N":%d}`, i))}); err != nil {
			t.Fatal(err)
		}
		if err := s.SetSetting(t.Context(), "main", doc{i}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.SaveAgent(t.Context(), Agent{"", json.RawMessage(`{}`)}); !fault.Is(err, fault.Invalid) {
		t.Error(err)
	}
	if err := s.SaveAgent(t.Context(), Agent{"x", json.RawMessage(`{`)}); !fault.Is(err, fault.Invalid) {
		t.Error(err)
	}
	s.Close()
	s = openTest(t, dir)
	if agents, err := s.Agents(t.Context()); err != nil || len(agents) != 1 || string(agents[0].Data) != `{"N":1}` {
		t.Errorf("%v, %v", agents, err)
	}
	var d doc
	if found, err := s.Setting(t.Context(), "main", &d); !found || err != nil || d.N != 1 {
		t.Error(found, d, err)
	}
	if found, err := s.Setting(t.Context(), "none", &d); found || err != nil {
		t.Error(found, err)
	}
	if err := s.DeleteAgent(t.Context(), "ann"); err != nil {
		t.Error(err)
	}
	if err := s.DeleteAgent(t.Context(), "ann"); !fault.Is(err, fault.NotFound) {
		t.Error(err)
	}
	if _, err := s.Agent(t.Context(), "ann"); !fault.Is(err, fault.NotFound) {
		t.Error(err)
	}
}

// What the user deleted is not in the data folder any more, not even as free space of the database.
func TestDeletedRunLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	s := openTest(t, dir)
	keep, drop := newRun(), newRun()
	secret := fmt.Sprintf("secretword%d", rand.Uint64())
	record(t, s, keep, story("stays")...)
	record(t, s, drop, story("the "+secret+" "+strings.Repeat("long ", 3000))...)
	if err := s.DeleteRun(t.Context(), drop); err != nil {
		t.Fatal(err)
	}
	if err := s.DeleteRun(t.Context(), drop); !fault.Is(err, fault.NotFound) {
		t.Errorf("deleted twice: %v", err)
	}
	if events, err := s.Events(t.Context(), drop, 0, 0); err != nil || len(events) != 0 {
		t.Errorf("%d events, %v", len(events), err)
	}
	if hits, _, err := s.Runs(t.Context(), Query{Search: secret}); err != nil || len(hits) != 0 {
		t.Errorf("%d hits, %v", len(hits), err)
	}
	if hits, _, err := s.Runs(t.Context(), Query{Search: "Bavaria"}); err != nil || len(hits) != 1 {
		t.Errorf("the other run: %d hits, %v", len(hits), err)
	}
	files, err := filepath.Glob(filepath.Join(dir, DatabaseName+"*"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(strings.ToLower(string(data)), secret) {
			t.Errorf("%s still holds the deleted text", filepath.Base(f))
		}
	}
	running := newRun()
	record(t, s, running, event.RunStarted{Task: "x"})
	if err := s.DeleteRun(t.Context(), running); !fault.Is(err, fault.Conflict) {
		t.Errorf("deleting a running run: %v", err)
	}
}

func TestSchemaGolden(t *testing.T) {
	s := openTest(t, t.TempDir())
	rows, err := s.read.Query(`SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type DESC, name`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var b strings.Builder
	fmt.Fprintf(&b, "-- user_version %d\n", len(migrations))
	for rows.Next() {
		var sql string
		if err := rows.Scan(&sql); err != nil {
			t.Fatal(err)
		}
		b.WriteString("\n" + sql + ";\n")
	}
	golden := filepath.Join("testdata", "schema.golden.sql")
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("the schema changed; add a migration, then run with -update:\n%s", diff)
	}
}

func TestNewerSchemaIsRefused(t *testing.T) {
	dir := t.TempDir()
	s := openTest(t, dir)
	if _, err := s.write.Exec(fmt.Sprintf("PRAGMA user_version=%d", len(migrations)+1)); err != nil {
		t.Fatal(err)
	}
	s.Close()
	if _, err := Open(dir); !fault.Is(err, fault.Conflict) || !strings.Contains(err.Error(), "newer version") {
		t.Errorf("err = %v", err)
	}
}

func TestFolderWithSyntaxInItsName(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "50% off? #1 &mode=memory ü")
	s := openTest(t, dir)
	record(t, s, newRun(), event.RunStarted{Task: "x"})
	s.Close()
	if _, err := os.Stat(filepath.Join(dir, DatabaseName)); err != nil {
		t.Error(err)
	}
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the folder is open to others: %v %v", info.Mode(), err)
	}
}

// bg is for what runs in child processes and clean-ups, where the test's context does not reach.
var bg = context.Background()
