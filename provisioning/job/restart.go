package job

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/auditlogs"
	"github.com/scimctl/scimctl/graph/resume"
	"github.com/scimctl/scimctl/graph/synchronization"
	"github.com/scimctl/scimctl/provisioning"
)

// Restart has the service forget what it knows of a job and begin anew: in
// general, everyone in scope is evaluated again.
type Restart struct {
	Graph    *graph.Client
	App, Job string // Job as for [provisioning.FindJob]
	// Scopes say what is forgotten before: Escrows, Watermark, QuarantineState,
	// ConnectorDataStore, Full, ForceDeletes. None of them is the portal's
	// restart, which forgets the first three.
	Scopes []string
	// AllowDeletes lets the deletions through, once, for which the job is in
	// quarantine: the portal's Allow deletes. Without any it does nothing. It
	// goes without Scopes.
	AllowDeletes bool
	Confirm      provisioning.Confirm // asked when everyone is evaluated again, people are deprovisioned, or the documentation warns
	Notes        resume.Notes         // of jobs that are stopped
}

// An UnknownScopeError is a reset scope that Graph does not have.
type UnknownScopeError struct {
	Scope string
	Known []string
}

func (e *UnknownScopeError) Error() string {
	return fmt.Sprintf("no reset scope %q: it is one of %s", e.Scope, strings.Join(e.Known, ", "))
}

// A ResetScope is one of the things that a restart can forget.
type ResetScope struct {
	Name     string
	Meaning  string // what is forgotten, or let through
	Warning  string // what the documentation warns of; "" when it does not
	Everyone bool   // everyone in scope is evaluated again
}

// ResetScopes lists what a restart can forget, or let through. See
// https://learn.microsoft.com/graph/api/resources/synchronization-synchronizationjobrestartcriteria.
func ResetScopes() []ResetScope {
	return []ResetScope{
		{Name: "Watermark", Everyone: true, Meaning: "how far the last cycle came: everyone is evaluated again"},
		{Name: "Escrows", Meaning: "failed objects are tried again from scratch"},
		{Name: "QuarantineState", Meaning: "the quarantine is lifted"},
		{Name: "Full", Everyone: true, Meaning: "all of these and the links between users and accounts", Warning: "links between users and accounts are dropped and made again by the matching attributes"},
		{Name: "ConnectorDataStore", Meaning: "the links between users and accounts", Warning: "links between users and accounts are dropped; not meant to be used alone"},
		{Name: "ForceDeletes", Meaning: "deletions beyond the threshold go through once", Warning: "deletions beyond the threshold for accidental deletions are let through"},
		{Name: "None", Meaning: "nothing", Warning: "nothing is forgotten; a start does the same"},
	}
}

// Do restarts the job. One that was active is active afterwards.
func (r Restart) Do(ctx context.Context) (Run, error) {
	scopes, err := resetScopes(r.Scopes)
	if err != nil {
		return Run{}, err
	}
	t, err := provisioning.FindJob(ctx, r.Graph, r.App, r.Job)
	if err != nil {
		return Run{}, err
	}
	if r.AllowDeletes {
		return r.allowDeletes(ctx, t)
	}
	if dangers := scopes.dangers(); len(dangers) > 0 {
		what := fmt.Sprintf("restart provisioning of %s: %s", t.App.Name, strings.Join(dangers, "; "))
		if err := provisioning.Ask(ctx, r.Graph, r.Confirm, provisioning.Known(provisioning.Risk{What: what, People: t.Job.People()})); err != nil {
			return runOf(t), err
		}
	}
	lifted := t.Job.Quarantined()
	t.Job, err = r.restart(ctx, t, scopes.String())
	done := runOf(t)
	done.LiftedQuarantine = lifted && !t.Job.Quarantined()
	return done, err
}

