package logs_test

import (
	"context"
	"errors"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/provisioning/internal/tenanttest"
	"github.com/scimctl/scimctl/provisioning/logs"
	"github.com/scimctl/scimctl/provisioning/ondemand"
	"github.com/scimctl/scimctl/provisioning/sandbox"
	"github.com/scimctl/scimctl/provisioning/users"
)

// history provisions three people, of whom one is skipped.
func history(t *tenanttest.Tenant) {
	t.Helper()
	t.Provisioned()
	t.Assign("ada@contoso.com", "edsger@contoso.com")
	for _, user := range []string{"ada@contoso.com", "edsger@contoso.com", "ada@contoso.com"} {
		tenanttest.Do(t, ondemand.User{Graph: t.Client, App: "Workato", User: user})
	}
	tenanttest.Do(t, ondemand.User{Graph: t.Client, App: "Workato", User: "betty@contoso.com", Expect: ondemand.ExpectSkipped})
}

// read collects entries in the words of a line.
func read(t *tenanttest.Tenant, l logs.Query) []string {
	t.Helper()
	l.Graph, l.App = t.Client, "Workato"
	entries, err := l.Do(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	lines := []string{}
	for e, err := range entries {
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, e.Action+" "+e.Status+" "+e.Source+" "+e.Code)
	}
	return lines
}

func TestLogsAreReadNewestFirstAndChosen(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) { // the reports are throttled
		tenant := tenanttest.NewTenant(t, sandbox.WithLag(0))
		history(tenant)
		for name, c := range map[string]struct {
			logs logs.Query
			want []string
		}{
			"all": {logs.Query{}, []string{
				"other skipped betty@contoso.com NotEffectivelyEntitled", "other skipped ada@contoso.com RedundantExport",
				"create success edsger@contoso.com ", "create success ada@contoso.com ",
			}},
			"of a user":   {logs.Query{User: "ada@contoso.com"}, []string{"other skipped ada@contoso.com RedundantExport", "create success ada@contoso.com "}},
			"by action":   {logs.Query{Action: "create"}, []string{"create success edsger@contoso.com ", "create success ada@contoso.com "}},
			"by status":   {logs.Query{Status: "skipped", Limit: 1}, []string{"other skipped betty@contoso.com NotEffectivelyEntitled"}},
			"too early":   {logs.Query{Until: time.Now().Add(-time.Hour)}, []string{}},
			"since then":  {logs.Query{Since: time.Now().Add(time.Hour)}, []string{}},
			"other cycle": {logs.Query{Cycle: "00000000-0000-0000-0000-00000000c0de"}, []string{}},
		} {
			if diff := cmp.Diff(c.want, read(tenant, c.logs)); diff != "" {
				t.Errorf("%s (-want +got)\n%s", name, diff)
			}
		}
	})
}

// An application may read the reports five times in ten seconds.
func TestLogsThatAreThrottledAreReadLater(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tenant := tenanttest.NewTenant(t, sandbox.WithLag(0))
		history(tenant)
		tenant.ForgetRequests()
		began, before := time.Now(), len(tenant.Notices)
		for range 6 {
			if n := len(read(tenant, logs.Query{})); n != 4 {
				t.Errorf("%d entries", n)
			}
		}
		if took := time.Since(began); took != 10*time.Second {
			t.Errorf("took %s", took)
		}
		if diff := cmp.Diff([]string{"Graph is throttling: trying again to read the provisioning logs in 10s"}, tenant.Notices[before:]); diff != "" {
			t.Errorf("told (-want +got)\n%s", diff)
		}
	})
}

func TestTheLogsOfADeletedUserAreFound(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t, sandbox.WithLag(0))
	history(tenant)
	tenanttest.Do(tenant, users.Delete{Graph: tenant.Client, User: "edsger@contoso.com"})
	if diff := cmp.Diff([]string{"create success edsger@contoso.com "}, read(tenant, logs.Query{User: "edsger@contoso.com"})); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestQuestionsToTheLogsThatMakeNoSenseAreRefused(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	now := time.Now()
	for _, l := range []logs.Query{
		{Action: "Create"},
		{Status: "ok"},
		{User: "ada@contoso.com", Group: "Sales"},
		{Limit: -1},
		{Since: now, Until: now},
		{Since: now, Until: now.Add(-time.Second)},
	} {
		l.Graph, l.App = tenant.Client, "Workato"
		_, err := l.Do(t.Context())
		if _, ok := errors.AsType[*logs.QueryError](err); !ok {
			t.Errorf("%+v: %v", l, err)
		}
	}
	if n := len(tenant.Requests()); n != 0 {
		t.Errorf("%d requests", n)
	}
}

