package private_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"github.com/scimctl/scimctl/graph/private"
)

func TestWhatIsWrittenIsForItsOwnerAlone(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "a", "b")
	if err := private.MakeFolder(folder); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(folder, "c.json")
	if err := os.WriteFile(file, []byte("for all to see"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := private.WriteFile(file, strings.NewReader("{}\n")); err != nil {
		t.Fatal(err)
	}
	if text, err := private.ReadFile(file); err != nil || string(text) != "{}\n" {
		t.Errorf("%q, %v", text, err)
	}
	if runtime.GOOS == "windows" {
		return // modes say nothing there
	}
	for path, want := range map[string]os.FileMode{folder: 0o700, filepath.Dir(folder): 0o700, file: 0o600} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v, want %v", path, info.Mode(), err, want)
		}
	}
}

func TestAFolderThatIsThereKeepsItsMode(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "shared")
	if err := os.Mkdir(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	before, err := os.Stat(folder)
	if err != nil {
		t.Fatal(err)
	}
	if err := private.MakeFolder(folder); err != nil {
		t.Fatal(err)
	}
	if after, err := os.Stat(folder); err != nil || after.Mode() != before.Mode() {
		t.Errorf("%v became %v, %v", before.Mode(), after.Mode(), err)
	}
}

func TestAFailedWriteLeavesWhatWasThere(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	file := filepath.Join(folder, "kept")
	if err := private.WriteFile(file, strings.NewReader("old")); err != nil {
		t.Fatal(err)
	}
	cut := errors.New("cut off")
	if err := private.WriteFile(file, io.MultiReader(strings.NewReader("ne"), iotest.ErrReader(cut))); !errors.Is(err, cut) {
		t.Errorf("got %v", err)
	}
	if text, err := os.ReadFile(file); err != nil || string(text) != "old" {
		t.Errorf("%q, %v", text, err)
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) != 1 {
		t.Errorf("%v, %v", left, err)
	}
}

func TestAReaderFindsTheOldContentOrTheNew(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "busy")
	write := func(n int) error {
		return private.WriteFile(file, strings.NewReader(strings.Repeat(fmt.Sprintf("%d\n", n%10), 10_000)))
	}
	if err := write(0); err != nil {
		t.Fatal(err)
	}
	var readers sync.WaitGroup
	for range 3 {
		readers.Go(func() {
			for range 50 {
				text, err := private.ReadFile(file)
				if err != nil || len(text) != 20_000 || text[0] != text[len(text)-2] {
					t.Errorf("%d bytes, %v", len(text), err)
				}
			}
		})
	}
	for n := range 20 {
		if err := write(n); err != nil {
			t.Error(err)
		}
	}
	readers.Wait()
}
