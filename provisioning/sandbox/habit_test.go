package sandbox_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/provisioning/sandbox"
	"github.com/scimctl/scimctl/provisioning/sandbox/scimserver"
)

// entries are the log's entries in short, newest first.
func (t *tenant) entries() []string {
	t.Helper()
	var out []string
	for _, e := range t.must(200, "GET", "/auditLogs/provisioning", nil).list() {
		information, _ := at(e, "provisioningStatusInfo", "errorInformation").(map[string]any)
		line := at(e, "sourceIdentity", "displayName").(string) + ": " + e["provisioningAction"].(string) + " " + at(e, "provisioningStatusInfo", "status").(string)
		if code, _ := information["errorCode"].(string); code != "" {
			line += " " + code
		}
		out = append(out, line)
	}
	return out
}

func TestAServerThatForgetsIsSentTheSameAgainByARestart(t *testing.T) {
	t.Parallel()
	s := newTenant(t, sandbox.WithLag(0), sandbox.WithSCIMHabit(scimserver.Forgets))
	job := s.job()
	s.assign(s.user("ada@contoso.com"))
	s.cycle(job)
	s.must(204, "PATCH", "/users/ada@contoso.com", `{"jobTitle":"Countess"}`)
	s.cycle(job)
	if got := s.scimUser("ada@contoso.com")["title"]; got != "Principal Engineer" {
		t.Errorf("the title is %v", got)
	}
	s.cycle(job)
	want := []string{"Ada Lovelace: update success", "Ada Lovelace: create success"}
	if diff := cmp.Diff(want, s.entries()); diff != "" {
		t.Errorf("what the application holds was looked at without a change in the source (-want +got):\n%s", diff)
	}
	s.must(204, "POST", job+"/restart", `{}`)
	s.must(200, "GET", job, nil)
	if got := s.entries()[0]; got != "Ada Lovelace: update success" {
		t.Error("after a restart:", got)
	}
	if got := s.onDemand(job, "User", s.user("ada@contoso.com")); got.Action != "Update" || got.Modified["title"] != "Principal Engineer -> Countess" {
		t.Errorf("on demand: %+v", got)
	}
}

func TestAServerThatWipesGroupsLosesThemUnseen(t *testing.T) {
	t.Parallel()
	s := newTenant(t, sandbox.WithLag(0), sandbox.WithSCIMHabit(scimserver.WipesGroups))
	job := s.job()
	group := s.must(200, "GET", "/groups?$filter=displayName%20eq%20'Workato%20Pilots'", nil).list()[0]["id"].(string)
	s.assign(group)
	s.cycle(job)
	members := s.must(200, "GET", "/groups/"+group+"/members", nil).list()
	count := func() int {
		list, _ := s.snapshot().Groups[0].Attributes["members"].([]any)
		return len(list)
	}
	if len(members) != 2 || count() != 2 {
		t.Fatalf("%d members, %d in the application", len(members), count())
	}
	s.must(204, "DELETE", "/groups/"+group+"/members/"+members[0]["id"].(string)+"/$ref", nil)
	s.cycle(job)
	if got := s.entries(); count() != 0 || !slices.Contains(got, "Workato Pilots: update success") {
		t.Errorf("%d are left in the group: %v", count(), got)
	}
	s.must(204, "POST", job+"/restart", `{}`)
	if s.must(200, "GET", job, nil); count() != 0 {
		t.Error("the service noticed what it cannot see")
	}
	s.must(204, "POST", job+"/restart", `{"criteria":{"resetScope":"Full"}}`)
	if s.must(200, "GET", job, nil); count() != 1 {
		t.Errorf("%d members after all links were forgotten", count())
	}
}

func TestAServerWithStrictBooleansRefusesToDisableWithoutTheFlag(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		sandbox.SCIMURL:                       "Ada Lovelace: disable failure SystemForCrossDomainIdentityManagementBadRequest",
		sandbox.SCIMURL + "?aadOptscim062020": "Ada Lovelace: disable success",
	} {
		s := newTenant(t, sandbox.WithLag(0), sandbox.WithSCIMHabit(scimserver.StrictBooleans))
		job := s.job()
		s.configure(syncOf(job), address, s.token())
		s.assign(s.user("ada@contoso.com"))
		s.cycle(job)
		s.must(204, "PATCH", "/users/ada@contoso.com", `{"accountEnabled":false}`)
		s.cycle(job)
		if got := s.entries()[0]; got != want {
			t.Errorf("%s: %s", address, got)
		}
	}
}

