package provision

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/internal/cli"
	"github.com/scimctl/scimctl/cmd/internal/output"
	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/graph/private"
	"github.com/scimctl/scimctl/graph/private/sealed"
	"github.com/scimctl/scimctl/provisioning/job"
)

func newProvisionDisableCmd(a *cli.App) *cobra.Command {
	var disable job.Disable
	c := &cobra.Command{
		Use:         "disable",
		Annotations: cli.Asks(cli.ReadsSchema(), graph.OpReadSecrets, graph.OpPauseJob, graph.OpDeleteJob, graph.OpWriteSecrets),
		Short:       "Switch provisioning off",
		Long: `Switch provisioning off. Without --delete it is stopped, which is what the
portal can do since there is no way back to the mode Manual. With --delete the
job goes too, with its mappings, tenant URL and token; what can be kept is
written to a file first. Accounts in the application stay as they are.

As JSON: app {the members of app list}, job {id, templateId, state}, already,
deleted, secretsCleared, otherJobs, kept[].`,
		Example: `  scimctl provision disable --app Workato

  # Also delete the job and clear the credentials
  scimctl provision disable --delete --app Workato`,
		RunE: func(c *cobra.Command, _ []string) (err error) {
			if disable.Graph, err = a.Connect(c); err != nil {
				return err
			}
			if disable.Keeper, err = a.Keeper(); err != nil {
				return err
			}
			disable.App, disable.Job, disable.Confirm, disable.Keep = a.Settings.App, a.Settings.Job, a.ConfirmRisk,
				func(_ context.Context, c job.Configuration) ([]string, error) { return keepConfiguration(a, c) }
			done, err := disable.Do(c.Context())
			for _, path := range done.Kept {
				a.IO.Note("what was there is kept in %s", path)
			}
			if err != nil {
				return err
			}
			return cli.Told(a, done, disabledSentence(a, done),
				cli.Column("app", func(p job.DisableResult) string { return p.App.Name }),
				cli.Column("job", func(p job.DisableResult) string {
					if p.Job == nil {
						return ""
					}
					return p.Job.ID
				}),
				cli.Column("deleted", func(p job.DisableResult) string { return cli.YesNo(p.Deleted) }),
				cli.Column("already", func(p job.DisableResult) string { return cli.YesNo(p.Already) }))
		},
	}
	c.Flags().BoolVar(&disable.Delete, "delete", false, "also delete the job and clear tenant URL and token")
	return c
}

func disabledSentence(a *cli.App, done job.DisableResult) string {
	name := done.App.Name
	switch {
	case done.Already:
		return fmt.Sprintf("provisioning of %s is off already", name)
	case done.Deleted && done.OtherJobs > 0:
		return fmt.Sprintf("the job of %s %s; its credentials stay for %d other jobs", name, a.Would("deleted"), done.OtherJobs)
	case done.Deleted || done.SecretsCleared:
		return fmt.Sprintf("provisioning of %s %s and its credentials cleared; accounts in the application stay", name, a.Would("deleted"))
	}
	return fmt.Sprintf("provisioning of %s %s; accounts in the application stay, and provision start goes on", name, a.Would("stopped"))
}

// keepConfiguration writes down what provision disable is about to delete: the
// schema where mapping copies are, and all of it in a file of its own.
func keepConfiguration(a *cli.App, configuration job.Configuration) ([]string, error) {
	history, err := a.History()
	if err != nil {
		return nil, err
	}
	app := applications.App{Name: configuration.App.Name, AppID: configuration.App.AppID}
	kept, err := history.Keep(app, configuration.Job.ID, "provision disable --delete", configuration.Schema)
	if err != nil {
		return nil, err
	}
	path := filepath.Join(filepath.Dir(history.Dir), "configurations", filepath.Base(kept.Path))
	if err := private.StateFolder(filepath.Dir(path)); err != nil {
		return nil, err
	}
	var export bytes.Buffer
	if err := output.Fields(&export, output.Printer{Format: output.JSON}, configuration); err != nil {
		return nil, err
	}
	kind := sealed.Kind{Version: "scimctl/v2", Name: "Configuration"}
	return []string{kept.Path, path}, private.WriteFile(path, kind.Seal(export.Bytes()))
}
