package provisioning_test

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/resume"
	"github.com/scimctl/scimctl/provisioning"
)

func TestAJobWithoutCredentialsIsNotStarted(t *testing.T) {
	t.Parallel()
	tenant := newTenant(t)
	do(tenant, provisioning.Setup{Graph: tenant.client, App: "Workato"})
	tenant.ForgetRequests()
	err := fails(tenant, provisioning.Start{
		Graph: tenant.client, App: "Workato",
		Confirm: func(context.Context, provisioning.Risk) error { t.Error("asked"); return nil },
	})
	if _, ok := errors.AsType[*provisioning.NoCredentialsError](err); !ok || tenant.writes() != 0 {
		t.Errorf("%d writes, error %v", tenant.writes(), err)
	}
}

func TestStartAndStopAreDoneOnce(t *testing.T) {
	t.Parallel()
	tenant := newTenant(t)
	tenant.provisioned()
	tenant.assign("ada@contoso.com", "edsger@contoso.com")
	var asked []provisioning.Risk
	start := provisioning.Start{Graph: tenant.client, App: "Workato", Confirm: func(_ context.Context, r provisioning.Risk) error {
		asked = append(asked, r)
		return nil
	}}
	if done := do(tenant, start); done.Already || !done.FirstStart || done.Job.State == provisioning.StateStopped {
		t.Errorf("started %+v", done)
	}
	if len(asked) != 1 || asked[0].People != 2 {
		t.Errorf("asked %+v", asked)
	}
	tenant.ForgetRequests()
	if again := do(tenant, start); !again.Already || tenant.writes() != 0 {
		t.Errorf("the second run wrote %d times and says %+v", tenant.writes(), again)
	}
	stop := provisioning.Stop{Graph: tenant.client, App: "Workato"}
	if done := do(tenant, stop); done.Already || done.Job.State != provisioning.StateStopped {
		t.Errorf("stopped %+v", done)
	}
	tenant.ForgetRequests()
	if again := do(tenant, stop); !again.Already || tenant.writes() != 0 {
		t.Errorf("the second stop wrote %d times and says %+v", tenant.writes(), again)
	}
}

func TestWhoeverDeclinesTheFirstStartHasNothingStarted(t *testing.T) {
	t.Parallel()
	tenant := newTenant(t)
	tenant.provisioned()
	tenant.ForgetRequests()
	declined := errors.New("no")
	err := fails(tenant, provisioning.Start{Graph: tenant.client, App: "Workato", Confirm: func(_ context.Context, _ provisioning.Risk) error { return declined }})
	if !errors.Is(err, declined) || tenant.writes() != 0 {
		t.Errorf("%v after %d writes", err, tenant.writes())
	}
}

