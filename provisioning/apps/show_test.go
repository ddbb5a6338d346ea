package apps_test

import (
	"errors"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/failure"
	"github.com/scimctl/scimctl/graph/synchronization"
	"github.com/scimctl/scimctl/provisioning/apps"
	"github.com/scimctl/scimctl/provisioning/credentials"
	"github.com/scimctl/scimctl/provisioning/internal/tenanttest"
	"github.com/scimctl/scimctl/provisioning/job"
)

func TestAnApplicationIsReadyWhenCreateReturns(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tenant := tenanttest.NewTenant(t)
		made := tenanttest.Do(tenant, apps.Create{Graph: tenant.Client, Name: "Contoso Reports"})
		if made.Already || made.ApplicationID == "" || made.ServicePrincipalID == "" {
			t.Errorf("made %+v", made)
		}
		details := tenanttest.Do(tenant, apps.Show{Graph: tenant.Client, App: "Contoso Reports"})
		if !details.Provisions || details.Gallery {
			t.Errorf("it is not a non-gallery application that can be provisioned: %+v", details)
		}
		tenant.ForgetRequests()
		again := tenanttest.Do(tenant, apps.Create{Graph: tenant.Client, Name: "Contoso Reports"})
		if !again.Already || again.AppID != made.AppID || tenant.Writes() != 0 {
			t.Errorf("the second run wrote %d times and says %+v", tenant.Writes(), again)
		}
	})
}

func TestAnApplicationFromTheGalleryIsFoundAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tenant := tenanttest.NewTenant(t)
		create := apps.Create{Graph: tenant.Client, Name: "Our Workgrid", Template: "Workgrid"}
		tenanttest.Do(tenant, create)
		if again := tenanttest.Do(tenant, create); !again.Already {
			t.Errorf("made twice: %+v", again)
		}
		err := tenanttest.Fails(tenant, apps.Create{Graph: tenant.Client, Name: "Our Workgrid", Template: "Workteam"})
		conflict, ok := errors.AsType[*apps.ConflictError](err)
		if !ok || conflict.Name != "Our Workgrid" {
			t.Errorf("another template gives %v", err)
		}
	})
}

// Its service principal was deleted, and the application stayed.
func TestAnApplicationWithoutAServicePrincipalIsNotTakenForMade(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	tenant.Answer("GET applications", tenanttest.With(200, map[string]any{"value": []any{map[string]any{
		"id": "o1", "appId": "11112222-bbbb-3333-cccc-4444dddd5555", "displayName": "Left Behind", "applicationTemplateId": tenant.Client.Cloud().CustomTemplateID,
	}}}))
	err := tenanttest.Fails(tenant, apps.Create{Graph: tenant.Client, Name: "Left Behind"})
	if none, ok := errors.AsType[*graph.NotFoundError](err); !ok || none.Kind != "service principal of the application" || tenant.Writes() != 0 {
		t.Errorf("%v after %d writes", err, tenant.Writes())
	}
}

func TestATemplateWithoutProvisioningIsRefused(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	err := tenanttest.Fails(tenant, apps.Create{Graph: tenant.Client, Name: "Our Notes", Template: "Fabrikam Notes"})
	if !failure.Is(err, failure.Conflict) || tenant.Writes() != 0 {
		t.Errorf("%v after %d writes", err, tenant.Writes())
	}
}

func TestADryRunMakesNoApplication(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.TenantWith(t, graph.Options{DryRun: true})
	made := tenanttest.Do(tenant, apps.Create{Graph: tenant.Client, Name: "Contoso Reports"})
	if made.Name != "Contoso Reports" || made.Already || tenant.Writes() != 0 {
		t.Errorf("%+v after %d writes", made, tenant.Writes())
	}
}

