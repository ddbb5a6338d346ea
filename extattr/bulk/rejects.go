package bulk

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/scimctl/scimctl/extattr/bulk/tabular"
	"github.com/scimctl/scimctl/graph/parallel"
	"github.com/scimctl/scimctl/graph/private"
	"github.com/scimctl/scimctl/graph/safetext"
)

// writable refuses a file for rejects before anything is done, rather than
// after all that can be written is.
func writable(path string) error {
	if path == "" {
		return nil
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return &RejectsError{Path: path, Err: errors.New("it is a folder")}
	}
	probe, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".new-*") // as it is going to be made
	if err == nil {
		err = errors.Join(probe.Close(), os.Remove(probe.Name()))
	}
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		err = e.Err // of a name that is nobody's
	}
	if err != nil {
		return &RejectsError{Path: path, Err: err}
	}
	return nil
}

// writeRejects writes the rows that failed as they were, with a reason column,
// so that the file can be mended and handed in again.
func (w *work) writeRejects() (path string, err error) {
	path = w.rejects
	if path == "" {
		path = filepath.Join(w.runs.folder(w.run.ID), rejectsFile+w.extension())
	}
	from, to := io.Pipe() // of very many rows the text may not fit into memory
	wait := parallel.Go(func() {
		err := errUnfinished // stays if rejectTo panics: half a file is none
		defer func() { _ = to.CloseWithError(err) }()
		err = w.rejectTo(to)
	})
	err = errors.Join(private.WriteFile(path, from), from.Close())
	wait()
	if err != nil {
		return "", &RejectsError{Path: path, Err: err}
	}
	return path, nil
}

var errUnfinished = errors.New("not all rows were written")

func (w *work) rejectTo(to io.Writer) error {
	switch {
	case w.table == nil:
		return w.rejectUsers(to)
	case w.table.Form.Comma == 0:
		return w.rejectObjects(to)
	}
	return w.rejectCells(to)
}

func (w *work) extension() string {
	switch {
	case w.table != nil && w.table.Form.Comma == 0:
		return ".jsonl"
	case w.table != nil && w.table.Form.Comma == '\t':
		return ".tsv"
	}
	return ".csv"
}

// failed hands over the rows of the table that failed.
func (w *work) failed(visit func(r tabular.Record, reason string) error) error {
	i := 0
	return w.table.Each(func(r tabular.Record) error {
		row := w.sheet.rows[i]
		i++
		if row.state != isProblem && row.state != isRefused {
			return nil
		}
		return visit(r, w.sheet.words[row.reason])
	})
}

func (w *work) rejectCells(to io.Writer) error {
	if w.table.Told { // else nobody could tell the form again
		if _, err := fmt.Fprintf(to, "sep=%c\n", w.table.Form.Comma); err != nil {
			return err
		}
	}
	out := csv.NewWriter(to)
	out.Comma = w.table.Form.Comma
	write := func(cells []string, reason string) error {
		cells = w.withoutReason(cells)
		for i, cell := range cells {
			cells[i] = w.table.Cell(cell)
		}
		return out.Write(append(cells, safetext.Cell(reason)))
	}
	_ = write(w.table.Head, reasonHead) // Error below tells
	err := w.failed(func(r tabular.Record, reason string) error { return write(r.Cells, reason) })
	out.Flush()
	if err == nil {
		err = out.Error()
	}
	return err
}

// withoutReason leaves the column out that an earlier rejects file has added.
func (w *work) withoutReason(cells []string) []string {
	kept := make([]string, 0, len(cells)+1)
	for i, cell := range cells {
		if !strings.EqualFold(w.table.Head[i], reasonHead) {
			kept = append(kept, cell)
		}
	}
	return kept
}

func (w *work) rejectObjects(to io.Writer) error {
	out := json.NewEncoder(to)
	out.SetEscapeHTML(false)
	return w.failed(func(r tabular.Record, reason string) error {
		object := map[string]string{}
		for i, name := range w.table.Head {
			if r.Cells[i] != "" {
				object[name] = r.Cells[i]
			}
		}
		object[reasonHead] = reason
		return out.Encode(object)
	})
}

func (w *work) rejectUsers(to io.Writer) error {
	out := csv.NewWriter(to)
	_ = out.Write([]string{"user", "id", "reason"}) // Error below tells
	for _, r := range w.sheet.rows {
		if r.state == isProblem || r.state == isRefused {
			_ = out.Write([]string{safetext.Cell(r.name), safetext.Cell(r.key), safetext.Cell(w.sheet.words[r.reason])})
		}
	}
	out.Flush()
	return out.Error()
}
