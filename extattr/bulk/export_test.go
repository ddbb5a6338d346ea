package bulk

import (
	"os"
	"path/filepath"
	"syscall"
)

// OnFullDisk are runs whose journal has no room left.
func OnFullDisk(r Runs) Runs {
	r.disk = func(f *os.File) file {
		if filepath.Base(f.Name()) == journalFile {
			return fullFile{f}
		}
		return f
	}
	return r
}

type fullFile struct{ *os.File }

func (f fullFile) Write([]byte) (int, error) {
	return 0, &os.PathError{Op: "write", Path: f.Name(), Err: syscall.ENOSPC}
}
