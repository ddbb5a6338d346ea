package ondemand_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/directory"
	"github.com/scimctl/scimctl/provisioning"
	"github.com/scimctl/scimctl/provisioning/assignment"
	"github.com/scimctl/scimctl/provisioning/internal/tenanttest"
	"github.com/scimctl/scimctl/provisioning/job"
	"github.com/scimctl/scimctl/provisioning/ondemand"
	"github.com/scimctl/scimctl/provisioning/users"
)

func TestOneOfSeveralJobsIsNamed(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	other := tenanttest.JobAnswer("Disabled", "Paused", nil)
	other["id"], other["templateId"] = "customappsso.1111.2222", "customappsso"
	tenant.Answer("GET jobs", tenanttest.With(200, tenanttest.Object{"value": []any{tenanttest.JobAnswer("Disabled", "Paused", nil), other}}))
	for _, name := range []string{"scim", "scim.1111.2222"} {
		if found, err := provisioning.FindJob(t.Context(), tenant.Client, "Workato", name); err != nil || found.Ref().JobID != "scim.1111.2222" {
			t.Errorf("%s is %+v, %v", name, found.Job, err)
		}
	}
	_, err := provisioning.FindJob(t.Context(), tenant.Client, "Workato", "")
	if several, ok := errors.AsType[*graph.AmbiguousError](err); !ok || len(several.Matches) != 2 {
		t.Errorf("no name gives %v", err)
	}
	_, err = provisioning.FindJob(t.Context(), tenant.Client, "Workato", "slack")
	if none, ok := errors.AsType[*graph.NotFoundError](err); !ok || len(none.All) != 2 {
		t.Errorf("a wrong name gives %v", err)
	}
}

func TestDefaultAccessIsForApplicationsWithoutRoles(t *testing.T) {
	t.Parallel()
	role := tenanttest.Object{"id": "a", "displayName": "Reader", "value": "read", "isEnabled": true, "allowedMemberTypes": []string{"User"}}
	disabled := tenanttest.Object{"id": "b", "displayName": "User", "isEnabled": false, "allowedMemberTypes": []string{"User"}}
	service := tenanttest.Object{"id": "c", "displayName": "Service", "isEnabled": true, "allowedMemberTypes": []string{"Application"}}
	for name, c := range map[string]struct {
		roles []any
		role  string
		want  string
	}{
		"none":                   {nil, "", "00000000-0000-0000-0000-000000000000"},
		"only for services":      {[]any{service}, "Default Access", "00000000-0000-0000-0000-000000000000"},
		"the first that is on":   {[]any{service, disabled, role}, "", "a"},
		"by its value":           {[]any{role}, "read", "a"},
		"User before the others": {[]any{role, tenanttest.Object{"id": "d", "displayName": "User", "isEnabled": true, "allowedMemberTypes": []string{"User"}}}, "", "d"},
	} {
		tenant := tenanttest.NewTenant(t)
		tenant.Answer("GET servicePrincipals", tenanttest.With(200, tenanttest.Object{"value": []any{tenanttest.Object{"id": "sp", "appId": "app", "displayName": "Notes", "appRoles": c.roles}}}))
		tenant.Answer("GET appRoleAssignments", tenanttest.With(200, tenanttest.Object{"value": []any{}}))
		tenant.Answer("POST appRoleAssignedTo", tenant.Assigning)
		tenanttest.Do(tenant, assignment.Add{Graph: tenant.Client, App: "Notes", Users: []string{"ada@contoso.com"}, Role: c.role})
		if body := tenant.Sent("POST appRoleAssignedTo")[0]; !strings.Contains(body, `"appRoleId":"`+c.want+`"`) {
			t.Errorf("%s sends %s", name, body)
		}
	}
}

func TestAnAssignmentThatSomebodyElseRemovedIsGone(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	row := tenanttest.Object{"id": "row-1", "appRoleId": "x", "principalId": "", "principalType": "User"}
	ada, err := directory.FindUser(t.Context(), tenant.Client, "ada@contoso.com")
	if err != nil {
		t.Fatal(err)
	}
	row["principalId"] = ada.ID
	looks := 0
	tenant.Answer("GET appRoleAssignments", func(w http.ResponseWriter, r *http.Request) {
		looks++
		rows := []any{row}
		if looks > 1 {
			rows = []any{}
		}
		tenanttest.With(200, tenanttest.Object{"value": rows})(w, r)
	})
	tenant.Answer("DELETE row-1", tenanttest.With(400, tenanttest.GraphError("Request_BadRequest", "EntitlementGrant being updated or deleted is not found.")))
	done := tenanttest.Do(tenant, assignment.Remove{Graph: tenant.Client, App: "Workato", Users: []string{"ada@contoso.com"}})
	if len(done) != 1 || looks != 3 {
		t.Errorf("%+v after %d looks", done, looks)
	}
}

