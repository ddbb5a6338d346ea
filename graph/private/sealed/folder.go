package sealed

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/scimctl/scimctl/graph/private"
)

// A Folder stores documents of one kind, each in a file named after a key.
type Folder[T any] struct {
	Dir  string
	Kind Kind
}

// Path is the file of a key, which may be any text.
func (f Folder[T]) Path(key string) string { return filepath.Join(f.Dir, private.Name(key)+".json") }

// Recall returns the document of a key, or the zero value when there is none.
func (f Folder[T]) Recall(key string) (T, error) {
	var v T
	_, found, err := f.Kind.Read(f.Path(key), &v)
	if !found {
		v = *new(T) // of a damaged file nothing is used
	}
	return v, err
}

// Keep stores the document of a key.
func (f Folder[T]) Keep(key string, v T) error { return f.Kind.Write(f.Path(key), v) }

// Forget deletes the document of a key, if there is one.
func (f Folder[T]) Forget(key string) error {
	if err := os.Remove(f.Path(key)); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
