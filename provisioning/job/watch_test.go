package job_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/provisioning/internal/tenanttest"
	"github.com/scimctl/scimctl/provisioning/job"
)

// looks has the job answer one status after the other, the last one for good,
// and notes when each was asked for.
func looks(t *tenanttest.Tenant, times *[]time.Duration, answers ...http.HandlerFunc) {
	began := time.Now()
	t.Answer("GET scim.1111.2222", func(w http.ResponseWriter, r *http.Request) {
		n := len(*times)
		*times = append(*times, time.Since(began))
		answers[min(n, len(answers)-1)](w, r)
	})
}

func cycleEnded(at string) map[string]any {
	return map[string]any{
		"lastExecution":                map[string]any{"state": "Succeeded", "timeEnded": at},
		"steadyStateFirstAchievedTime": "2026-02-01T00:00:00Z",
	}
}

func TestWatchingLooksLessOftenWhileNothingChanges(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tenant := tenanttest.NewTenant(t)
		before, after := cycleEnded("2026-03-01T10:05:00Z"), cycleEnded("2026-03-01T10:45:00Z")
		tenant.ShowsJob("Active", "Active", before)
		same := tenanttest.With(200, tenanttest.JobAnswer("Active", "Active", before))
		moved := tenanttest.With(200, tenanttest.JobAnswer("Active", "Active", map[string]any{"lastExecution": before["lastExecution"], "steadyStateFirstAchievedTime": "2026-02-01T00:00:00Z", "progress": []any{map[string]any{"units": "users", "totalUnits": 9, "completedUnits": 1}}}))
		var looked []time.Duration
		looks(tenant, &looked, same, same, same, same, moved, tenanttest.With(200, tenanttest.JobAnswer("Active", "Active", after)))
		var told []string
		last, err := job.Watch{
			Status: job.Status{Graph: tenant.Client, App: "Workato"}, Until: job.UntilCycle, Every: time.Second,
			Tell: func(r job.Report) { told = append(told, r.LastCycle.Ended.Format(time.TimeOnly)) },
		}.Do(t.Context())
		if err != nil || last.LastCycle.Ended.Minute() != 45 {
			t.Errorf("%+v, %v", last.LastCycle, err)
		}
		s := time.Second
		if diff := cmp.Diff([]time.Duration{15 * s, 45 * s, 105 * s, 165 * s, 225 * s, 240 * s}, looked); diff != "" {
			t.Errorf("looked (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]string{"10:05:00", "10:05:00", "10:45:00"}, told); diff != "" {
			t.Errorf("told (-want +got):\n%s", diff)
		}
	})
}

func TestWhatEndsWatching(t *testing.T) {
	t.Parallel()
	working := map[string]any{"lastExecution": tenanttest.PlaceholderExecution, "progress": []any{map[string]any{"units": "users", "totalUnits": 1000, "completedUnits": 400}}}
	failing := map[string]any{"lastExecution": map[string]any{"state": "EntryLevelErrors", "timeEnded": "2026-03-01T10:45:00Z"}, "steadyStateFirstAchievedTime": "2026-03-01T10:45:00Z"}
	held := map[string]any{"quarantine": tenanttest.QuarantineAnswer, "lastExecution": tenanttest.EndedExecution}
	for name, c := range map[string]struct {
		until         job.Until
		state, code   string
		first, second map[string]any
		looks         int
		err           string // how the error begins
	}{
		"idle, stopped":               {job.UntilIdle, "Disabled", "Paused", nil, nil, 0, ""},
		"idle, healthy":               {job.UntilIdle, "Active", "Active", cycleEnded("2026-03-01T10:05:00Z"), nil, 0, ""},
		"idle, quarantine":            {job.UntilIdle, "Active", "Quarantine", held, nil, 0, ""},
		"idle, in the initial cycle":  {job.UntilIdle, "Active", "Active", working, cycleEnded("2026-03-01T10:45:00Z"), 1, ""},
		"idle, just started":          {job.UntilIdle, "Active", "NotRun", map[string]any{"lastExecution": tenanttest.PlaceholderExecution}, failing, 1, ""},
		"healthy, after failures":     {job.UntilHealthy, "Active", "Active", failing, cycleEnded("2026-03-01T11:25:00Z"), 1, ""},
		"healthy, quarantine":         {job.UntilHealthy, "Active", "Quarantine", held, nil, 0, "provisioning of Workato is in quarantine"},
		"healthy, ends in quarantine": {job.UntilHealthy, "Active", "Active", working, held, 1, "provisioning of Workato is in quarantine"},
		"healthy, stopped":            {job.UntilHealthy, "Disabled", "Paused", nil, nil, 0, "provisioning of Workato is stopped, and so is not going to be healthy"},
		"cycle, the first":            {job.UntilCycle, "Active", "Active", working, failing, 1, ""},
		"cycle, quarantined by it":    {job.UntilCycle, "Active", "Active", cycleEnded("2026-03-01T09:05:00Z"), held, 1, "provisioning of Workato is in quarantine"},
		"cycle, stopped":              {job.UntilCycle, "Disabled", "Paused", cycleEnded("2026-03-01T10:05:00Z"), nil, 0, "provisioning of Workato is stopped, and so has no next cycle"},
		"idle, a later cycle is at work": {
			job.UntilIdle, "Active", "Active",
			map[string]any{
				"lastExecution": tenanttest.EndedExecution, "steadyStateFirstAchievedTime": "2026-02-01T00:00:00Z",
				"progress": []any{map[string]any{"totalUnits": 9, "completedUnits": 1, "progressObservationDateTime": "2026-03-01T10:41:00Z"}},
			},
			cycleEnded("2026-03-01T10:45:00Z"), 1, "",
		},
		"idle, progress of an older cycle is left": {
			job.UntilIdle, "Active", "Active",
			map[string]any{
				"lastExecution": tenanttest.EndedExecution, "steadyStateFirstAchievedTime": "2026-02-01T00:00:00Z",
				"progress": []any{map[string]any{"totalUnits": 9, "completedUnits": 1, "progressObservationDateTime": "2026-03-01T10:01:00Z"}},
			},
			nil, 0, "",
		},
	} {
		synctest.Test(t, func(t *testing.T) {
			tenant := tenanttest.NewTenant(t)
			tenant.ShowsJob(c.state, c.code, c.first)
			var looked []time.Duration
			looks(tenant, &looked, tenanttest.With(200, tenanttest.JobAnswer(c.state, c.code, c.second)))
			_, err := job.Watch{Status: job.Status{Graph: tenant.Client, App: "Workato"}, Until: c.until}.Do(t.Context())
			if len(looked) != c.looks || (err == nil) != (c.err == "") || err != nil && !strings.HasPrefix(err.Error(), c.err) {
				t.Errorf("%s: %v after %d looks, want %d", name, err, len(looked), c.looks)
			}
		})
	}
}

