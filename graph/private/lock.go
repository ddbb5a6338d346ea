package private

import (
	"errors"
	"io"
	"os"
	"strings"
)

// A HeldError says that a lock belongs to another process, or to another piece
// of work of this one.
type HeldError struct {
	Path string
	Note string // what the holder wrote about itself
}

func (e *HeldError) Error() string { return "the lock " + e.Path + " is held" }

// A Lock is a file that one process has for itself. It is free when the process
// ends, however that happens.
type Lock struct{ file *os.File }

// TryLock takes the lock of a file, which is created when it does not exist. It
// does not wait: when somebody has it, the error is a *[HeldError].
func TryLock(path string) (*Lock, error) { return lockFile(path, false) }

// WaitLock does the same, and waits until nobody has the lock.
func WaitLock(path string) (*Lock, error) { return lockFile(path, true) }

func lockFile(path string, wait bool) (*Lock, error) {
	file, err := OpenFile(path, os.O_RDWR|os.O_CREATE)
	if err != nil {
		return nil, err
	}
	lock := &Lock{file: file}
	held, err := lockOpen(file, wait)
	if held {
		note, _ := lock.Text() // without it the error says less
		err = &HeldError{Path: path, Note: note}
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return lock, nil
}

// Text is the note that the last holder left.
func (l *Lock) Text() (string, error) {
	note, err := io.ReadAll(io.NewSectionReader(l.file, 0, 1<<10))
	return strings.TrimSpace(string(note)), err
}

// Note leaves a word for those who find the lock taken.
func (l *Lock) Note(text string) error {
	if err := l.file.Truncate(0); err != nil {
		return err
	}
	_, err := l.file.WriteAt([]byte(text+"\n"), 0)
	return err
}

// Release frees the lock. The file stays.
func (l *Lock) Release() error { return l.file.Close() }
