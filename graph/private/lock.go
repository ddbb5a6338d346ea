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
	Note string // what the other one wrote about itself
}

func (e *HeldError) Error() string { return "the lock " + e.Path + " is held" }

// A Lock is a file that one process has for itself. It is free when the process
// ends, however that comes.
type Lock struct{ file *os.File }

// TryLock takes the lock of a file, which is made when it is not there. It does
// not wait: when somebody has it, the error is a *[HeldError].
func TryLock(path string) (*Lock, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	held, err := tryLock(file)
	if held {
		note, _ := io.ReadAll(io.LimitReader(file, 1<<10)) // without it the error says less
		err = &HeldError{Path: path, Note: strings.TrimSpace(string(note))}
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return &Lock{file: file}, nil
}

// Note leaves a word for those who find the lock taken.
func (l *Lock) Note(text string) error {
	if err := l.file.Truncate(0); err != nil {
		return err
	}
	_, err := l.file.WriteAt([]byte(text+"\n"), 0)
	return err
}

// Release gives the lock free. The file stays.
func (l *Lock) Release() error { return l.file.Close() }
