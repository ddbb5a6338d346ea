package provisioning

import (
	"context"
	"fmt"
	"strings"

	"github.com/scimctl/scimctl/graph"
)

// allowDeletes lets through what the threshold for accidental deletions holds
// back. That this also lifts the quarantine is not documented; where it does
// not, a start does.
//
// https://learn.microsoft.com/entra/identity/app-provisioning/accidental-deletions
func (r Restart) allowDeletes(ctx context.Context, t Target) (Run, error) {
	q := quarantineOf(t.Job)
	if !q.tooManyDeletes() {
		done := runOf(t)
		done.Already = true
		return done, nil
	}
	if err := ask(ctx, r.Graph, r.Confirm, func() (Risk, error) { return r.heldBack(ctx, t, q) }); err != nil {
		return runOf(t), err
	}
	now, err := r.restart(ctx, t, "ForceDeletes")
	if err != nil || r.Graph.DryRun() || !now.Quarantined() {
		t.Job = now
		done := runOf(t)
		done.LiftedQuarantine = err == nil && !r.Graph.DryRun()
		return done, err
	}
	if err := r.Graph.StartJob(ctx, t.Ref()); err != nil {
		return runOf(t), err
	}
	return started(ctx, r.Graph, t)
}

// mostCounted bounds how far the logs are read for a question.
const mostCounted = 1000

// heldBack says whom it reaches, as the logs of the cycle tell that was held
// back. Whoever may not read them is told no number.
func (r Restart) heldBack(ctx context.Context, t Target, q *Quarantine) (Risk, error) {
	risk := Risk{What: fmt.Sprintf("let the deletions through that the threshold of %s holds back: those accounts are disabled or deleted", t.App.Name)}
	query := graph.LogQuery{ServicePrincipalID: t.App.ServicePrincipalID, JobID: t.Job.ID, Action: "stagedDelete", Since: q.First}
	seen := map[string]bool{}
	for e, err := range r.Graph.ProvisioningLogs(ctx, query) {
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
