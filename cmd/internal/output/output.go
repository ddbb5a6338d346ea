// Package output writes what a command answers: a table for people, JSON and
// YAML for programs, CSV and TSV for spreadsheets, or what a jq expression makes
// of the JSON.
//
// JSON and YAML are made from the value itself, by its json tags; the other
// formats from columns. A list is never null, times are UTC.
package output

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/graph/remedy"
)

// Format is a way to write an answer.
type Format string

// The formats, as -o names them.
const (
	Table Format = "table"
	JSON  Format = "json"
	YAML  Format = "yaml"
	CSV   Format = "csv"
	TSV   Format = "tsv"

	// Markdown is written by commands that say so, for the comments of a forge.
	Markdown Format = "markdown"
)

// Formats are all formats, the default first.
func Formats() []string {
	return []string{string(Table), string(JSON), string(YAML), string(CSV), string(TSV)}
}

// Set is for a flag: it refuses a format that does not exist.
func (f *Format) Set(text string) error {
	if !slices.Contains(Formats(), text) && text != string(Markdown) {
		return fmt.Errorf("%q is none of %s", text, strings.Join(Formats(), ", "))
	}
	*f = Format(text)
	return nil
}

// String is the name that Set takes.
func (f *Format) String() string { return string(*f) }

// Type is for a flag's help.
func (f *Format) Type() string { return "format" }

// A Printer says how answers are written. The zero value writes tables.
type Printer struct {
	Format Format
	// JQ, when set, filters the JSON; no other format is written then.
	JQ Query
	// Raw leaves cells of CSV and TSV as they are: a spreadsheet may take them
	// for formulas.
	Raw bool
	// Width is that of the terminal, in columns; 0 when there is none. It lets
	// long cells be cut, and JSON that a query gives be indented.
	Width int
	// Head paints the head of a table; nil leaves it.
	Head func(string) string
	// Remedies writes the commands of remedies in JSON and YAML. Without it there
	// are only their reasons.
	Remedies func(remedy.List) remedy.List
}

// A Column is one column of a table of T, or one line of a single T.
type Column[T any] struct {
	Name string // in words: "full name". A table shows it in capitals, csv as JSON would: fullName
	Cell func(T) string
	Long bool // may be cut short where the terminal is narrow
}

// List writes items. Without any, JSON is [] and a table is nothing at all.
func List[T any](w io.Writer, p Printer, items []T, cols ...Column[T]) error {
	if items == nil {
		items = []T{}
	}
	rows := make([][]string, len(items))
	for i, item := range items {
		rows[i] = cells(item, cols)
	}
	return p.write(w, items, sheet{head: names(cols), long: longs(cols), rows: rows})
}

// One writes a single item: as a table, a line for each column that has a
// value; as csv and tsv, a head and one row.
func One[T any](w io.Writer, p Printer, item T, cols ...Column[T]) error {
	s := sheet{head: names(cols), rows: [][]string{cells(item, cols)}, upright: true}
	return p.write(w, item, s)
}

// A Field is one line of an answer that is no list.
type Field struct{ Name, Value string }

// Fields writes v, of which the other formats show fields.
func Fields(w io.Writer, p Printer, v any, fields ...Field) error {
	s := sheet{rows: make([][]string, 1), upright: true}
	for _, f := range fields {
		s.head = append(s.head, f.Name)
		s.rows[0] = append(s.rows[0], f.Value)
	}
	return p.write(w, v, s)
}

// Text writes v, which people read as text: a table is what text writes, csv
// and tsv are a *[FormatError].
func Text(w io.Writer, p Printer, v any, text func(io.Writer) error) error {
	switch {
	case p.JQ.IsSet() || p.Format == JSON || p.Format == YAML:
		return p.write(w, v, sheet{})
	case p.Format == CSV || p.Format == TSV || p.Format == Markdown:
		return &FormatError{Format: p.Format}
	default:
		return text(w)
	}
}

// A FormatError says that an answer cannot be written in the format that was
// asked for.
type FormatError struct{ Format Format }

// Error names the format.
func (e *FormatError) Error() string {
	return fmt.Sprintf("this answer is no list and cannot be written as %s", e.Format)
}

func (p Printer) write(w io.Writer, v any, s sheet) error {
	if p.JQ.IsSet() {
		return p.JQ.write(w, p.Tidy(v), p.Width > 0)
	}
	switch p.Format {
	case JSON:
		return writeJSON(w, p.Tidy(v))
	case YAML:
		return writeYAML(w, p.Tidy(v))
	case CSV:
		return s.writeCSV(w, ',', p.Raw)
	case TSV:
		return s.writeCSV(w, '\t', p.Raw)
	case Markdown:
		return &FormatError{Format: p.Format}
	case Table:
	}
	return s.writeTable(w, p)
}

func cells[T any](item T, cols []Column[T]) []string {
	row := make([]string, len(cols))
	for i, c := range cols {
		row[i] = c.Cell(item)
	}
	return row
}

func names[T any](cols []Column[T]) []string {
	head := make([]string, len(cols))
	for i, c := range cols {
		head[i] = c.Name
	}
	return head
}

func longs[T any](cols []Column[T]) []bool {
	long := make([]bool, len(cols))
	for i, c := range cols {
		long[i] = c.Long
	}
	return long
}
