package sandbox_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/provisioning/sandbox"
)

// scimStub is a SCIM server outside that has nothing and keeps what it was asked.
func scimStub(t *testing.T, status int) (address string, asked func() []string) {
	t.Helper()
	var mu sync.Mutex
	var list []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		list = append(list, r.Method+" "+r.URL.Path+" "+r.Header.Get("Authorization"))
		mu.Unlock()
		w.Header().Set("Content-Type", "application/scim+json")
		w.WriteHeader(status)
		_, _ = w.Write([]byte(`{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":0,"Resources":[],"startIndex":1,"itemsPerPage":20}`))
	}))
	t.Cleanup(server.Close)
	return server.URL, func() []string {
		mu.Lock()
		defer mu.Unlock()
		return append([]string{}, list...)
	}
}

func TestCredentialsAreReallyTried(t *testing.T) {
	t.Parallel()
	s := newTenant(t)
	_, _, sp := s.app("Workato")
	path := "/servicePrincipals/" + sp + "/synchronization/jobs/validateCredentials"
	given := func(address, token string) map[string]any {
		return map[string]any{"templateId": "scim", "useSavedCredentials": false, "credentials": []map[string]string{{"key": "BaseAddress", "value": address}, {"key": "SecretToken", "value": token}}}
	}
	s.must(204, "POST", path, given(sandbox.SCIMURL, s.token()))
	wrong := s.must(400, "POST", path, given(sandbox.SCIMURL, "wrong-token"))
	if wrong.string("error/code") != "CredentialValidationUnavailable" || !strings.Contains(wrong.text, "Response Status Code: Unauthorized") || strings.Contains(wrong.text, "wrong-token") {
		t.Error(wrong.text)
	}
	good, asked := scimStub(t, 200)
	s.must(204, "POST", path, given(good, "abc"))
	if diff := cmp.Diff([]string{"GET /Users Bearer abc", "GET /Groups Bearer abc"}, asked()); diff != "" {
		t.Error("(-want +got)\n" + diff)
	}
	broken, _ := scimStub(t, 500)
	if got := s.must(400, "POST", path, given(broken, "abc")); !strings.Contains(got.text, "InternalServerError") {
		t.Error(got.text)
	}
	if got := s.must(400, "POST", path, given("http://scim.example.com", "abc")); !strings.Contains(got.text, "We are not able to connect to your application") {
		t.Error(got.text)
	}
	for _, body := range []string{
		`{"useSavedCredentials":false,"credentials":[]}`, `{"templateId":"scim","credentials":[]}`,
		`{"templateId":"scim","useSavedCredentials":true}`, // nothing is saved
	} {
		if got := s.must(400, "POST", path, body).string("error/code"); got != "RequestMissingRequiredParameter" {
			t.Errorf("%s: %s", body, got)
		}
	}
	if got := s.must(500, "POST", path, `{"templateId":"scim","credentials":[{"key":"secrettoken","value":"x"}]}`).fault(); got != "Internal Server Error InternalError: Requested value 'secrettoken' was not found." {
		t.Error(got)
	}
	job := s.job()
	s.must(204, "POST", job+"/validateCredentials", `{"useSavedCredentials":true}`)
}

func TestSecretsAreMergedAndMasked(t *testing.T) {
	t.Parallel()
	s := newTenant(t)
	job := s.job("SyncNotificationSettings", `{"Enabled":true}`)
	sync := syncOf(job)
	read := func() map[string]string {
		out := map[string]string{}
		for _, pair := range s.must(200, "GET", sync+"/secrets", nil).list() {
			out[pair["key"].(string)] = pair["value"].(string)
		}
		return out
	}
	s.must(204, "PUT", sync+"/secrets", `{"value":[{"key":"SyncAll","value":""},{"key":"SkipOutOfScopeDeletions","value":"True"}]}`)
	want := map[string]string{"BaseAddress": sandbox.SCIMURL, "SecretToken": "*", "SyncNotificationSettings": `{"Enabled":true}`, "SkipOutOfScopeDeletions": "True"}
	if diff := cmp.Diff(want, read()); diff != "" {
		t.Error("(-want +got)\n" + diff)
	}
	r := s.must(400, "PUT", sync+"/secrets", `{"value":[{"key":"SyncNotificationSettings","value":""}]}`)
	if r.string("error/code") != "UnknownError" || !strings.Contains(r.string("error/message"), `"code":"InvalidNotificationSettings"`) {
		t.Error(r.text)
	}
	s.must(204, "PUT", sync+"/secrets", `{"value":[{"key":"SyncNotificationSettings","value":"{}"}]}`)
	s.must(500, "PUT", sync+"/secrets", `{"value":[{"key":"Nonsense","value":"x"}]}`)
	s.must(400, "PUT", sync+"/secrets", `{}`)
	s.must(405, "PATCH", sync+"/secrets", `{}`)
	s.must(204, "POST", job+"/validateCredentials", `{"useSavedCredentials":true}`)
	// A client that puts the mask back has lost the token.
	s.must(204, "PUT", sync+"/secrets", `{"value":[{"key":"SecretToken","value":"*"}]}`)
	s.must(400, "POST", job+"/validateCredentials", `{"useSavedCredentials":true}`)
}

func TestAStrictStoreDropsWhatIsLeftOut(t *testing.T) {
	t.Parallel()
	s := newTenant(t, sandbox.WithStrictSecrets())
	job := s.job()
	sync := syncOf(job)
	s.must(204, "PUT", sync+"/secrets", `{"value":[{"key":"SyncAll","value":"true"}]}`)
	if got := s.must(200, "GET", sync+"/secrets", nil).list(); len(got) != 1 {
		t.Error(got)
	}
}
