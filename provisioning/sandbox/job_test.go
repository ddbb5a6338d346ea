package sandbox_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/provisioning/sandbox"
)

const never = "0001-01-01T00:00:00Z"

func TestAFreshJobIsAsDocumented(t *testing.T) {
	t.Parallel()
	s := newTenant(t)
	_, appID, sp := s.app("Workato")
	path := "/servicePrincipals/" + sp + "/synchronization/jobs"
	got := s.must(201, "POST", path, `{"templateId":"scim"}`).body
	id := got["id"].(string)
	if !strings.HasPrefix(id, "scim.") || !strings.HasSuffix(id, "."+appID) {
		t.Error(id)
	}
	want := map[string]any{
		"@odata.context": "https://graph.microsoft.com/v1.0/$metadata#servicePrincipals('" + sp + "')/synchronization/jobs/$entity",
		"id":             id, "templateId": "scim", "schedule": map[string]any{"expiration": nil, "interval": "PT40M", "state": "Disabled"},
		"status": map[string]any{
			"countSuccessiveCompleteFailures": 0.0, "escrowsPruned": false, "code": "Paused", "lastExecution": nil, "lastSuccessfulExecution": nil,
			"lastSuccessfulExecutionWithExports": nil, "quarantine": nil, "steadyStateFirstAchievedTime": never, "steadyStateLastAchievedTime": never,
			"troubleshootingUrl": nil, "progress": []any{}, "synchronizedEntryCountByType": []any{},
		},
		"synchronizationJobSettings": []any{
			map[string]any{"name": "AzureIngestionAttributeOptimization", "value": "False"}, map[string]any{"name": "LookaheadQueryEnabled", "value": "False"},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error("(-want +got)\n" + diff)
	}
	s.must(409, "POST", path, `{"templateId":"scim"}`)
	s.must(400, "POST", path, `{"templateId":"nonsense"}`)
	s.must(400, "POST", path, `{}`)
	s.must(204, "DELETE", path+"/"+id, nil)
	if got := s.must(200, "GET", path, nil).list(); len(got) != 0 {
		t.Error(got)
	}
	s.must(404, "GET", path+"/"+id, nil)
}

func TestAJobRunsFromNotRunToActive(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	s := newTenant(t, sandbox.WithClock(func() time.Time { return now }))
	job := s.job()
	s.assign(s.user("ada@contoso.com"))
	sales := s.must(200, "GET", "/groups?$filter=displayName%20eq%20'Workato%20Pilots'", nil).list()[0]["id"].(string)
	s.assign(sales)
	s.must(204, "POST", job+"/start", nil)

	first := s.must(200, "GET", job, nil)
	placeholder := map[string]any{
		"activityIdentifier": nil, "countEntitled": 0.0, "countEntitledForProvisioning": 0.0, "countEscrowed": 0.0, "countEscrowedRaw": 0.0,
		"countExported": 0.0, "countExports": 0.0, "countImported": 0.0, "countImportedDeltas": 0.0, "countImportedReferenceDeltas": 0.0,
		"state": "Failed", "timeBegan": never, "timeEnded": never,
		"error": map[string]any{"code": "None", "message": "", "tenantActionable": false},
	}
	if diff := cmp.Diff(placeholder, at(first.body, "status", "lastExecution")); diff != "" || first.string("status/code") != "NotRun" || first.string("schedule/state") != "Active" {
		t.Error("(-want +got)\n" + diff + first.text)
	}
	now = now.Add(time.Minute)
	second := s.must(200, "GET", job, nil)
	if second.string("status/code") != "Active" || second.string("status/lastExecution/state") != "Succeeded" || second.string("status/steadyStateFirstAchievedTime") != "2026-03-01T12:01:00Z" {
		t.Error(second.text)
	}
	counts := []any{map[string]any{"key": "group to Group", "value": 1.0}, map[string]any{"key": "user to User", "value": 3.0}}
	if diff := cmp.Diff(counts, at(second.body, "status", "synchronizedEntryCountByType")); diff != "" {
		t.Error("(-want +got)\n" + diff)
	}
	v := s.snapshot()
	if len(v.Users) != 3 || len(v.Groups) != 1 || len(v.Groups[0].Attributes["members"].([]any)) != 2 {
		t.Errorf("%d users, %+v", len(v.Users), v.Groups)
	}

	s.must(204, "PATCH", "/users/ada@contoso.com", `{"jobTitle":"Countess"}`)
	now = now.Add(39 * time.Minute)
	s.must(200, "GET", job, nil)
	if s.scimUser("ada@contoso.com")["title"] == "Countess" {
		t.Error("a cycle ran before it was due")
	}
	now = now.Add(2 * time.Minute)
	third := s.must(200, "GET", job, nil)
	if s.scimUser("ada@contoso.com")["title"] != "Countess" || at(third.body, "status", "lastExecution", "countExported") != 1.0 {
		t.Error(third.text)
	}
	s.must(204, "POST", job+"/pause", nil)
	paused := s.must(200, "GET", job, nil)
	if paused.string("status/code") != "Paused" || paused.string("schedule/state") != "Disabled" {
		t.Error(paused.text)
	}
}

func TestJobsAreFilteredByTheirTemplateAlone(t *testing.T) {
	t.Parallel()
	s := newTenant(t)
	jobs := syncOf(s.job()) + "/jobs?$filter="
	for filter, want := range map[string]int{"templateId%20eq%20'scim'": 1, "templateid%20eq%20'customappsso'": 0} {
		if got := len(s.must(200, "GET", jobs+filter, nil).list()); got != want {
			t.Errorf("%s finds %d", filter, got)
		}
	}
	s.must(400, "GET", jobs+"id%20eq%20'x'", nil)
}

func TestATenantCanBeResetWhileACycleRuns(t *testing.T) {
	t.Parallel()
	s := newTenant(t, sandbox.WithLag(0))
	made := s.must(201, "POST", "/applicationTemplates/8adf8e6e-67b2-4cf2-a259-e3dc5476c621/instantiate", `{"displayName":"New"}`)
	sync := "/servicePrincipals/" + made.string("servicePrincipal/id") + "/synchronization"
	job := sync + "/jobs/" + s.must(201, "POST", sync+"/jobs", `{"templateId":"scim"}`).string("id")
	far := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if err := s.Reset(); err != nil {
			t.Error(err)
		}
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	t.Cleanup(far.Close)
	s.configure(sync, far.URL, "abc")
	s.must(204, "POST", job+"/start", nil)
	s.client = &http.Client{Transport: s.Transport()} // on a new connection, a lost answer is not asked for again
	s.must(404, "GET", sync+"/jobs", nil)
}

func (t *tenant) scimUser(name string) map[string]any {
	t.Helper()
	for _, u := range t.snapshot().Users {
		if u.Attributes["userName"] == name {
			return u.Attributes
		}
	}
	return nil
}

// cycle lets a job run once more.
func (t *tenant) cycle(job string) reply {
	t.Helper()
	t.must(204, "POST", job+"/pause", nil)
	t.must(204, "POST", job+"/start", nil)
	return t.must(200, "GET", job, nil)
}

func TestACycleDeprovisionsAsDocumented(t *testing.T) {
	t.Parallel()
	s := newTenant(t, sandbox.WithLag(0))
	job := s.job()
	_, _, sp := s.app("Workato")
	var ids, assignments []string
	for _, name := range []string{"ada", "edsger", "barbara"} {
		ids = append(ids, s.user(name+"@contoso.com"))
		assignments = append(assignments, s.assign(ids[len(ids)-1]))
	}
	s.cycle(job)
	s.must(204, "DELETE", "/servicePrincipals/"+sp+"/appRoleAssignedTo/"+assignments[0], nil)
	s.must(204, "DELETE", "/users/"+ids[1], nil)
	s.must(204, "PATCH", "/users/"+ids[2], `{"accountEnabled":false}`)
	s.cycle(job)
	for _, name := range []string{"ada", "edsger", "barbara"} {
		if got := s.scimUser(name + "@contoso.com")["active"]; got != false {
			t.Errorf("%s: active is %v", name, got)
		}
	}
	s.must(204, "DELETE", "/directory/deletedItems/"+ids[1], nil) // gone for good while managed
	s.must(204, "DELETE", "/users/"+ids[0], nil)
	s.must(204, "DELETE", "/directory/deletedItems/"+ids[0], nil) // unassigned before: no longer managed
	s.must(204, "PATCH", "/users/"+ids[2], `{"accountEnabled":true}`)
	s.cycle(job)
	if s.scimUser("edsger@contoso.com") != nil {
		t.Error("who is gone for good is still in the application")
	}
	if s.scimUser("ada@contoso.com") == nil {
		t.Error("who was unassigned before was deleted")
	}
	if s.scimUser("barbara@contoso.com")["active"] != true {
		t.Error("who came back is not active")
	}
}

func TestAGroupInAnAssignedGroupIsNotProvisioned(t *testing.T) {
	t.Parallel()
	s := newTenant(t, sandbox.WithLag(0))
	job := s.job()
	s.assign(s.must(200, "GET", "/groups?$filter=displayName%20eq%20'Sales'", nil).list()[0]["id"].(string))
	s.cycle(job)
	var names []any
	for _, g := range s.snapshot().Groups {
		names = append(names, g.Attributes["displayName"])
	}
	if diff := cmp.Diff([]any{"Sales"}, names); diff != "" {
		t.Errorf("groups in the application (-want +got):\n%s", diff)
	}
}

func TestTooManyDeprovisioningsAreHeldBack(t *testing.T) {
	t.Parallel()
	s := newTenant(t, sandbox.WithLag(0))
	job := s.job("SyncNotificationSettings", `{"DeleteThresholdEnabled":true,"DeleteThresholdValue":2}`)
	for _, name := range []string{"ada", "edsger"} {
		s.assign(s.user(name + "@contoso.com"))
	}
	s.cycle(job)
	for _, name := range []string{"ada", "edsger"} {
		s.must(204, "PATCH", "/users/"+name+"@contoso.com", `{"accountEnabled":false}`)
	}
	held := s.cycle(job)
	if held.string("status/code") != "Quarantine" || held.string("status/quarantine/reason") != "TooManyDeletes" || s.scimUser("ada@contoso.com")["active"] != true {
		t.Error(held.text)
	}
	s.must(204, "POST", job+"/restart", `{"criteria":{"resetScope":"ForceDeletes"}}`)
	if got := s.must(200, "GET", job, nil); got.string("status/code") != "Active" || s.scimUser("ada@contoso.com")["active"] != false {
		t.Error(got.text)
	}
}

func TestSkippingOutOfScopeDeletionsLeavesAccounts(t *testing.T) {
	t.Parallel()
	s := newTenant(t, sandbox.WithLag(0))
	job := s.job("SkipOutOfScopeDeletions", "True")
	s.assign(s.user("ada@contoso.com"))
	s.cycle(job)
	s.must(204, "PATCH", "/users/ada@contoso.com", `{"accountEnabled":false}`)
	s.cycle(job)
	if s.scimUser("ada@contoso.com")["active"] != true {
		t.Error("the account was disabled")
	}
}

func TestANarrowerScopeTakesARestart(t *testing.T) {
	t.Parallel()
	s := newTenant(t, sandbox.WithLag(0))
	job := s.job("SyncAll", "true")
	s.cycle(job)
	if got := len(s.snapshot().Users); got != 35 { // all but the disabled account
		t.Errorf("%d users", got)
	}
	sync := syncOf(job)
	s.configure(sync, sandbox.SCIMURL, s.token())
	s.cycle(job)
	if s.scimUser("ada@contoso.com")["active"] != true {
		t.Error("the new scope took effect without a restart")
	}
	s.must(204, "POST", job+"/restart", `{}`)
	s.must(200, "GET", job, nil)
	if s.scimUser("ada@contoso.com")["active"] != false {
		t.Error("the new scope did not take effect")
	}
	s.must(400, "POST", job+"/restart", `{"criteria":{"resetScope":"Everything"}}`)
}

func TestManagersAndGuestsArrive(t *testing.T) {
	t.Parallel()
	s := newTenant(t, sandbox.WithLag(0))
	job := s.job("SyncAll", "true")
	s.cycle(job)
	v := s.snapshot()
	ids := map[string]any{}
	for _, u := range v.Users {
		ids[u.Attributes["userName"].(string)] = u.ID
	}
	manager := at(s.scimUser("ada@contoso.com"), "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User", "manager", "value")
	if manager == nil || manager != ids["katherine@contoso.com"] {
		t.Errorf("Ada's manager is %v", manager)
	}
	if ids["mary_fabrikam.com"] == nil {
		t.Error("the guest's name was not shortened")
	}
	if ids["sean.o'brien@contoso.com"] == nil {
		t.Error("the apostrophe did not survive")
	}
}

func TestBadCredentialsQuarantineTheJob(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	s := newTenant(t, sandbox.WithLag(0), sandbox.WithClock(func() time.Time { return now }))
	job := s.job()
	sync := syncOf(job)
	s.configure(sync, sandbox.SCIMURL, "nonsense")
	got := s.cycle(job)
	q, _ := at(got.body, "status", "quarantine").(map[string]any)
	if got.string("status/code") != "Quarantine" || q["reason"] != "EncounteredQuarantineException" || q["nextAttempt"] != "2026-03-01T18:00:00Z" ||
		at(q, "error", "code") != "SystemForCrossDomainIdentityManagementInvalidCredentials" || at(got.body, "status", "countSuccessiveCompleteFailures") != 1.0 {
		t.Error(got.text)
	}
	s.configure(sync, sandbox.SCIMURL, s.token())
	if got := s.must(200, "GET", job, nil); got.string("status/code") != "Quarantine" {
		t.Error("the quarantine went before its time")
	}
	now = now.Add(6 * time.Hour)
	if got := s.must(200, "GET", job, nil); got.string("status/code") != "Active" || got.string("status/lastExecution/state") != "Succeeded" {
		t.Error(got.text)
	}
}

func TestAJobWithoutCredentialsIsQuarantined(t *testing.T) {
	t.Parallel()
	s := newTenant(t, sandbox.WithLag(0))
	_, _, sp := s.app("Workato")
	sync := "/servicePrincipals/" + sp + "/synchronization"
	job := sync + "/jobs/" + s.must(201, "POST", sync+"/jobs", `{"templateId":"scim"}`).string("id")
	if got := s.cycle(job).string("status/quarantine/error/message"); got != "Please provide a valid tenant URL for your application." {
		t.Error(got)
	}
	r := s.ask("POST", job+"/provisionOnDemand", map[string]any{"parameters": []any{map[string]any{
		"ruleId": "03f7d90d-bf71-41b1-bda6-aaf0ddbee5d8", "subjects": []any{map[string]any{"objectId": s.user("ada@contoso.com"), "objectTypeName": "User"}},
	}}})
	if got := r.fault(); got != "Bad Request CredentialsMissing: Please configure provisioning by providing your admin credentials then retry the provision on-demand." {
		t.Error(got)
	}
}

func TestTemplatesAreThoseOfTheApplication(t *testing.T) {
	t.Parallel()
	s := newTenant(t, sandbox.WithLag(0))
	ids := func(sp string) (out []string) {
		for _, k := range s.must(200, "GET", "/servicePrincipals/"+sp+"/synchronization/templates", nil).list() {
			out = append(out, k["id"].(string))
		}
		return out
	}
	_, _, workato := s.app("Workato")
	_, _, notes := s.app("Fabrikam Notes")
	if diff := cmp.Diff([]string{"scim", "customappsso"}, ids(workato)); diff != "" {
		t.Error("(-want +got)\n" + diff)
	}
	if got := ids(notes); got != nil {
		t.Error(got)
	}
	s.must(400, "POST", "/servicePrincipals/"+notes+"/synchronization/jobs", `{"templateId":"scim"}`)
	for _, name := range []string{"Workgrid", "Workteam"} {
		template := s.must(200, "GET", "/applicationTemplates?$filter=displayName%20eq%20'"+name+"'", nil).list()[0]
		if diff := cmp.Diff([]any{"sync"}, template["supportedProvisioningTypes"]); diff != "" {
			t.Error(diff)
		}
		made := s.must(201, "POST", "/applicationTemplates/"+template["id"].(string)+"/instantiate", `{"displayName":"`+name+`"}`).string("servicePrincipal/id")
		if diff := cmp.Diff([]string{strings.ToLower(name)}, ids(made)); diff != "" {
			t.Error("(-want +got)\n" + diff)
		}
		s.must(200, "GET", "/servicePrincipals/"+made+"/synchronization/templates/"+strings.ToLower(name)+"/schema", nil)
	}
	s.must(404, "GET", "/servicePrincipals/"+workato+"x/synchronization/templates", nil)
}
