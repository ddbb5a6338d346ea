package ondemand_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/provisioning"
	"github.com/scimctl/scimctl/provisioning/assignment"
	"github.com/scimctl/scimctl/provisioning/internal/tenanttest"
	"github.com/scimctl/scimctl/provisioning/ondemand"
	"github.com/scimctl/scimctl/provisioning/sandbox"
	"github.com/scimctl/scimctl/provisioning/users"
)

var groupDone = [2]any{tenanttest.Object{"result": "Success", "details": tenanttest.Object{}}, "{}"}

func TestSeveralUsersShareWhatIsReadAndKeepToTheRate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tenant := tenanttest.NewTenant(t)
		tenant.Provisioned()
		users := []string{"ada@contoso.com", "betty@contoso.com", "edsger@contoso.com", "barbara@contoso.com", "radia@contoso.com", "grace@contoso.com", "ADA@contoso.com"}
		tenant.Assign(users[:6]...)
		tenant.ForgetRequests()
		var told []string
		began := time.Now()
		results := tenanttest.Do(tenant, ondemand.Users{
			Graph: tenant.Client, App: "Workato", Users: users, Progress: func(user string, _, total int) {
				if total != 6 {
					t.Errorf("%d in all", total)
				}
				told = append(told, user)
			},
		})
		if diff := cmp.Diff(users[:6], told); diff != "" {
			t.Errorf("told (-want +got):\n%s", diff)
		}
		for i, r := range results {
			if r.Subject != users[i] || r.State != ondemand.Created || !r.Reached {
				t.Errorf("%+v", r)
			}
		}
		schemas, posts := 0, 0
		for _, r := range tenant.Requests() {
			switch {
			case strings.HasSuffix(r.Path, "/schema"):
				schemas++
			case strings.HasSuffix(r.Path, "/provisionOnDemand"):
				posts++
			}
		}
		if took := time.Since(began); schemas != 1 || took < 10*time.Second*time.Duration((posts-1)/5) {
			t.Errorf("the schema was read %d times; %d requests took %s", schemas, posts, took)
		}
	})
}

func TestWhomItFailsForDoesNotKeepTheOthers(t *testing.T) {
	t.Parallel()
	failed := tenanttest.Event("Create", "Failure", tenanttest.Imported, tenanttest.InScope, tenanttest.Step("EntryExportAdd", "Export", "Failure", nil))
	created := tenanttest.Event("Create", "Success", tenanttest.Imported, tenanttest.InScope, tenanttest.Step("EntryExportAdd", "Export", "Success", nil))
	ok, missed, broken := [2]any{tenanttest.LiteralKey, []any{created}}, [2]any{tenanttest.LiteralKey, []any{failed}}, [2]any{tenanttest.Said("Success", "", ""), `{"action":`}
	for name, c := range map[string]struct {
		answers []([2]any)
		partial bool
		some    bool
	}{
		"all are reached":       {[]([2]any){ok}, false, false},
		"one is not reached":    {[]([2]any){missed, ok}, false, true},
		"one is not understood": {[]([2]any){broken, ok}, true, false},
		"both":                  {[]([2]any){broken, missed}, true, false},
	} {
		tenant := tenanttest.Ready(t)
		tenant.Assign("barbara@contoso.com")
		answersOnDemand(tenant, c.answers...)
		results, err := ondemand.Users{Graph: tenant.Client, App: "Workato", Users: []string{"ada@contoso.com", "barbara@contoso.com"}}.Do(t.Context())
		_, partial := errors.AsType[*provisioning.PartialError](err)
		_, some := errors.AsType[*ondemand.SomeNotReachedError](err)
		if len(results) != 2 || partial != c.partial || some != c.some {
			t.Errorf("%s: %d results, %v", name, len(results), err)
		}
		if name == "one is not understood" && (results[0].Error == "" || results[0].Subject != "ada@contoso.com" || !results[1].Reached) {
			t.Errorf("%s: %+v", name, results)
		}
	}
}

