package provisioning_test

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
	"github.com/scimctl/scimctl/graph/sandbox"
	"github.com/scimctl/scimctl/provisioning"
)

var groupDone = [2]any{object{"result": "Success", "details": object{}}, "{}"}

func TestSeveralUsersShareWhatIsReadAndKeepToTheRate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tenant := newTenant(t)
		tenant.provisioned()
		users := []string{"ada@contoso.com", "betty@contoso.com", "edsger@contoso.com", "barbara@contoso.com", "radia@contoso.com", "grace@contoso.com", "ADA@contoso.com"}
		tenant.assign(users[:6]...)
		tenant.ForgetRequests()
		var told []string
		began := time.Now()
		results := do(tenant, provisioning.OnDemandMany{
			Graph: tenant.client, App: "Workato", Users: users, Progress: func(user string, _, total int) {
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
			if r.Subject != users[i] || r.State != provisioning.Created || !r.Reached {
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
	failed := event("Create", "Failure", imported, inScope, step("EntryExportAdd", "Export", "Failure", nil))
	created := event("Create", "Success", imported, inScope, step("EntryExportAdd", "Export", "Success", nil))
	ok, missed, broken := [2]any{literalKey, []any{created}}, [2]any{literalKey, []any{failed}}, [2]any{said("Success", "", ""), `{"action":`}
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
		tenant := ready(t)
		tenant.assign("barbara@contoso.com")
		tenant.answersOnDemand(c.answers...)
		results, err := provisioning.OnDemandMany{Graph: tenant.client, App: "Workato", Users: []string{"ada@contoso.com", "barbara@contoso.com"}}.Do(t.Context())
		_, partial := errors.AsType[*provisioning.PartialError](err)
		_, some := errors.AsType[*provisioning.SomeNotReachedError](err)
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
	tenant := ready(t)
	do(tenant, provisioning.DeleteUser{Graph: tenant.client, User: "betty@contoso.com"})
	_, err := provisioning.OnDemandMany{Graph: tenant.client, App: "Workato", Users: []string{"ada@contoso.com", "betty@contoso.com", "nobody@contoso.com"}}.Do(t.Context())
	_, missing := errors.AsType[*provisioning.MissingError](err)
	deleted, ok := errors.AsType[*provisioning.DeletedUserError](err)
	if !missing || !ok || deleted.User.Former != "betty@contoso.com" || len(tenant.sent("POST provisionOnDemand")) != 0 {
		t.Errorf("got %v", err)
	}
}

func TestWhatConcernsEverybodyEndsIt(t *testing.T) {
	t.Parallel()
	tenant := ready(t)
	tenant.answer("POST provisionOnDemand", with(400, graphError("CredentialsMissing", "Please configure provisioning.")))
	results, err := provisioning.OnDemandMany{Graph: tenant.client, App: "Workato", Users: []string{"ada@contoso.com", "barbara@contoso.com"}}.Do(t.Context())
	if e, ok := errors.AsType[*graph.Error](err); !ok || e.Code != "CredentialsMissing" || len(results) != 0 || len(tenant.sent("POST provisionOnDemand")) != 1 {
		t.Errorf("%v after %d requests", err, len(tenant.sent("POST provisionOnDemand")))
	}
}

func TestADisabledOrDeletedUserIsNotSentToTheService(t *testing.T) {
	t.Parallel()
	tenant := ready(t)
	disabled := func(expect provisioning.Expectation) error {
		task := tenant.onDemand()
		task.User, task.Expect = disabledUser(tenant), expect
		_, err := task.Do(t.Context())
		return err
	}
	if e, ok := errors.AsType[*provisioning.DisabledUserError](disabled(provisioning.ExpectDefault)); !ok || e.App != "Workato" || len(tenant.sent("POST provisionOnDemand")) != 0 {
		t.Errorf("disabled: %v", e)
	}
	tenant.answersOnDemand([2]any{said("Skipped", "NotEffectivelyEntitled", "no"), event("Other", "Skipped", outOfScope)})
	if err := disabled(provisioning.ExpectSkipped); err != nil { // who says what is expected wants to see
		t.Errorf("disabled, and a skip is expected: %v", err)
	}
	do(tenant, provisioning.DeleteUser{Graph: tenant.client, User: "ada@contoso.com"})
	if e, ok := errors.AsType[*provisioning.DeletedUserError](fails(tenant, tenant.onDemand())); !ok || e.User.Former != "ada@contoso.com" {
		t.Errorf("deleted: %v", e)
	}
}

func disabledUser(t *tenant) string {
	t.Helper()
	users := do(t, provisioning.ListUsers{Graph: t.client})
	i := slices.IndexFunc(users, func(u provisioning.User) bool { return !u.AccountEnabled })
	if i < 0 {
		t.Fatal("nobody is disabled")
	}
	return users[i].UserPrincipalName
}

func TestTheLogEntryOfAChangeIsWaitedFor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tenant := newTenant(t, sandbox.WithLagTime(3*time.Minute))
		tenant.provisioned()
		tenant.assign("ada@contoso.com", "barbara@contoso.com")
		<-time.After(4 * time.Minute) // until the assignments are seen
		tenant.ForgetRequests()
		results := do(tenant, provisioning.OnDemandMany{Graph: tenant.client, App: "Workato", Users: []string{"ada@contoso.com", "barbara@contoso.com"}, WaitForLog: true})
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
		tenant := ready(t)
		tenant.answersOnDemand([2]any{said("Success", "", ""), event("Update", "Success", inScope, step("EntryExportUpdate", "Export", "Success", nil))})
		tenant.answer("GET provisioning", with(200, object{"value": []any{}}))
		task := tenant.onDemand()
		task.WaitForLog = true
		result, err := task.Do(t.Context())
		if _, ok := errors.AsType[*graph.NotReplicatedError](err); !ok || result.State != provisioning.Updated {
			t.Errorf("%+v, %v", result, err)
		}
	})
}

