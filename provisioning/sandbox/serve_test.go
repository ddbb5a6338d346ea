package sandbox_test

import (
	"net/http/httptest"
	"path/filepath"
	"testing"

	"github.com/scimctl/scimctl/provisioning/sandbox"
)

func TestAServedTenantCanProvisionItself(t *testing.T) {
	t.Parallel()
	s := open(t, filepath.Join(t.TempDir(), "state.json"), sandbox.WithLag(0), sandbox.WithSCIMPath("/scim"))
	server := httptest.NewServer(s.Handler())
	t.Cleanup(server.Close)
	s.client, s.root = server.Client(), server.URL
	_, _, sp := s.app("Workato")
	sync := "/servicePrincipals/" + sp + "/synchronization"
	job := sync + "/jobs/" + s.must(201, "POST", sync+"/jobs", `{"templateId":"scim"}`).string("id")
	s.configure(sync, server.URL+"/scim", s.token(), "SyncAll", "true")
	s.must(204, "POST", job+"/validateCredentials", `{"useSavedCredentials":true}`)
	got := s.cycle(job)
	if got.string("status/code") != "Active" || len(s.snapshot().Users) != 35 {
		t.Error(got.text)
	}
	if got := s.must(200, "GET", "/users?$top=5", nil).string("@odata.nextLink"); len(got) < len(server.URL) || got[:len(server.URL)] != server.URL {
		t.Error(got)
	}
}
