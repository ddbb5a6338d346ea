package output

import (
	"bytes"
	"encoding/csv"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/pkg/twwidth"
	"github.com/olekukonko/tablewriter/tw"

	"github.com/scimctl/scimctl/graph/safetext"
)

const gap = "   " // between two columns

// A sheet is an answer as rows of cells.
type sheet struct {
	head    []string
	long    []bool
	rows    [][]string
	upright bool // one row, shown as a line for each cell
}

func (s sheet) writeCSV(w io.Writer, comma rune, raw bool) error {
	c := newCells(w, comma, raw)
	c.head(s.head)
	for _, row := range s.rows {
		c.row(row)
	}
	return c.flush()
}

// A cellWriter writes CSV and TSV. Of its errors the first is kept, and flush
// returns it.
type cellWriter struct {
	to  *csv.Writer
	raw bool
}

func newCells(w io.Writer, comma rune, raw bool) cellWriter {
	to := csv.NewWriter(w)
	to.Comma = comma
	return cellWriter{to, raw}
}

func (c cellWriter) head(names []string) {
	head := make([]string, len(names))
	for i, name := range names {
		head[i] = camel(name)
	}
	c.row(head)
}

func (c cellWriter) row(cells []string) {
	if !c.raw {
		cells = slices.Clone(cells)
		for i, cell := range cells {
			cells[i] = safetext.Cell(cell)
		}
	}
	_ = c.to.Write(cells) // flush returns the error
}

func (c cellWriter) flush() error {
	c.to.Flush()
	return c.to.Error()
}

// camel writes words as JSON names are written.
func camel(words string) string {
	var b strings.Builder
	for i, word := range strings.Fields(words) {
		if i > 0 {
			first, size := utf8.DecodeRuneInString(word)
			word = string(unicode.ToUpper(first)) + word[size:]
		}
		b.WriteString(word)
	}
	return b.String()
}

func (s sheet) writeTable(w io.Writer, p Printer) error {
	if s.upright {
		return render(w, nil, s.lines(), nil)
	}
	return s.writePiece(w, p, true)
}

// writePiece writes rows, below their head if that is wanted. Without rows there
// is nothing at all.
func (s sheet) writePiece(w io.Writer, p Printer, headed bool) error {
	if len(s.rows) == 0 {
		return nil
	}
	rows := make([][]string, len(s.rows))
	var head []string
	for _, name := range s.head {
		if headed {
			head = append(head, safetext.Line(strings.ToUpper(name)))
		}
	}
	for i, row := range s.rows {
		rows[i] = make([]string, len(row))
		for j, cell := range row {
			rows[i][j] = safetext.Line(cell)
		}
	}
	s.fit(rows, p.Width)
	return render(w, head, rows, p.Head)
}

// lines turns the only row on its side and leaves out what is empty.
func (s sheet) lines() [][]string {
	var lines [][]string
	for i, cell := range s.rows[0] {
		if cell != "" {
			lines = append(lines, []string{safetext.Line(s.head[i]), safetext.Line(cell)})
		}
	}
	return lines
}

// fit cuts the cells of long columns so that the table has the width of the
// terminal. Where even that would not do, nothing is cut: it would wrap anyway.
func (s sheet) fit(rows [][]string, width int) {
	const narrowest = 16
	if width == 0 {
		return
	}
	widths, total := s.widths(rows)
	rooms := slices.Clone(widths)
	for i, long := range s.long {
		if long && total > width {
			rooms[i] = min(widths[i], max(narrowest, widths[i]-(total-width)))
			total -= widths[i] - rooms[i]
		}
	}
	if total > width {
		return
	}
	for _, row := range rows {
		for i, room := range rooms {
			if twwidth.Width(row[i]) > room {
				row[i] = twwidth.Truncate(row[i], room-1) + "…"
			}
		}
	}
}

// widths gives the width of each column and of the table.
func (s sheet) widths(rows [][]string) (columns []int, total int) {
	columns = make([]int, len(s.head))
	for i, name := range s.head {
		columns[i] = twwidth.Width(name)
		for _, row := range rows {
			columns[i] = max(columns[i], twwidth.Width(row[i]))
		}
		total += columns[i] + len(gap)
	}
	return columns, total - len(gap)
}

// render writes rows without borders. It trims each line, because tablewriter
// pads the last column too, and paints the head last: tablewriter mends what it
// takes for colour that was left open.
func render(w io.Writer, head []string, rows [][]string, paint func(string) string) error {
	var buffer bytes.Buffer
	t := tablewriter.NewTable(&buffer,
		tablewriter.WithHeaderAlignment(tw.AlignLeft),
		tablewriter.WithRowAlignment(tw.AlignLeft),
		tablewriter.WithHeaderAutoWrap(tw.WrapNone),
		tablewriter.WithRowAutoWrap(tw.WrapNone),
		tablewriter.WithHeaderAutoFormat(tw.Off), // it would turn job_id into JOB ID
		tablewriter.WithPadding(tw.Padding{Right: gap, Overwrite: true}),
		tablewriter.WithRendition(tw.Rendition{
			Borders:  tw.BorderNone,
			Settings: tw.Settings{Lines: tw.LinesNone, Separators: tw.SeparatorsNone},
		}),
	)
	if head != nil {
		t.Header(head)
	}
	if err := t.Bulk(rows); err != nil {
		return err
	}
	if err := t.Render(); err != nil {
		return err
	}
	return trim(w, buffer.String(), head != nil, paint)
}

// trim writes a table without the blanks at the end of its lines.
func trim(w io.Writer, table string, hasHead bool, paint func(string) string) error {
	for line := range strings.Lines(table) {
		line = strings.TrimRight(line, " \n")
		if hasHead && paint != nil {
			line, hasHead = paint(line), false
		}
		if _, err := io.WriteString(w, line+"\n"); err != nil {
			return err
		}
	}
	return nil
}
