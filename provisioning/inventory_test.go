package provisioning_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/provisioning"
)

// manyApps answers with applications of which every fifth has a job, in pages
// of a hundred, each after a second.
func (t *tenant) manyApps(n int) {
	second := func(next http.HandlerFunc) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			<-time.After(time.Second)
			next(w, r)
		}
	}
	t.answer("GET servicePrincipals", func(w http.ResponseWriter, r *http.Request) {
		var from int
		_, _ = fmt.Sscanf(r.URL.Query().Get("$skiptoken"), "%d", &from)
		page := object{"value": []any{}}
		apps := []any{}
		for i := from; i < min(from+100, n); i++ {
			apps = append(apps, object{"id": fmt.Sprintf("sp-%d", i), "appId": fmt.Sprint(i), "displayName": fmt.Sprintf("App %04d", i), "applicationTemplateId": "t", "tags": []any{}})
		}
		if from+100 < n {
			page["@odata.nextLink"] = fmt.Sprintf("https://graph.microsoft.com/v1.0/servicePrincipals?$skiptoken=%d", from+100)
		}
		page["value"] = apps
		with(200, page)(w, r)
	})
	t.answer("GET jobs", second(func(w http.ResponseWriter, r *http.Request) {
		jobs := []any{}
		var i int
		if _, _ = fmt.Sscanf(strings.TrimPrefix(r.URL.Path, "/v1.0/servicePrincipals/sp-"), "%d", &i); i%5 == 0 {
			jobs = append(jobs, object{"id": fmt.Sprintf("scim.%d", i), "templateId": "scim", "schedule": object{"state": "Active"}, "status": object{"code": "NotRun"}})
		}
		with(200, object{"value": jobs})(w, r)
	}))
	t.answer("GET secrets", second(with(200, object{"value": []any{object{"key": "SyncAll", "value": "true"}}})))
	t.answer("GET owners", second(with(200, object{"value": []any{object{"@odata.type": "#microsoft.graph.user", "id": "u", "userPrincipalName": "ada@contoso.com"}}})))
}

func TestAnInventoryOfFiveHundredApplicationsIsReadEightAtATime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tenant := newTenant(t)
		tenant.manyApps(500)
		told, began := 0, time.Now()
		rows := do(tenant, provisioning.Inventory{Graph: tenant.client, Owners: true, Progress: func(read, total int) {
			if told++; read != told || total != 500 {
				t.Errorf("%d of %d is told in call %d", read, total, told)
			}
		}})
		if len(rows) != 100 || rows[99].Name != "App 0495" || rows[0].Settings.Scope != provisioning.ScopeAll || rows[0].Owners[0].Name != "ada@contoso.com" {
			t.Errorf("%d rows, the first %+v", len(rows), rows[0])
		}
		asked := map[string]int{}
		for _, kind := range []string{"servicePrincipals", "jobs", "secrets", "owners"} {
			asked[kind] = len(tenant.sent("GET " + kind))
		}
		if diff := cmp.Diff(map[string]int{"servicePrincipals": 5, "jobs": 500, "secrets": 100, "owners": 100}, asked); diff != "" {
			t.Errorf("requests (-want +got):\n%s", diff)
		}
		// 600 seconds of waiting, the last two of each application side by side
		if took := time.Since(began); took < 600/8*time.Second || took > 650/8*time.Second {
			t.Errorf("took %s", took)
		}
	})
}

func TestAnInventoryTellsHowEachJobIs(t *testing.T) {
	t.Parallel()
	tenant := newTenant(t)
	tenant.provisioned()
	rows := do(tenant, provisioning.Inventory{Graph: tenant.client})
	if len(rows) != 1 || rows[0].Name != "Workato" || rows[0].Job.State != provisioning.StateStopped || rows[0].Running ||
		rows[0].Settings.Scope != provisioning.ScopeAssigned || !rows[0].LastRun.IsZero() || rows[0].Owners != nil {
		t.Errorf("%+v", rows)
	}
	for state, want := range map[provisioning.State]int{provisioning.StateStopped: 1, provisioning.StateQuarantine: 0} {
		if rows := do(tenant, provisioning.Inventory{Graph: tenant.client, States: []provisioning.State{state}}); rows == nil || len(rows) != want {
			t.Errorf("%s: %+v", state, rows)
		}
	}
	if rows := do(tenant, provisioning.Inventory{Graph: tenant.client, Search: "EXPENSES"}); len(rows) != 0 {
		t.Errorf("%+v", rows)
	}
}

func TestAnInventoryAsksOnlyWhatCanHaveAJob(t *testing.T) {
	t.Parallel()
	tenant := newTenant(t)
	idOf := func(name string) string {
		return do(tenant, provisioning.ShowApp{Graph: tenant.client, App: name}).ServicePrincipalID
	}
	cannot, can := idOf("Microsoft Graph"), idOf("Workato")
	tenant.ForgetRequests()
	do(tenant, provisioning.Inventory{Graph: tenant.client})
	asked := map[string]bool{}
	for _, r := range tenant.Requests() {
		asked[r.Path] = true
	}
	if jobs := "/synchronization/jobs"; asked["/servicePrincipals/"+cannot+jobs] || !asked["/servicePrincipals/"+can+jobs] {
		t.Errorf("asked for %v", asked)
	}
}

