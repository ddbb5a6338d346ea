package sandbox_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/scimctl/scimctl/provisioning/sandbox"
)

// A web page that rebinds its name to 127.0.0.1 sends that name as Host, and any
// other page its Origin. Both are refused before anything is read or changed.
func TestAServedSandboxAnswersThisMachineOnly(t *testing.T) {
	t.Parallel()
	s := newTenant(t, sandbox.WithSCIMPath("/scim"))
	server := httptest.NewServer(sandbox.Local(s.Handler()))
	t.Cleanup(server.Close)
	port := server.URL[strings.LastIndex(server.URL, ":")+1:]
	for name, test := range map[string]struct {
		host, origin string
		forbidden    bool
	}{
		"loopback":                 {host: "127.0.0.1:" + port},
		"another loopback address": {host: "127.9.9.9:" + port},
		"localhost":                {host: "LocalHost:" + port},
		"IPv6":                     {host: "[::1]:" + port},
		"a page of this machine":   {host: "localhost:" + port, origin: "http://localhost:3000"},
		"a name that was rebound":  {host: "attacker.example.com:" + port, forbidden: true},
		"a name like localhost":    {host: "localhost.example.com:" + port, forbidden: true},
		"another port":             {host: "127.0.0.1:1", forbidden: true},
		"no port":                  {host: "127.0.0.1", forbidden: true},
		"this machine's address":   {host: "192.168.1.5:" + port, forbidden: true},
		"any address":              {host: "0.0.0.0:" + port, forbidden: true},
		"a page elsewhere":         {host: "127.0.0.1:" + port, origin: "https://attacker.example.com", forbidden: true},
		"a page over https":        {host: "localhost:" + port, origin: "https://localhost"},
		"a page at IPv6":           {host: "localhost:" + port, origin: "http://[::1]:3000"},
		"a fragment":               {host: "127.0.0.1:" + port, origin: "http://127.0.0.1#evil.example.com", forbidden: true},
		"a query":                  {host: "127.0.0.1:" + port, origin: "http://127.0.0.1?evil.example.com", forbidden: true},
		"a path":                   {host: "127.0.0.1:" + port, origin: "http://127.0.0.1/evil.example.com", forbidden: true},
		"a slash":                  {host: "127.0.0.1:" + port, origin: "http://127.0.0.1/", forbidden: true},
		"a user":                   {host: "127.0.0.1:" + port, origin: "http://evil.example.com@127.0.0.1", forbidden: true},
		"a backslash":              {host: "127.0.0.1:" + port, origin: `http://127.0.0.1\@evil.example.com`, forbidden: true},
		"a port without a number":  {host: "127.0.0.1:" + port, origin: "http://127.0.0.1:", forbidden: true},
		"a port that is none":      {host: "127.0.0.1:" + port, origin: "http://127.0.0.1:99999", forbidden: true},
		"two origins":              {host: "127.0.0.1:" + port, origin: "http://127.0.0.1 http://evil.example.com", forbidden: true},
		"two origins with a comma": {host: "127.0.0.1:" + port, origin: "http://127.0.0.1, http://evil.example.com", forbidden: true},
		"no scheme":                {host: "127.0.0.1:" + port, origin: "//127.0.0.1", forbidden: true},
		"no slashes":               {host: "127.0.0.1:" + port, origin: "http:127.0.0.1", forbidden: true},
		"an address as a number":   {host: "127.0.0.1:" + port, origin: "http://2130706433", forbidden: true},
		"an address in brackets":   {host: "[127.0.0.1]:" + port, forbidden: true},
		"an escaped name":          {host: "127.0.0.1:" + port, origin: "http://%6cocalhost", forbidden: true},
		"a zone":                   {host: "127.0.0.1:" + port, origin: "http://[::1%25evil]", forbidden: true},
		"a page without an origin": {host: "127.0.0.1:" + port, origin: "null", forbidden: true},
		"an extension of browsers": {host: "127.0.0.1:" + port, origin: "chrome-extension://localhost", forbidden: true},
		"an empty host":            {host: " ", forbidden: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, path := range []string{"/v1.0/applications?$top=1", "/scim/Users", "/"} {
				for _, method := range []string{http.MethodGet, http.MethodOptions, http.MethodPost} {
					r, _ := http.NewRequestWithContext(t.Context(), method, server.URL+path, nil)
					r.Host = test.host
					r.Header.Set("Authorization", "Bearer any")
					if test.origin != "" {
						r.Header.Set("Origin", test.origin)
					}
					resp, err := http.DefaultClient.Do(r)
					if err != nil {
						t.Fatal(err)
					}
					_, _ = io.Copy(io.Discard, resp.Body)
					_ = resp.Body.Close()
					refused := resp.StatusCode == http.StatusForbidden || test.host == " " && resp.StatusCode == http.StatusBadRequest
					if refused != test.forbidden {
						t.Errorf("%s %s: %s", method, path, resp.Status)
					}
					for header := range resp.Header {
						if strings.HasPrefix(header, "Access-Control-") {
							t.Errorf("%s %s: %s lets web pages in", method, path, header)
						}
					}
				}
			}
		})
	}
}

// The token of a server outside goes to the address that it was given for, also
// when somebody changes the saved address.
func TestATokenIsSentOnlyWhereItWasGivenFor(t *testing.T) {
	t.Parallel()
	given, askedGiven := scimStub(t, 200)
	other, askedOther := scimStub(t, 200)
	path := filepath.Join(t.TempDir(), "state.json")
	s := open(t, path)
	job := s.job()
	probe := func(s *tenant, status int) {
		t.Helper()
		s.must(status, "POST", job+"/validateCredentials", `{"useSavedCredentials":true}`)
	}
	moveTo := func(s *tenant, address string) {
		t.Helper()
		s.must(204, "PUT", syncOf(job)+"/secrets", map[string]any{"value": []map[string]string{{"key": "BaseAddress", "value": address}}})
	}
	s.configure(syncOf(job), given, "real-token")
	probe(s, 204)
	moveTo(s, other)
	probe(s, 400)
	moveTo(s, given+"/below")
	probe(s, 204)

	// Another process, which has the token from its environment.
	moveTo(s, other)
	told := open(t, path, sandbox.WithSCIMToken(given, "real-token"))
	probe(told, 400)
	moveTo(told, strings.Replace(given, "127.0.0.1", "localhost", 1))
	probe(told, 400)
	moveTo(told, given)
	probe(told, 204)
	unbound := open(t, path, sandbox.WithSCIMToken("", "real-token"))
	probe(unbound, 400)

	if len(askedGiven()) == 0 {
		t.Error("the token was never sent at all")
	}
	if got := askedOther(); len(got) > 0 {
		t.Errorf("sent elsewhere: %q", got)
	}
}

func TestARedirectCarriesNoToken(t *testing.T) {
	t.Parallel()
	elsewhere, asked := scimStub(t, 200)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, elsewhere+r.URL.Path, http.StatusTemporaryRedirect)
	}))
	t.Cleanup(server.Close)
	s := newTenant(t)
	job := s.job()
	s.configure(syncOf(job), server.URL, "real-token")
	s.must(400, "POST", job+"/validateCredentials", `{"useSavedCredentials":true}`)
	if got := asked(); len(got) > 0 {
		t.Errorf("followed to another host: %q", got)
	}
}
