package store

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"sandglass/backend/event"
)

// BenchmarkAppend is the price of an event within a step, and of one that no power cut can take back.
func BenchmarkAppend(b *testing.B) {
	b.Run("within a step", func(b *testing.B) { benchmarkAppend(b, event.CodeStarted{Thought: "I look", Code: "print(1)"}) })
	b.Run("end of a step", func(b *testing.B) { benchmarkAppend(b, event.CodeFinished{Stdout: "1"}) })
}

func benchmarkAppend(b *testing.B, body event.Body) {
	s, err := Open(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	run := newRun()
	if _, err := s.Append(bg, run, 0, event.RunStarted{Task: "bench"}, time.Now()); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := s.Append(bg, run, 1, body, time.Now()); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkCheck is what looking through a database costs at the start, see checkedSize.
func BenchmarkCheck(b *testing.B) {
	dir := b.TempDir()
	s, err := Open(dir)
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	if _, err := s.write.Exec(`PRAGMA synchronous=OFF`); err != nil {
		b.Fatal(err)
	}
	text := ""
	for i := range 2000 {
		text += fmt.Sprintf("word%d ", i*7919)
	}
	for range 60 {
		run := newRun()
		for i, body := range story("bench") {
			if i > 0 && i < 13 {
				body = event.CodeFinished{Stdout: text}
			}
			if _, err := s.Append(bg, run, 0, body, time.Now()); err != nil {
				b.Fatal(err)
			}
		}
	}
	if _, err := s.write.Exec(`PRAGMA wal_checkpoint(TRUNCATE)`); err != nil {
		b.Fatal(err)
	}
	var pages int64
	if err := s.write.QueryRow(`PRAGMA page_count`).Scan(&pages); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		suspect(dir) // whatever its size
		if err := s.check(bg, filepath.Join(dir, DatabaseName)); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(pages*4096)/(1<<20), "MiB")
}
