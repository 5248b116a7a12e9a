package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"sandglass/backend/event"
	"sandglass/backend/fault"
	"sandglass/backend/sandbox"
)

// States of the sandbox are kept beside blobs: their contents are files in the same folder, with the same rules. They
// are not flushed to the disk: a state that a power cut takes is noticed by its hash, and the code can be executed again.

// StateInfo is what is known of a kept state.
type StateInfo struct {
	Agent int64  // whose sandbox it is, see event.Cast
	N     int    // how many pieces of code had run
	Image string // of the runtime
	Size  int64  // bytes on disk
}

const stateType = "application/vnd.sandglass.state"

// PutState keeps a state of an agent of a run (0 for the run's own, see event.Cast) and gives its size on disk in bytes.
// Faults: NotFound (no such run), DiskFull.
func (s *Store) PutState(ctx context.Context, run event.RunID, agent int64, st sandbox.State) (int64, error) {
	_, stored, err := s.putBlob(ctx, stateType, bytes.NewReader(st.Data), false, func(ctx context.Context, tx *sql.Tx, hash string, stored int64) error {
		if hash != st.ID {
			return fault.Newf(fault.Internal, "A state has another name than its content")
		}
		if _, err := getRow(ctx, tx, run); errors.Is(err, sql.ErrNoRows) {
			return noRun(string(run))
		} else if err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT OR REPLACE INTO states (run, agent, n, hash, base, image, size) VALUES (?, ?, ?, ?, ?, ?, ?)`,
			run, agent, st.Step, st.ID, st.Base, st.Image, stored)
		return err
	})
	return stored, err
}

// States lists the kept states of a run, by agent and in order.
func (s *Store) States(ctx context.Context, run event.RunID) ([]StateInfo, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT agent, n, image, size FROM states WHERE run = ? ORDER BY agent, n`, run)
	if err != nil {
		return nil, s.wrap("list states", err)
	}
	defer rows.Close()
	out := []StateInfo{}
	for rows.Next() {
		var st StateInfo
		if err := rows.Scan(&st.Agent, &st.N, &st.Image, &st.Size); err != nil {
			return nil, s.wrap("list states", err)
		}
		out = append(out, st)
	}
	return out, s.wrap("list states", rows.Err())
}

// StatesKept says how many runs have kept states, and the bytes that these take on disk.
func (s *Store) StatesKept(ctx context.Context) (runs int, size int64, err error) {
	err = s.read.QueryRowContext(ctx, `SELECT (SELECT count(DISTINCT run) FROM states),
		(SELECT coalesce(sum(size), 0) FROM (SELECT size FROM states GROUP BY hash))`).Scan(&runs, &size)
	return runs, size, s.wrap("count states", err)
}

// StateChain gives the states that lead to the one after n pieces of an agent's code, for sandbox.Sandbox.Restore. Faults:
// NotFound (it is not kept, or not any more), StateUnusable (damaged).
func (s *Store) StateChain(ctx context.Context, run event.RunID, agent int64, n int) ([]sandbox.State, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT n, hash, base, image FROM states WHERE run = ?1 AND agent = ?2 AND n <= ?3
		AND n >= (SELECT max(n) FROM states WHERE run = ?1 AND agent = ?2 AND n <= ?3 AND base = '') ORDER BY n`, run, agent, n)
	if err != nil {
		return nil, s.wrap("read state", err)
	}
	defer rows.Close()
	var chain []sandbox.State
	for rows.Next() {
		var st sandbox.State
		if err := rows.Scan(&st.Step, &st.ID, &st.Base, &st.Image); err != nil {
			return nil, s.wrap("read state", err)
		}
		chain = append(chain, st)
	}
	if err := rows.Err(); err != nil {
		return nil, s.wrap("read state", err)
	}
	if len(chain) == 0 || chain[len(chain)-1].Step != n {
		return nil, notFound("The state after step %d is not kept", n)
	}
	for i := range chain {
		if i > 0 && chain[i].Base != chain[i-1].ID {
			return nil, badState(fmt.Errorf("the state before number %d is missing", chain[i].Step))
		}
		if chain[i].Data, err = s.stateData(ctx, chain[i].ID); err != nil {
			return nil, badState(err)
		}
	}
	return chain, nil
}

func (s *Store) stateData(ctx context.Context, hash string) ([]byte, error) {
	r, _, err := s.Blob(ctx, hash)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) != hash {
		return nil, errors.New("its file holds something else")
	}
	return data, nil
}

func badState(err error) error {
	return fault.Wrap(err, fault.StateUnusable, "The kept state is damaged", err.Error(), "Go on from another step, or let the run's code be executed again.")
}

// PruneStates forgets states until at most maxRuns runs have some and they take at most maxBytes, the oldest runs first;
// negative limits mean none. Of the newest run, what a later full state does not need goes first, then what called agents
// had, from the first called on. Events stay. It gives how many bytes became free.
func (s *Store) PruneStates(ctx context.Context, maxBytes int64, maxRuns int) (freed int64, err error) {
	pruned := false
	err = s.begin(ctx, "forget states", func(ctx context.Context, tx *sql.Tx) error {
		drop, newest, err := statesToDrop(ctx, tx, maxBytes, maxRuns)
		if err != nil {
			return err
		}
		for _, run := range drop {
			var n int64
			if run == newest && maxRuns != 0 && maxBytes != 0 {
				n, err = pruneNewest(ctx, tx, run, maxBytes)
			} else {
				n, err = changed(tx.ExecContext(ctx, `DELETE FROM states WHERE run = ?`, run))
			}
			if err != nil {
				return err
			}
			pruned = pruned || n > 0
		}
		return nil
	})
	if err != nil || !pruned {
		return 0, err
	}
	return s.GC(ctx)
}

func changed(res sql.Result, err error) (int64, error) {
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// pruneNewest makes the newest run's states smaller, and leaves what it needs to go on from where it is.
func pruneNewest(ctx context.Context, tx *sql.Tx, run event.RunID, maxBytes int64) (int64, error) {
	n, err := changed(tx.ExecContext(ctx, `DELETE FROM states WHERE run = ?1
		AND n < (SELECT max(n) FROM states AS later WHERE later.run = ?1 AND later.agent = states.agent AND later.base = '')`, run))
	for err == nil {
		var size, first int64
		row := tx.QueryRowContext(ctx, `SELECT (SELECT coalesce(sum(size), 0) FROM (SELECT size FROM states WHERE run = ?1 GROUP BY hash)),
			(SELECT coalesce(min(agent), 0) FROM states WHERE run = ?1 AND agent > 0)`, run)
		if err = row.Scan(&size, &first); err != nil || size <= maxBytes || first == 0 {
			break
		}
		var gone int64
		gone, err = changed(tx.ExecContext(ctx, `DELETE FROM states WHERE run = ? AND agent = ?`, run, first))
		n += gone
	}
	return n, err
}

// statesToDrop goes through the runs from the newest on. What several runs share counts for the newest of them.
func statesToDrop(ctx context.Context, tx *sql.Tx, maxBytes int64, maxRuns int) (drop []event.RunID, newest event.RunID, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT run, hash, size FROM states ORDER BY run DESC`)
	if err != nil {
		return nil, "", err
	}
	defer rows.Close()
	var total int64
	runs := 0
	var last event.RunID
	counted := map[string]bool{}
	over := false
	for rows.Next() {
		var run event.RunID
		var hash string
		var size int64
		if err := rows.Scan(&run, &hash, &size); err != nil {
			return nil, "", err
		}
		if run != last {
			runs++
			last = run
			if newest == "" {
				newest = run
			}
			over = over || maxRuns >= 0 && runs > maxRuns
			if over {
				drop = append(drop, run)
			}
		}
		if !counted[hash] {
			counted[hash] = true
			total += size
		}
		if !over && maxBytes >= 0 && total > maxBytes {
			over = true
			drop = append(drop, run)
		}
	}
	return drop, newest, rows.Err()
}

