package job_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/graph/resume"
	"github.com/scimctl/scimctl/graph/synchronization"
	"github.com/scimctl/scimctl/provisioning"
	"github.com/scimctl/scimctl/provisioning/assignment"
	"github.com/scimctl/scimctl/provisioning/credentials"
	"github.com/scimctl/scimctl/provisioning/internal/tenanttest"
	"github.com/scimctl/scimctl/provisioning/job"
)

func TestAJobWithoutCredentialsIsNotStarted(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	tenanttest.Do(tenant, job.Create{Graph: tenant.Client, App: "Workato"})
	tenant.ForgetRequests()
	err := tenanttest.Fails(tenant, job.Start{
		Graph: tenant.Client, App: "Workato",
		Confirm: func(context.Context, provisioning.Risk) error { t.Error("asked"); return nil },
	})
	if _, ok := errors.AsType[*credentials.NoCredentialsError](err); !ok || tenant.Writes() != 0 {
		t.Errorf("%d writes, error %v", tenant.Writes(), err)
	}
}

func TestStartAndStopAreDoneOnce(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	tenant.Provisioned()
	tenant.Assign("ada@contoso.com", "edsger@contoso.com")
	var asked []provisioning.Risk
	start := job.Start{Graph: tenant.Client, App: "Workato", Confirm: func(_ context.Context, r provisioning.Risk) error {
		asked = append(asked, r)
		return nil
	}}
	if done := tenanttest.Do(tenant, start); done.Already || !done.FirstStart || done.Job.State == job.StateStopped {
		t.Errorf("started %+v", done)
	}
	if len(asked) != 1 || asked[0].People != 2 {
		t.Errorf("asked %+v", asked)
	}
	tenant.ForgetRequests()
	if again := tenanttest.Do(tenant, start); !again.Already || tenant.Writes() != 0 {
		t.Errorf("the second run wrote %d times and says %+v", tenant.Writes(), again)
	}
	stop := job.Stop{Graph: tenant.Client, App: "Workato"}
	if done := tenanttest.Do(tenant, stop); done.Already || done.Job.State != job.StateStopped {
		t.Errorf("stopped %+v", done)
	}
	tenant.ForgetRequests()
	if again := tenanttest.Do(tenant, stop); !again.Already || tenant.Writes() != 0 {
		t.Errorf("the second stop wrote %d times and says %+v", tenant.Writes(), again)
	}
}

func TestWhoeverDeclinesTheFirstStartHasNothingStarted(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	tenant.Provisioned()
	tenant.ForgetRequests()
	declined := errors.New("no")
	err := tenanttest.Fails(tenant, job.Start{Graph: tenant.Client, App: "Workato", Confirm: func(_ context.Context, _ provisioning.Risk) error { return declined }})
	if !errors.Is(err, declined) || tenant.Writes() != 0 {
		t.Errorf("%v after %d writes", err, tenant.Writes())
	}
}

func TestTheFirstStartTellsHowManyItReaches(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	tenant.Provisioned()
	tenanttest.Do(tenant, assignment.Add{ // dorothy is a member of Sales too
		Graph: tenant.Client, App: "Workato", Users: []string{"ada@contoso.com", "dorothy@contoso.com"}, Groups: []string{"Sales"},
	})
	declined := errors.New("no")
	reached := func() (people int) {
		err := tenanttest.Fails(tenant, job.Start{Graph: tenant.Client, App: "Workato", Confirm: func(_ context.Context, r provisioning.Risk) error {
			people = r.People
			return declined
		}})
		if !errors.Is(err, declined) {
			t.Error(err)
		}
		return people
	}
	if n := reached(); n != 6 { // five users are in Sales, beside a group
		t.Errorf("those assigned are %d", n)
	}
	tenanttest.Do(tenant, credentials.ChangeSettings{Graph: tenant.Client, App: "Workato", Scope: credentials.ScopeAll})
	if n := reached(); n != 36 {
		t.Errorf("all users are %d", n)
	}
	tenant.Answer("GET users", tenanttest.With(403, tenanttest.GraphError("Authorization_RequestDenied", "Insufficient privileges to complete the operation.")))
	if n := reached(); n != 0 {
		t.Errorf("those who may not be counted are %d", n)
	}
}