func TestWhatCannotBeReadDoesNotKeepAnInventoryFromTheRest(t *testing.T) {
	t.Parallel()
	tenant := newTenant(t)
	tenant.provisioned()
	tenant.answer("GET jobs", func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "ec96549e") { // Workato
			with(200, object{"value": []any{object{"id": "scim.1", "templateId": "scim", "schedule": object{"state": "Active"}, "status": object{"code": "NotRun"}}}})(w, r)
			return
		}
		with(403, graphError("Authorization_RequestDenied", "Insufficient privileges to complete the operation."))(w, r)
	})
	rows, err := provisioning.Inventory{Graph: tenant.client}.Do(t.Context())
	partial, ok := errors.AsType[*provisioning.PartialError](err)
	if !ok || len(rows) != 1 || partial.Total != len(partial.Failed)+1 {
		t.Errorf("%+v, %v", rows, err)
	}
}

func TestAnInventoryThatMayReadNothingSaysSoOnce(t *testing.T) {
	t.Parallel()
	tenant := newTenant(t)
	tenant.answer("GET jobs", with(403, graphError("Authorization_RequestDenied", "Insufficient privileges to complete the operation.")))
	err := fails(tenant, provisioning.Inventory{Graph: tenant.client})
	if refused, ok := errors.AsType[*graph.Error](err); !ok || refused.Status != 403 {
		t.Errorf("%v", err)
	}
	if _, several := errors.AsType[*provisioning.PartialError](err); several {
		t.Errorf("each is told: %v", err)
	}
}

func TestAStateThatNoJobHasIsRefused(t *testing.T) {
	t.Parallel()
	tenant := newTenant(t)
	err := fails(tenant, provisioning.Inventory{Graph: tenant.client, States: []provisioning.State{"sleeping"}})
	if unknown, ok := errors.AsType[*provisioning.UnknownStateError](err); !ok || unknown.State != "sleeping" || len(tenant.Requests()) != 0 {
		t.Errorf("%v after %d requests", err, len(tenant.Requests()))
	}
}

func TestTheGalleryIsSearchedByAPartOfTheName(t *testing.T) {
	t.Parallel()
	tenant := newTenant(t)
	names := func(list provisioning.ListTemplates) (names []string) {
		list.Graph = tenant.client
		for _, template := range do(tenant, list) {
			names = append(names, template.Name)
		}
		return names
	}
	for want, list := range map[string]provisioning.ListTemplates{
		"Workgrid Workteam":                       {Search: "work"},
		"Custom Fabrikam Notes Workgrid Workteam": {},
		"Custom Workgrid Workteam":                {Provisions: true},
		"":                                        {Search: "O'Brien"},
	} {
		if got := strings.Join(names(list), " "); got != want {
			t.Errorf("%+v lists %q, want %q", list, got, want)
		}
	}
}

func TestTheNonGalleryTemplateIsShownInEveryCloud(t *testing.T) {
	t.Parallel()
	for _, cloud := range graph.Clouds() {
		tenant := tenantWith(t, graph.Options{Cloud: cloud})
		tenant.answer("GET applicationTemplates", with(200, object{"value": []any{}}))
		found := do(tenant, provisioning.ListTemplates{Graph: tenant.client, Search: "cust"})
		if len(found) != 1 || found[0].ID != cloud.CustomTemplateID || !found[0].NonGallery || !found[0].Provisions {
			t.Errorf("%s: %+v", cloud.Name, found)
		}
	}
}

func TestAnApplicationIsShownWithAllThatBelongsToIt(t *testing.T) {
	t.Parallel()
	tenant := newTenant(t)
	tenant.provisioned()
	tenant.assign("ada@contoso.com", "betty@contoso.com")
	app := do(tenant, provisioning.ShowApp{Graph: tenant.client, App: "Workato"})
	want := []provisioning.AppObject{
		{Kind: "user", Enabled: true, Actions: []string{"create", "update", "delete"}},
		{Kind: "group", Enabled: true, Actions: []string{"create", "update", "delete"}},
	}
	if diff := cmp.Diff(want, app.Jobs[0].Objects); diff != "" {
		t.Errorf("the job (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(provisioning.AssignmentCounts{Users: 2}, app.Assignments); diff != "" {
		t.Errorf("assignments (-want +got):\n%s", diff)
	}
	if app.TenantURL == "" || app.Settings.Scope != provisioning.ScopeAssigned || len(app.Owners) != 1 || !app.Owners[0].OfApplication || !app.Owners[0].OfServicePrincipal || len(app.Refused) != 0 {
		t.Errorf("%+v", app)
	}
	keys := []string{}
	for _, saved := range app.Secrets {
		keys = append(keys, saved.Key)
	}
	if diff := cmp.Diff([]string{"BaseAddress", "SecretToken", "SyncAll", "SyncNotificationSettings"}, keys); diff != "" {
		t.Errorf("keys (-want +got):\n%s", diff)
	}
}

func TestWhatTheCallerMayNotReadIsLeftOutOfAnApplication(t *testing.T) {
	t.Parallel()
	tenant := newTenant(t)
	tenant.provisioned()
	for _, part := range []string{"GET owners", "GET secrets", "GET schema"} {
		tenant.answer(part, with(403, graphError("Authorization_RequestDenied", "Insufficient privileges to complete the operation.")))
	}
	app := do(tenant, provisioning.ShowApp{Graph: tenant.client, App: "Workato"})
	if len(app.Refused) != 4 || app.Refused[0].Part != "owners of the application" || len(app.Jobs) != 1 || app.Secrets == nil || app.Owners == nil {
		t.Errorf("%+v", app)
	}
}
