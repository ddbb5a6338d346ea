package bulk

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// largestRecord bounds one row. A quote that is never closed makes a row of all
// that follows.
const largestRecord = 16 << 20

// A table is an input as rows of cells.
type table struct {
	name string
	path string
	form form
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
	t := &table{name: name, path: path, form: formOf(name, first)}
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
	f, err := os.Open(t.path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // it was only read
	if t.form.comma == 0 {
		return t.eachObject(f, visit)
	}
	return t.eachLine(f, visit)
}

func (t *table) header() error {
	err := t.anyLine(func(r record) error {
		for _, name := range r.cells {
			t.head = append(t.head, strings.TrimSpace(name))
		}
		return io.EOF
	})
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

func (t *table) anyLine(visit func(record) error) error {
	f, err := os.Open(t.path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // it was only read
	return t.lines(f, visit)
}

// eachLine leaves out the head.
func (t *table) eachLine(f io.Reader, visit func(record) error) error {
	headed := false
	return t.lines(f, func(r record) error {
		if !headed {
			headed = true
			return nil
		}
		if len(r.cells) != len(t.head) {
			r.wrong = fmt.Sprintf("has %d cells, and the head has %d", len(r.cells), len(t.head))
		}
		for len(r.cells) < len(t.head) {
			r.cells = append(r.cells, "")
		}
		r.cells = r.cells[:len(t.head)]
		return visit(r)
	})
}

func (t *table) lines(f io.Reader, visit func(record) error) error {
	bounded := &bounded{from: f, left: largestRecord}
	c := csv.NewReader(bufio.NewReaderSize(bounded, 1<<16))
	c.Comma, c.FieldsPerRecord, c.ReuseRecord = t.form.comma, -1, true
	for {
		cells, err := c.Read()
		bounded.left = largestRecord
		switch {
		case err == io.EOF:
			return nil
		case errors.Is(err, errTooLong):
			return &FileError{Name: t.name, Line: bounded.line, Reason: fmt.Sprintf("a row has more than %d MB: is a quote not closed?", largestRecord>>20)}
		case err != nil:
			return t.misread(err)
		}
		line, _ := c.FieldPos(0)
		bounded.line = line
		if len(cells) == 1 && strings.TrimSpace(cells[0]) == "" {
			continue
		}
		if err := visit(record{line: line, cells: cells}); err != nil {
			return err
		}
	}
}

func (t *table) misread(err error) error {
	if e, ok := errors.AsType[*csv.ParseError](err); ok {
		return &FileError{Name: t.name, Line: e.StartLine, Reason: e.Err.Error()}
	}
	return fmt.Errorf("read %s: %w", t.name, err)
}

var errTooLong = errors.New("a row is too long")

// bounded gives no more than is left, which grows with each row.
type bounded struct {
	from io.Reader
	left int
	line int
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errTooLong
	}
	n, err := b.from.Read(p)
	b.left -= n
	return n, err
}

// members are the columns of JSON objects: all the names that they have.
func (t *table) members() error {
	seen := map[string]bool{}
	return t.objects(func(_ int, object map[string]any) error {
		var more []string
		for name := range object {
			if !seen[name] {
				seen[name] = true
				more = append(more, name)
			}
		}
		slices.Sort(more)
		t.head = append(t.head, more...)
		return nil
	})
}

func (t *table) eachObject(_ io.Reader, visit func(record) error) error {
	cells := make([]string, len(t.head))
	return t.objects(func(line int, object map[string]any) error {
		r := record{line: line, cells: cells}
		for i, name := range t.head {
			var reason string
			if cells[i], reason = scalar(object[name]); reason != "" {
				r.wrong = name + " " + reason
			}
		}
		return visit(r)
	})
}

func scalar(v any) (text, reason string) {
	switch v := v.(type) {
	case nil:
		return "", ""
	case string:
		return v, ""
	case json.Number:
		return v.String(), ""
	case bool:
		return fmt.Sprint(v), ""
	}
	return "", "is neither a text nor a number"
}

func (t *table) objects(visit func(int, map[string]any) error) error {
	f, err := os.Open(t.path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // it was only read
	lines := bufio.NewScanner(f)
	lines.Buffer(make([]byte, 0, 1<<16), largestRecord)
	for line := 1; lines.Scan(); line++ {
		text := bytes.TrimSpace(lines.Bytes())
		if len(text) == 0 {
			continue
		}
		var object map[string]any
		d := json.NewDecoder(bytes.NewReader(text))
		d.UseNumber()
		if err := d.Decode(&object); err != nil || d.More() || object == nil {
			return &FileError{Name: t.name, Line: line, Reason: "is no JSON object on one line"}
		}
		if err := visit(line, object); err != nil {
			return err
		}
	}
	if errors.Is(lines.Err(), bufio.ErrTooLong) {
		return &FileError{Name: t.name, Reason: fmt.Sprintf("a line has more than %d MB", largestRecord>>20)}
	}
	return lines.Err()
}
