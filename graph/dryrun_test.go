package graph_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/graph"
)

var credentials = []graph.KeyValue{
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
	s := serve(t, says(200, `{}`))
	c := s.client(t, func(o *graph.Options) {
		o.DryRun = true
		o.Held = func(h graph.Held) { held = append(held, strings.TrimSpace(h.Method+" "+h.Path+" "+string(h.Body))) }
	})
	ctx := t.Context()
	writes := []func() error{
		func() error { _, err := c.Instantiate(ctx, "t1", "Workato"); return err },
		func() error {
			_, err := c.CreateExtension(ctx, "o1", graph.ExtensionProperty{Name: "role", DataType: "String", TargetObjects: []string{"User"}})
			return err
		},
		func() error { return c.DeleteExtension(ctx, "o1", "e1") },
		func() error { return c.UpdateUser(ctx, "u1", map[string]any{"extension_a_role": nil}) },
		func() error { return c.DeleteUser(ctx, "u1") },
		func() error { _, err := c.RestoreUser(ctx, "u1"); return err },
		func() error { _, err := c.Assign(ctx, "sp1", "u1", "r1"); return err },
		func() error { return c.Unassign(ctx, "sp1", "g-1_x") },
		func() error { _, err := c.CreateJob(ctx, "sp1", "scim"); return err },
		func() error { return c.StartJob(ctx, job) },
		func() error { return c.PauseJob(ctx, job) },
		func() error { return c.RestartJob(ctx, job, "") },
		func() error { return c.RestartJob(ctx, job, "Watermark, Escrows") },
		func() error { return c.DeleteJob(ctx, job) },
		func() error { return c.PutSecrets(ctx, "sp1", credentials) },
		func() error {
			_, err := c.PutSchema(ctx, job, []byte(`{"key":"Password","value":"no secret"}`))
			return err
		},
		func() error { _, err := c.DeleteSchema(ctx, job); return err },
		func() error {
			_, err := c.ProvisionOnDemand(ctx, job, "rule1", graph.Subject{ObjectID: "g1", ObjectTypeName: "Group", Members: []graph.Subject{{ObjectID: "u1", ObjectTypeName: "User"}}})
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
	if asked := s.requests(); len(asked) != 0 {
		t.Errorf("sent %q", asked)
	}
	if !c.DryRun() {
		t.Error("no dry run")
	}
}

func TestADryRunStillReadsAndValidates(t *testing.T) {
	t.Parallel()
	s := serve(t, says(200, `{"value":[],"parsingSucceeded":true,"parsedExpression":{}}`))
	c := s.client(t, func(o *graph.Options) { o.DryRun = true })
	ctx := t.Context()
	for i, read := range []func(context.Context) error{
		func(ctx context.Context) error { _, err := c.ListJobs(ctx, "sp1"); return err },
		func(ctx context.Context) error { _, err := c.AvailableExtensions(ctx); return err },
		func(ctx context.Context) error { _, err := c.ParseExpression(ctx, job, "[mail]"); return err },
		func(ctx context.Context) error {
			return c.ValidateCredentials(ctx, graph.Validation{ServicePrincipalID: "sp1", TemplateID: "scim", Credentials: credentials})
		},
		func(ctx context.Context) error {
			return c.ValidateCredentials(ctx, graph.Validation{ServicePrincipalID: "sp1", JobID: "j1", UseSaved: true, Credentials: credentials})
		},
	} {
		if err := read(ctx); err != nil || len(s.requests()) != i+1 {
			t.Errorf("%d: got %v after %d requests", i, err, len(s.requests()))
		}
	}
	asked := s.requests()
	if !strings.HasPrefix(asked[3], "POST /v1.0/servicePrincipals/sp1/synchronization/jobs/validateCredentials ") || !strings.Contains(asked[3], "s3cret-w0rd") {
		t.Errorf("asked %s", asked[3])
	}
	if asked[4] != `POST /v1.0/servicePrincipals/sp1/synchronization/jobs/j1/validateCredentials {"useSavedCredentials":true}` {
		t.Errorf("asked %s", asked[4])
	}
}
