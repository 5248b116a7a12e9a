package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"sandglass/backend/event"
	"sandglass/backend/fault"
)

// instanceNone stands, in the rows of mended runs, for an instance that is gone: MarkInterrupted ends those that
// have no ending.
const instanceNone = "mended"

// mend sets a damaged database aside and opens a new one with all that could be read of it.
func mend(dir string, inst *instance, o options) (*Store, error) {
	alive, err := others(dir, inst)
	if err != nil {
		return nil, asFault(err)
	}
	if len(alive) > 0 {
		return nil, fault.New(fault.DatabaseCorrupt, "The database is damaged",
			"it cannot be mended while another instance of Sandglass uses it",
			"Close all windows and command lines of Sandglass, then start it again")
	}
	path := filepath.Join(dir, DatabaseName)
	found, err := salvage(path, path+".mending", o)
	if err != nil {
		return nil, asFault(fmt.Errorf("mend the database: %w", err))
	}
	aside := path + ".damaged-" + o.now().Format("20060102-150405")
	if err := swap(path, aside); err != nil {
		return nil, asFault(fmt.Errorf("mend the database: %w", err))
	}
	_ = os.Remove(filepath.Join(dir, suspectName)) // at worst the new file is checked once more
	s, err := attach(dir, inst, o)
	if err != nil {
		return nil, err
	}
	s.notice = fault.New(fault.DatabaseCorrupt, "The database was damaged and has been mended", found.String(),
		"Nothing was thrown away: the damaged file is kept as "+aside)
	return s, nil
}

