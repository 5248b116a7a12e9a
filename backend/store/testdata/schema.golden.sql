-- user_version 3

CREATE TABLE agents (
  name  TEXT PRIMARY KEY,
  saved INTEGER NOT NULL, -- milliseconds since 1970
  data  TEXT NOT NULL     -- JSON
) STRICT;

CREATE TABLE blobs (
  hash       TEXT PRIMARY KEY,
  size       INTEGER NOT NULL, -- bytes, uncompressed
  media_type TEXT NOT NULL,
  saved      INTEGER NOT NULL
) STRICT;

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

CREATE TABLE run_blobs (
  run  TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  hash TEXT NOT NULL REFERENCES blobs (hash),
  PRIMARY KEY (run, hash)
) STRICT;

CREATE TABLE runs (
  id       TEXT PRIMARY KEY,
  status   TEXT NOT NULL,
  agent    TEXT NOT NULL,
  instance TEXT NOT NULL,
  last_seq INTEGER NOT NULL,
  data     TEXT NOT NULL
) STRICT;

CREATE VIRTUAL TABLE search USING fts5 (text, tokenize = "unicode61 remove_diacritics 2", prefix = '2 3');

CREATE TABLE 'search_config'(k PRIMARY KEY, v) WITHOUT ROWID;

CREATE TABLE 'search_content'(id INTEGER PRIMARY KEY, c0);

CREATE TABLE 'search_data'(id INTEGER PRIMARY KEY, block BLOB);

CREATE TABLE 'search_docsize'(id INTEGER PRIMARY KEY, sz BLOB);

CREATE TABLE 'search_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;

CREATE TABLE settings (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL -- JSON
) STRICT;

CREATE TABLE "states" (
  run   TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  agent INTEGER NOT NULL,
  n     INTEGER NOT NULL,
  hash  TEXT NOT NULL REFERENCES blobs (hash),
  base  TEXT NOT NULL,    -- "" if it needs no other
  image TEXT NOT NULL,    -- memory image of the runtime that it belongs to
  size  INTEGER NOT NULL, -- bytes on disk
  PRIMARY KEY (run, agent, n)
) STRICT;

CREATE TABLE tags (
  run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  tag TEXT NOT NULL,
  PRIMARY KEY (tag, run)
) STRICT;

CREATE INDEX run_blobs_hash ON run_blobs (hash);

CREATE INDEX runs_agent ON runs (agent, id);

CREATE INDEX runs_status ON runs (status, id);

CREATE INDEX states_hash ON states (hash);

CREATE INDEX tags_run ON tags (run);
