package graph_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/graph/auditlogs"
	"github.com/scimctl/scimctl/graph/directory"
	"github.com/scimctl/scimctl/graph/internal/graphtest"
	"github.com/scimctl/scimctl/graph/synchronization"
)

// everyRead calls everything that reads an answer.
func everyRead() map[string]func(context.Context, *graph.Client) error {
	app := applications.App{Name: "Workato", AppID: "a1", ApplicationID: "o1", ServicePrincipalID: "sp1"}
	guid := "5a5d7a1e-0000-4000-8000-000000000001"
	type call = func(context.Context, *graph.Client) error
	return map[string]call{
		"apps": func(ctx context.Context, c *graph.Client) error {
			_, err := applications.List(ctx, c, "")
			return err
		},
		"app by id": func(ctx context.Context, c *graph.Client) error {
			_, err := applications.Find(ctx, c, guid)
			return err
		},
		"registration": func(ctx context.Context, c *graph.Client) error {
			_, err := applications.FindRegistration(ctx, c, guid)
			return err
		},
		"apps by name": func(ctx context.Context, c *graph.Client) error {
			_, err := applications.Named(ctx, c, "Workato")
			return err
		},
		"age": func(ctx context.Context, c *graph.Client) error {
			_, err := applications.CreatedAt(ctx, c, app)
			return err
		},
		"instantiate": func(ctx context.Context, c *graph.Client) error {
			_, err := applications.Instantiate(ctx, c, "t1", "Workato")
			return err
		},
		"templates": func(ctx context.Context, c *graph.Client) error {
			_, err := applications.ListTemplates(ctx, c, "")
			return err
		},
		"assignments": func(ctx context.Context, c *graph.Client) error {
			_, err := applications.ListAssignments(ctx, c, "sp1")
			return err
		},
		"own assignments": func(ctx context.Context, c *graph.Client) error {
			_, err := applications.UserAssignments(ctx, c, "u1", "sp1")
			return err
		},
		"many assignments": func(ctx context.Context, c *graph.Client) error {
			_, err := applications.AssignmentsOf(ctx, c, []string{"u1"}, []string{"g1"}, "sp1")
			return err
		},
		"assign": func(ctx context.Context, c *graph.Client) error {
			_, err := applications.Assign(ctx, c, "sp1", "u1", "r1")
			return err
		},
		"assign two": func(ctx context.Context, c *graph.Client) error {
			return errors.Join(applications.AssignEach(ctx, c, "sp1", []string{"u1", "u2"}, "r1")...)
		},
		"deleted users": func(ctx context.Context, c *graph.Client) error {
			_, err := directory.ListDeletedUsers(ctx, c)
			return err
		},
		"restore": func(ctx context.Context, c *graph.Client) error {
			_, err := directory.RestoreUser(ctx, c, "u1")
			return err
		},
		"operators": func(ctx context.Context, c *graph.Client) error {
			_, err := synchronization.FilterOperators(ctx, c, graphtest.Job())
			return err
		},
		"functions": func(ctx context.Context, c *graph.Client) error {
			_, err := synchronization.Functions(ctx, c, graphtest.Job())
			return err
		},
		"parse": func(ctx context.Context, c *graph.Client) error {
			_, err := synchronization.ParseExpression(ctx, c, graphtest.Job(), "[mail]")
			return err
		},
		"extensions": func(ctx context.Context, c *graph.Client) error {
			_, err := applications.ListExtensions(ctx, c, "o1")
			return err
		},
		"available": func(ctx context.Context, c *graph.Client) error {
			_, err := applications.AvailableExtensions(ctx, c)
			return err
		},
		"create extension": func(ctx context.Context, c *graph.Client) error {
			_, err := applications.CreateExtension(ctx, c, "o1", applications.ExtensionProperty{Name: "role"})
			return err
		},
		"group": func(ctx context.Context, c *graph.Client) error {
			_, err := directory.FindGroup(ctx, c, guid)
			return err
		},
		"groups": func(ctx context.Context, c *graph.Client) error {
			return directory.EachGroup(ctx, c, func([]directory.Group) error { return nil })
		},
		"members": func(ctx context.Context, c *graph.Client) error {
			_, err := directory.ListMembers(ctx, c, "g1")
			return err
		},
		"members of two": func(ctx context.Context, c *graph.Client) error {
			_, err := directory.MembersOf(ctx, c, []string{"g1", "g2"})
			return err
		},
		"member counts": func(ctx context.Context, c *graph.Client) error {
			_, err := directory.CountMembers(ctx, c, []string{"g1", "g2"})
			return err
		},
		"memberships": func(ctx context.Context, c *graph.Client) error {
			_, err := directory.Memberships(ctx, c, "u1")
			return err
		},
		"jobs": func(ctx context.Context, c *graph.Client) error {
			_, err := synchronization.ListJobs(ctx, c, "sp1")
			return err
		},
		"job": func(ctx context.Context, c *graph.Client) error {
			_, err := synchronization.GetJob(ctx, c, graphtest.Job())
			return err
		},
		"create job": func(ctx context.Context, c *graph.Client) error {
			_, err := synchronization.CreateJob(ctx, c, "sp1", "scim")
			return err
		},
		"job templates": func(ctx context.Context, c *graph.Client) error {
			_, err := synchronization.ListTemplates(ctx, c, "sp1")
			return err
		},
		"logs": func(ctx context.Context, c *graph.Client) error {
			for _, err := range auditlogs.List(ctx, c, auditlogs.Query{}) {
				return err
			}
			return nil
		},
		"log": func(ctx context.Context, c *graph.Client) error {
			_, err := auditlogs.Get(ctx, c, "1")
			return err
		},
		"on demand": func(ctx context.Context, c *graph.Client) error {
			_, err := synchronization.ProvisionOnDemand(ctx, c, graphtest.Job(), "r1", synchronization.Subject{ObjectID: "u1"})
			return err
		},
		"owners": func(ctx context.Context, c *graph.Client) error {
			_, err := applications.OwnersOfApplication(ctx, c, "o1")
			return err
		},
		"ping": func(ctx context.Context, c *graph.Client) error {
			_, err := c.Ping(ctx)
			return err
		},
		"probe": func(ctx context.Context, c *graph.Client) error {
			_, err := synchronization.Probe(ctx, c, graph.OpReadSecrets, app)
			return err
		},
		"provisioned": func(ctx context.Context, c *graph.Client) error {
			_, err := applications.Provisionable(ctx, c)
			return err
		},
		"me": func(ctx context.Context, c *graph.Client) error {
			_, err := directory.Me(ctx, c)
			return err
		},
		"own roles": func(ctx context.Context, c *graph.Client) error {
			_, err := directory.OwnDirectoryRoles(ctx, c)
			return err
		},
		"plans": func(ctx context.Context, c *graph.Client) error {
			_, err := directory.ServicePlans(ctx, c)
			return err
		},
		"secrets": func(ctx context.Context, c *graph.Client) error {
			_, err := synchronization.Secrets(ctx, c, "sp1")
			return err
		},
		"user": func(ctx context.Context, c *graph.Client) error {
			_, err := directory.FindUser(ctx, c, "ada@contoso.com")
			return err
		},
		"users": func(ctx context.Context, c *graph.Client) error {
			_, err := directory.ListUsers(ctx, c, directory.UserQuery{})
			return err
		},
		"two users": func(ctx context.Context, c *graph.Client) error {
			_, errs := directory.FindUsers(ctx, c, []string{"ada@contoso.com", "betty@contoso.com"})
			return errors.Join(errs...)
		},
		"users by id": func(ctx context.Context, c *graph.Client) error {
			_, err := directory.UsersByID(ctx, c, []string{"u1"})
			return err
		},
		"users by upn": func(ctx context.Context, c *graph.Client) error {
			return directory.UsersBy(ctx, c, "mail", []string{"ada@contoso.com"}, ignored)
		},
		"each user": func(ctx context.Context, c *graph.Client) error {
			return directory.EachUser(ctx, c, func([]directory.User) error { return nil })
		},
		"manager": func(ctx context.Context, c *graph.Client) error {
			_, _, err := directory.Manager(ctx, c, "u1")
			return err
		},
		"user count": func(ctx context.Context, c *graph.Client) error {
			_, err := directory.CountUsers(ctx, c)
			return err
		},
	}
}

