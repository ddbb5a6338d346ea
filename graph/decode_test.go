package graph_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/scimctl/scimctl/graph"
)

// everyRead calls everything that reads an answer.
func everyRead() map[string]func(context.Context, *graph.Client) error {
	app := graph.App{Name: "Workato", AppID: "a1", ApplicationID: "o1", ServicePrincipalID: "sp1"}
	guid := "5a5d7a1e-0000-4000-8000-000000000001"
	type call = func(context.Context, *graph.Client) error
	return map[string]call{
		"apps": func(ctx context.Context, c *graph.Client) error {
			_, err := c.ListApps(ctx, "")
			return err
		},
		"app by id": func(ctx context.Context, c *graph.Client) error {
			_, err := c.FindApp(ctx, guid)
			return err
		},
		"registration": func(ctx context.Context, c *graph.Client) error {
			_, err := c.FindRegistration(ctx, guid)
			return err
		},
		"apps by name": func(ctx context.Context, c *graph.Client) error {
			_, err := c.AppsNamed(ctx, "Workato")
			return err
		},
		"age": func(ctx context.Context, c *graph.Client) error {
			_, err := c.CreatedAt(ctx, app)
			return err
		},
		"instantiate": func(ctx context.Context, c *graph.Client) error {
			_, err := c.Instantiate(ctx, "t1", "Workato")
			return err
		},
		"templates": func(ctx context.Context, c *graph.Client) error {
			_, err := c.ListAppTemplates(ctx, "")
			return err
		},
		"assignments": func(ctx context.Context, c *graph.Client) error {
			_, err := c.ListAssignments(ctx, "sp1")
			return err
		},
		"own assignments": func(ctx context.Context, c *graph.Client) error {
			_, err := c.UserAssignments(ctx, "u1", "sp1")
			return err
		},
		"many assignments": func(ctx context.Context, c *graph.Client) error {
			_, err := c.AssignmentsOf(ctx, []string{"u1"}, []string{"g1"}, "sp1")
			return err
		},
		"assign": func(ctx context.Context, c *graph.Client) error {
			_, err := c.Assign(ctx, "sp1", "u1", "r1")
			return err
		},
		"assign two": func(ctx context.Context, c *graph.Client) error {
			return errors.Join(c.AssignEach(ctx, "sp1", []string{"u1", "u2"}, "r1")...)
		},
		"deleted users": func(ctx context.Context, c *graph.Client) error {
			_, err := c.ListDeletedUsers(ctx)
			return err
		},
		"restore": func(ctx context.Context, c *graph.Client) error {
			_, err := c.RestoreUser(ctx, "u1")
			return err
		},
		"operators": func(ctx context.Context, c *graph.Client) error {
			_, err := c.FilterOperators(ctx, job)
			return err
		},
		"functions": func(ctx context.Context, c *graph.Client) error {
			_, err := c.Functions(ctx, job)
			return err
		},
		"parse": func(ctx context.Context, c *graph.Client) error {
			_, err := c.ParseExpression(ctx, job, "[mail]")
			return err
		},
		"extensions": func(ctx context.Context, c *graph.Client) error {
			_, err := c.ListExtensions(ctx, "o1")
			return err
		},
		"available": func(ctx context.Context, c *graph.Client) error {
			_, err := c.AvailableExtensions(ctx)
			return err
		},
		"create extension": func(ctx context.Context, c *graph.Client) error {
			_, err := c.CreateExtension(ctx, "o1", graph.ExtensionProperty{Name: "role"})
			return err
		},
		"group": func(ctx context.Context, c *graph.Client) error {
			_, err := c.FindGroup(ctx, guid)
			return err
		},
		"groups": func(ctx context.Context, c *graph.Client) error {
			return c.EachGroup(ctx, func([]graph.Group) error { return nil })
		},
		"members": func(ctx context.Context, c *graph.Client) error {
			_, err := c.ListMembers(ctx, "g1")
			return err
		},
		"members of two": func(ctx context.Context, c *graph.Client) error {
			_, err := c.MembersOf(ctx, []string{"g1", "g2"})
			return err
		},
		"member counts": func(ctx context.Context, c *graph.Client) error {
			_, err := c.CountMembers(ctx, []string{"g1", "g2"})
			return err
		},
		"memberships": func(ctx context.Context, c *graph.Client) error {
			_, err := c.Memberships(ctx, "u1")
			return err
		},
		"jobs": func(ctx context.Context, c *graph.Client) error {
			_, err := c.ListJobs(ctx, "sp1")
			return err
		},
		"job": func(ctx context.Context, c *graph.Client) error {
			_, err := c.GetJob(ctx, job)
			return err
		},
		"create job": func(ctx context.Context, c *graph.Client) error {
			_, err := c.CreateJob(ctx, "sp1", "scim")
			return err
		},
		"job templates": func(ctx context.Context, c *graph.Client) error {
			_, err := c.ListSyncTemplates(ctx, "sp1")
			return err
		},
		"logs": func(ctx context.Context, c *graph.Client) error {
			for _, err := range c.ProvisioningLogs(ctx, graph.LogQuery{}) {
				return err
			}
			return nil
		},
		"log": func(ctx context.Context, c *graph.Client) error {
			_, err := c.ProvisioningLog(ctx, "1")
			return err
		},
		"on demand": func(ctx context.Context, c *graph.Client) error {
			_, err := c.ProvisionOnDemand(ctx, job, "r1", graph.Subject{ObjectID: "u1"})
			return err
		},
		"owners": func(ctx context.Context, c *graph.Client) error {
			_, err := c.ApplicationOwners(ctx, "o1")
			return err
		},
		"ping": func(ctx context.Context, c *graph.Client) error {
			_, err := c.Ping(ctx)
			return err
		},
		"probe": func(ctx context.Context, c *graph.Client) error {
			_, err := c.Probe(ctx, graph.OpReadSecrets, app)
			return err
		},
		"provisioned": func(ctx context.Context, c *graph.Client) error {
			_, err := c.ProvisionableApps(ctx)
			return err
		},
		"me": func(ctx context.Context, c *graph.Client) error {
			_, err := c.Me(ctx)
			return err
		},
		"own roles": func(ctx context.Context, c *graph.Client) error {
			_, err := c.OwnDirectoryRoles(ctx)
			return err
		},
		"plans": func(ctx context.Context, c *graph.Client) error {
			_, err := c.ServicePlans(ctx)
			return err
		},
		"secrets": func(ctx context.Context, c *graph.Client) error {
			_, err := c.Secrets(ctx, "sp1")
			return err
		},
		"user": func(ctx context.Context, c *graph.Client) error {
			_, err := c.FindUser(ctx, "ada@contoso.com")
			return err
		},
		"users": func(ctx context.Context, c *graph.Client) error {
			_, err := c.ListUsers(ctx, graph.UserQuery{})
			return err
		},
		"two users": func(ctx context.Context, c *graph.Client) error {
			_, errs := c.FindUsers(ctx, []string{"ada@contoso.com", "betty@contoso.com"})
			return errors.Join(errs...)
		},
		"users by id": func(ctx context.Context, c *graph.Client) error {
			_, err := c.UsersByID(ctx, []string{"u1"})
			return err
		},
		"users by upn": func(ctx context.Context, c *graph.Client) error {
			return c.UsersBy(ctx, "mail", []string{"ada@contoso.com"}, ignored)
		},
		"each user": func(ctx context.Context, c *graph.Client) error {
			return c.EachUser(ctx, func([]graph.User) error { return nil })
		},
		"manager": func(ctx context.Context, c *graph.Client) error { _, _, err := c.Manager(ctx, "u1"); return err },
		"user count": func(ctx context.Context, c *graph.Client) error {
			_, err := c.CountUsers(ctx)
			return err
		},
	}
}

