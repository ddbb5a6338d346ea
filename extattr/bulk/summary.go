package bulk

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/scimctl/scimctl/graph"
)

// mostShown bounds the problems that a summary names; the rejects file has all.
const mostShown = 20

// A Summary is what a run is going to do, or has done.
type Summary struct {
	Run       string    `json:"run,omitempty"` // "" when nothing had to be written
	Resumed   bool      `json:"resumed"`
	App       string    `json:"app"`
	Input     string    `json:"input"`
	Rows      int       `json:"rows"`
	ToChange  int       `json:"toChange"`  // users whom the run was to change when it began, or went on
	Changed   int       `json:"changed"`   // users, confirmed by Graph, also before it went on
	Verified  int       `json:"verified"`  // users whose values were read back, of a large run a sample
	Unchanged int       `json:"unchanged"` // they have it already
	Repeated  int       `json:"repeated"`  // rows that say again what an earlier one says
	LeftAlone int       `json:"leftAlone"` // of an undo: changed by somebody else since
	Failed    int       `json:"failed"`    // rows that cannot be carried out, or were refused
	Changes   []Tally   `json:"changes"`
	Reasons   []Reason  `json:"reasons"`
	Problems  []Problem `json:"problems"` // the first of those that failed
	Several   []Several `json:"several"`
	Nested    []string  `json:"nested"` // groups whose members are not among the rows
	Passed    []string  `json:"passedOver"`
	Clearing  int       `json:"clearing"` // values that are cleared, which no application hears of
	Estimate  Seconds   `json:"estimatedSeconds"`
	Rejects   string    `json:"rejects,omitempty"` // the file of the rows that failed

	UndoneBefore string `json:"undoneBefore,omitempty"` // of an undo: another had done it already

	users []string
	sheet *sheet
}

// Seconds is a time in whole seconds.
type Seconds int

// Duration is the time.
func (s Seconds) Duration() time.Duration { return time.Duration(s) * time.Second }

// Users are the ids of those whom the run has changed.
func (s Summary) Users() []string { return s.users }

// A Change is a value that a run will write.
type Change struct {
	User      string `json:"user"`
	Attribute string `json:"attribute"`
	Old       string `json:"old"`
	New       string `json:"new"`
}

// Planned are the values that a run that has not begun will write, one by one.
func (s Summary) Planned(yield func(Change, error) bool) {
	for i := range s.sheet.rows {
		r := &s.sheet.rows[i]
		if r.state != isOpen {
			continue
		}
		for c, want := range s.sheet.wants(i) {
			if want == leave {
				continue
			}
			change := Change{User: r.called(), Attribute: s.sheet.columns[c].Name, Old: s.sheet.words[s.sheet.has(i)[c]], New: s.sheet.words[want]}
			if !yield(change, nil) {
				return
			}
		}
	}
}

// A Tally counts the users of whom a value becomes another one.
type Tally struct {
	Attribute string `json:"attribute"`
	Old       string `json:"old"`
	New       string `json:"new"`
	Users     int    `json:"users"`
}

// A Reason counts the rows that failed for it.
type Reason struct {
	Reason  string `json:"reason"`
	Rows    int    `json:"rows"`
	Refused bool   `json:"refused"` // by Graph, when it was sent
}

// A Problem is a row that failed.
type Problem struct {
	Line   int    `json:"line"`
	User   string `json:"user"`
	Reason string `json:"reason"`
}

// summarize counts the rows of a sheet by what became of them.
func (s *sheet) summarize() Summary {
	sum := Summary{
		sheet: s,
		Rows:  len(s.rows), Changes: []Tally{}, Reasons: []Reason{}, Problems: []Problem{}, Several: []Several{}, Nested: []string{}, Passed: []string{},
	}
	type reason struct {
		text    string
		refused bool
	}
	reasons := map[reason]int{}
	for i := range s.rows {
		r := &s.rows[i]
		switch r.state {
		case isOpen:
			sum.ToChange++
		case isSame:
			sum.Unchanged++
		case isRepeated:
			sum.Repeated++
		case isWritten:
			sum.Changed++
			sum.users = append(sum.users, r.id)
		case isLeftAlone:
			sum.LeftAlone++
		case isProblem, isRefused:
			sum.Failed++
			text, _, _ := strings.Cut(s.words[r.reason], " (also in line ")
			if reasons[reason{text, r.state == isRefused}]++; len(sum.Problems) < mostShown {
				sum.Problems = append(sum.Problems, Problem{Line: int(r.line), User: r.called(), Reason: s.words[r.reason]})
			}
		}
	}
	for reason, rows := range reasons {
		sum.Reasons = append(sum.Reasons, Reason{reason.text, rows, reason.refused})
	}
	slices.SortStableFunc(sum.Reasons, func(a, b Reason) int { return cmp.Or(b.Rows-a.Rows, strings.Compare(a.Reason, b.Reason)) })
	sum.Changes, sum.Clearing = s.tally()
	return sum
}

// tally counts what open rows are going to replace by what.
func (s *sheet) tally() ([]Tally, int) {
	type change struct {
		column   int
		old, new word
	}
	counts := map[change]int{}
	clearing := 0
	for i := range s.rows {
		if s.rows[i].state != isOpen {
			continue
		}
		for c, w := range s.wants(i) {
			if w != leave {
				counts[change{c, s.has(i)[c], w}]++
			}
			if w == erase {
				clearing++
			}
		}
	}
	tallies := []Tally{}
	for change, users := range counts {
		tallies = append(tallies, Tally{s.columns[change.column].Name, s.words[change.old], s.words[change.new], users})
	}
	slices.SortStableFunc(tallies, func(a, b Tally) int {
		return cmp.Or(strings.Compare(a.Attribute, b.Attribute), b.Users-a.Users, strings.Compare(a.Old, b.Old), strings.Compare(a.New, b.New))
	})
	return tallies, clearing
}

// onTheWay is what a batch takes from here to Graph and back, roughly.
const onTheWay = 300 * time.Millisecond

// estimate is how long Graph's quota makes the writes take, and the way of the
// batches, of which some go side by side.
func estimate(client *graph.Client, writes int) time.Duration {
	if writes == 0 {
		return 0
	}
	batches := (writes + 19) / 20
	return max(client.WriteTime(writes)+time.Second, time.Duration(batches)*onTheWay/8).Round(time.Second)
}

// reasonOf is why Graph refused one row, in words that many rows share.
func reasonOf(err error) string {
	e, ok := errors.AsType[*graph.Error](err)
	if !ok {
		return err.Error()
	}
	switch {
	case e.Status == http.StatusNotFound:
		return "the user is gone (404)"
	case e.Status == http.StatusForbidden:
		return "not permitted (403): the account may be an administrator's, which takes more than User.ReadWrite.All"
	case e.Message == "":
		return strings.TrimSpace(fmt.Sprintf("Graph answered %d %s", e.Status, e.Code))
	}
	return fmt.Sprintf("Graph answered %d %s: %s", e.Status, e.Code, strings.Join(strings.Fields(e.Message), " "))
}
