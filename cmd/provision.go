package cmd

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/internal/output"
	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/private"
	"github.com/scimctl/scimctl/provisioning"
)

func newProvisionCmd(a *App) *cobra.Command {
	return newGroup(groupProvisioning, "provision", "Set provisioning up, run it and look at it",
		`Set automatic provisioning of an application up, run it and look at it. The
service runs a cycle about every 40 minutes; provision on-demand provisions one
person at once.`,
		newProvisionSetupCmd(a), newProvisionStartCmd(a), newProvisionStopCmd(a), newProvisionSyncNowCmd(a),
		newProvisionRestartCmd(a), newProvisionOnDemandCmd(a), newProvisionStatusCmd(a), newProvisionDisableCmd(a))
}

func newProvisionSetupCmd(a *App) *cobra.Command {
	var setup provisioning.Setup
	c := &cobra.Command{
		Use:   "setup",
		Short: "Make the provisioning job of an application",
		Long: `Make the provisioning job of an application, as the portal does when the
provisioning mode is set to Automatic. The scope is set to assigned users and
groups. The job does not run before provision start.

As JSON: app, job {id, templateId, state}, scope, already.`,
		Example: `  scimctl provision setup --app Workato

  scimctl provision setup --app Workato --dry-run`,
		RunE: func(c *cobra.Command, _ []string) (err error) {
			if setup.Graph, err = a.connect(c); err != nil {
				return err
			}
			setup.App = a.Settings.App
			done, err := setup.Do(c.Context())
			if err != nil {
				return err
			}
			sentence := fmt.Sprintf("provisioning of %s %s: job %s, scope %s", done.App.Name, a.would("set up"), done.Job.ID, done.Scope)
			if done.Already {
				sentence = fmt.Sprintf("provisioning of %s is set up already: job %s, scope %s", done.App.Name, done.Job.ID, done.Scope)
			} else if a.Settings.DryRun {
				sentence = fmt.Sprintf("provisioning of %s would be set up, scope %s", done.App.Name, done.Scope)
			}
			return told(a, done, sentence,
				column("app", func(p provisioning.SetUp) string { return p.App.Name }),
				column("job", func(p provisioning.SetUp) string { return p.Job.ID }),
				column("scope", func(p provisioning.SetUp) string { return string(p.Scope) }))
		},
	}
	c.Flags().StringVar(&setup.TemplateID, "template", "", "make the job from this provisioning `template` of the application")
	return c
}

// tellRun answers a command that changes the state of a job.
func (a *App) tellRun(run provisioning.Run, done, already string) error {
	sentence := fmt.Sprintf("provisioning of %s %s", run.App.Name, done)
	switch {
	case run.Already:
		sentence = fmt.Sprintf("provisioning of %s %s", run.App.Name, already)
	case run.LiftedQuarantine:
		sentence += ", and the quarantine is lifted"
	}
	return told(a, run, sentence,
		column("app", func(p provisioning.Run) string { return p.App.Name }),
		column("job", func(p provisioning.Run) string { return p.Job.ID }),
		column("state", func(p provisioning.Run) string { return string(p.Job.State) }),
		column("already", func(p provisioning.Run) string { return yesNo(p.Already) }))
}

const runJSON = "\n\nAs JSON: app, job {id, templateId, state}, already, firstStart,\nliftedQuarantine."

func newProvisionStartCmd(a *App) *cobra.Command {
	return &cobra.Command{
		Use:   "start",
		Short: "Start provisioning",
		Long: `Start provisioning, or let it go on from where it stopped. The first cycle
reaches everyone in scope, so it asks. A quarantine is lifted.` + runJSON,
		Example: `  scimctl provision start --app Workato

  # In a pipeline, where nobody can be asked
  scimctl provision start --app Workato --yes`,
		RunE: func(c *cobra.Command, _ []string) error {
			client, err := a.connect(c)
			if err != nil {
				return err
			}
			run, err := provisioning.Start{Graph: client, App: a.Settings.App, Job: a.Settings.Job, Confirm: a.confirmRisk}.Do(c.Context())
			if err != nil {
				return err
			}
			return a.tellRun(run, a.would("started"), "runs already")
		},
	}
}

