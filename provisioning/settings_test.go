package provisioning_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/sandbox"
	"github.com/scimctl/scimctl/provisioning"
)

func TestSettingsAreReadAsTheServiceWritesThem(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		notifications string
		want          provisioning.Settings
	}{
		"never set":      {"", provisioning.Settings{Notify: []string{}}},
		"nothing in it":  {"{}", provisioning.Settings{Notify: []string{}}},
		"no JSON":        {"Enabled", provisioning.Settings{Notify: []string{}}},
		"a list":         {`[1]`, provisioning.Settings{Notify: []string{}}},
		"all":            {`{"Enabled":true,"Recipients":"ops@contoso.com","DeleteThresholdEnabled":true,"DeleteThresholdValue":500}`, provisioning.Settings{Notify: []string{"ops@contoso.com"}, NotifyEnabled: true, DeleteThreshold: 500, DeleteThresholdEnabled: true}},
		"as text":        {`{"enabled":"True","recipients":"a@contoso.com; b@contoso.com","deleteThresholdValue":"7"}`, provisioning.Settings{Notify: []string{"a@contoso.com", "b@contoso.com"}, NotifyEnabled: true, DeleteThreshold: 7}},
		"null":           {`{"Enabled":null,"Recipients":null,"DeleteThresholdValue":null}`, provisioning.Settings{Notify: []string{}}},
		"not what it is": {`{"Enabled":[1],"DeleteThresholdValue":{"x":1}}`, provisioning.Settings{Notify: []string{}}},
	} {
		got := provisioning.SettingsOf([]graph.KeyValue{{Key: "SyncNotificationSettings", Value: c.notifications}})
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	got := provisioning.SettingsOf([]graph.KeyValue{{Key: "syncAll", Value: "True"}, {Key: "SkipOutOfScopeDeletions", Value: "true"}})
	if got.Scope != provisioning.ScopeAll || !got.SkipOutOfScopeDeletions {
		t.Errorf("%+v", got)
	}
}

func TestASettingThatIsNotNamedKeepsItsValue(t *testing.T) {
	t.Parallel()
	for name, tenant := range map[string]*tenant{"by key": newTenant(t), "strict": newTenant(t, sandbox.WithStrictSecrets())} {
		tenant.provisioned()
		app := do(tenant, provisioning.ShowSettings{Graph: tenant.client, App: "Workato"}).App
		before := `{"Recipients":"ops@contoso.com","HumanResourcesLookaheadQueryEnabled":true,"Precise":1.50e3,"Nested":{"b":1,"a":[ ]},"Enabled":true}`
		err := tenant.client.PutSecrets(t.Context(), app.ServicePrincipalID, []graph.KeyValue{
			{Key: "BaseAddress", Value: sandbox.SCIMURL},
			{Key: "SecretToken", Value: scimToken},
			{Key: "SyncAll", Value: "false"},
			{Key: "SyncNotificationSettings", Value: before},
			{Key: "InstanceName", Value: "kept"},
		})
		if err != nil {
			t.Fatal(err)
		}
		change := provisioning.ChangeSettings{Graph: tenant.client, App: "Workato", DeleteThreshold: new(100), Token: scimToken}
		done := do(tenant, change)
		if !cmp.Equal(done.Notify, []string{"ops@contoso.com"}) || !done.NotifyEnabled || done.DeleteThreshold != 100 || !done.DeleteThresholdEnabled || done.Scope != provisioning.ScopeAssigned {
			t.Errorf("%s: %+v", name, done)
		}
		want := map[string]string{
			"BaseAddress": sandbox.SCIMURL, "SecretToken": scimToken, "SyncAll": "false", "InstanceName": "kept",
			"SyncNotificationSettings": strings.TrimSuffix(before, "}") + `,"DeleteThresholdEnabled":true,"DeleteThresholdValue":100}`,
		}
		if diff := cmp.Diff(want, sentSecrets(tenant)); diff != "" {
			t.Errorf("%s: sent (-want +got):\n%s", name, diff)
		}
		tenant.ForgetRequests()
		if again := do(tenant, change); !again.Already || len(again.Changes) > 0 || tenant.writes() != 0 {
			t.Errorf("%s: the second run wrote %d times: %+v", name, tenant.writes(), again)
		}
	}
}