func ignored([]directory.User) error { return nil }

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
				elapsed, _, _, err := took(t, graphtest.Says(200, body), func(t *testing.T, s *graphtest.Server, _ *[]string) error {
					return read(t.Context(), s.Client(t))
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
	c := graphtest.Serve(t, graphtest.Says(200, body)).Client(t)
	for name, err := range map[string]error{
		"a read":   func() error { _, err := synchronization.Secrets(t.Context(), c, "sp1"); return err }(),
		"a schema": func() error { _, err := synchronization.Schema(t.Context(), c, graphtest.Job()); return err }(),
		"a write":  directory.UpdateUser(t.Context(), c, "u1", map[string]any{"department": "Sales"}),
		"a save":   synchronization.PutSecrets(t.Context(), c, "sp1", nil),
		"a start":  synchronization.StartJob(t.Context(), c, graphtest.Job()),
	} {
		e, ok := errors.AsType[*graph.Error](err)
		if !ok || e.Code != "Authorization_RequestDenied" || e.Message != "Insufficient privileges." || e.Status != http.StatusOK {
			t.Errorf("%s: %v", name, err)
		}
	}
	parsing := graphtest.Serve(t, graphtest.Says(200, `{"error":{"code":"Syntax","message":"unexpected )"},"parsingSucceeded":false}`)).Client(t)
	_, err := synchronization.ParseExpression(t.Context(), parsing, graphtest.Job(), "Join(")
	if e, ok := errors.AsType[*synchronization.ExpressionError](err); !ok || e.Code != "Syntax" {
		t.Errorf("parsing: %v", err)
	}
}

// What must be there says which member is not.
func TestAnIncompleteAnswerNamesWhatIsMissing(t *testing.T) {
	t.Parallel()
	_, err := synchronization.Secrets(t.Context(), graphtest.Serve(t, graphtest.Says(200, `{"value":[{"key":"SyncAll"},{"value":"true"}]}`)).Client(t), "sp1")
	e, ok := errors.AsType[*graph.Error](err)
	if !ok || e.Code != graph.CodeIncomplete || !strings.Contains(e.Message, "key") {
		t.Errorf("got %v", err)
	}
}
