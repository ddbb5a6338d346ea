package credentials_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/directory"
	"github.com/scimctl/scimctl/graph/synchronization"
	"github.com/scimctl/scimctl/provisioning"
	"github.com/scimctl/scimctl/provisioning/credentials"
	"github.com/scimctl/scimctl/provisioning/internal/tenanttest"
	"github.com/scimctl/scimctl/provisioning/job"
	"github.com/scimctl/scimctl/provisioning/ondemand"
	"github.com/scimctl/scimctl/provisioning/sandbox"
)

func TestSettingsAreReadAsTheServiceWritesThem(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		notifications string
		want          credentials.Settings
	}{
		"never set":      {"", credentials.Settings{Notify: []string{}}},
		"nothing in it":  {"{}", credentials.Settings{Notify: []string{}}},
		"no JSON":        {"Enabled", credentials.Settings{Notify: []string{}}},
		"a list":         {`[1]`, credentials.Settings{Notify: []string{}}},
		"all":            {`{"Enabled":true,"Recipients":"ops@contoso.com","DeleteThresholdEnabled":true,"DeleteThresholdValue":500}`, credentials.Settings{Notify: []string{"ops@contoso.com"}, NotifyEnabled: true, DeleteThreshold: 500, DeleteThresholdEnabled: true}},
		"as text":        {`{"enabled":"True","recipients":"a@contoso.com; b@contoso.com","deleteThresholdValue":"7"}`, credentials.Settings{Notify: []string{"a@contoso.com", "b@contoso.com"}, NotifyEnabled: true, DeleteThreshold: 7}},
		"null":           {`{"Enabled":null,"Recipients":null,"DeleteThresholdValue":null}`, credentials.Settings{Notify: []string{}}},
		"not what it is": {`{"Enabled":[1],"DeleteThresholdValue":{"x":1}}`, credentials.Settings{Notify: []string{}}},
	} {
		got := credentials.SettingsOf([]synchronization.KeyValue{{Key: "SyncNotificationSettings", Value: c.notifications}})
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	got := credentials.SettingsOf([]synchronization.KeyValue{{Key: "syncAll", Value: "True"}, {Key: "SkipOutOfScopeDeletions", Value: "true"}})
	if got.Scope != credentials.ScopeAll || !got.SkipOutOfScopeDeletions {
		t.Errorf("%+v", got)
	}
}

func TestASettingThatIsNotNamedKeepsItsValue(t *testing.T) {
	t.Parallel()
	for name, tenant := range map[string]*tenanttest.Tenant{"by key": tenanttest.NewTenant(t), "strict": tenanttest.NewTenant(t, sandbox.WithStrictSecrets())} {
		tenant.Provisioned()
		app := tenanttest.Do(tenant, credentials.ShowSettings{Graph: tenant.Client, App: "Workato"}).App
		before := `{"Recipients":"ops@contoso.com","HumanResourcesLookaheadQueryEnabled":true,"Precise":1.50e3,"Nested":{"b":1,"a":[ ]},"Enabled":true}`
		err := synchronization.PutSecrets(t.Context(), tenant.Client, app.ServicePrincipalID, []synchronization.KeyValue{
			{Key: "BaseAddress", Value: sandbox.SCIMURL},
			{Key: "SecretToken", Value: tenanttest.SCIMToken},
			{Key: "SyncAll", Value: "false"},
			{Key: "SyncNotificationSettings", Value: before},
			{Key: "InstanceName", Value: "kept"},
		})
		if err != nil {
			t.Fatal(err)
		}
		change := credentials.ChangeSettings{Graph: tenant.Client, App: "Workato", DeleteThreshold: new(100), Token: tenanttest.SCIMToken}
		done := tenanttest.Do(tenant, change)
		if !cmp.Equal(done.Notify, []string{"ops@contoso.com"}) || !done.NotifyEnabled || done.DeleteThreshold != 100 || !done.DeleteThresholdEnabled || done.Scope != credentials.ScopeAssigned {
			t.Errorf("%s: %+v", name, done)
		}
		want := map[string]string{
			"BaseAddress": sandbox.SCIMURL, "SecretToken": tenanttest.SCIMToken, "SyncAll": "false", "InstanceName": "kept",
			"SyncNotificationSettings": strings.TrimSuffix(before, "}") + `,"DeleteThresholdEnabled":true,"DeleteThresholdValue":100}`,
		}
		if diff := cmp.Diff(want, tenanttest.SentSecrets(tenant)); diff != "" {
			t.Errorf("%s: sent (-want +got):\n%s", name, diff)
		}
		tenant.ForgetRequests()
		if again := tenanttest.Do(tenant, change); !again.Already || len(again.Changes) > 0 || tenant.Writes() != 0 {
			t.Errorf("%s: the second run wrote %d times: %+v", name, tenant.Writes(), again)
		}
	}
}