func TestEachSettingIsChangedAndSwitchedOff(t *testing.T) {
	t.Parallel()
	tenant := newTenant(t)
	tenant.provisioned()
	change := provisioning.ChangeSettings{Graph: tenant.client, App: "Workato"}
	for _, c := range []struct {
		with func(*provisioning.ChangeSettings)
		want []provisioning.SettingChange
	}{
		{func(c *provisioning.ChangeSettings) { c.Notify = []string{"a@contoso.com", "b@contoso.com"} }, []provisioning.SettingChange{
			{Setting: "notify", After: "a@contoso.com,b@contoso.com"}, {Setting: "notifyEnabled", Before: "false", After: "true"},
		}},
		{func(c *provisioning.ChangeSettings) { c.NoNotify = true }, []provisioning.SettingChange{{Setting: "notifyEnabled", Before: "true", After: "false"}}},
		{func(c *provisioning.ChangeSettings) { c.DeleteThreshold = new(3) }, []provisioning.SettingChange{
			{Setting: "deleteThreshold", After: "3"}, {Setting: "deleteThresholdEnabled", Before: "false", After: "true"},
		}},
		{func(c *provisioning.ChangeSettings) { c.DeleteThreshold = new(0) }, []provisioning.SettingChange{{Setting: "deleteThresholdEnabled", Before: "true", After: "false"}}},
		{func(c *provisioning.ChangeSettings) { c.SkipOutOfScopeDeletions = new(true) }, []provisioning.SettingChange{{Setting: "skipOutOfScopeDeletions", Before: "false", After: "true"}}},
		{func(c *provisioning.ChangeSettings) { c.SkipOutOfScopeDeletions = new(false) }, []provisioning.SettingChange{{Setting: "skipOutOfScopeDeletions", Before: "true", After: "false"}}},
	} {
		changed := change
		c.with(&changed)
		if diff := cmp.Diff(c.want, do(tenant, changed).Changes); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if again := do(tenant, changed); !again.Already {
			t.Errorf("again: %+v", again)
		}
	}
}

func TestTheScopeOfEveryoneNamesHowManyAndAsks(t *testing.T) {
	t.Parallel()
	tenant := newTenant(t)
	tenant.provisioned()
	var asked []provisioning.Risk
	change := provisioning.ChangeSettings{Graph: tenant.client, App: "Workato", Scope: provisioning.ScopeAll, Confirm: func(_ context.Context, r provisioning.Risk) error {
		asked = append(asked, r)
		return errors.New("no")
	}}
	tenant.ForgetRequests()
	if err := fails(tenant, change); err.Error() != "no" || tenant.writes() != 0 {
		t.Errorf("%v after %d writes", err, tenant.writes())
	}
	users, err := tenant.client.ListUsers(t.Context(), graph.ListUsers{})
	if err != nil || len(asked) != 1 || asked[0].People != len(users) || !strings.Contains(asked[0].What, "every user of the tenant") {
		t.Errorf("%v, asked %+v of %d users", err, asked, len(users))
	}
	change.Confirm = nil
	if done := do(tenant, change); done.Scope != provisioning.ScopeAll || done.RestartNeeded {
		t.Errorf("%+v", done)
	}
	change.Scope = provisioning.ScopeAssigned
	if done := do(tenant, change); done.RestartNeeded {
		t.Error("a job that never ran has nobody to remove")
	}
}

func TestWhoFallsOutOfScopeNeedsARestart(t *testing.T) {
	t.Parallel()
	tenant := newTenant(t)
	tenant.provisioned()
	tenant.assign("ada@contoso.com")
	do(tenant, provisioning.ChangeSettings{Graph: tenant.client, App: "Workato", Scope: provisioning.ScopeAll})
	do(tenant, provisioning.Start{Graph: tenant.client, App: "Workato"})
	if err := tenant.Tick(t.Context()); err != nil {
		t.Fatal(err)
	}
	if done := do(tenant, provisioning.ChangeSettings{Graph: tenant.client, App: "Workato", Scope: provisioning.ScopeAssigned}); !done.RestartNeeded {
		t.Errorf("%+v", done)
	}
}

func TestSettingsThatCostTheTokenAreAConflict(t *testing.T) {
	t.Parallel()
	tenant := newTenant(t, sandbox.WithStrictSecrets())
	tenant.provisioned()
	change := provisioning.ChangeSettings{Graph: tenant.client, App: "Workato", Notify: []string{"ops@contoso.com"}}
	dropped, ok := errors.AsType[*provisioning.SecretDroppedError](fails(tenant, change))
	if !ok || dropped.URL != sandbox.SCIMURL || !cmp.Equal(dropped.Keys, []string{"SecretToken"}) {
		t.Errorf("dropped %+v", dropped)
	}
}

