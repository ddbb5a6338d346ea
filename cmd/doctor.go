package cmd

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/internal/output"
	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/provisioning/doctor"
)

func newDoctorCmd(a *App) *cobra.Command {
	return &cobra.Command{
		Use:     "doctor [command...]",
		GroupID: groupTool,
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
		ValidArgsFunction: completeCommands,
		RunE: func(c *cobra.Command, args []string) error {
			command, err := named(c, args)
			if err != nil {
				return err
			}
			doctor, err := a.doctor(c, command)
			if err != nil {
				return err
			}
			found, err := doctor.Do(c.Context())
			if found == nil {
				return err
			}
			return firstError(a.tellDiagnoses(found), err)
		},
	}
}

func (a *App) doctor(c *cobra.Command, command string) (doctor.Doctor, error) {
	client, err := a.Graph(c.Context())
	if err != nil {
		return doctor.Doctor{}, err
	}
	b := readBuild()
	doctor := doctor.Doctor{
		Graph: client, App: a.Settings.App, Commands: operationsBelow(command), Consent: a.consentIn(client.Cloud()),
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
func operationsBelow(command string) map[string][]graph.Operation {
	below := map[string][]graph.Operation{}
	for name, ops := range operations() {
		if name != "doctor" && (command == "" || name == command || strings.HasPrefix(name, command+" ")) {
			below[name] = ops
		}
	}
	return below
}

func (a *App) tellDiagnoses(found []doctor.Diagnosis) error {
	err := output.List(a.IO.Out, a.Printer, found,
		column("check", func(d doctor.Diagnosis) string { return d.Name }),
		column("condition", func(d doctor.Diagnosis) string { return conditionCell(d.Condition) }),
		long("detail", func(d doctor.Diagnosis) string { return d.Detail }))
	if err != nil || !a.forPeople() {
		return err
	}
	for _, d := range found {
		if len(d.Remedy) > 0 {
			a.IO.Say("%s: %s", d.Name, a.hinter().markup(d.Remedy...))
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
