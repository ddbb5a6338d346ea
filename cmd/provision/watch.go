package provision

import (
	"bytes"
	"cmp"
	"context"
	"time"

	"github.com/scimctl/scimctl/cmd/internal/cli"
	"github.com/scimctl/scimctl/cmd/internal/iostreams"
	"github.com/scimctl/scimctl/cmd/internal/output"
	"github.com/scimctl/scimctl/provisioning/job"
)

// watchStatus draws the status anew on a terminal; elsewhere each change is a
// line.
func watchStatus(a *cli.App, ctx context.Context, watch job.Watch) error {
	if screen := a.IO.Screen(); screen != nil && a.ForPeople() {
		return drawStatus(a, ctx, watch, screen)
	}
	return output.Follow(a.IO.Out, a.Printer, func(yield func(job.Report, error) bool) {
		ctx, stop := context.WithCancel(ctx)
		defer stop()
		unread := false
		watch.Tell = func(r job.Report) {
			if unread = unread || !yield(r, nil); unread {
				stop()
			}
		}
		if _, err := watch.Do(ctx); err != nil && !unread {
			yield(job.Report{}, err)
		}
	},
		cli.Column("time", func(job.Report) string { return cli.Moment(time.Now()) }),
		cli.Column("state", func(r job.Report) string { return cli.StateWords(r.Job.State) }),
		cli.Column("next cycle", func(r job.Report) string { return cli.Moment(r.NextCycle) }),
		cli.Column("keeps", keptWords),
		cli.Long("last cycle", func(r job.Report) string {
			if r.LastCycle == nil {
				return ""
			}
			return cycleWords(r.LastCycle)
		}))
}

func drawStatus(a *cli.App, ctx context.Context, watch job.Watch, screen *iostreams.Screen) error {
	var failed error
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	watch.Tell = func(r job.Report) {
		var text bytes.Buffer
		if failed = output.Fields(&text, a.Printer, r, statusFields(a, r)...); failed == nil {
			failed = screen.Show(text.String())
		}
		if failed != nil {
			stop()
		}
	}
	_, err := watch.Do(ctx)
	return cmp.Or(failed, err)
}
