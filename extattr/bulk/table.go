package bulk

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

func (t *table) tooWide(line int) error {
	return &FileError{Name: t.name, Line: line, Reason: fmt.Sprintf("there are more than %d columns", mostColumns)}
}

// A table is an input as rows of cells.
type table struct {
	name string
	path string
	form form
	told bool // the first line tells the form, and is none of the table
	head []string
}

// form is how the rows are written.
type form struct {
	comma rune // 0: a JSON object on each line
}

// A record is one row, with the line that it begins on.
type record struct {
	line  int
	cells []string
	wrong string // why it is none
}

// openTable reads the head of a text that [copyText] has written to path. The
// extension of name decides on the form, else the text itself.
func openTable(name, path string) (*table, error) {
	first, err := firstLine(path)
	if err != nil {
		return nil, err
	}
	t := &table{name: name, path: path}
	if t.form, t.told = formTold(first); !t.told {
		t.form = formOf(name, first)
	}
	if t.form.comma == 0 {
		err = t.members()
	} else {
		err = t.header()
	}
	if err == nil && len(t.head) == 0 {
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
		if strings.Count(first, string(comma)) > strings.Count(first, string(most.comma)) {
			most.comma = comma
		}
	}
	return most
}

// each hands over the rows one after the other.
func (t *table) each(visit func(record) error) error {
	if t.form.comma == 0 {
		return t.eachObject(visit)
	}
	return t.eachLine(visit)
}
