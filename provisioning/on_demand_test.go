package provisioning_test

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
	"github.com/scimctl/scimctl/provisioning"
)

// packed is JSON in a string, as both halves of the service's answer are.
func packed(v any) string {
	if text, ok := v.(string); ok {
		return text
	}
	text, _ := json.Marshal(v)
	return string(text)
}

type object = map[string]any

func step(name, kind, status string, details any) object {
	return object{"name": name, "type": kind, "status": status, "description": name + " was done", "timestamp": "2026-03-01T10:00:00Z", "details": details}
}

var (
	imported = step("EntryImportAdd", "Import", "Success", object{"objectId": "1", "accountEnabled": "True"})
	inScope  = step("EntrySynchronizationScoping", "Scoping", "Success", object{
		"Assigned to the application": "True", "ScopeEvaluationResult": `{"Marketing.department EQUALS 'Marketing'":true}`,
	})
	outOfScope = step("EntrySynchronizationScoping", "Scoping", "Success", object{"IsActive": "True", "Assigned": "False"})
)

func event(action, status string, steps ...any) object {
	return object{
		"action": action, "modifiedProperties": []any{}, "provisioningSteps": steps,
		"statusInfo":     object{"status": status, "errorCode": nil, "reason": nil, "additionalDetails": nil, "recommendedAction": nil},
		"sourceIdentity": object{"id": "1", "type": "User"}, "targetIdentity": object{"id": "2", "type": "U"},
		"sourceSystem": object{"name": "Azure Active Directory"}, "targetSystem": object{"name": "customappsso"},
	}
}

func changed(e object, properties ...string) object {
	var list []any
	for _, p := range properties {
		name, value, _ := strings.Cut(p, "=")
		list = append(list, object{"displayName": name, "oldValue": nil, "newValue": value})
	}
	e["modifiedProperties"] = list
	return e
}

func said(result, code, message string) object {
	return object{"result": result, "details": object{"errorCode": code, "errorMessage": message}}
}

const literalKey = "Microsoft.Identity.Health.CPP.Common.DataContracts.SyncFabric.StatusInfo"

// answersOnDemand has the service answer so each time, the last one for good.
func (t *tenant) answersOnDemand(answers ...[2]any) {
	n := 0
	t.answer("POST provisionOnDemand", func(w http.ResponseWriter, r *http.Request) {
		a := answers[min(n, len(answers)-1)]
		n++
		with(200, object{"key": packed(a[0]), "value": packed(a[1])})(w, r)
	})
}

// ready is a tenant with a job to which Ada is assigned.
func ready(t *testing.T) *tenant {
	t.Helper()
	tenant := newTenant(t)
	do(tenant, provisioning.Setup{Graph: tenant.client, App: "Workato"})
	tenant.assign("ada@contoso.com")
	return tenant
}

func (t *tenant) onDemand() provisioning.OnDemand {
	return provisioning.OnDemand{Graph: t.client, App: "Workato", User: "ada@contoso.com"}
}