func ignored([]graph.User) error { return nil }

// Whatever is read, a success without what it must contain is an error: never
// an empty list, and never an entity without an id.
func TestAnAnswerWithoutItsContentIsAnError(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		"{}", "null", "[]", `""`, "", "7", "<html></html>", `{"value":null}`, `{"value":{}}`, `{"value":[null]}`, `{"value":[{}]}`,
		`{"displayName":"Ada"}`, `{"id":""}`, `{"id":null}`, `{"responses":[]}`, `{"responses":[{"id":"0","status":200,"body":{}},{"id":"1","status":200}]}`,
		`{"responses":[{"id":"0","status":200,"body":{"value":[],"error":{"code":"Bad"}}},{"id":"1","status":204}]}`,
		`{"value":[],"id":"1","error":{"code":"Bad","message":"no"}}`, `{"Error":"no","value":[],"id":"1"}`,
		`{"error":{},"value":[],"id":"1","responses":[]}`,
	} {
		for name, read := range everyRead() {
			if (name == "plans" || name == "probe") && strings.HasPrefix(body, `{"value":[`) {
				continue // nothing of a subscription is required, and a probe looks at no items
			}
			t.Run(name+" "+body, func(t *testing.T) {
				t.Parallel()
				elapsed, _, _, err := took(t, says(200, body), func(t *testing.T, s *server, _ *[]string) error {
					return read(t.Context(), s.client(t))
				})
				if err == nil {
					t.Errorf("no error after %s", elapsed)
				}
			})
		}
	}
}

// An error is Graph's own, whatever the status says; an answer that documents
// an error member of its own keeps it.
func TestASuccessWithAnErrorObjectIsThatError(t *testing.T) {
	t.Parallel()
	const body = `{"error":{"code":"Authorization_RequestDenied","message":"Insufficient privileges."}}`
	c := serve(t, says(200, body)).client(t)
	for name, err := range map[string]error{
		"a read":   func() error { _, err := c.Secrets(t.Context(), "sp1"); return err }(),
		"a schema": func() error { _, err := c.Schema(t.Context(), job); return err }(),
		"a write":  c.UpdateUser(t.Context(), "u1", map[string]any{"department": "Sales"}),
		"a save":   c.PutSecrets(t.Context(), "sp1", nil),
		"a start":  c.StartJob(t.Context(), job),
	} {
		e, ok := errors.AsType[*graph.Error](err)
		if !ok || e.Code != "Authorization_RequestDenied" || e.Message != "Insufficient privileges." || e.Status != http.StatusOK {
			t.Errorf("%s: %v", name, err)
		}
	}
	parsing := serve(t, says(200, `{"error":{"code":"Syntax","message":"unexpected )"},"parsingSucceeded":false}`)).client(t)
	_, err := parsing.ParseExpression(t.Context(), job, "Join(")
	if e, ok := errors.AsType[*graph.ExpressionError](err); !ok || e.Code != "Syntax" {
		t.Errorf("parsing: %v", err)
	}
}

// What must be there says which member is not.
func TestAnIncompleteAnswerNamesWhatIsMissing(t *testing.T) {
	t.Parallel()
	_, err := serve(t, says(200, `{"value":[{"key":"SyncAll"},{"value":"true"}]}`)).client(t).Secrets(t.Context(), "sp1")
	e, ok := errors.AsType[*graph.Error](err)
	if !ok || e.Code != graph.CodeIncomplete || !strings.Contains(e.Message, "key") {
		t.Errorf("got %v", err)
	}
}
