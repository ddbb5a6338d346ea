package ondemand_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/directory"
	"github.com/scimctl/scimctl/provisioning/internal/tenanttest"
	"github.com/scimctl/scimctl/provisioning/ondemand"
)

// packed is JSON in a string, as both halves of the service's answer are.
func packed(v any) string {
	if text, ok := v.(string); ok {
		return text
	}
	text, _ := json.Marshal(v)
	return string(text)
}

func changed(e tenanttest.Object, properties ...string) tenanttest.Object {
	var list []any
	for _, p := range properties {
		name, value, _ := strings.Cut(p, "=")
		list = append(list, tenanttest.Object{"displayName": name, "oldValue": nil, "newValue": value})
	}
	e["modifiedProperties"] = list
	return e
}

// answersOnDemand has the service answer so each time, the last one for good.
func answersOnDemand(t *tenanttest.Tenant, answers ...[2]any) {
	n := 0
	t.Answer("POST provisionOnDemand", func(w http.ResponseWriter, r *http.Request) {
		a := answers[min(n, len(answers)-1)]
		n++
		tenanttest.With(200, tenanttest.Object{"key": packed(a[0]), "value": packed(a[1])})(w, r)
	})
}

func TestBothShapesOfAnAnswerAreRead(t *testing.T) {
	t.Parallel()
	created := tenanttest.Event("Create", "Success", tenanttest.Imported, tenanttest.InScope, tenanttest.Step("EntryExportAdd", "Export", "Success", tenanttest.Object{"ReportableIdentifier": "ada"}))
	updated := tenanttest.Event("Update", "Success", tenanttest.Imported, tenanttest.InScope, tenanttest.Step("EntryExportUpdate", "Export", "Success", nil))
	skipped := tenanttest.Event("Other", "Skipped", tenanttest.Imported, tenanttest.InScope, tenanttest.Step("EntrySynchronizationSkip", "Export", "Skipped", tenanttest.Object{"SkipReason": "RedundantExport"}))
	for name, c := range map[string]struct {
		key, value any
		state      ondemand.Outcome
		code       string
	}{
		"object, created":         {tenanttest.Said("Success", "", ""), created, ondemand.Created, ""},
		"list, created":           {tenanttest.LiteralKey, []any{created}, ondemand.Created, ""},
		"object, updated":         {tenanttest.Said("Success", "", ""), updated, ondemand.Updated, ""},
		"list, updated":           {tenanttest.LiteralKey, []any{updated}, ondemand.Updated, ""},
		"object, equal":           {tenanttest.Said("Skipped", "RedundantExport", "match"), skipped, ondemand.AlreadyEqual, "RedundantExport"},
		"list, equal":             {tenanttest.LiteralKey, []any{skipped}, ondemand.AlreadyEqual, "RedundantExport"},
		"no value":                {tenanttest.Object{"result": "Success", "details": tenanttest.Object{}}, "{}", ondemand.Succeeded, ""},
		"no value, equal":         {tenanttest.Said("Skipped", "RedundantExport", "match"), "", ondemand.AlreadyEqual, "RedundantExport"},
		"a value packed twice":    {tenanttest.Said("Success", "", ""), packed(packed(created)) + "", ondemand.Created, ""},
		"names of the logs":       {tenanttest.LiteralKey, []any{tenanttest.Object{"provisioningStatusInfo": tenanttest.Object{"status": "success"}, "action": "create", "provisioningSteps": []any{tenanttest.Object{"name": "EntryExportAdd", "provisioningStepType": "export", "status": "success"}}}}, ondemand.Created, ""},
		"a warning":               {tenanttest.LiteralKey, []any{tenanttest.Event("Update", "Warning", tenanttest.Step("EntryExportUpdate", "Export", "Success", nil))}, ondemand.Updated, ""},
		"steps without a verdict": {tenanttest.LiteralKey, []any{tenanttest.Object{"provisioningSteps": []any{tenanttest.Imported, tenanttest.Step("EntryExportAdd", "Export", "Success", nil)}}}, ondemand.Created, ""},
	} {
		tenant := tenanttest.Ready(t)
		answersOnDemand(tenant, [2]any{c.key, c.value})
		result := tenanttest.Do(tenant, tenant.OnDemand())
		if result.State != c.state || result.Code != c.code {
			t.Errorf("%s: %s %q instead of %s %q", name, result.State, result.Code, c.state, c.code)
		}
	}
}

