package credentials_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/synchronization"
	"github.com/scimctl/scimctl/provisioning"
	"github.com/scimctl/scimctl/provisioning/apps"
	"github.com/scimctl/scimctl/provisioning/credentials"
	"github.com/scimctl/scimctl/provisioning/internal/tenanttest"
	"github.com/scimctl/scimctl/provisioning/job"
	"github.com/scimctl/scimctl/provisioning/ondemand"
	"github.com/scimctl/scimctl/provisioning/sandbox"
)

func TestShownCredentialsAreKeysAndNeverValues(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	tenanttest.Do(tenant, job.Create{Graph: tenant.Client, App: "Workato"})
	keeper := credentials.FingerprintsIn(t.TempDir())
	tenanttest.Do(tenant, credentials.Set{
		Graph: tenant.Client, App: "Workato", URL: sandbox.SCIMURL + "?key=hidden-in-the-url&aadOptscim062020", Token: tenanttest.SCIMToken,
		Expires: time.Date(2031, 2, 3, 0, 0, 0, 0, time.UTC), Keeper: keeper,
	})
	shown := tenanttest.Do(tenant, credentials.Show{Graph: tenant.Client, App: "Workato", Keeper: keeper})
	if shown.URL != sandbox.SCIMURL+"?key=…&aadOptscim062020" || shown.Kind != credentials.SignInToken {
		t.Errorf("shown %+v", shown)
	}
	want := []credentials.SavedKey{
		{Key: "BaseAddress"}, {Key: "SecretToken", Masked: true}, {Key: "SyncAll", Setting: true}, {Key: "SyncNotificationSettings", Setting: true},
	}
	if diff := cmp.Diff(want, shown.Keys); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if shown.Fingerprint == nil || shown.Fingerprint.Mark == "" || shown.Fingerprint.Expires.Year() != 2031 {
		t.Errorf("remembered %+v", shown.Fingerprint)
	}
	text, err := json.Marshal(shown)
	if err != nil || strings.Contains(string(text), tenanttest.SCIMToken) || strings.Contains(string(text), "hidden-in-the-url") {
		t.Errorf("%v, %s", err, text)
	}
}

func TestARotationPutsANewTokenInThePlaceOfTheOld(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	tenanttest.Do(tenant, job.Create{Graph: tenant.Client, App: "Workato"})
	tenanttest.Do(tenant, credentials.Set{Graph: tenant.Client, App: "Workato", URL: sandbox.SCIMURL, Token: "the-old-one", NoValidate: true})
	tenant.Assign("ada@contoso.com")
	rotate := ondemand.Rotate{
		Graph: tenant.Client, App: "Workato", Token: tenanttest.SCIMToken, Probe: "ada@contoso.com", Keeper: credentials.FingerprintsIn(t.TempDir()),
	}
	done := tenanttest.Do(tenant, rotate)
	if !done.Saved || !done.Valid || done.URL != sandbox.SCIMURL || done.Probe == nil || done.Probe.State != ondemand.Created {
		t.Errorf("rotated %+v", done)
	}
	sent := tenanttest.SentSecrets(tenant)
	if sent["SecretToken"] != tenanttest.SCIMToken || sent["BaseAddress"] != sandbox.SCIMURL || sent["SyncAll"] != "false" || sent["SyncNotificationSettings"] == "" {
		t.Errorf("sent %v", sent)
	}
	tenant.ForgetRequests()
	if again := tenanttest.Do(tenant, rotate); !again.Already || again.Probe != nil || tenant.Writes() != 0 {
		t.Errorf("the second run wrote %d times: %+v", tenant.Writes(), again)
	}
	rotate.Force, rotate.Probe = true, ""
	if forced := tenanttest.Do(tenant, rotate); forced.Already || !forced.Saved {
		t.Errorf("forced: %+v", forced)
	}
}

