package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/klauspost/compress/zstd"

	"sandglass/backend/event"
	"sandglass/backend/fault"
)

// The contents of blobs are files, blobs/aa/aabbcc….zst, not rows: they stream in and out without being held in
// memory, a 200 MB artefact does not pass through the WAL (and make every reader's checkpoint wait), the database
// stays small enough to be checked at the start, and damage to it does not touch them. The price is that file and row
// can disagree after a crash; the rules below make every such state harmless:
//
//   - the name is the hash of the content, so a file is either whole or a temporary file;
//   - files are renamed into place, and deleted, only while SQLite's write lock is held: a collection in one instance
//     cannot take away what another one is just saving;
//   - a file without a row is an orphan that GC deletes.

// Blob is what is known of a content.
type Blob struct {
	Hash      string // SHA-256 of the content, hexadecimal
	Size      int64  // bytes, uncompressed
	MediaType string
}

// PutBlob saves what r gives and notes that the run refers to it. The same content is kept once.
// Faults: NotFound (no such run), DiskFull.
func (s *Store) PutBlob(ctx context.Context, run event.RunID, mediaType string, r io.Reader) (Blob, error) {
	b, _, err := s.putBlob(ctx, mediaType, r, true, func(ctx context.Context, tx *sql.Tx, hash string, _ int64) error {
		if _, err := getRow(ctx, tx, run); errors.Is(err, sql.ErrNoRows) {
			return noRun(string(run))
		} else if err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT OR IGNORE INTO run_blobs (run, hash) VALUES (?, ?)`, run, hash)
		return err
	})
	return b, err
}

// StageBlob saves a content that a run is about to refer to, with PutBlob once it is in the log: whoever reads the log then
// finds the content there. The next collection takes it away if nothing does.
func (s *Store) StageBlob(ctx context.Context, mediaType string, r io.Reader) error {
	_, _, err := s.putBlob(ctx, mediaType, r, false, func(context.Context, *sql.Tx, string, int64) error { return nil })
	return err
}

// putBlob saves a content and what refers to it. lasting contents are flushed to the disk. stored is the size on disk.
func (s *Store) putBlob(ctx context.Context, mediaType string, r io.Reader, lasting bool, refer func(ctx context.Context, tx *sql.Tx, hash string, stored int64) error) (b Blob, stored int64, err error) {
	tmp, err := s.tempBlob()
	if err != nil {
		return b, 0, s.wrap("save blob", err)
	}
	defer os.Remove(tmp.Name()) // after the rename there is nothing to remove
	defer tmp.Close()
	b.MediaType = mediaType
	if b.Hash, b.Size, err = compress(ctx, tmp, r); err != nil {
		return Blob{}, 0, s.wrap("save blob", err)
	}
	st, err := tmp.Stat()
	if err != nil {
		return Blob{}, 0, s.wrap("save blob", err)
	}
	stored = st.Size()
	if lasting {
		err = tmp.Sync()
	}
	if err = errors.Join(err, tmp.Close()); err != nil {
		return Blob{}, 0, s.wrap("save blob", err)
	}
	err = s.transact(ctx, "save blob", lasting, func(ctx context.Context, tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `INSERT INTO blobs (hash, size, media_type, saved) VALUES (?, ?, ?, ?)
			ON CONFLICT (hash) DO NOTHING`, b.Hash, b.Size, b.MediaType, time.Now().UnixMilli()); err != nil {
			return err
		}
		if err := refer(ctx, tx, b.Hash, stored); err != nil {
			return err
		}
		return s.place(tmp.Name(), b.Hash, lasting)
	})
	if err != nil {
		return Blob{}, 0, err
	}
	return b, stored, nil
}

func (s *Store) tempBlob() (*os.File, error) {
	dir := filepath.Join(s.dir, "blobs")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	return os.CreateTemp(dir, "new-*"+tempSuffix)
}

const tempSuffix = ".tmp"

// compress copies r to f through zstd.
func compress(ctx context.Context, f *os.File, r io.Reader) (hash string, size int64, err error) {
	z, err := zstd.NewWriter(f, zstd.WithEncoderLevel(zstd.SpeedDefault), zstd.WithEncoderConcurrency(1))
	if err != nil {
		return "", 0, err
	}
	sum := sha256.New()
	size, err = io.Copy(io.MultiWriter(z, sum), &untilDone{ctx, r})
	if err = errors.Join(err, z.Close()); err != nil {
		return "", 0, err
	}
	return hex.EncodeToString(sum.Sum(nil)), size, nil
}

// untilDone reads until the context ends.
type untilDone struct {
	ctx context.Context
	r   io.Reader
}

func (u *untilDone) Read(p []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.r.Read(p)
}

// place moves a finished file to its name, unless the content is there.
func (s *Store) place(tmp, hash string, lasting bool) error {
	path := s.blobPath(hash)
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	if err := os.Rename(tmp, path); err != nil {
		return err
	}
	if !lasting {
		return nil
	}
	// The name must not be lost in a power cut that the row survives. Not every system can sync a folder.
	if d, err := os.Open(filepath.Dir(path)); err == nil {
		_ = d.Sync()
		_ = d.Close()
	}
	return nil
}

func (s *Store) blobPath(hash string) string {
	return filepath.Join(s.dir, "blobs", hash[:2], hash+".zst")
}

// Blob opens a content; the caller closes it. Faults: NotFound.
func (s *Store) Blob(ctx context.Context, hash string) (io.ReadCloser, Blob, error) {
	b := Blob{Hash: hash}
	err := s.read.QueryRowContext(ctx, `SELECT size, media_type FROM blobs WHERE hash = ?`, hash).Scan(&b.Size, &b.MediaType)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, b, notFound("There is no saved file %s", hash)
	}
	if err != nil {
		return nil, b, s.wrap("read blob", err)
	}
	f, err := os.Open(s.blobPath(hash))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, b, fault.Wrap(err, fault.NotFound, "A saved file is missing", "its file in the data folder's blobs was deleted", "")
	}
	if err != nil {
		return nil, b, s.wrap("read blob", err)
	}
	z, err := zstd.NewReader(f, zstd.WithDecoderConcurrency(1))
	if err != nil {
		f.Close()
		return nil, b, fmt.Errorf("read blob %s: %w", hash, err)
	}
	return &blobReader{z, f}, b, nil
}

type blobReader struct {
	*zstd.Decoder
	file *os.File
}

func (b *blobReader) Close() error {
	b.Decoder.Close()
	return b.file.Close()
}

// orphanAge is how old a file without a row must be before GC deletes it: it may be about to get its row.
const orphanAge = time.Hour

// GC deletes the blobs that no run refers to and gives the space that became free, in bytes on disk.
func (s *Store) GC(ctx context.Context) (freed int64, err error) {
	err = s.begin(ctx, "collect blobs", func(ctx context.Context, tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, `DELETE FROM blobs WHERE hash NOT IN (SELECT hash FROM run_blobs)
			AND hash NOT IN (SELECT hash FROM states) RETURNING hash`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var hash string
			if err := rows.Scan(&hash); err != nil {
				return err
			}
			n, err := remove(s.blobPath(hash))
			if err != nil {
				return err
			}
			freed += n
		}
		if err := rows.Err(); err != nil {
			return err
		}
		n, err := s.removeOrphans(ctx, tx)
		freed += n
		return err
	})
	return freed, err
}

func (s *Store) removeOrphans(ctx context.Context, tx *sql.Tx) (freed int64, err error) {
	old := time.Now().Add(-orphanAge)
	err = filepath.WalkDir(filepath.Join(s.dir, "blobs"), func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || d.IsDir() {
			return err
		}
		if info, err := d.Info(); err != nil || info.ModTime().After(old) {
			return nil
		}
		if hash, ok := strings.CutSuffix(d.Name(), ".zst"); ok {
			var n int
			if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM blobs WHERE hash = ?`, hash).Scan(&n); err != nil || n > 0 {
				return err
			}
		} else if !strings.HasSuffix(d.Name(), tempSuffix) {
			return nil // not ours
		}
		n, err := remove(path)
		freed += n
		return err
	})
	return freed, err
}

// remove deletes a file and gives its size; a missing one is fine.
func remove(path string) (int64, error) {
	info, err := os.Stat(path)
	if err == nil {
		err = os.Remove(path)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}
