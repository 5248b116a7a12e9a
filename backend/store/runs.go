package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"sandglass/backend/event"
	"sandglass/backend/fault"
)

// Query selects runs; its zero value selects all.
type Query struct {
	Search string       // full text: every word must occur somewhere in the run; "quoted words" together
	Status event.Status // "" for any
	Agent  string       // "" for any
	Tag    string       // "" for any
	Parent event.RunID  // only runs that go on from this one; "" for any
	Limit  int          // 0 for 100
	Before event.RunID  // only runs older than this one: the last of the page before
}

// Hit is a run, and where the search found its words.
type Hit struct {
	event.Run
	Snippet string // matches stand between MatchStart and MatchEnd; "" without a search
}

// runColumns are what scanRun reads. The task comes from the run's first event.
const runColumns = `r.id, r.data, coalesce((SELECT e.body ->> '$.task' FROM events e WHERE e.run = r.id AND e.seq = 1), ''),
	(SELECT json_group_array(t.tag ORDER BY t.tag) FROM tags t WHERE t.run = r.id)`

// Runs gives a page of the runs that match, newest first, and how many match on all pages.
func (s *Store) Runs(ctx context.Context, q Query) ([]Hit, int, error) {
	limit := q.Limit
	if limit <= 0 {
		limit = 100
	}
	terms := searchTerms(q.Search)
	if len(terms) == 0 && strings.TrimSpace(q.Search) != "" {
		return []Hit{}, 0, nil // nothing but punctuation: no text has that for a word
	}
	where, args := conditions(q, terms)
	// One transaction, so that page and total agree.
	tx, err := s.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, 0, s.wrap("list runs", err)
	}
	defer tx.Rollback() //nolint:errcheck // it only reads
	var total int
	if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM runs r WHERE `+where, args...).Scan(&total); err != nil {
		return nil, 0, s.wrap("count runs", err)
	}
	if q.Before != "" {
		where += ` AND r.id < ?`
		args = append(args, q.Before)
	}
	hits, err := hits(ctx, tx, `SELECT `+runColumns+` FROM runs r WHERE `+where+` ORDER BY r.id DESC LIMIT ?`, append(args, limit)...)
	if err != nil {
		return nil, 0, s.wrap("list runs", err)
	}
	for i := range hits {
		if len(terms) == 0 {
			break
		}
		if hits[i].Snippet, err = snippet(ctx, tx, hits[i].ID, terms); err != nil {
			return nil, 0, s.wrap("list runs", err)
		}
	}
	return hits, total, nil
}

func conditions(q Query, terms []string) (where string, args []any) {
	conds := []string{"1"}
	add := func(cond string, arg any) {
		conds = append(conds, cond)
		args = append(args, arg)
	}
	if q.Status != "" {
		add(`r.status = ?`, q.Status)
	}
	if q.Agent != "" {
		add(`r.agent = ?`, q.Agent)
	}
	if q.Tag != "" {
		add(`EXISTS (SELECT 1 FROM tags t WHERE t.tag = ? AND t.run = r.id)`, q.Tag)
	}
	if q.Parent != "" {
		add(`r.data ->> '$.parent' = ?`, q.Parent)
	}
	// Each term may be in another event of the run: the word of the task, the name in the code.
	for _, t := range terms {
		add(`r.id IN (SELECT e.run FROM search f JOIN events e ON e.id = f.rowid WHERE f.text MATCH ?)`, t)
	}
	return strings.Join(conds, " AND "), args
}

func hits(ctx context.Context, q querier, query string, args ...any) ([]Hit, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	found := []Hit{}
	for rows.Next() {
		r, err := scanRun(rows)
		if err != nil {
			return nil, err
		}
		found = append(found, Hit{Run: r})
	}
	return found, rows.Err()
}

func scanRun(row interface{ Scan(...any) error }) (event.Run, error) {
	var r event.Run
	var id, task string
	var data, tags []byte
	if err := row.Scan(&id, &data, &task, &tags); err != nil {
		return r, err
	}
	if err := json.Unmarshal(data, &r); err != nil {
		return r, fmt.Errorf("decode run %s: %w", id, err)
	}
	r.Task = task
	if err := json.Unmarshal(tags, &r.Tags); err != nil {
		return r, fmt.Errorf("decode tags of run %s: %w", id, err)
	}
	if len(r.Tags) == 0 {
		r.Tags = nil
	}
	return r, nil
}

// Run gives the row of one run, by its whole id. Faults: NotFound.
func (s *Store) Run(ctx context.Context, id event.RunID) (event.Run, error) {
	r, err := scanRun(s.read.QueryRowContext(ctx, `SELECT `+runColumns+` FROM runs r WHERE r.id = ?`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return r, noRun(string(id))
	}
	return r, s.wrap("read run", err)
}

// FindRun gives the row of the one run whose id is, or begins with, prefix; case does not matter. Faults: NotFound,
// Invalid (several runs begin so: Why lists some of them).
func (s *Store) FindRun(ctx context.Context, prefix string) (event.Run, error) {
	prefix = strings.ToUpper(strings.TrimSpace(prefix))
	if prefix == "" {
		return event.Run{}, fault.New(fault.Invalid, "No run is named", "", "Give the id of a run, or the beginning of one")
	}
	// All ids are upper-case ASCII, so the prefix spans the range up to prefix + "~".
	found, err := hits(ctx, s.read, `SELECT `+runColumns+` FROM runs r WHERE r.id >= ? AND r.id < ? ORDER BY r.id LIMIT 6`, prefix, prefix+"~")
	switch {
	case err != nil:
		return event.Run{}, s.wrap("find run", err)
	case len(found) == 0:
		return event.Run{}, noRun(prefix)
	case len(found) == 1 || string(found[0].ID) == prefix:
		return found[0].Run, nil
	}
	ids := make([]string, 0, len(found))
	for _, h := range found {
		ids = append(ids, string(h.ID))
	}
	return event.Run{}, fault.New(fault.Invalid, "Several runs begin with "+prefix, strings.Join(ids, ", "), "Give more characters of the id")
}

func noRun(id string) error {
	return fault.New(fault.NotFound, "There is no run "+id, "it may have been deleted", "Look at the list of runs")
}

// DeleteRun deletes a run with its events, tags and references to blobs, so that nothing of it is left in the
// database; GC then deletes the blobs. Faults: NotFound, Conflict (it is still running).
func (s *Store) DeleteRun(ctx context.Context, id event.RunID) error {
	err := s.begin(ctx, "delete run", func(ctx context.Context, tx *sql.Tx) error {
		r, err := getRow(ctx, tx, id)
		if errors.Is(err, sql.ErrNoRows) {
			return noRun(string(id))
		}
		if err == nil && r.Status == event.Running {
			return fault.New(fault.Conflict, "The run is still running", "", "Stop it first, then delete it")
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM search WHERE rowid IN (SELECT id FROM events WHERE run = ?)`, id); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `DELETE FROM runs WHERE id = ?`, id) // the rest cascades
		return err
	})
	if err != nil {
		return err
	}
	// The deleted text is still in older frames of the WAL: start it anew. Readers may prevent that; then the next
	// checkpoint does it.
	_, _ = s.write.ExecContext(context.WithoutCancel(ctx), `PRAGMA wal_checkpoint(TRUNCATE)`)
	return nil
}

