package graph_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/graph"
)

// jwt makes a token with claims and a signature of no worth.
func jwt(t *testing.T, claims map[string]any) string {
	t.Helper()
	b, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	enc := base64.RawURLEncoding.EncodeToString
	return enc([]byte(`{"alg":"none"}`)) + "." + enc(b) + "." + enc([]byte("signature"))
}

// credential gives the tokens of a list in turn, and notes what it was asked.
type credential struct {
	tokens []string
	asked  []policy.TokenRequestOptions
	err    error
}

func (c *credential) GetToken(_ context.Context, o policy.TokenRequestOptions) (azcore.AccessToken, error) {
	c.asked = append(c.asked, o)
	if c.err != nil {
		return azcore.AccessToken{}, c.err
	}
	token := c.tokens[min(len(c.asked), len(c.tokens))-1]
	return azcore.AccessToken{Token: token, ExpiresOn: time.Now().Add(time.Hour)}, nil
}

func using(c graph.Credential) func(*graph.Options) {
	return func(o *graph.Options) { o.Credential = c }
}

func TestAnEndpointIsTakenWithAndWithoutItsVersion(t *testing.T) {
	t.Parallel()
	for endpoint, want := range map[string]string{
		"": "/v1.0/x", "https://graph.microsoft.us": "/v1.0/x", "https://graph.microsoft.us/v1.0": "/v1.0/x",
		"https://graph.microsoft.us/v1.0/": "/v1.0/x", "https://proxy.example.com/graph/": "/graph/v1.0/x",
		"http://localhost:8085": "/v1.0/x", "http://127.0.0.1:8085/v1.0": "/v1.0/x", "http://[::1]:8085/": "/v1.0/x",
	} {
		s := serve(t, says(200, `{"responses":[]}`))
		c := s.client(t, func(o *graph.Options) { o.Endpoint = endpoint })
		if err := c.DeleteExtension(t.Context(), "a", "b"); err != nil {
			t.Errorf("%s: %v", endpoint, err)
		}
		if got := s.requests()[0]; got != "DELETE "+strings.Replace(want, "/x", "/applications/a/extensionProperties/b", 1) {
			t.Errorf("%s: asked for %s", endpoint, got)
		}
		if got := s.header(0).Get("Authorization"); got != "Bearer opaque-token" {
			t.Errorf("%s: authorized by %q", endpoint, got)
		}
	}
}

func TestAnEndpointThatWouldGiveATokenAwayIsRefused(t *testing.T) {
	t.Parallel()
	for _, endpoint := range []string{
		"http://graph.microsoft.com", "http://localhost.example.com", "http://127.0.0.1.example.com", "http://10.0.0.1", "ftp://graph.microsoft.com",
		"graph.microsoft.com", "https://", "https://user:word@graph.microsoft.com", "https://graph.microsoft.com?x=1", ":",
	} {
		_, err := graph.New(graph.Options{Endpoint: endpoint, Credential: graph.StaticToken("t")})
		if _, ok := errors.AsType[*graph.EndpointError](err); !ok || strings.Contains(err.Error(), "word") {
			t.Errorf("%s: got %v", endpoint, err)
		}
	}
	if _, err := graph.New(graph.Options{}); err == nil {
		t.Error("a client without a credential")
	}
}

