package cmd

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/scimctl/scimctl/cmd/internal/exit"
	"github.com/scimctl/scimctl/cmd/internal/iostreams"
)

// An authority gives every application and every person a token.
type authority struct {
	*httptest.Server
	asked atomic.Int32 // for tokens
}

func newAuthority(t *testing.T) *authority {
	a := &authority{}
	segment := func(v any) string {
		text, err := json.Marshal(v)
		if err != nil {
			t.Error(err)
		}
		return base64.RawURLEncoding.EncodeToString(text)
	}
	jwt := func(claims map[string]any) string {
		return segment(map[string]string{"alg": "none"}) + "." + segment(claims) + "." + segment("signature")
	}
	a.Server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		var answer map[string]any
		switch {
		case strings.HasSuffix(r.URL.Path, "/openid-configuration"):
			answer = map[string]any{
				"issuer": a.URL + "/t/v2.0", "token_endpoint": a.URL + "/t/oauth2/v2.0/token",
				"authorization_endpoint": a.URL + "/t/oauth2/v2.0/authorize", "device_authorization_endpoint": a.URL + "/t/oauth2/v2.0/devicecode",
			}
		case strings.HasSuffix(r.URL.Path, "/devicecode"):
			answer = map[string]any{"device_code": "hidden-code", "user_code": "ABCD", "expires_in": 900, "message": "open the page and enter ABCD"}
		default:
			a.asked.Add(1)
			claims := map[string]any{"tid": "tid1", "app_displayname": "pipeline", "appid": "client1", "roles": []string{"User.Read.All"}, "exp": 4102444800}
			if r.FormValue("grant_type") != "client_credentials" {
				claims = map[string]any{"tid": "tid1", "upn": "ada@contoso.com", "scp": "User.Read.All", "exp": 4102444800}
			}
			answer = map[string]any{
				"token_type": "Bearer", "expires_in": 3600, "access_token": jwt(claims), "refresh_token": "hidden-refresh", "scope": r.FormValue("scope"),
				"client_info": segment(map[string]string{"uid": "oid1", "utid": "tid1"}),
				"id_token":    jwt(map[string]any{"iss": a.URL + "/tid1/v2.0", "aud": "c", "tid": "tid1", "oid": "oid1", "preferred_username": "ada@contoso.com"}),
			}
		}
		if err := json.NewEncoder(w).Encode(answer); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(a.Close)
	return a
}

// run carries out a command line that signs in there.
func (a *authority) run(t *testing.T, env map[string]string, line string) (exit int, out, said string) {
	t.Helper()
	all := map[string]string{"SCIMCTL_AUTHORITY_HOST": a.URL}
	maps.Copy(all, env)
	io, _, stdout, stderr := iostreams.Test()
	app := newApp(io, func(name string) string { return all[name] })
	app.Authority = a.Client().Transport
	exit = app.Run(t.Context(), strings.Fields(line))
	for _, secret := range []string{"very-secret-word", "hidden-code", "hidden-refresh"} {
		if strings.Contains(stdout.String()+stderr.String(), secret) {
			t.Errorf("%s shows %s", line, secret)
		}
	}
	return exit, stdout.String(), stderr.String()
}

func TestAnApplicationSignsInByWhatIsSet(t *testing.T) {
	t.Parallel()
	a := newAuthority(t)
	for way, env := range map[string]map[string]string{
		"env":           {"AZURE_TENANT_ID": "tid1", "AZURE_CLIENT_ID": "client1", "AZURE_CLIENT_SECRET": "very-secret-word"},
		"client-secret": {"SCIMCTL_TENANT": "tid1", "SCIMCTL_CLIENT_ID": "client1", "SCIMCTL_CLIENT_SECRET": "very-secret-word", "SCIMCTL_AUTH": "client-secret"},
	} {
		exit, out, said := a.run(t, env, "auth status --jq .way+.name+.roles[0]")
		if exit != 0 || out != way+"pipelineUser.Read.All\n" {
			t.Errorf("%s: %d %s %s", way, exit, out, said)
		}
	}
}

func TestAPersonSignsInAndOut(t *testing.T) {
	a := newAuthority(t)
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("XDG_CACHE_HOME", filepath.Join(home, "cache")) // where azidentity itself looks
	env := map[string]string{"HOME": home, "XDG_CACHE_HOME": filepath.Join(home, "cache"), "LocalAppData": os.Getenv("LocalAppData"), "SCIMCTL_STATE_DIR": filepath.Join(home, "state")}
	code, _, said := a.run(t, env, "auth login --device-code")
	if code != 0 || !strings.Contains(said, "open the page and enter ABCD") {
		t.Fatalf("%d %s", code, said)
	}
	if !strings.Contains(said, "tokens are not kept") { // else this system has a place for them
		before := a.asked.Load()
		code, out, said := a.run(t, env, "auth status --jq .user+.way")
		if code != 0 || out != "ada@contoso.comlogin\n" || a.asked.Load() != before {
			t.Errorf("%d %s %s, %d requests", code, out, said, a.asked.Load()-before)
		}
	}
	// AZURE_CLIENT_ID names an application, not the client of a person.
	env["AZURE_CLIENT_ID"] = "client1"
	if code, out, said := a.run(t, env, "auth logout --jq .accounts[0]"); code != 0 || out != "ada@contoso.com in tid1\n" {
		t.Errorf("%d %s %s", code, out, said)
	}
	if code, _, said := a.run(t, env, "auth status --auth login"); code != int(exit.Auth) || !strings.Contains(said, "nobody has signed in") {
		t.Errorf("%d %s", code, said)
	}
}
