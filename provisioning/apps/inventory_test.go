package apps_test

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
	"github.com/scimctl/scimctl/provisioning/apps"
	"github.com/scimctl/scimctl/provisioning/credentials"
	"github.com/scimctl/scimctl/provisioning/internal/tenanttest"
	"github.com/scimctl/scimctl/provisioning/job"
)

// manyApps answers with applications of which every fifth has a job, in pages
// of a hundred, each after a second.
func manyApps(t *tenanttest.Tenant, n int) {
	second := func(next http.HandlerFunc) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			<-time.After(time.Second)
			next(w, r)
		}
	}
	t.Answer("GET servicePrincipals", func(w http.ResponseWriter, r *http.Request) {
		var from int
		_, _ = fmt.Sscanf(r.URL.Query().Get("$skiptoken"), "%d", &from)
		page := tenanttest.Object{"value": []any{}}
		apps := []any{}
		for i := from; i < min(from+100, n); i++ {
			apps = append(apps, tenanttest.Object{"id": fmt.Sprintf("sp-%d", i), "appId": fmt.Sprint(i), "displayName": fmt.Sprintf("App %04d", i), "applicationTemplateId": "t", "tags": []any{}})
		}
		if from+100 < n {
			page["@odata.nextLink"] = fmt.Sprintf("https://graph.microsoft.com/v1.0/servicePrincipals?$skiptoken=%d", from+100)
		}
		page["value"] = apps
		tenanttest.With(200, page)(w, r)
	})
	t.Answer("GET jobs", second(func(w http.ResponseWriter, r *http.Request) {
		jobs := []any{}
		var i int
		if _, _ = fmt.Sscanf(strings.TrimPrefix(r.URL.Path, "/v1.0/servicePrincipals/sp-"), "%d", &i); i%5 == 0 {
			jobs = append(jobs, tenanttest.Object{"id": fmt.Sprintf("scim.%d", i), "templateId": "scim", "schedule": tenanttest.Object{"state": "Active"}, "status": tenanttest.Object{"code": "NotRun"}})
		}
		tenanttest.With(200, tenanttest.Object{"value": jobs})(w, r)
	}))
	t.Answer("GET secrets", second(tenanttest.With(200, tenanttest.Object{"value": []any{tenanttest.Object{"key": "SyncAll", "value": "true"}}})))
	t.Answer("GET owners", second(tenanttest.With(200, tenanttest.Object{"value": []any{tenanttest.Object{"@odata.type": "#microsoft.graph.user", "id": "u", "userPrincipalName": "ada@contoso.com"}}})))
}

func TestAnInventoryOfFiveHundredApplicationsIsReadEightAtATime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tenant := tenanttest.NewTenant(t)
		manyApps(tenant, 500)
		told, began := 0, time.Now()
		rows := tenanttest.Do(tenant, apps.Inventory{Graph: tenant.Client, Owners: true, Progress: func(read, total int) {
			if told++; read != told || total != 500 {
				t.Errorf("%d of %d is told in call %d", read, total, told)
			}
		}})
		if len(rows) != 100 || rows[99].Name != "App 0495" || rows[0].Settings.Scope != credentials.ScopeAll || rows[0].Owners[0].Name != "ada@contoso.com" {
			t.Errorf("%d rows, the first %+v", len(rows), rows[0])
		}
		asked := map[string]int{}
		for _, kind := range []string{"servicePrincipals", "jobs", "secrets", "owners"} {
			asked[kind] = len(tenant.Sent("GET " + kind))
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
	tenant := tenanttest.NewTenant(t)
	tenant.Provisioned()
	rows := tenanttest.Do(tenant, apps.Inventory{Graph: tenant.Client})
	if len(rows) != 1 || rows[0].Name != "Workato" || rows[0].Job.State != job.StateStopped || rows[0].Running ||
		rows[0].Settings.Scope != credentials.ScopeAssigned || !rows[0].LastRun.IsZero() || rows[0].Owners != nil {
		t.Errorf("%+v", rows)
	}
	for state, want := range map[job.State]int{job.StateStopped: 1, job.StateQuarantine: 0} {
		if rows := tenanttest.Do(tenant, apps.Inventory{Graph: tenant.Client, States: []job.State{state}}); rows == nil || len(rows) != want {
			t.Errorf("%s: %+v", state, rows)
		}
	}
	if rows := tenanttest.Do(tenant, apps.Inventory{Graph: tenant.Client, Search: "EXPENSES"}); len(rows) != 0 {
		t.Errorf("%+v", rows)
	}
}