// swap puts the mended database in the place of the damaged one. A crash at any point leaves a state from which
// finishSwap goes on.
func swap(path, aside string) error {
	if err := os.Rename(path+".mending", path+".mended"); err != nil {
		return err
	}
	for _, suffix := range []string{"-wal", "-shm", ""} { // the main file last: while it is there, it is tried again
		if err := os.Rename(path+suffix, aside+suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return finishSwap(path)
}

// finishSwap completes a mending that was interrupted after the damaged file had been set aside.
func finishSwap(path string) error {
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	err := os.Rename(path+".mended", path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// salvaged counts what was saved.
type salvaged struct{ runs, events, lost int }

func (s salvaged) String() string {
	text := fmt.Sprintf("%d events of %d runs could be read", s.events, s.runs)
	if s.lost > 0 {
		return fmt.Sprintf("%s, at least %d events could not", text, s.lost)
	}
	return text
}

// salvage copies what can be read of the database at from into a new one at to.
func salvage(from, to string, o options) (found salvaged, err error) {
	for _, suffix := range []string{"", "-wal", "-shm"} { // of an earlier attempt
		if err := os.Remove(to + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return found, err
		}
	}
	// synchronous=NORMAL: it is checkpointed, and so flushed, when it is closed.
	db, err := connect(to, o, 1, "_journal_mode=WAL&_synchronous=NORMAL&_foreign_keys=on&_secure_delete=on")
	if err != nil {
		return found, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	ctx := context.Background()
	if err := migrate(ctx, db); err != nil {
		return found, err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return found, err
	}
	defer tx.Rollback() //nolint:errcheck // after Commit it is a no-op
	// Twice: tags and references to blobs can be told, and kept, only when the runs are there.
	for _, take := range []func(context.Context, *sql.Tx, []any) error{takeMain, takeRest} {
		if err := carve(from, func(row []any) error { return take(ctx, tx, row) }); err != nil {
			return found, err
		}
	}
	if found, err = rebuild(ctx, tx); err != nil {
		return found, err
	}
	return found, tx.Commit()
}

// takeMain takes events, agents and blobs. The tables are told apart by the number and types of their columns.
func takeMain(ctx context.Context, tx *sql.Tx, row []any) error {
	switch len(row) {
	case 7: // events: id (always NULL in the record), run, seq, span, at, kind, body
		run, ok1 := row[1].(string)
		seq, ok2 := row[2].(int64)
		_, ok3 := row[3].(int64)
		_, ok4 := row[4].(int64)
		kind, ok5 := row[5].(string)
		body, ok6 := row[6].(string)
		if row[0] != nil || !(ok1 && ok2 && ok3 && ok4 && ok5 && ok6) || run == "" || seq < 1 || !json.Valid([]byte(body)) {
			return nil
		}
		if _, err := event.DecodeBody(kind, []byte(body)); err != nil {
			return nil // damaged in the middle; nothing can be done
		}
		if err := execTx(ctx, tx, `INSERT OR IGNORE INTO runs (id, status, agent, instance, last_seq, data) VALUES (?, '', '', ?, 0, '{}')`, run, instanceNone); err != nil {
			return err
		}
		return execTx(ctx, tx, `INSERT OR IGNORE INTO events (run, seq, span, at, kind, body) VALUES (?, ?, ?, ?, ?, ?)`, row[1:]...)
	case 3: // agents: name, saved, data
		name, ok1 := row[0].(string)
		_, ok2 := row[1].(int64)
		data, ok3 := row[2].(string)
		if ok1 && ok2 && ok3 && name != "" && json.Valid([]byte(data)) {
			return execTx(ctx, tx, `INSERT OR IGNORE INTO agents (name, saved, data) VALUES (?, ?, ?)`, row...)
		}
	case 4: // blobs: hash, size, media_type, saved
		hash, ok1 := row[0].(string)
		_, ok2 := row[1].(int64)
		_, ok3 := row[2].(string)
		_, ok4 := row[3].(int64)
		if ok1 && ok2 && ok3 && ok4 && isHash(hash) {
			return execTx(ctx, tx, `INSERT OR IGNORE INTO blobs (hash, size, media_type, saved) VALUES (?, ?, ?, ?)`, row...)
		}
	}
	return nil
}

// takeRest takes the tables of two texts: references to blobs (run, hash), tags (run, tag), settings (key, value).
func takeRest(ctx context.Context, tx *sql.Tx, row []any) error {
	if len(row) != 2 {
		return nil
	}
	key, ok1 := row[0].(string)
	value, ok2 := row[1].(string)
	if !ok1 || !ok2 {
		return nil
	}
	var known bool
	if err := tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM runs WHERE id = ?)`, key).Scan(&known); err != nil {
		return err
	}
	switch {
	case known && isHash(value):
		return execTx(ctx, tx, `INSERT OR IGNORE INTO run_blobs (run, hash) SELECT ?1, hash FROM blobs WHERE hash = ?2`, key, value)
	case known:
		return execTx(ctx, tx, `INSERT OR IGNORE INTO tags (run, tag) VALUES (?, ?)`, key, value)
	case json.Valid([]byte(value)):
		return execTx(ctx, tx, `INSERT OR IGNORE INTO settings (key, value) VALUES (?, ?)`, key, value)
	}
	return nil
}

func execTx(ctx context.Context, tx *sql.Tx, stmt string, args ...any) error {
	_, err := tx.ExecContext(ctx, stmt, args...)
	return err
}

func isHash(s string) bool {
	if len(s) != 64 {
		return false
	}
	for _, c := range s {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// rebuild makes the rows of the runs and the search index from the events.
func rebuild(ctx context.Context, tx *sql.Tx) (found salvaged, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT id FROM runs`)
	if err != nil {
		return found, err
	}
	defer rows.Close()
	var ids []event.RunID
	for rows.Next() {
		var id event.RunID
		if err := rows.Scan(&id); err != nil {
			return found, err
		}
		ids = append(ids, id)
	}
	if err := rows.Err(); err != nil {
		return found, err
	}
	for _, id := range ids {
		n, lost, err := rebuildRun(ctx, tx, id)
		if err != nil {
			return found, fmt.Errorf("run %s: %w", id, err)
		}
		found.runs, found.events, found.lost = found.runs+1, found.events+n, found.lost+lost
	}
	return found, nil
}

func rebuildRun(ctx context.Context, tx *sql.Tx, run event.RunID) (n, lost int, err error) {
	invented, err := mendStart(ctx, tx, run)
	if err != nil {
		return 0, 0, err
	}
	rows, err := tx.QueryContext(ctx, `SELECT id, seq, at, kind, body FROM events WHERE run = ? ORDER BY seq`, run)
	if err != nil {
		return 0, 0, err
	}
	defer rows.Close()
	var row event.Run
	texts := map[int64]string{}
	for rows.Next() {
		var id, at int64
		var kind string
		var body []byte
		e := event.Event{Run: run}
		if err := rows.Scan(&id, &e.Seq, &at, &kind, &body); err != nil {
			return 0, 0, err
		}
		if e.Body, err = event.DecodeBody(kind, body); err != nil {
			return 0, 0, err
		}
		e.At = time.UnixMilli(at).UTC()
		row.Apply(e)
		n++
		if text := words(e.Body); text != "" {
			texts[id] = text
		}
	}
	if err := rows.Err(); err != nil {
		return 0, 0, err
	}
	for id, text := range texts {
		if err := execTx(ctx, tx, `INSERT INTO search (rowid, text) VALUES (?, ?)`, id, text); err != nil {
			return 0, 0, err
		}
	}
	n -= invented
	return n, int(row.LastSeq) - n, putRow(ctx, tx, row, instanceNone)
}

// mendStart gives a run whose first event is lost a beginning that says so; without one it could not be shown.
func mendStart(ctx context.Context, tx *sql.Tx, run event.RunID) (invented int, err error) {
	var first, at int64
	err = tx.QueryRowContext(ctx, `SELECT seq, at FROM events WHERE run = ? ORDER BY seq LIMIT 1`, run).Scan(&first, &at)
	if err != nil || first == 1 {
		return 0, err
	}
	kind, body, err := event.EncodeBody(event.RunStarted{Task: "(The beginning of this run was lost when the database was damaged.)"})
	if err != nil {
		return 0, err
	}
	return 1, execTx(ctx, tx, `INSERT INTO events (run, seq, span, at, kind, body) VALUES (?, 1, 0, ?, ?, ?)`, run, at, kind, string(body))
}
