package app

import (
	"cmp"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/internal/cli"
	"github.com/scimctl/scimctl/cmd/internal/exit"
	"github.com/scimctl/scimctl/cmd/internal/output"
	"github.com/scimctl/scimctl/provisioning"
	"github.com/scimctl/scimctl/provisioning/apps"
	"github.com/scimctl/scimctl/provisioning/credentials"
	"github.com/scimctl/scimctl/provisioning/job"
)

const inventoryJSON = `With --provisioning, a list of: name, appId, servicePrincipalId,
applicationTemplateId, job {id, templateId, state}, running, lastRun,
lastResult, lastSuccess, quarantine {reason, meaning, since, …}, people (accounts
of users that the job keeps), settings {scope, notify[], notifyEnabled,
deleteThreshold, deleteThresholdEnabled, skipOutOfScopeDeletions}, owners[] {id,
name, type}.`

// inventoryFlags turn a list of applications into one of their provisioning.
type inventoryFlags struct {
	on     bool
	owners bool
	states []string
}

func (f *inventoryFlags) register(a *cli.App, c *cobra.Command) {
	names := make([]string, len(apps.States()))
	for i, state := range apps.States() {
		names[i] = string(state)
	}
	c.Flags().BoolVar(&f.on, "provisioning", false, "list the provisioning jobs of all applications")
	c.Flags().StringSliceVar(&f.states, "state", nil, "only jobs in these `states`, with commas between them: "+strings.Join(names, ", "))
	c.Flags().BoolVar(&f.owners, "owners", false, "tell who owns the service principals too")
	a.CompleteFlag(c, "state", cobra.FixedCompletions(names, cobra.ShellCompDirectiveNoFileComp))
}

// check refuses what only the inventory has.
func (f *inventoryFlags) check(c *cobra.Command) error {
	for _, name := range []string{"state", "owners"} {
		if c.Flags().Changed(name) && !f.on {
			return exit.Usagef(c, "--%s goes with --provisioning", name)
		}
	}
	return nil
}

func listInventory(a *cli.App, c *cobra.Command, list apps.List, f inventoryFlags) error {
	inventory := apps.Inventory{Graph: list.Graph, Search: list.Search, Owners: f.owners}
	for _, state := range f.states {
		inventory.States = append(inventory.States, job.State(state))
	}
	progress := a.IO.Progress()
	inventory.Progress = func(read, total int) {
		if total >= cli.ManyRead {
			progress.Say("reading the provisioning of applications: %d of %d", read, total)
		}
	}
	rows, err := inventory.Do(c.Context())
	progress.Done()
	if _, some := errors.AsType[*provisioning.PartialError](err); err != nil && !some {
		return err
	}
	if len(rows) == 0 && err == nil {
		a.IO.Note("no application has %s", orSuch(list.Search != "" || len(f.states) > 0, "provisioning job"))
	}
	return cmp.Or(output.List(a.IO.Out, a.Printer, rows, inventoryColumns(f.owners)...), err)
}

// orSuch is one of a kind, or of those chosen among them.
func orSuch(chosen bool, kind string) string {
	if chosen {
		return "such a " + kind
	}
	return "a " + kind
}

func inventoryColumns(owners bool) []output.Column[apps.Provisioned] {
	columns := []output.Column[apps.Provisioned]{
		cli.Long("name", func(p apps.Provisioned) string { return p.Name }),
		cli.Column("job", func(p apps.Provisioned) string { return p.Job.TemplateID }),
		cli.Column("state", func(p apps.Provisioned) string { return string(p.Job.State) }),
		cli.Column("last run", func(p apps.Provisioned) string { return cli.Moment(p.LastRun) }),
		cli.Column("people", func(p apps.Provisioned) string { return strconv.Itoa(p.People) }),
		cli.Column("scope", func(p apps.Provisioned) string { return string(p.Settings.Scope) }),
		cli.Column("delete threshold", func(p apps.Provisioned) string { return thresholdCell(p.Settings) }),
		cli.Column("notify", func(p apps.Provisioned) string { return notifyCell(p.Settings) }),
		cli.Column("quarantine", quarantineCell),
	}
	if owners {
		columns = append(columns, cli.Column("owners", func(p apps.Provisioned) string {
			return joined(p.Owners, func(o apps.Owner) string {
				if o.Name == "" {
					return o.ID
				}
				return o.Name
			})
		}))
	}
	return columns
}

func thresholdCell(s credentials.Settings) string {
	if !s.DeleteThresholdEnabled {
		return "off"
	}
	return strconv.Itoa(s.DeleteThreshold)
}

func notifyCell(s credentials.Settings) string {
	if !s.NotifyEnabled {
		return "nobody"
	}
	return strings.Join(s.Notify, " ")
}

func quarantineCell(p apps.Provisioned) string {
	if p.Quarantine == nil {
		return ""
	}
	return strings.TrimSpace(fmt.Sprintf("%s %s", p.Quarantine.Reason, cli.Moment(p.Quarantine.Since)))
}
