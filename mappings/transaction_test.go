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
	"github.com/scimctl/scimctl/graph/synchronization"
	"github.com/scimctl/scimctl/mappings"
	"github.com/scimctl/scimctl/mappings/diff"
	"github.com/scimctl/scimctl/mappings/history"
	"github.com/scimctl/scimctl/mappings/internal/schematest"
	"github.com/scimctl/scimctl/mappings/schema"
	"github.com/scimctl/scimctl/provisioning/sandbox"
)

// start gives the job credentials and starts it.
func start(c *schematest.Company) {
	c.Helper()
	view, err := c.Tenant.Snapshot()
	if err != nil {
		c.Fatal(err)
	}
	secrets := []synchronization.KeyValue{
		{Key: "BaseAddress", Value: sandbox.SCIMURL}, {Key: "SecretToken", Value: view.Token}, {Key: "SyncAll", Value: "false"},
	}
	if err := synchronization.PutSecrets(c.Context(), c.Graph, c.App.ServicePrincipalID, secrets); err != nil {
		c.Fatal(err)
	}
	if err := synchronization.StartJob(c.Context(), c.Graph, c.Job); err != nil {
		c.Fatal(err)
	}
	c.Tenant.ForgetRequests()
}

// writes lists what was sent that writes, without the paths' beginnings.
func writes(c *schematest.Company) []string {
	list := []string{}
	for _, r := range c.Tenant.Requests() {
		if r.Method != http.MethodGet {
			list = append(list, r.Method+" "+r.Path[strings.LastIndexByte(r.Path, '/')+1:])
		}
	}
	c.Tenant.ForgetRequests()
	return list
}

func runs(c *schematest.Company) bool {
	c.Helper()
	job, err := synchronization.GetJob(c.Context(), c.Graph, c.Job)
	if err != nil {
		c.Fatal(err)
	}
	return job.Running()
}

func TestARunningJobIsStoppedForTheWriteAndStartedAgain(t *testing.T) {
	schematest.InCompany(t, func(c *schematest.Company) {
		start(c)
		u := c.Update(c.Graph, mappings.SetEnabled(schema.Group, false))
		u.WhileStopped = true
		result, err := u.Do(c.Context())
		if err != nil || !result.Restarted {
			c.Errorf("got %+v, %v", result, err)
		}
		if diff := cmp.Diff([]string{"POST pause", "PUT schema", "POST start"}, writes(c)); diff != "" {
			c.Errorf("(-want +got)\n%s", diff)
		}
		again, err := u.Do(c.Context())
		if diff := cmp.Diff([]string{}, writes(c)); diff != "" || err != nil || again.Restarted {
			c.Errorf("again: %+v, %v (-want +got)\n%s", again, err, diff)
		}
	})
}

func TestAStoppedJobStaysStopped(t *testing.T) {
	schematest.InCompany(t, func(c *schematest.Company) {
		u := c.Update(c.Graph, mappings.SetEnabled(schema.Group, false))
		u.WhileStopped = true
		if result, err := u.Do(c.Context()); err != nil || result.Restarted || runs(c) {
			c.Errorf("got %+v, %v", result, err)
		}
	})
}

func TestAJobIsStartedAgainThoughTheWriteFailed(t *testing.T) {
	schematest.InCompany(t, func(c *schematest.Company) {
		start(c)
		client := c.Meddling(func(r *http.Request) *http.Response {
			if schematest.IsRequest(r, http.MethodPut, "/schema") {
				return schematest.Answer(r, http.StatusBadRequest, `{"error":{"code":"BadRequest","message":"no"}}`)
			}
			return nil
		})
		u := c.Update(client, mappings.SetEnabled(schema.Group, false))
		u.WhileStopped = true
		_, err := u.Do(c.Context())
		if e, ok := errors.AsType[*graph.Error](err); !ok || e.Status != http.StatusBadRequest {
			c.Errorf("got %v", err)
		}
		if !runs(c) {
			c.Error("the job is stopped")
		}
	})
}

