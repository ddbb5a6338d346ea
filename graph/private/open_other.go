//go:build !windows

package private

import (
	"errors"
	"io"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// openHere opens a file itself, not what a symbolic link in its place leads to.
// Without O_NONBLOCK a planted pipe would hang the command.
func openHere(path string, flag int) (*os.File, error) {
	file, err := os.OpenFile(path, flag|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0o600)
	if errors.Is(err, unix.ELOOP) || errors.Is(err, unix.EMLINK) { // EMLINK on FreeBSD
		return nil, &FileError{Path: path, Reason: "is a symbolic link"}
	}
	return file, err
}

func ours(info os.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return !ok || trusts(os.Geteuid(), int(stat.Uid))
}

// trusts reports whether a user may rely on what another one owns. Root may read
// and write everything anyway. Root itself also uses the folders of others: in a
// container, mounted folders belong to whoever mounted them.
func trusts(me, owner int) bool { return owner == me || owner == 0 || me == 0 }

func othersWrite(info os.FileInfo) bool { return info.Mode().Perm()&0o022 != 0 }

// links is how many names a file has.
func links(info os.FileInfo) uint64 {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 1
	}
	return uint64(stat.Nlink) //nolint:unconvert // its type differs between systems
}

// syncFolder puts the names in a folder on the disk. Some file systems, such as
// network shares, cannot.
func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	err = folder.Sync()
	if errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ENOTSUP) {
		err = nil
	}
	return errors.Join(err, folder.Close())
}

func readHere(path string) ([]byte, error) {
	file, err := OpenFile(path, os.O_RDONLY)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }() // it was only read
	return io.ReadAll(file)
}
