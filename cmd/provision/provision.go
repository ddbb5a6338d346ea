// Package provision has the commands that run and watch provisioning.
package provision

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/internal/cli"
	"github.com/scimctl/scimctl/cmd/internal/exit"
	"github.com/scimctl/scimctl/cmd/internal/iostreams"
	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/provisioning/job"
)

func New(a *cli.App) *cobra.Command {
	return cli.NewGroup(cli.GroupProvisioning, "provision", "Set provisioning up, run it and look at it",
		`Set automatic provisioning of an application up, run it and look at it. The
service runs a cycle about every 40 minutes; provision on-demand provisions one
person at once.`,
		newProvisionSetupCmd(a), newProvisionSettingsCmd(a), newProvisionStartCmd(a), newProvisionStopCmd(a), newProvisionSyncNowCmd(a),
		newProvisionRestartCmd(a), newProvisionOnDemandCmd(a), newProvisionStatusCmd(a), newProvisionLogsCmd(a), newProvisionDisableCmd(a))
}

func newProvisionSetupCmd(a *cli.App) *cobra.Command {
	var setup job.Create
	c := &cobra.Command{
		Use:         "setup",
		Annotations: cli.Asks(cli.ReadsSettings(), graph.OpReadSyncTemplates, graph.OpCreateJob, graph.OpWriteSecrets),
		Short:       "Make the provisioning job of an application",
		Long: `Make the provisioning job of an application, as the portal does when the
provisioning mode is set to Automatic. The scope is set to assigned users and
groups. The job does not run before provision start.

As JSON: app {the members of app list}, job {id, templateId, state}, scope,
already.`,
		Example: `  scimctl provision setup --app Workato

  scimctl provision setup --app Workato --dry-run`,
		RunE: func(c *cobra.Command, _ []string) (err error) {
			if setup.Graph, err = a.Connect(c); err != nil {
				return err
			}
			setup.App = a.Settings.App
			done, err := setup.Do(c.Context())
			if err != nil {
				return err
			}
			sentence := fmt.Sprintf("provisioning of %s %s: job %s, scope %s", done.App.Name, a.Would("set up"), done.Job.ID, done.Scope)
			if done.Already {
				sentence = fmt.Sprintf("provisioning of %s is set up already: job %s, scope %s", done.App.Name, done.Job.ID, done.Scope)
			} else if a.Settings.DryRun {
				sentence = fmt.Sprintf("provisioning of %s would be set up, scope %s", done.App.Name, done.Scope)
			}
			return cli.Told(a, done, sentence,
				cli.Column("app", func(p job.Created) string { return p.App.Name }),
				cli.Column("job", func(p job.Created) string { return p.Job.ID }),
				cli.Column("scope", func(p job.Created) string { return string(p.Scope) }))
		},
	}
	c.Flags().StringVar(&setup.TemplateID, "template", "", "make the job from this provisioning `template` of the application")
	return c
}

// tellRun answers a command that changes the state of a job.
func tellRun(a *cli.App, run job.Run, done, already string) error {
	sentence := fmt.Sprintf("provisioning of %s %s", run.App.Name, done)
	switch {
	case run.Already:
		sentence = fmt.Sprintf("provisioning of %s %s", run.App.Name, already)
	case run.LiftedQuarantine:
		sentence += ", and the quarantine is lifted"
	}
	return cli.Told(a, run, sentence,
		cli.Column("app", func(p job.Run) string { return p.App.Name }),
		cli.Column("job", func(p job.Run) string { return p.Job.ID }),
		cli.Column("state", func(p job.Run) string { return string(p.Job.State) }),
		cli.Column("already", func(p job.Run) string { return cli.YesNo(p.Already) }))
}

const runJSON = `

As JSON: app {the members of app list}, job {id, templateId, state}, already,
firstStart, liftedQuarantine.`

func newProvisionStartCmd(a *cli.App) *cobra.Command {
	return &cobra.Command{
		Use:         "start",
		Annotations: cli.Asks(starts()),
		Short:       "Start provisioning",
		Long: `Start provisioning, or let it go on from where it stopped. The first cycle
reaches everyone in scope, so it asks. A quarantine is lifted.` + runJSON,
		Example: `  scimctl provision start --app Workato

  # In a pipeline, where nobody can be asked
  scimctl provision start --app Workato --yes`,
		RunE: func(c *cobra.Command, _ []string) error {
			client, err := a.Connect(c)
			if err != nil {
				return err
			}
			run, err := job.Start{Graph: client, App: a.Settings.App, Job: a.Settings.Job, Confirm: a.ConfirmRisk}.Do(c.Context())
			if err != nil {
				return err
			}
			return tellRun(a, run, a.Would("started"), "runs already")
		},
	}
}