func TestAGroupThatIsCutShortGoesOnFromThere(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tenant := ready(t)
		state := t.TempDir()
		ctx, press := context.WithCancel(t.Context())
		tenant.answersOnDemand(groupDone)
		group := provisioning.OnDemandGroup{
			Graph: tenant.client, App: "Workato", Group: "Engineering", Bookmarks: provisioning.BookmarksIn(state), Progress: func(_, _ int) { press() },
		}
		cutResult, err := group.Do(ctx)
		cut, ok := errors.AsType[*provisioning.CutShortError](err)
		if !ok || !errors.Is(err, context.Canceled) || cut.Done != 5 || cut.Total != 10 || len(cutResult.Runs) != 1 {
			t.Fatalf("%+v, %v", cutResult, err)
		}
		group.Progress = nil
		rest := do(tenant, group)
		if rest.Earlier != 5 || len(rest.Runs) != 1 || len(rest.Runs[0].Members) != 5 {
			t.Errorf("went on with %+v", rest)
		}
		for _, member := range rest.Runs[0].Members {
			if slices.Contains(cutResult.Runs[0].Members, member) {
				t.Errorf("%s was provisioned twice", member)
			}
		}
		if whole := do(tenant, group); whole.Earlier != 0 || len(whole.Runs) != 2 {
			t.Errorf("what is finished goes on from %+v", whole)
		}
	})
}

func TestWhatWasCutShortIsBegunAnew(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*provisioning.OnDemandGroup)
		later  time.Duration
	}{
		"when that is asked for":  {func(g *provisioning.OnDemandGroup) { g.FromStart = true }, 0},
		"for other members":       {func(g *provisioning.OnDemandGroup) { g.Members = []string{"ada@contoso.com", "barbara@contoso.com"} }, 0},
		"when it was a day ago":   {func(*provisioning.OnDemandGroup) {}, 25 * time.Hour},
		"when nothing remembers":  {func(g *provisioning.OnDemandGroup) { g.Bookmarks = nil }, 0},
		"when it was not a group": {func(g *provisioning.OnDemandGroup) { g.Group = "Sales" }, 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			tenant := ready(t)
			ctx, press := context.WithCancel(t.Context())
			tenant.answersOnDemand(groupDone)
			group := provisioning.OnDemandGroup{
				Graph: tenant.client, App: "Workato", Group: "Engineering", Bookmarks: provisioning.BookmarksIn(t.TempDir()), Progress: func(_, _ int) { press() },
			}
			if _, err := group.Do(ctx); err == nil {
				t.Fatal("not cut short")
			}
			<-time.After(c.later)
			group.Progress = nil
			c.change(&group)
			if done := do(tenant, group); done.Earlier != 0 {
				t.Errorf("%s: %+v", name, done)
			}
		})
	}
}

