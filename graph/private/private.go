// Package private stores files that only their owner may read: written whole or
// not at all, and also while another process reads them.
//
// Where modes mean something, a folder is 0700 and a file 0600. On Windows they
// mean nothing: there a new folder admits its owner, the system and
// administrators, and what is created in it inherits that.
//
// The functions for local state never follow a symbolic link in the place of a
// file: whoever plants one could have another file of the user overwritten.
package private

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/robustio"

	"github.com/scimctl/scimctl/graph/bounds"
)

// MakeFolder creates a folder and its missing parents. An existing one stays as
// it is: somebody may have opened it to others on purpose.
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

// StateFolder prepares a folder for local state: it creates it, checks it as
// [CheckFolder] does, and removes what killed processes left in it.
func StateFolder(path string) error {
	if err := MakeFolder(path); err != nil {
		return err
	}
	if err := CheckFolder(path); err != nil {
		return err
	}
	sweep(path, "")
	return nil
}

// temporary stands between the name of a file and the digits that make its
// temporary name unique.
const temporary = ".new-"

// abandoned is the age from which a temporary file belongs to no process that
// still writes it.
const abandoned = 10 * time.Minute

// sweep removes the temporary files of killed processes: those of one file, or
// of every file in the folder when name is empty. What cannot be removed is left
// to the next write.
func sweep(folder, name string) {
	entries, _ := os.ReadDir(folder) // the write that follows reports a folder that cannot be read
	for _, e := range entries {
		i := strings.LastIndex(e.Name(), temporary)
		if i < 1 || !e.Type().IsRegular() || name != "" && e.Name()[:i] != name {
			continue
		}
		digits := e.Name()[i+len(temporary):]
		info, err := e.Info()
		if digits == "" || strings.Trim(digits, "0123456789") != "" || err != nil || !ours(info) {
			continue
		}
		if time.Since(info.ModTime()) > abandoned {
			_ = os.Remove(filepath.Join(folder, e.Name()))
		}
	}
}

// WriteFile writes content to a file in an existing folder. Whoever reads the
// file finds the old content or the new one; after an error it is the old one.
// When WriteFile returns, the content and the file's name are on the disk.
func WriteFile(path string, content io.Reader) error {
	sweep(filepath.Dir(path), filepath.Base(path))
	if err := replace(path, content); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

func replace(path string, content io.Reader) error {
	file, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+temporary+"*") // 0600
	if err != nil {
		return err
	}
	_, err = io.Copy(file, content)
	if err == nil {
		err = file.Sync() // else a crash could leave the new name with nothing in it
	}
	if err = errors.Join(err, file.Close()); err == nil {
		err = robustio.Rename(file.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	return nil
}

// Rename gives a file or folder a new name, and replaces the file that has it.
// Windows refuses that while any process has either of them open, such as a
// virus scanner; there it is tried again for up to two seconds. When Rename
// returns, the new name is on the disk.
func Rename(from, to string) error {
	if err := robustio.Rename(from, to); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(to))
}

// ReadFile reads a file of the local state, as [OpenFile] opens it, also while
// [WriteFile] replaces it.
func ReadFile(path string) ([]byte, error) { return readHere(path) }

// ReadLinked reads a file that the user may have replaced by a symbolic link,
// such as the config file. [WriteFile] may be replacing it at this moment, which
// Windows refuses; there it is tried again for up to two seconds.
// One that is larger than [bounds.Document] is a *[bounds.Error].
func ReadLinked(path string) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case err == nil && !info.Mode().IsRegular(): // a pipe or device may have no end
		return bounds.ReadFile(path, bounds.Document)
	case err == nil && info.Size() > bounds.Document:
		return nil, bounds.TooLarge(path, bounds.Document)
	}
	return robustio.ReadFile(path)
}
