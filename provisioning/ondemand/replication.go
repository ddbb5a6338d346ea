package ondemand

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/auditlogs"
	"github.com/scimctl/scimctl/provisioning"
	"github.com/scimctl/scimctl/provisioning/credentials"
	"github.com/scimctl/scimctl/provisioning/evaluate"
)

const (
	// logEvery keeps to the five requests in ten seconds that reports allow.
	logEvery = 15 * time.Second
	// clocksDiffer is by how much this machine's clock may be wrong.
	clocksDiffer = 5 * time.Minute
)

// awaitLogs waits until what was done since then shows in the provisioning
// logs, and notes the ids of the entries. One request looks for all of them.
func awaitLogs(ctx context.Context, client *graph.Client, t provisioning.Target, since time.Time, results []Result) error {
	open := 0
	for _, r := range results {
		if r.State != "" {
			open++
		}
	}
	if open == 0 { // a rehearsal
		return nil
	}
	query := auditlogs.Query{ServicePrincipalID: t.App.ServicePrincipalID, JobID: t.Job.ID, Since: since.Add(-clocksDiffer)}
	return client.WaitEvery(ctx, logEvery, "the provisioning logs show it", func(ctx context.Context) (bool, error) {
		for entry, err := range auditlogs.List(ctx, client, query) {
			if err != nil {
				return false, err
			}
			for i := range results {
				if results[i].LogID == "" && results[i].State != "" && results[i].isIn(entry, since) {
					results[i].LogID = entry.ID
					open--
				}
			}
			if open == 0 {
				return true, nil
			}
		}
		return false, nil
	})
}

// isIn reports whether an entry of the logs tells of this result: it has the
// same change, or is about the same user or group and not older. That the former
// is so is not documented, and some answers do not name their change.
func (r Result) isIn(entry auditlogs.Entry, since time.Time) bool {
	if r.ChangeID != "" && strings.EqualFold(r.ChangeID, entry.ChangeID) {
		return true
	}
	earliest := r.Ended.Add(-time.Second) // both are the service's own times
	if r.Ended.IsZero() {
		earliest = since.Add(-time.Minute)
	}
	return strings.EqualFold(r.Source.ID, entry.Source.ID) && !entry.Time.Before(earliest)
}

// untilCurrent asks the service again while it works on older data than Graph
// has.
func (p *person) untilCurrent(ctx context.Context, result Result) (Result, error) {
	what, err := p.behind(ctx, &result)
	if what == "" || err != nil {
		return result, err
	}
	first := true
	err = p.Graph.Wait(ctx, what, func(ctx context.Context) (bool, error) {
		if first { // the answer that is there already
			first = false
			return false, nil
		}
		again, err := p.run(ctx)
		if err != nil {
			return false, err
		}
		what, err := p.behind(ctx, &again)
		result = again.after(result)
		return what == "", err
	})
	return result, err
}

// behind says what the service does not see yet, and "" when it is up to date.
func (p *person) behind(ctx context.Context, r *Result) (string, error) {
	if r.State == Failed {
		return "", nil
	}
	name, app := p.user.UserPrincipalName, p.target.App.Name
	if attribute := evaluate.Stale(r.imported(), p.user, p.mapped.sources); attribute != "" {
		return fmt.Sprintf("the provisioning service sees %s of %s as it is now", evaluate.ShortName(attribute), name), nil
	}
	if r.unassigned() {
		if r.Assigned && p.user.AccountEnabled { // a disabled one may be called not entitled as well
			return fmt.Sprintf("the provisioning service sees the assignment of %s to %s", name, app), nil
		}
		return "", nil
	}
	return p.stillAssigned(ctx, r)
}

// stillAssigned finds out whether the service still sees an assignment that
// Graph has no more. With the scope "all" there need not be one.
func (p *person) stillAssigned(ctx context.Context, r *Result) (string, error) {
	if r.Assigned || len(r.Steps) == 0 || !r.provisioned() || r.deprovisioned() ||
		p.Expect != ExpectDefault && p.Expect != ExpectDeprovisioned {
		return "", nil
	}
	current, err := credentials.ReadSecrets(ctx, p.Graph, p.target.App)
	if err != nil || current.Scope() == credentials.ScopeAll {
		r.Assigned = current.Scope() == credentials.ScopeAll
		return "", err
	}
	return fmt.Sprintf("the provisioning service sees that %s is no longer assigned to %s", p.user.UserPrincipalName, p.target.App.Name), nil
}
