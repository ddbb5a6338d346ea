package private_test

import (
	"errors"
	"path/filepath"
	"testing"

	"github.com/scimctl/scimctl/graph/private"
)

func TestALockBelongsToOneHolderAndNamesIt(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "lock")
	first, err := private.TryLock(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := first.Note("a longer word than the next one"); err != nil {
		t.Error(err)
	}
	if err := first.Note("run 7"); err != nil {
		t.Error(err)
	}
	_, err = private.TryLock(path)
	if held, ok := errors.AsType[*private.HeldError](err); !ok || held.Note != "run 7" {
		t.Errorf("%v: %+v", err, held)
	}
	if err := first.Release(); err != nil {
		t.Error(err)
	}
	second, err := private.TryLock(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := second.Release(); err != nil {
		t.Error(err)
	}
	if _, err := private.TryLock(filepath.Join(path, "below", "a file")); err == nil {
		t.Error("a lock is taken where none can be")
	}
}
