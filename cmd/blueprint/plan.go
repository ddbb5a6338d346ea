package blueprint

import (
	"errors"
	"io"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/internal/cli"
	"github.com/scimctl/scimctl/cmd/internal/exit"
	"github.com/scimctl/scimctl/cmd/internal/output"
	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/bounds"
	"github.com/scimctl/scimctl/graph/private"
	"github.com/scimctl/scimctl/graph/remedy"
	"github.com/scimctl/scimctl/provisioning/blueprint/planning"
)

const planJSON = `As JSON: applications[] {application, exists, steps[] {id, section,
verb (add, change, remove), subject, old, new, risks[] {name, what, people},
waitsFor, write, after[]}, problems[] {section, reason, notPermitted},
warnings[]}, permissions {delegated[], application[]}. Steps of one write are
made together, after the writes that are named.`

func NewPlan(a *cli.App) *cobra.Command {
	var files fileFlags
	var updateSecrets, detailed bool
	var out string
	c := &cobra.Command{
		Use:         "plan",
		Annotations: cli.Asks(plans()),
		Short:       "Show what applying a file would change",
		GroupID:     cli.GroupFile,
		Long: `Show what applying a file would change, by attribute and in the order in which
it would be done, with the dangers that it has. Nothing is written. No reference
to a secret is followed, no command is run, and nothing but Microsoft Graph is
asked: so a plan can be made of a file that somebody else proposes.

Whether the saved token still works is asked of the service: one that is refused
is a change, one that works is none, and an identity that may only read gets
"not checked". What the file does not name is left alone. A section that cannot
be read or planned is told, and the rest is planned.

With --detailed-exitcode, exit code 2 says that there are changes. --out keeps
the plan, with fingerprints of what it was made from, for scimctl apply. -o
markdown is for the comment of a pull request. The file names the application;
--app is not looked at.

` + planJSON,
		Example: `  scimctl plan -f workato.yaml

  # In a pipeline: exit code 2 is drift
  scimctl plan -f workato.yaml --detailed-exitcode -o markdown

  # Review first, then apply exactly that
  scimctl plan -f workato.yaml --out workato.plan`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return exit.UsageHint(c, remedy.List{remedy.Run("use", "plan").Flag("file", args[0])}, "a file is named with -f")
			}
			return nil
		},
		RunE: func(c *cobra.Command, _ []string) error {
			if err := replaceable(out); err != nil {
				return err
			}
			m, err := files.read(c, a)
			if err != nil {
				return err
			}
			m.UpdateSecrets, m.Suggest = updateSecrets, true
			if m.Graph, err = a.Graph(c.Context()); err != nil {
				return err
			}
			plan, err := m.Do(c.Context())
			if err != nil {
				return err
			}
			if err := showPlan(a, plan); err != nil {
				return err
			}
			if out != "" {
				if err := savePlan(a, c, m, plan, out); err != nil {
					return err
				}
			}
			return plan.Judge(detailed)
		},
	}
	c.Annotations[cli.TakesMarkdown] = "yes"
	files.register(a, c)
	c.Flags().BoolVar(&updateSecrets, "update-secrets", false, "plan to write the credentials also when the saved ones work")
	c.Flags().BoolVar(&detailed, "detailed-exitcode", false, "exit with 2 when there are changes")
	c.Flags().StringVar(&out, "out", "", "keep the plan in this `file`, for scimctl apply; there is no secret in it")
	return c
}

// showPlan writes a plan in the format that was asked for.
func showPlan(a *cli.App, plan planning.Plan) error {
	if a.Settings.Output != output.Markdown {
		for _, application := range plan.Applications {
			for _, warning := range application.Warnings {
				a.IO.Warn("%s: %s", application.Application, warning)
			}
		}
	}
	switch a.Settings.Output {
	case output.Markdown:
		return writeMarkdown(a.IO.Out, plan)
	case output.CSV, output.TSV:
		return output.List(a.IO.Out, a.Printer, allSteps(plan), stepColumns()...)
	case output.Table, output.JSON, output.YAML:
	}
	return output.Text(a.IO.Out, a.Printer, plan, func(w io.Writer) error {
		if err := writePlan(w, plan, a.IO.OutStyle()); err != nil {
			return err
		}
		_, err := io.WriteString(w, needed(plan.Permissions))
		return err
	})
}

// replaceable refuses to put a plan in the place of anything but another plan.
func replaceable(path string) error {
	if path == "" {
		return nil
	}
	text, err := bounds.ReadFile(path, bounds.Document) // or writing says what is wrong
	_, larger := errors.AsType[*bounds.Error](err)
	_, other := planning.ReadSaved(path, text)
	if larger || err == nil && other != nil {
		return &exit.FileThereError{Path: path}
	}
	return nil
}

// savePlan keeps a plan that is whole.
func savePlan(a *cli.App, c *cobra.Command, m planning.Make, plan planning.Plan, path string) error {
	if err := plan.Judge(false); err != nil {
		return err
	}
	tenant, err := tenantID(a, c)
	if err != nil {
		return err
	}
	text, err := m.Save(plan, tenant).Text()
	if err != nil {
		return err
	}
	if err := private.WriteFile(path, text); err != nil {
		return exit.Usagef(c, "--out: %w", err)
	}
	a.Note(remedy.Run("plan saved; to apply it", "apply", path))
	return nil
}

// tenantID is the tenant that a plan is made for; "" in the sandbox, whose
// token names none.
func tenantID(a *cli.App, c *cobra.Command) (string, error) {
	if a.Settings.Sandbox {
		return "", nil
	}
	client, err := a.Graph(c.Context())
	if err != nil {
		return "", err
	}
	return client.Tenant(c.Context())
}

// plans is what planning asks, as far as the file names it. What applying takes
// is in the plan.
func plans() []graph.Operation {
	return append(cli.ReadsSchema(), graph.OpReadTemplates, graph.OpReadSyncTemplates, graph.OpReadSecrets, graph.OpValidate,
		graph.OpReadExtensions, graph.OpAvailableExtensions, graph.OpReadAssignments, graph.OpReadUsers, graph.OpReadGroups,
		graph.OpReadOperators, graph.OpParseExpression)
}
