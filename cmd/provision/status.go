package provision

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/internal/cli"
	"github.com/scimctl/scimctl/cmd/internal/exit"
	"github.com/scimctl/scimctl/cmd/internal/output"
	"github.com/scimctl/scimctl/provisioning/job"
)

func newProvisionStatusCmd(a *cli.App) *cobra.Command {
	var watched bool
	var until string
	c := &cobra.Command{
		Use:         "status",
		Annotations: cli.Asks(cli.FindsJob()),
		Short:       "Show how provisioning gets on",
		Long: `Show how provisioning gets on: its state, the last cycle and the next, how many
objects it keeps in the application, how far the initial cycle is, and why it is
in quarantine. The exit code is 9 in quarantine, else 0, also when provisioning
is merely stopped.

With --watch it looks again every 15 seconds, and less often while nothing
changes: on a terminal the answer is drawn anew, elsewhere each change is a line,
as JSON one object. It ends with Ctrl-C, or with --until:

  idle     no cycle runs: provisioning is stopped, or its initial cycle is over
  healthy  the initial cycle is over and the last cycle succeeded
  cycle    the next cycle has ended, well or not

The exit code is then 0. A quarantine ends healthy and cycle with 9, and so does
a job that is stopped; a job that is deleted meanwhile ends all with 4. Nothing
of it changes what the service does.

As JSON: app {the members of app list}, job {id, templateId, state (stopped,
notRunYet, initialCycle, healthy, errors or quarantine)}, running, lastCycle
{result, began, ended, inScope, imported, exported, escrowed, error},
lastSuccess, nextCycle, counts[] {key, value}, progress[], estimate {completed,
total, minMinutes, maxMinutes}, quarantine {reason, meaning, remedy, since,
first, inARow, nextAttempt, disabledAt, error}.`,
		Example: `  scimctl provision status --app Workato

  # In a pipeline, after provision start
  scimctl provision status --app Workato --watch --until idle`,
		RunE: func(c *cobra.Command, _ []string) (err error) {
			watch := job.Watch{Until: job.UntilNever}
			if c.Flags().Changed("until") {
				if watch.Until, err = job.ParseUntil(until); err != nil {
					return exit.Usagef(c, "--until: %w", err)
				}
				if !watched {
					return exit.Usagef(c, "--until is for --watch")
				}
			}
			if watch.Graph, err = a.Connect(c); err != nil {
				return err
			}
			watch.App, watch.Job = a.Settings.App, a.Settings.Job
			if watched {
				return watchStatus(a, c.Context(), watch)
			}
			report, err := watch.Status.Do(c.Context())
			if err != nil {
				return err
			}
			if err := output.Fields(a.IO.Out, a.Printer, report, statusFields(a, report)...); err != nil {
				return err
			}
			return report.Check()
		},
	}
	c.Flags().BoolVar(&watched, "watch", false, "go on looking")
	c.Flags().StringVar(&until, "until", "", "with --watch, end when the `state` is reached: idle, healthy or cycle")
	a.CompleteFlag(c, "until", cobra.FixedCompletions([]string{"idle", "healthy", "cycle"}, cobra.ShellCompDirectiveNoFileComp))
	return c
}

func statusFields(a *cli.App, r job.Report) []output.Field {
	fields := []output.Field{
		{Name: "app", Value: r.App.Name},
		{Name: "job", Value: r.Job.ID},
		{Name: "state", Value: cli.StateWords(r.Job.State)},
	}
	if e := r.Estimate; e != nil {
		fields = append(fields, output.Field{Name: "initial cycle", Value: estimateWords(e)})
	}
	if cycle := r.LastCycle; cycle != nil {
		fields = append(fields, output.Field{Name: "last cycle", Value: cycleWords(cycle)})
		if cycle.Error != nil {
			fields = append(fields, output.Field{Name: "error", Value: cycle.Error.Code + ": " + cycle.Error.Message})
		}
	}
	fields = append(fields, output.Field{Name: "next cycle", Value: cli.Moment(r.NextCycle)}, output.Field{Name: "keeps", Value: keptWords(r)})
	return append(fields, quarantineFields(a, r.Quarantine)...)
}

func cycleWords(c *job.Cycle) string {
	return fmt.Sprintf("%s, ended %s: %d in scope, %d written, %d failed", c.Result, cli.Moment(c.Ended), c.InScope, c.Exported, c.Escrowed)
}

// keptWords are the objects kept in the application, by type.
func keptWords(r job.Report) string {
	counts := make([]string, len(r.Counts))
	for i, count := range r.Counts {
		counts[i] = fmt.Sprintf("%d %s", count.Value, count.Key)
	}
	return strings.Join(counts, ", ")
}

func estimateWords(e *job.Estimate) string {
	done := fmt.Sprintf("%d of %d objects", e.Completed, e.Total)
	if e.MaxMinutes == 0 {
		return done
	}
	return fmt.Sprintf("%s; by Microsoft's rule of thumb %s to %s are left", done, length(e.MinMinutes), length(e.MaxMinutes))
}

// length is a time for people.
func length(minutes int64) string {
	switch {
	case minutes == 1:
		return "1 minute"
	case minutes < 120:
		return fmt.Sprintf("%d minutes", minutes)
	}
	return fmt.Sprintf("%d hours", (minutes+30)/60)
}

func quarantineFields(a *cli.App, q *job.Quarantine) []output.Field {
	if q == nil {
		return nil
	}
	fields := []output.Field{{Name: "quarantine", Value: q.Meaning + " (" + q.Reason + ")"}}
	if q.Error != nil {
		fields = append(fields, output.Field{Name: "because", Value: q.Error.Code + ": " + q.Error.Message})
	}
	fields = append(fields,
		output.Field{Name: "since", Value: cli.Moment(q.Since)},
		output.Field{Name: "next attempt", Value: cli.Moment(q.NextAttempt)},
		output.Field{Name: "off for good", Value: cli.Moment(q.DisabledAt)})
	if a.ForPeople() {
		return fields // the error says what to do, with commands on lines of their own
	}
	return append(fields, output.Field{Name: "what to do", Value: a.Hinter().Text(q.Remedy)})
}
