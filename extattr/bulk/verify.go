package bulk

import (
	"context"
	"os"

	"github.com/scimctl/scimctl/extattr"
	"github.com/scimctl/scimctl/graph"
)

// VerifyRoles compares what users have with what an input says, and writes
// nothing.
type VerifyRoles struct {
	Graph     *graph.Client
	App       string
	Attribute string
	Input     Input
	Match     Match
	Named     map[string]string
	Revoke    string // is what a cell wants that clears
	Runs      Runs   // where the input lies meanwhile
	Hooks     Hooks
}

// A Difference is a value that is not what the input says, or a row that cannot
// be compared.
type Difference struct {
	Line      int    `json:"line"`
	User      string `json:"user"`
	Attribute string `json:"attribute,omitempty"`
	Want      string `json:"want"`
	Have      string `json:"have"`
	Problem   string `json:"problem,omitempty"`
}

// Do returns what differs, in the order of the input; with differences the
// error is a *[DiffersError].
func (v VerifyRoles) Do(ctx context.Context) (Summary, []Difference, error) {
	w, match, err := (lookUp{v.Graph, v.App, v.Attribute, v.Input, v.Match, v.Named, v.Revoke, v.Runs, true}).do(ctx)
	if err != nil {
		return Summary{}, nil, err
	}
	f := &finder{client: v.Graph, sheet: w.sheet, match: match, seen: v.Hooks.Found}
	if err := f.find(ctx); err != nil {
		return Summary{}, nil, err
	}
	found, problems := []Difference{}, 0
	for i := range w.sheet.rows {
		r := &w.sheet.rows[i]
		if r.state == isProblem {
			problems++
			found = append(found, Difference{Line: int(r.line), User: r.called(), Problem: w.sheet.words[r.reason]})
		}
		if r.state != isOpen {
			continue
		}
		for c, want := range w.sheet.wants(i) {
			if want != leave {
				found = append(found, Difference{
					Line: int(r.line), User: r.called(), Attribute: w.sheet.columns[c].Name,
					Want: w.sheet.words[want], Have: w.sheet.words[w.sheet.has(i)[c]],
				})
			}
		}
	}
	if len(found) > 0 {
		err = &DiffersError{Differences: len(found), Problems: problems}
	}
	return w.summary(), found, err
}

// lookUp reads an input for those who only look.
type lookUp struct {
	client         *graph.Client
	app, attribute string
	input          Input
	match          Match
	named          map[string]string
	revoke         string
	runs           Runs
	roles          bool // there has to be a column of an attribute
}

func (l lookUp) do(ctx context.Context) (*work, Match, error) {
	props, err := extattr.ReadProperties(ctx, l.client, l.app)
	if err != nil {
		return nil, "", err
	}
	c := chart{props: props, base: l.attribute, named: l.named, match: l.match}
	in, err := l.input.take(ctx, l.client, l.runs.Dir, c)
	if err != nil {
		return nil, "", err
	}
	defer func() { _ = os.RemoveAll(in.folder) }() // what stays behind is forgotten after a day
	w := &work{client: l.client, runs: l.runs, run: Run{App: props.App.Name, Input: in.name}}
	out, err := w.read(in.name, in.path(), c, l.roles)
	if err != nil {
		return nil, "", err
	}
	if !l.roles { // all of them, whatever the input names
		picked, err := props.Roles(l.attribute)
		if err != nil {
			return nil, "", err
		}
		w.sheet, out.columns = newSheet(columnsFor(picked)), nil
		out.bare = true
	}
	w.told = Summary{Several: in.several, Nested: in.nested, Passed: out.passed}
	return w, in.match, w.sheet.load(w.table, out, l.revoke)
}

func columnsFor(list []extattr.Extension) []Column {
	columns := make([]Column, len(list))
	for i, e := range list {
		columns[i] = Column{Name: e.Name, FullName: e.FullName, ext: e, at: -1}
	}
	return columns
}
