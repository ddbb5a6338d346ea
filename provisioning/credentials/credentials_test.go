package credentials_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/synchronization"
	"github.com/scimctl/scimctl/provisioning/credentials"
	"github.com/scimctl/scimctl/provisioning/internal/tenanttest"
	"github.com/scimctl/scimctl/provisioning/job"
	"github.com/scimctl/scimctl/provisioning/sandbox"
)

func TestAURLThatWouldShowTheTokenIsRefused(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]any{
		"http://app.example.com/scim":        new(credentials.InsecureURLError),
		"http://127.0.0.1.example.com/":      new(credentials.InsecureURLError),
		"http://localhost.example.com/":      new(credentials.InsecureURLError),
		"app.example.com/scim":               new(credentials.InvalidURLError),
		"ftp://app.example.com/":             new(credentials.InvalidURLError),
		"https://":                           new(credentials.InvalidURLError),
		"":                                   new(credentials.InvalidURLError),
		"https://ada:pass@app.example.com/":  new(credentials.InvalidURLError),
		"https://ada:pass%@app.example.com/": new(credentials.InvalidURLError),
		"https://app.example.com/scim#users": new(credentials.InvalidURLError),
	} {
		_, err := credentials.Set{URL: url, Token: "t"}.Do(t.Context())
		switch want.(type) {
		case *credentials.InsecureURLError:
			if _, ok := errors.AsType[*credentials.InsecureURLError](err); !ok {
				t.Errorf("%q gives %v", url, err)
			}
		default:
			if _, ok := errors.AsType[*credentials.InvalidURLError](err); !ok {
				t.Errorf("%q gives %v", url, err)
			}
		}
		if err != nil && strings.Contains(err.Error(), "pass") && !strings.Contains(err.Error(), "passw") {
			t.Errorf("%q shows the password: %v", url, err)
		}
	}
}

func TestATokenThatCannotBeOneIsRefused(t *testing.T) {
	t.Parallel()
	for _, token := range []string{"", "\r\n", "\ufeff\n", "  ", "two\nlines", "tökèn", "\xff\xfes\x00", "tab\tbed", "Bearer s3cr3t", "\ufeffbearer s3cr3t\n"} {
		_, err := credentials.Set{URL: "https://app.example.com/", Token: token}.Do(t.Context())
		if _, ok := errors.AsType[*credentials.TokenError](err); !ok {
			t.Errorf("%q gives %v", token, err)
		}
	}
}

func TestCredentialsAreSavedWithoutWhatAFilePutsAroundThem(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	tenanttest.Do(tenant, job.Create{Graph: tenant.Client, App: "Workato"})
	saved := tenanttest.Do(tenant, credentials.Set{
		Graph: tenant.Client, App: "Workato", URL: " " + sandbox.SCIMURL + "\n", Token: "\ufeff" + tenanttest.SCIMToken + "\r\n",
	})
	if !saved.Saved || !saved.Valid || saved.Already || saved.URL != sandbox.SCIMURL {
		t.Errorf("saved %+v", saved)
	}
	if tried := tenanttest.Do(tenant, credentials.Try{Graph: tenant.Client, App: "Workato"}); !tried.Valid || !tried.Saved {
		t.Errorf("tried %+v", tried)
	}
}

func TestCredentialsThatDoNotWorkAreNotSaved(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	tenanttest.Do(tenant, job.Create{Graph: tenant.Client, App: "Workato"})
	tenant.ForgetRequests()
	err := tenanttest.Fails(tenant, credentials.Set{Graph: tenant.Client, App: "Workato", URL: sandbox.SCIMURL, Token: "wrong-token"})
	refused, ok := errors.AsType[*credentials.RefusedError](err)
	if !ok || refused.Status != "Unauthorized" || tenant.Writes() != 0 {
		t.Errorf("%v after %d writes", err, tenant.Writes())
	}
	if strings.Contains(err.Error(), "wrong-token") {
		t.Errorf("the token is shown: %v", err)
	}
}

