package provisioning_test

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
	"github.com/scimctl/scimctl/graph/sandbox"
	"github.com/scimctl/scimctl/provisioning"
)

// refuse answers a trial as the service does when the application turns a
// token down.
func refuse(w http.ResponseWriter, r *http.Request) {
	with(400, graphError("CredentialValidationUnavailable", "Response Status Code: Unauthorized Response Headers:  Response Content: "))(w, r)
}

func TestShownCredentialsAreKeysAndNeverValues(t *testing.T) {
	t.Parallel()
	tenant := newTenant(t)
	do(tenant, provisioning.Setup{Graph: tenant.client, App: "Workato"})
	keeper := provisioning.KeepIn(t.TempDir())
	do(tenant, provisioning.SetCredentials{
		Graph: tenant.client, App: "Workato", URL: sandbox.SCIMURL + "?key=hidden-in-the-url&aadOptscim062020", Token: scimToken,
		Expires: time.Date(2031, 2, 3, 0, 0, 0, 0, time.UTC), Keeper: keeper,
	})
	shown := do(tenant, provisioning.ShowCredentials{Graph: tenant.client, App: "Workato", Keeper: keeper})
	if shown.URL != sandbox.SCIMURL+"?key=…&aadOptscim062020" || shown.Kind != provisioning.SignInToken {
		t.Errorf("shown %+v", shown)
	}
	want := []provisioning.SavedKey{
		{Key: "BaseAddress"}, {Key: "SecretToken", Masked: true}, {Key: "SyncAll", Setting: true}, {Key: "SyncNotificationSettings", Setting: true},
	}
	if diff := cmp.Diff(want, shown.Keys); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if shown.Fingerprint == nil || shown.Fingerprint.Mark == "" || shown.Fingerprint.Expires.Year() != 2031 {
		t.Errorf("remembered %+v", shown.Fingerprint)
	}
	text, err := json.Marshal(shown)
	if err != nil || strings.Contains(string(text), scimToken) || strings.Contains(string(text), "hidden-in-the-url") {
		t.Errorf("%v, %s", err, text)
	}
}

func TestARotationPutsANewTokenInThePlaceOfTheOld(t *testing.T) {
	t.Parallel()
	tenant := newTenant(t)
	do(tenant, provisioning.Setup{Graph: tenant.client, App: "Workato"})
	do(tenant, provisioning.SetCredentials{Graph: tenant.client, App: "Workato", URL: sandbox.SCIMURL, Token: "the-old-one", NoValidate: true})
	tenant.assign("ada@contoso.com")
	rotate := provisioning.RotateCredentials{
		Graph: tenant.client, App: "Workato", Token: scimToken, Probe: "ada@contoso.com", Keeper: provisioning.KeepIn(t.TempDir()),
	}
	done := do(tenant, rotate)
	if !done.Saved || !done.Valid || done.URL != sandbox.SCIMURL || done.Probe == nil || done.Probe.State != provisioning.Created {
		t.Errorf("rotated %+v", done)
	}
	sent := sentSecrets(tenant)
	if sent["SecretToken"] != scimToken || sent["BaseAddress"] != sandbox.SCIMURL || sent["SyncAll"] != "false" || sent["SyncNotificationSettings"] == "" {
		t.Errorf("sent %v", sent)
	}
	tenant.ForgetRequests()
	if again := do(tenant, rotate); !again.Already || again.Probe != nil || tenant.writes() != 0 {
		t.Errorf("the second run wrote %d times: %+v", tenant.writes(), again)
	}
	rotate.Force, rotate.Probe = true, ""
	if forced := do(tenant, rotate); forced.Already || !forced.Saved {
		t.Errorf("forced: %+v", forced)
	}
}

