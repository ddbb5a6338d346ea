package cli

import (
	"context"
	"errors"
	"path/filepath"

	"github.com/scimctl/scimctl/cmd/internal/exit"
	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/resume"
	"github.com/scimctl/scimctl/graph/synchronization"
)

// Notes are those of jobs that commands have stopped for a while. Without a
// state folder nothing is noted.
func (a *App) Notes() resume.Notes {
	folder, err := a.Settings.State()
	if err != nil {
		return resume.Notes{}
	}
	if a.Settings.Sandbox {
		folder = filepath.Join(folder, "sandbox")
	}
	return resume.Notes{Dir: filepath.Join(folder, "stopped")}
}

// lookForStopped looks for jobs that interrupted commands have left stopped. It
// reads a folder and asks nobody.
func (a *App) lookForStopped() {
	if a.completing || a.Touring {
		return
	}
	notes, damaged := a.Notes().Interrupted()
	for _, err := range damaged {
		a.IO.Warn("%v", err)
	}
	a.stopped = notes
}

// warnOfStopped names the jobs of the command's tenant that interrupted commands
// have stopped and that still are, and how to start them. A note is a reason to
// look at its job; without an answer to that look, the note is believed.
func (a *App) warnOfStopped(ctx context.Context, failed error) {
	if len(a.stopped) == 0 || a.client == nil {
		return
	}
	if _, left := errors.AsType[*resume.LeftStoppedError](failed); left {
		return // it says so
	}
	tenant, ok := a.client.SignedInTo()
	for _, note := range a.stopped {
		if !ok || note.Tenant != tenant || note.Endpoint != a.client.Endpoint() {
			continue
		}
		if !a.isStill(ctx, note) {
			continue
		}
		a.IO.Warn("provisioning of %s was stopped by an interrupted command (%s)", note.App, note.Command)
		start := exit.StartNamed(note.App, note.JobName).Or(note.App, note.ServicePrincipalID)
		a.IO.Say("hint: %s", a.Hinter().Markup(start))
	}
}

// isStill reports whether the note stays after a look at its job, which removes
// it when the job was started.
func (a *App) isStill(ctx context.Context, note resume.Note) bool {
	is := func() bool {
		now, found, err := a.Notes().Find(note.Ref())
		return err == nil && found && now.Stopped.Equal(note.Stopped)
	}
	if !is() || ctx.Err() != nil {
		return is()
	}
	if _, err := synchronization.GetJob(ctx, a.client, note.Ref()); graph.IsNotFound(err) {
		a.Notes().Observe(note.Ref(), nil)
	}
	return is()
}