func TestATokenGoesOverALoopbackSocket(t *testing.T) {
	t.Parallel()
	got := ""
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r.Header.Get("Authorization")
		reply(w, 200, `{"value":[]}`)
	}))
	t.Cleanup(srv.Close)
	c, err := graph.New(graph.Options{Endpoint: srv.URL, Credential: graph.StaticToken(" tok \n")})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.ListJobs(t.Context(), "sp1"); err != nil || got != "Bearer tok" {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestATokenIsAskedForOnceAndForTheCloud(t *testing.T) {
	t.Parallel()
	cred := &credential{tokens: []string{"one", "two"}}
	s := serve(t, says(200, `{"value":[]}`))
	c := s.client(t, using(cred), func(o *graph.Options) { o.Cloud, o.Endpoint = graph.USGov, "https://graph.example.com" })
	for range 3 {
		if _, err := c.ListJobs(t.Context(), "sp1"); err != nil {
			t.Fatal(err)
		}
	}
	if len(cred.asked) != 1 || cred.asked[0].Scopes[0] != "https://graph.microsoft.us/.default" || !cred.asked[0].EnableCAE {
		t.Errorf("asked %+v", cred.asked)
	}
}

func TestATokenThatRanOutIsRenewedOnce(t *testing.T) {
	t.Parallel()
	expired := func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") == "Bearer new" {
			reply(w, 204, "")
			return
		}
		refuse(w, 401, "InvalidAuthenticationToken", "Lifetime validation failed, the token is expired.")
	}
	for name, c := range map[string]struct {
		tokens   []string
		requests int
		fails    bool
	}{
		"another token":        {[]string{"old", "new"}, 2, false},
		"the same token again": {[]string{"old"}, 1, true},
		"another that is old":  {[]string{"old", "older", "new"}, 2, true},
	} {
		s := serve(t, expired)
		err := s.client(t, using(&credential{tokens: c.tokens})).StartJob(t.Context(), job)
		if (err != nil) != c.fails || len(s.requests()) != c.requests {
			t.Errorf("%s: got %v after %d requests", name, err, len(s.requests()))
		}
	}
}

func TestAClaimsChallengeIsAnswered(t *testing.T) {
	t.Parallel()
	claims := `{"access_token":{"nbf":{"essential":true,"value":"1652813508"}}}`
	cred := &credential{tokens: []string{"old", "new"}}
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") == "Bearer new" {
			reply(w, 204, "")
			return
		}
		w.Header().Set("Www-Authenticate", `Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", error="insufficient_claims", claims="`+base64.StdEncoding.EncodeToString([]byte(claims))+`"`)
		refuse(w, 401, "InvalidAuthenticationToken", "Continuous access evaluation resulted in challenge")
	})
	err := s.client(t, using(cred)).PutSchema(t.Context(), job, []byte(`{"id":"s"}`))
	if err != nil || len(cred.asked) != 2 || cred.asked[1].Claims != claims {
		t.Errorf("got %v after asking %+v", err, cred.asked)
	}
	if got := s.requests(); len(got) != 2 || !strings.HasSuffix(got[1], `{"id":"s"}`) {
		t.Errorf("asked %q", got)
	}
}

func TestAChallengeThatCannotBeAnsweredIsAnErrorAndNoPanic(t *testing.T) {
	t.Parallel()
	for _, challenge := range []string{`Bearer claims`, `Bearer claims=abc`, `Bearer claims="`, `Bearer claims="%%%"`, `Bearer x, claims=""`, "bearer", ""} {
		s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Www-Authenticate", challenge)
			reply(w, 401, "")
		})
		if err := s.client(t).StartJob(t.Context(), job); !graph.IsNotReady(err) {
			t.Errorf("%q: got %v", challenge, err)
		}
	}
}

func TestARefusedSignInIsOneLineAndNoRequest(t *testing.T) {
	t.Parallel()
	s := serve(t, says(200, `{}`))
	err := s.client(t, using(&credential{err: errors.New("no\n  token\nfor you")})).StartJob(t.Context(), job)
	e, ok := errors.AsType[*graph.SignInError](err)
	if !ok || e.Tried[0].Reason != "no token for you" || len(s.requests()) != 0 {
		t.Errorf("got %v after %d requests", err, len(s.requests()))
	}
}

