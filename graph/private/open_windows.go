package private

import (
	"os"

	"github.com/rogpeppe/go-internal/robustio"
)

// openHere opens a file itself, not what a symbolic link in its place leads to.
func openHere(path string, flag int) (*os.File, error) {
	if info, err := os.Lstat(path); err == nil && info.Mode()&os.ModeSymlink != 0 {
		return nil, &FileError{Path: path, Reason: "is a symbolic link"}
	}
	return os.OpenFile(path, flag, 0o600)
}

// Who may write is decided by the access list of the folder that [MakeFolder]
// restricts; Go's modes and owners say nothing here.
func ours(os.FileInfo) bool        { return true }
func othersWrite(os.FileInfo) bool { return false }
func links(os.FileInfo) uint64     { return 1 }

// syncFolder does nothing: Windows puts names on the disk by itself.
func syncFolder(string) error { return nil }

// readHere tries again for up to two seconds while another process replaces or
// scans the file, which Windows refuses to open meanwhile.
func readHere(path string) ([]byte, error) {
	if info, err := os.Lstat(path); err == nil {
		if err := checkFile(path, info, false); err != nil {
			return nil, err
		}
	}
	return robustio.ReadFile(path)
}
