package tabular

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/scimctl/scimctl/graph/safetext"
)

// header takes the first line for the head.
func (t *Table) header() error {
	err := t.lines(func(r Record) error {
		if len(r.Cells) > mostColumns {
			return t.tooWide(r.Line)
		}
		for _, name := range r.Cells {
			t.Head = append(t.Head, t.Text(name))
		}
		return io.EOF
	})
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// eachLine leaves out the head.
func (t *Table) eachLine(visit func(Record) error) error {
	headed := false
	return t.lines(func(r Record) error {
		if !headed {
			headed = true
			return nil
		}
		if len(r.Cells) != len(t.Head) {
			r.Wrong = fmt.Sprintf("has %s, and the head has %d", cellsOf(len(r.Cells)), len(t.Head))
		}
		for len(r.Cells) < len(t.Head) {
			r.Cells = append(r.Cells, "")
		}
		r.Cells = r.Cells[:len(t.Head)]
		return visit(r)
	})
}

// Text is what a cell stands for, without the spaces around it. In CSV and TSV
// it is written as [safetext.Cell] has it.
func (t *Table) Text(cell string) string {
	cell = strings.TrimSpace(cell)
	if t.Form.Comma == 0 {
		return cell
	}
	return safetext.FromCell(cell)
}

// Cell writes what a cell stands for, so that no spreadsheet takes it for a
// formula. That of erasing stays: it is the same with an apostrophe to a
// spreadsheet, and not to [bulk.sheet.load].
func (t *Table) Cell(cell string) string {
	if strings.TrimSpace(cell) == Erase {
		return cell
	}
	return safetext.Cell(t.Text(cell))
}

func cellsOf(n int) string {
	if n == 1 {
		return "1 cell"
	}
	return fmt.Sprintf("%d cells", n)
}

// lines hands over all lines that are not empty.
func (t *Table) lines(visit func(Record) error) error {
	f, err := os.Open(t.Path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // it was only read
	told := t.Told
	bounded := &bounded{from: f, left: largestRecord}
	c := csv.NewReader(bufio.NewReaderSize(bounded, 1<<16))
	c.Comma, c.FieldsPerRecord, c.ReuseRecord = t.Form.Comma, -1, true
	for {
		cells, err := c.Read()
		bounded.left = largestRecord
		switch {
		case err == io.EOF:
			return nil
		case errors.Is(err, errTooLong):
			return &FileError{Name: t.Name, Line: bounded.line, Reason: fmt.Sprintf("a row has more than %d MB: is a quote not closed?", largestRecord>>20)}
		case err != nil:
			return t.misread(err)
		}
		line, _ := c.FieldPos(0)
		bounded.line = line
		if len(cells) == 1 && strings.TrimSpace(cells[0]) == "" {
			continue
		}
		if told { // and is no head
			told = false
			continue
		}
		for i, cell := range cells {
			cells[i] = strings.ReplaceAll(cell, string(quotedReturn), "\r")
		}
		if err := visit(Record{Line: line, Cells: cells}); err != nil {
			return err
		}
	}
}

func (t *Table) misread(err error) error {
	if e, ok := errors.AsType[*csv.ParseError](err); ok {
		return &FileError{Name: t.Name, Line: e.StartLine, Reason: e.Err.Error()}
	}
	return fmt.Errorf("read %s: %w", t.Name, err)
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
