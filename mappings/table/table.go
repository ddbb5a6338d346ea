// Package table reads and writes mappings as CSV and YAML files.
package table

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/scimctl/scimctl/graph/safetext"
	"github.com/scimctl/scimctl/mappings/schema"
)

// A FileError says what is wrong in a file of mappings, and in which line.
type FileError struct {
	Name   string
	Line   int
	Reason string
}

func (e *FileError) Error() string { return fmt.Sprintf("%s, line %d: %s", e.Name, e.Line, e.Reason) }

// ParseFile reads mappings as they are listed: a table with the columns
// target, kind, source, match, apply, default and flow, parted by commas,
// semicolons or tabs, or a YAML or JSON list of objects with these members. The name's
// extension decides which; without one, the text does.
//
// Only target has to be there. A column or member that is not leaves open what
// it stands for; in one that is there an empty default and an empty match or 0
// take it away, and an empty flow is the usual one. Anything else is a
// *[FileError].
func ParseFile(name string, text []byte) ([]schema.Setting, error) {
	rows, err := parseRows(name, text)
	if err != nil {
		return nil, err
	}
	settings := []schema.Setting{}
	for _, r := range rows {
		s, reason := r.setting()
		if reason != "" {
			return nil, &FileError{Name: name, Line: r.line, Reason: reason}
		}
		s.Origin = schema.Origin{File: name, Line: r.line}
		settings = append(settings, s)
	}
	if len(settings) == 0 {
		return nil, &FileError{Name: name, Line: 1, Reason: "it holds no mapping"}
	}
	return settings, nil
}

func parseRows(name string, text []byte) ([]row, error) {
	first, _, _ := bytes.Cut(bytes.TrimSpace(text), []byte("\n"))
	switch strings.ToLower(filepath.Ext(name)) {
	case ".yaml", ".yml", ".json":
		return parseYAML(name, text)
	case ".tsv":
		return parseTable(name, text, '\t')
	case ".csv":
		return parseTable(name, text, comma(first))
	}
	if bytes.HasPrefix(first, []byte("-")) || bytes.HasPrefix(first, []byte("[")) {
		return parseYAML(name, text)
	}
	return parseTable(name, text, comma(first))
}

// comma is what parts the columns: spreadsheets write ; where , is the decimal
// point.
func comma(first []byte) rune {
	most := ','
	for _, r := range ";\t" {
		if bytes.Count(first, []byte(string(r))) > bytes.Count(first, []byte(string(most))) {
			most = r
		}
	}
	return most
}

// A row is one mapping in a file. A cell that is not there is absent.
type row struct {
	line  int
	cells map[string]string
}

// fileColumns are the columns in the order in which mappings are listed.
func fileColumns() []string {
	return []string{"target", "kind", "source", "match", "apply", "default", "flow"}
}

func parseTable(name string, text []byte, comma rune) ([]row, error) {
	r := csv.NewReader(bytes.NewReader(text))
	r.Comma = comma
	records, lines, err := readAll(r)
	if e, ok := errors.AsType[*csv.ParseError](err); ok {
		return nil, &FileError{Name: name, Line: e.Line, Reason: strings.ReplaceAll(e.Err.Error(), "wrong number of fields", "it has not as many fields as the first line")}
	}
	if len(records) == 0 {
		return nil, nil
	}
	head := records[0]
	if reason := wrongHead(head); reason != "" {
		return nil, &FileError{Name: name, Line: lines[0], Reason: reason}
	}
	rows := []row{}
	for i, record := range records[1:] {
		cells := map[string]string{}
		for j, cell := range record {
			cells[strings.TrimSpace(head[j])] = safetext.FromCell(cell)
		}
		rows = append(rows, row{line: lines[i+1], cells: cells})
	}
	return rows, nil
}

// readAll reads the records with the lines in which they begin.
func readAll(r *csv.Reader) (records [][]string, lines []int, err error) {
	for {
		record, err := r.Read()
		if err != nil {
			return records, lines, err // at the end io.EOF
		}
		line, _ := r.FieldPos(0)
		records, lines = append(records, record), append(lines, line)
	}
}

func wrongHead(head []string) string {
	seen := []string{}
	for _, cell := range head {
		column := strings.TrimSpace(cell)
		switch {
		case !slices.Contains(fileColumns(), column):
			return fmt.Sprintf("unknown column %s: there are %s", schema.Quote(column), strings.Join(fileColumns(), ", "))
		case slices.Contains(seen, column):
			return fmt.Sprintf("the column %s stands there twice", column)
		}
		seen = append(seen, column)
	}
	if !slices.Contains(seen, "target") {
		return "the column target is missing"
	}
	return ""
}

// setting reads a row, or says why it is none.
func (r row) setting() (s schema.Setting, reason string) {
	s.Target, s.Source = strings.TrimSpace(r.cells["target"]), r.cells["source"]
	s.Kind, s.Apply, s.Flow = schema.Kind(r.cells["kind"]), schema.Apply(r.cells["apply"]), schema.Flow(r.cells["flow"])
	if flow, present := r.cells["flow"]; present && flow == "" {
		s.Flow = schema.FlowWhenChanged // so it is listed
	}
	var present bool
	s.Default, present = r.cells["default"]
	s.NoDefault = present && s.Default == ""
	if match, present := r.cells["match"]; present {
		n, err := strconv.Atoi(match)
		if match != "" && (err != nil || n < 0) {
			return s, fmt.Sprintf("match is a whole number, and not %s", schema.Quote(match))
		}
		s.Match, s.NoMatch = n, n == 0
	}
	return s, s.Nonsense()
}