// Fork opens a run with the events of another one up to a Seq, and the states of each agent up to so many pieces of code.
// It belongs to this instance; more events can be appended. Faults: NotFound.
func (s *Store) Fork(ctx context.Context, parent event.RunID, through int64, codes map[int64]int, run event.RunID) error {
	events, err := s.Events(ctx, parent, 0, int(through))
	if err != nil {
		return err
	}
	if len(events) == 0 || events[len(events)-1].Seq != through {
		return noRun(string(parent))
	}
	return s.begin(ctx, "fork run", func(ctx context.Context, tx *sql.Tx) error {
		var row event.Run
		for i := range events {
			events[i].Run = run
			row.Apply(events[i])
		}
		if err := putRow(ctx, tx, row, s.inst.id); err != nil {
			return err
		}
		for _, e := range events {
			kind, body, err := event.EncodeBody(e.Body)
			if err != nil {
				return err
			}
			if err := insertEvent(ctx, tx, e, kind, body); err != nil {
				return err
			}
		}
		if _, err := tx.ExecContext(ctx, `INSERT OR IGNORE INTO run_blobs (run, hash) SELECT ?, hash FROM run_blobs WHERE run = ?`, run, parent); err != nil {
			return err
		}
		for agent, n := range codes {
			if _, err := tx.ExecContext(ctx, `INSERT INTO states (run, agent, n, hash, base, image, size)
				SELECT ?1, agent, n, hash, base, image, size FROM states WHERE run = ?2 AND agent = ?3 AND n <= ?4
				AND n >= (SELECT max(n) FROM states WHERE run = ?2 AND agent = ?3 AND n <= ?4 AND base = '')`, run, parent, agent, n); err != nil {
				return err
			}
		}
		return nil
	})
}