func TestTheIdentityIsReadFromTheToken(t *testing.T) {
	t.Parallel()
	person := graph.Identity{
		TenantID: "tid1", UserPrincipalName: "ada@contoso.com", Name: "Ada", ObjectID: "oid1", AppID: "client1",
		Scopes: []string{"User.Read", "Synchronization.ReadWrite.All"}, Expires: time.Unix(1_900_000_000, 0).UTC(),
	}
	app := graph.Identity{TenantID: "tid1", Name: "pipeline", ObjectID: "oid2", AppID: "client2", Scopes: []string{}, Roles: []string{"Application.ReadWrite.OwnedBy"}}
	for token, want := range map[string]graph.Identity{
		jwt(t, map[string]any{"tid": "tid1", "upn": "ada@contoso.com", "name": "Ada", "oid": "oid1", "appid": "client1", "scp": "User.Read Synchronization.ReadWrite.All", "exp": 1_900_000_000}):              person,
		jwt(t, map[string]any{"tid": "tid1", "preferred_username": "ada@contoso.com", "name": "Ada", "oid": "oid1", "azp": "client1", "scp": "User.Read Synchronization.ReadWrite.All", "exp": 1_900_000_000}): person,
		jwt(t, map[string]any{"tid": "tid1", "app_displayname": "pipeline", "oid": "oid2", "appid": "client2", "roles": []string{"Application.ReadWrite.OwnedBy"}}):                                            app,
		"opaque": {Scopes: []string{}}, "a.b.c": {Scopes: []string{}}, "a.!!.c": {Scopes: []string{}},
	} {
		c := serve(t, says(200, "")).client(t, using(graph.StaticToken(token)))
		got, err := c.Identity(t.Context())
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%v (-want +got)\n%s", err, diff)
		}
		if tenant, _ := c.Tenant(t.Context()); tenant != want.TenantID {
			t.Errorf("tenant %q", tenant)
		}
		if got.Application() != (want.Name == "pipeline") {
			t.Errorf("%s: application %t", got.Name, got.Application())
		}
	}
}

// authority plays the token endpoint.
func authority(t *testing.T, token http.HandlerFunc) *server {
	return serve(t, func(w http.ResponseWriter, r *http.Request) {
		base := "https://" + r.Host + "/tenant1"
		if strings.Contains(r.URL.Path, "openid-configuration") {
			reply(w, 200, fmt.Sprintf(`{"issuer":"%[1]s/v2.0","authorization_endpoint":"%[1]s/oauth2/v2.0/authorize","token_endpoint":"%[1]s/oauth2/v2.0/token"}`, base))
			return
		}
		token(w, r)
	})
}

func signIn(s *server) graph.SignIn {
	return graph.SignIn{
		Method: graph.MethodClientSecret, TenantID: "tenant1", ClientID: "client1", ClientSecret: "very-secret-word",
		Transport: s.transport, AuthorityHost: "https://login.example.com",
	}
}

func TestAClientSecretGetsAToken(t *testing.T) {
	t.Parallel()
	s := authority(t, func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err != nil || r.Form.Get("client_secret") != "very-secret-word" || !strings.Contains(r.Form.Get("scope"), "https://graph.microsoft.com/.default") {
			t.Errorf("asked with %v", r.Form)
		}
		reply(w, 200, `{"token_type":"Bearer","expires_in":3600,"access_token":"from-secret"}`)
	})
	cred, err := signIn(s).Credential(t.Context())
	if err != nil || len(s.requests()) != 0 {
		t.Fatalf("got %v after %d requests", err, len(s.requests()))
	}
	g := serve(t, says(204, ""))
	if err := g.client(t, using(cred)).StartJob(t.Context(), job); err != nil || g.header(0).Get("Authorization") != "Bearer from-secret" {
		t.Errorf("got %v", err)
	}
}