func TestTheOldTokenStaysWhenARotationFailsBeforeItSaves(t *testing.T) {
	t.Parallel()
	tenant := newTenant(t)
	tenant.provisioned()
	tenant.ForgetRequests()
	rotate := provisioning.RotateCredentials{Graph: tenant.client, App: "Workato", Token: "a-wrong-one"}
	if _, ok := errors.AsType[*provisioning.CredentialsRefusedError](fails(tenant, rotate)); !ok {
		t.Error("a token that does not work is not refused")
	}
	rotate.Token, rotate.Probe = scimToken, "nobody@contoso.com"
	if _, ok := errors.AsType[*graph.NotFoundError](fails(tenant, rotate)); !ok {
		t.Error("there is somebody to probe with")
	}
	rotate.Token, rotate.Client = "", provisioning.ClientCredentials{Secret: "x"}
	if other, ok := errors.AsType[*provisioning.OtherKindError](fails(tenant, rotate)); !ok || other.OAuth {
		t.Error("a client secret takes the place of a token")
	}
	if tenant.writes() != 0 {
		t.Errorf("%d writes", tenant.writes())
	}
	if tried := do(tenant, provisioning.TryCredentials{Graph: tenant.client, App: "Workato"}); !tried.Valid {
		t.Error("the old token is gone")
	}
}

func TestARotationThatDoesNotHoldSaysSo(t *testing.T) {
	t.Parallel()
	accept := func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }
	for name, spoil := range map[string]func(*tenant){
		"the saved one is refused": func(tenant *tenant) {
			trials := 0
			tenant.answer("POST validateCredentials", func(w http.ResponseWriter, r *http.Request) {
				if trials++; trials == 2 {
					refuse(w, r)
					return
				}
				accept(w, r)
			})
		},
		"the service drops it": func(tenant *tenant) {
			tenant.answer("POST validateCredentials", accept)
			tenant.answer("PUT secrets", func(w http.ResponseWriter, r *http.Request) {
				tenant.answer("GET secrets", with(200, map[string]any{"value": []graph.KeyValue{
					{Key: "BaseAddress", Value: sandbox.SCIMURL}, {Key: "SyncAll", Value: "false"}, {Key: "SyncNotificationSettings", Value: "{}"},
				}}))
				accept(w, r)
			})
		},
	} {
		tenant := newTenant(t)
		tenant.provisioned()
		spoil(tenant)
		state := t.TempDir()
		err := fails(tenant, provisioning.RotateCredentials{Graph: tenant.client, App: "Workato", Token: "the-new-one", Keeper: provisioning.KeepIn(state)})
		lost, ok := errors.AsType[*provisioning.RotationError](err)
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
	tenant := newTenant(t)
	tenant.provisioned() // from somewhere else: no fingerprint
	set := provisioning.SetCredentials{Graph: tenant.client, App: "Workato", URL: sandbox.SCIMURL, Token: scimToken, IfChanged: true}
	tenant.ForgetRequests()
	if done := do(tenant, set); !done.Already || tenant.writes() != 0 {
		t.Errorf("what works was written %d times: %+v", tenant.writes(), done)
	}
	set.URL += "?aadOptscim062020"
	if done := do(tenant, set); done.Already {
		t.Error("another URL counts as the same")
	}
	do(tenant, provisioning.SetCredentials{Graph: tenant.client, App: "Workato", URL: set.URL, Token: "broken", NoValidate: true})
	if done := do(tenant, set); done.Already || !done.Valid {
		t.Errorf("what does not work was left: %+v", done)
	}
	set.Keeper = provisioning.KeepIn(t.TempDir())
	set.Force, set.IfChanged = true, false
	do(tenant, set)
	set.Force, set.IfChanged, set.Token = false, true, "another"
	tenant.answer("POST validateCredentials", with(204, nil))
	if done := do(tenant, set); done.Already {
		t.Error("a secret known to be another counts as the same")
	}
}