func TestEachSettingIsChangedAndSwitchedOff(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	tenant.Provisioned()
	change := credentials.ChangeSettings{Graph: tenant.Client, App: "Workato"}
	for _, c := range []struct {
		with func(*credentials.ChangeSettings)
		want []credentials.SettingChange
	}{
		{func(c *credentials.ChangeSettings) { c.Notify = []string{"a@contoso.com", "b@contoso.com"} }, []credentials.SettingChange{
			{Setting: "notify", After: "a@contoso.com,b@contoso.com"}, {Setting: "notifyEnabled", Before: "false", After: "true"},
		}},
		{func(c *credentials.ChangeSettings) { c.NoNotify = true }, []credentials.SettingChange{{Setting: "notifyEnabled", Before: "true", After: "false"}}},
		{func(c *credentials.ChangeSettings) { c.DeleteThreshold = new(3) }, []credentials.SettingChange{
			{Setting: "deleteThreshold", After: "3"}, {Setting: "deleteThresholdEnabled", Before: "false", After: "true"},
		}},
		{func(c *credentials.ChangeSettings) { c.DeleteThreshold = new(0) }, []credentials.SettingChange{{Setting: "deleteThresholdEnabled", Before: "true", After: "false"}}},
		{func(c *credentials.ChangeSettings) { c.SkipOutOfScopeDeletions = new(true) }, []credentials.SettingChange{{Setting: "skipOutOfScopeDeletions", Before: "false", After: "true"}}},
		{func(c *credentials.ChangeSettings) { c.SkipOutOfScopeDeletions = new(false) }, []credentials.SettingChange{{Setting: "skipOutOfScopeDeletions", Before: "true", After: "false"}}},
	} {
		changed := change
		c.with(&changed)
		if diff := cmp.Diff(c.want, tenanttest.Do(tenant, changed).Changes); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if again := tenanttest.Do(tenant, changed); !again.Already {
			t.Errorf("again: %+v", again)
		}
	}
}

func TestTheScopeOfEveryoneNamesHowManyAndAsks(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	tenant.Provisioned()
	var asked []provisioning.Risk
	change := credentials.ChangeSettings{Graph: tenant.Client, App: "Workato", Scope: credentials.ScopeAll, Confirm: func(_ context.Context, r provisioning.Risk) error {
		asked = append(asked, r)
		return errors.New("no")
	}}
	tenant.ForgetRequests()
	if err := tenanttest.Fails(tenant, change); err.Error() != "no" || tenant.Writes() != 0 {
		t.Errorf("%v after %d writes", err, tenant.Writes())
	}
	users, err := directory.ListUsers(t.Context(), tenant.Client, directory.UserQuery{})
	if err != nil || len(asked) != 1 || asked[0].People != len(users) || !strings.Contains(asked[0].What, "every user of the tenant") {
		t.Errorf("%v, asked %+v of %d users", err, asked, len(users))
	}
	change.Confirm = nil
	if done := tenanttest.Do(tenant, change); done.Scope != credentials.ScopeAll || done.RestartNeeded {
		t.Errorf("%+v", done)
	}
	change.Scope = credentials.ScopeAssigned
	if done := tenanttest.Do(tenant, change); done.RestartNeeded {
		t.Error("a job that never ran has nobody to remove")
	}
}

func TestWhoFallsOutOfScopeNeedsARestart(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	tenant.Provisioned()
	tenant.Assign("ada@contoso.com")
	tenanttest.Do(tenant, credentials.ChangeSettings{Graph: tenant.Client, App: "Workato", Scope: credentials.ScopeAll})
	tenanttest.Do(tenant, job.Start{Graph: tenant.Client, App: "Workato"})
	if err := tenant.Tick(t.Context()); err != nil {
		t.Fatal(err)
	}
	if done := tenanttest.Do(tenant, credentials.ChangeSettings{Graph: tenant.Client, App: "Workato", Scope: credentials.ScopeAssigned}); !done.RestartNeeded {
		t.Errorf("%+v", done)
	}
}

func TestSettingsThatCostTheTokenAreAConflict(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t, sandbox.WithStrictSecrets())
	tenant.Provisioned()
	change := credentials.ChangeSettings{Graph: tenant.Client, App: "Workato", Notify: []string{"ops@contoso.com"}}
	dropped, ok := errors.AsType[*credentials.SecretDroppedError](tenanttest.Fails(tenant, change))
	if !ok || dropped.URL != sandbox.SCIMURL || !cmp.Equal(dropped.Keys, []string{"SecretToken"}) {
		t.Errorf("dropped %+v", dropped)
	}
}

