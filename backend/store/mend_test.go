package store

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sandglass/backend/event"
	"sandglass/backend/fault"
)

// furnished fills a store with all that it can hold, closes it and gives what was in it.
func furnished(t *testing.T, dir string) map[event.RunID][]event.Event {
	t.Helper()
	s := openTest(t, dir)
	for i := range 12 {
		run := newRun()
		bodies := story(fmt.Sprintf("task %d about turnover", i))
		bodies[7] = event.CodeFinished{Stdout: strings.Repeat(fmt.Sprintf("line of output %d\n", i), 50+i*100), Observation: "…"} // overflows a page
		record(t, s, run, bodies...)
		if err := s.SetTags(t.Context(), run, []string{"2024", "good"}); err != nil { // the first looks like JSON
			t.Fatal(err)
		}
		if _, err := s.PutBlob(t.Context(), run, "text/plain", strings.NewReader(fmt.Sprint("blob ", i%3))); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.SaveAgent(t.Context(), Agent{"ann", json.RawMessage(`{"n":1}`)}); err != nil {
		t.Fatal(err)
	}
	if err := s.SetSetting(t.Context(), "main", map[string]string{"theme": "dark"}); err != nil {
		t.Fatal(err)
	}
	all := map[event.RunID][]event.Event{}
	hits, _, err := s.Runs(t.Context(), Query{})
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range hits {
		if all[h.ID], err = s.Events(t.Context(), h.ID, 0, 0); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return all
}

// survivors checks what an opened store still has, and counts the events that are lost.
func survivors(t *testing.T, s *Store, all map[event.RunID][]event.Event) (lost int) {
	t.Helper()
	for id, want := range all {
		got, err := s.Events(t.Context(), id, 0, 0)
		if err != nil {
			t.Fatal(err)
		}
		had := map[int64]event.Event{}
		for _, e := range got {
			had[e.Seq] = e
		}
		for _, e := range want {
			if _, ok := had[e.Seq]; !ok {
				lost++
			} else if diff := cmp.Diff(e, had[e.Seq]); diff != "" && e.Seq > 1 {
				t.Errorf("event %s/%d changed:\n%s", id, e.Seq, diff)
			}
		}
		if len(got) == 0 {
			continue
		}
		row, err := s.Run(t.Context(), id)
		row.Tags = nil
		if diff := cmp.Diff(event.Fold(got), row); err != nil || diff != "" {
			t.Errorf("run %s: %v, the row is not the fold:\n%s", id, err, diff)
		}
	}
	return lost
}

func damage(t *testing.T, path string, offset int64, data []byte) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteAt(data, offset); err != nil {
		t.Fatal(err)
	}
}

func garbage(n int) []byte {
	r := rand.New(rand.NewPCG(1, 2))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

// Whichever page is overwritten, only what stood on it is lost.
func TestDamagedPage(t *testing.T) {
	origin := t.TempDir()
	all := furnished(t, origin)
	content, err := os.ReadFile(filepath.Join(origin, DatabaseName))
	if err != nil {
		t.Fatal(err)
	}
	pages := len(content) / 4096
	if pages < 30 {
		t.Fatalf("only %d pages", pages)
	}
	step := 3 // of each kind of page there are several; the first one is among them
	mended := 0
	for page := 0; page < pages; page += step {
		dir := t.TempDir()
		broken := bytes.Clone(content)
		copy(broken[page*4096:], garbage(4096))
		path := filepath.Join(dir, DatabaseName)
		if err := os.WriteFile(path, broken, 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := Open(dir)
		if err != nil {
			t.Fatalf("page %d: %v", page+1, err)
		}
		lost := survivors(t, s, all)
		if lost > 40 {
			t.Errorf("page %d: %d events are lost", page+1, lost)
		}
		if n := s.Notice(); n != nil {
			mended++
			if n.Code != fault.DatabaseCorrupt || n.Why == "" || !strings.Contains(n.Do, ".damaged-") {
				t.Errorf("notice %+v", n)
			}
			aside, err := filepath.Glob(path + ".damaged-*")
			if err != nil || len(aside) != 1 {
				t.Fatalf("set aside: %v, %v", aside, err)
			}
			if kept, err := os.ReadFile(aside[0]); err != nil || !bytes.Equal(kept, broken) {
				t.Errorf("page %d: the damaged file was changed: %v", page+1, err)
			}
		} else if lost > 0 {
			t.Errorf("page %d: %d events are lost and nobody said so", page+1, lost)
		}
		if _, err := s.MarkInterrupted(t.Context()); err != nil {
			t.Errorf("page %d: %v", page+1, err)
		}
		s.Close()
	}
	if mended < pages/step/2 {
		t.Errorf("only %d of %d damaged pages were noticed", mended, pages/step)
	}
}

func TestDamagedHeaderLosesNothing(t *testing.T) {
	dir := t.TempDir()
	all := furnished(t, dir)
	path := filepath.Join(dir, DatabaseName)
	damage(t, path, 0, make([]byte, 4096))
	s := openTest(t, dir)
	if lost := survivors(t, s, all); lost != 0 {
		t.Errorf("%d events are lost", lost)
	}
	if s.Notice() == nil {
		t.Fatal("no notice")
	}
	var setting map[string]string
	if found, err := s.Setting(t.Context(), "main", &setting); !found || err != nil || setting["theme"] != "dark" {
		t.Errorf("setting %v, %v, %v", found, setting, err)
	}
	if a, err := s.Agent(t.Context(), "ann"); err != nil || string(a.Data) != `{"n":1}` {
		t.Errorf("agent %v, %v", a, err)
	}
	if hits, total, err := s.Runs(t.Context(), Query{Tag: "2024", Search: "turnover"}); err != nil || total != len(all) || hits[0].Snippet == "" {
		t.Errorf("%d hits, %v", total, err)
	}
	if freed, err := s.GC(t.Context()); err != nil || freed != 0 {
		t.Errorf("the references to blobs are lost: %d bytes freed, %v", freed, err)
	}
	// The next start finds all well.
	s.Close()
	s = openTest(t, dir)
	if s.Notice() != nil {
		t.Error(s.Notice())
	}
}

func TestNoDatabaseAtAll(t *testing.T) {
	for name, content := range map[string][]byte{
		"garbage": garbage(100_000), "text": []byte("This is a letter."), "zeros": make([]byte, 50_000), "empty": nil,
	} {
		dir := t.TempDir()
		path := filepath.Join(dir, DatabaseName)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		s := openTest(t, dir)
		record(t, s, newRun(), event.RunStarted{Task: "x"})
		if aside, _ := filepath.Glob(path + ".damaged-*"); (len(aside) == 1) != (len(content) > 0) {
			t.Errorf("%s: set aside: %v", name, aside)
		}
	}
}

func TestTruncated(t *testing.T) {
	dir := t.TempDir()
	all := furnished(t, dir)
	path := filepath.Join(dir, DatabaseName)
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, info.Size()/2+1000); err != nil {
		t.Fatal(err)
	}
	s := openTest(t, dir)
	total := 0
	for _, events := range all {
		total += len(events)
	}
	if lost := survivors(t, s, all); s.Notice() == nil || lost == 0 || lost > total*3/4 {
		t.Errorf("%d of %d events are lost, notice %v", lost, total, s.Notice())
	}
}

// What a killed app left in the write-ahead log is saved, too.
func TestDamagedWithLog(t *testing.T) {
	live := t.TempDir()
	s := openTest(t, live)
	run := newRun()
	record(t, s, run, story("only in the log")...)
	want, err := s.Events(t.Context(), run, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, suffix := range []string{"", "-wal"} {
		data, err := os.ReadFile(filepath.Join(live, DatabaseName+suffix))
		if err != nil {
			t.Fatal(err)
		}
		if suffix == "" {
			copy(data, garbage(len(data))) // all of the main file
		} else if len(data) < 4096 {
			t.Fatal("nothing is in the log; the test has lost its point")
		}
		if err := os.WriteFile(filepath.Join(dir, DatabaseName+suffix), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	m := openTest(t, dir)
	if lost := survivors(t, m, map[event.RunID][]event.Event{run: want}); lost != 0 {
		t.Errorf("%d events are lost", lost)
	}
}

// A run that was going on when the database broke ends as interrupted; one whose beginning is lost says so.
func TestMendedRuns(t *testing.T) {
	dir := t.TempDir()
	s := openTest(t, dir)
	open, headless := newRun(), newRun()
	record(t, s, open, story("goes on")[:5]...)
	record(t, s, headless, story("x")...)
	if _, err := s.write.Exec(`DELETE FROM events WHERE run = ? AND seq IN (1, 5)`, headless); err != nil {
		t.Fatal(err)
	}
	s.Close()
	damage(t, filepath.Join(dir, DatabaseName), 0, garbage(100))
	s = openTest(t, dir)
	if n := s.Notice(); n == nil || !strings.Contains(n.Why, "17 events of 2 runs could be read, at least 2 events could not") {
		t.Errorf("notice %v", n)
	}
	if marked, err := s.MarkInterrupted(t.Context()); err != nil || len(marked) != 1 || marked[0] != open {
		t.Errorf("marked %v, %v", marked, err)
	}
	r, err := s.Run(t.Context(), headless)
	if err != nil || !strings.Contains(r.Task, "lost") || r.Status != event.Finished || r.LastSeq != 14 {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestMendingWaitsForOtherInstances(t *testing.T) {
	dir := t.TempDir()
	s := openTest(t, dir)
	record(t, s, newRun(), story("x")...)
	if _, err := s.write.Exec(`PRAGMA wal_checkpoint(TRUNCATE)`); err != nil {
		t.Fatal(err)
	}
	damage(t, filepath.Join(dir, DatabaseName), 0, garbage(4096))
	if _, err := Open(dir); !fault.Is(err, fault.DatabaseCorrupt) || !strings.Contains(err.Error(), "another instance") {
		t.Errorf("err = %v", err)
	}
	s.Close()
	if s = openTest(t, dir); s.Notice() == nil {
		t.Error("not mended")
	}
}

// Damage that is met while the app runs is looked for at the next start, however large the database is.
func TestSuspicion(t *testing.T) {
	dir := t.TempDir()
	furnished(t, dir)
	s := openTest(t, dir)
	damage(t, filepath.Join(dir, DatabaseName), 4096, garbage(4096*10))
	s.read.SetMaxIdleConns(0) // forget what is cached
	_, _, err := s.Runs(t.Context(), Query{})
	if !fault.Is(err, fault.DatabaseCorrupt) {
		t.Fatalf("err = %v", err)
	}
	s.Close()
	if _, err := os.Stat(filepath.Join(dir, suspectName)); err != nil {
		t.Error(err)
	}
	if s = openTest(t, dir); s.Notice() == nil {
		t.Error("not mended")
	}
	if _, err := os.Stat(filepath.Join(dir, suspectName)); err == nil {
		t.Error("still suspected")
	}
}

// A crash between setting the damaged file aside and putting the mended one in its place.
func TestMendingIsFinished(t *testing.T) {
	dir := t.TempDir()
	all := furnished(t, dir)
	path := filepath.Join(dir, DatabaseName)
	if err := os.Rename(path, path+".mended"); err != nil {
		t.Fatal(err)
	}
	if lost := survivors(t, openTest(t, dir), all); lost != 0 {
		t.Errorf("%d events are lost", lost)
	}
}

// FuzzCarve: whatever is in the files, carving ends and does not panic.
func FuzzCarve(f *testing.F) {
	dir := f.TempDir()
	s, err := Open(dir)
	if err != nil {
		f.Fatal(err)
	}
	for i, b := range story("seed " + strings.Repeat("long ", 2000)) {
		if _, err := s.Append(bg, "01SEED", 0, b, time.UnixMilli(int64(i))); err != nil {
			f.Fatal(err)
		}
	}
	wal, err := os.ReadFile(filepath.Join(dir, DatabaseName+"-wal"))
	if err != nil {
		f.Fatal(err)
	}
	s.Close()
	db, err := os.ReadFile(filepath.Join(dir, DatabaseName))
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte{0xff}, uint32(0), false)
	f.Add([]byte("\x0d\x00\x00\xff\xff"), uint32(4096), true)
	f.Add([]byte("\x00\x00\x00\x03"), uint32(3*4096), false) // a page that is its own overflow
	path := filepath.Join(f.TempDir(), DatabaseName)
	f.Fuzz(func(t *testing.T, patch []byte, at uint32, inLog bool) {
		db, wal := bytes.Clone(db), bytes.Clone(wal)
		target := db
		if inLog {
			target = wal
		}
		copy(target[int(at)%len(target):], patch)
		if err := os.WriteFile(path, db, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path+"-wal", wal, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := carve(path, func([]any) error { return nil }); err != nil {
			t.Fatal(err)
		}
	})
}

// Carving an undamaged database finds exactly what SQLite finds.
func TestCarveAgrees(t *testing.T) {
	dir := t.TempDir()
	all := furnished(t, dir)
	path := filepath.Join(dir, DatabaseName)
	want := 0
	for _, events := range all {
		want += len(events)
	}
	got := 0
	err := carve(path, func(row []any) error {
		if len(row) == 7 {
			got++
		}
		return nil
	})
	if err != nil || got != want {
		t.Errorf("%d events, %v; want %d", got, err, want)
	}
	db, err := sql.Open("sqlite3", fileURI(path))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.QueryRow(`SELECT count(*) FROM events`).Scan(&got); err != nil || got != want {
		t.Errorf("SQLite: %d, %v", got, err)
	}
}