func TestClientCredentialsTakeThePlaceOfATokenAndBack(t *testing.T) {
	t.Parallel()
	tenants := map[string]*tenant{"by key": newTenant(t), "strict": newTenant(t, sandbox.WithStrictSecrets())}
	for name, tenant := range tenants {
		tenant.provisioned()
		keeper := provisioning.KeepIn(t.TempDir())
		client := provisioning.ClientCredentials{ClientID: "entra", TokenURL: sandbox.TokenURL, Secret: scimToken + "\r\n"}
		set := provisioning.SetCredentials{Graph: tenant.client, App: "Workato", URL: sandbox.SCIMURL, Client: client, Keeper: keeper}
		if done := do(tenant, set); !done.Valid || !done.Saved {
			t.Errorf("%s: %+v", name, done)
		}
		sent := sentSecrets(tenant)
		if sent["AuthenticationType"] != "OAuth2ClientCredentialsGrant" || sent["Oauth2ClientId"] != "entra" || sent["Oauth2TokenExchangeUri"] != sandbox.TokenURL ||
			sent["Oauth2ClientSecret"] != scimToken || sent["SecretToken"] != "" {
			t.Errorf("%s: sent %v", name, sent)
		}
		if again := do(tenant, set); !again.Already {
			t.Errorf("%s: the same again is written", name)
		}
		shown := do(tenant, provisioning.ShowCredentials{Graph: tenant.client, App: "Workato", Keeper: keeper})
		if shown.Kind != provisioning.SignInOAuth || slices.ContainsFunc(shown.Keys, func(k provisioning.SavedKey) bool { return k.Key == "SecretToken" }) {
			t.Errorf("%s: %+v", name, shown)
		}
		if tried := do(tenant, provisioning.TryCredentials{Graph: tenant.client, App: "Workato"}); !tried.Valid {
			t.Errorf("%s: saved client credentials do not work", name)
		}
		rotate := provisioning.RotateCredentials{Graph: tenant.client, App: "Workato", Force: true, Client: provisioning.ClientCredentials{Secret: scimToken}}
		if done := do(tenant, rotate); !done.Valid {
			t.Errorf("%s: %+v", name, done)
		}
		rotate.Client, rotate.Token = provisioning.ClientCredentials{}, scimToken
		if _, ok := errors.AsType[*provisioning.OtherKindError](fails(tenant, rotate)); !ok {
			t.Errorf("%s: a token takes the place of a client secret", name)
		}
		do(tenant, provisioning.SetCredentials{Graph: tenant.client, App: "Workato", URL: sandbox.SCIMURL, Token: scimToken})
		if shown := do(tenant, provisioning.ShowCredentials{Graph: tenant.client, App: "Workato"}); shown.Kind != provisioning.SignInToken {
			t.Errorf("%s: %+v", name, shown)
		}
	}
}