func TestBothShapesOfAnAnswerAreRead(t *testing.T) {
	t.Parallel()
	created := event("Create", "Success", imported, inScope, step("EntryExportAdd", "Export", "Success", object{"ReportableIdentifier": "ada"}))
	updated := event("Update", "Success", imported, inScope, step("EntryExportUpdate", "Export", "Success", nil))
	skipped := event("Other", "Skipped", imported, inScope, step("EntrySynchronizationSkip", "Export", "Skipped", object{"SkipReason": "RedundantExport"}))
	for name, c := range map[string]struct {
		key, value any
		state      provisioning.Outcome
		code       string
	}{
		"object, created":         {said("Success", "", ""), created, provisioning.Created, ""},
		"list, created":           {literalKey, []any{created}, provisioning.Created, ""},
		"object, updated":         {said("Success", "", ""), updated, provisioning.Updated, ""},
		"list, updated":           {literalKey, []any{updated}, provisioning.Updated, ""},
		"object, equal":           {said("Skipped", "RedundantExport", "match"), skipped, provisioning.AlreadyEqual, "RedundantExport"},
		"list, equal":             {literalKey, []any{skipped}, provisioning.AlreadyEqual, "RedundantExport"},
		"no value":                {object{"result": "Success", "details": object{}}, "{}", provisioning.Succeeded, ""},
		"no value, equal":         {said("Skipped", "RedundantExport", "match"), "", provisioning.AlreadyEqual, "RedundantExport"},
		"a value packed twice":    {said("Success", "", ""), packed(packed(created)) + "", provisioning.Created, ""},
		"names of the logs":       {literalKey, []any{object{"provisioningStatusInfo": object{"status": "success"}, "action": "create", "provisioningSteps": []any{object{"name": "EntryExportAdd", "provisioningStepType": "export", "status": "success"}}}}, provisioning.Created, ""},
		"a warning":               {literalKey, []any{event("Update", "Warning", step("EntryExportUpdate", "Export", "Success", nil))}, provisioning.Updated, ""},
		"steps without a verdict": {literalKey, []any{object{"provisioningSteps": []any{imported, step("EntryExportAdd", "Export", "Success", nil)}}}, provisioning.Created, ""},
	} {
		tenant := ready(t)
		tenant.answersOnDemand([2]any{c.key, c.value})
		result := do(tenant, tenant.onDemand())
		if result.State != c.state || result.Code != c.code {
			t.Errorf("%s: %s %q instead of %s %q", name, result.State, result.Code, c.state, c.code)
		}
	}
}