func TestSyncNowStopsAndStarts(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	tenant.Provisioned()
	tenanttest.Do(tenant, job.Start{Graph: tenant.Client, App: "Workato"})
	tenant.ForgetRequests()
	tenanttest.Do(tenant, job.SyncNow{Graph: tenant.Client, App: "Workato"})
	var calls []string
	for _, r := range tenant.Requests() {
		if r.Method == http.MethodPost {
			calls = append(calls, r.Path[strings.LastIndex(r.Path, "/")+1:])
		}
	}
	if diff := cmp.Diff([]string{"pause", "start"}, calls); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
}

func TestTheStateOfAJobInOneWord(t *testing.T) {
	t.Parallel()
	first := "2026-02-01T00:00:00Z"
	failed := map[string]any{"state": "EntryLevelErrors", "timeEnded": "2026-03-01T10:05:00Z"}
	for name, c := range map[string]struct {
		state, code string
		status      map[string]any
		want        job.State
	}{
		"fresh":              {"Disabled", "Paused", nil, job.StateStopped},
		"paused":             {"Paused", "Paused", map[string]any{"lastExecution": tenanttest.EndedExecution}, job.StateStopped},
		"just started":       {"Active", "NotRun", map[string]any{"lastExecution": tenanttest.PlaceholderExecution}, job.StateNotRunYet},
		"initial cycle":      {"Active", "Active", map[string]any{"lastExecution": tenanttest.PlaceholderExecution, "progress": []any{map[string]any{"totalUnits": 9}}}, job.StateInitialCycle},
		"healthy":            {"Active", "Active", map[string]any{"lastExecution": tenanttest.EndedExecution, "steadyStateFirstAchievedTime": first}, job.StateHealthy},
		"failing for some":   {"Active", "Active", map[string]any{"lastExecution": failed, "steadyStateFirstAchievedTime": first}, job.StateErrors},
		"quarantine":         {"Active", "Quarantine", map[string]any{"quarantine": tenanttest.QuarantineAnswer}, job.StateQuarantine},
		"stopped quarantine": {"Disabled", "Quarantine", map[string]any{"quarantine": tenanttest.QuarantineAnswer}, job.StateQuarantine},
	} {
		tenant := tenanttest.NewTenant(t)
		tenant.ShowsJob(c.state, c.code, c.status)
		if report := tenanttest.Do(tenant, job.Status{Graph: tenant.Client, App: "Workato"}); report.Job.State != c.want {
			t.Errorf("%s: %s instead of %s", name, report.Job.State, c.want)
		}
	}
}

func TestAPlaceholderExecutionIsNoCycle(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	tenant.ShowsJob("Active", "NotRun", map[string]any{"lastExecution": tenanttest.PlaceholderExecution})
	report := tenanttest.Do(tenant, job.Status{Graph: tenant.Client, App: "Workato"})
	if report.LastCycle != nil || !report.NextCycle.IsZero() {
		t.Errorf("reported %+v", report)
	}
}

func TestStatusTellsCyclesAndCounts(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	tenant.ShowsJob("Active", "Active", map[string]any{
		"lastExecution": tenanttest.EndedExecution, "lastSuccessfulExecution": tenanttest.EndedExecution, "steadyStateFirstAchievedTime": "2026-02-01T00:00:00Z",
		"synchronizedEntryCountByType": []any{map[string]any{"key": "user to User", "value": 12}},
	})
	report := tenanttest.Do(tenant, job.Status{Graph: tenant.Client, App: "Workato"})
	end := time.Date(2026, 3, 1, 10, 5, 0, 0, time.UTC)
	want := &job.Cycle{Result: "Succeeded", Began: end.Add(-5 * time.Minute), Ended: end, InScope: 12, Imported: 30, Exported: 4}
	if diff := cmp.Diff(want, report.LastCycle); diff != "" {
		t.Errorf("last cycle (-want +got):\n%s", diff)
	}
	if !report.NextCycle.Equal(end.Add(40*time.Minute)) || !report.LastSuccess.Equal(end) {
		t.Errorf("next %s, last success %s", report.NextCycle, report.LastSuccess)
	}
	if diff := cmp.Diff([]synchronization.TypeCount{{Key: "user to User", Value: 12}}, report.Counts); diff != "" {
		t.Errorf("counts (-want +got):\n%s", diff)
	}
}