func TestStepsAndChangesAreTold(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.Ready(t)
	export := tenanttest.Step("EntryExportUpdate", "Export", "Success", tenanttest.Object{"count": 2, "on": true, "list": []any{"a"}, "none": nil})
	e := changed(tenanttest.Event("Update", "Success", tenanttest.Imported, tenanttest.InScope, export), "displayName=Ada")
	e["modifiedProperties"] = append(e["modifiedProperties"].([]any), tenanttest.Object{"displayName": "title", "oldValue": "Engineer", "newValue": nil})
	answersOnDemand(tenant, [2]any{tenanttest.Said("Success", "", ""), e})
	result := tenanttest.Do(tenant, tenant.OnDemand())
	want := ondemand.Result{
		Subject: "ada@contoso.com", State: ondemand.Updated, Assigned: true, Reached: true, Runs: 1, NotExported: []string{}, WrittenBack: []string{},
		Source:  ondemand.Identity{ID: "1", Type: "User", System: "Azure Active Directory"},
		Target:  ondemand.Identity{ID: "2", Type: "U", System: "customappsso"},
		Changes: []ondemand.Change{{Attribute: "displayName", New: "Ada"}, {Attribute: "title", Old: "Engineer"}},
		Steps: []ondemand.Step{
			{Name: "EntryImportAdd", Type: "Import", Status: "Success", Description: "EntryImportAdd was done", Details: map[string]string{"objectId": "1", "accountEnabled": "True"}},
			{Name: "EntrySynchronizationScoping", Type: "Scoping", Status: "Success", Description: "EntrySynchronizationScoping was done", Details: map[string]string{
				"Assigned to the application": "True", "ScopeEvaluationResult": `{"Marketing.department EQUALS 'Marketing'":true}`,
			}},
			{Name: "EntryExportUpdate", Type: "Export", Status: "Success", Description: "EntryExportUpdate was done", Details: map[string]string{"count": "2", "on": "true", "list": `["a"]`, "none": ""}},
		},
	}
	for i := range want.Steps {
		want.Steps[i].Time = time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
	}
	if diff := cmp.Diff(want, result); diff != "" {
		t.Errorf("result (-want +got):\n%s", diff)
	}
}

func TestAFailureSaysWhyAndWhatToDo(t *testing.T) {
	t.Parallel()
	const long = "StatusCode: Conflict Message: Processing of the HTTP request resulted in an exception. Please see the HTTP response returned by the 'Response' property of this exception for details. Web Response: {\"schemas\":[\"e\"],\"detail\":\"userName is taken\",\"status\":\"409\"}. This operation was retried 0 times. It will be retried again after this date: 2026-03-01T10:40:00Z UTC"
	failed := tenanttest.Event("Create", "Failure", tenanttest.Imported, tenanttest.InScope, tenanttest.Step("EntryExportAdd", "Export", "Failure", nil))
	failed["statusInfo"] = tenanttest.Object{"status": "Failure", "errorCode": "EntryConflict", "reason": long, "recommendedAction": "Rename one."}
	for name, key := range map[string]any{"object": tenanttest.Said("Failure", "EntryConflict", long), "literal": tenanttest.LiteralKey} {
		tenant := tenanttest.Ready(t)
		answersOnDemand(tenant, [2]any{key, []any{failed}})
		err := tenanttest.Fails(tenant, tenant.OnDemand())
		missed, ok := errors.AsType[*ondemand.NotReachedError](err)
		if !ok || missed.Result.State != ondemand.Failed || missed.Unassigned() {
			t.Fatalf("%s gives %v", name, err)
		}
		want := "ada@contoso.com is not provisioned in Workato: the service answered failed (EntryConflict); the application answered Conflict: userName is taken; Rename one"
		if err.Error() != want {
			t.Errorf("%s\ngot  %v\nwant %s", name, err, want)
		}
	}
}