func TestTheOldTokenStaysWhenARotationFailsBeforeItSaves(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	tenant.Provisioned()
	tenant.ForgetRequests()
	rotate := ondemand.Rotate{Graph: tenant.Client, App: "Workato", Token: "a-wrong-one"}
	if _, ok := errors.AsType[*credentials.RefusedError](tenanttest.Fails(tenant, rotate)); !ok {
		t.Error("a token that does not work is not refused")
	}
	rotate.Token, rotate.Probe = tenanttest.SCIMToken, "nobody@contoso.com"
	if _, ok := errors.AsType[*graph.NotFoundError](tenanttest.Fails(tenant, rotate)); !ok {
		t.Error("there is somebody to probe with")
	}
	rotate.Token, rotate.Client = "", credentials.ClientCredentials{Secret: "x"}
	if other, ok := errors.AsType[*credentials.OtherKindError](tenanttest.Fails(tenant, rotate)); !ok || other.OAuth {
		t.Error("a client secret takes the place of a token")
	}
	if tenant.Writes() != 0 {
		t.Errorf("%d writes", tenant.Writes())
	}
	if tried := tenanttest.Do(tenant, credentials.Try{Graph: tenant.Client, App: "Workato"}); !tried.Valid {
		t.Error("the old token is gone")
	}
}

func TestARotationThatDoesNotHoldSaysSo(t *testing.T) {
	t.Parallel()
	accept := func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }
	for name, spoil := range map[string]func(*tenanttest.Tenant){
		"the saved one is refused": func(tenant *tenanttest.Tenant) {
			trials := 0
			tenant.Answer("POST validateCredentials", func(w http.ResponseWriter, r *http.Request) {
				if trials++; trials == 2 {
					tenanttest.RefuseSCIM(w, r)
					return
				}
				accept(w, r)
			})
		},
		"the service drops it": func(tenant *tenanttest.Tenant) {
			tenant.Answer("POST validateCredentials", accept)
			tenant.Answer("PUT secrets", func(w http.ResponseWriter, r *http.Request) {
				tenant.Answer("GET secrets", tenanttest.With(200, map[string]any{"value": []synchronization.KeyValue{
					{Key: "BaseAddress", Value: sandbox.SCIMURL}, {Key: "SyncAll", Value: "false"}, {Key: "SyncNotificationSettings", Value: "{}"},
				}}))
				accept(w, r)
			})
		},
	} {
		tenant := tenanttest.NewTenant(t)
		tenant.Provisioned()
		spoil(tenant)
		state := t.TempDir()
		err := tenanttest.Fails(tenant, ondemand.Rotate{Graph: tenant.Client, App: "Workato", Token: "the-new-one", Keeper: credentials.FingerprintsIn(state)})
		lost, ok := errors.AsType[*ondemand.RotationError](err)
		if !ok || lost.URL != sandbox.SCIMURL || strings.Contains(err.Error(), "the-new-one") {
			t.Errorf("%s: %v", name, err)
		}
		if files, _ := filepath.Glob(filepath.Join(state, "credentials", "*")); len(files) != 0 {
			t.Errorf("%s: kept %v", name, files)
		}
	}
}

func TestIfChangedLetsATrialDecideWhereNothingIsKnown(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	tenant.Provisioned() // from somewhere else: no fingerprint
	set := credentials.Set{Graph: tenant.Client, App: "Workato", URL: sandbox.SCIMURL, Token: tenanttest.SCIMToken, IfChanged: true}
	tenant.ForgetRequests()
	if done := tenanttest.Do(tenant, set); !done.Already || tenant.Writes() != 0 {
		t.Errorf("what works was written %d times: %+v", tenant.Writes(), done)
	}
	set.URL += "?aadOptscim062020"
	if done := tenanttest.Do(tenant, set); done.Already {
		t.Error("another URL counts as the same")
	}
	tenanttest.Do(tenant, credentials.Set{Graph: tenant.Client, App: "Workato", URL: set.URL, Token: "broken", NoValidate: true})
	if done := tenanttest.Do(tenant, set); done.Already || !done.Valid {
		t.Errorf("what does not work was left: %+v", done)
	}
	set.Keeper = credentials.FingerprintsIn(t.TempDir())
	set.Force, set.IfChanged = true, false
	tenanttest.Do(tenant, set)
	set.Force, set.IfChanged, set.Token = false, true, "another"
	tenant.Answer("POST validateCredentials", tenanttest.With(204, nil))
	if done := tenanttest.Do(tenant, set); done.Already {
		t.Error("a secret known to be another counts as the same")
	}
}

