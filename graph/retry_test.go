package graph_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/graph/auth"
	"github.com/scimctl/scimctl/graph/directory"
	"github.com/scimctl/scimctl/graph/internal/graphtest"
	"github.com/scimctl/scimctl/graph/synchronization"
)

// took runs call in a bubble of faked time, against a server.
func took(t *testing.T, handler http.HandlerFunc, call func(t *testing.T, s *graphtest.Server, notes *[]string) error) (elapsed time.Duration, asked, notes []string, err error) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := graphtest.Serve(t, handler)
		began := time.Now()
		err = call(t, s, &notes)
		elapsed, asked = time.Since(began), s.Requests()
	})
	return elapsed, asked, notes, err
}

func noting(notes *[]string) func(*graph.Options) {
	return func(o *graph.Options) { o.Notice = func(line string) { *notes = append(*notes, line) } }
}

func readJob(t *testing.T, s *graphtest.Server, notes *[]string) error {
	_, err := synchronization.GetJob(t.Context(), s.Client(t, noting(notes)), graphtest.Job())
	return err
}

func startJob(t *testing.T, s *graphtest.Server, notes *[]string) error {
	return synchronization.StartJob(t.Context(), s.Client(t, noting(notes)), graphtest.Job())
}

func restartJob(t *testing.T, s *graphtest.Server, notes *[]string) error {
	return synchronization.RestartJob(t.Context(), s.Client(t, noting(notes)), graphtest.Job(), "")
}

func TestRetryAfterIsObeyedAndAnnounced(t *testing.T) {
	t.Parallel()
	// Time in a bubble begins with this century.
	for _, after := range []string{"12", "Sat, 01 Jan 2000 00:00:12 GMT"} {
		elapsed, asked, notes, err := took(t, graphtest.InTurn(graphtest.Throttles(after), graphtest.Says(204, "")), startJob)
		if err != nil || elapsed != 12*time.Second || len(asked) != 2 {
			t.Errorf("%s: got %v after %s and %d requests", after, err, elapsed, len(asked))
		}
		if diff := cmp.Diff([]string{"Graph is throttling: trying again to start provisioning in 12s"}, notes); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", after, diff)
		}
	}
}

func TestThrottlingWithoutATimeIsWaitedOutLongerAndLonger(t *testing.T) {
	t.Parallel()
	elapsed, asked, notes, err := took(t, graphtest.Throttles(""), startJob)
	e, ok := errors.AsType[*graph.Error](err)
	if !ok || e.Status != 429 {
		t.Errorf("got %v", err)
	}
	if len(asked) != 8 || elapsed < time.Minute || elapsed > 2*time.Minute || len(notes) < 5 {
		t.Errorf("%d requests in %s, %q", len(asked), elapsed, notes)
	}
}

func TestAWaitThatIsTooLongIsLeftToTheUser(t *testing.T) {
	t.Parallel()
	elapsed, asked, _, err := took(t, graphtest.Throttles("7200"), readJob)
	e, ok := errors.AsType[*graph.Error](err)
	if !ok || e.RetryAfter != 2*time.Hour || elapsed != 0 || len(asked) != 1 {
		t.Errorf("got %v after %s and %d requests", err, elapsed, len(asked))
	}
}

func TestAWaitUntilADistantYearIsADay(t *testing.T) {
	t.Parallel()
	for _, year := range []string{"Fri, 31 Dec 9999 23:59:59 GMT", "Sun, 06 Nov 2400 08:49:37 GMT", "1e300"} {
		_, asked, _, err := took(t, graphtest.Throttles(year), readJob)
		e, ok := errors.AsType[*graph.Error](err)
		if !ok || e.RetryAfter != 24*time.Hour || len(asked) != 1 {
			t.Errorf("%s: got %v after %d requests", year, err, len(asked))
		}
	}
}

func TestAWaitPastTheDeadlineIsNotBegun(t *testing.T) {
	t.Parallel()
	elapsed, _, _, err := took(t, graphtest.Throttles("60"), func(t *testing.T, s *graphtest.Server, _ *[]string) error {
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		return synchronization.StartJob(ctx, s.Client(t), graphtest.Job())
	})
	if e, ok := errors.AsType[*graph.Error](err); !ok || e.Status != 429 || elapsed != 0 {
		t.Errorf("got %v after %s", err, elapsed)
	}
}