func TestAnInventoryAsksOnlyWhatCanHaveAJob(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	idOf := func(name string) string {
		return tenanttest.Do(tenant, apps.Show{Graph: tenant.Client, App: name}).ServicePrincipalID
	}
	cannot, can := idOf("Microsoft Graph"), idOf("Workato")
	tenant.ForgetRequests()
	tenanttest.Do(tenant, apps.Inventory{Graph: tenant.Client})
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
	tenant := tenanttest.NewTenant(t)
	tenant.Provisioned()
	tenant.Answer("GET jobs", func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "ec96549e") { // Workato
			tenanttest.With(200, tenanttest.Object{"value": []any{tenanttest.Object{"id": "scim.1", "templateId": "scim", "schedule": tenanttest.Object{"state": "Active"}, "status": tenanttest.Object{"code": "NotRun"}}}})(w, r)
			return
		}
		tenanttest.With(403, tenanttest.GraphError("Authorization_RequestDenied", "Insufficient privileges to complete the operation."))(w, r)
	})
	rows, err := apps.Inventory{Graph: tenant.Client}.Do(t.Context())
	partial, ok := errors.AsType[*provisioning.PartialError](err)
	if !ok || len(rows) != 1 || partial.Total != len(partial.Failed)+1 {
		t.Errorf("%+v, %v", rows, err)
	}
}

func TestAnInventoryThatMayReadNothingSaysSoOnce(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	tenant.Answer("GET jobs", tenanttest.With(403, tenanttest.GraphError("Authorization_RequestDenied", "Insufficient privileges to complete the operation.")))
	err := tenanttest.Fails(tenant, apps.Inventory{Graph: tenant.Client})
	if refused, ok := errors.AsType[*graph.Error](err); !ok || refused.Status != 403 {
		t.Errorf("%v", err)
	}
	if _, several := errors.AsType[*provisioning.PartialError](err); several {
		t.Errorf("each is told: %v", err)
	}
}

func TestAStateThatNoJobHasIsRefused(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	err := tenanttest.Fails(tenant, apps.Inventory{Graph: tenant.Client, States: []job.State{"sleeping"}})
	if unknown, ok := errors.AsType[*apps.UnknownStateError](err); !ok || unknown.State != "sleeping" || len(tenant.Requests()) != 0 {
		t.Errorf("%v after %d requests", err, len(tenant.Requests()))
	}
}

func TestTheGalleryIsSearchedByAPartOfTheName(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	names := func(list apps.ListTemplates) (names []string) {
		list.Graph = tenant.Client
		for _, template := range tenanttest.Do(tenant, list) {
			names = append(names, template.Name)
		}
		return names
	}
	for want, list := range map[string]apps.ListTemplates{
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
		tenant := tenanttest.TenantWith(t, graph.Options{Cloud: cloud})
		tenant.Answer("GET applicationTemplates", tenanttest.With(200, tenanttest.Object{"value": []any{}}))
		found := tenanttest.Do(tenant, apps.ListTemplates{Graph: tenant.Client, Search: "cust"})
		if len(found) != 1 || found[0].ID != cloud.CustomTemplateID || !found[0].NonGallery || !found[0].Provisions {
			t.Errorf("%s: %+v", cloud.Name, found)
		}
	}
}

func TestAnApplicationIsShownWithAllThatBelongsToIt(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	tenant.Provisioned()
	tenant.Assign("ada@contoso.com", "betty@contoso.com")
	app := tenanttest.Do(tenant, apps.Show{Graph: tenant.Client, App: "Workato"})
	want := []apps.Object{
		{Kind: "user", Enabled: true, Actions: []string{"create", "update", "delete"}},
		{Kind: "group", Enabled: true, Actions: []string{"create", "update", "delete"}},
	}
	if diff := cmp.Diff(want, app.Jobs[0].Objects); diff != "" {
		t.Errorf("the job (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(apps.AssignmentCounts{Users: 2}, app.Assignments); diff != "" {
		t.Errorf("assignments (-want +got):\n%s", diff)
	}
	if app.TenantURL == "" || app.Settings.Scope != credentials.ScopeAssigned || len(app.Owners) != 1 || !app.Owners[0].OfApplication || !app.Owners[0].OfServicePrincipal || len(app.Refused) != 0 {
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
	tenant := tenanttest.NewTenant(t)
	tenant.Provisioned()
	for _, part := range []string{"GET owners", "GET secrets", "GET schema"} {
		tenant.Answer(part, tenanttest.With(403, tenanttest.GraphError("Authorization_RequestDenied", "Insufficient privileges to complete the operation.")))
	}
	app := tenanttest.Do(tenant, apps.Show{Graph: tenant.Client, App: "Workato"})
	if len(app.Refused) != 4 || app.Refused[0].Part != "owners of the application" || len(app.Jobs) != 1 || app.Secrets == nil || app.Owners == nil {
		t.Errorf("%+v", app)
	}
}