func TestAJobThatIsNotStartedAgainIsTold(t *testing.T) {
	schematest.InCompany(t, func(c *schematest.Company) {
		start(c)
		client := c.Meddling(func(r *http.Request) *http.Response {
			if schematest.IsRequest(r, http.MethodPost, "/start") {
				return schematest.Answer(r, http.StatusForbidden, `{"error":{"code":"Forbidden","message":"no"}}`)
			}
			return nil
		})
		u := c.Update(client, mappings.SetEnabled(schema.Group, false))
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
			schematest.InCompany(t, func(c *schematest.Company) {
				result, err := interrupted(c, at, false)
				if _, left := errors.AsType[*resume.LeftStoppedError](err); left || !result.Restarted || errors.Is(err, context.Canceled) == (at == "/start") { // then all is done

					c.Errorf("got %+v, %v", result, err)
				}
				if !runs(c) {
					c.Error("the job is stopped")
				}
			})
		})
	}
}

func TestAnInterruptionTellsThatTheJobIsStopped(t *testing.T) {
	for _, at := range []string{"/pause", "/schema", "/jobs/"} {
		t.Run(at, func(t *testing.T) {
			schematest.InCompany(t, func(c *schematest.Company) {
				_, err := interrupted(c, at, true)
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
func interrupted(c *schematest.Company, at string, refused bool) (mappings.Result, error) {
	c.Helper()
	start(c)
	ctx, interrupt := context.WithCancel(c.Context())
	defer interrupt()
	stopped := false
	client := c.Meddling(func(r *http.Request) *http.Response {
		if stopped && (strings.HasSuffix(r.URL.Path, at) || at == "/jobs/" && strings.HasSuffix(r.URL.Path, c.Job.JobID)) || at == "/pause" && schematest.IsRequest(r, http.MethodPost, at) {
			interrupt()
		}
		stopped = stopped || schematest.IsRequest(r, http.MethodPost, "/pause")
		if refused && schematest.IsRequest(r, http.MethodPost, "/start") {
			return schematest.Answer(r, http.StatusForbidden, `{"error":{"code":"Forbidden","message":"no"}}`)
		}
		return nil
	})
	u := c.Update(client, mappings.SetEnabled(schema.Group, false))
	u.WhileStopped = true
	return u.Do(ctx)
}

func TestARehearsalOfAStopIsHeldBack(t *testing.T) {
	schematest.InCompany(t, func(c *schematest.Company) {
		start(c)
		u := c.Update(c.Client(graph.Options{DryRun: true}), mappings.SetEnabled(schema.Group, false))
		u.WhileStopped = true
		if result, err := u.Do(c.Context()); err != nil || len(result.Changes) != 1 || result.Restarted {
			c.Errorf("got %+v, %v", result, err)
		}
		var held []string
		for _, h := range c.Held {
			held = append(held, h.Method+h.Path[strings.LastIndexByte(h.Path, '/'):])
		}
		if diff := cmp.Diff([]string{"POST/pause", "PUT/schema", "POST/start"}, held); diff != "" || len(writes(c)) > 0 {
			c.Errorf("(-want +got)\n%s", diff)
		}
	})
}

func TestTheRequestOfTheWriteIsKeptWithTheCopy(t *testing.T) {
	schematest.InCompany(t, func(c *schematest.Company) {
		before := c.Schema().Bytes()
		result, err := c.Update(c.Graph, mappings.SetEnabled(schema.Group, false)).Do(c.Context())
		if err != nil || result.RequestID == "" {
			c.Fatalf("got %+v, %v", result, err)
		}
		_, document, err := c.History.Read(result.CopyID)
		if err != nil || string(document) != string(before) {
			c.Error(err)
		}
		list, damaged, err := history.Past{History: c.History}.Do()
		if err != nil || damaged != nil || len(list) != 1 || list[0].RequestID != result.RequestID || list[0].Reason != "test" {
			c.Errorf("kept %+v, %v, %v", list, damaged, err)
		}
	})
}

func TestAResetIsToldBeforeAndCanBeUndone(t *testing.T) {
	schematest.InCompany(t, func(c *schematest.Company) {
		defaults := c.Schema()
		if _, err := c.Adding(c.Graph, schematest.Team+"=department", "title=city").Do(c.Context()); err == nil {
			c.Fatal("title was not mapped before")
		}
		if _, err := c.Adding(c.Graph, schematest.Team+"=department").Do(c.Context()); err != nil {
			c.Fatal(err)
		}
		custom := c.Schema()
		u := c.Update(c.Graph, nil)
		var asked []mappings.Impact
		u.Confirm = func(_ context.Context, i mappings.Impact) error { asked = append(asked, i); return nil }
		result, err := mappings.Reset(u).Do(c.Context())
		if err != nil || result.RequestID == "" {
			c.Fatalf("got %+v, %v", result, err)
		}
		want := diff.Diff(custom, defaults)
		if diff := cmp.Diff(want, result.Changes); diff != "" || len(want) == 0 {
			c.Errorf("told afterwards (-want +got)\n%s", diff)
		}
		if len(asked) != 1 || cmp.Diff(want, asked[0].Changes) != "" {
			c.Errorf("asked %+v", asked)
		}
		if left := diff.Diff(defaults, c.Schema()); len(left) > 0 {
			c.Errorf("left %v", left)
		}
		if again, err := mappings.Reset(u).Do(c.Context()); err != nil || len(again.Changes) > 0 || again.CopyID != "" || len(asked) != 1 {
			c.Errorf("again: %+v, %v", again, err)
		}
		back := c.Update(c.Graph, nil)
		back.Plan = mappings.Restore{History: c.History, ID: history.Latest}.Plan
		if _, err := back.Do(c.Context()); err != nil {
			c.Fatal(err)
		}
		if left := diff.Diff(custom, c.Schema()); len(left) > 0 {
			c.Errorf("restored, but %v", left)
		}
	})
}

// A template may be gone from the gallery.
func TestAResetWithoutTheTemplatesSchemaIsToldAfterwards(t *testing.T) {
	schematest.InCompany(t, func(c *schematest.Company) {
		if _, err := c.Adding(c.Graph, schematest.Team+"=department").Do(c.Context()); err != nil {
			c.Fatal(err)
		}
		writes(c)
		client := c.Meddling(func(r *http.Request) *http.Response {
			if strings.Contains(r.URL.Path, "/templates/") {
				return schematest.Answer(r, http.StatusNotFound, `{"error":{"code":"NotFound","message":"no such template"}}`)
			}
			return nil
		})
		u := c.Update(client, nil)
		asked := 0
		u.Confirm = func(_ context.Context, i mappings.Impact) error { asked += 1 + len(i.Changes); return nil }
		result, err := mappings.Reset(u).Do(c.Context())
		if err != nil || len(result.Changes) != 2 || asked != 1 || !slices.Equal(writes(c), []string{"DELETE schema"}) {
			c.Errorf("got %+v, %v; asked %d times", result, err, asked)
		}
	})
}

func TestAResetCanBeRehearsed(t *testing.T) {
	schematest.InCompany(t, func(c *schematest.Company) {
		if _, err := c.Adding(c.Graph, schematest.Team+"=department").Do(c.Context()); err != nil {
			c.Fatal(err)
		}
		writes(c)
		result, err := mappings.Reset(c.Update(c.Client(graph.Options{DryRun: true}), nil)).Do(c.Context())
		if err != nil || len(result.Changes) != 2 || len(writes(c)) > 0 || len(c.Held) != 1 || c.Held[0].Method != http.MethodDelete {
			c.Errorf("got %+v, %v; held %v", result, err, c.Held)
		}
	})
}