func TestAnAnswerThatIsNotUnderstoodIsAnError(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string][2]any{
		"broken value": {tenanttest.Said("Success", "", ""), `{"action":`}, "broken key": {`{"result":`, "{}"},
		"nothing said": {tenanttest.LiteralKey, "{}"}, "empty": {"", ""}, "a number": {tenanttest.LiteralKey, "7"},
	} {
		tenant := tenanttest.Ready(t)
		answersOnDemand(tenant, answer)
		if _, ok := errors.AsType[*ondemand.AnswerError](tenanttest.Fails(tenant, tenant.OnDemand())); !ok {
			t.Errorf("%s is understood", name)
		}
	}
}

func TestMissingCredentialsAreGraphsToTell(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.Ready(t)
	tenant.Answer("POST provisionOnDemand", tenanttest.With(400, tenanttest.GraphError("CredentialsMissing", "Please configure provisioning by providing your admin credentials then retry the provision on-demand.")))
	if answer, ok := errors.AsType[*graph.Error](tenanttest.Fails(tenant, tenant.OnDemand())); !ok || answer.Code != "CredentialsMissing" {
		t.Errorf("got %v", answer)
	}
}

func TestWhatCountsAsReached(t *testing.T) {
	t.Parallel()
	disabled := [2]any{tenanttest.Said("Success", "", ""), changed(tenanttest.Event("Update", "Success", tenanttest.Imported, tenanttest.OutOfScope, tenanttest.Step("EntryExportUpdate", "Export", "Success", nil)), "active=False")}
	softDeleted := [2]any{tenanttest.LiteralKey, []any{tenanttest.Event("Disable", "Success", tenanttest.Imported, tenanttest.OutOfScope, tenanttest.Step("EntryExportUpdateSoftDelete", "Export", "Success", nil))}}
	skipped := [2]any{tenanttest.Said("Skipped", "NotEffectivelyEntitled", "not assigned"), tenanttest.Event("Other", "Skipped", tenanttest.Imported, tenanttest.OutOfScope)}
	updated := [2]any{tenanttest.Said("Success", "", ""), tenanttest.Event("Update", "Success", tenanttest.Imported, tenanttest.InScope, tenanttest.Step("EntryExportUpdate", "Export", "Success", nil))}
	failed := [2]any{tenanttest.Said("Failure", "EntryConflict", "taken"), tenanttest.Event("Create", "Failure", tenanttest.Imported, tenanttest.InScope, tenanttest.Step("EntryExportAdd", "Export", "Failure", nil))}
	for name, c := range map[string]struct {
		user    string
		answer  [2]any
		expect  ondemand.Expectation
		reached bool
		assign  bool // that an assignment is missing is said
	}{
		"assigned and updated":                   {"ada", updated, "", true, false},
		"assigned and updated, skip expected":    {"ada", updated, ondemand.ExpectSkipped, false, false},
		"unassigned and disabled":                {"edsger", disabled, "", true, false},
		"unassigned and softly deleted":          {"edsger", softDeleted, "", true, false},
		"unassigned and disabled, as expected":   {"edsger", disabled, ondemand.ExpectDeprovisioned, true, false},
		"unassigned and disabled, not expected":  {"edsger", disabled, ondemand.ExpectProvisioned, false, true},
		"unassigned and skipped":                 {"edsger", skipped, "", false, true},
		"unassigned and skipped, as expected":    {"edsger", skipped, ondemand.ExpectSkipped, true, false},
		"unassigned and skipped, provision it":   {"edsger", skipped, ondemand.ExpectProvisioned, false, true},
		"unassigned and failed, provision it":    {"edsger", failed, ondemand.ExpectProvisioned, false, false},
		"unassigned and skipped, deprovision it": {"edsger", skipped, ondemand.ExpectDeprovisioned, false, false},
	} {
		tenant := tenanttest.Ready(t)
		answersOnDemand(tenant, c.answer)
		task := tenant.OnDemand()
		task.User, task.Expect = c.user+"@contoso.com", c.expect
		_, err := task.Do(t.Context())
		missed, ok := errors.AsType[*ondemand.NotReachedError](err)
		if ok == c.reached || err != nil && !ok {
			t.Errorf("%s: %v", name, err)
		}
		if ok && missed.Unassigned() != c.assign {
			t.Errorf("%s: for want of an assignment: %t", name, missed.Unassigned())
		}
	}
}

