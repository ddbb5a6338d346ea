package private

import (
	"os"
)

// A FileError is a file or folder of the local state that cannot be trusted,
// because another user could have planted it or could change it.
type FileError struct {
	Path   string
	Reason string
	Folder bool
}

func (e *FileError) Error() string { return e.Path + " " + e.Reason }

// OpenFile opens a file of the local state, with the flags of [os.OpenFile]. A
// symbolic link in its place, a pipe or a device, and a file of another user are
// a *[FileError]; so is a file to be written that has a second name, which would
// be written as well.
func OpenFile(path string, flag int) (*os.File, error) {
	file, err := openHere(path, flag)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err == nil {
		err = checkFile(path, info, flag&(os.O_WRONLY|os.O_RDWR) != 0)
	}
	if err != nil {
		_ = file.Close() // nothing was written
		return nil, err
	}
	return file, nil
}

func checkFile(path string, info os.FileInfo, written bool) error {
	switch {
	case !info.Mode().IsRegular():
		return &FileError{Path: path, Reason: "is not a regular file"}
	case !ours(info):
		return &FileError{Path: path, Reason: "belongs to another user"}
	case written && links(info) > 1:
		return &FileError{Path: path, Reason: "is a hard link to another file"}
	}
	return nil
}

// CheckFolder refuses a folder for local state that another user owns or may
// write to. Where that can be repaired, write access of others is taken away
// instead. A folder that does not exist is fine.
func CheckFolder(path string) error {
	if link, err := os.Lstat(path); err == nil && !ours(link) {
		return &FileError{Path: path, Reason: "belongs to another user", Folder: true}
	}
	info, err := os.Stat(path)
	if err != nil {
		return absent(err)
	}
	if !info.IsDir() {
		return &FileError{Path: path, Reason: "is not a folder", Folder: true}
	}
	if !ours(info) {
		return &FileError{Path: path, Reason: "belongs to another user", Folder: true}
	}
	if !othersWrite(info) {
		return nil
	}
	_ = os.Chmod(path, info.Mode().Perm()&^0o022) // whether it helped is checked next
	if info, err = os.Stat(path); err != nil || othersWrite(info) {
		return &FileError{Path: path, Reason: "can be written by other users", Folder: true}
	}
	return nil
}

// absent is err, unless it says that there is nothing.
func absent(err error) error {
	if os.IsNotExist(err) {
		return nil
	}
	return err
}