func TestAStartIsSentToAJobInQuarantine(t *testing.T) {
	t.Parallel()
	for _, lifts := range []bool{true, false} { // a cause that lasts leads back at once
		tenant := tenanttest.NewTenant(t)
		tenant.Provisioned()
		tenant.ShowsJob("Active", "Quarantine", map[string]any{"quarantine": tenanttest.QuarantineAnswer, "lastExecution": tenanttest.EndedExecution})
		tenant.Answer("POST start", func(w http.ResponseWriter, _ *http.Request) {
			if lifts {
				tenant.Answer("GET scim.1111.2222", tenanttest.With(200, tenanttest.JobAnswer("Active", "Active", map[string]any{"lastExecution": tenanttest.EndedExecution})))
			}
			w.WriteHeader(http.StatusNoContent)
		})
		done, err := job.Start{Graph: tenant.Client, App: "Workato"}.Do(t.Context())
		if done.Already || done.LiftedQuarantine != lifts || len(tenant.Sent("POST start")) != 1 {
			t.Errorf("started %+v", done)
		}
		if _, holds := errors.AsType[*job.QuarantineError](err); holds == lifts || lifts && err != nil {
			t.Error(err)
		}
	}
}

func TestAJobWithoutCredentialsIsNotStartedAgain(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	tenant.ShowsJob("Disabled", "Paused", map[string]any{"lastExecution": tenanttest.EndedExecution})
	if e, ok := errors.AsType[*credentials.NoCredentialsError](tenanttest.Fails(tenant, job.Start{Graph: tenant.Client, App: "Workato"})); !ok || len(tenant.Sent("POST start")) != 0 {
		t.Error(e)
	}
}

func TestASyncNowThatIsCutShortSaysThatTheJobIsStopped(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	tenant.Provisioned()
	tenanttest.Do(tenant, job.Start{Graph: tenant.Client, App: "Workato"})
	tenant.Answer("POST start", tenanttest.With(403, tenanttest.GraphError("Authorization_RequestDenied", "no")))
	sync := job.SyncNow{Graph: tenant.Client, App: "Workato", Notes: resume.Notes{Dir: t.TempDir()}}
	left, ok := errors.AsType[*resume.LeftStoppedError](tenanttest.Fails(tenant, sync))
	if !ok || left.App != "Workato" || !strings.Contains(left.Error(), "is stopped") {
		t.Errorf("got %v", left)
	}
	tenant.Answer("POST start", nil)
	if done := tenanttest.Do(tenant, sync); done.Job.State == job.StateStopped {
		t.Errorf("a second run leaves %+v", done)
	}
}

func TestARestartAsksWithTheNumberOfPeople(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		scopes      []string
		body, warns string
	}{
		{nil, "", "everyone in scope"},
		{[]string{"watermark", "Escrows"}, `"Watermark, Escrows"`, "everyone in scope"},
		{[]string{"Escrows", "QuarantineState"}, `"Escrows, QuarantineState"`, ""}, // reaches nobody who did not fail
		{[]string{"full"}, `"Full"`, "links between users and accounts are dropped"},
		{[]string{"ForceDeletes"}, `"ForceDeletes"`, "accidental deletions"},
	} {
		tenant := tenanttest.NewTenant(t)
		tenant.ShowsJob("Active", "Active", map[string]any{"synchronizedEntryCountByType": []any{
			map[string]any{"key": "user to User", "value": 12}, map[string]any{"key": "group to Group", "value": 3},
		}})
		tenant.Answer("POST restart", tenanttest.With(204, nil))
		var asked provisioning.Risk
		tenanttest.Do(tenant, job.Restart{
			Graph: tenant.Client, App: "Workato", Scopes: c.scopes, Confirm: func(_ context.Context, r provisioning.Risk) error { asked = r; return nil },
		})
		if asks := c.warns != ""; asks != (asked.People == 12) || !strings.Contains(asked.What, c.warns) {
			t.Errorf("%v asks %+v", c.scopes, asked)
		}
		if body := tenant.Sent("POST restart")[0]; c.body != "" && !strings.Contains(body, c.body) || c.body == "" && strings.Contains(body, "resetScope") {
			t.Errorf("%v sends %s", c.scopes, body)
		}
	}
}

func TestAnUnknownResetScopeIsRefusedBeforeAnythingIsAsked(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	err := tenanttest.Fails(tenant, job.Restart{Graph: tenant.Client, App: "Workato", Scopes: []string{"Everything"}})
	if _, ok := errors.AsType[*job.UnknownScopeError](err); !ok || len(tenant.Requests()) != 0 {
		t.Errorf("%v after %d requests", err, len(tenant.Requests()))
	}
}