func TestAnInterruptionEndsTheWaitAtOnce(t *testing.T) {
	t.Parallel()
	stop := errors.New("interrupt signal received")
	elapsed, _, _, err := took(t, graphtest.Throttles("60"), func(t *testing.T, s *graphtest.Server, _ *[]string) error {
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(5*time.Second, func() { cancel(stop) })
		return synchronization.StartJob(ctx, s.Client(t), graphtest.Job())
	})
	if !errors.Is(err, stop) || elapsed != 5*time.Second {
		t.Errorf("got %v after %s", err, elapsed)
	}
}

func TestAnInterruptionEndsARequestAtOnce(t *testing.T) {
	t.Parallel()
	elapsed, _, _, err := took(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		func(t *testing.T, s *graphtest.Server, _ *[]string) error {
			ctx, cancel := context.WithTimeout(t.Context(), 7*time.Second)
			defer cancel()
			_, err := synchronization.GetJob(ctx, s.Client(t), graphtest.Job())
			return err
		})
	if !errors.Is(err, context.DeadlineExceeded) || elapsed != 7*time.Second {
		t.Errorf("got %v after %s", err, elapsed)
	}
}

func TestAnAttemptHasThreeMinutes(t *testing.T) {
	t.Parallel()
	elapsed, asked, _, err := took(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, restartJob)
	e, ok := errors.AsType[*graph.UnreachableError](err)
	if !ok || e.Host != "graph.microsoft.com" || elapsed != 3*time.Minute || len(asked) != 1 {
		t.Errorf("got %v after %s and %d requests", err, elapsed, len(asked))
	}
}

func TestWhatMayBeRepeatedIs(t *testing.T) {
	t.Parallel()
	document := `{"id":"s","rules":["` + strings.Repeat("x", 100_000) + `"]}`
	calls := map[string]func(context.Context, *graph.Client) error{
		"GET": func(ctx context.Context, c *graph.Client) error {
			_, err := synchronization.GetJob(ctx, c, graphtest.Job())
			return err
		},
		"PUT": func(ctx context.Context, c *graph.Client) error {
			_, err := synchronization.PutSchema(ctx, c, graphtest.Job(), []byte(document))
			return err
		},
		"DELETE": func(ctx context.Context, c *graph.Client) error {
			return synchronization.DeleteJob(ctx, c, graphtest.Job())
		},
		"start": func(ctx context.Context, c *graph.Client) error {
			return synchronization.StartJob(ctx, c, graphtest.Job())
		},
		"stop": func(ctx context.Context, c *graph.Client) error {
			return synchronization.PauseJob(ctx, c, graphtest.Job())
		},
		"PATCH": func(ctx context.Context, c *graph.Client) error {
			return directory.UpdateUser(ctx, c, "u1", map[string]any{"department": "Sales"})
		},
	}
	for method, call := range calls {
		for what, broken := range map[string]http.HandlerFunc{"503": graphtest.Says(503, ""), "504": graphtest.Says(504, ""), "502": graphtest.Says(502, "<p>bad gateway</p>"), "a lost connection": graphtest.HangsUp} {
			_, asked, _, err := took(t, graphtest.InTurn(broken, broken, graphtest.Says(200, `{"id":"j1"}`)), func(t *testing.T, s *graphtest.Server, _ *[]string) error {
				return call(t.Context(), s.Client(t))
			})
			if err != nil || len(asked) != 3 || asked[0] != asked[2] {
				t.Errorf("%s after %s: got %v after %d requests", method, what, err, len(asked))
			}
			if method == "PUT" && !strings.HasSuffix(asked[2], document) {
				t.Errorf("the body was not sent again")
			}
		}
	}
}

func TestAConnectionThatBreaksOverAndOverIsGivenUp(t *testing.T) {
	t.Parallel()
	elapsed, asked, _, err := took(t, graphtest.HangsUp, readJob)
	if _, ok := errors.AsType[*graph.UnreachableError](err); !ok || len(asked) != 4 || elapsed > 5*time.Second {
		t.Errorf("got %v after %s and %d requests", err, elapsed, len(asked))
	}
}

