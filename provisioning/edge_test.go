package provisioning_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/provisioning"
)

func TestOneOfSeveralJobsIsNamed(t *testing.T) {
	t.Parallel()
	tenant := newTenant(t)
	other := job("Disabled", "Paused", nil)
	other["id"], other["templateId"] = "customappsso.1111.2222", "customappsso"
	tenant.answer("GET jobs", with(200, object{"value": []any{job("Disabled", "Paused", nil), other}}))
	for _, name := range []string{"scim", "scim.1111.2222"} {
		if found, err := provisioning.FindJob(t.Context(), tenant.client, "Workato", name); err != nil || found.Ref().JobID != "scim.1111.2222" {
			t.Errorf("%s is %+v, %v", name, found.Job, err)
		}
	}
	_, err := provisioning.FindJob(t.Context(), tenant.client, "Workato", "")
	if several, ok := errors.AsType[*graph.AmbiguousError](err); !ok || len(several.Matches) != 2 {
		t.Errorf("no name gives %v", err)
	}
	_, err = provisioning.FindJob(t.Context(), tenant.client, "Workato", "slack")
	if none, ok := errors.AsType[*graph.NotFoundError](err); !ok || len(none.All) != 2 {
		t.Errorf("a wrong name gives %v", err)
	}
}

func TestDefaultAccessIsForApplicationsWithoutRoles(t *testing.T) {
	t.Parallel()
	role := object{"id": "a", "displayName": "Reader", "value": "read", "isEnabled": true, "allowedMemberTypes": []string{"User"}}
	disabled := object{"id": "b", "displayName": "User", "isEnabled": false, "allowedMemberTypes": []string{"User"}}
	service := object{"id": "c", "displayName": "Service", "isEnabled": true, "allowedMemberTypes": []string{"Application"}}
	for name, c := range map[string]struct {
		roles []any
		role  string
		want  string
	}{
		"none":                   {nil, "", "00000000-0000-0000-0000-000000000000"},
		"only for services":      {[]any{service}, "Default Access", "00000000-0000-0000-0000-000000000000"},
		"the first that is on":   {[]any{service, disabled, role}, "", "a"},
		"by its value":           {[]any{role}, "read", "a"},
		"User before the others": {[]any{role, object{"id": "d", "displayName": "User", "isEnabled": true, "allowedMemberTypes": []string{"User"}}}, "", "d"},
	} {
		tenant := newTenant(t)
		tenant.answer("GET servicePrincipals", with(200, object{"value": []any{object{"id": "sp", "appId": "app", "displayName": "Notes", "appRoles": c.roles}}}))
		tenant.answer("GET appRoleAssignments", with(200, object{"value": []any{}}))
		tenant.answer("POST appRoleAssignedTo", tenant.assigning)
		do(tenant, provisioning.AddAssignments{Graph: tenant.client, App: "Notes", Users: []string{"ada@contoso.com"}, Role: c.role})
		if body := tenant.sent("POST appRoleAssignedTo")[0]; !strings.Contains(body, `"appRoleId":"`+c.want+`"`) {
			t.Errorf("%s sends %s", name, body)
		}
	}
}

// assigning takes an assignment and shows it afterwards.
func (t *tenant) assigning(w http.ResponseWriter, r *http.Request) {
	row := object{}
	if err := json.NewDecoder(r.Body).Decode(&row); err != nil {
		t.Error(err)
	}
	row["id"] = "new"
	t.answer("GET appRoleAssignments", with(200, object{"value": []any{row}}))
	with(201, row)(w, r)
}

func TestAnAssignmentThatSomebodyElseRemovedIsGone(t *testing.T) {
	t.Parallel()
	tenant := newTenant(t)
	row := object{"id": "row-1", "appRoleId": "x", "principalId": "", "principalType": "User"}
	ada, err := tenant.client.FindUser(t.Context(), "ada@contoso.com")
	if err != nil {
		t.Fatal(err)
	}
	row["principalId"] = ada.ID
	looks := 0
	tenant.answer("GET appRoleAssignments", func(w http.ResponseWriter, r *http.Request) {
		looks++
		rows := []any{row}
		if looks > 1 {
			rows = []any{}
		}
		with(200, object{"value": rows})(w, r)
	})
	tenant.answer("DELETE row-1", with(400, graphError("Request_BadRequest", "EntitlementGrant being updated or deleted is not found.")))
	done := do(tenant, provisioning.RemoveAssignments{Graph: tenant.client, App: "Workato", Users: []string{"ada@contoso.com"}})
	if len(done) != 1 || looks != 3 {
		t.Errorf("%+v after %d looks", done, looks)
	}
}

