package graph_test

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
	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/graph/internal/graphtest"
	"github.com/scimctl/scimctl/graph/synchronization"
)

func TestWaitingLooksAtGrowingDistancesAndSaysSoOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var notes []string
		c := graphtest.Serve(t, graphtest.Says(200, "")).Client(t, noting(&notes))
		began := time.Now()
		var looks []time.Duration
		err := c.Wait(t.Context(), "the extension can be written", func(context.Context) (bool, error) {
			looks = append(looks, time.Since(began))
			return len(looks) == 9, nil
		})
		s := time.Second
		want := []time.Duration{0, s / 4, 3 * s / 4, 7 * s / 4, 15 * s / 4, 31 * s / 4, 63 * s / 4, 63*s/4 + 15*s, 63*s/4 + 30*s}
		if diff := cmp.Diff(want, looks); diff != "" || err != nil {
			t.Errorf("%v (-want +got)\n%s", err, diff)
		}
		if diff := cmp.Diff([]string{"waiting until the extension can be written (up to 5m0s)"}, notes); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	})
}

func TestWhatNeedsNoWaitingIsNotAnnounced(t *testing.T) {
	t.Parallel()
	var notes []string
	c := graphtest.Serve(t, graphtest.Says(200, "")).Client(t, noting(&notes))
	if err := c.Wait(t.Context(), "x", func(context.Context) (bool, error) { return true, nil }); err != nil || notes != nil {
		t.Errorf("got %v, %q", err, notes)
	}
}

func TestWaitingEndsAfterItsTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := graphtest.Serve(t, graphtest.Says(200, "")).Client(t, func(o *graph.Options) { o.WaitTimeout = 20 * time.Second })
		began := time.Now()
		err := c.Wait(t.Context(), "it is there", func(context.Context) (bool, error) { return false, nil })
		e, ok := errors.AsType[*graph.NotReplicatedError](err)
		if !ok || e.Waited != 20*time.Second || time.Since(began) != 20*time.Second || e.What != "it is there" {
			t.Errorf("got %v after %s", err, time.Since(began))
		}
	})
}

func TestWaitingEndsWithAnErrorOrAnInterruption(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := graphtest.Serve(t, graphtest.Says(200, "")).Client(t)
		broken := errors.New("broken")
		if err := c.Wait(t.Context(), "x", func(context.Context) (bool, error) { return false, broken }); !errors.Is(err, broken) {
			t.Errorf("got %v", err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		began := time.Now()
		err := c.Wait(ctx, "x", func(context.Context) (bool, error) { return false, nil })
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != 3*time.Second {
			t.Errorf("got %v after %s", err, time.Since(began))
		}
	})
}

// notYet refuses some calls on templates as a service that has not heard of
// the application, and tells its age.
func notYet(refusals int, status int, created string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasPrefix(r.URL.Path, "/v1.0/applications/"):
			graphtest.Reply(w, 200, `{"id":"o1","createdDateTime":"`+created+`"}`)
		case strings.HasSuffix(r.URL.Path, "/instantiate"):
			graphtest.Reply(w, 201, `{"application":{"id":"o1","appId":"a1"},"servicePrincipal":{"id":"sp1","appId":"a1","displayName":"Workato"}}`)
		case strings.HasSuffix(r.URL.Path, "/jobs"):
			graphtest.Reply(w, 201, `{"id":"j1","templateId":"scim"}`)
		case refusals > 0:
			refusals--
			graphtest.Refuse(w, status, "UnknownError", "")
		default:
			graphtest.Reply(w, 200, `{"value":[{"id":"scim"}]}`)
		}
	}
}

func templatesWhenReady(ctx context.Context, c *graph.Client) error {
	app := applications.App{Name: "Workato", AppID: "a1", ServicePrincipalID: "sp1", ApplicationID: "o1"}
	return applications.WhenReady(ctx, c, app, "Workato can be provisioned", func(ctx context.Context) error {
		found, err := synchronization.ListTemplates(ctx, c, "sp1")
		if err == nil && len(found) != 1 {
			return errors.New("no templates")
		}
		return err
	})
}

func TestANewApplicationIsWaitedFor(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		created string
		before  func(context.Context, *graph.Client) error
		status  int
		ages    int // how often the age was read
	}{
		"young": {"1999-12-31T23:55:00Z", nil, 401, 1},
		"made in this run": {"1990-01-01T00:00:00Z", func(ctx context.Context, c *graph.Client) error {
			_, err := applications.Instantiate(ctx, c, "t", "Workato")
			return err
		}, 404, 0},
		"job just made": {"1990-01-01T00:00:00Z", func(ctx context.Context, c *graph.Client) error {
			_, err := synchronization.CreateJob(ctx, c, "sp1", "scim")
			return err
		}, 401, 0},
	} {
		var age int
		elapsed, _, notes, err := took(t, notYet(3, c.status, c.created), func(t *testing.T, s *graphtest.Server, notes *[]string) error {
			client := s.Client(t, noting(notes))
			if c.before != nil {
				if err := c.before(t.Context(), client); err != nil {
					return err
				}
			}
			err := templatesWhenReady(t.Context(), client)
			for _, r := range s.Requests() {
				if strings.Contains(r, "createdDateTime") {
					age++
				}
			}
			return err
		})
		if err != nil || elapsed != 1750*time.Millisecond || age != c.ages {
			t.Errorf("%s: got %v after %s, age read %d times", name, err, elapsed, age)
		}
		if diff := cmp.Diff([]string{"waiting until Workato can be provisioned (up to 5m0s)"}, notes); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", name, diff)
		}
	}
}

