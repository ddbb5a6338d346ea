package auth_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/auth"
	"github.com/scimctl/scimctl/graph/internal/graphtest"
	"github.com/scimctl/scimctl/graph/synchronization"
)

// entra plays the authority over TLS, and the endpoints of runners beside it.
type entra struct {
	t   *testing.T
	srv *httptest.Server

	mu      sync.Mutex
	asked   []url.Values // for tokens
	answers []http.HandlerFunc
	other   http.HandlerFunc // for what is no authority's
}

// newEntra gives the answers of the token endpoint in turn; the last one stays.
func newEntra(t *testing.T, answers ...http.HandlerFunc) *entra {
	e := &entra{t: t, answers: answers, other: http.NotFound}
	e.srv = httptest.NewTLSServer(e)
	t.Cleanup(e.srv.Close)
	return e
}

func (e *entra) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	tenant, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	base := e.srv.URL + "/" + tenant
	switch {
	case strings.HasSuffix(r.URL.Path, "/v2.0/.well-known/openid-configuration"):
		e.json(w, 200, map[string]any{
			"issuer": base + "/v2.0", "authorization_endpoint": base + "/oauth2/v2.0/authorize", "token_endpoint": base + "/oauth2/v2.0/token",
			"device_authorization_endpoint": base + "/oauth2/v2.0/devicecode",
		})
	case strings.HasSuffix(r.URL.Path, "/oauth2/v2.0/devicecode"):
		e.json(w, 200, map[string]any{
			"device_code": "device-code-secret", "user_code": "ABCD1234", "verification_uri": "https://microsoft.com/devicelogin",
			"expires_in": 900, "interval": 1, "message": "To sign in, open https://microsoft.com/devicelogin and enter the code ABCD1234.",
		})
	case strings.HasSuffix(r.URL.Path, "/oauth2/v2.0/token"):
		if err := r.ParseForm(); err != nil {
			e.t.Error(err)
		}
		e.mu.Lock()
		e.asked = append(e.asked, r.PostForm)
		answer := e.answers[min(len(e.asked), len(e.answers))-1]
		e.mu.Unlock()
		answer(w, r)
	default:
		e.other(w, r)
	}
}

func (e *entra) json(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(v); err != nil {
		e.t.Error(err)
	}
}

// requests are those for tokens, as they were asked.
func (e *entra) Requests() []url.Values {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]url.Values{}, e.asked...)
}

// signIn is one to this authority, in surroundings where nothing else is set.
func (e *entra) signIn(method string, env map[string]string) auth.SignIn {
	return auth.SignIn{
		Method: method, AuthorityHost: e.srv.URL, Transport: e.srv.Client().Transport,
		Getenv: func(name string) string { return env[name] },
	}
}

// gives answers with a token for an application.
func gives(token string, seconds int) http.HandlerFunc {
	body, _ := json.Marshal(map[string]any{"token_type": "Bearer", "expires_in": seconds, "access_token": token})
	return graphtest.Says(200, string(body))
}

// refuses answers as Entra does, with what was asked in it.
func refuses(description string) http.HandlerFunc {
	body, _ := json.Marshal(map[string]any{
		"error": "invalid_client", "error_codes": []int{7000215},
		"error_description": description + "\r\nTrace ID: 1\r\nCorrelation ID: 2\r\nTimestamp: 3",
	})
	return graphtest.Says(401, string(body))
}

// givesPerson answers with a token for Ada, and all that comes with one.
func (e *entra) givesPerson(token string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		info, _ := json.Marshal(map[string]string{"uid": "oid1", "utid": "tid1"})
		e.json(w, 200, map[string]any{
			"token_type": "Bearer", "expires_in": 3600, "access_token": token, "refresh_token": "refresh-secret",
			"scope":       r.PostForm.Get("scope"), // Entra repeats .default beside what it stands for
			"client_info": base64.RawURLEncoding.EncodeToString(info),
			"id_token": graphtest.JWT(e.t, map[string]any{
				"iss": e.srv.URL + "/tid1/v2.0", "aud": auth.DefaultClientID, "tid": "tid1", "oid": "oid1", "preferred_username": "ada@contoso.com",
			}),
		})
	}
}

// tokenOf asks Graph for something and tells with which token.
func tokenOf(t *testing.T, cred graph.Credential) (string, error) {
	t.Helper()
	g := graphtest.Serve(t, graphtest.Says(204, ""))
	if err := synchronization.StartJob(t.Context(), g.Client(t, graphtest.Using(cred)), graphtest.Job()); err != nil {
		return "", err
	}
	return strings.TrimPrefix(g.Header(0).Get("Authorization"), "Bearer "), nil
}

// signsIn gets a token and expects it.
func signsIn(t *testing.T, s auth.SignIn, want string) {
	t.Helper()
	cred, err := s.Credential(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got, err := tokenOf(t, cred); got != want || err != nil {
		t.Fatalf("got %q, %v; want %q", got, err, want)
	}
}

// fails tells what a sign-in says that comes to nothing.
func fails(t *testing.T, s auth.SignIn, secrets ...string) *graph.SignInError {
	t.Helper()
	cred, err := s.Credential(t.Context())
	if err == nil {
		_, err = tokenOf(t, cred)
	}
	e, ok := errors.AsType[*graph.SignInError](err)
	if !ok {
		t.Fatalf("got %v", err)
	}
	for _, secret := range secrets {
		if strings.Contains(err.Error(), secret) {
			t.Errorf("%q is in %q", secret, err)
		}
	}
	for _, a := range e.Tried {
		if a.Reason == "" || strings.Contains(a.Reason, "\n") {
			t.Errorf("%s: %q is no reason in one line", a.Method, a.Reason)
		}
	}
	return e
}

// offline is a machine that reaches nothing.
type offline struct{}

func (offline) RoundTrip(*http.Request) (*http.Response, error) {
	return nil, errors.New("network is unreachable")
}

// noTools takes the command lines of Azure away.
func noTools(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	t.Setenv("PATH", folder)
	return folder
}

// surroundings give a test a home of its own, with a place for caches. Where
// this system has none, the test is skipped.
func surroundings(t *testing.T) (state, caches string) {
	t.Helper()
	home := t.TempDir()
	for name, folder := range map[string]string{"HOME": home, "XDG_CACHE_HOME": filepath.Join(home, "cache"), "LocalAppData": filepath.Join(home, "cache")} {
		t.Setenv(name, folder)
	}
	if err := keepTokens("scimctl.test"); err != nil {
		t.Skipf("this system has no place for tokens: %v", err)
	}
	return filepath.Join(home, "state"), filepath.Join(home, "cache", ".IdentityService")
}

// challenges asks for a token that is newer than any before.
func challenges(w http.ResponseWriter, _ *http.Request) {
	claims := base64.StdEncoding.EncodeToString([]byte(`{"access_token":{"nbf":{"essential":true,"value":"1652813508"}}}`))
	w.Header().Set("Www-Authenticate", `Bearer realm="", error="insufficient_claims", claims="`+claims+`"`)
	graphtest.Refuse(w, http.StatusUnauthorized, "InvalidAuthenticationToken", "Continuous access evaluation resulted in challenge")
}
