package bulk

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"

	"github.com/scimctl/scimctl/extattr"
	"github.com/scimctl/scimctl/graph"
)

// Undo puts back what a run has replaced, where it is still what the run wrote.
// It is a run itself: it can go on where it was cut short, and be undone.
type Undo struct {
	Graph   *graph.Client
	Run     string // the id of the run that is taken back
	Most    int    // no more changes than these; 0: any number
	Rejects string // the file for users who fail; "" is one in the run's folder
	Runs    Runs
	Hooks   Hooks
}

// Do reads what the users of the run have now, asks, and puts back the values
// from before. What somebody has changed since is left alone. Of a run that is
// undone already nothing is asked.
func (u Undo) Do(ctx context.Context) (Summary, error) {
	of, err := u.Runs.read(u.Run)
	if err != nil {
		return Summary{}, err
	}
	if u.isUndone(of) {
		sum := newSheet(nil).summarize()
		sum.App, sum.Input, sum.UndoneBefore = of.App, "undo of "+of.ID, of.Undone
		return sum, nil
	}
	props, err := extattr.ReadProperties(ctx, u.Graph, of.AppID)
	if err != nil {
		return Summary{}, err
	}
	w := &work{client: u.Graph, runs: u.Runs, hooks: u.Hooks, rejects: u.Rejects, most: u.Most}
	release, err := w.hold(of.AppID, of.App)
	if err != nil {
		return Summary{}, err
	}
	defer release()
	if of, err = u.Runs.Get(of.ID); err != nil { // it may have been under way until now
		return Summary{}, err
	}
	columns := slices.Clone(of.Columns)
	for i := range columns {
		if columns[i].ext, err = props.Find(columns[i].FullName); err != nil {
			return Summary{}, err
		}
	}
	w.run = Run{
		Kind: UndoKind, Of: of.ID, App: of.App, AppID: of.AppID, Attribute: of.Attribute, Input: "undo of " + of.ID,
		Match: MatchID, Columns: columns, Status: Unfinished,
	}
	if w.sheet, err = u.Runs.backwards(of, columns); err != nil {
		return Summary{}, err
	}
	w.run.Fingerprint = w.sheet.undoing(of.ID)
	earlier, found, err := u.Runs.unfinished(w.run.Fingerprint)
	if err == nil && found {
		err = w.takeUp(earlier)
	}
	if err != nil {
		return Summary{}, err
	}
	sum, err := w.carryOut(ctx, MatchID)
	if err == nil && w.run.Status == Finished && w.run.ID != "" && !u.Graph.DryRun() {
		of.Undone = w.run.ID
		err = u.Runs.save(of)
	}
	return sum, err
}

// isUndone tells whether a run is taken back already, by one that was not taken
// back itself.
func (u Undo) isUndone(of Run) bool {
	if of.Undone == "" {
		return false
	}
	by, err := u.Runs.read(of.Undone)
	return err == nil && by.Undone == ""
}

// backwards is the sheet that takes a run back.
func (r Runs) backwards(of Run, columns []Column) (*sheet, error) {
	p, err := r.past(of.ID)
	if err != nil {
		return nil, err
	}
	rows := make([]int, 0, len(p.planned))
	for i := range p.planned {
		if p.written[i] || p.mayHaveLanded(i) {
			rows = append(rows, i)
		}
	}
	slices.Sort(rows)
	s := newSheet(columns)
	for _, i := range rows {
		s.back(p.planned[i])
	}
	return s, nil
}

// undoing is the fingerprint of an undo: when its run has gone on meanwhile, it
// has other rows, and is another one.
func (s *sheet) undoing(id string) string {
	sum := sha256.New()
	for _, r := range s.rows {
		fmt.Fprintln(sum, r.line, r.key)
	}
	return fmt.Sprintf("undo of %s, %x", id, sum.Sum(nil))
}

// back adds the row that takes a planned one back.
func (s *sheet) back(p planned) {
	want := make([]word, len(s.columns))
	for c, column := range s.columns {
		before, changed := p.Old[column.Name]
		expected := leave
		if changed {
			if want[c] = s.note(before); before == "" {
				want[c] = erase
			}
			expected = s.note(p.New[column.Name])
		}
		s.expect = append(s.expect, expected)
	}
	s.add(row{line: int32(p.Row + 1), key: p.ID, name: p.User}, want)
}