func TestOldValuesAreWaitedOut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tenant := tenanttest.Ready(t)
		run := func(title string) [2]any {
			seen := tenanttest.Step("EntryImport", "Import", "Success", tenanttest.Object{"objectId": "1", "jobTitle": title})
			return [2]any{tenanttest.Said("Success", "", ""), changed(tenanttest.Event("Update", "Success", seen, tenanttest.InScope, tenanttest.Step("EntryExportUpdate", "Export", "Success", nil)), "title="+title)}
		}
		user, err := directory.FindUser(t.Context(), tenant.Client, "ada@contoso.com", "jobTitle")
		if err != nil {
			t.Fatal(err)
		}
		id := tenanttest.Step("EntryImport", "Import", "Success", tenanttest.Object{"jobTitle": "Principal Engineer", "objectId": user.ID})
		current := run("Principal Engineer")
		current[1].(tenanttest.Object)["provisioningSteps"].([]any)[0] = id
		answersOnDemand(tenant, run("Engineer"), run("Engineer"), current)
		result := tenanttest.Do(tenant, tenant.OnDemand())
		if result.Runs != 3 || result.State != ondemand.Updated {
			t.Errorf("%d runs, %s", result.Runs, result.State)
		}
		if diff := cmp.Diff([]ondemand.Change{{Attribute: "title", New: "Principal Engineer"}}, result.Changes); diff != "" {
			t.Errorf("changes (-want +got):\n%s", diff)
		}
	})
}

func TestAnOlderValueThatWasWrittenBackIsNamed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tenant := tenanttest.Ready(t)
		run := func(title, old string) [2]any {
			e := tenanttest.Event("Update", "Success", tenanttest.Step("EntryImport", "Import", "Success", tenanttest.Object{"jobTitle": title}), tenanttest.InScope, tenanttest.Step("EntryExportUpdate", "Export", "Success", nil))
			e["modifiedProperties"] = []any{tenanttest.Object{"displayName": "title", "oldValue": old, "newValue": title}}
			return [2]any{tenanttest.Said("Success", "", ""), e}
		}
		answersOnDemand(tenant, run("Engineer", "Principal Engineer"), run("Principal Engineer", "Engineer"))
		result := tenanttest.Do(tenant, tenant.OnDemand())
		if diff := cmp.Diff([]string{"title"}, result.WrittenBack); diff != "" || len(result.Changes) != 0 || result.Runs != 2 {
			t.Errorf("%+v (-want +got):\n%s", result, diff)
		}
	})
}

func TestAnAssignmentThatDoesNotCountYetIsWaitedFor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tenant := tenanttest.Ready(t)
		skipped := [2]any{tenanttest.Said("Skipped", "NotEffectivelyEntitled", "no"), tenanttest.Event("Other", "Skipped", tenanttest.OutOfScope)}
		created := [2]any{tenanttest.Said("Success", "", ""), tenanttest.Event("Create", "Success", tenanttest.InScope, tenanttest.Step("EntryExportAdd", "Export", "Success", nil))}
		answersOnDemand(tenant, skipped, skipped, created)
		if result := tenanttest.Do(tenant, tenant.OnDemand()); result.Runs != 3 || result.State != ondemand.Created {
			t.Errorf("%d runs, %s", result.Runs, result.State)
		}
		if len(tenant.Notices) != 1 || !strings.Contains(tenant.Notices[0], "sees the assignment of ada@contoso.com to Workato") {
			t.Errorf("told %q", tenant.Notices)
		}
	})
}

