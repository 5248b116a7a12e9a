package store

import (
	"errors"
	"io/fs"
	"syscall"

	"github.com/mattn/go-sqlite3"

	"sandglass/backend/fault"
)

// asFault says in the user's words what SQLite or the system said. What is a fault already, a cancellation, or
// nothing that a user could mend stays as it is.
func asFault(err error) error {
	var known *fault.Error
	if err == nil || errors.As(err, &known) {
		return err
	}
	var sq sqlite3.Error
	if errors.As(err, &sq) {
		switch {
		case sq.Code == sqlite3.ErrFull || noSpace(sq.SystemErrno):
			return diskFull(err)
		case sq.Code == sqlite3.ErrBusy || sq.Code == sqlite3.ErrLocked || sq.Code == sqlite3.ErrProtocol:
			return fault.Wrap(err, fault.DatabaseBusy, "The database is in use",
				"another instance of Sandglass has been writing to it for too long",
				"Wait for it to finish or close it, then try again")
		case sq.Code == sqlite3.ErrCorrupt || sq.Code == sqlite3.ErrNotADB:
			return fault.Wrap(err, fault.DatabaseCorrupt, "The database is damaged", sq.Error(),
				"Start Sandglass again: the damaged file is set aside and what can be read of it is kept")
		case sq.Code == sqlite3.ErrReadonly || sq.Code == sqlite3.ErrPerm || sq.Code == sqlite3.ErrCantOpen:
			return denied(err, sq.Error())
		}
		return err
	}
	var no syscall.Errno
	if errors.As(err, &no) && noSpace(no) {
		return diskFull(err)
	}
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS) || errors.Is(err, syscall.ENOTDIR) {
		return denied(err, err.Error())
	}
	return err
}

func diskFull(err error) error {
	return fault.Wrap(err, fault.DiskFull, "There is no space left to save to",
		"the disk (or your quota on it) is full",
		"Free some space, then go on; what was saved before is safe")
}

func denied(err error, why string) error {
	return fault.Wrap(err, fault.Denied, "The data folder cannot be written to", why,
		"Give yourself write permission to the folder, or choose another one")
}

// noSpace: a full disk has several names. EFBIG is a file-size limit (ulimit -f).
func noSpace(no syscall.Errno) bool {
	switch no {
	case syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG:
		return true
	}
	return isWindowsDiskFull(no)
}

func notFound(format string, args ...any) error { return fault.Newf(fault.NotFound, format, args...) }

func conflict(err error) bool { return fault.Is(err, fault.Conflict) }
