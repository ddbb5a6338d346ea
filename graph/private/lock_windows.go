package private

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// lockOpen locks an open file, and reports whether somebody else has the lock.
// The lock is on a byte far behind the text, because nobody else could read what
// is locked here.
func lockOpen(file *os.File, wait bool) (held bool, err error) {
	at := windows.Overlapped{OffsetHigh: 1}
	how := uint32(windows.LOCKFILE_EXCLUSIVE_LOCK)
	if !wait {
		how |= windows.LOCKFILE_FAIL_IMMEDIATELY
	}
	err = windows.LockFileEx(windows.Handle(file.Fd()), how, 0, 1, 0, &at)
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) {
		return true, nil
	}
	return false, err
}