func newProvisionStopCmd(a *App) *cobra.Command {
	return &cobra.Command{
		Use:   "stop",
		Short: "Stop provisioning",
		Long: `Stop provisioning. A cycle that runs is finished first; nobody is deprovisioned,
and provision start goes on from there.` + runJSON,
		Example: `  scimctl provision stop --app Workato

  scimctl provision stop --app Workato -o json`,
		RunE: func(c *cobra.Command, _ []string) error {
			client, err := a.connect(c)
			if err != nil {
				return err
			}
			run, err := provisioning.Stop{Graph: client, App: a.Settings.App, Job: a.Settings.Job}.Do(c.Context())
			if err != nil {
				return err
			}
			return a.tellRun(run, a.would("stopped"), "is stopped already")
		},
	}
}

func newProvisionSyncNowCmd(a *App) *cobra.Command {
	return &cobra.Command{
		Use:   "sync-now",
		Short: "Begin a cycle now",
		Long: `Stop and start provisioning, whereupon the service begins a cycle at once
instead of after the rest of its 40 minutes.` + runJSON,
		Example: `  scimctl provision sync-now --app Workato

  scimctl provision sync-now --app Workato --dry-run -v`,
		RunE: func(c *cobra.Command, _ []string) error {
			client, err := a.connect(c)
			if err != nil {
				return err
			}
			run, err := provisioning.SyncNow{Graph: client, App: a.Settings.App, Job: a.Settings.Job, Confirm: a.confirmRisk}.Do(c.Context())
			if err != nil {
				return err
			}
			begins := "begins a cycle"
			if a.Settings.DryRun {
				begins = "would begin a cycle"
			}
			return a.tellRun(run, begins, "")
		},
	}
}

func newProvisionRestartCmd(a *App) *cobra.Command {
	var restart provisioning.Restart
	c := &cobra.Command{
		Use:   "restart",
		Short: "Evaluate everyone in scope again",
		Long: `Restart provisioning: the service evaluates everyone in scope again, which for a
large tenant takes hours. Without --reset it is the portal's Restart
provisioning: failures, watermark and quarantine are forgotten. With --reset
only what is named is forgotten:

` + resetScopesHelp() + runJSON,
		Example: `  scimctl provision restart --app Workato

  # Only lift the quarantine
  scimctl provision restart --app Workato --reset QuarantineState`,
		RunE: func(c *cobra.Command, _ []string) (err error) {
			if restart.Graph, err = a.connect(c); err != nil {
				return err
			}
			restart.App, restart.Job, restart.Confirm = a.Settings.App, a.Settings.Job, a.confirmRisk
			run, err := restart.Do(c.Context())
			if err != nil {
				return err
			}
			return a.tellRun(run, a.would("restarted"), "")
		},
	}
	c.Flags().StringSliceVar(&restart.Scopes, "reset", nil, "forget only these `scopes`, with commas between them")
	return c
}

func resetScopesHelp() string {
	var b strings.Builder
	for _, scope := range provisioning.ResetScopes() {
		fmt.Fprintf(&b, "  %-18s %s\n", scope.Name, scope.Meaning)
	}
	return strings.TrimRight(b.String(), "\n")
}

