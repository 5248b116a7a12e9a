// Package store keeps runs, events, agents, settings and blobs in one folder: sandglass.db (SQLite), blobs/ (large
// contents, by hash) and instances/ (one lock file per running instance of the app). Only this package knows SQL.
//
// Build with the tag sqlite_fts5: the search needs it.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	_ "github.com/mattn/go-sqlite3" // registers the driver "sqlite3"

	"sandglass/backend/event"
	"sandglass/backend/fault"
)

// Store is the app's memory. It is safe for concurrent use, and several instances of the app may have the same
// folder open (the window and the command line, say).
type Store struct {
	dir     string
	write   *sql.DB // one connection: SQLite has one writer, queueing in Go is fairer than its busy handler
	read    *sql.DB // a pool; in WAL mode readers never wait for the writer
	inst    *instance
	notice  *fault.Error
	closing sync.Once
	closed  error

	unflushed bool // how the writer's connection stands: synchronous=NORMAL

	rowsMu sync.Mutex
	rows   map[event.RunID]event.Run // of runs that go on here, as they were written last
}

// DatabaseName is the file name of the database in the data folder.
const DatabaseName = "sandglass.db"

// options are what tests change.
type options struct {
	busy     time.Duration // how long to wait for another instance's transaction
	maxPages int           // size limit of the database; 0 for none
	now      func() time.Time
}

func defaults() options { return options{busy: 5 * time.Second, now: time.Now} }

// Open opens the store in dir, which is made if it is missing. A damaged database is set aside and what can be read
// of it is copied into a new one; Notice then says so.
//
// Faults: Denied (the folder cannot be made or written), DiskFull, DatabaseBusy (another instance holds a
// transaction for longer than 5 s), DatabaseCorrupt (damaged, and another instance has it open, so that it cannot be
// mended now), Conflict (written by a newer version of the app).
func Open(dir string) (*Store, error) { return open(dir, defaults()) }

func open(dir string, o options) (*Store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil { // 0700: tasks and answers are nobody else's business
		return nil, asFault(fmt.Errorf("make the data folder %s: %w", dir, err))
	}
	if err := finishSwap(filepath.Join(dir, DatabaseName)); err != nil {
		return nil, asFault(fmt.Errorf("finish mending the database: %w", err))
	}
	inst, err := register(dir)
	if err != nil {
		return nil, asFault(fmt.Errorf("register this instance: %w", err))
	}
	s, err := attach(dir, inst, o)
	if fault.Is(err, fault.DatabaseCorrupt) {
		s, err = mend(dir, inst, o)
	}
	if err != nil {
		inst.release()
		return nil, err
	}
	return s, nil
}

// attach opens the database as it is: connects, migrates, checks.
func attach(dir string, inst *instance, o options) (*Store, error) {
	s := &Store{dir: dir, inst: inst, rows: map[event.RunID]event.Run{}}
	path := filepath.Join(dir, DatabaseName)
	var err error
	// synchronous=FULL: what is committed is flushed to the disk, with all that was written before. Only the facts
	// within a step are written without, see lasting.
	// secure_delete: a run that the user deleted must not be readable in the file's free space.
	// txlock=immediate: a transaction takes the writer's lock when it begins, where waiting is possible; upgrading
	// from reading to writing in the middle would fail at once with SQLITE_BUSY_SNAPSHOT.
	if s.write, err = connect(path, o, 1, "_journal_mode=WAL&_synchronous=FULL&_txlock=immediate&_foreign_keys=on&_secure_delete=on"); err != nil {
		return nil, err
	}
	if s.read, err = connect(path, o, 4, "_query_only=on&_foreign_keys=on"); err != nil {
		s.write.Close()
		return nil, err
	}
	if err = s.prepare(path, o); err != nil {
		s.read.Close()
		s.write.Close()
		return nil, asFault(err)
	}
	return s, nil
}

