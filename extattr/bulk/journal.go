package bulk

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"strconv"
	"time"

	"github.com/scimctl/scimctl/graph/private"
	"github.com/scimctl/scimctl/graph/private/sealed"
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

// A log is a file of JSON lines that only grows. Each line ends with a checksum,
// which is also of the line's number: a line that is changed, missing or in
// another place is found. A line that was cut off by the end of the process does
// not count.
type log struct {
	file  file
	out   *bufio.Writer
	lines int // that were added, also earlier
	kept  int // that are on the disk for certain
}

// file is what a log is written to.
type file interface {
	io.WriteCloser
	Sync() error
}

// openLog opens a log to add to it, without what was cut off.
func (r Runs) openLog(path string) (*log, error) {
	file, err := private.OpenFile(path, os.O_RDWR|os.O_CREATE)
	if err != nil {
		return nil, &JournalError{Err: err}
	}
	lines, err := cutOff(file)
	if err != nil {
		return nil, errors.Join(&JournalError{Err: err}, file.Close())
	}
	l := &log{file: file, lines: lines, kept: lines}
	if r.disk != nil {
		l.file = r.disk(file)
	}
	l.out = bufio.NewWriterSize(l.file, 1<<16)
	return l, nil
}

// cutOff removes what follows the last whole line, goes there, and returns how
// many lines precede it.
func cutOff(file *os.File) (lines int, err error) {
	lines, end, err := wholeLines(file)
	if err == nil {
		err = file.Truncate(end)
	}
	if err == nil {
		_, err = file.Seek(end, io.SeekStart)
	}
	return lines, err
}

// wholeLines counts the whole lines, and finds where the last one ends.
func wholeLines(file *os.File) (lines int, end int64, err error) {
	var at int64
	in := bufio.NewReaderSize(file, 1<<16)
	for {
		part, err := in.ReadSlice('\n')
		at += int64(len(part))
		switch {
		case err == nil:
			end = at
			lines++
		case errors.Is(err, bufio.ErrBufferFull):
		case errors.Is(err, io.EOF):
			return lines, end, nil
		default:
			return 0, 0, err
		}
	}
}

func (l *log) add(v any) error {
	line, err := json.Marshal(v)
	if err == nil {
		_, err = l.out.Write(sealLine(l.lines+1, line))
	}
	if err != nil {
		return &JournalError{Err: err}
	}
	l.lines++
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
	l.kept = l.lines
	return nil
}

func (l *log) close() error { return l.file.Close() }

// sealFormat is the end of a line with its checksum.
const sealFormat = `,"crc":"%08x"}`

// sealLine ends the n-th line of a log, a JSON object, with its checksum.
func sealLine(n int, object []byte) []byte {
	return fmt.Appendf(object[:len(object)-1:len(object)-1], sealFormat+"\n", lineSum(n, object))
}

// openLine returns the object of the n-th line, and whether it has a checksum.
func openLine(n int, line []byte) (object []byte, sealed bool, err error) {
	const length = len(`,"crc":"00000000"}`)
	start := len(line) - length
	if start < 1 || !bytes.HasPrefix(line[start:], []byte(`,"crc":"`)) {
		return line, false, nil
	}
	object = append(line[:start:start], '}')
	if fmt.Sprintf(sealFormat, lineSum(n, object)) != string(line[start:]) {
		return nil, true, errors.New("it does not match its checksum")
	}
	return object, true, nil
}

func lineSum(n int, object []byte) uint32 {
	table := crc32.MakeTable(crc32.Castagnoli)
	return crc32.Update(crc32.Checksum(strconv.AppendInt(nil, int64(n), 10), table), table, object)
}

// A logFile is a log to be read.
type logFile struct {
	path     string
	unsealed bool // an earlier release wrote lines without a checksum
	atLeast  int  // so many lines were on the disk
}

func (f logFile) damaged(n int, format string, args ...any) error {
	return &sealed.DamagedError{Path: f.path, Kind: runKind().Name, Place: fmt.Sprintf("line %d", n), Reason: fmt.Sprintf(format, args...)}
}

// each hands over the objects of a log; one that does not exist has none. The
// error is a *[sealed.DamagedError] where the log is not as it was written.
func (f logFile) each(visit func(object []byte) error) error {
	file, err := private.OpenFile(f.path, os.O_RDONLY)
	if errors.Is(err, fs.ErrNotExist) && f.atLeast == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }() // it was only read
	in := bufio.NewReaderSize(file, 1<<16)
	for n := 1; ; n++ {
		line, err := in.ReadBytes('\n')
		if errors.Is(err, io.EOF) { // what follows the last line was cut off
			if n <= f.atLeast {
				return f.damaged(n, "it ends after %d of %d lines", n-1, f.atLeast)
			}
			return nil
		}
		if err != nil {
			return err
		}
		object, sealed, err := openLine(n, line[:len(line)-1])
		if err == nil && !sealed && !f.unsealed {
			err = errors.New("its checksum is missing")
		}
		if err == nil {
			err = visit(object)
		}
		if err != nil {
			return f.damaged(n, "%v", err)
		}
	}
}

// readLog decodes the lines of a log.
func readLog[T any](f logFile, visit func(T) error) error {
	return f.each(func(object []byte) error {
		var v T
		if err := json.Unmarshal(object, &v); err != nil {
			return err
		}
		return visit(v)
	})
}

// seal rewrites a log of an earlier release with checksums, and returns how many
// lines it has.
func (f logFile) seal() (lines int, err error) {
	var text bytes.Buffer
	err = f.each(func(object []byte) error {
		lines++
		text.Write(sealLine(lines, object))
		return nil
	})
	if err == nil && lines > 0 {
		err = private.WriteFile(f.path, &text)
	}
	return lines, err
}
