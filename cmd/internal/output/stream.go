package output

import (
	"bytes"
	"cmp"
	"encoding/json"
	"io"
	"iter"
	"strings"
)

// batch is how many rows of a stream a table lines up with each other.
const batch = 200

// Stream writes items as they come, without holding them all: JSON as one
// array, YAML as one list, CSV and TSV row by row, tables in pieces that are
// each lined up on their own. A query sees the whole list, which is held for it.
func Stream[T any](w io.Writer, p Printer, items iter.Seq2[T, error], cols ...Column[T]) error {
	switch {
	case p.JQ.IsSet():
		all, err := collect(items)
		if err != nil {
			return err
		}
		return p.JQ.write(w, p.Tidy(all), p.Width > 0)
	case p.Format == JSON:
		return streamJSON(w, p, items)
	case p.Format == YAML:
		return streamYAML(w, p, items)
	case p.Format == CSV:
		return streamRows(newCells(w, ',', p.Raw), items, cols)
	case p.Format == TSV:
		return streamRows(newCells(w, '\t', p.Raw), items, cols)
	}
	return streamTable(w, p, items, batch, cols)
}

// Follow is Stream for items that come one by one and without end: JSON is one
// object a line, a query sees each item by itself, and nothing is held back.
func Follow[T any](w io.Writer, p Printer, items iter.Seq2[T, error], cols ...Column[T]) error {
	switch {
	case p.JQ.IsSet():
		return each(items, func(item T) error { return p.JQ.write(w, p.Tidy(item), false) })
	case p.Format == JSON:
		return each(items, func(item T) error { return writeLine(w, p.Tidy(item)) })
	case p.Format == YAML:
		return streamYAML(w, p, items)
	case p.Format == CSV:
		return streamRows(newCells(w, ',', p.Raw), items, cols)
	case p.Format == TSV:
		return streamRows(newCells(w, '\t', p.Raw), items, cols)
	}
	return streamTable(w, p, items, 1, cols)
}

func each[T any](items iter.Seq2[T, error], do func(T) error) error {
	for item, err := range items {
		if err != nil {
			return err
		}
		if err := do(item); err != nil {
			return err
		}
	}
	return nil
}

func collect[T any](items iter.Seq2[T, error]) ([]T, error) {
	all := []T{}
	err := each(items, func(item T) error { all = append(all, item); return nil })
	return all, err
}

func writeLine(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// streamJSON writes the array as writeJSON would. When the items end with an
// error, the array is left open: nobody shall take it for the whole.
func streamJSON[T any](w io.Writer, p Printer, items iter.Seq2[T, error]) error {
	between := "[\n  "
	write := func(item T) error {
		var text bytes.Buffer
		if err := writeJSON(&text, p.Tidy(item)); err != nil {
			return err
		}
		inner := strings.ReplaceAll(strings.TrimSuffix(text.String(), "\n"), "\n", "\n  ")
		_, err := io.WriteString(w, between+inner)
		between = ",\n  "
		return err
	}
	if err := each(items, write); err != nil {
		return err
	}
	end := "\n]\n"
	if between[0] == '[' {
		end = "[]\n"
	}
	_, err := io.WriteString(w, end)
	return err
}

func streamYAML[T any](w io.Writer, p Printer, items iter.Seq2[T, error]) error {
	empty := true
	err := each(items, func(item T) error { empty = false; return writeYAML(w, p.Tidy([]T{item})) })
	if err == nil && empty {
		err = writeYAML(w, []T{})
	}
	return err
}

func streamRows[T any](c cellWriter, items iter.Seq2[T, error], cols []Column[T]) error {
	c.head(names(cols))
	err := each(items, func(item T) error {
		c.row(cells(item, cols))
		return c.flush()
	})
	return cmp.Or(err, c.flush())
}

// streamTable writes a table in pieces of so many rows, the head before the
// first.
func streamTable[T any](w io.Writer, p Printer, items iter.Seq2[T, error], rows int, cols []Column[T]) error {
	s := sheet{head: names(cols), long: longs(cols)}
	first := true
	flush := func() error {
		err := s.writePiece(w, p, first)
		first, s.rows = first && len(s.rows) == 0, s.rows[:0]
		return err
	}
	err := each(items, func(item T) error {
		s.rows = append(s.rows, cells(item, cols))
		if len(s.rows) < rows {
			return nil
		}
		return flush()
	})
	if flushed := flush(); err == nil {
		err = flushed
	}
	return err
}