func TestAJobThatIsDeletedWhileItIsWatchedIsGone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tenant := tenanttest.NewTenant(t)
		tenant.ShowsJob("Active", "Active", cycleEnded("2026-03-01T10:05:00Z"))
		var looked []time.Duration
		looks(tenant, &looked, tenanttest.With(404, tenanttest.GraphError("JobNotFound", "no such job")))
		err := tenanttest.Fails(tenant, job.Watch{Status: job.Status{Graph: tenant.Client, App: "Workato"}})
		if gone, ok := errors.AsType[*job.GoneError](err); !ok || gone.App != "Workato" {
			t.Errorf("got %v", err)
		}
	})
}

func TestWatchingThatIsInterruptedSaysThatTheJobGoesOn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tenant := tenanttest.NewTenant(t)
		tenant.ShowsJob("Active", "Active", cycleEnded("2026-03-01T10:05:00Z"))
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		last, err := job.Watch{Status: job.Status{Graph: tenant.Client, App: "Workato"}}.Do(ctx)
		cut, ok := errors.AsType[*job.WatchCutError](err)
		if !ok || !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(cut.Error(), "goes on") || last.Job.State != job.StateHealthy {
			t.Errorf("%+v, %v", last.Job, err)
		}
		if n := len(tenant.Sent("GET scim.1111.2222")); n < 58 || n > 64 { // about once a minute
			t.Errorf("looked %d times in an hour", n)
		}
	})
}

func TestWatchingOfAStoppedJobDoesNotSayThatItGoesOn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tenant := tenanttest.NewTenant(t)
		tenant.ShowsJob("Disabled", "Paused", cycleEnded("2026-03-01T10:05:00Z"))
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		_, err := job.Watch{Status: job.Status{Graph: tenant.Client, App: "Workato"}}.Do(ctx)
		if cut, ok := errors.AsType[*job.WatchCutError](err); !ok || !cut.Stopped || strings.Contains(cut.Error(), "goes on") {
			t.Errorf("got %v", err)
		}
	})
}

func TestTheInitialCycleIsEstimatedFromItsProgressAlone(t *testing.T) {
	t.Parallel()
	units := func(done, total int) map[string]any {
		return map[string]any{"units": "users", "totalUnits": total, "completedUnits": done}
	}
	for name, c := range map[string]struct {
		status map[string]any
		want   *job.Estimate
	}{
		"under way":           {map[string]any{"progress": []any{units(400, 1000), units(0, 50)}}, &job.Estimate{Completed: 400, Total: 1050, MinMinutes: 6, MaxMinutes: 52}},
		"more done than due":  {map[string]any{"progress": []any{units(12, 10)}}, &job.Estimate{Completed: 10, Total: 10}},
		"no progress is told": {map[string]any{"lastExecution": tenanttest.EndedExecution}, nil},
		"later cycles":        {map[string]any{"lastExecution": tenanttest.EndedExecution, "steadyStateFirstAchievedTime": "2026-02-01T00:00:00Z", "progress": []any{units(1, 9)}}, nil},
	} {
		tenant := tenanttest.NewTenant(t)
		tenant.ShowsJob("Active", "Active", c.status)
		report := tenanttest.Do(tenant, job.Status{Graph: tenant.Client, App: "Workato"})
		if diff := cmp.Diff(c.want, report.Estimate); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestAQuarantineTellsWhatToDoAndWhenTheServiceGivesUp(t *testing.T) {
	t.Parallel()
	for reason, want := range map[string]string{
		"EncounteredQuarantineException":       "scimctl credentials",
		"TooManyDeletes":                       "scimctl provision restart --allow-deletes",
		"EncounteredEscrowProportionThreshold": "scimctl provision logs --status failure",
		"QuarantinedOnDemand":                  "scimctl provision start",
		"IngestionInterrupted":                 "the service also tries again by itself",
	} {
		tenant := tenanttest.NewTenant(t)
		tenant.ShowsJob("Active", "Quarantine", map[string]any{"quarantine": map[string]any{
			"reason": reason, "currentBegan": "2026-03-01T10:05:00Z", "seriesBegan": "2026-02-28T10:05:00Z", "seriesCount": 3, "nextAttempt": "2026-03-01T16:05:00Z",
		}})
		q := tenanttest.Do(tenant, job.Status{Graph: tenant.Client, App: "Workato"}).Quarantine
		if !strings.Contains(tenanttest.RemedyLines(q.Remedy...), want) || q.InARow != 3 || !q.DisabledAt.Equal(time.Date(2026, 3, 29, 10, 5, 0, 0, time.UTC)) {
			t.Errorf("%s: %+v", reason, q)
		}
	}
}
