package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"sandglass/backend/event"
	"sandglass/backend/fault"
)

// Append gives the event its Seq (1, 2, 3 … without gaps) and writes it in one transaction with the run's row and
// the search index. A RunStarted opens a run and belongs to this instance from then on.
//
// Faults: Conflict (the run has ended, or exists already), NotFound (no such run, and b is no RunStarted), DiskFull,
// DatabaseBusy, DatabaseCorrupt.
func (s *Store) Append(ctx context.Context, run event.RunID, span int64, b event.Body, at time.Time) (event.Event, error) {
	if run == "" {
		return event.Event{}, fault.Newf(fault.Invalid, "An event without a run")
	}
	kind, body, err := event.EncodeBody(b)
	if err != nil {
		return event.Event{}, err
	}
	// What is returned is what a reader will get, to the byte: JSON inside a body (arguments, values) is written
	// compactly, and a prompt derived from the events later must equal the one derived now.
	if b, err = event.DecodeBody(kind, body); err != nil {
		return event.Event{}, err
	}
	e := event.Event{Run: run, Span: span, At: time.UnixMilli(at.UnixMilli()).UTC(), Body: b}
	var row event.Run
	err = s.transact(ctx, "append event", lasting(b), func(ctx context.Context, tx *sql.Tx) error {
		var err error
		row, err = s.fold(ctx, tx, &e)
		if err != nil {
			return err
		}
		return insertEvent(ctx, tx, e, kind, body)
	})
	s.remember(run, row, err == nil)
	if err != nil {
		return event.Event{}, err
	}
	return e, nil
}

// fold gives the event its Seq and folds it into the run's row. It gives the row as it is written.
func (s *Store) fold(ctx context.Context, tx *sql.Tx, e *event.Event) (event.Run, error) {
	s.rowsMu.Lock()
	r, known := s.rows[e.Run]
	s.rowsMu.Unlock()
	if _, starts := e.Body.(event.RunStarted); known && !starts {
		before := r
		e.Seq = r.LastSeq + 1
		r.Apply(*e)
		if before.Status == r.Status && before.Agent == r.Agent {
			if done, err := renewRow(ctx, tx, r, before.LastSeq, s.inst.id); done || err != nil {
				return r, err
			}
		}
	}
	r, err := openRun(ctx, tx, e.Run, e.Body)
	if err != nil {
		return r, err
	}
	e.Seq = r.LastSeq + 1
	r.Apply(*e)
	return r, putRow(ctx, tx, r, s.inst.id)
}

// remember keeps the row of a run that goes on, as it was written last, so that the next event need not read it.
func (s *Store) remember(run event.RunID, r event.Run, written bool) {
	s.rowsMu.Lock()
	defer s.rowsMu.Unlock()
	if !written || r.Status != event.Running {
		delete(s.rows, run)
		return
	}
	r.Task, r.Tags = "", nil
	s.rows[run] = r
}

// lasting says whether an event is flushed to the disk before Append returns, and with it all before it. A flush costs
// a millisecond or more. So at most the step that was under way is lost in a power cut; a killed process loses nothing.
func lasting(b event.Body) bool {
	switch b.(type) {
	case event.StepStarted, event.ModelStarted, event.ModelFinished, event.CodeStarted, event.ToolStarted, event.ToolFinished, event.LoopNoticed:
		return false
	}
	return true
}

// openRun gives the row that the event is to be folded into.
func openRun(ctx context.Context, tx *sql.Tx, run event.RunID, b event.Body) (event.Run, error) {
	_, starts := b.(event.RunStarted)
	r, err := getRow(ctx, tx, run)
	switch {
	case errors.Is(err, sql.ErrNoRows) && starts:
		return event.Run{}, nil
	case errors.Is(err, sql.ErrNoRows):
		return r, notFound("There is no run %s", run)
	case err != nil:
		return r, err
	case starts:
		return r, fault.Newf(fault.Conflict, "The run %s exists already", run)
	case r.Status != event.Running:
		return r, fault.Newf(fault.Conflict, "The run %s has ended; %s cannot be recorded any more", run, b.Kind())
	}
	return r, nil
}