func TestAHabitIsKeptWithTheTenantUntilItIsReset(t *testing.T) {
	t.Parallel()
	path := t.TempDir() + "/state.json"
	if _, err := sandbox.Reset(path, sandbox.WithSCIMHabit(scimserver.Forgets)); err != nil {
		t.Fatal(err)
	}
	for _, want := range []scimserver.Habit{scimserver.Forgets, ""} {
		s, err := sandbox.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := over(t, s).snapshot().Habit; got != want {
			t.Errorf("the habit is %q, want %q", got, want)
		}
		if err := s.Reset(); err != nil {
			t.Fatal(err)
		}
	}
}

// captured keeps the PATCH operations that pass by on their way to the
// sandbox's own SCIM server.
type captured struct {
	*httptest.Server
	mu  sync.Mutex
	ops []string
}

func (t *tenant) capture() *captured {
	c := &captured{}
	behind := t.Handler()
	c.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.RawQuery, "aadOptscim") {
			t.Errorf("the flag was sent: %s", r.URL)
		}
		if r.Method == http.MethodPatch {
			raw, err := httputil.DumpRequest(r, true)
			if err != nil {
				t.Error(err)
			}
			_, text, _ := strings.Cut(string(raw), "\r\n\r\n")
			var body struct{ Operations []json.RawMessage }
			if err := json.Unmarshal([]byte(text), &body); err != nil {
				t.Error(err)
			}
			c.mu.Lock()
			for _, o := range body.Operations {
				c.ops = append(c.ops, string(o))
			}
			c.mu.Unlock()
		}
		behind.ServeHTTP(w, r)
	}))
	t.Cleanup(c.Close)
	return c
}

// taken are the operations since it was last asked.
func (c *captured) taken() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := c.ops
	c.ops = nil
	return out
}

func TestTheFlagOnTheTenantURLChangesCyclesAndNotProvisioningOnDemand(t *testing.T) {
	t.Parallel()
	s := newTenant(t, sandbox.WithLag(0), sandbox.WithSCIMPath("/scim"))
	job := s.job()
	far := s.capture()
	id := s.user("ada@contoso.com")
	s.assign(id)
	disable := func(flag string, on bool) []string {
		s.configure(syncOf(job), far.URL+"/scim"+flag, s.token())
		s.must(204, "PATCH", "/users/ada@contoso.com", map[string]bool{"accountEnabled": on})
		far.taken()
		s.cycle(job)
		return far.taken()
	}
	disable("", true)
	for _, test := range []struct {
		flag string
		on   bool
		want string
	}{
		{"", false, `{"op":"Replace","path":"active","value":"False"}`},
		{"?aadOptscim062020", true, `{"op":"replace","path":"active","value":true}`},
		{"/?AzureAdScimPatch062020", false, `{"op":"replace","path":"active","value":false}`},
		{"", true, `{"op":"Replace","path":"active","value":"True"}`},
	} {
		if diff := cmp.Diff([]string{test.want}, disable(test.flag, test.on)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.flag, diff)
		}
	}
	s.configure(syncOf(job), far.URL+"/scim?aadOptscim062020", s.token())
	s.must(204, "PATCH", "/users/ada@contoso.com", `{"jobTitle":"Countess","department":"Court"}`)
	s.onDemand(job, "User", id)
	want := []string{
		`{"op":"Replace","path":"title","value":"Countess"}`,
		`{"op":"Replace","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department","value":"Court"}`,
	}
	got := far.taken()
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("on demand (-want +got):\n%s", diff)
	}
	s.must(204, "PATCH", "/users/ada@contoso.com", `{"jobTitle":"Analyst","department":"Engines"}`)
	s.cycle(job)
	want = []string{`{"op":"replace","value":{"title":"Analyst","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department":"Engines"}}`}
	if diff := cmp.Diff(want, far.taken()); diff != "" {
		t.Errorf("in a cycle (-want +got):\n%s", diff)
	}
}
