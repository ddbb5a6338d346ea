//go:build !windows

package private

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// tryLock tells whether somebody else has the lock.
func tryLock(file *os.File) (held bool, err error) {
	err = unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if errors.Is(err, unix.EWOULDBLOCK) {
		return true, nil
	}
	return false, err
}