func TestAJobThatARestartStoppedIsStartedAgain(t *testing.T) {
	t.Parallel()
	tenant := newTenant(t)
	tenant.showsJob("Active", "Active", nil)
	tenant.answer("POST restart", func(w http.ResponseWriter, _ *http.Request) {
		tenant.answer("GET scim.1111.2222", with(200, job("Paused", "Paused", nil)))
		w.WriteHeader(http.StatusNoContent)
	})
	tenant.answer("POST start", func(w http.ResponseWriter, _ *http.Request) {
		tenant.answer("GET scim.1111.2222", with(200, job("Active", "Active", nil)))
		w.WriteHeader(http.StatusNoContent)
	})
	do(tenant, provisioning.Restart{Graph: tenant.client, App: "Workato"})
	if len(tenant.sent("POST start")) != 1 {
		t.Error("it was not started")
	}
}

func TestStopWaitsUntilTheJobIsNotActive(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tenant := newTenant(t)
		tenant.showsJob("Active", "Active", nil)
		tenant.answer("POST pause", with(204, nil))
		looks := 0
		tenant.answer("GET scim.1111.2222", func(w http.ResponseWriter, r *http.Request) {
			looks++
			state := "Active"
			if looks > 2 {
				state = "Paused"
			}
			with(200, job(state, "Active", nil))(w, r)
		})
		if done := do(tenant, provisioning.Stop{Graph: tenant.client, App: "Workato"}); done.Job.State != provisioning.StateStopped || looks != 3 {
			t.Errorf("%+v after %d looks", done, looks)
		}
	})
}

func TestMembersOfAGroupCanBeNamed(t *testing.T) {
	t.Parallel()
	tenant := ready(t)
	tenant.answersOnDemand([2]any{object{"result": "Success", "details": object{}}, "{}"})
	result := do(tenant, provisioning.OnDemandGroup{Graph: tenant.client, App: "Workato", Group: "Sales", Members: []string{"ada@contoso.com"}})
	if len(result.Runs) != 1 || !cmp.Equal(result.Runs[0].Members, []string{"ada@contoso.com"}) {
		t.Errorf("runs %+v", result.Runs)
	}
}

func TestUsersAreListedByTheirBeginning(t *testing.T) {
	t.Parallel()
	tenant := newTenant(t)
	users := do(tenant, provisioning.ListUsers{Graph: tenant.client, Search: "ada"})
	if len(users) != 1 || users[0].UserPrincipalName != "ada@contoso.com" || users[0].ID == "" || !users[0].AccountEnabled {
		t.Errorf("found %+v", users)
	}
}

func TestExpectationsAreParsed(t *testing.T) {
	t.Parallel()
	for _, word := range []string{"", "provisioned", "deprovisioned", "skipped"} {
		if got, err := provisioning.ParseExpectation(word); err != nil || string(got) != word {
			t.Errorf("%q is %q, %v", word, got, err)
		}
	}
	if _, err := provisioning.ParseExpectation("done"); err == nil {
		t.Error("done is an expectation")
	}
}

func TestValuesThatGraphNamesOtherwiseAreCompared(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for attribute, want := range map[string]string{
			"telephoneNumber": "+1 555 020 0002", "mobile": "+1 555 010 0002", "physicalDeliveryOfficeName": "London 02", "accountEnabled": "true",
		} {
			tenant := ready(t)
			run := func(value string) [2]any {
				seen := step("EntryImport", "Import", "Success", object{attribute: value})
				return [2]any{said("Success", "", ""), event("Update", "Success", seen, inScope, step("EntryExportUpdate", "Export", "Success", nil))}
			}
			tenant.answersOnDemand(run("old"), run(want))
			wantRuns := 2
			if attribute == "accountEnabled" { // not mapped by itself, so not compared
				wantRuns = 1
			}
			if result := do(tenant, tenant.onDemand()); result.Runs != wantRuns {
				t.Errorf("%s: %d runs", attribute, result.Runs)
			}
		}
	})
}
