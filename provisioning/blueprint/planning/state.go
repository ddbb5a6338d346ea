package planning

import (
	"context"
	"errors"
	"sync"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/graph/directory"
	"github.com/scimctl/scimctl/graph/parallel"
	"github.com/scimctl/scimctl/graph/synchronization"
	"github.com/scimctl/scimctl/mappings/schema"
	"github.com/scimctl/scimctl/provisioning"
	"github.com/scimctl/scimctl/provisioning/blueprint"
)

// State is what was read of an application. A section that could not be read is
// among the failed.
type State struct {
	App        applications.App // zero when there is none
	Exists     bool
	template   applications.Template // that it should be made from; zero when none was asked for
	Jobs       []synchronization.Job
	Job        *synchronization.Job // nil when there is none
	Secrets    []synchronization.KeyValue
	Extensions []applications.ExtensionProperty
	Schema     *schema.Schema
	Begins     *schema.Schema // as a job of the template begins, read for prune alone
	rows       []applications.Assignment
	users      map[string]directory.User // by the names in the file
	groups     map[string]directory.Group
	missing    []provisioning.Failure
	tried      error // what the service says of the saved credentials
	wasTried   bool
	signIn     *signIn // once it is resolved, which only applying does

	Mu     sync.Mutex
	Failed map[blueprint.Section]error
}

// Target is the application with its job, which has to be there.
func (k *State) Target() provisioning.Target {
	t := provisioning.Target{App: k.App}
	if k.Job != nil {
		t.Job = *k.Job
	}
	return t
}

// fail notes why sections could not be read. What is more than a refusal, or
// than something that is not as the file says, is an error of the whole.
func (k *State) fail(err error, sections ...blueprint.Section) error {
	if err == nil {
		return nil
	}
	if !IsLocal(err) {
		return err
	}
	k.Mu.Lock()
	defer k.Mu.Unlock()
	for _, section := range sections {
		if k.Failed[section] == nil {
			k.Failed[section] = err
		}
	}
	return nil
}

// IsLocal says whether an error is about a part alone, so that the others can be
// planned nevertheless.
func IsLocal(err error) bool {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return false
	}
	if e, ok := errors.AsType[*graph.Error](err); ok {
		return graph.IsRefusal(err) || e.Status == 404 || e.Status == 400
	}
	_, offline := errors.AsType[*graph.UnreachableError](err)
	_, signedOut := errors.AsType[*graph.SignInError](err)
	return err != nil && !offline && !signedOut
}

// read reads all that the sections of a blueprint are compared with, side by
// side. When there is no application, nothing that belongs to it is asked for.
func (m Make) read(ctx context.Context, b blueprint.Blueprint) (*State, error) {
	k := &State{Failed: map[blueprint.Section]error{}, users: map[string]directory.User{}, groups: map[string]directory.Group{}}
	r := reader{Make: m, b: b, State: k}
	early := r.people // who are found without the application
	if r.wants(blueprint.SectionValues) {
		early = nothing
	}
	if err := parallel.Do(ctx, r.application, r.template, early, r.teams); err != nil {
		return nil, err
	}
	if !k.Exists {
		if r.wants(blueprint.SectionValues) {
			return k, r.people(ctx)
		}
		return k, nil
	}
	return k, parallel.Do(ctx, r.job, r.extensionsAndPeople, r.assignments)
}

// extensionsAndPeople reads the properties before those who have values of them:
// Graph refuses to select one that does not exist.
func (r reader) extensionsAndPeople(ctx context.Context) error {
	if err := r.extensions(ctx); err != nil || !r.wants(blueprint.SectionValues) {
		return err
	}
	return r.people(ctx)
}

func nothing(context.Context) error { return nil }