// restart restarts the job, and starts it when it ran before and does not after
// the restart.
func (r Restart) restart(ctx context.Context, t provisioning.Target, scope string) (synchronization.Job, error) {
	job := resume.Job{Graph: r.Graph, Notes: r.Notes, App: t.App, Job: t.Job, Name: r.Job, Command: "provision restart"}
	done, err := job.AcrossRestart(ctx, func(ctx context.Context) error { return synchronization.RestartJob(ctx, r.Graph, t.Ref(), scope) })
	switch {
	case err != nil || r.Graph.DryRun():
		return t.Job, err
	case done.Started:
		return awaitJob(ctx, r.Graph, t, "provisioning of "+t.App.Name+" is active", synchronization.Job.Running)
	case t.Job.Running():
		return done.Job, nil
	}
	return synchronization.GetJob(ctx, r.Graph, t.Ref())
}

// scopes are what one restart forgets. None is the portal's restart.
type scopes []ResetScope

// String joins the names as Graph writes them.
func (s scopes) String() string {
	names := make([]string, len(s))
	for i, scope := range s {
		names[i] = scope.Name
	}
	return strings.Join(names, ", ")
}

// dangers are what somebody should agree to: that everyone is evaluated again,
// and what the documentation warns of.
func (s scopes) dangers() []string {
	var dangers []string
	if len(s) == 0 || slices.ContainsFunc(s, func(scope ResetScope) bool { return scope.Everyone }) {
		dangers = append(dangers, "everyone in scope is evaluated again")
	}
	for _, scope := range s {
		if scope.Warning != "" {
			dangers = append(dangers, scope.Warning)
		}
	}
	return dangers
}

// resetScopes finds scopes by name, whatever its case.
func resetScopes(names []string) (scopes, error) {
	all := ResetScopes()
	var found scopes
	for _, name := range names {
		i := slices.IndexFunc(all, func(s ResetScope) bool { return strings.EqualFold(s.Name, strings.TrimSpace(name)) })
		if i < 0 {
			unknown := &UnknownScopeError{Scope: name}
			for _, s := range all {
				unknown.Known = append(unknown.Known, s.Name)
			}
			return nil, unknown
		}
		found = append(found, all[i])
	}
	return found, nil
}

// allowDeletes lets through what the threshold for accidental deletions holds
// back. That this also lifts the quarantine is not documented; where it does
// not, a start does.
//
// https://learn.microsoft.com/entra/identity/app-provisioning/accidental-deletions
func (r Restart) allowDeletes(ctx context.Context, t provisioning.Target) (Run, error) {
	q := QuarantineOf(t.Job)
	if !q.tooManyDeletes() {
		done := runOf(t)
		done.Already = true
		return done, nil
	}
	if err := provisioning.Ask(ctx, r.Graph, r.Confirm, func() (provisioning.Risk, error) { return r.heldBack(ctx, t, q) }); err != nil {
		return runOf(t), err
	}
	now, err := r.restart(ctx, t, "ForceDeletes")
	if err != nil || r.Graph.DryRun() || !now.Quarantined() {
		t.Job = now
		done := runOf(t)
		done.LiftedQuarantine = err == nil && !r.Graph.DryRun()
		return done, err
	}
	if err := synchronization.StartJob(ctx, r.Graph, t.Ref()); err != nil {
		return runOf(t), err
	}
	return started(ctx, r.Graph, t)
}

// mostCounted bounds how far the logs are read for a question.
const mostCounted = 1000

// heldBack says whom it reaches, as the logs of the cycle tell that was held
// back. Whoever may not read them is told no number.
func (r Restart) heldBack(ctx context.Context, t provisioning.Target, q *Quarantine) (provisioning.Risk, error) {
	risk := provisioning.Risk{What: fmt.Sprintf("let the deletions through that the threshold of %s holds back: those accounts are disabled or deleted", t.App.Name)}
	query := auditlogs.Query{ServicePrincipalID: t.App.ServicePrincipalID, JobID: t.Job.ID, Action: "stagedDelete", Since: q.First}
	seen := map[string]bool{}
	for e, err := range auditlogs.List(ctx, r.Graph, query) {
		if graph.IsRefusal(err) || len(seen) == mostCounted {
			break
		}
		if err != nil {
			return risk, err
		}
		if strings.EqualFold(e.Action, "stagedDelete") && !e.Time.Before(q.First) {
			seen[e.Source.ID] = true
		}
	}
	risk.People = len(seen)
	return risk, nil
}
