package resume_test

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/graph/auth"
	"github.com/scimctl/scimctl/graph/resume"
	"github.com/scimctl/scimctl/graph/synchronization"
	"github.com/scimctl/scimctl/provisioning/sandbox"
)

// A company has an application whose job is active.
type company struct {
	*testing.T
	tenant *sandbox.Tenant
	graph  *graph.Client
	app    applications.App
	job    synchronization.JobRef
	notes  resume.Notes
	before func(*http.Request) error // called with each request
}

func inCompany(t *testing.T, test func(*company)) {
	t.Helper()
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "stopped")
	synctest.Test(t, func(t *testing.T) {
		c := &company{T: t, tenant: sandbox.New(sandbox.WithLag(0)), notes: resume.Notes{Dir: dir}}
		defer func() {
			if err := c.tenant.Close(); err != nil {
				t.Error(err)
			}
		}()
		c.graph = c.client(c)
		var err error
		if c.app, err = applications.FindRegistration(t.Context(), c.graph, "Workato"); err != nil {
			t.Fatal(err)
		}
		job, err := synchronization.CreateJob(t.Context(), c.graph, c.app.ServicePrincipalID, "scim")
		if err != nil {
			t.Fatal(err)
		}
		c.job = synchronization.JobRef{ServicePrincipalID: c.app.ServicePrincipalID, JobID: job.ID}
		c.start()
		test(c)
	})
}

// client is one whose jobs the notes are told of, as a command's.
func (c *company) client(transport http.RoundTripper) *graph.Client {
	c.Helper()
	client, err := graph.New(graph.Options{Credential: auth.StaticToken("token"), Transport: transport})
	if err != nil {
		c.Fatal(err)
	}
	synchronization.Observe(client, c.notes.Observe)
	return client
}

func (c *company) RoundTrip(r *http.Request) (*http.Response, error) {
	if c.before != nil {
		if err := c.before(r); err != nil {
			return nil, err
		}
	}
	return c.tenant.Transport().RoundTrip(r)
}

// other is a client of somebody who does not use scimctl here.
func (c *company) other() *graph.Client {
	c.Helper()
	client, err := graph.New(graph.Options{Credential: auth.StaticToken("token"), Transport: c.tenant.Transport()})
	if err != nil {
		c.Fatal(err)
	}
	synchronization.Observe(client, c.notes.Observe)
	return client
}

func (c *company) start() {
	c.Helper()
	if err := synchronization.StartJob(c.Context(), c.other(), c.job); err != nil {
		c.Fatal(err)
	}
}

func (c *company) stop() {
	c.Helper()
	if err := synchronization.PauseJob(c.Context(), c.other(), c.job); err != nil {
		c.Fatal(err)
	}
}

func (c *company) isActive() bool {
	c.Helper()
	job, err := synchronization.GetJob(c.Context(), c.other(), c.job)
	if err != nil {
		c.Fatal(err)
	}
	return job.Running()
}

// stoppable is the job as it is now, to be stopped for a while.
func (c *company) stoppable() resume.Job {
	c.Helper()
	job, err := synchronization.GetJob(c.Context(), c.graph, c.job)
	if err != nil {
		c.Fatal(err)
	}
	return resume.Job{Graph: c.graph, Notes: c.notes, App: c.app, Job: job, Command: "test"}
}

// interrupted are the notes of commands that left the job stopped.
func (c *company) interrupted() []resume.Note {
	c.Helper()
	notes, damaged := c.notes.Interrupted()
	if len(damaged) > 0 {
		c.Fatal(damaged)
	}
	return notes
}

// killed leaves the job as a command does that is killed while it is stopped.
func (c *company) killed() {
	c.Helper()
	c.before = func(r *http.Request) error {
		if strings.HasSuffix(r.URL.Path, "/start") {
			return errors.New("killed")
		}
		return nil
	}
	_, err := c.stoppable().WhileStopped(c.Context(), nil)
	if _, left := errors.AsType[*resume.LeftStoppedError](err); !left || c.isActive() {
		c.Fatalf("active %v, %v", c.isActive(), err)
	}
	c.before = nil
}

func TestTheNoteIsThereFromBeforeTheStopUntilAfterTheStart(t *testing.T) {
	inCompany(t, func(c *company) {
		kept := 0
		c.before = func(r *http.Request) error {
			if r.Method == http.MethodPost {
				entries, err := filepath.Glob(filepath.Join(c.notes.Dir, "*.json"))
				kept += len(entries)
				return err
			}
			return nil
		}
		done, err := c.stoppable().WhileStopped(c.Context(), func(context.Context) error {
			if c.isActive() || len(c.interrupted()) != 0 {
				c.Error("the job is active, or its command counts as interrupted")
			}
			return nil
		})
		if err != nil || !done.Started || !c.isActive() || kept != 2 || len(c.interrupted()) != 0 {
			c.Errorf("got %+v, %v, active %v, %d notes", done, err, c.isActive(), kept)
		}
	})
}