func insertEvent(ctx context.Context, tx *sql.Tx, e event.Event, kind string, body []byte) error {
	res, err := tx.ExecContext(ctx, `INSERT INTO events (run, seq, span, at, kind, body) VALUES (?, ?, ?, ?, ?, ?)`,
		e.Run, e.Seq, e.Span, e.At.UnixMilli(), kind, string(body))
	if err != nil {
		return err
	}
	text := words(e.Body)
	if text == "" {
		return nil
	}
	id, err := res.LastInsertId()
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO search (rowid, text) VALUES (?, ?)`, id, text)
	return err
}

// Events gives the events of a run with Seq > after, in order, at most limit of them (0 for all). A run that does
// not exist has none.
func (s *Store) Events(ctx context.Context, run event.RunID, after int64, limit int) ([]event.Event, error) {
	if limit <= 0 {
		limit = -1
	}
	rows, err := s.read.QueryContext(ctx,
		`SELECT seq, span, at, kind, body FROM events WHERE run = ? AND seq > ? ORDER BY seq LIMIT ?`, run, after, limit)
	if err != nil {
		return nil, s.wrap("read events", err)
	}
	defer rows.Close()
	events := []event.Event{}
	for rows.Next() {
		var at int64
		var kind string
		var body sql.RawBytes
		e := event.Event{Run: run}
		if err := rows.Scan(&e.Seq, &e.Span, &at, &kind, &body); err != nil {
			return nil, s.wrap("read events", err)
		}
		e.At = time.UnixMilli(at).UTC()
		if e.Body, err = event.DecodeBody(kind, body); err != nil {
			return nil, fmt.Errorf("read event %s/%d: %w", run, e.Seq, err)
		}
		events = append(events, e)
	}
	return events, s.wrap("read events", rows.Err())
}

// querier is what a database and a transaction have in common.
type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// getRow reads a run's row as the fold needs it: without task and tags.
func getRow(ctx context.Context, q querier, run event.RunID) (event.Run, error) {
	var data []byte
	var r event.Run
	if err := q.QueryRowContext(ctx, `SELECT data FROM runs WHERE id = ?`, run).Scan(&data); err != nil {
		return r, err
	}
	if err := json.Unmarshal(data, &r); err != nil {
		return r, fmt.Errorf("decode run %s: %w", run, err)
	}
	return r, nil
}

// rowData is what a row holds of a run. The task is left out: it can be long, and the row is written with every event.
func rowData(r event.Run) (string, error) {
	r.Task, r.Tags = "", nil
	data, err := json.Marshal(r)
	if err != nil {
		return "", fmt.Errorf("encode run %s: %w", r.ID, err)
	}
	return string(data), nil
}

// renewRow writes the row of a run whose status and agent are as they were, so that their indexes are not written, which
// are half of the pages of an event. It is false if the row is not as it was after the event seq: another instance of
// the app wrote it.
func renewRow(ctx context.Context, q querier, r event.Run, seq int64, instance string) (bool, error) {
	data, err := rowData(r)
	if err != nil {
		return false, err
	}
	res, err := q.ExecContext(ctx, `UPDATE runs SET instance = ?3, last_seq = ?4, data = ?5 WHERE id = ?1 AND last_seq = ?2`,
		r.ID, seq, instance, r.LastSeq, data)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

// putRow writes a run's row, new or not.
func putRow(ctx context.Context, q querier, r event.Run, instance string) error {
	data, err := rowData(r)
	if err != nil {
		return err
	}
	_, err = q.ExecContext(ctx, `
		INSERT INTO runs (id, status, agent, instance, last_seq, data) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
		ON CONFLICT (id) DO UPDATE SET status = ?2, agent = ?3, instance = ?4, last_seq = ?5, data = ?6`,
		r.ID, r.Status, r.Agent, instance, r.LastSeq, data)
	return err
}