func newProvisionStopCmd(a *cli.App) *cobra.Command {
	return &cobra.Command{
		Use:         "stop",
		Annotations: cli.Asks(cli.FindsJob(), graph.OpPauseJob),
		Short:       "Stop provisioning",
		Long: `Stop provisioning. A cycle that runs is finished first; nobody is deprovisioned,
and provision start goes on from there.` + runJSON,
		Example: `  scimctl provision stop --app Workato

  scimctl provision stop --app Workato -o json`,
		RunE: func(c *cobra.Command, _ []string) error {
			client, err := a.Connect(c)
			if err != nil {
				return err
			}
			run, err := job.Stop{Graph: client, App: a.Settings.App, Job: a.Settings.Job, Notes: a.Notes()}.Do(c.Context())
			if err != nil {
				return err
			}
			return tellRun(a, run, a.Would("stopped"), "is stopped already")
		},
	}
}

func newProvisionSyncNowCmd(a *cli.App) *cobra.Command {
	return &cobra.Command{
		Use:         "sync-now",
		Annotations: cli.Asks(starts(), graph.OpPauseJob),
		Short:       "Begin a cycle now",
		Long: `Stop and start provisioning, whereupon the service begins a cycle at once
instead of after the rest of its 40 minutes.` + runJSON,
		Example: `  scimctl provision sync-now --app Workato

  scimctl provision sync-now --app Workato --dry-run -v`,
		RunE: func(c *cobra.Command, _ []string) error {
			client, err := a.Connect(c)
			if err != nil {
				return err
			}
			run, err := job.SyncNow{
				Graph: client, App: a.Settings.App, Job: a.Settings.Job, Confirm: a.ConfirmRisk, Notes: a.Notes(),
			}.Do(c.Context())
			if err != nil {
				return err
			}
			begins := "begins a cycle"
			if a.Settings.DryRun {
				begins = "would begin a cycle"
			}
			return tellRun(a, run, begins, "")
		},
	}
}

func newProvisionRestartCmd(a *cli.App) *cobra.Command {
	var restart job.Restart
	c := &cobra.Command{
		Use:         "restart",
		Annotations: cli.Asks(cli.FindsJob(), graph.OpRestartJob, graph.OpStartJob, graph.OpReadLogs), // the last with --allow-deletes
		Short:       "Evaluate everyone in scope again",
		Long: `Restart provisioning: the service evaluates everyone in scope again, which for a
large tenant takes hours. Without --reset it is the portal's Restart
provisioning: failures, watermark and quarantine are forgotten. With --reset
only what is named is forgotten:

` + resetScopesHelp() + `

With --allow-deletes, deletions are let through, once, that the threshold for
accidental deletions holds back (provision settings --delete-threshold); without
any it does nothing. scimctl provision logs --action stagedDelete lists them.` + runJSON,
		Example: `  scimctl provision restart --app Workato

  # Only lift the quarantine
  scimctl provision restart --app Workato --reset QuarantineState

  # The deletions that are held back are right
  scimctl provision restart --app Workato --allow-deletes`,
		RunE: func(c *cobra.Command, _ []string) (err error) {
			if restart.Graph, err = a.Connect(c); err != nil {
				return err
			}
			if c.Flags().Changed("reset") && len(restart.Scopes) == 0 {
				return exit.Usagef(c, "--reset is empty; without it everyone in scope is evaluated again")
			}
			restart.App, restart.Job, restart.Confirm = a.Settings.App, a.Settings.Job, a.ConfirmRisk
			restart.Notes = a.Notes()
			run, err := restart.Do(c.Context())
			if err != nil {
				return err
			}
			return tellRun(a, run, a.Would("restarted"), "holds no deletions back: nothing is restarted")
		},
	}
	c.Flags().StringSliceVar(&restart.Scopes, "reset", nil, "forget only these `scopes`, with commas between them")
	c.Flags().BoolVar(&restart.AllowDeletes, "allow-deletes", false, "let deletions through that are held back as too many")
	cli.Exclusive(c, "reset", "allow-deletes")
	return c
}

func resetScopesHelp() string {
	var b strings.Builder
	for _, scope := range job.ResetScopes() {
		iostreams.Fprintf(&b, "  %-18s %s\n", scope.Name, scope.Meaning)
	}
	return strings.TrimRight(b.String(), "\n")
}

// starts is what a start asks, with the number of people whom it reaches.
func starts() []graph.Operation {
	return append(cli.ReadsSettings(), graph.OpReadAssignments, graph.OpReadGroups, graph.OpReadUsers, graph.OpStartJob)
}