func TestClientCredentialsTakeThePlaceOfATokenAndBack(t *testing.T) {
	t.Parallel()
	tenants := map[string]*tenanttest.Tenant{"by key": tenanttest.NewTenant(t), "strict": tenanttest.NewTenant(t, sandbox.WithStrictSecrets())}
	for name, tenant := range tenants {
		tenant.Provisioned()
		keeper := credentials.FingerprintsIn(t.TempDir())
		client := credentials.ClientCredentials{ClientID: "entra", TokenURL: sandbox.TokenURL, Secret: tenanttest.SCIMToken + "\r\n"}
		set := credentials.Set{Graph: tenant.Client, App: "Workato", URL: sandbox.SCIMURL, Client: client, Keeper: keeper}
		if done := tenanttest.Do(tenant, set); !done.Valid || !done.Saved {
			t.Errorf("%s: %+v", name, done)
		}
		sent := tenanttest.SentSecrets(tenant)
		if sent["AuthenticationType"] != "OAuth2ClientCredentialsGrant" || sent["Oauth2ClientId"] != "entra" || sent["Oauth2TokenExchangeUri"] != sandbox.TokenURL ||
			sent["Oauth2ClientSecret"] != tenanttest.SCIMToken || sent["SecretToken"] != "" {
			t.Errorf("%s: sent %v", name, sent)
		}
		if again := tenanttest.Do(tenant, set); !again.Already {
			t.Errorf("%s: the same again is written", name)
		}
		shown := tenanttest.Do(tenant, credentials.Show{Graph: tenant.Client, App: "Workato", Keeper: keeper})
		if shown.Kind != credentials.SignInOAuth || slices.ContainsFunc(shown.Keys, func(k credentials.SavedKey) bool { return k.Key == "SecretToken" }) {
			t.Errorf("%s: %+v", name, shown)
		}
		if tried := tenanttest.Do(tenant, credentials.Try{Graph: tenant.Client, App: "Workato"}); !tried.Valid {
			t.Errorf("%s: saved client credentials do not work", name)
		}
		rotate := ondemand.Rotate{Graph: tenant.Client, App: "Workato", Force: true, Client: credentials.ClientCredentials{Secret: tenanttest.SCIMToken}}
		if done := tenanttest.Do(tenant, rotate); !done.Valid {
			t.Errorf("%s: %+v", name, done)
		}
		rotate.Client, rotate.Token = credentials.ClientCredentials{}, tenanttest.SCIMToken
		if _, ok := errors.AsType[*credentials.OtherKindError](tenanttest.Fails(tenant, rotate)); !ok {
			t.Errorf("%s: a token takes the place of a client secret", name)
		}
		tenanttest.Do(tenant, credentials.Set{Graph: tenant.Client, App: "Workato", URL: sandbox.SCIMURL, Token: tenanttest.SCIMToken})
		if shown := tenanttest.Do(tenant, credentials.Show{Graph: tenant.Client, App: "Workato"}); shown.Kind != credentials.SignInToken {
			t.Errorf("%s: %+v", name, shown)
		}
	}
}