func TestApplicationsAreListedWithBothIDs(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	apps := tenanttest.Do(tenant, apps.List{Graph: tenant.Client, Search: "WORKA"})
	if len(apps) != 1 || apps[0].Name != "Workato" || apps[0].AppID == "" || apps[0].ApplicationID == "" || apps[0].ServicePrincipalID == "" {
		t.Errorf("found %+v", apps)
	}
}

func TestAnAmbiguousNameWritesNothing(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	err := tenanttest.Fails(tenant, job.Create{Graph: tenant.Client, App: "Expenses"})
	several, ok := errors.AsType[*graph.AmbiguousError](err)
	if !ok || len(several.Matches) != 2 || tenant.Writes() != 0 {
		t.Errorf("%v after %d writes", err, tenant.Writes())
	}
}

func TestSetupMakesTheJobOnceAndScopesItToTheAssigned(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	first := tenanttest.Do(tenant, job.Create{Graph: tenant.Client, App: "Workato"})
	if first.Already || first.Job.TemplateID != "scim" || first.Job.State != job.StateStopped || first.Scope != credentials.ScopeAssigned {
		t.Errorf("set up %+v", first)
	}
	tenant.ForgetRequests()
	second := tenanttest.Do(tenant, job.Create{Graph: tenant.Client, App: "Workato"})
	if !second.Already || tenant.Writes() != 0 {
		t.Errorf("the second run wrote %d times and says %+v", tenant.Writes(), second)
	}
	if diff := cmp.Diff(first.Job, second.Job); diff != "" {
		t.Errorf("another job (-want +got):\n%s", diff)
	}
}

func TestAWrongTemplateIsAnsweredWithTheRightOnes(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	err := tenanttest.Fails(tenant, job.Create{Graph: tenant.Client, App: "Workato", TemplateID: "scimm"})
	unknown, ok := errors.AsType[*job.UnknownTemplateError](err)
	if !ok || len(unknown.Available) == 0 || tenant.Writes() != 0 {
		t.Errorf("%v after %d writes", err, tenant.Writes())
	}
}

func TestSetupOfANewApplicationWaitsUntilTheServiceKnowsIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tenant := tenanttest.NewTenant(t)
		tenanttest.Do(tenant, apps.Create{Graph: tenant.Client, Name: "Contoso Reports"})
		other := tenant.Connect(graph.Options{}) // another run of the program
		done, err := job.Create{Graph: other, App: "Contoso Reports"}.Do(t.Context())
		if err != nil || done.Already {
			t.Errorf("%+v, %v", done, err)
		}
	})
}

func TestWithoutAJobOtherTasksSayWhatIsMissing(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	err := tenanttest.Fails(tenant, job.Start{Graph: tenant.Client, App: "Workato"})
	if none, ok := errors.AsType[*synchronization.NoJobError](err); !ok || none.App != "Workato" {
		t.Errorf("got %v", err)
	}
}

func TestWhatCannotBeProvisionedIsShownAsSuch(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	for _, name := range []string{"Badge Printer", "Fabrikam Notes", "Microsoft Graph"} {
		details := tenanttest.Do(tenant, apps.Show{Graph: tenant.Client, App: name})
		if details.Name != name || details.Provisions || details.Roles == nil || details.Jobs == nil {
			t.Errorf("%s: %+v", name, details)
		}
	}
	details := tenanttest.Do(tenant, apps.Show{Graph: tenant.Client, App: "Workato"})
	if !details.Provisions || details.Gallery || details.TemplateName != "Custom" || len(details.Roles) != 2 {
		t.Errorf("Workato: %+v", details)
	}
}

func TestAJobThatSomebodyElseMadeInTheMeantimeIsTheJob(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	theirs := tenanttest.Do(tenant, job.Create{Graph: tenant.Client, App: "Workato"})
	looks := 0
	tenant.Hide("GET jobs", &looks, 1)
	if ours := tenanttest.Do(tenant, job.Create{Graph: tenant.Client, App: "Workato"}); !ours.Already || ours.Job.ID != theirs.Job.ID {
		t.Errorf("set up %+v", ours)
	}
}