func TestClientCredentialsAreWhole(t *testing.T) {
	t.Parallel()
	for want, set := range map[string]provisioning.SetCredentials{
		"needs a client id":             {Client: provisioning.ClientCredentials{Secret: "s", TokenURL: "https://app.example.com/token"}},
		"is empty":                      {Client: provisioning.ClientCredentials{ClientID: "c", TokenURL: "https://app.example.com/token"}},
		"does not go with OAuth":        {Token: "t", Client: provisioning.ClientCredentials{ClientID: "c", TokenURL: "https://app.example.com/token", Secret: "s"}},
		"is not https":                  {Client: provisioning.ClientCredentials{ClientID: "c", TokenURL: "http://app.example.com/token", Secret: "s"}},
		"characters that no header":     {Client: provisioning.ClientCredentials{ClientID: "c", TokenURL: "https://app.example.com/token", Secret: "s\x00"}},
		"has to begin with https:// an": {Client: provisioning.ClientCredentials{ClientID: "c", TokenURL: "app.example.com", Secret: "s"}},
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
	for name, tenant := range map[string]*tenant{"by key": newTenant(t), "strict": newTenant(t, sandbox.WithStrictSecrets())} {
		tenant.provisioned()
		do(tenant, provisioning.ChangeSettings{Graph: tenant.client, App: "Workato", Notify: []string{"ops@contoso.com"}, Token: scimToken})
		keeper := provisioning.KeepIn(t.TempDir())
		do(tenant, provisioning.SetCredentials{Graph: tenant.client, App: "Workato", URL: sandbox.SCIMURL, Token: scimToken, Keeper: keeper})
		var asked []string
		clearing := provisioning.ClearCredentials{Graph: tenant.client, App: "Workato", Keeper: keeper, Confirm: func(_ context.Context, r provisioning.Risk) error {
			asked = append(asked, r.What)
			return nil
		}}
		done := do(tenant, clearing)
		if diff := cmp.Diff([]string{"BaseAddress", "SecretToken"}, sorted(done.Cleared)); diff != "" || len(asked) != 1 {
			t.Errorf("%s: asked %v, (-want +got):\n%s", name, asked, diff)
		}
		if diff := cmp.Diff([]string{"SyncAll", "SyncNotificationSettings"}, sorted(done.Remaining)); diff != "" {
			t.Errorf("%s: (-want +got):\n%s", name, diff)
		}
		if sent := sentSecrets(tenant); !strings.Contains(sent["SyncNotificationSettings"], "ops@contoso.com") {
			t.Errorf("%s: sent %v", name, sent)
		}
		if kept, err := keeper.Recall(done.App.ServicePrincipalID); err != nil || len(kept.Hash) > 0 {
			t.Errorf("%s: the fingerprint is kept", name)
		}
		tenant.ForgetRequests()
		if again := do(tenant, clearing); !again.Already || tenant.writes() != 0 {
			t.Errorf("%s: the second run wrote %d times", name, tenant.writes())
		}
		clearing.Settings = true
		do(tenant, clearing)
		settings := do(tenant, provisioning.ShowSettings{Graph: tenant.client, App: "Workato"})
		if len(settings.Notify) > 0 || settings.NotifyEnabled || settings.Scope != provisioning.ScopeAssigned {
			t.Errorf("%s: %+v", name, settings)
		}
	}
}

func sorted(list []string) []string {
	list = slices.Clone(list)
	slices.Sort(list)
	return list
}

func TestCredentialsOfARunningJobAreNotClearedByTheWay(t *testing.T) {
	t.Parallel()
	tenant := newTenant(t)
	tenant.provisioned()
	do(tenant, provisioning.Start{Graph: tenant.client, App: "Workato"})
	tenant.ForgetRequests()
	clearing := provisioning.ClearCredentials{Graph: tenant.client, App: "Workato"}
	if running, ok := errors.AsType[*provisioning.JobRunningError](fails(tenant, clearing)); !ok || running.App != "Workato" || tenant.writes() != 0 {
		t.Errorf("%v after %d writes", running, tenant.writes())
	}
	what := ""
	clearing.Running = true
	clearing.Confirm = func(_ context.Context, r provisioning.Risk) error { what = r.What; return nil }
	if do(tenant, clearing); !strings.Contains(what, "goes into quarantine") {
		t.Errorf("asked %q", what)
	}
}

func TestAServiceThatKeepsWhatWasClearedIsNamed(t *testing.T) {
	t.Parallel()
	tenant := newTenant(t)
	tenant.provisioned()
	tenant.answer("PUT secrets", with(204, nil))
	left, ok := errors.AsType[*provisioning.NotClearedError](fails(tenant, provisioning.ClearCredentials{Graph: tenant.client, App: "Workato"}))
	if !ok || !cmp.Equal(sorted(left.Keys), []string{"BaseAddress", "SecretToken"}) {
		t.Errorf("left %+v", left)
	}
}

func TestWhatMayGoWrongWithCredentialsIsSaid(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 1100)
	for name, c := range map[string]struct {
		app, url, token string
		want            []provisioning.CautionCode
	}{
		"nothing":             {"Workato", "", "short", nil},
		"long":                {"Workato", "", long, []provisioning.CautionCode{provisioning.CautionSize}},
		"flag, not gallery":   {"Workato", "?aadOptscim062020", "short", []provisioning.CautionCode{provisioning.CautionOnDemandFlag}},
		"flag, gallery":       {"Workgrid", "?aadOptscim062020", "short", []provisioning.CautionCode{provisioning.CautionGalleryFlag}},
		"older flag, gallery": {"Workgrid", "?AzureAdScimPatch062020", "short", []provisioning.CautionCode{provisioning.CautionGalleryFlag}},
	} {
		tenant := newTenant(t)
		if c.app == "Workgrid" {
			do(tenant, provisioning.CreateApp{Graph: tenant.client, Name: "Workgrid", Template: "Workgrid"})
		}
		do(tenant, provisioning.Setup{Graph: tenant.client, App: c.app})
		done := do(tenant, provisioning.SetCredentials{
			Graph: tenant.connect(graph.Options{DryRun: true}), App: c.app, URL: sandbox.SCIMURL + c.url, Token: c.token, NoValidate: true,
		})
		var got []provisioning.CautionCode
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
			err := provisioning.CheckExpiry("Workato", time.Now().Add(in), 30*day)
			if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
				t.Errorf("%v: %v", in, err)
			}
		}
		if err := provisioning.CheckExpiry("Workato", time.Time{}, 30*day); err != nil {
			t.Errorf("an end that is not known: %v", err)
		}
	})
}