func TestClientCredentialsAreWhole(t *testing.T) {
	t.Parallel()
	for want, set := range map[string]credentials.Set{
		"needs a client id":             {Client: credentials.ClientCredentials{Secret: "s", TokenURL: "https://app.example.com/token"}},
		"is empty":                      {Client: credentials.ClientCredentials{ClientID: "c", TokenURL: "https://app.example.com/token"}},
		"does not go with OAuth":        {Token: "t", Client: credentials.ClientCredentials{ClientID: "c", TokenURL: "https://app.example.com/token", Secret: "s"}},
		"is not https":                  {Client: credentials.ClientCredentials{ClientID: "c", TokenURL: "http://app.example.com/token", Secret: "s"}},
		"characters that no header":     {Client: credentials.ClientCredentials{ClientID: "c", TokenURL: "https://app.example.com/token", Secret: "s\x00"}},
		"has to begin with https:// an": {Client: credentials.ClientCredentials{ClientID: "c", TokenURL: "app.example.com", Secret: "s"}},
	} {
		set.URL = "https://app.example.com/scim"
		_, err := set.Do(t.Context())
		if err == nil || !strings.Contains(strings.ReplaceAll(err.Error(), "characters in it that no header", "characters that no header"), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
}

func TestCredentialsAreClearedTogether(t *testing.T) {
	t.Parallel()
	for name, tenant := range map[string]*tenanttest.Tenant{"by key": tenanttest.NewTenant(t), "strict": tenanttest.NewTenant(t, sandbox.WithStrictSecrets())} {
		tenant.Provisioned()
		tenanttest.Do(tenant, credentials.ChangeSettings{Graph: tenant.Client, App: "Workato", Notify: []string{"ops@contoso.com"}, Token: tenanttest.SCIMToken})
		keeper := credentials.FingerprintsIn(t.TempDir())
		tenanttest.Do(tenant, credentials.Set{Graph: tenant.Client, App: "Workato", URL: sandbox.SCIMURL, Token: tenanttest.SCIMToken, Keeper: keeper})
		var asked []string
		clearing := credentials.Clear{Graph: tenant.Client, App: "Workato", Keeper: keeper, Confirm: func(_ context.Context, r provisioning.Risk) error {
			asked = append(asked, r.What)
			return nil
		}}
		done := tenanttest.Do(tenant, clearing)
		if diff := cmp.Diff([]string{"BaseAddress", "SecretToken"}, tenanttest.Sorted(done.Cleared)); diff != "" || len(asked) != 1 {
			t.Errorf("%s: asked %v, (-want +got):\n%s", name, asked, diff)
		}
		if diff := cmp.Diff([]string{"SyncAll", "SyncNotificationSettings"}, tenanttest.Sorted(done.Remaining)); diff != "" {
			t.Errorf("%s: (-want +got):\n%s", name, diff)
		}
		if sent := tenanttest.SentSecrets(tenant); !strings.Contains(sent["SyncNotificationSettings"], "ops@contoso.com") {
			t.Errorf("%s: sent %v", name, sent)
		}
		if kept, err := keeper.Recall(done.App.ServicePrincipalID); err != nil || len(kept.Hash) > 0 {
			t.Errorf("%s: the fingerprint is kept", name)
		}
		tenant.ForgetRequests()
		if again := tenanttest.Do(tenant, clearing); !again.Already || tenant.Writes() != 0 {
			t.Errorf("%s: the second run wrote %d times", name, tenant.Writes())
		}
		clearing.Settings = true
		tenanttest.Do(tenant, clearing)
		settings := tenanttest.Do(tenant, credentials.ShowSettings{Graph: tenant.Client, App: "Workato"})
		if len(settings.Notify) > 0 || settings.NotifyEnabled || settings.Scope != credentials.ScopeAssigned {
			t.Errorf("%s: %+v", name, settings)
		}
	}
}

func TestCredentialsOfARunningJobAreNotClearedByTheWay(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	tenant.Provisioned()
	tenanttest.Do(tenant, job.Start{Graph: tenant.Client, App: "Workato"})
	tenant.ForgetRequests()
	clearing := credentials.Clear{Graph: tenant.Client, App: "Workato"}
	if running, ok := errors.AsType[*credentials.JobRunningError](tenanttest.Fails(tenant, clearing)); !ok || running.App != "Workato" || tenant.Writes() != 0 {
		t.Errorf("%v after %d writes", running, tenant.Writes())
	}
	what := ""
	clearing.Running = true
	clearing.Confirm = func(_ context.Context, r provisioning.Risk) error { what = r.What; return nil }
	if tenanttest.Do(tenant, clearing); !strings.Contains(what, "goes into quarantine") {
		t.Errorf("asked %q", what)
	}
}

func TestAServiceThatKeepsWhatWasClearedIsNamed(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	tenant.Provisioned()
	tenant.Answer("PUT secrets", tenanttest.With(204, nil))
	left, ok := errors.AsType[*credentials.NotClearedError](tenanttest.Fails(tenant, credentials.Clear{Graph: tenant.Client, App: "Workato"}))
	if !ok || !cmp.Equal(tenanttest.Sorted(left.Keys), []string{"BaseAddress", "SecretToken"}) {
		t.Errorf("left %+v", left)
	}
}

func TestWhatMayGoWrongWithCredentialsIsSaid(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 1100)
	for name, c := range map[string]struct {
		app, url, token string
		want            []credentials.CautionCode
	}{
		"nothing":             {"Workato", "", "short", nil},
		"long":                {"Workato", "", long, []credentials.CautionCode{credentials.CautionSize}},
		"flag, not gallery":   {"Workato", "?aadOptscim062020", "short", []credentials.CautionCode{credentials.CautionOnDemandFlag}},
		"flag, gallery":       {"Workgrid", "?aadOptscim062020", "short", []credentials.CautionCode{credentials.CautionGalleryFlag}},
		"older flag, gallery": {"Workgrid", "?AzureAdScimPatch062020", "short", []credentials.CautionCode{credentials.CautionGalleryFlag}},
	} {
		tenant := tenanttest.NewTenant(t)
		if c.app == "Workgrid" {
			tenanttest.Do(tenant, apps.Create{Graph: tenant.Client, Name: "Workgrid", Template: "Workgrid"})
		}
		tenanttest.Do(tenant, job.Create{Graph: tenant.Client, App: c.app})
		done := tenanttest.Do(tenant, credentials.Set{
			Graph: tenant.Connect(graph.Options{DryRun: true}), App: c.app, URL: sandbox.SCIMURL + c.url, Token: c.token, NoValidate: true,
		})
		var got []credentials.CautionCode
		for _, caution := range done.Cautions {
			got = append(got, caution.Code)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestTheEndOfATokenIsNear(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		day := 24 * time.Hour
		for in, want := range map[time.Duration]string{
			31 * day: "", 30 * day: "", 29 * day: "expires on", -time.Second: "expired on",
		} {
			err := credentials.CheckExpiry("Workato", time.Now().Add(in), 30*day)
			if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
				t.Errorf("%v: %v", in, err)
			}
		}
		if err := credentials.CheckExpiry("Workato", time.Time{}, 30*day); err != nil {
			t.Errorf("an end that is not known: %v", err)
		}
	})
}

func TestSeveralRolesWithoutTheFlagAreAHint(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	tenant.Provisioned()
	app := tenanttest.Do(tenant, apps.Show{Graph: tenant.Client, App: "Workato"})
	role := func(name string) map[string]any {
		return map[string]any{"id": name, "displayName": name, "value": name, "isEnabled": true, "allowedMemberTypes": []string{"User"}}
	}
	tenant.Answer("GET servicePrincipals", tenanttest.With(200, map[string]any{"value": []any{map[string]any{
		"id": app.ServicePrincipalID, "appId": app.AppID, "displayName": "Workato", "applicationTemplateId": app.TemplateID,
		"appRoles": []any{role("Admin"), role("Analyst")},
	}}}))
	try := credentials.Try{Graph: tenant.Client, App: "Workato", Token: tenanttest.SCIMToken}
	if got := tenanttest.Do(tenant, try).Cautions; len(got) != 1 || got[0].Code != credentials.CautionNoFlag || !got[0].Hint {
		t.Errorf("%+v", got)
	}
	try.URL = sandbox.SCIMURL + "?aadOptscim062020"
	if got := tenanttest.Do(tenant, try).Cautions; len(got) != 1 || got[0].Code != credentials.CautionOnDemandFlag {
		t.Errorf("%+v", got)
	}
}

func TestWhatIsKeptOfDeletedProvisioningHasNoSecretFromTheURL(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	tenanttest.Do(tenant, job.Create{Graph: tenant.Client, App: "Workato"})
	tenanttest.Do(tenant, credentials.Set{Graph: tenant.Client, App: "Workato", URL: sandbox.SCIMURL + "?key=hidden-in-the-url", Token: tenanttest.SCIMToken})
	var kept job.Configuration
	tenanttest.Do(tenant, job.Disable{Graph: tenant.Client, App: "Workato", Delete: true, Keep: func(_ context.Context, c job.Configuration) ([]string, error) {
		kept = c
		return []string{}, nil
	}})
	text, err := json.Marshal(kept)
	if err != nil || len(kept.Settings) == 0 || strings.Contains(string(text), "hidden-in-the-url") {
		t.Errorf("%v, kept %+v", err, kept.Settings)
	}
}