func TestAPostIsNotRepeatedAfterADoubtfulEnd(t *testing.T) {
	t.Parallel()
	for what, broken := range map[string]http.HandlerFunc{"503": graphtest.Says(503, ""), "504": graphtest.Says(504, ""), "a lost connection": graphtest.HangsUp} {
		elapsed, asked, _, err := took(t, broken, restartJob)
		if err == nil || len(asked) != 1 || elapsed != 0 {
			t.Errorf("%s: got %v after %s and %d requests", what, err, elapsed, len(asked))
		}
	}
}

func TestADeletionThatWasCarriedOutUnseenIsASuccess(t *testing.T) {
	t.Parallel()
	gone := func(w http.ResponseWriter, _ *http.Request) {
		graphtest.Refuse(w, 404, "Request_ResourceNotFound", "gone")
	}
	_, _, _, err := took(t, graphtest.InTurn(graphtest.HangsUp, gone), func(t *testing.T, s *graphtest.Server, _ *[]string) error {
		return synchronization.DeleteJob(t.Context(), s.Client(t), graphtest.Job())
	})
	if err != nil {
		t.Errorf("got %v", err)
	}
	if err := synchronization.DeleteJob(t.Context(), graphtest.Serve(t, gone).Client(t), graphtest.Job()); !graph.IsNotFound(err) {
		t.Errorf("a first 404: got %v", err)
	}
}

func TestThrottledAnswersLeaveNothingBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		s := graphtest.Serve(t, func(w http.ResponseWriter, _ *http.Request) {
			if n++; n%2 == 1 {
				graphtest.Throttles("1")(w, nil)
				return
			}
			graphtest.Reply(w, 204, "")
		})
		c := s.Client(t)
		before := runtime.NumGoroutine()
		for i := range 200 {
			if err := directory.UpdateUser(t.Context(), c, "u1", map[string]any{"department": fmt.Sprint(i)}); err != nil {
				t.Fatal(err)
			}
		}
		if n != 400 || len(s.Dials()) != 1 {
			t.Errorf("%d requests over %d connections", n, len(s.Dials()))
		}
		synctest.Wait()
		if after := runtime.NumGoroutine(); after > before+5 {
			t.Errorf("%d goroutines, %d before", after, before)
		}
		c.Close()
	})
}

func TestAnInstantiationIsLookedUpAndNotRepeated(t *testing.T) {
	t.Parallel()
	template, old, made := "8adf8e6e-67b2-4cf2-a259-e3dc5476c621", "1999-12-31T00:00:00Z", "2000-01-01T00:00:00Z"
	posts, looks := 0, 0
	handler := func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Method == http.MethodPost:
			posts++
			graphtest.Reply(w, 504, "")
		case strings.HasPrefix(r.URL.Path, "/v1.0/applications"):
			if looks++; looks == 1 { // not listed yet
				made = ""
			} else {
				made = "2000-01-01T00:00:00Z"
			}
			list := fmt.Sprintf(`{"id":"o0","appId":"a0","displayName":"Workato","applicationTemplateId":%q,"createdDateTime":%q}`, template, old)
			if made != "" {
				list += fmt.Sprintf(`,{"id":"o1","appId":"a1","displayName":"Workato","applicationTemplateId":%q,"createdDateTime":%q}`, template, made)
			}
			graphtest.Reply(w, 200, `{"value":[`+list+`]}`)
		default:
			graphtest.Reply(w, 200, `{"id":"sp1","appId":"a1","displayName":"Workato"}`)
		}
	}
	var app applications.App
	_, _, _, err := took(t, handler, func(t *testing.T, s *graphtest.Server, _ *[]string) (err error) {
		app, err = applications.Instantiate(t.Context(), s.Client(t), template, "Workato")
		return err
	})
	if err != nil || posts != 1 || looks != 2 {
		t.Fatalf("got %v after %d posts and %d looks", err, posts, looks)
	}
	if diff := cmp.Diff(applications.App{Name: "Workato", AppID: "a1", ServicePrincipalID: "sp1", ApplicationID: "o1"}, app, ignoreTemplate); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestAnInstantiationWithoutResultStaysAnError(t *testing.T) {
	t.Parallel()
	posts := 0
	elapsed, _, _, err := took(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			posts++
			graphtest.Reply(w, 504, "")
			return
		}
		graphtest.Reply(w, 200, `{"value":[]}`)
	}, func(t *testing.T, s *graphtest.Server, _ *[]string) error {
		_, err := applications.Instantiate(t.Context(), s.Client(t), "t1", "Workato")
		return err
	})
	if e, ok := errors.AsType[*graph.Error](err); !ok || e.Status != 504 || posts != 1 || elapsed > time.Minute {
		t.Errorf("got %v after %s and %d posts", err, elapsed, posts)
	}
}

