package provisioning_test

import (
	"errors"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/provisioning"
)

func TestAnApplicationIsReadyWhenCreateReturns(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tenant := newTenant(t)
		made := do(tenant, provisioning.CreateApp{Graph: tenant.client, Name: "Contoso Reports"})
		if made.Already || made.ApplicationID == "" || made.ServicePrincipalID == "" {
			t.Errorf("made %+v", made)
		}
		details := do(tenant, provisioning.ShowApp{Graph: tenant.client, App: "Contoso Reports"})
		if !details.Provisions || details.Gallery {
			t.Errorf("it is not a non-gallery application that can be provisioned: %+v", details)
		}
		tenant.ForgetRequests()
		again := do(tenant, provisioning.CreateApp{Graph: tenant.client, Name: "Contoso Reports"})
		if !again.Already || again.AppID != made.AppID || tenant.writes() != 0 {
			t.Errorf("the second run wrote %d times and says %+v", tenant.writes(), again)
		}
	})
}

func TestAnApplicationFromTheGalleryIsFoundAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tenant := newTenant(t)
		create := provisioning.CreateApp{Graph: tenant.client, Name: "Our Workgrid", Template: "Workgrid"}
		do(tenant, create)
		if again := do(tenant, create); !again.Already {
			t.Errorf("made twice: %+v", again)
		}
		err := fails(tenant, provisioning.CreateApp{Graph: tenant.client, Name: "Our Workgrid", Template: "Workteam"})
		conflict, ok := errors.AsType[*provisioning.ConflictError](err)
		if !ok || conflict.Name != "Our Workgrid" {
			t.Errorf("another template gives %v", err)
		}
	})
}

// Its service principal was deleted, and the application stayed.
func TestAnApplicationWithoutAServicePrincipalIsNotTakenForMade(t *testing.T) {
	t.Parallel()
	tenant := newTenant(t)
	tenant.answer("GET applications", with(200, map[string]any{"value": []any{map[string]any{
		"id": "o1", "appId": "11112222-bbbb-3333-cccc-4444dddd5555", "displayName": "Left Behind", "applicationTemplateId": tenant.client.Cloud().CustomTemplateID,
	}}}))
	err := fails(tenant, provisioning.CreateApp{Graph: tenant.client, Name: "Left Behind"})
	if none, ok := errors.AsType[*graph.NotFoundError](err); !ok || none.Kind != "service principal of the application" || tenant.writes() != 0 {
		t.Errorf("%v after %d writes", err, tenant.writes())
	}
}

func TestATemplateWithoutProvisioningIsRefused(t *testing.T) {
	t.Parallel()
	tenant := newTenant(t)
	err := fails(tenant, provisioning.CreateApp{Graph: tenant.client, Name: "Our Notes", Template: "Fabrikam Notes"})
	if _, ok := errors.AsType[*provisioning.NotProvisionableError](err); !ok || tenant.writes() != 0 {
		t.Errorf("%v after %d writes", err, tenant.writes())
	}
}

func TestADryRunMakesNoApplication(t *testing.T) {
	t.Parallel()
	tenant := tenantWith(t, graph.Options{DryRun: true})
	made := do(tenant, provisioning.CreateApp{Graph: tenant.client, Name: "Contoso Reports"})
	if made.Name != "Contoso Reports" || made.Already || tenant.writes() != 0 {
		t.Errorf("%+v after %d writes", made, tenant.writes())
	}
}

func TestApplicationsAreListedWithBothIDs(t *testing.T) {
	t.Parallel()
	tenant := newTenant(t)
	apps := do(tenant, provisioning.ListApps{Graph: tenant.client, Search: "WORKA"})
	if len(apps) != 1 || apps[0].Name != "Workato" || apps[0].AppID == "" || apps[0].ApplicationID == "" || apps[0].ServicePrincipalID == "" {
		t.Errorf("found %+v", apps)
	}
}

