package bulk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/scimctl/scimctl/extattr"
	"github.com/scimctl/scimctl/extattr/bulk/tabular"
	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/private"
)

// SetRoles gives very many users the values that an input names.
type SetRoles struct {
	Graph     *graph.Client
	App       string // name or id
	Attribute string // the base attribute of the role; "" is [extattr.DefaultRoleAttribute]
	Input     Input
	Match     Match
	Named     map[string]string // the column for user, role, an environment or an attribute
	Revoke    string            // is written where a cell clears; "" clears
	Most      int               // no more changes than these; 0: any number
	FromStart bool              // an unfinished run of the same input is left aside
	Rejects   string            // the file for rows that fail; "" is one in the run's folder
	Runs      Runs
	Hooks     Hooks
}

// Do reads what the users have, asks, and writes what differs. An unfinished run
// of the same input goes on where it ended. An input that cannot be read is a
// *[tabular.FileError] or *[ColumnError], and a place for the rejects that cannot be
// written a *[RejectsError], both with nothing done; rows that fail do not keep
// the others, and are a *[RowsFailedError] at the end. A run that is cut short
// is a *[CutShortError], and one on an application that has another under way a
// *[BusyError].
func (s SetRoles) Do(ctx context.Context) (Summary, error) {
	if err := s.Input.check(); err != nil {
		return Summary{}, err
	}
	props, err := extattr.ReadProperties(ctx, s.Graph, s.App)
	if err != nil {
		return Summary{}, err
	}
	w := &work{client: s.Graph, runs: s.Runs, hooks: s.Hooks, rejects: s.Rejects, most: s.Most}
	release, err := w.hold(props.App.AppID, props.App.Name)
	if err != nil {
		return Summary{}, err
	}
	defer release()
	c := chart{props: props, base: s.Attribute, named: s.Named, match: s.Match}
	in, err := s.Input.take(ctx, s.Graph, s.Runs.Dir, c)
	if err != nil {
		return Summary{}, err
	}
	defer func() { _ = os.RemoveAll(in.folder) }() // where a run has it, it is not there any more
	l, err := w.read(in.name, in.path(), c, true)
	if err != nil {
		return Summary{}, err
	}
	w.told = Summary{Several: in.several, Nested: in.nested, Passed: l.passed}
	sum, content, err := s.fingerprint(in.path(), props.App.AppID, w.sheet.columns)
	if err != nil {
		return Summary{}, err
	}
	w.run = Run{
		Kind: SetKind, Attribute: s.Attribute, App: props.App.Name, AppID: props.App.AppID, Input: in.name, Fingerprint: sum, Match: in.match,
		Revoke: s.Revoke, Named: namedPairs(s.Named), Columns: w.sheet.columns, Status: Unfinished, InputChecksum: content,
	}
	if err := w.sheet.load(w.table, l, s.Revoke); err != nil {
		return Summary{}, err
	}
	return s.goOn(ctx, w, in)
}

// goOn takes up an unfinished run, or makes another one.
func (s SetRoles) goOn(ctx context.Context, w *work, in spooled) (Summary, error) {
	if !s.FromStart {
		earlier, found, err := s.Runs.unfinished(w.run.Fingerprint)
		if err != nil {
			return Summary{}, err
		}
		if found {
			if err := w.takeUp(earlier); err != nil {
				return Summary{}, err
			}
			return w.carryOut(ctx, in.match)
		}
	}
	w.in = &in
	return w.carryOut(ctx, in.match)
}

// read opens a table and gives the work a sheet for it.
func (w *work) read(name, path string, c chart, roles bool) (layout, error) {
	t, err := tabular.Open(name, path)
	if err != nil {
		return layout{}, err
	}
	l, err := c.layout(t, roles)
	w.table, w.sheet = t, newSheet(l.columns)
	return l, err
}

// fingerprint is the same for the same work; content is the checksum of the
// input alone.
func (s SetRoles) fingerprint(path, appID string, columns []Column) (work, content string, err error) {
	sum := sha256.New()
	fmt.Fprintln(sum, appID, s.Match, s.Revoke, namedPairs(s.Named))
	for _, c := range columns {
		fmt.Fprintln(sum, c.FullName)
	}
	content, err = checksum(path, sum)
	return hex.EncodeToString(sum.Sum(nil)), content, err
}

// checksum is that of a run's input, which also goes to others.
func checksum(path string, others ...io.Writer) (string, error) {
	file, err := private.OpenFile(path, os.O_RDONLY)
	if err != nil {
		return "", err
	}
	defer func() { _ = file.Close() }() // it was only read
	sum := sha256.New()
	_, err = io.Copy(io.MultiWriter(append(others, sum)...), file)
	return "sha256:" + hex.EncodeToString(sum.Sum(nil)), err
}

func namedPairs(named map[string]string) []string {
	pairs := []string{}
	for _, what := range sortedKeys(named) {
		pairs = append(pairs, what+"="+named[what])
	}
	return pairs
}

func pairsNamed(pairs []string) map[string]string {
	named := map[string]string{}
	for _, pair := range pairs {
		what, head, _ := strings.Cut(pair, "=")
		named[what] = head
	}
	return named
}