func TestARefusalOfAnOldApplicationComesBackAtOnce(t *testing.T) {
	t.Parallel()
	for _, status := range []int{401, 404, 403} {
		elapsed, asked, notes, err := took(t, notYet(100, status, "1999-12-31T23:45:00Z"), func(t *testing.T, s *graphtest.Server, notes *[]string) error {
			c := s.Client(t, noting(notes))
			if err := templatesWhenReady(t.Context(), c); err == nil {
				t.Error("no error")
			}
			return templatesWhenReady(t.Context(), c)
		})
		want := 3 // two calls, and the age once
		if status == 403 {
			want = 2
		}
		if e, ok := errors.AsType[*graph.Error](err); !ok || e.Status != status || elapsed != 0 || len(asked) != want || notes != nil {
			t.Errorf("%d: got %v after %s and %q", status, err, elapsed, asked)
		}
	}
}

func TestAnApplicationFromATemplateWhoseRegistrationLagsIsWaitedFor(t *testing.T) {
	t.Parallel()
	for template, waits := range map[string]bool{"8adf8e6e-67b2-4cf2-a259-e3dc5476c621": true, "": false} {
		synctest.Test(t, func(t *testing.T) {
			asked := 0
			c := graphtest.Serve(t, func(w http.ResponseWriter, r *http.Request) {
				if asked++; strings.HasPrefix(r.URL.Path, "/v1.0/applications") {
					graphtest.Refuse(w, 404, "Request_ResourceNotFound", "Resource 'a1' does not exist")
					return
				}
				if asked < 4 {
					graphtest.Refuse(w, 401, "UnknownError", "")
					return
				}
				graphtest.Reply(w, 200, `{"value":[]}`)
			}).Client(t)
			app := applications.App{Name: "Workato", AppID: "a1", ServicePrincipalID: "sp1", TemplateID: template}
			err := applications.WhenReady(t.Context(), c, app, "it can be provisioned", func(ctx context.Context) error {
				_, err := synchronization.ListTemplates(ctx, c, "sp1")
				return err
			})
			if (err == nil) != waits {
				t.Errorf("template %q: %v", template, err)
			}
		})
	}
}

func TestAnApplicationThatNeverComesIsNotReplicated(t *testing.T) {
	t.Parallel()
	elapsed, _, _, err := took(t, notYet(1000, 404, "2000-01-01T00:00:00Z"), func(t *testing.T, s *graphtest.Server, _ *[]string) error {
		return templatesWhenReady(t.Context(), s.Client(t))
	})
	e, ok := errors.AsType[*graph.NotReplicatedError](err)
	if !ok || elapsed != 5*time.Minute || !graph.IsNotFound(e.Err) || !strings.Contains(err.Error(), "waited 5m0s until Workato can be provisioned") {
		t.Errorf("got %v after %s", err, elapsed)
	}
}

func TestOnDemandKeepsToFiveRequestsInTenSeconds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		var at []time.Duration
		s := graphtest.Serve(t, func(w http.ResponseWriter, _ *http.Request) {
			at = append(at, time.Since(began))
			graphtest.Reply(w, 200, `{"key":"{\"result\":\"Success\"}","value":"{}"}`)
		})
		c := s.Client(t)
		for range 12 {
			got, err := synchronization.ProvisionOnDemand(t.Context(), c, graphtest.Job(), "rule1", synchronization.Subject{ObjectID: "u1", ObjectTypeName: "User"})
			if err != nil || got != (synchronization.OnDemandAnswer{Key: `{"result":"Success"}`, Value: "{}"}) {
				t.Fatalf("got %v, %v", got, err)
			}
		}
		for i := 5; i < len(at); i++ {
			if at[i]-at[i-5] < 10*time.Second {
				t.Errorf("request %d came %s after the fifth before it", i, at[i]-at[i-5])
			}
		}
		if at[11] != 20*time.Second {
			t.Errorf("the last came after %s", at[11])
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		for range 5 {
			if _, err := synchronization.ProvisionOnDemand(ctx, c, graphtest.Job(), "rule1"); err != nil {
				if !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("got %v", err)
				}
				return
			}
		}
		t.Error("the interruption was not noticed")
	})
}
