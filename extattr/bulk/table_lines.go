package bulk

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
func (t *table) header() error {
	err := t.lines(func(r record) error {
		if len(r.cells) > mostColumns {
			return t.tooWide(r.line)
		}
		for _, name := range r.cells {
			t.head = append(t.head, t.text(name))
		}
		return io.EOF
	})
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// eachLine leaves out the head.
func (t *table) eachLine(visit func(record) error) error {
	headed := false
	return t.lines(func(r record) error {
		if !headed {
			headed = true
			return nil
		}
		if len(r.cells) != len(t.head) {
			r.wrong = fmt.Sprintf("has %s, and the head has %d", cellsOf(len(r.cells)), len(t.head))
		}
		for len(r.cells) < len(t.head) {
			r.cells = append(r.cells, "")
		}
		r.cells = r.cells[:len(t.head)]
		return visit(r)
	})
}

// text is what a cell stands for, without the spaces around it. In CSV and TSV
// it is written as [safetext.Cell] has it.
func (t *table) text(cell string) string {
	cell = strings.TrimSpace(cell)
	if t.form.comma == 0 {
		return cell
	}
	return safetext.FromCell(cell)
}

// cell writes what a cell stands for, so that no spreadsheet takes it for a
// formula. That of erasing stays: it is the same with an apostrophe to a
// spreadsheet, and not to [sheet.load].
func (t *table) cell(cell string) string {
	if strings.TrimSpace(cell) == eraseCell {
		return cell
	}
	return safetext.Cell(t.text(cell))
}

func cellsOf(n int) string {
	if n == 1 {
		return "1 cell"
	}
	return fmt.Sprintf("%d cells", n)
}

// lines hands over all lines that are not empty.
func (t *table) lines(visit func(record) error) error {
	f, err := os.Open(t.path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // it was only read
	told := t.told
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
		if told { // and is no head
			told = false
			continue
		}
		for i, cell := range cells {
			cells[i] = strings.ReplaceAll(cell, string(quotedReturn), "\r")
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