func TestStepsAndChangesAreTold(t *testing.T) {
	t.Parallel()
	tenant := ready(t)
	export := step("EntryExportUpdate", "Export", "Success", object{"count": 2, "on": true, "list": []any{"a"}, "none": nil})
	e := changed(event("Update", "Success", imported, inScope, export), "displayName=Ada")
	e["modifiedProperties"] = append(e["modifiedProperties"].([]any), object{"displayName": "title", "oldValue": "Engineer", "newValue": nil})
	tenant.answersOnDemand([2]any{said("Success", "", ""), e})
	result := do(tenant, tenant.onDemand())
	want := provisioning.Result{
		Subject: "ada@contoso.com", State: provisioning.Updated, Assigned: true, Reached: true, Runs: 1, NotExported: []string{}, WrittenBack: []string{},
		Source:  provisioning.Identity{ID: "1", Type: "User", System: "Azure Active Directory"},
		Target:  provisioning.Identity{ID: "2", Type: "U", System: "customappsso"},
		Changes: []provisioning.Change{{Attribute: "displayName", New: "Ada"}, {Attribute: "title", Old: "Engineer"}},
		Steps: []provisioning.Step{
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
	failed := event("Create", "Failure", imported, inScope, step("EntryExportAdd", "Export", "Failure", nil))
	failed["statusInfo"] = object{"status": "Failure", "errorCode": "EntryConflict", "reason": long, "recommendedAction": "Rename one."}
	for name, key := range map[string]any{"object": said("Failure", "EntryConflict", long), "literal": literalKey} {
		tenant := ready(t)
		tenant.answersOnDemand([2]any{key, []any{failed}})
		err := fails(tenant, tenant.onDemand())
		missed, ok := errors.AsType[*provisioning.NotReachedError](err)
		if !ok || missed.Result.State != provisioning.Failed || missed.Unassigned() {
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
		"broken value": {said("Success", "", ""), `{"action":`}, "broken key": {`{"result":`, "{}"},
		"nothing said": {literalKey, "{}"}, "empty": {"", ""}, "a number": {literalKey, "7"},
	} {
		tenant := ready(t)
		tenant.answersOnDemand(answer)
		if _, ok := errors.AsType[*provisioning.AnswerError](fails(tenant, tenant.onDemand())); !ok {
			t.Errorf("%s is understood", name)
		}
	}
}

func TestMissingCredentialsAreGraphsToTell(t *testing.T) {
	t.Parallel()
	tenant := ready(t)
	tenant.answer("POST provisionOnDemand", with(400, graphError("CredentialsMissing", "Please configure provisioning by providing your admin credentials then retry the provision on-demand.")))
	if answer, ok := errors.AsType[*graph.Error](fails(tenant, tenant.onDemand())); !ok || answer.Code != "CredentialsMissing" {
		t.Errorf("got %v", answer)
	}
}

func TestWhatCountsAsReached(t *testing.T) {
	t.Parallel()
	disabled := [2]any{said("Success", "", ""), changed(event("Update", "Success", imported, outOfScope, step("EntryExportUpdate", "Export", "Success", nil)), "active=False")}
	softDeleted := [2]any{literalKey, []any{event("Disable", "Success", imported, outOfScope, step("EntryExportUpdateSoftDelete", "Export", "Success", nil))}}
	skipped := [2]any{said("Skipped", "NotEffectivelyEntitled", "not assigned"), event("Other", "Skipped", imported, outOfScope)}
	updated := [2]any{said("Success", "", ""), event("Update", "Success", imported, inScope, step("EntryExportUpdate", "Export", "Success", nil))}
	failed := [2]any{said("Failure", "EntryConflict", "taken"), event("Create", "Failure", imported, inScope, step("EntryExportAdd", "Export", "Failure", nil))}
	for name, c := range map[string]struct {
		user    string
		answer  [2]any
		expect  provisioning.Expectation
		reached bool
		assign  bool // that an assignment is missing is said
	}{
		"assigned and updated":                   {"ada", updated, "", true, false},
		"assigned and updated, skip expected":    {"ada", updated, provisioning.ExpectSkipped, false, false},
		"unassigned and disabled":                {"edsger", disabled, "", true, false},
		"unassigned and softly deleted":          {"edsger", softDeleted, "", true, false},
		"unassigned and disabled, as expected":   {"edsger", disabled, provisioning.ExpectDeprovisioned, true, false},
		"unassigned and disabled, not expected":  {"edsger", disabled, provisioning.ExpectProvisioned, false, true},
		"unassigned and skipped":                 {"edsger", skipped, "", false, true},
		"unassigned and skipped, as expected":    {"edsger", skipped, provisioning.ExpectSkipped, true, false},
		"unassigned and skipped, provision it":   {"edsger", skipped, provisioning.ExpectProvisioned, false, true},
		"unassigned and failed, provision it":    {"edsger", failed, provisioning.ExpectProvisioned, false, false},
		"unassigned and skipped, deprovision it": {"edsger", skipped, provisioning.ExpectDeprovisioned, false, false},
	} {
		tenant := ready(t)
		tenant.answersOnDemand(c.answer)
		task := tenant.onDemand()
		task.User, task.Expect = c.user+"@contoso.com", c.expect
		_, err := task.Do(t.Context())
		missed, ok := errors.AsType[*provisioning.NotReachedError](err)
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
		tenant := ready(t)
		run := func(title string) [2]any {
			seen := step("EntryImport", "Import", "Success", object{"objectId": "1", "jobTitle": title})
			return [2]any{said("Success", "", ""), changed(event("Update", "Success", seen, inScope, step("EntryExportUpdate", "Export", "Success", nil)), "title="+title)}
		}
		user, err := tenant.client.FindUser(t.Context(), "ada@contoso.com", "jobTitle")
		if err != nil {
			t.Fatal(err)
		}
		id := step("EntryImport", "Import", "Success", object{"jobTitle": "Principal Engineer", "objectId": user.ID})
		current := run("Principal Engineer")
		current[1].(object)["provisioningSteps"].([]any)[0] = id
		tenant.answersOnDemand(run("Engineer"), run("Engineer"), current)
		result := do(tenant, tenant.onDemand())
		if result.Runs != 3 || result.State != provisioning.Updated {
			t.Errorf("%d runs, %s", result.Runs, result.State)
		}
		if diff := cmp.Diff([]provisioning.Change{{Attribute: "title", New: "Principal Engineer"}}, result.Changes); diff != "" {
			t.Errorf("changes (-want +got):\n%s", diff)
		}
	})
}

func TestAnOlderValueThatWasWrittenBackIsNamed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tenant := ready(t)
		run := func(title, old string) [2]any {
			e := event("Update", "Success", step("EntryImport", "Import", "Success", object{"jobTitle": title}), inScope, step("EntryExportUpdate", "Export", "Success", nil))
			e["modifiedProperties"] = []any{object{"displayName": "title", "oldValue": old, "newValue": title}}
			return [2]any{said("Success", "", ""), e}
		}
		tenant.answersOnDemand(run("Engineer", "Principal Engineer"), run("Principal Engineer", "Engineer"))
		result := do(tenant, tenant.onDemand())
		if diff := cmp.Diff([]string{"title"}, result.WrittenBack); diff != "" || len(result.Changes) != 0 || result.Runs != 2 {
			t.Errorf("%+v (-want +got):\n%s", result, diff)
		}
	})
}

