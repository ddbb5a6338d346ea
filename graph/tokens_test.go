package graph_test

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/graph/auth"
	"github.com/scimctl/scimctl/graph/internal/graphtest"
	"github.com/scimctl/scimctl/graph/synchronization"
)

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

func TestAnEndpointIsTakenWithAndWithoutItsVersion(t *testing.T) {
	t.Parallel()
	for endpoint, want := range map[string]string{
		"": "/v1.0/x", "https://graph.microsoft.us": "/v1.0/x", "https://graph.microsoft.us/v1.0": "/v1.0/x",
		"https://graph.microsoft.us/v1.0/": "/v1.0/x", "https://proxy.example.com/graph/": "/graph/v1.0/x",
		"http://localhost:8085": "/v1.0/x", "http://127.0.0.1:8085/v1.0": "/v1.0/x", "http://[::1]:8085/": "/v1.0/x",
	} {
		s := graphtest.Serve(t, graphtest.Says(200, `{"responses":[]}`))
		c := s.Client(t, func(o *graph.Options) { o.Endpoint = endpoint })
		if err := applications.DeleteExtension(t.Context(), c, "a", "b"); err != nil {
			t.Errorf("%s: %v", endpoint, err)
		}
		if got := s.Requests()[0]; got != "DELETE "+strings.Replace(want, "/x", "/applications/a/extensionProperties/b", 1) {
			t.Errorf("%s: asked for %s", endpoint, got)
		}
		if got := s.Header(0).Get("Authorization"); got != "Bearer opaque-token" {
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
		_, err := graph.New(graph.Options{Endpoint: endpoint, Credential: auth.StaticToken("t")})
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
		graphtest.Reply(w, 200, `{"value":[]}`)
	}))
	t.Cleanup(srv.Close)
	c, err := graph.New(graph.Options{Endpoint: srv.URL, Credential: auth.StaticToken(" tok \n")})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := synchronization.ListJobs(t.Context(), c, "sp1"); err != nil || got != "Bearer tok" {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestATokenIsAskedForOnceAndForTheCloud(t *testing.T) {
	t.Parallel()
	cred := &credential{tokens: []string{"one", "two"}}
	s := graphtest.Serve(t, graphtest.Says(200, `{"value":[]}`))
	c := s.Client(t, graphtest.Using(cred), func(o *graph.Options) { o.Cloud, o.Endpoint = graph.USGov, "https://graph.example.com" })
	for range 3 {
		if _, err := synchronization.ListJobs(t.Context(), c, "sp1"); err != nil {
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
			graphtest.Reply(w, 204, "")
			return
		}
		graphtest.Refuse(w, 401, "InvalidAuthenticationToken", "Lifetime validation failed, the token is expired.")
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
		s := graphtest.Serve(t, expired)
		err := synchronization.StartJob(t.Context(), s.Client(t, graphtest.Using(&credential{tokens: c.tokens})), graphtest.Job())
		if (err != nil) != c.fails || len(s.Requests()) != c.requests {
			t.Errorf("%s: got %v after %d requests", name, err, len(s.Requests()))
		}
	}
}

func TestAClaimsChallengeIsAnswered(t *testing.T) {
	t.Parallel()
	claims := `{"access_token":{"nbf":{"essential":true,"value":"1652813508"}}}`
	cred := &credential{tokens: []string{"old", "new"}}
	s := graphtest.Serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") == "Bearer new" {
			graphtest.Reply(w, 204, "")
			return
		}
		w.Header().Set("Www-Authenticate", `Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", error="insufficient_claims", claims="`+base64.StdEncoding.EncodeToString([]byte(claims))+`"`)
		graphtest.Refuse(w, 401, "InvalidAuthenticationToken", "Continuous access evaluation resulted in challenge")
	})
	_, err := synchronization.PutSchema(t.Context(), s.Client(t, graphtest.Using(cred)), graphtest.Job(), []byte(`{"id":"s"}`))
	if err != nil || len(cred.asked) != 2 || cred.asked[1].Claims != claims {
		t.Errorf("got %v after asking %+v", err, cred.asked)
	}
	if got := s.Requests(); len(got) != 2 || !strings.HasSuffix(got[1], `{"id":"s"}`) {
		t.Errorf("asked %q", got)
	}
}

func TestAChallengeThatCannotBeAnsweredIsAnErrorAndNoPanic(t *testing.T) {
	t.Parallel()
	for _, challenge := range []string{`Bearer claims`, `Bearer claims=abc`, `Bearer claims="`, `Bearer claims="%%%"`, `Bearer x, claims=""`, "bearer", ""} {
		s := graphtest.Serve(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Www-Authenticate", challenge)
			graphtest.Reply(w, 401, "")
		})
		if err := synchronization.StartJob(t.Context(), s.Client(t), graphtest.Job()); !graph.IsNotReady(err) {
			t.Errorf("%q: got %v", challenge, err)
		}
	}
}

func TestARefusedSignInIsOneLineAndNoRequest(t *testing.T) {
	t.Parallel()
	s := graphtest.Serve(t, graphtest.Says(200, `{}`))
	err := synchronization.StartJob(t.Context(), s.Client(t, graphtest.Using(&credential{err: errors.New("no\n  token\nfor you")})), graphtest.Job())
	e, ok := errors.AsType[*graph.SignInError](err)
	if !ok || e.Tried[0].Reason != "no token for you" || len(s.Requests()) != 0 {
		t.Errorf("got %v after %d requests", err, len(s.Requests()))
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
		graphtest.JWT(t, map[string]any{"tid": "tid1", "upn": "ada@contoso.com", "name": "Ada", "oid": "oid1", "appid": "client1", "scp": "User.Read Synchronization.ReadWrite.All", "exp": 1_900_000_000}):              person,
		graphtest.JWT(t, map[string]any{"tid": "tid1", "preferred_username": "ada@contoso.com", "name": "Ada", "oid": "oid1", "azp": "client1", "scp": "User.Read Synchronization.ReadWrite.All", "exp": 1_900_000_000}): person,
		graphtest.JWT(t, map[string]any{"tid": "tid1", "app_displayname": "pipeline", "oid": "oid2", "appid": "client2", "roles": []string{"Application.ReadWrite.OwnedBy"}}):                                            app,
		"opaque": {Scopes: []string{}}, "a.b.c": {Scopes: []string{}}, "a.!!.c": {Scopes: []string{}},
	} {
		c := graphtest.Serve(t, graphtest.Says(200, "")).Client(t, graphtest.Using(auth.StaticToken(token)))
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
