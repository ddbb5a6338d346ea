package mappings_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/resume"
	"github.com/scimctl/scimctl/graph/sandbox"
	"github.com/scimctl/scimctl/mappings"
)

// start gives the job credentials and starts it.
func (c *company) start() {
	c.Helper()
	view, err := c.tenant.Snapshot()
	if err != nil {
		c.Fatal(err)
	}
	secrets := []graph.KeyValue{
		{Key: "BaseAddress", Value: sandbox.SCIMURL}, {Key: "SecretToken", Value: view.Token}, {Key: "SyncAll", Value: "false"},
	}
	if err := c.graph.PutSecrets(c.Context(), c.app.ServicePrincipalID, secrets); err != nil {
		c.Fatal(err)
	}
	if err := c.graph.StartJob(c.Context(), c.job); err != nil {
		c.Fatal(err)
	}
	c.tenant.ForgetRequests()
}

// writes lists what was sent that writes, without the paths' beginnings.
func (c *company) writes() []string {
	list := []string{}
	for _, r := range c.tenant.Requests() {
		if r.Method != http.MethodGet {
			list = append(list, r.Method+" "+r.Path[strings.LastIndexByte(r.Path, '/')+1:])
		}
	}
	c.tenant.ForgetRequests()
	return list
}

func (c *company) runs() bool {
	c.Helper()
	job, err := c.graph.GetJob(c.Context(), c.job)
	if err != nil {
		c.Fatal(err)
	}
	return job.Running()
}

func TestARunningJobIsStoppedForTheWriteAndStartedAgain(t *testing.T) {
	inCompany(t, func(c *company) {
		c.start()
		u := c.update(c.graph, mappings.SetEnabled(mappings.Group, false))
		u.WhileStopped = true
		result, err := u.Do(c.Context())
		if err != nil || !result.Restarted {
			c.Errorf("got %+v, %v", result, err)
		}
		if diff := cmp.Diff([]string{"POST pause", "PUT schema", "POST start"}, c.writes()); diff != "" {
			c.Errorf("(-want +got)\n%s", diff)
		}
		again, err := u.Do(c.Context())
		if diff := cmp.Diff([]string{}, c.writes()); diff != "" || err != nil || again.Restarted {
			c.Errorf("again: %+v, %v (-want +got)\n%s", again, err, diff)
		}
	})
}

func TestAStoppedJobStaysStopped(t *testing.T) {
	inCompany(t, func(c *company) {
		u := c.update(c.graph, mappings.SetEnabled(mappings.Group, false))
		u.WhileStopped = true
		if result, err := u.Do(c.Context()); err != nil || result.Restarted || c.runs() {
			c.Errorf("got %+v, %v", result, err)
		}
	})
}

func TestAJobIsStartedAgainThoughTheWriteFailed(t *testing.T) {
	inCompany(t, func(c *company) {
		c.start()
		client := c.meddling(func(r *http.Request) *http.Response {
			if isRequest(r, http.MethodPut, "/schema") {
				return answer(r, http.StatusBadRequest, `{"error":{"code":"BadRequest","message":"no"}}`)
			}
			return nil
		})
		u := c.update(client, mappings.SetEnabled(mappings.Group, false))
		u.WhileStopped = true
		_, err := u.Do(c.Context())
		if e, ok := errors.AsType[*graph.Error](err); !ok || e.Status != http.StatusBadRequest {
			c.Errorf("got %v", err)
		}
		if !c.runs() {
			c.Error("the job is stopped")
		}
	})
}

func TestAJobThatIsNotStartedAgainIsTold(t *testing.T) {
	inCompany(t, func(c *company) {
		c.start()
		client := c.meddling(func(r *http.Request) *http.Response {
			if isRequest(r, http.MethodPost, "/start") {
				return answer(r, http.StatusForbidden, `{"error":{"code":"Forbidden","message":"no"}}`)
			}
			return nil
		})
		u := c.update(client, mappings.SetEnabled(mappings.Group, false))
		u.WhileStopped = true
		result, err := u.Do(c.Context())
		if e, ok := errors.AsType[*resume.LeftStoppedError](err); !ok || e.App != "Workato" || e.Maybe || result.Restarted {
			c.Errorf("got %+v, %v", result, err)
		}
	})
}