func TestDisablingKeepsACopyAndCanBeRunAgain(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	tenant.Provisioned()
	tenanttest.Do(tenant, job.Start{Graph: tenant.Client, App: "Workato"})
	state := t.TempDir()
	var kept job.Configuration
	disable := job.Disable{
		Graph: tenant.Client, App: "Workato", Delete: true, Keeper: credentials.FingerprintsIn(state),
		Keep: func(_ context.Context, c job.Configuration) ([]string, error) {
			if tenant.Writes() != 0 {
				t.Error("something was written before the copy was kept")
			}
			kept = c
			return []string{"a", "b"}, nil
		},
	}
	tenant.ForgetRequests()
	done := tenanttest.Do(tenant, disable)
	if !done.Deleted || !done.SecretsCleared || !cmp.Equal(done.Kept, []string{"a", "b"}) {
		t.Errorf("disabled %+v", done)
	}
	if len(kept.Schema) == 0 || done.Job == nil || kept.Job.ID != done.Job.ID {
		t.Errorf("kept %+v", kept)
	}
	for _, kv := range kept.Settings {
		if kv.Key == "SecretToken" {
			t.Errorf("a secret was kept: %+v", kv)
		}
	}
	if sent := tenanttest.SentSecrets(tenant); sent["BaseAddress"] != "" || sent["SecretToken"] != "" || sent["SyncAll"] != "false" {
		t.Errorf("sent %v", sent)
	}
	tenant.ForgetRequests()
	if again := tenanttest.Do(tenant, disable); !again.Already || tenant.Writes() != 0 {
		t.Errorf("the second run wrote %d times and says %+v", tenant.Writes(), again)
	}
}

func TestWhatWasNeverSetUpIsOffAlready(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	for _, remove := range []bool{false, true} {
		done := tenanttest.Do(tenant, job.Disable{Graph: tenant.Client, App: "Workato", Delete: remove})
		if !done.Already || done.App.Name != "Workato" || tenant.Writes() != 0 {
			t.Errorf("%d writes for %+v", tenant.Writes(), done)
		}
	}
}

func TestADisableThatWasCutShortIsFinished(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	tenant.Provisioned()
	disable := job.Disable{Graph: tenant.Client, App: "Workato", Delete: true}
	tenant.Answer("PUT secrets", tenanttest.With(403, tenanttest.GraphError("Authorization_RequestDenied", "Insufficient privileges to complete the operation.")))
	cut, err := disable.Do(t.Context())
	if err == nil || !cut.Deleted || cut.SecretsCleared {
		t.Errorf("cut short: %+v, %v", cut, err)
	}
	tenant.Answer("PUT secrets", nil)
	if done := tenanttest.Do(tenant, disable); done.Already || done.Deleted || !done.SecretsCleared {
		t.Errorf("finished %+v", done)
	}
}

// An application of the gallery may sign in with neither tenant URL nor token.
func TestADisableThatWasCutShortClearsEveryKindOfCredentials(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	tenanttest.Do(tenant, job.Create{Graph: tenant.Client, App: "Workato"})
	saved := tenanttest.With(200, map[string]any{"value": []synchronization.KeyValue{
		{Key: "UserName", Value: "entra"}, {Key: "Password", Value: "*"}, {Key: "SyncAll", Value: "false"}, {Key: "SyncNotificationSettings", Value: "{}"},
	}})
	tenant.Answer("GET secrets", saved)
	tenant.Answer("GET jobs", tenanttest.With(200, map[string]any{"value": []any{}})) // deleted by the run before
	tenant.Answer("PUT secrets", func(w http.ResponseWriter, r *http.Request) {
		tenant.Answer("GET secrets", nil)
		tenanttest.With(204, nil)(w, r)
	})
	disable := job.Disable{Graph: tenant.Client, App: "Workato", Delete: true}
	if done := tenanttest.Do(tenant, disable); done.Already || !done.SecretsCleared {
		t.Errorf("finished %+v", done)
	}
	if sent := tenanttest.SentSecrets(tenant); sent["UserName"] != "" || sent["Password"] != "" || sent["SyncAll"] != "false" {
		t.Errorf("sent %v", sent)
	}
	tenant.Answer("GET secrets", saved)
	tenant.Answer("PUT secrets", tenanttest.With(204, nil))
	left, ok := errors.AsType[*credentials.NotClearedError](tenanttest.Fails(tenant, disable))
	if !ok || !cmp.Equal(tenanttest.Sorted(left.Keys), []string{"Password", "UserName"}) {
		t.Errorf("left %+v", left)
	}
}