func TestNobodyIsProvisionedWhenSomebodyIsNotFound(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.Ready(t)
	tenanttest.Do(tenant, users.Delete{Graph: tenant.Client, User: "betty@contoso.com"})
	_, err := ondemand.Users{Graph: tenant.Client, App: "Workato", Users: []string{"ada@contoso.com", "betty@contoso.com", "nobody@contoso.com"}}.Do(t.Context())
	_, missing := errors.AsType[*provisioning.MissingError](err)
	deleted, ok := errors.AsType[*users.DeletedUserError](err)
	if !missing || !ok || deleted.User.Former != "betty@contoso.com" || len(tenant.Sent("POST provisionOnDemand")) != 0 {
		t.Errorf("got %v", err)
	}
}

func TestWhatConcernsEverybodyEndsIt(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.Ready(t)
	tenant.Answer("POST provisionOnDemand", tenanttest.With(400, tenanttest.GraphError("CredentialsMissing", "Please configure provisioning.")))
	results, err := ondemand.Users{Graph: tenant.Client, App: "Workato", Users: []string{"ada@contoso.com", "barbara@contoso.com"}}.Do(t.Context())
	if e, ok := errors.AsType[*graph.Error](err); !ok || e.Code != "CredentialsMissing" || len(results) != 0 || len(tenant.Sent("POST provisionOnDemand")) != 1 {
		t.Errorf("%v after %d requests", err, len(tenant.Sent("POST provisionOnDemand")))
	}
}

func TestADisabledOrDeletedUserIsNotSentToTheService(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.Ready(t)
	disabled := func(expect ondemand.Expectation) error {
		task := tenant.OnDemand()
		task.User, task.Expect = disabledUser(tenant), expect
		_, err := task.Do(t.Context())
		return err
	}
	if e, ok := errors.AsType[*ondemand.DisabledUserError](disabled(ondemand.ExpectDefault)); !ok || e.App != "Workato" || len(tenant.Sent("POST provisionOnDemand")) != 0 {
		t.Errorf("disabled: %v", e)
	}
	answersOnDemand(tenant, [2]any{tenanttest.Said("Skipped", "NotEffectivelyEntitled", "no"), tenanttest.Event("Other", "Skipped", tenanttest.OutOfScope)})
	if err := disabled(ondemand.ExpectSkipped); err != nil { // who says what is expected wants to see
		t.Errorf("disabled, and a skip is expected: %v", err)
	}
	tenanttest.Do(tenant, users.Delete{Graph: tenant.Client, User: "ada@contoso.com"})
	if e, ok := errors.AsType[*users.DeletedUserError](tenanttest.Fails(tenant, tenant.OnDemand())); !ok || e.User.Former != "ada@contoso.com" {
		t.Errorf("deleted: %v", e)
	}
}

func disabledUser(t *tenanttest.Tenant) string {
	t.Helper()
	people := tenanttest.Do(t, users.List{Graph: t.Client})
	i := slices.IndexFunc(people, func(u users.User) bool { return !u.AccountEnabled })
	if i < 0 {
		t.Fatal("nobody is disabled")
	}
	return people[i].UserPrincipalName
}

func TestTheLogEntryOfAChangeIsWaitedFor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tenant := tenanttest.NewTenant(t, sandbox.WithLagTime(3*time.Minute))
		tenant.Provisioned()
		tenant.Assign("ada@contoso.com", "barbara@contoso.com")
		<-time.After(4 * time.Minute) // until the assignments are seen
		tenant.ForgetRequests()
		results := tenanttest.Do(tenant, ondemand.Users{Graph: tenant.Client, App: "Workato", Users: []string{"ada@contoso.com", "barbara@contoso.com"}, WaitForLog: true})
		looks := 0
		for _, r := range tenant.Requests() {
			if strings.HasSuffix(r.Path, "/auditLogs/provisioning") {
				looks++
			}
		}
		for _, r := range results {
			if r.LogID == "" || r.ChangeID == "" {
				t.Errorf("%+v", r)
			}
		}
		if looks < 2 || looks > 14 {
			t.Errorf("looked %d times", looks)
		}
	})
}

