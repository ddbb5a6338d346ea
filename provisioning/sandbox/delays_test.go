package sandbox_test

import (
	"strings"
	"testing"
	"time"

	"github.com/scimctl/scimctl/provisioning/sandbox"
)

func TestEachDelayIsThereOnce(t *testing.T) {
	t.Parallel()
	s := newTenant(t)
	made := s.must(201, "POST", "/applicationTemplates/8adf8e6e-67b2-4cf2-a259-e3dc5476c621/instantiate", `{"displayName":"Contoso SCIM"}`)
	application, sp := made.string("application/id"), made.string("servicePrincipal/id")
	for _, path := range []string{"/applications/" + application, "/servicePrincipals/" + sp} {
		if got := s.must(404, "GET", path, nil).string("error/code"); got != "Request_ResourceNotFound" {
			t.Error(got)
		}
		s.must(200, "GET", path, nil)
	}
	if got := s.must(401, "GET", "/servicePrincipals/"+sp+"/synchronization/templates", nil); got.string("error/code") != "UnknownError" || got.string("error/message") != "" {
		t.Error(got.text)
	}
	s.must(200, "GET", "/servicePrincipals/"+sp+"/synchronization/templates", nil)

	e := s.must(201, "POST", "/applications/"+application+"/extensionProperties", `{"name":"role","dataType":"String","targetObjects":["User"]}`).string("name")
	if got := s.must(200, "GET", "/applications/"+application+"/extensionProperties", nil).list(); len(got) != 1 {
		t.Error(got)
	}
	got := s.ask("PATCH", "/users/ada@contoso.com", `{"`+e+`":"x","jobTitle":"y"}`).fault()
	if want := "Bad Request Request_BadRequest: The following extension properties are not available: " + e + "."; got != want {
		t.Error(got)
	}
	if got := s.must(200, "GET", "/users/ada@contoso.com", nil).string("jobTitle"); got == "y" {
		t.Error("the rest of the change was made")
	}
	s.must(204, "PATCH", "/users/ada@contoso.com", `{"`+e+`":"x"}`)
}

func TestAnExtensionBecomesAvailableAfterOneListWithoutIt(t *testing.T) {
	t.Parallel()
	s := newTenant(t)
	application, _, _ := s.app("Workato")
	e := s.must(201, "POST", "/applications/"+application+"/extensionProperties", `{"name":"role","dataType":"String","targetObjects":["User"]}`).string("name")
	for i, want := range []int{0, 1, 1} {
		got := s.must(200, "POST", "/directoryObjects/getAvailableExtensionProperties", `{"isSyncedFromOnPremises":false}`).list()
		if len(got) != want {
			t.Fatalf("list %d has %d", i, len(got))
		}
	}
	s.must(204, "PATCH", "/users/ada@contoso.com", `{"`+e+`":"x"}`)
}

func TestOnDemandLagsBehindOnce(t *testing.T) {
	t.Parallel()
	s := newTenant(t)
	job := s.job()
	ada := s.user("ada@contoso.com")
	s.assign(ada)
	if got := s.onDemand(job, "User", ada); got.Result != "Skipped" || got.Code != "NotEffectivelyEntitled" {
		t.Errorf("%+v", got)
	}
	if got := s.onDemand(job, "User", ada); got.Action != "Create" {
		t.Errorf("%+v", got)
	}
	s.must(204, "PATCH", "/users/"+ada, `{"jobTitle":"Countess"}`)
	if got := s.onDemand(job, "User", ada); got.Code != "RedundantExport" {
		t.Errorf("%+v", got)
	}
	if got := s.onDemand(job, "User", ada); got.Modified["title"] != "Principal Engineer -> Countess" {
		t.Errorf("%+v", got)
	}
}

func TestDelaysCanBeTimes(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	s := newTenant(t, sandbox.WithLagTime(time.Minute), sandbox.WithClock(func() time.Time { return now }))
	made := s.must(201, "POST", "/applicationTemplates/8adf8e6e-67b2-4cf2-a259-e3dc5476c621/instantiate", `{"displayName":"New"}`)
	path := "/applications/" + made.string("application/id")
	s.must(404, "GET", path, nil)
	now = now.Add(59 * time.Second)
	s.must(404, "GET", path, nil)
	now = now.Add(time.Second)
	if got := s.must(200, "GET", path, nil).string("createdDateTime"); got != "2026-01-02T03:04:05Z" {
		t.Error(got)
	}
}

func TestNothingLagsWhenThatIsTurnedOff(t *testing.T) {
	t.Parallel()
	s := newTenant(t, sandbox.WithLag(0))
	made := s.must(201, "POST", "/applicationTemplates/8adf8e6e-67b2-4cf2-a259-e3dc5476c621/instantiate", `{"displayName":"New"}`)
	s.must(200, "GET", "/applications/"+made.string("application/id"), nil)
	sync := "/servicePrincipals/" + made.string("servicePrincipal/id") + "/synchronization"
	job := s.must(201, "POST", sync+"/jobs", `{"templateId":"scim"}`)
	if !strings.HasSuffix(job.string("id"), "."+made.string("application/appId")) {
		t.Error(job.string("id"))
	}
}