func TestATokenThatIsRefusedOnlyAfterTheWriteWasLost(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	tenant.Provisioned()
	trials := 0
	tenant.Answer("POST validateCredentials", func(w http.ResponseWriter, r *http.Request) {
		if trials++; trials == 2 {
			tenanttest.RefuseSCIM(w, r)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
	change := credentials.ChangeSettings{Graph: tenant.Client, App: "Workato", Notify: []string{"ops@contoso.com"}}
	if _, ok := errors.AsType[*credentials.SecretDroppedError](tenanttest.Fails(tenant, change)); !ok {
		t.Error("the loss is not noticed")
	}
}

// What did not work before is no fault of the change, which is made.
func TestCredentialsThatWereBrokenBeforeDoNotStopAChange(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	tenanttest.Do(tenant, job.Create{Graph: tenant.Client, App: "Workato"})
	tenanttest.Do(tenant, credentials.Set{Graph: tenant.Client, App: "Workato", URL: sandbox.SCIMURL, Token: "broken", NoValidate: true})
	done := tenanttest.Do(tenant, credentials.ChangeSettings{Graph: tenant.Client, App: "Workato", Notify: []string{"ops@contoso.com"}})
	if !strings.Contains(done.Broken, "answered Unauthorized") || !done.NotifyEnabled {
		t.Errorf("%+v", done)
	}
}

func TestASettingThatCannotBeIsRefusedBeforeAnythingIsAsked(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]credentials.ChangeSettings{
		"scope":         {Scope: "some"},
		"both":          {Notify: []string{"ops@contoso.com"}, NoNotify: true},
		"no address":    {Notify: []string{"ops"}},
		"with a name":   {Notify: []string{"Ops <ops@contoso.com>"}},
		"two in one":    {Notify: []string{"a@contoso.com;b@contoso.com"}},
		"a negative":    {DeleteThreshold: new(-1)},
		"empty address": {Notify: []string{""}},
	} {
		_, err := change.Do(t.Context())
		if _, ok := errors.AsType[*credentials.SettingError](err); !ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestARehearsedChangeOfSettingsWritesNothing(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	tenant.Provisioned()
	tenant.ForgetRequests()
	done := tenanttest.Do(tenant, credentials.ChangeSettings{
		Graph: tenant.Connect(graph.Options{DryRun: true}), App: "Workato", Scope: credentials.ScopeAll, Notify: []string{"ops@contoso.com"},
		Confirm: func(context.Context, provisioning.Risk) error { return errors.New("a rehearsal asks") },
	})
	if done.Already || len(done.Changes) != 3 || tenant.Writes() != 0 {
		t.Errorf("%+v after %d writes", done, tenant.Writes())
	}
}

// A trial and a question take their time, and the portal is open elsewhere.
func TestSettingsThatSomebodyElseChangesMeanwhileStay(t *testing.T) {
	t.Parallel()
	threshold := 7
	mail := []string{"ops@contoso.com"}
	for name, task := range map[string]func(*tenanttest.Tenant) error{
		"credentials set": func(tenant *tenanttest.Tenant) error {
			_, err := credentials.Set{Graph: tenant.Client, App: "Workato", URL: sandbox.SCIMURL, Token: tenanttest.SCIMToken, Force: true}.Do(t.Context())
			return err
		},
		"credentials rotate": func(tenant *tenanttest.Tenant) error {
			_, err := ondemand.Rotate{Graph: tenant.Client, App: "Workato", Token: tenanttest.SCIMToken}.Do(t.Context())
			return err
		},
		"provision settings": func(tenant *tenanttest.Tenant) error {
			_, err := credentials.ChangeSettings{Graph: tenant.Client, App: "Workato", DeleteThreshold: &threshold}.Do(t.Context())
			return err
		},
		"provision settings with a token": func(tenant *tenanttest.Tenant) error {
			_, err := credentials.ChangeSettings{Graph: tenant.Client, App: "Workato", DeleteThreshold: &threshold, Token: tenanttest.SCIMToken}.Do(t.Context())
			return err
		},
	} {
		tenant := tenanttest.NewTenant(t)
		tenant.Provisioned()
		tenant.Answer("POST validateCredentials", func(w http.ResponseWriter, r *http.Request) {
			tenant.Answer("POST validateCredentials", nil) // for somebody else, who has the portal open, and from now on
			tenanttest.Do(tenant, credentials.ChangeSettings{Graph: tenant.Client, App: "Workato", Notify: mail})
			tenanttest.With(204, nil)(w, r)
		})
		if err := task(tenant); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		now := tenanttest.Do(tenant, credentials.ShowSettings{Graph: tenant.Client, App: "Workato"})
		if !cmp.Equal(now.Notify, mail) || !now.NotifyEnabled {
			t.Errorf("%s: %+v", name, now.Settings)
		}
	}
}