func TestSeveralRolesWithoutTheFlagAreAHint(t *testing.T) {
	t.Parallel()
	tenant := newTenant(t)
	tenant.provisioned()
	app := do(tenant, provisioning.ShowApp{Graph: tenant.client, App: "Workato"})
	role := func(name string) map[string]any {
		return map[string]any{"id": name, "displayName": name, "value": name, "isEnabled": true, "allowedMemberTypes": []string{"User"}}
	}
	tenant.answer("GET servicePrincipals", with(200, map[string]any{"value": []any{map[string]any{
		"id": app.ServicePrincipalID, "appId": app.AppID, "displayName": "Workato", "applicationTemplateId": app.TemplateID,
		"appRoles": []any{role("Admin"), role("Analyst")},
	}}}))
	try := provisioning.TryCredentials{Graph: tenant.client, App: "Workato", Token: scimToken}
	if got := do(tenant, try).Cautions; len(got) != 1 || got[0].Code != provisioning.CautionNoFlag || !got[0].Hint {
		t.Errorf("%+v", got)
	}
	try.URL = sandbox.SCIMURL + "?aadOptscim062020"
	if got := do(tenant, try).Cautions; len(got) != 1 || got[0].Code != provisioning.CautionOnDemandFlag {
		t.Errorf("%+v", got)
	}
}

func TestWhatIsKeptOfDeletedProvisioningHasNoSecretFromTheURL(t *testing.T) {
	t.Parallel()
	tenant := newTenant(t)
	do(tenant, provisioning.Setup{Graph: tenant.client, App: "Workato"})
	do(tenant, provisioning.SetCredentials{Graph: tenant.client, App: "Workato", URL: sandbox.SCIMURL + "?key=hidden-in-the-url", Token: scimToken})
	var kept provisioning.Configuration
	do(tenant, provisioning.Disable{Graph: tenant.client, App: "Workato", Delete: true, Keep: func(_ context.Context, c provisioning.Configuration) ([]string, error) {
		kept = c
		return []string{}, nil
	}})
	text, err := json.Marshal(kept)
	if err != nil || len(kept.Settings) == 0 || strings.Contains(string(text), "hidden-in-the-url") {
		t.Errorf("%v, kept %+v", err, kept.Settings)
	}
}