func TestAnAmbiguousNameWritesNothing(t *testing.T) {
	t.Parallel()
	tenant := newTenant(t)
	err := fails(tenant, provisioning.Setup{Graph: tenant.client, App: "Expenses"})
	several, ok := errors.AsType[*graph.AmbiguousError](err)
	if !ok || len(several.Matches) != 2 || tenant.writes() != 0 {
		t.Errorf("%v after %d writes", err, tenant.writes())
	}
}

func TestSetupMakesTheJobOnceAndScopesItToTheAssigned(t *testing.T) {
	t.Parallel()
	tenant := newTenant(t)
	first := do(tenant, provisioning.Setup{Graph: tenant.client, App: "Workato"})
	if first.Already || first.Job.TemplateID != "scim" || first.Job.State != provisioning.StateStopped || first.Scope != provisioning.ScopeAssigned {
		t.Errorf("set up %+v", first)
	}
	tenant.ForgetRequests()
	second := do(tenant, provisioning.Setup{Graph: tenant.client, App: "Workato"})
	if !second.Already || tenant.writes() != 0 {
		t.Errorf("the second run wrote %d times and says %+v", tenant.writes(), second)
	}
	if diff := cmp.Diff(first.Job, second.Job); diff != "" {
		t.Errorf("another job (-want +got):\n%s", diff)
	}
}

func TestAWrongTemplateIsAnsweredWithTheRightOnes(t *testing.T) {
	t.Parallel()
	tenant := newTenant(t)
	err := fails(tenant, provisioning.Setup{Graph: tenant.client, App: "Workato", TemplateID: "scimm"})
	unknown, ok := errors.AsType[*provisioning.UnknownTemplateError](err)
	if !ok || len(unknown.Available) == 0 || tenant.writes() != 0 {
		t.Errorf("%v after %d writes", err, tenant.writes())
	}
}

func TestSetupOfANewApplicationWaitsUntilTheServiceKnowsIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tenant := newTenant(t)
		do(tenant, provisioning.CreateApp{Graph: tenant.client, Name: "Contoso Reports"})
		other := tenant.connect(graph.Options{}) // another run of the program
		done, err := provisioning.Setup{Graph: other, App: "Contoso Reports"}.Do(t.Context())
		if err != nil || done.Already {
			t.Errorf("%+v, %v", done, err)
		}
	})
}

func TestWithoutAJobOtherTasksSayWhatIsMissing(t *testing.T) {
	t.Parallel()
	tenant := newTenant(t)
	err := fails(tenant, provisioning.Start{Graph: tenant.client, App: "Workato"})
	if none, ok := errors.AsType[*graph.NoJobError](err); !ok || none.App != "Workato" {
		t.Errorf("got %v", err)
	}
}

func TestWhatCannotBeProvisionedIsShownAsSuch(t *testing.T) {
	t.Parallel()
	tenant := newTenant(t)
	for _, name := range []string{"Badge Printer", "Fabrikam Notes", "Microsoft Graph"} {
		details := do(tenant, provisioning.ShowApp{Graph: tenant.client, App: name})
		if details.Name != name || details.Provisions || details.Roles == nil || details.Jobs == nil {
			t.Errorf("%s: %+v", name, details)
		}
	}
	details := do(tenant, provisioning.ShowApp{Graph: tenant.client, App: "Workato"})
	if !details.Provisions || details.Gallery || details.TemplateName != "Custom" || len(details.Roles) != 2 {
		t.Errorf("Workato: %+v", details)
	}
}

func TestAJobThatSomebodyElseMadeInTheMeantimeIsTheJob(t *testing.T) {
	t.Parallel()
	tenant := newTenant(t)
	theirs := do(tenant, provisioning.Setup{Graph: tenant.client, App: "Workato"})
	looks := 0
	tenant.hide("GET jobs", &looks, 1)
	if ours := do(tenant, provisioning.Setup{Graph: tenant.client, App: "Workato"}); !ours.Already || ours.Job.ID != theirs.Job.ID {
		t.Errorf("set up %+v", ours)
	}
}
