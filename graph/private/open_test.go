//go:build !windows

package private_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/scimctl/scimctl/graph/private"
)

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestNothingThatWasPlantedIsOpened(t *testing.T) {
	t.Parallel()
	for name, plant := range map[string]func(path, target string) error{
		"a symbolic link": func(path, target string) error { return os.Symlink(target, path) },
		"a hard link":     func(path, target string) error { return os.Link(target, path) },
		"a link to nothing": func(path, target string) error {
			return os.Symlink(target+"-missing", path)
		},
		"a pipe":   func(path, _ string) error { return unix.Mkfifo(path, 0o600) },
		"a folder": func(path, _ string) error { return os.Mkdir(path, 0o700) },
	} {
		folder := t.TempDir()
		target, path := filepath.Join(folder, "target"), filepath.Join(folder, "lock-1")
		write(t, target, "precious")
		if err := plant(path, target); err != nil {
			t.Fatal(err)
		}
		if _, err := private.TryLock(path); err == nil {
			t.Errorf("%s is locked", name)
		}
		if _, err := private.WaitLock(path); err == nil {
			t.Errorf("%s is locked", name)
		}
		if file, err := private.OpenFile(path, os.O_RDWR|os.O_CREATE); err == nil {
			t.Errorf("%s is opened: %v", name, file.Close())
		}
		if _, err := private.ReadFile(path); err == nil && name != "a hard link" {
			t.Errorf("%s is read", name)
		}
		if text, err := os.ReadFile(target); err != nil || string(text) != "precious" {
			t.Errorf("%s: the target became %q, %v", name, text, err)
		}
		if _, err := os.Lstat(target + "-missing"); err == nil {
			t.Errorf("%s: a file was created behind it", name)
		}
	}
}

func TestAFileThatReplacesASymbolicLinkLeavesItsTargetAlone(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	target, path := filepath.Join(folder, "target"), filepath.Join(folder, "copy.json")
	write(t, target, "precious")
	if err := os.Symlink(target, path); err != nil {
		t.Fatal(err)
	}
	if err := private.WriteFile(path, strings.NewReader("new")); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(target); err != nil || string(text) != "precious" {
		t.Errorf("the target became %q, %v", text, err)
	}
	if text, err := private.ReadFile(path); err != nil || string(text) != "new" {
		t.Errorf("%q, %v", text, err)
	}
}

func TestAStateFolderIsTakenAwayFromOtherWriters(t *testing.T) {
	t.Parallel()
	for mode, want := range map[os.FileMode]os.FileMode{0o777: 0o755, 0o775: 0o755, 0o755: 0o755, 0o700: 0o700} {
		folder := filepath.Join(t.TempDir(), "state")
		if err := os.Mkdir(folder, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(folder, mode); err != nil {
			t.Fatal(err)
		}
		if err := private.StateFolder(folder); err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(folder); err != nil || info.Mode().Perm() != want {
			t.Errorf("%v became %v, %v", mode, info.Mode(), err)
		}
	}
}

func TestAFileIsNoStateFolder(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "state")
	write(t, path, "")
	err := private.CheckFolder(path)
	if e, ok := errors.AsType[*private.FileError](err); !ok || e.Path != path || !e.Folder {
		t.Errorf("got %v", err)
	}
	if err := private.CheckFolder(path + "-missing"); err != nil {
		t.Errorf("a folder that does not exist yet: %v", err)
	}
}

func TestLeftoversOfKilledWritesAreRemovedByTheNextWrite(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	old := time.Now().Add(-time.Hour)
	for name, when := range map[string]time.Time{
		"a.json.new-123": old, "b.json.new-7": old, "c.json.new-9": time.Now(), "d.json.new-mine": old, "e.json": old, ".new-5": old,
	} {
		write(t, filepath.Join(folder, name), name)
		if err := os.Chtimes(filepath.Join(folder, name), when, when); err != nil {
			t.Fatal(err)
		}
	}
	if err := private.WriteFile(filepath.Join(folder, "a.json"), strings.NewReader("")); err != nil {
		t.Fatal(err)
	}
	if got := names(t, folder); got != ".new-5 a.json b.json.new-7 c.json.new-9 d.json.new-mine e.json" {
		t.Errorf("after a write of one file: %s", got)
	}
	if err := private.StateFolder(folder); err != nil {
		t.Fatal(err)
	}
	if got := names(t, folder); got != ".new-5 a.json c.json.new-9 d.json.new-mine e.json" {
		t.Errorf("after a write in the state folder: %s", got)
	}
}

func names(t *testing.T, folder string) string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	all := []string{}
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return strings.Join(all, " ")
}