func TestAnAssignmentThatDoesNotCountYetIsWaitedFor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tenant := ready(t)
		skipped := [2]any{said("Skipped", "NotEffectivelyEntitled", "no"), event("Other", "Skipped", outOfScope)}
		created := [2]any{said("Success", "", ""), event("Create", "Success", inScope, step("EntryExportAdd", "Export", "Success", nil))}
		tenant.answersOnDemand(skipped, skipped, created)
		if result := do(tenant, tenant.onDemand()); result.Runs != 3 || result.State != provisioning.Created {
			t.Errorf("%d runs, %s", result.Runs, result.State)
		}
		if len(tenant.notices) != 1 || !strings.Contains(tenant.notices[0], "sees the assignment of ada@contoso.com to Workato") {
			t.Errorf("told %q", tenant.notices)
		}
	})
}

// The service disabled the account before it saw the assignment, and enables it
// when it does: what counts is how it ended.
func TestAnAccountThatIsEnabledAgainIsUpdated(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tenant := ready(t)
		disabled := [2]any{said("Success", "", ""), changed(event("Disable", "Success", outOfScope, step("EntryExportUpdateSoftDelete", "Export", "Success", nil)), "active=False")}
		enabled := [2]any{said("Success", "", ""), changed(event("Update", "Success", inScope, step("EntryExportUpdate", "Export", "Success", nil)), "active=True")}
		tenant.answersOnDemand(disabled, enabled)
		if result := do(tenant, tenant.onDemand()); result.Runs != 2 || result.State != provisioning.Updated {
			t.Errorf("%d runs, %s", result.Runs, result.State)
		}
	})
}

func TestAnAccountThatIsCreatedInactiveIsCreated(t *testing.T) {
	t.Parallel()
	tenant := ready(t)
	created := changed(event("Create", "Success", inScope, step("EntryExportAdd", "Export", "Success", nil)), "active=False")
	tenant.answersOnDemand([2]any{said("Success", "", ""), created})
	if result := do(tenant, tenant.onDemand()); result.State != provisioning.Created {
		t.Errorf("%s", result.State)
	}
}

// A time without a zone is no reason to forget what the service did.
func TestATimeThatCannotBeReadIsLeftOut(t *testing.T) {
	t.Parallel()
	for _, timestamp := range []any{"2026-03-01T10:00:00", "", nil, 7} {
		tenant := ready(t)
		odd := step("EntryExportUpdate", "Export", "Success", nil)
		odd["timestamp"] = timestamp
		tenant.answersOnDemand([2]any{literalKey, []any{event("Update", "Success", odd)}})
		if result := do(tenant, tenant.onDemand()); result.State != provisioning.Updated || !result.Steps[0].Time.IsZero() {
			t.Errorf("%v: %+v", timestamp, result)
		}
	}
}