// Ctrl-C with the answer to the stop, while the schema is sent, and while the
// service still ends a cycle.
func TestAnInterruptedRunStartsTheJobAgain(t *testing.T) {
	for _, at := range []string{"/pause", "/schema", "/jobs/", "/start"} {
		t.Run(at, func(t *testing.T) {
			inCompany(t, func(c *company) {
				result, err := c.interrupted(at, false)
				if _, left := errors.AsType[*resume.LeftStoppedError](err); left || !result.Restarted || errors.Is(err, context.Canceled) == (at == "/start") { // then all is done

					c.Errorf("got %+v, %v", result, err)
				}
				if !c.runs() {
					c.Error("the job is stopped")
				}
			})
		})
	}
}

func TestAnInterruptionTellsThatTheJobIsStopped(t *testing.T) {
	for _, at := range []string{"/pause", "/schema", "/jobs/"} {
		t.Run(at, func(t *testing.T) {
			inCompany(t, func(c *company) {
				_, err := c.interrupted(at, true)
				e, ok := errors.AsType[*resume.LeftStoppedError](err)
				if !ok || e.Maybe != (at == "/pause") || !errors.Is(err, context.Canceled) {
					c.Errorf("got %v", err)
				}
			})
		})
	}
}

// interrupted is a run that is interrupted with a request, once the job was
// told to stop. The job may refuse to be started again.
func (c *company) interrupted(at string, refused bool) (mappings.Result, error) {
	c.Helper()
	c.start()
	ctx, interrupt := context.WithCancel(c.Context())
	defer interrupt()
	stopped := false
	client := c.meddling(func(r *http.Request) *http.Response {
		if stopped && (strings.HasSuffix(r.URL.Path, at) || at == "/jobs/" && strings.HasSuffix(r.URL.Path, c.job.JobID)) || at == "/pause" && isRequest(r, http.MethodPost, at) {
			interrupt()
		}
		stopped = stopped || isRequest(r, http.MethodPost, "/pause")
		if refused && isRequest(r, http.MethodPost, "/start") {
			return answer(r, http.StatusForbidden, `{"error":{"code":"Forbidden","message":"no"}}`)
		}
		return nil
	})
	u := c.update(client, mappings.SetEnabled(mappings.Group, false))
	u.WhileStopped = true
	return u.Do(ctx)
}

func TestARehearsalOfAStopIsHeldBack(t *testing.T) {
	inCompany(t, func(c *company) {
		c.start()
		u := c.update(c.client(graph.Options{DryRun: true}), mappings.SetEnabled(mappings.Group, false))
		u.WhileStopped = true
		if result, err := u.Do(c.Context()); err != nil || len(result.Changes) != 1 || result.Restarted {
			c.Errorf("got %+v, %v", result, err)
		}
		var held []string
		for _, h := range c.held {
			held = append(held, h.Method+h.Path[strings.LastIndexByte(h.Path, '/'):])
		}
		if diff := cmp.Diff([]string{"POST/pause", "PUT/schema", "POST/start"}, held); diff != "" || len(c.writes()) > 0 {
			c.Errorf("(-want +got)\n%s", diff)
		}
	})
}

func TestTheRequestOfTheWriteIsKeptWithTheCopy(t *testing.T) {
	inCompany(t, func(c *company) {
		before := c.schema().Bytes()
		result, err := c.update(c.graph, mappings.SetEnabled(mappings.Group, false)).Do(c.Context())
		if err != nil || result.RequestID == "" {
			c.Fatalf("got %+v, %v", result, err)
		}
		_, document, err := c.history.Read(result.CopyID)
		if err != nil || string(document) != string(before) {
			c.Error(err)
		}
		list, damaged, err := mappings.Past{History: c.history}.Do()
		if err != nil || damaged != nil || len(list) != 1 || list[0].RequestID != result.RequestID || list[0].Reason != "test" {
			c.Errorf("kept %+v, %v, %v", list, damaged, err)
		}
	})
}

