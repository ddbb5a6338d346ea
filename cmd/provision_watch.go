package cmd

import (
	"bytes"
	"context"
	"time"

	"github.com/scimctl/scimctl/cmd/internal/iostreams"
	"github.com/scimctl/scimctl/cmd/internal/output"
	"github.com/scimctl/scimctl/provisioning"
)

// watchStatus draws the status anew on a terminal; elsewhere each change is a
// line.
func (a *App) watchStatus(ctx context.Context, watch provisioning.Watch) error {
	if screen := a.IO.Screen(); screen != nil && a.forPeople() {
		return a.drawStatus(ctx, watch, screen)
	}
	return output.Follow(a.IO.Out, a.Printer, func(yield func(provisioning.Report, error) bool) {
		ctx, stop := context.WithCancel(ctx)
		defer stop()
		unread := false
		watch.Tell = func(r provisioning.Report) {
			if unread = unread || !yield(r, nil); unread {
				stop()
			}
		}
		if _, err := watch.Do(ctx); err != nil && !unread {
			yield(provisioning.Report{}, err)
		}
	},
		column("time", func(provisioning.Report) string { return moment(time.Now()) }),
		column("state", func(r provisioning.Report) string { return stateWords(r.Job.State) }),
		column("next cycle", func(r provisioning.Report) string { return moment(r.NextCycle) }),
		column("keeps", keptWords),
		long("last cycle", func(r provisioning.Report) string {
			if r.LastCycle == nil {
				return ""
			}
			return cycleWords(r.LastCycle)
		}))
}

func (a *App) drawStatus(ctx context.Context, watch provisioning.Watch, screen *iostreams.Screen) error {
	var failed error
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	watch.Tell = func(r provisioning.Report) {
		var text bytes.Buffer
		if failed = output.Fields(&text, a.Printer, r, a.statusFields(r)...); failed == nil {
			failed = screen.Show(text.String())
		}
		if failed != nil {
			stop()
		}
	}
	_, err := watch.Do(ctx)
	return firstError(failed, err)
}