func TestAWrongClientSecretIsOneLineWithoutIt(t *testing.T) {
	t.Parallel()
	s := authority(t, says(401, `{"error":"invalid_client","error_description":"AADSTS7000215: Invalid client secret provided: very-secret-word. Ensure it is right.\r\nTrace ID: 1\r\nCorrelation ID: 2\r\nTimestamp: 3","error_codes":[7000215]}`))
	cred, err := signIn(s).Credential(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	err = serve(t, says(204, "")).client(t, using(cred)).StartJob(t.Context(), job)
	want := &graph.SignInError{Tried: []graph.Attempt{{Method: "client-secret", Reason: "AADSTS7000215: Invalid client secret provided: ***. Ensure it is right"}}}
	got, _ := errors.AsType[*graph.SignInError](err)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
}

func TestWhatIsNotConfiguredIsPassedOver(t *testing.T) {
	t.Setenv("PATH", t.TempDir()) // no az
	none := graph.Attempt{Method: "token", Reason: "no access token given"}
	secret := graph.Attempt{Method: "client-secret", Reason: "no client secret given"}
	cli := graph.Attempt{Method: "cli", Reason: "the Azure CLI is not installed"}
	half := graph.Attempt{Method: "client-secret", Reason: "a client secret needs a tenant and a client id"}
	for name, c := range map[string]struct {
		in   graph.SignIn
		want []graph.Attempt // nil: a credential comes
	}{
		"nothing":             {graph.SignIn{}, []graph.Attempt{none, secret, cli}},
		"a token":             {graph.SignIn{AccessToken: "t", ClientSecret: "s"}, nil},
		"a secret":            {graph.SignIn{TenantID: "t", ClientID: "c", ClientSecret: "s"}, nil},
		"half a secret":       {graph.SignIn{Method: "auto", ClientSecret: "s"}, []graph.Attempt{none, half}},
		"token by name":       {graph.SignIn{Method: "token", AccessToken: "  "}, []graph.Attempt{none}},
		"secret by name":      {graph.SignIn{Method: "client-secret", AccessToken: "t"}, []graph.Attempt{secret}},
		"cli by name":         {graph.SignIn{Method: "cli", AccessToken: "t"}, []graph.Attempt{cli}},
		"a way nobody knows":  {graph.SignIn{Method: "pigeon"}, []graph.Attempt{{Method: "pigeon", Reason: "no such way to sign in"}}},
		"a tenant that is no": {graph.SignIn{Method: "client-secret", TenantID: "/", ClientID: "c", ClientSecret: "s"}, []graph.Attempt{{Method: "client-secret"}}},
	} {
		cred, err := c.in.Credential(t.Context())
		got, _ := errors.AsType[*graph.SignInError](err)
		if c.want == nil {
			if err != nil || cred == nil {
				t.Errorf("%s: got %v", name, err)
			}
			continue
		}
		if name == "a tenant that is no" {
			if got == nil || strings.Contains(err.Error(), "\n") {
				t.Errorf("%s: got %v", name, err)
			}
			continue
		}
		if diff := cmp.Diff(&graph.SignInError{Tried: c.want}, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
	}
}

func TestTheAzureCLIGivesATokenOrAReason(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the stand-in for az is a shell script")
	}
	dir := t.TempDir()
	az := func(script string) {
		if err := os.WriteFile(filepath.Join(dir, "az"), []byte("#!/bin/sh\n"+script), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", dir)
	az(`echo '{"accessToken":"from-cli","expires_on":4102444800}'`)
	cred, err := graph.SignIn{}.Credential(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	g := serve(t, says(204, ""))
	if err := g.client(t, using(cred)).StartJob(t.Context(), job); err != nil || g.header(0).Get("Authorization") != "Bearer from-cli" {
		t.Errorf("got %v", err)
	}
	az(`echo "ERROR: Please run 'az login' to setup account." >&2; exit 1`)
	err = g.client(t, using(cred)).StartJob(t.Context(), job)
	e, ok := errors.AsType[*graph.SignInError](err)
	if !ok || len(e.Tried) != 3 || e.Tried[2] != (graph.Attempt{Method: "cli", Reason: "Please run 'az login' to setup account"}) {
		t.Errorf("got %v", err)
	}
}

func TestCloudsAreKnownByName(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]graph.Cloud{"": graph.Global, "global": graph.Global, "USGov": graph.USGov, "usgov-dod": graph.USGovDoD, "china": graph.China} {
		if got, err := graph.ParseCloud(name); err != nil || got != want {
			t.Errorf("%s: got %v, %v", name, got, err)
		}
	}
	if _, err := graph.ParseCloud("germany"); err == nil {
		t.Error("germany is a cloud")
	}
}