func TestAGroupsAssignmentThatDoesNotCountYetIsWaitedFor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tenant := ready(t)
		do(tenant, provisioning.AddAssignments{Graph: tenant.client, App: "Workato", Groups: []string{"Sales"}})
		skipped := [2]any{said("Skipped", "NotEffectivelyEntitled", "no"), event("Other", "Skipped", outOfScope)}
		tenant.answersOnDemand(skipped, skipped, groupDone)
		result := do(tenant, provisioning.OnDemandGroup{Graph: tenant.client, App: "Workato", Group: "Sales"})
		if result.Runs[0].Runs != 3 || result.Runs[0].State != provisioning.Succeeded {
			t.Errorf("%+v", result.Runs[0])
		}
		if len(tenant.notices) != 1 || !strings.Contains(tenant.notices[0], "sees the assignment of the group Sales") {
			t.Errorf("told %q", tenant.notices)
		}
	})
}

func TestAnOldNameOfAGroupIsWaitedOut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tenant := ready(t)
		named := func(name string) [2]any {
			return [2]any{said("Success", "", ""), event("Update", "Success", step("EntryImport", "Import", "Success", object{"displayName": name}), inScope, step("EntryExportUpdate", "Export", "Success", nil))}
		}
		tenant.answersOnDemand(named("Selling"), named("Sales"))
		result := do(tenant, provisioning.OnDemandGroup{Graph: tenant.client, App: "Workato", Group: "Sales"})
		if result.Runs[0].Runs != 2 {
			t.Errorf("%+v", result.Runs[0])
		}
	})
}

func TestAGroupWithoutUsersAndAMemberThatIsAGroupAreRefused(t *testing.T) {
	t.Parallel()
	tenant := ready(t)
	members := func(list ...any) { tenant.answer("GET members", with(200, object{"value": append([]any{}, list...)})) }
	sales := provisioning.OnDemandGroup{Graph: tenant.client, App: "Workato", Group: "Sales"}
	members()
	if e, ok := errors.AsType[*provisioning.NoMembersError](fails(tenant, sales)); !ok || len(e.Nested) != 0 {
		t.Errorf("empty: %v", e)
	}
	members(object{"@odata.type": "#microsoft.graph.group", "id": "1", "displayName": "Field"})
	if e, ok := errors.AsType[*provisioning.NoMembersError](fails(tenant, sales)); !ok || !cmp.Equal(e.Nested, []string{"Field"}) {
		t.Errorf("nested alone: %v", e)
	}
	tenant.answer("GET members", nil)
	sales.Members = []string{"Sales Field Team"}
	if e, ok := errors.AsType[*provisioning.NestedGroupError](fails(tenant, sales)); !ok || e.Member != "Sales Field Team" || e.Group != "Sales" {
		t.Errorf("a group as member: %v", e)
	}
	if len(tenant.sent("POST provisionOnDemand")) != 0 {
		t.Error("the service was asked")
	}
}

func TestABookmarkThatCannotBeKeptIsTold(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tenant := ready(t)
		tenant.answersOnDemand(groupDone)
		full := errors.New("no space left")
		done, err := provisioning.OnDemandGroup{Graph: tenant.client, App: "Workato", Group: "Engineering", Bookmarks: fullDisk{full}}.Do(t.Context())
		if !errors.Is(err, full) || len(done.Runs) != 1 {
			t.Errorf("%+v, %v", done, err)
		}
	})
}

type fullDisk struct{ err error }

func (fullDisk) Recall(string) (provisioning.Bookmark, error) { return provisioning.Bookmark{}, nil }
func (d fullDisk) Keep(string, provisioning.Bookmark) error   { return d.err }
func (fullDisk) Forget(string) error                          { return nil }