// The service disabled the account before it saw the assignment, and enables it
// when it does: what counts is how it ended.
func TestAnAccountThatIsEnabledAgainIsUpdated(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tenant := tenanttest.Ready(t)
		disabled := [2]any{tenanttest.Said("Success", "", ""), changed(tenanttest.Event("Disable", "Success", tenanttest.OutOfScope, tenanttest.Step("EntryExportUpdateSoftDelete", "Export", "Success", nil)), "active=False")}
		enabled := [2]any{tenanttest.Said("Success", "", ""), changed(tenanttest.Event("Update", "Success", tenanttest.InScope, tenanttest.Step("EntryExportUpdate", "Export", "Success", nil)), "active=True")}
		answersOnDemand(tenant, disabled, enabled)
		if result := tenanttest.Do(tenant, tenant.OnDemand()); result.Runs != 2 || result.State != ondemand.Updated {
			t.Errorf("%d runs, %s", result.Runs, result.State)
		}
	})
}

func TestAnAccountThatIsCreatedInactiveIsCreated(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.Ready(t)
	created := changed(tenanttest.Event("Create", "Success", tenanttest.InScope, tenanttest.Step("EntryExportAdd", "Export", "Success", nil)), "active=False")
	answersOnDemand(tenant, [2]any{tenanttest.Said("Success", "", ""), created})
	if result := tenanttest.Do(tenant, tenant.OnDemand()); result.State != ondemand.Created {
		t.Errorf("%s", result.State)
	}
}

// A time without a zone is no reason to forget what the service did.
func TestATimeThatCannotBeReadIsLeftOut(t *testing.T) {
	t.Parallel()
	for _, timestamp := range []any{"2026-03-01T10:00:00", "", nil, 7} {
		tenant := tenanttest.Ready(t)
		odd := tenanttest.Step("EntryExportUpdate", "Export", "Success", nil)
		odd["timestamp"] = timestamp
		answersOnDemand(tenant, [2]any{tenanttest.LiteralKey, []any{tenanttest.Event("Update", "Success", odd)}})
		if result := tenanttest.Do(tenant, tenant.OnDemand()); result.State != ondemand.Updated || !result.Steps[0].Time.IsZero() {
			t.Errorf("%v: %+v", timestamp, result)
		}
	}
}

func TestARemovedAssignmentThatStillCountsIsWaitedOut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tenant := tenanttest.Ready(t)
		equal := [2]any{tenanttest.Said("Skipped", "RedundantExport", "match"), tenanttest.Event("Other", "Skipped", tenanttest.InScope)}
		disabled := [2]any{tenanttest.Said("Success", "", ""), tenanttest.Event("Disable", "Success", tenanttest.OutOfScope, tenanttest.Step("EntryExportUpdateSoftDelete", "Export", "Success", nil))}
		answersOnDemand(tenant, equal, disabled)
		task := tenant.OnDemand()
		task.User = "edsger@contoso.com"
		if result := tenanttest.Do(tenant, task); result.Runs != 2 || result.State != ondemand.Disabled || result.Assigned {
			t.Errorf("%d runs, %s", result.Runs, result.State)
		}
	})
}

func TestWaitingEndsAndKeepsTheResult(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tenant := tenanttest.Ready(t)
		answersOnDemand(tenant, [2]any{tenanttest.Said("Skipped", "NotEffectivelyEntitled", "no"), tenanttest.Event("Other", "Skipped", tenanttest.OutOfScope)})
		began := time.Now()
		result, err := ondemand.User{
			Graph: tenant.Connect(graph.Options{WaitTimeout: time.Minute}), App: "Workato", User: "ada@contoso.com",
		}.Do(t.Context())
		if _, ok := errors.AsType[*graph.NotReplicatedError](err); !ok || result.State != ondemand.Skipped {
			t.Errorf("%+v, %v", result, err)
		}
		if took := time.Since(began); took < time.Minute || took > 2*time.Minute {
			t.Errorf("took %s", took)
		}
	})
}

