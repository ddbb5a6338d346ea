package tabular

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/scimctl/scimctl/graph/bounds"
)

// members are the columns of JSON objects: all the names that they have.
func (t *Table) members() error {
	seen := map[string]bool{}
	return t.objects(func(line int, object map[string]any) error {
		var more []string
		for name := range object {
			if !seen[name] {
				seen[name] = true
				more = append(more, name)
			}
		}
		slices.Sort(more)
		if t.Head = append(t.Head, more...); len(t.Head) > mostColumns {
			return t.tooWide(line)
		}
		return nil
	})
}

func (t *Table) eachObject(visit func(Record) error) error {
	cells := make([]string, len(t.Head))
	return t.objects(func(line int, object map[string]any) error {
		r := Record{Line: line, Cells: cells}
		for i, name := range t.Head {
			var reason string
			if cells[i], reason = scalar(object[name]); reason != "" {
				r.Wrong = name + " " + reason
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

func (t *Table) objects(visit func(int, map[string]any) error) error {
	f, err := os.Open(t.Path)
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
		if err := bounds.JSON(text, "the object", false); err != nil {
			return &FileError{Name: t.Name, Line: line, Reason: err.Error()}
		}
		var object map[string]any
		d := json.NewDecoder(bytes.NewReader(text))
		d.UseNumber()
		if err := d.Decode(&object); err != nil || d.More() || object == nil {
			return &FileError{Name: t.Name, Line: line, Reason: "is no JSON object on one line"}
		}
		if err := visit(line, object); err != nil {
			return err
		}
	}
	if errors.Is(lines.Err(), bufio.ErrTooLong) {
		return &FileError{Name: t.Name, Reason: fmt.Sprintf("a line has more than %d MB", largestRecord>>20)}
	}
	return lines.Err()
}

// Erase is a cell that takes the value away.
const Erase = "-"
