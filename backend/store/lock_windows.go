package store

import (
	"errors"
	"os"
	"syscall"

	"golang.org/x/sys/windows"
)

// lockFile takes an exclusive lock; false if somebody else has it.
func lockFile(f *os.File) (bool, error) {
	err := windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY,
		0, 1, 0, &windows.Overlapped{})
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) || errors.Is(err, windows.ERROR_IO_PENDING) {
		return false, nil
	}
	return err == nil, err
}

// isWindowsDiskFull: the system's own numbers, which the POSIX names do not cover.
func isWindowsDiskFull(no syscall.Errno) bool {
	return no == syscall.Errno(windows.ERROR_DISK_FULL) || no == syscall.Errno(windows.ERROR_HANDLE_DISK_FULL)
}
