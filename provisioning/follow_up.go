package provisioning

import (
	"context"
	"time"

	"github.com/scimctl/scimctl/graph"
)

// FollowUp provisions users whose attributes have changed, or leaves them to
// the next cycle when that comes sooner.
type FollowUp struct {
	Graph    *graph.Client
	App, Job string   // Job as for [FindJob]
	Users    []string // object ids
	Progress func(user string, done, total int)
}

// Followed is what came of it.
type Followed struct {
	Results   []Result
	Left      int           // users who are left to the next cycle: all or none
	NextCycle time.Time     // about then
	Needs     time.Duration // what one after the other would take
}

// The service takes five requests in ten seconds, a user in each:
// https://learn.microsoft.com/graph/api/synchronization-synchronizationjob-provisionondemand.
const onDemandEach = 2 * time.Second

// Do provisions them one after the other. Those who fail are an error as of
// [OnDemandMany].
func (f FollowUp) Do(ctx context.Context) (Followed, error) {
	report, err := Status{Graph: f.Graph, App: f.App, Job: f.Job}.Do(ctx)
	if err != nil {
		return Followed{}, err
	}
	done := Followed{Results: []Result{}, NextCycle: report.NextCycle, Needs: time.Duration(len(f.Users)) * onDemandEach}
	if left := time.Until(report.NextCycle); report.Running && !report.NextCycle.IsZero() && left < done.Needs {
		done.Left = len(f.Users)
		return done, nil
	}
	done.Results, err = OnDemandMany{Graph: f.Graph, App: f.App, Job: f.Job, Users: f.Users, Progress: f.Progress}.Do(ctx)
	return done, err
}