func TestWhatWasCreatedUnseenIsFound(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		list string
		call func(context.Context, *graph.Client) (string, error)
	}{
		"an extension property": {
			`{"value":[{"id":"e0","name":"extension_00112233445566778899aabbccddeeff_other"},{"id":"e1","name":"extension_00112233445566778899aabbccddeeff_workato_role"}]}`,
			func(ctx context.Context, c *graph.Client) (string, error) {
				p, err := applications.CreateExtension(ctx, c, "o1", applications.ExtensionProperty{Name: "workato_role", DataType: "String", TargetObjects: []string{"User"}})
				return p.ID, err
			},
		},
		"a job": {
			`{"value":[{"id":"j0","templateId":"other"},{"id":"j1","templateId":"scim"}]}`,
			func(ctx context.Context, c *graph.Client) (string, error) {
				j, err := synchronization.CreateJob(ctx, c, "sp1", "scim")
				return j.ID, err
			},
		},
		"an assignment": {
			`{"value":[{"id":"g0","principalId":"u1","appRoleId":"other"},{"id":"g1","principalId":"U1","appRoleId":"r1"}]}`,
			func(ctx context.Context, c *graph.Client) (string, error) {
				a, err := applications.Assign(ctx, c, "sp1", "u1", "r1")
				return a.ID, err
			},
		},
		"a restored user": {
			`{"id":"u1","userPrincipalName":"ada@contoso.com"}`,
			func(ctx context.Context, c *graph.Client) (string, error) {
				u, err := directory.RestoreUser(ctx, c, "u1")
				return u.ID, err
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			posts := 0
			s := graphtest.Serve(t, func(w http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodPost {
					posts++
					graphtest.HangsUp(w, r)
					return
				}
				graphtest.Reply(w, 200, c.list)
			})
			id, err := c.call(t.Context(), s.Client(t))
			if err != nil || posts != 1 || !strings.HasSuffix(id, "1") {
				t.Errorf("got %q and %v after %d posts", id, err, posts)
			}
		})
	}
}

// An answer that cannot be read says that the request was carried out.
func TestWhatWasCreatedUnreadableIsFound(t *testing.T) {
	t.Parallel()
	s := graphtest.Serve(t, graphtest.InTurn(graphtest.Says(201, `{"id":"j1","templ`), graphtest.Says(200, `{"value":[{"id":"j1","templateId":"scim"}]}`)))
	made, err := synchronization.CreateJob(t.Context(), s.Client(t), "sp1", "scim")
	if err != nil || made.ID != "j1" || len(s.Requests()) != 2 {
		t.Errorf("%+v, %v, %d requests", made, err, len(s.Requests()))
	}
}

func TestAServerThatCannotBeReachedIsToldAtOnce(t *testing.T) {
	t.Parallel()
	gone := httptest.NewServer(graphtest.Says(200, "{}"))
	gone.Close()
	stranger := httptest.NewUnstartedServer(graphtest.Says(200, "{}"))
	stranger.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	stranger.StartTLS()
	t.Cleanup(stranger.Close)
	for what, endpoint := range map[string]string{"nobody listens": gone.URL, "an unknown certificate": stranger.URL} {
		tries := 0
		c, err := graph.New(graph.Options{
			Endpoint: endpoint, Credential: auth.StaticToken("t"),
			Transport: counting{http.DefaultTransport, &tries},
		})
		if err != nil {
			t.Fatal(err)
		}
		_, err = synchronization.GetJob(t.Context(), c, graphtest.Job())
		if e, ok := errors.AsType[*graph.UnreachableError](err); !ok || tries != 1 || strings.Contains(err.Error(), "scim.t.a") || e.Op.Name != graph.OpReadJobs.Name {
			t.Errorf("%s: got %v after %d tries", what, err, tries)
		}
	}
}

// counting counts the requests that go through a transport.
type counting struct {
	http.RoundTripper
	n *int
}

func (c counting) RoundTrip(r *http.Request) (*http.Response, error) {
	*c.n++
	return c.RoundTripper.RoundTrip(r)
}