func newProvisionStatusCmd(a *App) *cobra.Command {
	return &cobra.Command{
		Use:   "status",
		Short: "Show how provisioning gets on",
		Long: `Show how provisioning gets on: its state, the last cycle and the next, how many
objects it keeps in the application, and why it is in quarantine. The exit code
is 9 in quarantine, else 0, also when provisioning is merely stopped.

As JSON: app, job {id, templateId, state (stopped, notRunYet, initialCycle,
healthy, errors or quarantine)}, running, lastCycle {result, began, ended,
inScope, imported, exported, escrowed, error}, lastSuccess, nextCycle,
counts[] {key, value}, progress[], quarantine {reason, meaning, since,
nextAttempt, error}.`,
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

func newProvisionDisableCmd(a *App) *cobra.Command {
	var disable provisioning.Disable
	c := &cobra.Command{
		Use:   "disable",
		Short: "Switch provisioning off",
		Long: `Switch provisioning off. Without --delete it is stopped, which is what the
portal can do since there is no way back to the mode Manual. With --delete the
job goes too, with its mappings, tenant URL and token; what can be kept is
written to a file first. Accounts in the application stay as they are.

As JSON: app, job {id, templateId, state}, already, deleted, secretsCleared, otherJobs, kept[].`,
		Example: `  scimctl provision disable --app Workato

  # Also delete the job and clear the credentials
  scimctl provision disable --delete --app Workato`,
		RunE: func(c *cobra.Command, _ []string) (err error) {
			if disable.Graph, err = a.connect(c); err != nil {
				return err
			}
			if disable.Keeper, err = a.keeper(); err != nil {
				return err
			}
			disable.App, disable.Job, disable.Confirm, disable.Keep = a.Settings.App, a.Settings.Job, a.confirmRisk, a.keepConfiguration
			done, err := disable.Do(c.Context())
			for _, path := range done.Kept {
				a.IO.Note("what was there is kept in %s", path)
			}
			if err != nil {
				return err
			}
			return told(a, done, disabledSentence(a, done),
				column("app", func(p provisioning.DisableResult) string { return p.App.Name }),
				column("job", func(p provisioning.DisableResult) string {
					if p.Job == nil {
						return ""
					}
					return p.Job.ID
				}),
				column("deleted", func(p provisioning.DisableResult) string { return yesNo(p.Deleted) }),
				column("already", func(p provisioning.DisableResult) string { return yesNo(p.Already) }))
		},
	}
	c.Flags().BoolVar(&disable.Delete, "delete", false, "also delete the job and clear tenant URL and token")
	return c
}

func disabledSentence(a *App, done provisioning.DisableResult) string {
	name := done.App.Name
	switch {
	case done.Already:
		return fmt.Sprintf("provisioning of %s is off already", name)
	case done.Deleted && done.OtherJobs > 0:
		return fmt.Sprintf("the job of %s %s; its credentials stay for %d other jobs", name, a.would("deleted"), done.OtherJobs)
	case done.Deleted || done.SecretsCleared:
		return fmt.Sprintf("provisioning of %s %s and its credentials cleared; accounts in the application stay", name, a.would("deleted"))
	}
	return fmt.Sprintf("provisioning of %s %s; accounts in the application stay, and provision start goes on", name, a.would("stopped"))
}

// keepConfiguration writes down what provision disable is about to delete: the
// schema where mapping copies are, and all of it in a file of its own.
func (a *App) keepConfiguration(_ context.Context, configuration provisioning.Configuration) ([]string, error) {
	history, err := a.history()
	if err != nil {
		return nil, err
	}
	app := graph.App{Name: configuration.App.Name, AppID: configuration.App.AppID}
	kept, err := history.Keep(app, configuration.Job.ID, "provision disable --delete", configuration.Schema)
	if err != nil {
		return nil, err
	}
	path := filepath.Join(filepath.Dir(history.Dir), "configurations", filepath.Base(kept.Path))
	if err := private.MakeFolder(filepath.Dir(path)); err != nil {
		return nil, err
	}
	var export bytes.Buffer
	if err := output.Fields(&export, output.Printer{Format: output.JSON}, configuration); err != nil {
		return nil, err
	}
	return []string{kept.Path, path}, private.WriteFile(path, &export)
}
