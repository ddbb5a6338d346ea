package apps

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/graph/parallel"
	"github.com/scimctl/scimctl/graph/synchronization"
	"github.com/scimctl/scimctl/provisioning"
	"github.com/scimctl/scimctl/provisioning/credentials"
	"github.com/scimctl/scimctl/provisioning/job"
)

// Inventory lists the provisioning of a whole tenant. It changes nothing.
type Inventory struct {
	Graph    *graph.Client
	Search   string                // part of the application's name, in any case; "" for all
	States   []job.State           // only jobs in one of these; none for all
	Owners   bool                  // reads who owns the service principal too
	Progress func(read, total int) // told of each application that was read; may be nil, and is called by one at a time
}

// A Provisioned is one provisioning job with what its application is set to.
type Provisioned struct {
	provisioning.App
	Job         job.View             `json:"job"`
	Running     bool                 `json:"running"` // the service runs its cycles
	LastRun     time.Time            `json:"lastRun,omitzero"`
	LastResult  string               `json:"lastResult,omitempty"` // Succeeded, Failed, EntryLevelErrors
	LastSuccess time.Time            `json:"lastSuccess,omitzero"`
	Quarantine  *job.Quarantine      `json:"quarantine,omitempty"`
	People      int                  `json:"people"` // users that the job keeps in the application
	Settings    credentials.Settings `json:"settings"`
	Owners      []Owner              `json:"owners,omitempty"`
}

// States are all states of a job, as [Inventory] takes them.
func States() []job.State {
	return []job.State{job.StateStopped, job.StateNotRunYet, job.StateInitialCycle, job.StateHealthy, job.StateErrors, job.StateQuarantine}
}

// Do returns a row for each job, sorted by the application's name. It asks once
// for 999 service principals, and of each application that can have a job once
// for its jobs; of those that have one, once for its settings and, with Owners,
// once for its owners. Eight applications are read at a time.
//
// Applications that cannot be read are named in a [*provisioning.PartialError], which comes
// with the rows of the others. When none of them can be read for the same
// reason, the error is that alone.
func (i Inventory) Do(ctx context.Context) ([]Provisioned, error) {
	if err := i.check(); err != nil {
		return nil, err
	}
	apps, err := applications.Provisionable(ctx, i.Graph)
	if err != nil {
		return nil, err
	}
	apps = slices.DeleteFunc(apps, func(app applications.App) bool {
		return !strings.Contains(strings.ToLower(app.Name), strings.ToLower(i.Search))
	})
	count := &counter{tell: i.Progress, total: len(apps)}
	found, err := parallel.Map(ctx, apps, func(ctx context.Context, app applications.App) (inventoried, error) {
		rows, err := i.read(ctx, app)
		count.one()
		return inventoried{app, rows, err}, ctx.Err()
	})
	if err != nil {
		return nil, err
	}
	return gathered(found)
}

func (i Inventory) check() error {
	for _, state := range i.States {
		if !slices.Contains(States(), state) {
			return &UnknownStateError{State: string(state)}
		}
	}
	return nil
}

// An UnknownStateError names a state that no job can have.
type UnknownStateError struct{ State string }

func (e *UnknownStateError) Error() string {
	names := []string{}
	for _, state := range States() {
		names = append(names, string(state))
	}
	return fmt.Sprintf("a job is never %q, but %s", e.State, strings.Join(names, ", "))
}

// read makes the rows of one application: none when it has no job that is
// wanted. One that was not made from a template is unknown to the provisioning
// service, which answers as if it did not exist.
func (i Inventory) read(ctx context.Context, app applications.App) ([]Provisioned, error) {
	jobs, err := synchronization.ListJobs(ctx, i.Graph, app.ServicePrincipalID)
	if app.TemplateID == "" && graph.IsNotReady(err) {
		return nil, nil
	}
	jobs = slices.DeleteFunc(jobs, func(found synchronization.Job) bool {
		return len(i.States) > 0 && !slices.Contains(i.States, job.StateOf(found))
	})
	if err != nil || len(jobs) == 0 {
		return nil, err
	}
	var saved credentials.Secrets
	var owners []Owner
	err = parallel.Do(ctx,
		func(ctx context.Context) (err error) {
			saved, err = synchronization.Secrets(ctx, i.Graph, app.ServicePrincipalID)
			return err
		},
		func(ctx context.Context) (err error) { owners, err = i.owners(ctx, app); return err },
	)
	rows := make([]Provisioned, len(jobs))
	for n, job := range jobs {
		rows[n] = inventoryRow(app, job, saved.Settings(), owners)
	}
	return rows, err
}

func (i Inventory) owners(ctx context.Context, app applications.App) ([]Owner, error) {
	if !i.Owners {
		return nil, nil
	}
	found, err := applications.OwnersOfServicePrincipal(ctx, i.Graph, app.ServicePrincipalID)
	return ownersView(nil, found), err
}

func inventoryRow(app applications.App, found synchronization.Job, settings credentials.Settings, owners []Owner) Provisioned {
	row := Provisioned{
		App: provisioning.Describe(app), Job: job.ViewOf(found), Running: found.Running(), Quarantine: job.QuarantineOf(found),
		People: found.People(), Settings: settings, Owners: owners,
	}
	if cycle := job.LastCycle(found.Status.LastExecution); cycle != nil {
		row.LastRun, row.LastResult = cycle.Ended, cycle.Result
	}
	if last := found.Status.LastSuccessfulExecution; last != nil {
		row.LastSuccess = last.TimeEnded
	}
	return row
}

// inventoried is what came of one application.
type inventoried struct {
	app  applications.App
	rows []Provisioned
	err  error
}

func gathered(found []inventoried) ([]Provisioned, error) {
	rows := []Provisioned{}
	var failed []provisioning.Failure
	for _, one := range found {
		if one.err != nil {
			failed = append(failed, provisioning.Failure{Name: one.app.Name, Err: one.err})
			continue
		}
		rows = append(rows, one.rows...)
	}
	switch {
	case len(failed) == 0:
		return rows, nil
	case len(failed) == len(found) && sameReason(failed):
		return nil, failed[0].Err
	}
	return rows, &provisioning.PartialError{Failed: failed, Total: len(found)}
}

// sameReason reports whether all failed for one reason, such as a permission.
func sameReason(failed []provisioning.Failure) bool {
	reason := func(f provisioning.Failure) string {
		if e, ok := errors.AsType[*graph.Error](f.Err); ok {
			return fmt.Sprint(e.Status, e.Code, e.Op.Name)
		}
		return f.Err.Error()
	}
	return !slices.ContainsFunc(failed, func(f provisioning.Failure) bool { return reason(f) != reason(failed[0]) })
}

// A counter tells how many of a list are done, one call at a time.
type counter struct {
	mu          sync.Mutex
	done, total int
	tell        func(done, total int)
}

func (c *counter) one() {
	if c.tell == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.done++
	c.tell(c.done, c.total)
}