func TestALogEntryThatDoesNotComeIsNotWaitedForForever(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tenant := tenanttest.Ready(t)
		answersOnDemand(tenant, [2]any{tenanttest.Said("Success", "", ""), tenanttest.Event("Update", "Success", tenanttest.InScope, tenanttest.Step("EntryExportUpdate", "Export", "Success", nil))})
		tenant.Answer("GET provisioning", tenanttest.With(200, tenanttest.Object{"value": []any{}}))
		task := tenant.OnDemand()
		task.WaitForLog = true
		result, err := task.Do(t.Context())
		if _, ok := errors.AsType[*graph.NotReplicatedError](err); !ok || result.State != ondemand.Updated {
			t.Errorf("%+v, %v", result, err)
		}
	})
}

func TestAGroupThatIsCutShortGoesOnFromThere(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tenant := tenanttest.Ready(t)
		state := t.TempDir()
		ctx, press := context.WithCancel(t.Context())
		answersOnDemand(tenant, groupDone)
		group := ondemand.Group{
			Graph: tenant.Client, App: "Workato", Group: "Engineering", Bookmarks: ondemand.LastRunsIn(state), Progress: func(_, _ int) { press() },
		}
		cutResult, err := group.Do(ctx)
		cut, ok := errors.AsType[*ondemand.CutShortError](err)
		if !ok || !errors.Is(err, context.Canceled) || cut.Done != 5 || cut.Total != 10 || len(cutResult.Runs) != 1 {
			t.Fatalf("%+v, %v", cutResult, err)
		}
		group.Progress = nil
		rest := tenanttest.Do(tenant, group)
		if rest.Earlier != 5 || len(rest.Runs) != 1 || len(rest.Runs[0].Members) != 5 {
			t.Errorf("went on with %+v", rest)
		}
		for _, member := range rest.Runs[0].Members {
			if slices.Contains(cutResult.Runs[0].Members, member) {
				t.Errorf("%s was provisioned twice", member)
			}
		}
		if whole := tenanttest.Do(tenant, group); whole.Earlier != 0 || len(whole.Runs) != 2 {
			t.Errorf("what is finished goes on from %+v", whole)
		}
	})
}

func TestWhatWasCutShortIsBegunAnew(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*ondemand.Group)
		later  time.Duration
	}{
		"when that is asked for":  {func(g *ondemand.Group) { g.FromStart = true }, 0},
		"for other members":       {func(g *ondemand.Group) { g.Members = []string{"ada@contoso.com", "barbara@contoso.com"} }, 0},
		"when it was a day ago":   {func(*ondemand.Group) {}, 25 * time.Hour},
		"when nothing remembers":  {func(g *ondemand.Group) { g.Bookmarks = nil }, 0},
		"when it was not a group": {func(g *ondemand.Group) { g.Group = "Sales" }, 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			tenant := tenanttest.Ready(t)
			ctx, press := context.WithCancel(t.Context())
			answersOnDemand(tenant, groupDone)
			group := ondemand.Group{
				Graph: tenant.Client, App: "Workato", Group: "Engineering", Bookmarks: ondemand.LastRunsIn(t.TempDir()), Progress: func(_, _ int) { press() },
			}
			if _, err := group.Do(ctx); err == nil {
				t.Fatal("not cut short")
			}
			<-time.After(c.later)
			group.Progress = nil
			c.change(&group)
			if done := tenanttest.Do(tenant, group); done.Earlier != 0 {
				t.Errorf("%s: %+v", name, done)
			}
		})
	}
}