func TestWhatACreateLeavesOutIsSentByASecondRun(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.Ready(t)
	seen := tenanttest.Step("EntryImport", "Import", "Success", tenanttest.Object{"userPrincipalName": "ada@contoso.com", "displayName": "Ada Lovelace", "department": "Engineering"})
	const department = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department"
	created := changed(tenanttest.Event("Create", "Success", seen, tenanttest.InScope, tenanttest.Step("EntryExportAdd", "Export", "Success", nil)), "userName=ada@contoso.com", "displayName=Ada Lovelace")
	updated := changed(tenanttest.Event("Update", "Success", seen, tenanttest.InScope, tenanttest.Step("EntryExportUpdate", "Export", "Success", nil)), department+"=Engineering")
	answersOnDemand(tenant, [2]any{tenanttest.Said("Success", "", ""), created}, [2]any{tenanttest.Said("Success", "", ""), updated})
	result := tenanttest.Do(tenant, tenant.OnDemand())
	if result.Runs != 2 || result.State != ondemand.Created {
		t.Errorf("%d runs, %s", result.Runs, result.State)
	}
	var sent []string
	for _, change := range result.Changes {
		sent = append(sent, change.Attribute)
	}
	if diff := cmp.Diff([]string{"userName", "displayName", department}, sent); diff != "" {
		t.Errorf("sent (-want +got):\n%s", diff)
	}
	for _, target := range result.NotExported {
		if target == department || target == "userName" {
			t.Errorf("%s was exported", target)
		}
	}
	if len(result.NotExported) == 0 {
		t.Error("mail was not exported, and that is not told")
	}
}

func TestADryRunProvisionsNobody(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.Ready(t)
	tenant.ForgetRequests()
	result := tenanttest.Do(tenant, ondemand.User{Graph: tenant.Connect(graph.Options{DryRun: true}), App: "Workato", User: "ada@contoso.com"})
	if result.State != "" || tenant.Writes() != 0 {
		t.Errorf("%+v after %d writes", result, tenant.Writes())
	}
}

func TestAGroupIsProvisionedWithFiveMembersARequest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tenant := tenanttest.Ready(t)
		answersOnDemand(tenant, [2]any{tenanttest.Object{"result": "Success", "details": tenanttest.Object{}}, "{}"})
		var progress []int
		result := tenanttest.Do(tenant, ondemand.Group{
			Graph: tenant.Client, App: "Workato", Group: "Engineering", Progress: func(done, total int) { progress = append(progress, done, total) },
		})
		if len(result.Runs) != 2 || len(result.Runs[0].Members) != 5 || len(result.Runs[1].Members) != 5 {
			t.Errorf("runs %+v", result.Runs)
		}
		if diff := cmp.Diff([]int{1, 2, 2, 2}, progress); diff != "" {
			t.Errorf("progress (-want +got):\n%s", diff)
		}
		body := tenant.Sent("POST provisionOnDemand")[0]
		if strings.Count(body, `"objectTypeName":"User"`) != 5 || !strings.Contains(body, `"objectTypeName":"Group"`) {
			t.Errorf("sent %s", body)
		}
	})
}

func TestGroupsInsideAGroupAreNamed(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.Ready(t)
	answersOnDemand(tenant, [2]any{tenanttest.Object{"result": "Success", "details": tenanttest.Object{}}, "{}"})
	result := tenanttest.Do(tenant, ondemand.Group{Graph: tenant.Client, App: "Workato", Group: "Sales"})
	if diff := cmp.Diff([]string{"Sales Field Team"}, result.Nested); diff != "" {
		t.Errorf("nested (-want +got):\n%s", diff)
	}
}
