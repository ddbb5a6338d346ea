package mapping

import (
	"errors"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/internal/cli"
	"github.com/scimctl/scimctl/cmd/internal/exit"
	"github.com/scimctl/scimctl/cmd/internal/flags"
	"github.com/scimctl/scimctl/cmd/internal/iostreams"
	"github.com/scimctl/scimctl/cmd/internal/output"
	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/bounds"
	"github.com/scimctl/scimctl/mappings/expression"
	"github.com/scimctl/scimctl/provisioning/evaluate"
)

func newMappingEvalCmd(a *cli.App) *cobra.Command {
	var eval evaluate.Eval
	var set []string
	var file, now string
	var laidOut bool
	c := &cobra.Command{
		Use:         "eval [expression]",
		Annotations: cli.Asks(cli.FindsApp(), graph.OpReadUsers, graph.OpReadExtensions, graph.OpReadOwnAssignments), // with --user alone
		Short:       "Evaluate an expression of an attribute mapping",
		Long: `Evaluate an expression as the provisioning service does, without a tenant: over
the attributes that --set gives. One that is set twice has two values; one that
is not set is null. With --user the others are those of a user; with --app too,
extension properties may be written by their short names, and the user's roles
are known.

The value alone is printed, of several each on a line. A null or dropped value
prints nothing: the attribute is then left out of the request. What is not
documented is not guessed: that is unsupported, and exit code 1.

With --format the expression is not evaluated, but printed so that one sees what
belongs together.

As JSON: outcome (value, null, dropped or unsupported), value (a text, a list of
texts, or null); with --format expression.`,
		Example: `  # bash
  scimctl mapping eval 'Join(" ", [givenName], [surname])' --set givenName=Ada --set surname=Lovelace

  # Over what a user has
  scimctl mapping eval 'ToUpper([department])' --user ada@contoso.com

  # Lay out a long one
  scimctl mapping eval --format 'Switch([department], "Other", "Sales", "S", "Engineering", "E", "Finance", "F")'

  # PowerShell before 7.3 takes double quotes away; a file keeps them
  Set-Content nick.txt 'Join(" ", [givenName], [surname])'
  scimctl mapping eval --expression-file nick.txt --user ada@contoso.com`,
		RunE: func(c *cobra.Command, args []string) (err error) {
			if eval.Expression, err = expressionOf(a, c, args, file); err != nil {
				return err
			}
			if laidOut {
				return layOut(a, eval.Expression)
			}
			if eval.Set, err = attributesOf(c, set); err != nil {
				return err
			}
			if eval.Now, err = flags.TimeOf(c, "now", now); err != nil {
				return err
			}
			eval.App, eval.Graph = a.Settings.App, a.Graph
			return evaluateExpression(a, c, eval)
		},
	}
	c.Flags().StringArrayVar(&set, "set", nil, "let an attribute have a value: `attribute=value`; again for another one or a second value, nothing after = for none")
	c.Flags().StringVar(&eval.User, "user", "", "take other attributes from this `user`: user principal name, mail address or object id")
	c.Flags().StringVar(&now, "now", "", "evaluate Now() as of this `time`, such as 2026-03-01 or 2026-03-01T09:00:00Z")
	c.Flags().StringVar(&eval.DefaultDomain, "default-domain", "", "the tenant's default verified `domain`, for DefaultDomain()")
	c.Flags().StringVar(&file, "expression-file", "", "read the expression from this `file`; - is standard input")
	c.Flags().BoolVar(&laidOut, "format", false, "print the expression on indented lines instead of its value")
	for _, other := range []string{"set", "user", "now", "default-domain"} {
		cli.Exclusive(c, "format", other)
	}
	return c
}

// layOut prints an expression for people.
func layOut(a *cli.App, text string) error {
	parsed, err := expression.Parse(text)
	if err != nil {
		showPlace(a, text, err)
		return err
	}
	lines := expression.Format(parsed)
	return output.Text(a.IO.Out, a.Printer, output.Object{{Name: "expression", Value: lines}}, func(w io.Writer) error {
		_, err := iostreams.Fprintln(w, iostreams.Lines(lines))
		return err
	})
}

// evaluateExpression prints what an expression yields. What it cannot be is printed too,
// before the error.
func evaluateExpression(a *cli.App, c *cobra.Command, eval evaluate.Eval) error {
	made, err := eval.Do(c.Context())
	if made.Outcome != "" {
		if err := output.Text(a.IO.Out, a.Printer, made, func(w io.Writer) error { return writeLines(w, made.Values()) }); err != nil {
			return err
		}
	}
	if err != nil {
		showPlace(a, eval.Expression, err)
		return err
	}
	sayEvaluation(a, made)
	return nil
}

// sayEvaluation tells what the value alone does not.
func sayEvaluation(a *cli.App, made evaluate.Evaluation) {
	switch made.Outcome {
	case expression.Null:
		a.IO.Note("null: the attribute is left out of the request")
	case expression.Dropped:
		a.IO.Note("dropped: the expression leaves the attribute out of the request")
	case expression.Given:
		if made.Value == "" {
			a.IO.Note("empty, which the service treats like null: the attribute is left out of the request")
		}
		if made.Redacted {
			a.IO.Note("the provisioning logs show [Redact] in its place")
		}
	case expression.Unsupported:
	}
	if len(made.Unset) > 0 {
		a.IO.Note("not set, so null: %s", strings.Join(made.Unset, ", "))
	}
	if len(made.Unused) > 0 {
		a.IO.Note("set, but not in the expression: %s", strings.Join(made.Unused, ", "))
	}
	for _, f := range made.Findings {
		a.IO.Warn("%s: %s", f.Position, f.Problem)
	}
}

func writeLines(w io.Writer, lines []string) error {
	for _, line := range lines {
		if _, err := iostreams.Fprintln(w, line); err != nil {
			return err
		}
	}
	return nil
}

// showPlace shows where in an expression the fault is, for people.
func showPlace(a *cli.App, text string, err error) {
	type placed interface {
		error
		At() expression.Position
	}
	if e, ok := errors.AsType[placed](err); ok && a.ForPeople() {
		a.IO.Say("%s", cli.Indented(expression.Excerpt(text, e.At())))
	}
}

func expressionOf(a *cli.App, c *cobra.Command, args []string, file string) (string, error) {
	named := c.Flags().Changed("expression-file")
	switch {
	case named && len(args) > 0:
		return "", exit.Usagef(c, "the expression is an argument or in --expression-file, not both")
	case named:
		return readExpression(a, c, file)
	case len(args) == 0:
		return "", exit.Usagef(c, "%s needs an expression, or --expression-file", c.CommandPath())
	default:
		return args[0], nil
	}
}

// readExpression reads the file that --expression-file names.
func readExpression(a *cli.App, c *cobra.Command, path string) (string, error) {
	text, err := a.ReadInput(c, "expression-file", path, bounds.Expression)
	return strings.TrimRight(text, "\n"), err
}

// attributesOf reads attribute=value.
func attributesOf(c *cobra.Command, set []string) (map[string][]string, error) {
	attributes := map[string][]string{}
	for _, pair := range set {
		name, value, ok := strings.Cut(pair, "=")
		if !ok || strings.TrimSpace(name) == "" {
			return nil, exit.Usagef(c, "--set: %q is not attribute=value", pair)
		}
		name = strings.TrimSpace(name)
		if bare, ok := strings.CutPrefix(name, "["); ok { // as expressions write it
			name = strings.TrimSuffix(bare, "]")
		}
		attributes[name] = append(attributes[name], value)
	}
	return attributes, nil
}