func TestAJobThatWasLeftStoppedIsStartedByTheNextCommand(t *testing.T) {
	inCompany(t, func(c *company) {
		c.killed()
		if notes := c.interrupted(); len(notes) != 1 || notes[0].App != "Workato" || notes[0].Command != "test" || notes[0].Ref() != c.job {
			c.Fatalf("got %+v", notes)
		}
		done, err := c.stoppable().Resume(c.Context())
		if err != nil || !done.Started || !c.isActive() || len(c.interrupted()) != 0 {
			c.Errorf("got %+v, %v, active %v", done, err, c.isActive())
		}
	})
}

func TestAStopOfSomebodyElseIsRespected(t *testing.T) {
	for name, meddle := range map[string]func(*company){
		"before": func(c *company) { c.stop() },
		"after a start that a command saw": func(c *company) {
			c.killed()
			c.start()
			c.stoppable()
			c.stop()
		},
		"after a start that led to a cycle": func(c *company) {
			c.killed()
			<-time.After(time.Minute)
			c.start()
			if err := c.tenant.Tick(c.Context()); err != nil {
				c.Fatal(err)
			}
			c.stop()
		},
	} {
		t.Run(name, func(t *testing.T) {
			inCompany(t, func(c *company) {
				meddle(c)
				done, err := c.stoppable().WhileStopped(c.Context(), nil)
				if err != nil || done.Started || c.isActive() || len(c.interrupted()) != 0 {
					c.Errorf("got %+v, %v, active %v", done, err, c.isActive())
				}
			})
		})
	}
}

func TestAStopWhileTheWorkIsDoneIsRespected(t *testing.T) {
	inCompany(t, func(c *company) {
		done, err := c.stoppable().WhileStopped(c.Context(), func(context.Context) error {
			<-time.After(time.Minute)
			c.start()
			if err := c.tenant.Tick(c.Context()); err != nil {
				return err
			}
			c.stop()
			return nil
		})
		if err != nil || done.Started || c.isActive() {
			c.Errorf("got %+v, %v, active %v", done, err, c.isActive())
		}
	})
}

func TestTwoCommandsDoNotStopOneJob(t *testing.T) {
	inCompany(t, func(c *company) {
		_, err := c.stoppable().WhileStopped(c.Context(), func(ctx context.Context) error {
			_, err := c.stoppable().WhileStopped(ctx, nil)
			if _, busy := errors.AsType[*resume.BusyError](err); !busy {
				c.Errorf("got %v", err)
			}
			return nil
		})
		if err != nil || !c.isActive() {
			c.Errorf("got %v, active %v", err, c.isActive())
		}
	})
}

// A stop whose answer does not come may be carried out later.
func TestAJobWhoseStopIsInDoubtIsStarted(t *testing.T) {
	inCompany(t, func(c *company) {
		ctx, interrupt := context.WithCancel(c.Context())
		c.before = func(r *http.Request) error {
			if strings.HasSuffix(r.URL.Path, "/pause") {
				interrupt()
				return ctx.Err()
			}
			return nil
		}
		done, err := c.stoppable().WhileStopped(ctx, nil)
		if !errors.Is(err, context.Canceled) || !done.Started || !c.isActive() {
			c.Errorf("got %+v, %v, active %v", done, err, c.isActive())
		}
	})
}

func TestWithoutAFolderAJobIsStartedAgain(t *testing.T) {
	inCompany(t, func(c *company) {
		c.notes = resume.Notes{}
		done, err := c.stoppable().WhileStopped(c.Context(), nil)
		if err != nil || !done.Started || !c.isActive() {
			c.Errorf("got %+v, %v, active %v", done, err, c.isActive())
		}
	})
}

func TestAJobIsNotStoppedWhenItsNoteCannotBeWritten(t *testing.T) {
	inCompany(t, func(c *company) {
		if err := os.WriteFile(c.notes.Dir, nil, 0o600); err != nil {
			c.Fatal(err)
		}
		if _, err := c.stoppable().WhileStopped(c.Context(), nil); err == nil || !c.isActive() {
			c.Errorf("got %v, active %v", err, c.isActive())
		}
	})
}
