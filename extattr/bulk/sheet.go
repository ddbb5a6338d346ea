package bulk

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/scimctl/scimctl/extattr"
	"github.com/scimctl/scimctl/extattr/bulk/tabular"
)

// word stands for a text that many rows have: a role.
type word uint32

const (
	leave word = iota // nothing is asked for; of a present value: none
	erase             // the value is to be taken away
)

// longestName is beyond every user principal name and mail address.
const longestName = 320

// state is what became of a row.
type state uint8

const (
	isOpen      state = iota
	isSame            // nothing to write
	isRepeated        // an earlier row says the same of the same user
	isProblem         // cannot be carried out: see reason
	isWritten         // confirmed by Graph
	isRefused         // by Graph: see reason
	isLeftAlone       // of an undo: somebody has changed it since
)

// A row is one user of a run. There may be very many of them.
type row struct {
	line   int32 // of the input
	state  state
	rank   rank
	reason word
	key    string // as the input names the user
	id     string // object id; "" while not known
	name   string // user principal name; "" while not known
}

// rank is by what a user was found.
type rank uint8

const (
	byNothing rank = iota
	byMail
	bySeveral // more than one has the mail address
	byName    // which nobody else can have
)

// A sheet holds what is to be done, row by row, and the values that are there.
type sheet struct {
	columns []Column
	rows    []row
	want    []word // of all rows, one word for each column
	have    []word // what a row replaces
	expect  []word // of an undo: what has to be there; else nil
	words   []string
	known   map[string]word
	parsed  map[parsing]parsedValue
}

type parsing struct {
	column int
	word   word
}

type parsedValue struct {
	value  any
	reason string
}

func newSheet(columns []Column) *sheet {
	return &sheet{columns: columns, words: []string{"", ""}, known: map[string]word{}, parsed: map[parsing]parsedValue{}}
}

// note gives the word for a text.
func (s *sheet) note(text string) word {
	if text == "" {
		return leave
	}
	w, ok := s.known[text]
	if !ok {
		text = strings.Clone(text)
		w = word(len(s.words))
		s.words, s.known[text] = append(s.words, text), w
	}
	return w
}

func (s *sheet) add(r row, want []word) {
	s.rows = append(s.rows, r)
	s.want = append(s.want, want...)
	for range want {
		s.have = append(s.have, leave)
	}
}

func (s *sheet) wants(i int) []word { return s.want[i*len(s.columns) : (i+1)*len(s.columns)] }

func (s *sheet) has(i int) []word { return s.have[i*len(s.columns) : (i+1)*len(s.columns)] }

// value is what a word is to Graph; nil clears.
func (s *sheet) value(column int, w word) (any, string) {
	if w == erase || w == leave {
		return nil, ""
	}
	key := parsing{column, w}
	p, ok := s.parsed[key]
	if !ok {
		p.value, p.reason = s.columns[column].ext.Parse(s.words[w])
		s.parsed[key] = p
	}
	return p.value, p.reason
}

// fail makes a row one that cannot be carried out.
func (s *sheet) fail(i int, format string, args ...any) {
	s.rows[i].state, s.rows[i].reason = isProblem, s.note(fmt.Sprintf(format, args...))
}

// load reads the rows of a table. Of one that cannot be, the problem is noted.
func (s *sheet) load(t *tabular.Table, l layout, revoke string) error {
	want := make([]word, len(s.columns))
	return t.Each(func(r tabular.Record) error {
		key, wrong := nameOf(t, r, l.user)
		for c, column := range s.columns {
			if l.bare {
				break
			}
			var reason string
			want[c], reason = s.cell(t, c, r.Cells[column.at], revoke)
			if reason != "" && wrong == "" {
				wrong = column.Name + ": " + reason
			}
		}
		s.add(row{line: int32(r.Line), key: strings.Clone(key)}, want)
		if wrong != "" {
			s.fail(len(s.rows)-1, "%s", wrong)
		}
		return nil
	})
}

func nameOf(t *tabular.Table, r tabular.Record, user int) (name, wrong string) {
	name = t.Text(r.Cells[user])
	switch {
	case r.Wrong != "":
		wrong = r.Wrong
	case name == "":
		wrong = "names no user"
	case len(name) > longestName:
		return name[:40] + "…", fmt.Sprintf("no user has a name of %d characters", utf8.RuneCountInString(name))
	}
	if len(name) > longestName {
		name = name[:40] + "…"
	}
	return strings.ToValidUTF8(name, ""), wrong
}

// cell reads what a cell wants of its attribute.
func (s *sheet) cell(t *tabular.Table, column int, text, revoke string) (word, string) {
	erases := strings.TrimSpace(text) == tabular.Erase
	text = t.Text(text)
	switch {
	case text == "":
		return leave, ""
	case erases && revoke == "":
		return erase, ""
	case erases:
		text = revoke
	case len(text) > 4*256: // which no value is, and no word should be
		return leave, fmt.Sprintf("it has %d characters, and 256 is the most", utf8.RuneCountInString(text))
	}
	w := s.note(text)
	if _, reason := s.value(column, w); reason != "" {
		return leave, reason
	}
	return w, ""
}

// keep notes what the user of a row has.
func (s *sheet) keep(i int, values map[string]any) {
	have := s.has(i)
	for c, column := range s.columns {
		have[c] = s.note(extattr.Text(values[column.FullName]))
	}
}

// compare leaves of a row what differs.
func (s *sheet) compare(i int) {
	want, have := s.wants(i), s.has(i)
	for c, w := range want {
		if w == leave {
			continue
		}
		if s.holds(c, w, have[c]) {
			want[c] = leave
		} else if s.expect != nil && !s.holds(c, s.expect[i*len(s.columns)+c], have[c]) {
			want[c], s.rows[i].state = leave, isLeftAlone
		}
	}
	switch {
	case s.changes(i):
		s.rows[i].state = isOpen
	case s.rows[i].state == isOpen:
		s.rows[i].state = isSame
	}
}

// holds tells whether a value is what a word wants.
func (s *sheet) holds(column int, w, present word) bool {
	if w == erase || w == leave {
		return present == leave
	}
	value, _ := s.value(column, w)
	return extattr.Same(s.words[present], value)
}

// changes tells whether a row has anything to write.
func (s *sheet) changes(i int) bool {
	for _, w := range s.wants(i) {
		if w != leave {
			return true
		}
	}
	return false
}

// open are the rows that are going to be written.
func (s *sheet) open() (rows []int) {
	for i := range s.rows {
		if s.rows[i].state == isOpen {
			rows = append(rows, i)
		}
	}
	return rows
}

// patch is what a row writes, by full names.
func (s *sheet) patch(i int) map[string]any {
	values := map[string]any{}
	for c, w := range s.wants(i) {
		if w != leave {
			values[s.columns[c].FullName], _ = s.value(c, w)
		}
	}
	return values
}

// called is how a row is shown: by user principal name once that is known.
func (r row) called() string {
	if r.name != "" {
		return r.name
	}
	return r.key
}