// SetTags replaces the tags of a run. Tags are trimmed; empty ones and duplicates are dropped. Faults: NotFound.
func (s *Store) SetTags(ctx context.Context, id event.RunID, tags []string) error {
	return s.begin(ctx, "tag run", func(ctx context.Context, tx *sql.Tx) error {
		if _, err := getRow(ctx, tx, id); errors.Is(err, sql.ErrNoRows) {
			return noRun(string(id))
		} else if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM tags WHERE run = ?`, id); err != nil {
			return err
		}
		for _, t := range clean(tags) {
			if _, err := tx.ExecContext(ctx, `INSERT INTO tags (run, tag) VALUES (?, ?)`, id, t); err != nil {
				return err
			}
		}
		return nil
	})
}

func clean(tags []string) []string {
	var out []string
	for _, t := range tags {
		if t = strings.Join(strings.Fields(strings.ToValidUTF8(t, "")), " "); t != "" {
			out = append(out, t)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Tags lists all tags in use, in alphabetical order.
func (s *Store) Tags(ctx context.Context) ([]string, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT DISTINCT tag FROM tags ORDER BY tag`)
	if err != nil {
		return nil, s.wrap("list tags", err)
	}
	defer rows.Close()
	tags := []string{}
	for rows.Next() {
		var t string
		if err := rows.Scan(&t); err != nil {
			return nil, s.wrap("list tags", err)
		}
		tags = append(tags, t)
	}
	return tags, s.wrap("list tags", rows.Err())
}

// InputSources lists the files of this computer that the runs were given, each once.
func (s *Store) InputSources(ctx context.Context) ([]string, error) {
	rows, err := s.read.QueryContext(ctx, `
		SELECT f.value ->> '$.source' FROM runs r JOIN events e ON e.run = r.id AND e.seq = 1, json_each(e.body, '$.files') f
		UNION
		SELECT f.value ->> '$.source' FROM runs r JOIN events e ON e.run = r.id AND e.kind = 'run_forked', json_each(e.body, '$.now.files') f
		WHERE r.data ->> '$.parent' IS NOT NULL`)
	if err != nil {
		return nil, s.wrap("list the runs' files", err)
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var source sql.NullString
		if err := rows.Scan(&source); err != nil {
			return nil, s.wrap("list the runs' files", err)
		}
		if source.String != "" {
			out = append(out, source.String)
		}
	}
	return out, s.wrap("list the runs' files", rows.Err())
}
