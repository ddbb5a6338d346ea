package sandbox_test

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/provisioning/sandbox"
)

// noon is when time stands still for a test, until it is put forward.
func noon() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }

func still() sandbox.Option { return sandbox.WithClock(noon) }

func (t *tenant) advance(m sandbox.Move) sandbox.Passed {
	t.Helper()
	p, err := t.Advance(t.Context(), m)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// told is what cycles did, without the members that every one has.
func told(p sandbox.Passed) []sandbox.CycleReport {
	out := []sandbox.CycleReport{}
	for _, r := range p.Cycles {
		r.Job, r.Application, r.Error = "", "", ""
		out = append(out, r)
	}
	return out
}

func TestCyclesRunAtTheirTimesWhenTheClockIsPutForward(t *testing.T) {
	t.Parallel()
	s := newTenant(t, sandbox.WithLag(0), still())
	job := s.job()
	s.assign(s.user("ada@contoso.com"))
	s.must(204, "POST", job+"/start", nil)
	first := s.advance(sandbox.Move{})
	want := []sandbox.CycleReport{{
		At: noon(), Cycles: 1, Kind: "initial", State: "Succeeded", Created: 1, Next: noon().Add(40 * time.Minute),
	}}
	if diff := cmp.Diff(want, told(first)); diff != "" {
		t.Errorf("the first cycle (-want +got):\n%s", diff)
	}
	s.must(204, "PATCH", "/users/ada@contoso.com", `{"jobTitle":"Countess"}`)
	s.assign(s.user("barbara@contoso.com"))
	second := s.advance(sandbox.Move{By: 3 * time.Hour})
	want = []sandbox.CycleReport{
		{At: noon().Add(40 * time.Minute), Cycles: 1, Kind: "incremental", State: "Succeeded", Created: 1, Updated: 1, Next: noon().Add(80 * time.Minute)},
		{At: noon().Add(80 * time.Minute), Until: noon().Add(160 * time.Minute), Cycles: 3, Kind: "incremental", State: "Succeeded", Next: noon().Add(200 * time.Minute)},
	}
	if diff := cmp.Diff(want, told(second)); diff != "" {
		t.Errorf("three hours (-want +got):\n%s", diff)
	}
	if second.Ran != 4 || !second.From.Equal(noon()) || !second.To.Equal(noon().Add(3*time.Hour)) {
		t.Errorf("%d cycles from %s to %s", second.Ran, second.From, second.To)
	}
	if got := s.scimUser("ada@contoso.com")["title"]; got != "Countess" {
		t.Errorf("the title is %v", got)
	}
	if third := s.advance(sandbox.Move{Cycles: 5}); third.Ran != 5 || !third.To.Equal(noon().Add(360*time.Minute)) {
		t.Errorf("%d cycles until %s", third.Ran, third.To)
	}
	if !s.snapshot().Time.Equal(noon().Add(360 * time.Minute)) {
		t.Error(s.snapshot().Time)
	}
}

func TestThereIsNoNextCycleWhenNoJobRuns(t *testing.T) {
	t.Parallel()
	s := newTenant(t, still())
	_, err := s.Advance(t.Context(), sandbox.Move{})
	if _, ok := errors.AsType[*sandbox.NoCycleError](err); !ok {
		t.Errorf("got %v, want a *NoCycleError", err)
	}
	if p := s.advance(sandbox.Move{By: time.Hour}); p.Ran != 0 || !p.To.Equal(noon().Add(time.Hour)) {
		t.Errorf("%+v", p)
	}
}

func TestTimeStaysPutForwardInTheFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "state.json")
	open := func() *tenant {
		s, err := sandbox.Open(path, still())
		if err != nil {
			t.Fatal(err)
		}
		return over(t, s)
	}
	one, other := open(), open()
	one.advance(sandbox.Move{By: 31 * 24 * time.Hour})
	for _, s := range []*tenant{open(), other} {
		if got := s.snapshot().Time; !got.Equal(noon().AddDate(0, 0, 31)) {
			t.Errorf("it is %s", got)
		}
	}
	if err := other.Reset(); err != nil {
		t.Fatal(err)
	}
	for _, s := range []*tenant{open(), one, other} {
		if got := s.snapshot().Time; !got.Equal(noon()) {
			t.Errorf("after a reset it is %s", got)
		}
	}
}

