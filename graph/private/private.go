// Package private keeps files that are for their owner alone: written whole or
// not at all, and also while another process looks at them.
//
// Where modes mean something, a folder is 0700 and a file 0600. On Windows they
// mean nothing: there a new folder admits its owner, the system and
// administrators, and hands that on to what comes into it.
package private

import (
	"errors"
	"io"
	"os"
	"path/filepath"

	"github.com/rogpeppe/go-internal/robustio"
)

// MakeFolder makes a folder, and those above it that are missing. One that is
// there stays as it is: somebody may have opened it to others on purpose.
func MakeFolder(path string) error {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return nil
	}
	if err := os.MkdirAll(path, 0o700); err != nil {
		return err
	}
	_ = restrict(path) // a file system without access lists, such as FAT, has nothing to restrict
	return nil
}

// WriteFile puts what content gives into a file, in a folder that is there.
// Whoever reads the file finds the old content or the new one; after an error it
// is the old one. When WriteFile returns, the content is on the disk.
func WriteFile(path string, content io.Reader) error {
	temporary, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".new-*") // 0600
	if err != nil {
		return err
	}
	_, err = io.Copy(temporary, content)
	if err == nil {
		err = temporary.Sync() // else a crash could leave the new name with nothing in it
	}
	if err = errors.Join(err, temporary.Close()); err == nil {
		err = Rename(temporary.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(temporary.Name()))
	}
	return nil
}

// Rename gives a file the name of another, which it replaces. Windows refuses
// that while any process has either of them open, if only to look for viruses;
// there it is tried again for up to two seconds.
func Rename(from, to string) error { return robustio.Rename(from, to) }

// ReadFile reads a file that [WriteFile] may be replacing at this moment, which
// on Windows is refused, and tried again for up to two seconds.
func ReadFile(path string) ([]byte, error) { return robustio.ReadFile(path) }
