package store

import (
	"context"
	"database/sql"
	"fmt"

	"sandglass/backend/fault"
)

// migrations lead from each version of the schema to the next; user_version counts those that were applied. They
// are never edited once released, only added to. testdata/schema.golden.sql shows where they lead.
var migrations = []string{
	// 1
	`
-- A row of the history: the fold of the run's events. data is event.Run as JSON, without the task (that is in the
-- first event) and the tags; the columns beside it are for searching only. instance is who writes to the run.
CREATE TABLE runs (
  id       TEXT PRIMARY KEY,
  status   TEXT NOT NULL,
  agent    TEXT NOT NULL,
  instance TEXT NOT NULL,
  last_seq INTEGER NOT NULL,
  data     TEXT NOT NULL
) STRICT;
CREATE INDEX runs_status ON runs (status, id);
CREATE INDEX runs_agent ON runs (agent, id);

-- id is the rowid of the event's text in the search table. AUTOINCREMENT is not needed: both are deleted together.
CREATE TABLE events (
  id   INTEGER PRIMARY KEY,
  run  TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  seq  INTEGER NOT NULL,
  span INTEGER NOT NULL,
  at   INTEGER NOT NULL, -- milliseconds since 1970
  kind TEXT NOT NULL,
  body TEXT NOT NULL,    -- JSON
  UNIQUE (run, seq)
) STRICT;

CREATE TABLE tags (
  run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  tag TEXT NOT NULL,
  PRIMARY KEY (tag, run)
) STRICT;
CREATE INDEX tags_run ON tags (run);

CREATE TABLE agents (
  name  TEXT PRIMARY KEY,
  saved INTEGER NOT NULL, -- milliseconds since 1970
  data  TEXT NOT NULL     -- JSON
) STRICT;

CREATE TABLE settings (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL -- JSON
) STRICT;

-- The contents are files, see blobs.go.
CREATE TABLE blobs (
  hash       TEXT PRIMARY KEY,
  size       INTEGER NOT NULL, -- bytes, uncompressed
  media_type TEXT NOT NULL,
  saved      INTEGER NOT NULL
) STRICT;
CREATE TABLE run_blobs (
  run  TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  hash TEXT NOT NULL REFERENCES blobs (hash),
  PRIMARY KEY (run, hash)
) STRICT;
CREATE INDEX run_blobs_hash ON run_blobs (hash);

-- One row per event that has words in it. The prefix indexes serve search as you type.
CREATE VIRTUAL TABLE search USING fts5 (text, tokenize = "unicode61 remove_diacritics 2", prefix = '2 3');
INSERT INTO search (search, rank) VALUES ('secure-delete', 1);
`,
	// 2
	`
-- The state of the sandbox after the n-th piece of code of a run. Most are differences to the state with the hash base,
-- which is then the row before. A forked run has rows of its own for what it took over, with the same hashes, so that
-- no run needs another one.
CREATE TABLE states (
  run   TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  n     INTEGER NOT NULL,
  hash  TEXT NOT NULL REFERENCES blobs (hash),
  base  TEXT NOT NULL,    -- "" if it needs no other
  image TEXT NOT NULL,    -- memory image of the runtime that it belongs to
  size  INTEGER NOT NULL, -- bytes on disk
  PRIMARY KEY (run, n)
) STRICT;
CREATE INDEX states_hash ON states (hash);
`,
	// 3
	`
-- States of called agents too: agent is whose sandbox it is, as event.Cast names it (0 for the run's own).
CREATE TABLE states_of_agents (
  run   TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  agent INTEGER NOT NULL,
  n     INTEGER NOT NULL,
  hash  TEXT NOT NULL REFERENCES blobs (hash),
  base  TEXT NOT NULL,    -- "" if it needs no other
  image TEXT NOT NULL,    -- memory image of the runtime that it belongs to
  size  INTEGER NOT NULL, -- bytes on disk
  PRIMARY KEY (run, agent, n)
) STRICT;
INSERT INTO states_of_agents SELECT run, 0, n, hash, base, image, size FROM states;
DROP TABLE states;
ALTER TABLE states_of_agents RENAME TO states;
CREATE INDEX states_hash ON states (hash);
`,
}

// migrate brings the database up to date, each step in its own transaction.
func migrate(ctx context.Context, db *sql.DB) error {
	for {
		done, err := migrateOne(ctx, db)
		if done || err != nil {
			return err
		}
	}
}

func migrateOne(ctx context.Context, db *sql.DB) (done bool, err error) {
	var version int
	if err := db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return false, fmt.Errorf("read the schema's version: %w", err)
	}
	if version == len(migrations) {
		return true, nil
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return false, fmt.Errorf("migrate: %w", err)
	}
	defer tx.Rollback() //nolint:errcheck // after Commit it is a no-op
	// Once more, now that we hold the lock: another instance may have migrated meanwhile.
	if err := tx.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return false, fmt.Errorf("read the schema's version: %w", err)
	}
	switch {
	case version == len(migrations):
		return true, nil
	case version > len(migrations):
		return false, fault.New(fault.Conflict, "Your data was saved by a newer version of Sandglass",
			fmt.Sprintf("its format is number %d, and this version knows up to %d", version, len(migrations)),
			"Use the newer version, or choose another data folder")
	}
	if _, err := tx.ExecContext(ctx, migrations[version]); err != nil {
		return false, fmt.Errorf("migrate to version %d: %w", version+1, err)
	}
	if _, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version=%d", version+1)); err != nil {
		return false, fmt.Errorf("migrate to version %d: %w", version+1, err)
	}
	return false, tx.Commit()
}
