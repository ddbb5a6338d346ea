package cmd

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/internal/output"
	"github.com/scimctl/scimctl/provisioning"
)

func newProvisionStatusCmd(a *App) *cobra.Command {
	return &cobra.Command{
		Use:   "status",
		Short: "Show how provisioning gets on",
		Long: `Show how provisioning gets on: its state, the last cycle and the next, how many
objects it keeps in the application, and why it is in quarantine. The exit code
is 9 in quarantine, else 0, also when provisioning is merely stopped.

As JSON: app {the members of app list}, job {id, templateId, state (stopped,
notRunYet, initialCycle, healthy, errors or quarantine)}, running, lastCycle
{result, began, ended, inScope, imported, exported, escrowed, error},
lastSuccess, nextCycle, counts[] {key, value}, progress[], quarantine {reason,
meaning, since, nextAttempt, error}.`,
		Example: `  scimctl provision status --app Workato

  scimctl provision status --app Workato --jq .job.state`,
		RunE: func(c *cobra.Command, _ []string) error {
			client, err := a.connect(c)
			if err != nil {
				return err
			}
			report, err := provisioning.Status{Graph: client, App: a.Settings.App, Job: a.Settings.Job}.Do(c.Context())
			if err != nil {
				return err
			}
			if err := output.Fields(a.IO.Out, a.Printer, report, statusFields(report)...); err != nil {
				return err
			}
			return report.Check()
		},
	}
}

func statusFields(r provisioning.Report) []output.Field {
	fields := []output.Field{
		{Name: "app", Value: r.App.Name},
		{Name: "job", Value: r.Job.ID},
		{Name: "state", Value: stateWords(r.Job.State)},
	}
	if cycle := r.LastCycle; cycle != nil {
		fields = append(fields, output.Field{Name: "last cycle", Value: fmt.Sprintf("%s, ended %s: %d in scope, %d written, %d failed",
			cycle.Result, moment(cycle.Ended), cycle.InScope, cycle.Exported, cycle.Escrowed)})
		if cycle.Error != nil {
			fields = append(fields, output.Field{Name: "error", Value: cycle.Error.Code + ": " + cycle.Error.Message})
		}
	}
	var counts []string
	for _, count := range r.Counts {
		counts = append(counts, fmt.Sprintf("%d %s", count.Value, count.Key))
	}
	fields = append(fields,
		output.Field{Name: "next cycle", Value: moment(r.NextCycle)},
		output.Field{Name: "keeps", Value: strings.Join(counts, ", ")})
	if q := r.Quarantine; q != nil {
		fields = append(fields, output.Field{Name: "quarantine", Value: q.Meaning + " (" + q.Reason + ")"})
		if q.Error != nil {
			fields = append(fields, output.Field{Name: "because", Value: q.Error.Code + ": " + q.Error.Message})
		}
	}
	return fields
}

func stateWords(s provisioning.State) string {
	switch s {
	case provisioning.StateNotRunYet:
		return "started, not run yet"
	case provisioning.StateInitialCycle:
		return "in its first cycle"
	case provisioning.StateErrors:
		return "runs with errors"
	case provisioning.StateStopped, provisioning.StateHealthy, provisioning.StateQuarantine:
	}
	return string(s)
}
