// Package doctor has the command that checks the set-up of the caller and the
// tenant.
package doctor

import (
	"cmp"
	"fmt"
	"net/http"
	"strings"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/internal/cli"
	"github.com/scimctl/scimctl/cmd/internal/output"
	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/provisioning/doctor"
)

func New(a *cli.App) *cobra.Command {
	return &cobra.Command{
		Use: "doctor [command...]",
		Annotations: cli.Asks(cli.FindsApp(),
			graph.OpReadTemplates, graph.OpReadOwners, graph.OpReadSubscriptions, graph.OpReadSelf, graph.OpReadUsers,
			graph.OpReadDeletedUsers, graph.OpReadGroups, graph.OpReadExtensions, graph.OpReadAssignments,
			graph.OpReadJobs, graph.OpReadSecrets, graph.OpReadSyncTemplates, graph.OpReadLogs,
		),
		GroupID: cli.GroupTool,
		Short:   "Look whether commands can work, and what is missing",
		Long: `Look whether a command can work, or all below one, or all: who is signed in, what
the token may do, the roles in the directory, whether Graph is reached and
agrees on the time, the licences, and for each group of commands whether Graph
lets them. What reads is tried, since permissions in a token mislead; what
writes can only be looked up in the token. Nothing is changed.

With --app, also whether the caller owns application and service principal, how
its provisioning is, and whether the tenant URL answers this machine, without
credentials; what reads provisioning is tried on this application.

The exit code is 0 when all is well or works in part, and 3 when something that
is needed is missing. A remedy is shown below the table, and in the JSON.

As JSON, a list of: check, condition (ok, warning, failed, notChecked), detail,
remedy, missing[] (permissions), adminConsentUrl.`,
		Example: `  scimctl doctor --app Workato

  # Only what a pipeline does that changes mappings
  scimctl doctor mapping --app Workato`,
		ValidArgsFunction: cli.CompleteCommands,
		RunE: func(c *cobra.Command, args []string) error {
			command, err := cli.Named(c, args)
			if err != nil {
				return err
			}
			doctor, err := diagnose(a, c, command)
			if err != nil {
				return err
			}
			found, err := doctor.Do(c.Context())
			if found == nil {
				return err
			}
			return cmp.Or(tellDiagnoses(a, found), err)
		},
	}
}

func diagnose(a *cli.App, c *cobra.Command, command string) (doctor.Doctor, error) {
	client, err := a.Graph(c.Context())
	if err != nil {
		return doctor.Doctor{}, err
	}
	b := cli.ReadBuild()
	doctor := doctor.Doctor{
		Graph: client, App: a.Settings.App, Commands: operationsBelow(c, command), Consent: a.ConsentIn(client.Cloud()),
		Version: fmt.Sprintf("scimctl %s (%s, %s/%s)", b.Version, b.GoVersion, b.OS, b.Arch),
	}
	if len(doctor.Commands) == 0 {
		a.IO.Note("%s asks nothing of Graph", command)
	}
	if !a.Settings.Sandbox {
		doctor.Web = http.DefaultTransport
	}
	return doctor, nil
}

// operationsBelow are those of a command, or of all that it holds, without
// those of the doctor.
func operationsBelow(c *cobra.Command, command string) map[string][]graph.Operation {
	below := map[string][]graph.Operation{}
	for name, ops := range cli.Operations(c) {
		if name != "doctor" && (command == "" || name == command || strings.HasPrefix(name, command+" ")) {
			below[name] = ops
		}
	}
	return below
}

func tellDiagnoses(a *cli.App, found []doctor.Diagnosis) error {
	err := output.List(a.IO.Out, a.Printer, found,
		cli.Column("check", func(d doctor.Diagnosis) string { return d.Name }),
		cli.Column("condition", func(d doctor.Diagnosis) string { return conditionCell(d.Condition) }),
		cli.Long("detail", func(d doctor.Diagnosis) string { return d.Detail }))
	if err != nil || !a.ForPeople() {
		return err
	}
	for _, d := range found {
		if len(d.Remedy) > 0 {
			a.IO.Say("%s: %s", d.Name, a.Hinter().Markup(d.Remedy...))
		}
	}
	return nil
}

func conditionCell(c doctor.Condition) string {
	if c == doctor.ConditionNotChecked {
		return "not checked"
	}
	return string(c)
}
