package provisioning

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/graph"
)

// Restart has the service evaluate everyone in scope again.
type Restart struct {
	Graph    *graph.Client
	App, Job string // Job as for [FindJob]
	// Scopes say what is forgotten before: Escrows, Watermark, QuarantineState,
	// ConnectorDataStore, Full, ForceDeletes. None of them is the portal's
	// restart, which forgets the first three.
	Scopes  []string
	Confirm Confirm
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
	Name    string
	Meaning string // what is forgotten, or let through
	Warning string // what the documentation warns of; "" when it does not
}

// ResetScopes lists what a restart can forget, or let through. See
// https://learn.microsoft.com/graph/api/resources/synchronization-synchronizationjobrestartcriteria.
func ResetScopes() []ResetScope {
	return []ResetScope{
		{Name: "Watermark", Meaning: "how far the last cycle came: everyone is evaluated again"},
		{Name: "Escrows", Meaning: "failed objects are tried again from scratch"},
		{Name: "QuarantineState", Meaning: "the quarantine is lifted"},
		{Name: "Full", Meaning: "all of these and the links between users and accounts", Warning: "links between users and accounts are dropped and made again by the matching attributes"},
		{Name: "ConnectorDataStore", Meaning: "the links between users and accounts", Warning: "links between users and accounts are dropped; not meant to be used alone"},
		{Name: "ForceDeletes", Meaning: "deletions beyond the threshold go through once", Warning: "deletions beyond the threshold for accidental deletions are let through"},
		{Name: "None", Meaning: "nothing", Warning: "nothing is forgotten; a start does the same"},
	}
}

// Do restarts the job. One that was active is active afterwards.
func (r Restart) Do(ctx context.Context) (Run, error) {
	scope, warnings, err := resetScope(r.Scopes)
	if err != nil {
		return Run{}, err
	}
	t, err := FindJob(ctx, r.Graph, r.App, r.Job)
	if err != nil {
		return Run{}, err
	}
	what := fmt.Sprintf("restart provisioning of %s: everyone in scope is evaluated again", t.App.Name)
	what = strings.Join(append([]string{what}, warnings...), "; ")
	if err := ask(ctx, r.Graph, r.Confirm, known(Risk{What: what, People: t.Job.People()})); err != nil {
		return runOf(t), err
	}
	if err := r.Graph.RestartJob(ctx, t.Ref(), scope); err != nil {
		return runOf(t), err
	}
	lifted := quarantined(t.Job)
	t.Job, err = r.keepActive(ctx, t)
	done := runOf(t)
	done.LiftedQuarantine = lifted && !quarantined(t.Job)
	return done, err
}

// keepActive starts a job that ran before and does not after the restart.
func (r Restart) keepActive(ctx context.Context, t Target) (graph.Job, error) {
	if r.Graph.DryRun() {
		return t.Job, nil
	}
	now, err := r.Graph.GetJob(ctx, t.Ref())
	if err != nil || !t.Job.Running() || now.Running() {
		return now, err
	}
	if err := r.Graph.StartJob(ctx, t.Ref()); err != nil {
		return now, err
	}
	return awaitJob(ctx, r.Graph, t, "provisioning of "+t.App.Name+" is active", graph.Job.Running)
}

// resetScope joins names as Graph writes them. No name is no criteria.
func resetScope(names []string) (scope string, warnings []string, err error) {
	all := ResetScopes()
	var joined []string
	for _, name := range names {
		i := slices.IndexFunc(all, func(s ResetScope) bool { return strings.EqualFold(s.Name, strings.TrimSpace(name)) })
		if i < 0 {
			unknown := &UnknownScopeError{Scope: name}
			for _, s := range all {
				unknown.Known = append(unknown.Known, s.Name)
			}
			return "", nil, unknown
		}
		joined = append(joined, all[i].Name)
		if all[i].Warning != "" {
			warnings = append(warnings, all[i].Warning)
		}
	}
	return strings.Join(joined, ", "), warnings, nil
}
