package graph_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/graph/directory"
	"github.com/scimctl/scimctl/graph/internal/graphtest"
	"github.com/scimctl/scimctl/graph/synchronization"
)

var credentials = []synchronization.KeyValue{
	{Key: "BaseAddress", Value: "https://app.example.com/scim"},
	{Key: "SecretToken", Value: "s3cret-w0rd"},
	{Key: "SyncAll", Value: "false"},
	{Key: "SyncNotificationSettings", Value: `{"Enabled":true}`},
	{Key: "Password", Value: ""},
	{Key: "ClientSecret", Value: "xy"},
}

func TestADryRunSendsNoWriteAndTellsEach(t *testing.T) {
	t.Parallel()
	var held []string
	s := graphtest.Serve(t, graphtest.Says(200, `{}`))
	c := s.Client(t, func(o *graph.Options) {
		o.DryRun = true
		o.Held = func(h graph.Held) { held = append(held, strings.TrimSpace(h.Method+" "+h.Path+" "+string(h.Body))) }
	})
	ctx := t.Context()
	writes := []func() error{
		func() error { _, err := applications.Instantiate(ctx, c, "t1", "Workato"); return err },
		func() error {
			_, err := applications.CreateExtension(ctx, c, "o1", applications.ExtensionProperty{Name: "role", DataType: "String", TargetObjects: []string{"User"}})
			return err
		},
		func() error { return applications.DeleteExtension(ctx, c, "o1", "e1") },
		func() error { return directory.UpdateUser(ctx, c, "u1", map[string]any{"extension_a_role": nil}) },
		func() error { return directory.DeleteUser(ctx, c, "u1") },
		func() error { _, err := directory.RestoreUser(ctx, c, "u1"); return err },
		func() error { _, err := applications.Assign(ctx, c, "sp1", "u1", "r1"); return err },
		func() error { return applications.Unassign(ctx, c, "sp1", "g-1_x") },
		func() error { _, err := synchronization.CreateJob(ctx, c, "sp1", "scim"); return err },
		func() error { return synchronization.StartJob(ctx, c, graphtest.Job()) },
		func() error { return synchronization.PauseJob(ctx, c, graphtest.Job()) },
		func() error { return synchronization.RestartJob(ctx, c, graphtest.Job(), "") },
		func() error { return synchronization.RestartJob(ctx, c, graphtest.Job(), "Watermark, Escrows") },
		func() error { return synchronization.DeleteJob(ctx, c, graphtest.Job()) },
		func() error { return synchronization.PutSecrets(ctx, c, "sp1", credentials) },
		func() error {
			_, err := synchronization.PutSchema(ctx, c, graphtest.Job(), []byte(`{"key":"Password","value":"no secret"}`))
			return err
		},
		func() error { _, err := synchronization.DeleteSchema(ctx, c, graphtest.Job()); return err },
		func() error {
			_, err := synchronization.ProvisionOnDemand(ctx, c, graphtest.Job(), "rule1", synchronization.Subject{ObjectID: "g1", ObjectTypeName: "Group", Members: []synchronization.Subject{{ObjectID: "u1", ObjectTypeName: "User"}}})
			return err
		},
	}
	for i, write := range writes {
		if err := write(); err != nil {
			t.Errorf("%d: %v", i, err)
		}
	}
	const jobPath = "/servicePrincipals/sp1/synchronization/jobs/scim.t.a"
	want := []string{
		`POST /applicationTemplates/t1/instantiate {"displayName":"Workato"}`,
		`POST /applications/o1/extensionProperties {"dataType":"String","isMultiValued":false,"name":"role","targetObjects":["User"]}`,
		`DELETE /applications/o1/extensionProperties/e1`,
		`PATCH /users/u1 {"extension_a_role":null}`,
		`DELETE /users/u1`,
		`POST /directory/deletedItems/u1/restore`,
		`POST /servicePrincipals/sp1/appRoleAssignedTo {"appRoleId":"r1","principalId":"u1","resourceId":"sp1"}`,
		`DELETE /servicePrincipals/sp1/appRoleAssignedTo/g-1_x`,
		`POST /servicePrincipals/sp1/synchronization/jobs {"templateId":"scim"}`,
		`POST ` + jobPath + `/start`,
		`POST ` + jobPath + `/pause`,
		`POST ` + jobPath + `/restart {}`,
		`POST ` + jobPath + `/restart {"criteria":{"resetScope":"Watermark, Escrows"}}`,
		`DELETE ` + jobPath,
		`PUT /servicePrincipals/sp1/synchronization/secrets {"value":[{"key":"BaseAddress","value":"https://app.example.com/scim"},{"key":"SecretToken","value":"***"},{"key":"SyncAll","value":"false"},{"key":"SyncNotificationSettings","value":"{\"Enabled\":true}"},{"key":"Password","value":"***"},{"key":"ClientSecret","value":"***"}]}`,
		`PUT ` + jobPath + `/schema {"key":"Password","value":"no secret"}`,
		`DELETE ` + jobPath + `/schema`,
		`POST ` + jobPath + `/provisionOnDemand {"parameters":[{"ruleId":"rule1","subjects":[{"objectId":"g1","objectTypeName":"Group","links":{"members":[{"objectId":"u1","objectTypeName":"User"}]}}]}]}`,
	}
	if diff := cmp.Diff(want, held); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if asked := s.Requests(); len(asked) != 0 {
		t.Errorf("sent %q", asked)
	}
	if !c.DryRun() {
		t.Error("no dry run")
	}
}

func TestADryRunStillReadsAndValidates(t *testing.T) {
	t.Parallel()
	s := graphtest.Serve(t, graphtest.Says(200, `{"value":[],"parsingSucceeded":true,"parsedExpression":{}}`))
	c := s.Client(t, func(o *graph.Options) { o.DryRun = true })
	ctx := t.Context()
	for i, read := range []func(context.Context) error{
		func(ctx context.Context) error { _, err := synchronization.ListJobs(ctx, c, "sp1"); return err },
		func(ctx context.Context) error { _, err := applications.AvailableExtensions(ctx, c); return err },
		func(ctx context.Context) error {
			_, err := synchronization.ParseExpression(ctx, c, graphtest.Job(), "[mail]")
			return err
		},
		func(ctx context.Context) error {
			return synchronization.ValidateCredentials(ctx, c, synchronization.Validation{ServicePrincipalID: "sp1", TemplateID: "scim", Credentials: credentials})
		},
		func(ctx context.Context) error {
			return synchronization.ValidateCredentials(ctx, c, synchronization.Validation{ServicePrincipalID: "sp1", JobID: "j1", UseSaved: true, Credentials: credentials})
		},
	} {
		if err := read(ctx); err != nil || len(s.Requests()) != i+1 {
			t.Errorf("%d: got %v after %d requests", i, err, len(s.Requests()))
		}
	}
	asked := s.Requests()
	if !strings.HasPrefix(asked[3], "POST /v1.0/servicePrincipals/sp1/synchronization/jobs/validateCredentials ") || !strings.Contains(asked[3], "s3cret-w0rd") {
		t.Errorf("asked %s", asked[3])
	}
	if asked[4] != `POST /v1.0/servicePrincipals/sp1/synchronization/jobs/j1/validateCredentials {"useSavedCredentials":true}` {
		t.Errorf("asked %s", asked[4])
	}
}