func (s *Store) prepare(path string, o options) error {
	ctx := context.Background()
	// The first statement of all connects, and with it come the pragmas of the DSN. Two instances that start
	// together on a new file can meet while it is being switched to WAL, where SQLite does not wait by itself.
	var err error
	for range 50 {
		if err = s.write.PingContext(ctx); !fault.Is(asFault(err), fault.DatabaseBusy) {
			break
		}
		time.Sleep(o.busy / 50)
	}
	if err != nil {
		return fmt.Errorf("open the database: %w", err)
	}
	if err := os.Chmod(path, 0o600); err != nil && !errors.Is(err, fs.ErrPermission) {
		return err
	}
	if o.maxPages > 0 {
		if _, err := s.write.ExecContext(ctx, "PRAGMA max_page_count="+strconv.Itoa(o.maxPages)); err != nil {
			return err
		}
	}
	if err := migrate(ctx, s.write); err != nil {
		return err
	}
	return s.check(ctx, path)
}

func connect(path string, o options, conns int, pragmas string) (*sql.DB, error) {
	// The same dozen statements come with every event; compiling them takes as long as executing them.
	dsn := fmt.Sprintf("%s?_busy_timeout=%d&_stmt_cache_size=32&%s", fileURI(path), o.busy.Milliseconds(), pragmas)
	db, err := sql.Open("sqlite3", dsn)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	return db, nil
}

// fileURI writes a path as SQLite's file: URI, so that a ?, # or % in a folder's name is not taken for syntax
// (source: sqlite.org/uri.html; on Windows file:///C:/…).
func fileURI(path string) string {
	p := filepath.ToSlash(path)
	if filepath.VolumeName(path) != "" && !strings.HasPrefix(p, "/") {
		p = "/" + p
	}
	return "file:" + (&url.URL{Path: p}).EscapedPath()
}

// Notice tells what went wrong at Open and was mended: a fault with code DatabaseCorrupt, or nil.
func (s *Store) Notice() *fault.Error { return s.notice }

// Dir is the data folder.
func (s *Store) Dir() string { return s.dir }

// Close closes the database and gives up the instance's lock. Runs that are still running are marked interrupted
// at the next start.
func (s *Store) Close() error {
	s.closing.Do(func() {
		s.closed = errors.Join(s.read.Close(), s.write.Close())
		s.inst.release()
	})
	return s.closed
}

// begin runs f in a transaction of the writer, flushed to the disk. Once begun it is not cancelled: it takes a few
// milliseconds, and the caller would not know whether a cancelled commit went through.
func (s *Store) begin(ctx context.Context, what string, f func(ctx context.Context, tx *sql.Tx) error) error {
	return s.transact(ctx, what, true, f)
}

// transact is begin with a choice: what is not flushed survives a killed process, but perhaps not a power cut, until
// a later transaction is flushed.
func (s *Store) transact(ctx context.Context, what string, flush bool, f func(ctx context.Context, tx *sql.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	ctx = context.WithoutCancel(ctx)
	conn, err := s.write.Conn(ctx)
	if err != nil {
		return s.wrap(what, err)
	}
	defer conn.Close()
	if err := s.setFlush(ctx, conn, flush); err != nil {
		return s.wrap(what, err)
	}
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return s.wrap(what, err)
	}
	defer tx.Rollback() //nolint:errcheck // after Commit it is a no-op
	if err := f(ctx, tx); err != nil {
		return s.wrap(what, err)
	}
	return s.wrap(what, tx.Commit())
}

// setFlush is for the holder of the writer's only connection. A connection that was made anew flushes.
func (s *Store) setFlush(ctx context.Context, conn *sql.Conn, flush bool) error {
	if s.unflushed == !flush {
		return nil
	}
	mode := "NORMAL"
	if flush {
		mode = "FULL"
	}
	if _, err := conn.ExecContext(ctx, "PRAGMA synchronous="+mode); err != nil {
		return err
	}
	s.unflushed = !flush
	return nil
}

// wrap adds the operation and makes a fault of what SQLite or the system said. If it was damage, the next Open will
// look at the whole file.
func (s *Store) wrap(what string, err error) error {
	if err == nil {
		return nil
	}
	err = asFault(fmt.Errorf("%s: %w", what, err))
	if fault.Is(err, fault.DatabaseCorrupt) {
		suspect(s.dir)
	}
	return err
}
