//go:build !windows

package private

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// lockOpen locks an open file, and reports whether somebody else has the lock.
func lockOpen(file *os.File, wait bool) (held bool, err error) {
	how := unix.LOCK_EX
	if !wait {
		how |= unix.LOCK_NB
	}
	for {
		err = unix.Flock(int(file.Fd()), how)
		if !errors.Is(err, unix.EINTR) {
			break
		}
	}
	if errors.Is(err, unix.EWOULDBLOCK) {
		return true, nil
	}
	return false, err
}