func TestTheFirstStartTellsHowManyItReaches(t *testing.T) {
	t.Parallel()
	tenant := newTenant(t)
	tenant.provisioned()
	do(tenant, provisioning.AddAssignments{ // dorothy is a member of Sales too
		Graph: tenant.client, App: "Workato", Users: []string{"ada@contoso.com", "dorothy@contoso.com"}, Groups: []string{"Sales"},
	})
	declined := errors.New("no")
	reached := func() (people int) {
		err := fails(tenant, provisioning.Start{Graph: tenant.client, App: "Workato", Confirm: func(_ context.Context, r provisioning.Risk) error {
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
	do(tenant, provisioning.ChangeSettings{Graph: tenant.client, App: "Workato", Scope: provisioning.ScopeAll})
	if n := reached(); n != 36 {
		t.Errorf("all users are %d", n)
	}
	tenant.answer("GET users", with(403, graphError("Authorization_RequestDenied", "Insufficient privileges to complete the operation.")))
	if n := reached(); n != 0 {
		t.Errorf("those who may not be counted are %d", n)
	}
}

func TestSyncNowStopsAndStarts(t *testing.T) {
	t.Parallel()
	tenant := newTenant(t)
	tenant.provisioned()
	do(tenant, provisioning.Start{Graph: tenant.client, App: "Workato"})
	tenant.ForgetRequests()
	do(tenant, provisioning.SyncNow{Graph: tenant.client, App: "Workato"})
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

// job is a job as Graph shows it, with some members of its status.
func job(state, code string, status map[string]any) map[string]any {
	all := map[string]any{"code": code, "steadyStateFirstAchievedTime": "0001-01-01T00:00:00Z"}
	maps.Copy(all, status)
	return map[string]any{
		"id": "scim.1111.2222", "templateId": "scim",
		"schedule": map[string]any{"interval": "PT40M", "state": state}, "status": all,
	}
}

func (t *tenant) showsJob(state, code string, status map[string]any) {
	t.answer("GET jobs", with(200, map[string]any{"value": []any{job(state, code, status)}}))
	t.answer("GET scim.1111.2222", with(200, job(state, code, status)))
}

var placeholder = map[string]any{
	"state": "Failed", "timeBegan": "0001-01-01T00:00:00Z", "timeEnded": "0001-01-01T00:00:00Z",
	"error": map[string]any{"code": "None", "message": "", "tenantActionable": false},
}

var ended = map[string]any{
	"state": "Succeeded", "timeBegan": "2026-03-01T10:00:00Z", "timeEnded": "2026-03-01T10:05:00Z",
	"countEntitledForProvisioning": 12, "countImported": 30, "countExported": 4, "error": nil,
}

var quarantine = map[string]any{
	"reason": "EncounteredQuarantineException", "currentBegan": "2026-03-01T10:05:00Z", "nextAttempt": "2026-03-01T16:05:00Z",
	"error": map[string]any{"code": "SystemForCrossDomainIdentityManagementInvalidCredentials", "message": "no", "tenantActionable": true},
}

func TestTheStateOfAJobInOneWord(t *testing.T) {
	t.Parallel()
	first := "2026-02-01T00:00:00Z"
	failed := map[string]any{"state": "EntryLevelErrors", "timeEnded": "2026-03-01T10:05:00Z"}
	for name, c := range map[string]struct {
		state, code string
		status      map[string]any
		want        provisioning.State
	}{
		"fresh":              {"Disabled", "Paused", nil, provisioning.StateStopped},
		"paused":             {"Paused", "Paused", map[string]any{"lastExecution": ended}, provisioning.StateStopped},
		"just started":       {"Active", "NotRun", map[string]any{"lastExecution": placeholder}, provisioning.StateNotRunYet},
		"initial cycle":      {"Active", "Active", map[string]any{"lastExecution": placeholder, "progress": []any{map[string]any{"totalUnits": 9}}}, provisioning.StateInitialCycle},
		"healthy":            {"Active", "Active", map[string]any{"lastExecution": ended, "steadyStateFirstAchievedTime": first}, provisioning.StateHealthy},
		"failing for some":   {"Active", "Active", map[string]any{"lastExecution": failed, "steadyStateFirstAchievedTime": first}, provisioning.StateErrors},
		"quarantine":         {"Active", "Quarantine", map[string]any{"quarantine": quarantine}, provisioning.StateQuarantine},
		"stopped quarantine": {"Disabled", "Quarantine", map[string]any{"quarantine": quarantine}, provisioning.StateQuarantine},
	} {
		tenant := newTenant(t)
		tenant.showsJob(c.state, c.code, c.status)
		if report := do(tenant, provisioning.Status{Graph: tenant.client, App: "Workato"}); report.Job.State != c.want {
			t.Errorf("%s: %s instead of %s", name, report.Job.State, c.want)
		}
	}
}

func TestAPlaceholderExecutionIsNoCycle(t *testing.T) {
	t.Parallel()
	tenant := newTenant(t)
	tenant.showsJob("Active", "NotRun", map[string]any{"lastExecution": placeholder})
	report := do(tenant, provisioning.Status{Graph: tenant.client, App: "Workato"})
	if report.LastCycle != nil || !report.NextCycle.IsZero() {
		t.Errorf("reported %+v", report)
	}
}

func TestStatusTellsCyclesAndCounts(t *testing.T) {
	t.Parallel()
	tenant := newTenant(t)
	tenant.showsJob("Active", "Active", map[string]any{
		"lastExecution": ended, "lastSuccessfulExecution": ended, "steadyStateFirstAchievedTime": "2026-02-01T00:00:00Z",
		"synchronizedEntryCountByType": []any{map[string]any{"key": "user to User", "value": 12}},
	})
	report := do(tenant, provisioning.Status{Graph: tenant.client, App: "Workato"})
	end := time.Date(2026, 3, 1, 10, 5, 0, 0, time.UTC)
	want := &provisioning.Cycle{Result: "Succeeded", Began: end.Add(-5 * time.Minute), Ended: end, InScope: 12, Imported: 30, Exported: 4}
	if diff := cmp.Diff(want, report.LastCycle); diff != "" {
		t.Errorf("last cycle (-want +got):\n%s", diff)
	}
	if !report.NextCycle.Equal(end.Add(40*time.Minute)) || !report.LastSuccess.Equal(end) {
		t.Errorf("next %s, last success %s", report.NextCycle, report.LastSuccess)
	}
	if diff := cmp.Diff([]graph.TypeCount{{Key: "user to User", Value: 12}}, report.Counts); diff != "" {
		t.Errorf("counts (-want +got):\n%s", diff)
	}
}

func TestAStartIsSentToAJobInQuarantine(t *testing.T) {
	t.Parallel()
	for _, lifts := range []bool{true, false} { // a cause that lasts leads back at once
		tenant := newTenant(t)
		tenant.provisioned()
		tenant.showsJob("Active", "Quarantine", map[string]any{"quarantine": quarantine, "lastExecution": ended})
		tenant.answer("POST start", func(w http.ResponseWriter, _ *http.Request) {
			if lifts {
				tenant.answer("GET scim.1111.2222", with(200, job("Active", "Active", map[string]any{"lastExecution": ended})))
			}
			w.WriteHeader(http.StatusNoContent)
		})
		done, err := provisioning.Start{Graph: tenant.client, App: "Workato"}.Do(t.Context())
		if done.Already || done.LiftedQuarantine != lifts || len(tenant.sent("POST start")) != 1 {
			t.Errorf("started %+v", done)
		}
		if _, holds := errors.AsType[*provisioning.QuarantineError](err); holds == lifts || lifts && err != nil {
			t.Error(err)
		}
	}
}

func TestAJobWithoutCredentialsIsNotStartedAgain(t *testing.T) {
	t.Parallel()
	tenant := newTenant(t)
	tenant.showsJob("Disabled", "Paused", map[string]any{"lastExecution": ended})
	if e, ok := errors.AsType[*provisioning.NoCredentialsError](fails(tenant, provisioning.Start{Graph: tenant.client, App: "Workato"})); !ok || len(tenant.sent("POST start")) != 0 {
		t.Error(e)
	}
}

func TestASyncNowThatIsCutShortSaysThatTheJobIsStopped(t *testing.T) {
	t.Parallel()
	tenant := newTenant(t)
	tenant.provisioned()
	do(tenant, provisioning.Start{Graph: tenant.client, App: "Workato"})
	tenant.answer("POST start", with(403, graphError("Authorization_RequestDenied", "no")))
	sync := provisioning.SyncNow{Graph: tenant.client, App: "Workato", Notes: resume.Notes{Dir: t.TempDir()}}
	left, ok := errors.AsType[*resume.LeftStoppedError](fails(tenant, sync))
	if !ok || left.App != "Workato" || !strings.Contains(left.Error(), "is stopped") {
		t.Errorf("got %v", left)
	}
	tenant.answer("POST start", nil)
	if done := do(tenant, sync); done.Job.State == provisioning.StateStopped {
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
		tenant := newTenant(t)
		tenant.showsJob("Active", "Active", map[string]any{"synchronizedEntryCountByType": []any{
			map[string]any{"key": "user to User", "value": 12}, map[string]any{"key": "group to Group", "value": 3},
		}})
		tenant.answer("POST restart", with(204, nil))
		var asked provisioning.Risk
		do(tenant, provisioning.Restart{
			Graph: tenant.client, App: "Workato", Scopes: c.scopes, Confirm: func(_ context.Context, r provisioning.Risk) error { asked = r; return nil },
		})
		if asks := c.warns != ""; asks != (asked.People == 12) || !strings.Contains(asked.What, c.warns) {
			t.Errorf("%v asks %+v", c.scopes, asked)
		}
		if body := tenant.sent("POST restart")[0]; c.body != "" && !strings.Contains(body, c.body) || c.body == "" && strings.Contains(body, "resetScope") {
			t.Errorf("%v sends %s", c.scopes, body)
		}
	}
}

func TestAnUnknownResetScopeIsRefusedBeforeAnythingIsAsked(t *testing.T) {
	t.Parallel()
	tenant := newTenant(t)
	err := fails(tenant, provisioning.Restart{Graph: tenant.client, App: "Workato", Scopes: []string{"Everything"}})
	if _, ok := errors.AsType[*provisioning.UnknownScopeError](err); !ok || len(tenant.Requests()) != 0 {
		t.Errorf("%v after %d requests", err, len(tenant.Requests()))
	}
}

func TestDisablingKeepsACopyAndCanBeRunAgain(t *testing.T) {
	t.Parallel()
	tenant := newTenant(t)
	tenant.provisioned()
	do(tenant, provisioning.Start{Graph: tenant.client, App: "Workato"})
	state := t.TempDir()
	var kept provisioning.Configuration
	disable := provisioning.Disable{
		Graph: tenant.client, App: "Workato", Delete: true, Keeper: provisioning.KeepIn(state),
		Keep: func(_ context.Context, c provisioning.Configuration) ([]string, error) {
			if tenant.writes() != 0 {
				t.Error("something was written before the copy was kept")
			}
			kept = c
			return []string{"a", "b"}, nil
		},
	}
	tenant.ForgetRequests()
	done := do(tenant, disable)
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
	if sent := sentSecrets(tenant); sent["BaseAddress"] != "" || sent["SecretToken"] != "" || sent["SyncAll"] != "false" {
		t.Errorf("sent %v", sent)
	}
	tenant.ForgetRequests()
	if again := do(tenant, disable); !again.Already || tenant.writes() != 0 {
		t.Errorf("the second run wrote %d times and says %+v", tenant.writes(), again)
	}
}

func TestWhatWasNeverSetUpIsOffAlready(t *testing.T) {
	t.Parallel()
	tenant := newTenant(t)
	for _, remove := range []bool{false, true} {
		done := do(tenant, provisioning.Disable{Graph: tenant.client, App: "Workato", Delete: remove})
		if !done.Already || done.App.Name != "Workato" || tenant.writes() != 0 {
			t.Errorf("%d writes for %+v", tenant.writes(), done)
		}
	}
}

func TestADisableThatWasCutShortIsFinished(t *testing.T) {
	t.Parallel()
	tenant := newTenant(t)
	tenant.provisioned()
	disable := provisioning.Disable{Graph: tenant.client, App: "Workato", Delete: true}
	tenant.answer("PUT secrets", with(403, graphError("Authorization_RequestDenied", "Insufficient privileges to complete the operation.")))
	cut, err := disable.Do(t.Context())
	if err == nil || !cut.Deleted || cut.SecretsCleared {
		t.Errorf("cut short: %+v, %v", cut, err)
	}
	tenant.answer("PUT secrets", nil)
	if done := do(tenant, disable); done.Already || done.Deleted || !done.SecretsCleared {
		t.Errorf("finished %+v", done)
	}
}

// An application of the gallery may sign in with neither tenant URL nor token.
func TestADisableThatWasCutShortClearsEveryKindOfCredentials(t *testing.T) {
	t.Parallel()
	tenant := newTenant(t)
	do(tenant, provisioning.Setup{Graph: tenant.client, App: "Workato"})
	saved := with(200, map[string]any{"value": []graph.KeyValue{
		{Key: "UserName", Value: "entra"}, {Key: "Password", Value: "*"}, {Key: "SyncAll", Value: "false"}, {Key: "SyncNotificationSettings", Value: "{}"},
	}})
	tenant.answer("GET secrets", saved)
	tenant.answer("GET jobs", with(200, map[string]any{"value": []any{}})) // deleted by the run before
	tenant.answer("PUT secrets", func(w http.ResponseWriter, r *http.Request) {
		tenant.answer("GET secrets", nil)
		with(204, nil)(w, r)
	})
	disable := provisioning.Disable{Graph: tenant.client, App: "Workato", Delete: true}
	if done := do(tenant, disable); done.Already || !done.SecretsCleared {
		t.Errorf("finished %+v", done)
	}
	if sent := sentSecrets(tenant); sent["UserName"] != "" || sent["Password"] != "" || sent["SyncAll"] != "false" {
		t.Errorf("sent %v", sent)
	}
	tenant.answer("GET secrets", saved)
	tenant.answer("PUT secrets", with(204, nil))
	left, ok := errors.AsType[*provisioning.NotClearedError](fails(tenant, disable))
	if !ok || !cmp.Equal(sorted(left.Keys), []string{"Password", "UserName"}) {
		t.Errorf("left %+v", left)
	}
}
