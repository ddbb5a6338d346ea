package bulk

import (
	"context"
	"path/filepath"
	"slices"

	"github.com/scimctl/scimctl/extattr"
	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/private/sealed"
)

// Resume goes on with a run that was cut short, from the copy of its input.
type Resume struct {
	Graph   *graph.Client
	Run     string
	Most    int
	Rejects string
	Runs    Runs
	Hooks   Hooks
}

// Do goes on. A run that is finished is a *[RunError].
func (r Resume) Do(ctx context.Context) (Summary, error) {
	run, err := r.Runs.read(r.Run)
	if err != nil {
		return Summary{}, err
	}
	if run.Status == Finished {
		return Summary{}, alreadyFinished(run.ID)
	}
	if run.Kind == UndoKind {
		return Undo{Graph: r.Graph, Run: run.Of, Most: r.Most, Rejects: r.Rejects, Runs: r.Runs, Hooks: r.Hooks}.Do(ctx)
	}
	props, err := extattr.ReadProperties(ctx, r.Graph, run.AppID)
	if err != nil {
		return Summary{}, err
	}
	w := &work{client: r.Graph, runs: r.Runs, run: run, hooks: r.Hooks, rejects: r.Rejects, most: r.Most}
	release, err := w.hold(run.AppID, run.App)
	if err != nil {
		return Summary{}, err
	}
	defer release()
	if w.run, err = r.Runs.Get(run.ID); err != nil { // somebody may have gone on with it meanwhile
		return Summary{}, err
	}
	if w.run.Status == Finished {
		return Summary{}, alreadyFinished(run.ID)
	}
	if err := r.Runs.checkInput(w.run); err != nil {
		return Summary{}, err
	}
	c := chart{props: props, base: run.Attribute, named: pairsNamed(run.Named), match: run.Match}
	l, err := w.read(run.Input, filepath.Join(r.Runs.folder(run.ID), inputFile), c, true)
	if err != nil {
		return Summary{}, err
	}
	if !slices.EqualFunc(l.columns, run.Columns, func(a, b Column) bool { return a.FullName == b.FullName }) {
		return Summary{}, &RunError{Run: run.ID, Reason: "is about other attributes than its application has now"}
	}
	if err := w.sheet.load(w.table, l, run.Revoke); err != nil {
		return Summary{}, err
	}
	if err := w.recall(); err != nil {
		return Summary{}, err
	}
	return w.carryOut(ctx, run.Match)
}

func alreadyFinished(id string) error {
	return &RunError{Run: id, Reason: "is finished: there is nothing to go on with"}
}

// checkInput refuses a copy of the input that is not as the run began with it.
func (r Runs) checkInput(run Run) error {
	path := filepath.Join(r.folder(run.ID), inputFile)
	sum, err := checksum(path)
	if err == nil && run.InputChecksum != sum && run.APIVersion != runWithout {
		err = &sealed.DamagedError{Path: path, Kind: runKind().Name, Reason: "its content does not match its checksum"}
	}
	if err != nil {
		return r.unreadable(run.ID, err)
	}
	return nil
}