func TestAnEntryIsExplained(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t, sandbox.WithLag(0))
	history(tenant)
	entries, err := logs.Query{Graph: tenant.Client, App: "Workato", User: "betty@contoso.com"}.Do(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	next, stop := iter.Pull2(entries)
	defer stop()
	e, err, _ := next()
	if err != nil {
		t.Fatal(err)
	}
	x := tenanttest.Do(tenant, logs.Show{Graph: tenant.Client, ID: e.ID})
	if x.ID != e.ID || x.Meaning == "" || len(x.Remedy) == 0 || len(x.Steps) == 0 || x.Steps[0].Type != "import" {
		t.Errorf("%+v", x)
	}
}

// Nobody holds a hundred thousand entries to show the first, and each page is
// asked for only when it is wanted.
func TestLogsAreReadPageByPage(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	pages := 0
	tenant.Answer("GET provisioning", func(w http.ResponseWriter, r *http.Request) {
		pages++
		entries := []any{}
		for i := range 500 {
			entries = append(entries, map[string]any{"id": strconv.Itoa(i), "activityDateTime": "2026-03-30T07:00:00Z", "provisioningAction": "Create", "provisioningStatusInfo": map[string]any{"status": "Success"}})
		}
		next := *r.URL
		next.Scheme, next.Host = "https", r.Host
		next.RawQuery = url.Values{"$skiptoken": {strconv.Itoa(pages)}}.Encode()
		tenanttest.With(200, map[string]any{"value": entries, "@odata.nextLink": next.String()})(w, r)
	})
	if n := len(read(tenant, logs.Query{Limit: 1200})); n != 1200 || pages != 3 {
		t.Errorf("%d entries from %d pages", n, pages)
	}
}

func TestFollowingTellsEachEntryOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tenant := tenanttest.NewTenant(t, sandbox.WithLag(0))
		history(tenant)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		began := time.Now()
		entries, err := logs.Query{Graph: tenant.Client, App: "Workato", Since: time.Now().Add(-time.Hour)}.Follow(ctx)
		if err != nil {
			t.Fatal(err)
		}
		lines, ended := []string{}, error(nil)
		for e, err := range entries {
			if ended = err; err != nil {
				break
			}
			lines = append(lines, e.Action+" "+e.Source)
			switch len(lines) {
			case 4:
				tenanttest.Do(tenant, ondemand.User{Graph: tenant.Client, App: "Workato", User: "edsger@contoso.com"})
			case 5:
				cancel()
			}
		}
		want := []string{"create ada@contoso.com", "create edsger@contoso.com", "other ada@contoso.com", "other betty@contoso.com", "other edsger@contoso.com"}
		if diff := cmp.Diff(want, lines); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
		if !errors.Is(ended, context.Canceled) || time.Since(began) > time.Minute {
			t.Errorf("ended with %v after %s", ended, time.Since(began))
		}
	})
}

func TestLogsAreCountedByCycleAndAction(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t, sandbox.WithLag(0))
	history(tenant)
	stats, err := logs.Query{Graph: tenant.Client, App: "Workato"}.Stats(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	total := map[string][3]int{}
	for _, s := range stats {
		n := total[s.Action]
		total[s.Action] = [3]int{n[0] + s.Success, n[1] + s.Failure, n[2] + s.Skipped}
		if s.Last.Before(s.First) {
			t.Errorf("%+v", s)
		}
	}
	if diff := cmp.Diff(map[string][3]int{"create": {2, 0, 0}, "other": {0, 0, 2}}, total); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestCodesAreExplained(t *testing.T) {
	t.Parallel()
	for _, code := range []string{"NotEffectivelyEntitled", "ContosoEntryConflict", "SystemForCrossDomainIdentityManagementInvalidCredentials"} {
		if e, ok := logs.ExplainCode(code); !ok || e.Meaning == "" {
			t.Errorf("%s: %+v", code, e)
		}
	}
	if e, ok := logs.ExplainCode("NoSuchCode"); ok {
		t.Errorf("%+v", e)
	}
}
