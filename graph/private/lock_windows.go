package private

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// tryLock tells whether somebody else has the lock. It is on a byte far behind
// the text, because nobody else could read what is locked here.
func tryLock(file *os.File) (held bool, err error) {
	at := windows.Overlapped{OffsetHigh: 1}
	err = windows.LockFileEx(windows.Handle(file.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, &at)
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) {
		return true, nil
	}
	return false, err
}