func TestAGroupsAssignmentThatDoesNotCountYetIsWaitedFor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tenant := tenanttest.Ready(t)
		tenanttest.Do(tenant, assignment.Add{Graph: tenant.Client, App: "Workato", Groups: []string{"Sales"}})
		skipped := [2]any{tenanttest.Said("Skipped", "NotEffectivelyEntitled", "no"), tenanttest.Event("Other", "Skipped", tenanttest.OutOfScope)}
		answersOnDemand(tenant, skipped, skipped, groupDone)
		result := tenanttest.Do(tenant, ondemand.Group{Graph: tenant.Client, App: "Workato", Group: "Sales"})
		if result.Runs[0].Runs != 3 || result.Runs[0].State != ondemand.Succeeded {
			t.Errorf("%+v", result.Runs[0])
		}
		if len(tenant.Notices) != 1 || !strings.Contains(tenant.Notices[0], "sees the assignment of the group Sales") {
			t.Errorf("told %q", tenant.Notices)
		}
	})
}

func TestAnOldNameOfAGroupIsWaitedOut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tenant := tenanttest.Ready(t)
		named := func(name string) [2]any {
			return [2]any{tenanttest.Said("Success", "", ""), tenanttest.Event("Update", "Success", tenanttest.Step("EntryImport", "Import", "Success", tenanttest.Object{"displayName": name}), tenanttest.InScope, tenanttest.Step("EntryExportUpdate", "Export", "Success", nil))}
		}
		answersOnDemand(tenant, named("Selling"), named("Sales"))
		result := tenanttest.Do(tenant, ondemand.Group{Graph: tenant.Client, App: "Workato", Group: "Sales"})
		if result.Runs[0].Runs != 2 {
			t.Errorf("%+v", result.Runs[0])
		}
	})
}

func TestAGroupWithoutUsersAndAMemberThatIsAGroupAreRefused(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.Ready(t)
	members := func(list ...any) {
		tenant.Answer("GET members", tenanttest.With(200, tenanttest.Object{"value": append([]any{}, list...)}))
	}
	sales := ondemand.Group{Graph: tenant.Client, App: "Workato", Group: "Sales"}
	members()
	if e, ok := errors.AsType[*ondemand.NoMembersError](tenanttest.Fails(tenant, sales)); !ok || len(e.Nested) != 0 {
		t.Errorf("empty: %v", e)
	}
	members(tenanttest.Object{"@odata.type": "#microsoft.graph.group", "id": "1", "displayName": "Field"})
	if e, ok := errors.AsType[*ondemand.NoMembersError](tenanttest.Fails(tenant, sales)); !ok || !cmp.Equal(e.Nested, []string{"Field"}) {
		t.Errorf("nested alone: %v", e)
	}
	tenant.Answer("GET members", nil)
	sales.Members = []string{"Sales Field Team"}
	if e, ok := errors.AsType[*ondemand.NestedGroupError](tenanttest.Fails(tenant, sales)); !ok || e.Member != "Sales Field Team" || e.Group != "Sales" {
		t.Errorf("a group as member: %v", e)
	}
	if len(tenant.Sent("POST provisionOnDemand")) != 0 {
		t.Error("the service was asked")
	}
}

func TestABookmarkThatCannotBeKeptIsTold(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tenant := tenanttest.Ready(t)
		answersOnDemand(tenant, groupDone)
		full := errors.New("no space left")
		done, err := ondemand.Group{Graph: tenant.Client, App: "Workato", Group: "Engineering", Bookmarks: fullDisk{full}}.Do(t.Context())
		if !errors.Is(err, full) || len(done.Runs) != 1 {
			t.Errorf("%+v, %v", done, err)
		}
	})
}

type fullDisk struct{ err error }

func (fullDisk) Recall(string) (ondemand.LastRun, error) { return ondemand.LastRun{}, nil }

func (d fullDisk) Keep(string, ondemand.LastRun) error { return d.err }

func (fullDisk) Forget(string) error { return nil }