func TestASecondSetOfTheSameCredentialsWritesNothing(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	tenanttest.Do(tenant, job.Create{Graph: tenant.Client, App: "Workato"})
	set := credentials.Set{
		Graph: tenant.Client, App: "Workato", URL: sandbox.SCIMURL, Token: tenanttest.SCIMToken, Keeper: credentials.FingerprintsIn(t.TempDir()),
	}
	tenanttest.Do(tenant, set)
	tenant.ForgetRequests()
	if again := tenanttest.Do(tenant, set); !again.Already || !again.Valid || tenant.Writes() != 0 {
		t.Errorf("the second run wrote %d times and says %+v", tenant.Writes(), again)
	}
	set.URL = sandbox.SCIMURL + "?aadOptscim062020"
	if other := tenanttest.Do(tenant, set); other.Already {
		t.Error("another URL counts as the same credentials")
	}
}

func TestWhatIsKeptOfATokenDoesNotTellIt(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	tenant := tenanttest.NewTenant(t)
	tenanttest.Do(tenant, job.Create{Graph: tenant.Client, App: "Workato"})
	// eyJleHAiOjE4OTM0NTYwMDB9 says {"exp":1893456000}.
	saved := tenanttest.Do(tenant, credentials.Set{
		Graph: tenant.Client, App: "Workato", URL: sandbox.SCIMURL, Token: "eyJhbGciOiJub25lIn0.eyJleHAiOjE4OTM0NTYwMDB9.c2ln",
		NoValidate: true, Keeper: credentials.FingerprintsIn(state),
	})
	if saved.Expires.Year() != 2030 || saved.Valid {
		t.Errorf("saved %+v", saved)
	}
	files, err := filepath.Glob(filepath.Join(state, "credentials", "*"))
	if err != nil || len(files) != 1 || filepath.Base(files[0]) != saved.App.ServicePrincipalID+".json" {
		t.Fatalf("kept %v, %v", files, err)
	}
	text, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text), "eyJ") {
		t.Errorf("the token is in %s", text)
	}
	if info, err := os.Stat(files[0]); err != nil || info.Mode().Perm() != 0o600 && runtime.GOOS != "windows" { // modes say nothing there
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

// Some issuers count milliseconds. No calendar has that year.
func TestAnExpiryBeyondTheCalendarIsNotKnown(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	tenanttest.Do(tenant, job.Create{Graph: tenant.Client, App: "Workato"})
	// eyJleHAiOjE4OTM0NTYwMDAwMDB9 says {"exp":1893456000000}.
	saved := tenanttest.Do(tenant, credentials.Set{
		Graph: tenant.Client, App: "Workato", URL: sandbox.SCIMURL, Token: "eyJhbGciOiJub25lIn0.eyJleHAiOjE4OTM0NTYwMDAwMDB9.c2ln",
		NoValidate: true, Keeper: credentials.FingerprintsIn(t.TempDir()),
	})
	if !saved.Saved || !saved.Expires.IsZero() {
		t.Errorf("saved %+v", saved)
	}
}

// The second token is saved when the run ends in an error, so the fingerprint
// of the first must not vouch for what is saved.
func TestAFingerprintDoesNotOutliveTheTokenThatIsSaved(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	tenanttest.Do(tenant, job.Create{Graph: tenant.Client, App: "Workato"})
	set := credentials.Set{
		Graph: tenant.Client, App: "Workato", URL: sandbox.SCIMURL, Token: tenanttest.SCIMToken, Keeper: credentials.FingerprintsIn(t.TempDir()),
	}
	tenanttest.Do(tenant, set)
	trials := 0
	tenant.Answer("POST validateCredentials", func(w http.ResponseWriter, r *http.Request) {
		if trials++; trials == 2 { // that of what was saved
			tenanttest.With(400, tenanttest.GraphError("CredentialValidationUnavailable", "An error occurred while sending the request"))(w, r)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
	second := set
	second.Token = "another-token"
	if _, ok := errors.AsType[*credentials.RefusedError](tenanttest.Fails(tenant, second)); !ok || trials != 2 {
		t.Errorf("%d trials", trials)
	}
	if again := tenanttest.Do(tenant, set); again.Already {
		t.Error("the first token counts as saved")
	}
}

func TestAKeeperStaysInItsFolder(t *testing.T) {
	t.Parallel()
	above := t.TempDir()
	keeper := credentials.FingerprintsIn(filepath.Join(above, "state"))
	ids := []string{"", "..", "../secrets", "a/b", "/etc/x", `..\x`, "a:b", "nul"}
	for _, id := range ids {
		if err := keeper.Keep(id, credentials.Fingerprint{Hash: []byte(id + ".")}); err != nil {
			t.Error(err)
		}
	}
	for _, id := range ids {
		if kept, err := keeper.Recall(id); err != nil || string(kept.Hash) != id+"." {
			t.Errorf("%q: %q, %v", id, kept.Hash, err)
		}
	}
	files, err := os.ReadDir(filepath.Join(above, "state", "credentials"))
	outside, _ := os.ReadDir(above)
	if err != nil || len(files) != len(ids) || len(outside) != 1 {
		t.Errorf("%v, %v, %v", files, outside, err)
	}
}

func TestAWriteOfSecretsCarriesTheWholeAndNoMask(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	tenanttest.Do(tenant, job.Create{Graph: tenant.Client, App: "Workato"})
	settings := `{"Enabled":true,"Recipients":"ops@contoso.com","Unknown":[1.50]}`
	shown := map[string]any{"value": []synchronization.KeyValue{
		{Key: "BaseAddress", Value: "https://old.example.com/scim"},
		{Key: "SecretToken", Value: "*"},
		{Key: "Password", Value: "*"},
		{Key: "SyncAll", Value: "true"},
		{Key: "SyncNotificationSettings", Value: settings},
		{Key: "SkipOutOfScopeDeletions", Value: "True"},
	}}
	tenant.Answer("GET secrets", tenanttest.With(200, shown))
	tenant.Answer("PUT secrets", tenanttest.With(204, nil))
	err := tenanttest.Fails(tenant, credentials.Set{Graph: tenant.Client, App: "Workato", URL: sandbox.SCIMURL, Token: tenanttest.SCIMToken})
	dropped, ok := errors.AsType[*credentials.SecretDroppedError](err)
	if !ok || !cmp.Equal(dropped.Keys, []string{"BaseAddress"}) {
		t.Errorf("a URL that was not kept gives %v", err)
	}
	want := map[string]string{
		"BaseAddress": sandbox.SCIMURL, "SecretToken": tenanttest.SCIMToken, "SyncAll": "true",
		"SyncNotificationSettings": settings, "SkipOutOfScopeDeletions": "True",
	}
	if diff := cmp.Diff(want, tenanttest.SentSecrets(tenant)); diff != "" {
		t.Errorf("sent (-want +got):\n%s", diff)
	}
}

func TestAFirstWriteOfSecretsSaysScopeAndNotifications(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	tenanttest.Do(tenant, job.Create{Graph: tenant.Client, App: "Workato"})
	sent := tenanttest.SentSecrets(tenant)
	if sent["SyncAll"] != "false" || !json.Valid([]byte(sent["SyncNotificationSettings"])) || !strings.Contains(sent["SyncNotificationSettings"], `"Enabled":false`) {
		t.Errorf("sent %v", sent)
	}
}

func TestATokenThatTheServiceDropsIsAConflict(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	tenant.Provisioned()
	tenant.Answer("PUT secrets", tenanttest.With(204, nil))
	tenant.Answer("GET secrets", tenanttest.With(200, map[string]any{"value": []synchronization.KeyValue{
		{Key: "BaseAddress", Value: sandbox.SCIMURL}, {Key: "SyncAll", Value: "false"}, {Key: "SyncNotificationSettings", Value: "{}"},
	}}))
	err := tenanttest.Fails(tenant, credentials.Set{Graph: tenant.Client, App: "Workato", URL: sandbox.SCIMURL, Token: tenanttest.SCIMToken})
	dropped, ok := errors.AsType[*credentials.SecretDroppedError](err)
	if !ok || !cmp.Equal(dropped.Keys, []string{"SecretToken"}) || dropped.URL != sandbox.SCIMURL {
		t.Errorf("got %v", err)
	}
}

func TestARefusalSaysWhatTheApplicationAnswered(t *testing.T) {
	t.Parallel()
	const before = "We received this unexpected response from your application: Received response from Web resource. Resource: https://app.example.com/Users?filter=userName+eq+\"x\" Operation: GET Response Status Code: "
	const after = ". Please check the service and try again."
	for message, want := range map[string]string{
		before + "Unauthorized Response Headers:  Response Content: " + after:                                                           "https://app.example.com answered Unauthorized",
		before + "500 Response Headers: Date: x Response Content: <html><body>oh</body></html>" + after:                                 "https://app.example.com answered 500: (a page of HTML)",
		before + `NotFound Response Headers:  Response Content: {"schemas":["e"],"detail":"no tenant my-token","status":"404"}` + after: "https://app.example.com answered NotFound: no tenant ***",
		"An error occurred while sending the request":                                                                                   "An error occurred while sending the request",
	} {
		tenant := tenanttest.NewTenant(t)
		tenanttest.Do(tenant, job.Create{Graph: tenant.Client, App: "Workato"})
		tenant.Answer("POST validateCredentials", tenanttest.With(400, tenanttest.GraphError("CredentialValidationUnavailable", message)))
		err := tenanttest.Fails(tenant, credentials.Try{Graph: tenant.Client, App: "Workato", URL: "https://app.example.com", Token: "my-token"})
		if want = "the credentials of Workato do not work: " + want; err.Error() != want {
			t.Errorf("got  %v\nwant %v", err, want)
		}
		if answer, ok := errors.AsType[*graph.Error](err); !ok || strings.Contains(answer.Message, "my-token") {
			t.Errorf("below it is %v", answer)
		}
	}
}

func TestADryRunTriesCredentialsAndSavesNothing(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	tenanttest.Do(tenant, job.Create{Graph: tenant.Client, App: "Workato"})
	tenant.ForgetRequests()
	state := t.TempDir()
	saved := tenanttest.Do(tenant, credentials.Set{
		Graph: tenant.Connect(graph.Options{DryRun: true}), App: "Workato", URL: sandbox.SCIMURL, Token: tenanttest.SCIMToken, Keeper: credentials.FingerprintsIn(state),
	})
	if saved.Saved || !saved.Valid || tenant.Writes() != 0 {
		t.Errorf("%+v after %d writes", saved, tenant.Writes())
	}
	if files, _ := filepath.Glob(filepath.Join(state, "*")); len(files) != 0 {
		t.Errorf("kept %v", files)
	}
}

func TestNothingSavedIsSaidAtOnce(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	tenanttest.Do(tenant, job.Create{Graph: tenant.Client, App: "Workato"})
	err := tenanttest.Fails(tenant, credentials.Try{Graph: tenant.Client, App: "Workato"})
	if none, ok := errors.AsType[*credentials.NoCredentialsError](err); !ok || none.App != "Workato" {
		t.Errorf("got %v", err)
	}
	err = tenanttest.Fails(tenant, credentials.Try{Graph: tenant.Client, App: "Workato", URL: sandbox.SCIMURL})
	if _, ok := errors.AsType[*credentials.TokenError](err); !ok {
		t.Errorf("a URL without a token gives %v", err)
	}
}

func TestCredentialsSurviveAStoreThatKeepsOnlyWhatItIsSent(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t, sandbox.WithStrictSecrets())
	tenant.Provisioned()
	if tried := tenanttest.Do(tenant, credentials.Try{Graph: tenant.Client, App: "Workato"}); !tried.Valid {
		t.Errorf("tried %+v", tried)
	}
	if again := tenanttest.Do(tenant, job.Create{Graph: tenant.Client, App: "Workato"}); !again.Already || again.Scope != credentials.ScopeAssigned {
		t.Errorf("the scope was lost: %+v", again)
	}
}