func TestATokenThatIsRefusedOnlyAfterTheWriteWasLost(t *testing.T) {
	t.Parallel()
	tenant := newTenant(t)
	tenant.provisioned()
	trials := 0
	tenant.answer("POST validateCredentials", func(w http.ResponseWriter, r *http.Request) {
		if trials++; trials == 2 {
			refuse(w, r)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
	change := provisioning.ChangeSettings{Graph: tenant.client, App: "Workato", Notify: []string{"ops@contoso.com"}}
	if _, ok := errors.AsType[*provisioning.SecretDroppedError](fails(tenant, change)); !ok {
		t.Error("the loss is not noticed")
	}
}

// What did not work before is no fault of the change, which is made.
func TestCredentialsThatWereBrokenBeforeDoNotStopAChange(t *testing.T) {
	t.Parallel()
	tenant := newTenant(t)
	do(tenant, provisioning.Setup{Graph: tenant.client, App: "Workato"})
	do(tenant, provisioning.SetCredentials{Graph: tenant.client, App: "Workato", URL: sandbox.SCIMURL, Token: "broken", NoValidate: true})
	done := do(tenant, provisioning.ChangeSettings{Graph: tenant.client, App: "Workato", Notify: []string{"ops@contoso.com"}})
	if !strings.Contains(done.Broken, "answered Unauthorized") || !done.NotifyEnabled {
		t.Errorf("%+v", done)
	}
}

func TestASettingThatCannotBeIsRefusedBeforeAnythingIsAsked(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]provisioning.ChangeSettings{
		"scope":         {Scope: "some"},
		"both":          {Notify: []string{"ops@contoso.com"}, NoNotify: true},
		"no address":    {Notify: []string{"ops"}},
		"with a name":   {Notify: []string{"Ops <ops@contoso.com>"}},
		"two in one":    {Notify: []string{"a@contoso.com;b@contoso.com"}},
		"a negative":    {DeleteThreshold: new(-1)},
		"empty address": {Notify: []string{""}},
	} {
		_, err := change.Do(t.Context())
		if _, ok := errors.AsType[*provisioning.SettingError](err); !ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestARehearsedChangeOfSettingsWritesNothing(t *testing.T) {
	t.Parallel()
	tenant := newTenant(t)
	tenant.provisioned()
	tenant.ForgetRequests()
	done := do(tenant, provisioning.ChangeSettings{
		Graph: tenant.connect(graph.Options{DryRun: true}), App: "Workato", Scope: provisioning.ScopeAll, Notify: []string{"ops@contoso.com"},
		Confirm: func(context.Context, provisioning.Risk) error { return errors.New("a rehearsal asks") },
	})
	if done.Already || len(done.Changes) != 3 || tenant.writes() != 0 {
		t.Errorf("%+v after %d writes", done, tenant.writes())
	}
}

// A trial and a question take their time, and the portal is open elsewhere.
func TestSettingsThatSomebodyElseChangesMeanwhileStay(t *testing.T) {
	t.Parallel()
	threshold := 7
	mail := []string{"ops@contoso.com"}
	for name, task := range map[string]func(*tenant) error{
		"credentials set": func(tenant *tenant) error {
			_, err := provisioning.SetCredentials{Graph: tenant.client, App: "Workato", URL: sandbox.SCIMURL, Token: scimToken, Force: true}.Do(t.Context())
			return err
		},
		"credentials rotate": func(tenant *tenant) error {
			_, err := provisioning.RotateCredentials{Graph: tenant.client, App: "Workato", Token: scimToken}.Do(t.Context())
			return err
		},
		"provision settings": func(tenant *tenant) error {
			_, err := provisioning.ChangeSettings{Graph: tenant.client, App: "Workato", DeleteThreshold: &threshold}.Do(t.Context())
			return err
		},
		"provision settings with a token": func(tenant *tenant) error {
			_, err := provisioning.ChangeSettings{Graph: tenant.client, App: "Workato", DeleteThreshold: &threshold, Token: scimToken}.Do(t.Context())
			return err
		},
	} {
		tenant := newTenant(t)
		tenant.provisioned()
		tenant.answer("POST validateCredentials", func(w http.ResponseWriter, r *http.Request) {
			tenant.answer("POST validateCredentials", nil) // for somebody else, who has the portal open, and from now on
			do(tenant, provisioning.ChangeSettings{Graph: tenant.client, App: "Workato", Notify: mail})
			with(204, nil)(w, r)
		})
		if err := task(tenant); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		now := do(tenant, provisioning.ShowSettings{Graph: tenant.client, App: "Workato"})
		if !cmp.Equal(now.Notify, mail) || !now.NotifyEnabled {
			t.Errorf("%s: %+v", name, now.Settings)
		}
	}
}
