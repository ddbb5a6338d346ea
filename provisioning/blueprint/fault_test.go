package blueprint_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/mappings"
	"github.com/scimctl/scimctl/mappings/history"
	"github.com/scimctl/scimctl/mappings/schema"
	"github.com/scimctl/scimctl/provisioning/blueprint"
	"github.com/scimctl/scimctl/provisioning/blueprint/planning"
	"github.com/scimctl/scimctl/provisioning/sandbox"
)

// meddler answers requests itself, or lets them pass when it answers nil.
type meddler struct {
	next   http.RoundTripper
	meddle func(*http.Request) *http.Response
}

func (m meddler) RoundTrip(r *http.Request) (*http.Response, error) {
	if answer := m.meddle(r); answer != nil {
		return answer, nil
	}
	return m.next.RoundTrip(r)
}

func (c *company) meddle(meddle func(*http.Request) *http.Response) {
	c.graph = c.client(graph.Options{Transport: meddler{c.tenant.Transport(), meddle}})
}

func isRequest(r *http.Request, method, end string) bool {
	return r.Method == method && strings.HasSuffix(r.URL.Path, end)
}

func answer(r *http.Request, status int, code string) *http.Response {
	recorder := newRecorder(status, `{"error":{"code":"`+code+`","message":"as the test says"}}`)
	recorder.Request = r
	return recorder
}

// outcomes are the steps that did not end well, and how many did.
func outcomes(done planning.Applied) (notDone []string, ok int) {
	for _, r := range done.Results {
		if r.Outcome == planning.Done {
			ok++
		} else {
			notDone = append(notDone, string(r.Outcome)+" "+r.ID)
		}
	}
	return notDone, ok
}

func TestWhatFailsKeepsOnlyThatFromBeingDoneWhichNeedsIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCompany(t)
		c.env["WORKATO_SCIM_TOKEN"] = "not-the-token-of-the-server"
		apply := c.applying(workato)
		done, err := apply.Do(t.Context())
		if partial, ok := errors.AsType[*planning.PartialError](err); !ok || partial.Skipped != 1 {
			t.Fatalf("got %v", err)
		}
		want := []string{"failed provisioning/scope", "failed provisioning/notify", "failed provisioning/deleteThreshold", "failed credentials", "skipped provisioning/enabled"}
		got, ok := outcomes(done)
		if diff := cmp.Diff(want, got); diff != "" || ok != 13 {
			t.Errorf("%d done (-want +got):\n%s", ok, diff)
		}
		if strings.Contains(err.Error(), "not-the-token") {
			t.Errorf("a secret in %v", err)
		}
		c.env["WORKATO_SCIM_TOKEN"] = scimToken
		if got, ok := outcomes(c.apply(workato)); len(got) > 0 || ok != 5 {
			t.Errorf("the second run did %d, and not %v", ok, got)
		}
		if diff := cmp.Diff([]string{}, steps(c.plan(workato))); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

func TestARunThatIsInterruptedIsFinishedByTheNext(t *testing.T) {
	t.Parallel()
	for _, at := range []string{"POST instantiate", "POST extensionProperties", "POST jobs", "PUT secrets", "PUT schema", "POST $batch", "POST start"} {
		t.Run(at, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { interruptAt(t, at) })
		})
	}
}

func interruptAt(t *testing.T, at string) {
	method, end, _ := strings.Cut(at, " ")
	c := newCompany(t)
	ctx, interrupt := context.WithCancelCause(t.Context())
	apply := c.applying(workato)
	apply.Graph = c.client(graph.Options{Transport: meddler{c.tenant.Transport(), func(r *http.Request) *http.Response {
		if isRequest(r, method, "/"+end) {
			interrupt(context.Canceled)
			synctest.Wait()
		}
		return nil
	}}})
	done, err := apply.Do(ctx)
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
	if len(done.Results) != len(steps(apply.Plan)) {
		t.Errorf("of %d steps it is told what became of %d", len(steps(apply.Plan)), len(done.Results))
	}
	c.apply(workato)
	if diff := cmp.Diff([]string{}, steps(c.plan(workato))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestThrottlingIsWaitedOut(t *testing.T) {
	t.Parallel()
	for _, kind := range []sandbox.FaultKind{sandbox.Throttled, sandbox.Unavailable, sandbox.ResetAfter} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				fault := sandbox.Fault{Kind: kind, Every: 5}
				if kind == sandbox.Unavailable {
					fault = sandbox.Fault{Kind: kind, Skip: 10, First: 4} // some of what is made is among them
				}
				c := newCompany(t, sandbox.WithFault(fault))
				for runs := 1; ; runs++ { // what makes something is not sent twice: running again does the rest
					_, err := c.applying(workato).Do(t.Context())
					if err == nil {
						break
					}
					if e, ok := errors.AsType[*graph.Error](err); !ok || e.Status != http.StatusServiceUnavailable || kind != sandbox.Unavailable || runs == 5 {
						t.Fatalf("run %d: %v", runs, err)
					}
				}
				if diff := cmp.Diff([]string{}, steps(c.plan(workato))); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
			})
		})
	}
}

func TestNothingIsWaitedForThatIsThere(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCompany(t)
		began := time.Now()
		c.apply(workato)
		c.plan(workato)
		const quiet = 250 * time.Millisecond // between two reads of the settings that must agree
		if took := time.Since(began); took > quiet || len(c.told) > 0 {
			t.Errorf("it slept %s: %v", took, c.told)
		}
	})
}

func TestASchemaThatSomebodyElseChangesInTheMiddleKeepsThatChange(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCompany(t)
		c.apply(workato)
		more := strings.Replace(workato, "  mappings:\n", "  mappings:\n    title: city\n", 1)
		other := c.graph
		looked := 0
		c.meddle(func(r *http.Request) *http.Response {
			if isRequest(r, "GET", "/schema") {
				if looked++; looked == 3 { // the plan reads once, and the write twice
					meddling := mappings.Set{Settings: []schema.Setting{{Mapping: schema.Mapping{Target: "preferredLanguage", Source: "country"}}}}
					_, err := mappings.Update{Graph: other, App: "Workato DEV", Plan: meddling.Plan, Reason: "test", History: history.History{Dir: t.TempDir()}}.Do(t.Context())
					if err != nil {
						t.Error(err)
					}
				}
			}
			return nil
		})
		c.apply(more)
		c.graph = other
		both := strings.Replace(more, "title: city\n", "title: city\n    preferredLanguage: country\n", 1)
		if diff := cmp.Diff([]string{}, steps(c.plan(both))); diff != "" || looked < 3 {
			t.Errorf("%d looks (-want +got):\n%s", looked, diff)
		}
	})
}

func TestASectionThatMayNotBeReadIsToldAndTheRestIsPlanned(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCompany(t)
		c.apply(workato)
		c.meddle(func(r *http.Request) *http.Response {
			if isRequest(r, "GET", "/appRoleAssignedTo") {
				return answer(r, http.StatusForbidden, "Authorization_RequestDenied")
			}
			return nil
		})
		plan := c.plan(strings.Replace(workato, "  mappings:\n", "  mappings:\n    title: city\n", 1))
		problems := plan.Problems()
		if len(problems) != 1 || problems[0].Section != blueprint.SectionAssignments || !problems[0].NotPermitted {
			t.Fatalf("problems %+v", problems)
		}
		if got := steps(plan)[0]; got != "change users/mapping/title" {
			t.Errorf("got %s", got)
		}
		if _, ok := errors.AsType[*planning.IncompleteError](plan.Judge(true)); !ok {
			t.Errorf("got %v", plan.Judge(true))
		}
	})
}
