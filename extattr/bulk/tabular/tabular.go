// Package tabular reads tables of users: CSV, JSON and lines of JSON.
package tabular

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"
)

// largestRecord bounds one row. A quote that is never closed makes a row of all
// that follows.
const largestRecord = 16 << 20

// mostColumns is more than any export of users has. The names are compared with
// those of attributes, and with each other.
const mostColumns = 1000

func (t *Table) tooWide(line int) error {
	return &FileError{Name: t.Name, Line: line, Reason: fmt.Sprintf("there are more than %d columns", mostColumns)}
}

// A Table is an input as rows of cells.
type Table struct {
	Name string
	Path string
	Form form
	Told bool // the first line tells the form, and is none of the table
	Head []string
}

// form is how the rows are written.
type form struct {
	Comma rune // 0: a JSON object on each line
}

// A Record is one row, with the line that it begins on.
type Record struct {
	Line  int
	Cells []string
	Wrong string // why it is none
}

// Open reads the head of a text that [Copy] has written to path. The
// extension of name decides on the form, else the text itself.
func Open(name, path string) (*Table, error) {
	first, err := firstLine(path)
	if err != nil {
		return nil, err
	}
	t := &Table{Name: name, Path: path}
	if t.Form, t.Told = formTold(first); !t.Told {
		t.Form = formOf(name, first)
	}
	if t.Form.Comma == 0 {
		err = t.members()
	} else {
		err = t.header()
	}
	if err == nil && len(t.Head) == 0 {
		err = &FileError{Name: name, Reason: "is empty"}
	}
	return t, err
}

func firstLine(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }() // it was only read
	in := bufio.NewReader(f)
	for {
		line, err := in.ReadString('\n')
		if strings.TrimSpace(line) != "" || errors.Is(err, io.EOF) {
			return strings.TrimSpace(line), nil
		}
		if err != nil {
			return "", err
		}
	}
}

// formTold reads the line by which Excel is told what stands between cells:
// sep=; with or without quotes.
func formTold(first string) (form, bool) {
	line := strings.Trim(first, `"`)
	if len(line) < len("sep=;") || !strings.EqualFold(line[:4], "sep=") {
		return form{}, false
	}
	comma, size := utf8.DecodeRuneInString(line[4:])
	return form{comma}, 4+size == len(line) && comma != '"' && comma != utf8.RuneError
}

func formOf(name, first string) form {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".tsv", ".tab":
		return form{'\t'}
	case ".jsonl", ".ndjson":
		return form{}
	}
	if strings.HasPrefix(first, "{") {
		return form{}
	}
	most := form{','}
	for _, comma := range ";\t" { // Excel writes ; where , is the decimal point
		if strings.Count(first, string(comma)) > strings.Count(first, string(most.Comma)) {
			most.Comma = comma
		}
	}
	return most
}

// Each hands over the rows one after the other.
func (t *Table) Each(visit func(Record) error) error {
	if t.Form.Comma == 0 {
		return t.eachObject(visit)
	}
	return t.eachLine(visit)
}

// A FileError is an input that cannot be read as one; nothing was done.
type FileError struct {
	Name   string // the file's
	Line   int    // 0: the whole
	Reason string
}

func (e *FileError) Error() string {
	if e.Line == 0 {
		return fmt.Sprintf("%s: %s", e.Name, e.Reason)
	}
	return fmt.Sprintf("%s, line %d: %s", e.Name, e.Line, e.Reason)
}