func TestAResetIsToldBeforeAndCanBeUndone(t *testing.T) {
	inCompany(t, func(c *company) {
		defaults := c.schema()
		if _, err := c.adding(c.graph, team+"=department", "title=city").Do(c.Context()); err == nil {
			c.Fatal("title was not mapped before")
		}
		if _, err := c.adding(c.graph, team+"=department").Do(c.Context()); err != nil {
			c.Fatal(err)
		}
		custom := c.schema()
		u := c.update(c.graph, nil)
		var asked []mappings.Impact
		u.Confirm = func(_ context.Context, i mappings.Impact) error { asked = append(asked, i); return nil }
		result, err := mappings.Reset(u).Do(c.Context())
		if err != nil || result.RequestID == "" {
			c.Fatalf("got %+v, %v", result, err)
		}
		want := mappings.Diff(custom, defaults)
		if diff := cmp.Diff(want, result.Changes); diff != "" || len(want) == 0 {
			c.Errorf("told afterwards (-want +got)\n%s", diff)
		}
		if len(asked) != 1 || cmp.Diff(want, asked[0].Changes) != "" {
			c.Errorf("asked %+v", asked)
		}
		if left := mappings.Diff(defaults, c.schema()); len(left) > 0 {
			c.Errorf("left %v", left)
		}
		if again, err := mappings.Reset(u).Do(c.Context()); err != nil || len(again.Changes) > 0 || again.CopyID != "" || len(asked) != 1 {
			c.Errorf("again: %+v, %v", again, err)
		}
		back := c.update(c.graph, nil)
		back.Plan = mappings.Restore{History: c.history, ID: mappings.Latest}.Plan
		if _, err := back.Do(c.Context()); err != nil {
			c.Fatal(err)
		}
		if left := mappings.Diff(custom, c.schema()); len(left) > 0 {
			c.Errorf("restored, but %v", left)
		}
	})
}

// A template may be gone from the gallery.
func TestAResetWithoutTheTemplatesSchemaIsToldAfterwards(t *testing.T) {
	inCompany(t, func(c *company) {
		if _, err := c.adding(c.graph, team+"=department").Do(c.Context()); err != nil {
			c.Fatal(err)
		}
		c.writes()
		client := c.meddling(func(r *http.Request) *http.Response {
			if strings.Contains(r.URL.Path, "/templates/") {
				return answer(r, http.StatusNotFound, `{"error":{"code":"NotFound","message":"no such template"}}`)
			}
			return nil
		})
		u := c.update(client, nil)
		asked := 0
		u.Confirm = func(_ context.Context, i mappings.Impact) error { asked += 1 + len(i.Changes); return nil }
		result, err := mappings.Reset(u).Do(c.Context())
		if err != nil || len(result.Changes) != 2 || asked != 1 || !slices.Equal(c.writes(), []string{"DELETE schema"}) {
			c.Errorf("got %+v, %v; asked %d times", result, err, asked)
		}
	})
}

func TestAResetCanBeRehearsed(t *testing.T) {
	inCompany(t, func(c *company) {
		if _, err := c.adding(c.graph, team+"=department").Do(c.Context()); err != nil {
			c.Fatal(err)
		}
		c.writes()
		result, err := mappings.Reset(c.update(c.client(graph.Options{DryRun: true}), nil)).Do(c.Context())
		if err != nil || len(result.Changes) != 2 || len(c.writes()) > 0 || len(c.held) != 1 || c.held[0].Method != http.MethodDelete {
			c.Errorf("got %+v, %v; held %v", result, err, c.held)
		}
	})
}
