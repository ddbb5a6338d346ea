package mapping

import (
	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/internal/cli"
	"github.com/scimctl/scimctl/cmd/internal/exit"
	"github.com/scimctl/scimctl/cmd/internal/output"
	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/bounds"
	schemacheck "github.com/scimctl/scimctl/mappings/check"
	"github.com/scimctl/scimctl/mappings/schema"
	"github.com/scimctl/scimctl/provisioning/check"
)

func newMappingCheckCmd(a *cli.App) *cobra.Command {
	var file string
	var strict bool
	c := &cobra.Command{
		Use: "check",
		Annotations: cli.Asks(cli.ReadsSchema(),
			graph.OpReadSecrets, graph.OpReadOperators, graph.OpReadFunctions, graph.OpReadAssignments,
			graph.OpReadGroups, graph.OpReadExtensions, graph.OpAvailableExtensions,
		),
		Short: "Look for what is wrong with the mappings",
		Long: `Look for what is wrong with the mappings of users and groups: names that the
attribute lists lack, expressions that do not parse, nothing to match by, types
that do not fit, accounts that nobody would disable, and more. Beside the schema
scimctl looks at the scope, at who has several app roles when one is sent, and at
extension properties that the tenant no longer has.

With --file, a schema that was exported is looked at, without a tenant.

An error is what the service refuses or cannot work with, a warning what works
otherwise than one will expect. The exit code is 9 when there is an error, with
--strict also when there is a warning, else 0. With --verbose the table tells
what to do.

As JSON, a list of: severity (error, warning or info), code, object, rule,
target, filter, attribute, problem, remedy, line, column (both in the
expression, from 1). What does not apply is left out.`,
		Example: `  scimctl mapping check --app Workato --verbose

  # Only what is an error, in a pipeline
  scimctl mapping check --app Workato --jq '.[] | select(.severity == "error") | .problem'`,
		RunE: func(c *cobra.Command, _ []string) error {
			findings, err := checkMappings(a, c, file)
			if err != nil {
				return err
			}
			if err := output.List(a.IO.Out, a.Printer, findings, findingColumns(a)...); err != nil {
				return err
			}
			for _, f := range findings {
				a.Remedies(f.String(), f.Remedy)
			}
			if len(findings) == 0 {
				a.IO.Note("nothing is wrong with the mappings")
			}
			return schemacheck.Judge(findings, strict)
		},
	}
	c.Flags().StringVarP(&file, "file", "f", "", "look at the exported schema in this `file`, without a tenant")
	c.Flags().BoolVar(&strict, "strict", false, "let a warning count as much as an error")
	return c
}

// checkMappings looks at a file where one is named, else at the job.
func checkMappings(a *cli.App, c *cobra.Command, file string) ([]schemacheck.Finding, error) {
	if c.Flags().Changed("file") {
		schema, err := readSchema(a, c, "file", file)
		if err != nil {
			return nil, err
		}
		return schemacheck.Check(schema), nil
	}
	client, err := a.Connect(c)
	if err != nil {
		return nil, err
	}
	return check.Check{Graph: client, App: a.Settings.App, Job: a.Settings.Job}.Do(c.Context())
}

// findingColumns are those of a table. What to do follows below it.
func findingColumns(a *cli.App) []output.Column[schemacheck.Finding] {
	columns := []output.Column[schemacheck.Finding]{
		cli.Column("severity", func(f schemacheck.Finding) string { return string(f.Severity) }),
		cli.Column("object", func(f schemacheck.Finding) string { return f.Object }),
		cli.Column("where", schemacheck.Finding.Where),
		cli.Long("problem", func(f schemacheck.Finding) string { return f.Problem }),
	}
	if !a.ForPeople() {
		columns = append(columns, cli.Long("remedy", func(f schemacheck.Finding) string { return a.Hinter().Text(f.Remedy) }))
	}
	return columns
}

// readSchema reads the schema in the file that a flag names.
func readSchema(a *cli.App, c *cobra.Command, flag, path string) (*schema.Schema, error) {
	text, err := a.ReadNamed(c, flag, path, bounds.Document)
	if err != nil {
		return nil, err
	}
	schema, err := schema.Parse([]byte(text))
	if err != nil {
		return nil, exit.Usagef(c, "--%s: %s: %w", flag, path, err)
	}
	return schema, nil
}