func TestTheClockCanRunFaster(t *testing.T) {
	t.Parallel()
	now := noon()
	s := newTenant(t, sandbox.WithLag(0), sandbox.WithClockSpeed(60), sandbox.WithClock(func() time.Time { return now }))
	job := s.job()
	s.assign(s.user("ada@contoso.com"))
	s.cycle(job)
	s.assign(s.user("barbara@contoso.com"))
	now = now.Add(39 * time.Second)
	s.must(200, "GET", job, nil)
	if s.scimUser("barbara@contoso.com") != nil {
		t.Error("a cycle ran too early")
	}
	now = now.Add(time.Second)
	s.must(200, "GET", job, nil)
	if s.scimUser("barbara@contoso.com") == nil || !s.snapshot().Time.Equal(noon().Add(40*time.Minute)) {
		t.Error("no cycle ran at", s.snapshot().Time)
	}
}

func TestWhoIsDeletedIsDisabledAndAfter30DaysDeletedInTheApplication(t *testing.T) {
	t.Parallel()
	s := newTenant(t, sandbox.WithLag(0), still())
	job := s.job()
	ids := map[string]string{}
	var ada string
	for _, name := range []string{"ada", "edsger", "barbara"} {
		ids[name] = s.user(name + "@contoso.com")
		if as := s.assign(ids[name]); name == "ada" {
			ada = as
		}
	}
	s.cycle(job)
	_, _, sp := s.app("Workato")
	s.must(204, "DELETE", "/servicePrincipals/"+sp+"/appRoleAssignedTo/"+ada, nil)
	s.cycle(job)
	for _, name := range []string{"ada", "edsger", "barbara"} {
		s.must(204, "DELETE", "/users/"+ids[name], nil)
	}
	s.advance(sandbox.Move{By: 29 * 24 * time.Hour})
	if got := s.scimUser("edsger@contoso.com")["active"]; got != false {
		t.Errorf("active is %v", got)
	}
	s.must(200, "POST", "/directory/deletedItems/"+ids["barbara"]+"/restore", `{}`)
	p := s.advance(sandbox.Move{By: 2 * 24 * time.Hour})
	var names []string
	for _, u := range p.Purged {
		names = append(names, u.Name)
	}
	if diff := cmp.Diff([]string{"ada@contoso.com", "edsger@contoso.com"}, names); diff != "" {
		t.Errorf("deleted for good (-want +got):\n%s", diff)
	}
	s.must(404, "GET", "/directory/deletedItems/"+ids["edsger"], nil)
	deleted := 0
	for _, r := range p.Cycles {
		deleted += r.Deleted
	}
	if s.scimUser("edsger@contoso.com") != nil || deleted != 1 {
		t.Errorf("%d were deleted", deleted)
	}
	if s.scimUser("ada@contoso.com")["active"] != false {
		t.Error("who was unassigned before was deleted: it was no longer managed")
	}
	if s.scimUser("barbara@contoso.com")["active"] != true {
		t.Error("who was restored is not active")
	}
}

func TestAQuarantineIsTriedEverMoreSeldomAndEndsTheJobAfterFourWeeks(t *testing.T) {
	t.Parallel()
	s := newTenant(t, sandbox.WithLag(0), still())
	job := s.job()
	s.configure(syncOf(job), sandbox.SCIMURL, "nonsense")
	s.must(204, "POST", job+"/start", nil)
	p := s.advance(sandbox.Move{By: 60 * 24 * time.Hour})
	var waits []time.Duration
	for i, r := range p.Cycles {
		if r.Quarantine != "EncounteredQuarantineException" || r.State != "Failed" {
			t.Errorf("%+v", r)
		}
		if i > 0 {
			waits = append(waits, r.At.Sub(p.Cycles[i-1].At))
		}
	}
	want := []time.Duration{6 * time.Hour, 12 * time.Hour, 24 * time.Hour, 24 * time.Hour}
	if diff := cmp.Diff(want, waits[:4]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	last := p.Cycles[len(p.Cycles)-1]
	if !last.SwitchedOff || !last.Next.IsZero() || last.At.Sub(noon()) < 28*24*time.Hour || last.At.Sub(noon()) > 29*24*time.Hour {
		t.Errorf("the last attempt: %+v", last)
	}
	got := s.must(200, "GET", job, nil)
	if got.string("schedule/state") != "Disabled" || got.string("status/quarantine/seriesBegan") != "2026-03-01T12:00:00Z" {
		t.Error(got.text)
	}
}

func TestAnAdvanceThatIsInterruptedStopsBetweenCycles(t *testing.T) {
	t.Parallel()
	s := newTenant(t, still())
	job := s.job()
	s.must(204, "POST", job+"/start", nil)
	ctx, cancel := contextThatEnds(t)
	cancel()
	p, err := s.Advance(ctx, sandbox.Move{By: time.Hour})
	if err == nil || p.Ran != 0 || !p.To.Equal(noon()) {
		t.Errorf("%+v, %v", p, err)
	}
}
