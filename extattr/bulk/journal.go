package bulk

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// planned is one row of a plan: what it will replace, and by what. It is on the
// disk before the row is sent.
type planned struct {
	Row  int               `json:"row"` // counted from 0
	User string            `json:"user"`
	ID   string            `json:"id"`
	Old  map[string]string `json:"old"` // by short names; "" where there was none
	New  map[string]string `json:"new"` // "" clears
}

// A confirmation is a batch of which the answers are known.
type confirmation struct {
	Time    time.Time `json:"time"`
	Written []int     `json:"written,omitempty"`
	Refused []refusal `json:"refused,omitempty"`
}

type refusal struct {
	Row    int    `json:"row"`
	Reason string `json:"reason"`
}

// A log is a file of JSON lines that only grows. Of a line that was cut off by
// the end of the process nothing is taken.
type log struct {
	file *os.File
	out  *bufio.Writer
}

// openLog opens a log to add to it, without what was cut off.
func openLog(path string) (*log, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, &JournalError{Err: err}
	}
	if err := cutOff(file); err != nil {
		return nil, errors.Join(&JournalError{Err: err}, file.Close())
	}
	return &log{file: file, out: bufio.NewWriterSize(file, 1<<16)}, nil
}

// cutOff takes away what stands behind the last whole line, and goes there.
func cutOff(file *os.File) error {
	info, err := file.Stat()
	if err != nil || !info.Mode().IsRegular() { // a device has no end
		return err
	}
	end, err := wholeLines(file)
	if err == nil {
		err = file.Truncate(end)
	}
	if err == nil {
		_, err = file.Seek(end, io.SeekStart)
	}
	return err
}

// wholeLines is where the last line ends that is whole.
func wholeLines(file *os.File) (int64, error) {
	var end, at int64
	in := bufio.NewReaderSize(file, 1<<16)
	for {
		part, err := in.ReadSlice('\n')
		at += int64(len(part))
		switch {
		case err == nil:
			end = at
		case errors.Is(err, bufio.ErrBufferFull):
		case errors.Is(err, io.EOF):
			return end, nil
		default:
			return 0, err
		}
	}
}

func (l *log) add(v any) error {
	line, err := json.Marshal(v)
	if err == nil {
		_, err = l.out.Write(append(line, '\n'))
	}
	if err != nil {
		return &JournalError{Err: err}
	}
	return nil
}

// keep returns when all that was added is on the disk.
func (l *log) keep() error {
	err := l.out.Flush()
	if err == nil {
		err = l.file.Sync()
	}
	if err != nil {
		return &JournalError{Err: err}
	}
	return nil
}

func (l *log) close() error { return l.file.Close() }

// readLog hands over the lines of a log; one that is not there has none.
func readLog[T any](path string, visit func(T) error) error {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }() // it was only read
	in := bufio.NewReaderSize(file, 1<<16)
	for n := 1; ; n++ {
		line, err := in.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return nil // and what stands there was cut off
		}
		if err != nil {
			return err
		}
		var v T
		if err := json.Unmarshal(bytes.TrimSpace(line), &v); err != nil {
			return fmt.Errorf("%s, line %d: %w", filepath.Base(path), n, err)
		}
		if err := visit(v); err != nil {
			return err
		}
	}
}