func TestAJobThatARestartStoppedIsStartedAgain(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	tenant.ShowsJob("Active", "Active", nil)
	tenant.Answer("POST restart", func(w http.ResponseWriter, _ *http.Request) {
		tenant.Answer("GET scim.1111.2222", tenanttest.With(200, tenanttest.JobAnswer("Paused", "Paused", nil)))
		w.WriteHeader(http.StatusNoContent)
	})
	tenant.Answer("POST start", func(w http.ResponseWriter, _ *http.Request) {
		tenant.Answer("GET scim.1111.2222", tenanttest.With(200, tenanttest.JobAnswer("Active", "Active", nil)))
		w.WriteHeader(http.StatusNoContent)
	})
	tenanttest.Do(tenant, job.Restart{Graph: tenant.Client, App: "Workato"})
	if len(tenant.Sent("POST start")) != 1 {
		t.Error("it was not started")
	}
}

func TestStopWaitsUntilTheJobIsNotActive(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tenant := tenanttest.NewTenant(t)
		tenant.ShowsJob("Active", "Active", nil)
		tenant.Answer("POST pause", tenanttest.With(204, nil))
		looks := 0
		tenant.Answer("GET scim.1111.2222", func(w http.ResponseWriter, r *http.Request) {
			looks++
			state := "Active"
			if looks > 2 {
				state = "Paused"
			}
			tenanttest.With(200, tenanttest.JobAnswer(state, "Active", nil))(w, r)
		})
		if done := tenanttest.Do(tenant, job.Stop{Graph: tenant.Client, App: "Workato"}); done.Job.State != job.StateStopped || looks != 3 {
			t.Errorf("%+v after %d looks", done, looks)
		}
	})
}

func TestMembersOfAGroupCanBeNamed(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.Ready(t)
	answersOnDemand(tenant, [2]any{tenanttest.Object{"result": "Success", "details": tenanttest.Object{}}, "{}"})
	result := tenanttest.Do(tenant, ondemand.Group{Graph: tenant.Client, App: "Workato", Group: "Sales", Members: []string{"ada@contoso.com"}})
	if len(result.Runs) != 1 || !cmp.Equal(result.Runs[0].Members, []string{"ada@contoso.com"}) {
		t.Errorf("runs %+v", result.Runs)
	}
}

func TestUsersAreListedByTheirBeginning(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	users := tenanttest.Do(tenant, users.List{Graph: tenant.Client, Search: "ada"})
	if len(users) != 1 || users[0].UserPrincipalName != "ada@contoso.com" || users[0].ID == "" || !users[0].AccountEnabled {
		t.Errorf("found %+v", users)
	}
}

func TestExpectationsAreParsed(t *testing.T) {
	t.Parallel()
	for _, word := range []string{"", "provisioned", "deprovisioned", "skipped"} {
		if got, err := ondemand.ParseExpectation(word); err != nil || string(got) != word {
			t.Errorf("%q is %q, %v", word, got, err)
		}
	}
	if _, err := ondemand.ParseExpectation("done"); err == nil {
		t.Error("done is an expectation")
	}
}

func TestValuesThatGraphNamesOtherwiseAreCompared(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for attribute, want := range map[string]string{
			"telephoneNumber": "+1 555 020 0002", "mobile": "+1 555 010 0002", "physicalDeliveryOfficeName": "London 02", "accountEnabled": "true",
		} {
			tenant := tenanttest.Ready(t)
			run := func(value string) [2]any {
				seen := tenanttest.Step("EntryImport", "Import", "Success", tenanttest.Object{attribute: value})
				return [2]any{tenanttest.Said("Success", "", ""), tenanttest.Event("Update", "Success", seen, tenanttest.InScope, tenanttest.Step("EntryExportUpdate", "Export", "Success", nil))}
			}
			answersOnDemand(tenant, run("old"), run(want))
			wantRuns := 2
			if attribute == "accountEnabled" { // not mapped by itself, so not compared
				wantRuns = 1
			}
			if result := tenanttest.Do(tenant, tenant.OnDemand()); result.Runs != wantRuns {
				t.Errorf("%s: %d runs", attribute, result.Runs)
			}
		}
	})
}
