package provisioning

import (
	"context"
	"strings"
	"time"

	"github.com/scimctl/scimctl/graph"
)

const (
	// logEvery keeps to the five requests in ten seconds that reports allow.
	logEvery = 15 * time.Second
	// clocksDiffer is by how much this machine's clock may be wrong.
	clocksDiffer = 5 * time.Minute
)

// awaitLogs waits until what was done since then shows in the provisioning
// logs, and notes the ids of the entries. One request looks for all of them.
func awaitLogs(ctx context.Context, client *graph.Client, t Target, since time.Time, results []Result) error {
	open := 0
	for _, r := range results {
		if r.State != "" {
			open++
		}
	}
	if open == 0 { // a rehearsal
		return nil
	}
	query := graph.LogQuery{ServicePrincipalID: t.App.ServicePrincipalID, JobID: t.Job.ID, Since: since.Add(-clocksDiffer)}
	return client.WaitEvery(ctx, logEvery, "the provisioning logs show it", func(ctx context.Context) (bool, error) {
		for entry, err := range client.ProvisioningLogs(ctx, query) {
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
func (r Result) isIn(entry graph.LogEntry, since time.Time) bool {
	if r.ChangeID != "" && strings.EqualFold(r.ChangeID, entry.ChangeID) {
		return true
	}
	earliest := r.Ended.Add(-time.Second) // both are the service's own times
	if r.Ended.IsZero() {
		earliest = since.Add(-time.Minute)
	}
	return strings.EqualFold(r.Source.ID, entry.Source.ID) && !entry.Time.Before(earliest)
}
