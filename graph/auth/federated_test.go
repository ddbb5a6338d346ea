package auth_test

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/auth"
	"github.com/scimctl/scimctl/graph/internal/graphtest"
)

func TestAWorkloadShowsTheTokenInItsFile(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte("kubernetes-token"), 0o600); err != nil {
		t.Fatal(err)
	}
	env := map[string]string{"AZURE_TENANT_ID": "tenant1", "AZURE_CLIENT_ID": "client1", "AZURE_FEDERATED_TOKEN_FILE": file}
	for _, method := range []string{auth.MethodWorkloadIdentity, ""} {
		e := newEntra(t, gives("from-workload", 3600))
		signsIn(t, e.signIn(method, env), "from-workload")
		if got := e.Requests()[0].Get("client_assertion"); got != "kubernetes-token" {
			t.Errorf("shown %q", got)
		}
	}
	delete(env, "AZURE_TENANT_ID")
	if got := fails(t, newEntra(t).signIn(auth.MethodWorkloadIdentity, env)); !strings.Contains(got.Error(), "needs a tenant and a client id") {
		t.Errorf("got %v", got)
	}
}

func TestAGitHubJobShowsItsIDToken(t *testing.T) {
	t.Parallel()
	for cloud, audience := range map[graph.Cloud]string{
		graph.Global: "api://AzureADTokenExchange", graph.USGov: "api://AzureADTokenExchangeUSGov", graph.China: "api://AzureADTokenExchangeChina",
	} {
		var asked *http.Request
		runner := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked = r
			graphtest.Reply(w, 200, `{"value":"id-token-of-the-job"}`)
		}))
		t.Cleanup(runner.Close)
		e := newEntra(t, gives("from-github", 3600))
		s := e.signIn("", map[string]string{
			"AZURE_TENANT_ID": "tenant1", "AZURE_CLIENT_ID": "client1", "GITHUB_ACTIONS": "true",
			"ACTIONS_ID_TOKEN_REQUEST_URL": runner.URL + "/token?api-version=2.0", "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "runner-secret",
		})
		s.Cloud = cloud
		signsIn(t, s, "from-github")
		want := url.Values{"api-version": {"2.0"}, "audience": {audience}}
		if diff := cmp.Diff(want, asked.URL.Query()); diff != "" || asked.Header.Get("Authorization") != "Bearer runner-secret" {
			t.Errorf("authorized by %q (-want +got)\n%s", asked.Header.Get("Authorization"), diff)
		}
		if got := e.Requests()[0].Get("client_assertion"); got != "id-token-of-the-job" {
			t.Errorf("shown %q", got)
		}
	}
}

func TestAGitHubJobThatGetsNoIDTokenSaysWhy(t *testing.T) {
	t.Parallel()
	runner := httptest.NewServer(graphtest.Says(403, `{"message":"the token runner-secret may not"}`))
	t.Cleanup(runner.Close)
	for want, change := range map[string]map[string]string{
		"permissions: id-token: write":                  {"ACTIONS_ID_TOKEN_REQUEST_URL": "", "ACTIONS_ID_TOKEN_REQUEST_TOKEN": ""},
		"no tenant and client id are given":             {"AZURE_CLIENT_ID": ""},
		"answered 403 Forbidden: the token *** may not": {},
		"ACTIONS_ID_TOKEN_REQUEST_URL is no https URL":  {"ACTIONS_ID_TOKEN_REQUEST_URL": "http://runner.example.com"},
		"this is no GitHub Actions job":                 {"GITHUB_ACTIONS": "", "ACTIONS_ID_TOKEN_REQUEST_URL": ""},
	} {
		env := map[string]string{
			"AZURE_TENANT_ID": "tenant1", "AZURE_CLIENT_ID": "client1", "GITHUB_ACTIONS": "true",
			"ACTIONS_ID_TOKEN_REQUEST_URL": runner.URL, "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "runner-secret",
		}
		maps.Copy(env, change)
		got := fails(t, newEntra(t).signIn(auth.MethodGitHubOIDC, env), "runner-secret")
		if !strings.Contains(got.Error(), want) {
			t.Errorf("got %v, want %s", got, want)
		}
	}
}

func TestAPipelineSignsInAsItsServiceConnection(t *testing.T) {
	var asked *http.Request
	e := newEntra(t, gives("from-pipelines", 3600))
	e.other = func(w http.ResponseWriter, r *http.Request) {
		asked = r
		graphtest.Reply(w, 200, `{"oidcToken":"token-of-the-connection"}`)
	}
	t.Setenv("SYSTEM_OIDCREQUESTURI", e.srv.URL+"/oidc") // azidentity reads this one itself
	env := map[string]string{
		"SYSTEM_OIDCREQUESTURI": e.srv.URL + "/oidc", "SYSTEM_ACCESSTOKEN": "job-secret", "AZURESUBSCRIPTION_SERVICE_CONNECTION_ID": "connection1",
		"AZURESUBSCRIPTION_TENANT_ID": "tenant1", "AZURESUBSCRIPTION_CLIENT_ID": "client1",
	}
	signsIn(t, e.signIn("", env), "from-pipelines")
	if asked.URL.Query().Get("serviceConnectionId") != "connection1" || asked.Header.Get("Authorization") != "Bearer job-secret" {
		t.Errorf("asked %v", asked.URL)
	}
	if got := e.Requests()[0].Get("client_assertion"); got != "token-of-the-connection" {
		t.Errorf("shown %q", got)
	}
	e.other = graphtest.Says(401, `{"message":"job-secret is no good"}`)
	if got := fails(t, e.signIn(auth.MethodAzurePipelines, env), "job-secret"); !strings.Contains(got.Error(), "answered 401 Unauthorized: *** is no good") {
		t.Errorf("got %v", got)
	}
	delete(env, "SYSTEM_ACCESSTOKEN")
	if got := fails(t, e.signIn("", env)); got.Tried[len(got.Tried)-1].Reason != "a service connection needs SYSTEM_ACCESSTOKEN in the step's env" {
		t.Errorf("got %v", got)
	}
}