func TestARemovedAssignmentThatStillCountsIsWaitedOut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tenant := ready(t)
		equal := [2]any{said("Skipped", "RedundantExport", "match"), event("Other", "Skipped", inScope)}
		disabled := [2]any{said("Success", "", ""), event("Disable", "Success", outOfScope, step("EntryExportUpdateSoftDelete", "Export", "Success", nil))}
		tenant.answersOnDemand(equal, disabled)
		task := tenant.onDemand()
		task.User = "edsger@contoso.com"
		if result := do(tenant, task); result.Runs != 2 || result.State != provisioning.Disabled || result.Assigned {
			t.Errorf("%d runs, %s", result.Runs, result.State)
		}
	})
}

func TestWaitingEndsAndKeepsTheResult(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tenant := ready(t)
		tenant.answersOnDemand([2]any{said("Skipped", "NotEffectivelyEntitled", "no"), event("Other", "Skipped", outOfScope)})
		began := time.Now()
		result, err := provisioning.OnDemand{
			Graph: tenant.connect(graph.Options{WaitTimeout: time.Minute}), App: "Workato", User: "ada@contoso.com",
		}.Do(t.Context())
		if _, ok := errors.AsType[*graph.NotReplicatedError](err); !ok || result.State != provisioning.Skipped {
			t.Errorf("%+v, %v", result, err)
		}
		if took := time.Since(began); took < time.Minute || took > 2*time.Minute {
			t.Errorf("took %s", took)
		}
	})
}

func TestWhatACreateLeavesOutIsSentByASecondRun(t *testing.T) {
	t.Parallel()
	tenant := ready(t)
	seen := step("EntryImport", "Import", "Success", object{"userPrincipalName": "ada@contoso.com", "displayName": "Ada Lovelace", "department": "Engineering"})
	const department = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department"
	created := changed(event("Create", "Success", seen, inScope, step("EntryExportAdd", "Export", "Success", nil)), "userName=ada@contoso.com", "displayName=Ada Lovelace")
	updated := changed(event("Update", "Success", seen, inScope, step("EntryExportUpdate", "Export", "Success", nil)), department+"=Engineering")
	tenant.answersOnDemand([2]any{said("Success", "", ""), created}, [2]any{said("Success", "", ""), updated})
	result := do(tenant, tenant.onDemand())
	if result.Runs != 2 || result.State != provisioning.Created {
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
	tenant := ready(t)
	tenant.ForgetRequests()
	result := do(tenant, provisioning.OnDemand{Graph: tenant.connect(graph.Options{DryRun: true}), App: "Workato", User: "ada@contoso.com"})
	if result.State != "" || tenant.writes() != 0 {
		t.Errorf("%+v after %d writes", result, tenant.writes())
	}
}

func TestAGroupIsProvisionedWithFiveMembersARequest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tenant := ready(t)
		tenant.answersOnDemand([2]any{object{"result": "Success", "details": object{}}, "{}"})
		var progress []int
		result := do(tenant, provisioning.OnDemandGroup{
			Graph: tenant.client, App: "Workato", Group: "Engineering", Progress: func(done, total int) { progress = append(progress, done, total) },
		})
		if len(result.Runs) != 2 || len(result.Runs[0].Members) != 5 || len(result.Runs[1].Members) != 5 {
			t.Errorf("runs %+v", result.Runs)
		}
		if diff := cmp.Diff([]int{1, 2, 2, 2}, progress); diff != "" {
			t.Errorf("progress (-want +got):\n%s", diff)
		}
		body := tenant.sent("POST provisionOnDemand")[0]
		if strings.Count(body, `"objectTypeName":"User"`) != 5 || !strings.Contains(body, `"objectTypeName":"Group"`) {
			t.Errorf("sent %s", body)
		}
	})
}

func TestGroupsInsideAGroupAreNamed(t *testing.T) {
	t.Parallel()
	tenant := ready(t)
	tenant.answersOnDemand([2]any{object{"result": "Success", "details": object{}}, "{}"})
	result := do(tenant, provisioning.OnDemandGroup{Graph: tenant.client, App: "Workato", Group: "Sales"})
	if diff := cmp.Diff([]string{"Sales Field Team"}, result.Nested); diff != "" {
		t.Errorf("nested (-want +got):\n%s", diff)
	}
}
