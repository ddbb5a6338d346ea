package mapping

import (
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/internal/cli"
	"github.com/scimctl/scimctl/cmd/internal/exit"
	"github.com/scimctl/scimctl/cmd/internal/hint"
	"github.com/scimctl/scimctl/cmd/internal/iostreams"
	"github.com/scimctl/scimctl/cmd/internal/output"
	"github.com/scimctl/scimctl/graph/remedy"
	"github.com/scimctl/scimctl/mappings/expression"
)

func newMappingFunctionsCmd(a *cli.App) *cobra.Command {
	return &cobra.Command{
		Use:   "functions [name]",
		Short: "List the functions of expressions, or describe one",
		Long: `List the documented functions of the expressions of attribute mappings, or
describe one with an example. A parameter with ? may be left empty; … goes on.

As JSON, a list of: name, signature, meaning, parameters[] {name, meaning,
optional, repeated}, leastArguments, mostArguments (-1: any number),
restrictions[], page, example {expression, attributes, now, defaultDomain,
outcome, result[], shape}. Result is that of the example; of a random one, whose
results fit the regular expression shape, it is one of many. With a name, that
function alone.`,
		Example: `  scimctl mapping functions

  scimctl mapping functions Switch`,
		ValidArgsFunction: completeFunctions,
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return output.List(a.IO.Out, a.Printer, expression.Catalogue(),
					cli.Column("name", func(f expression.Function) string { return f.Name }),
					cli.Long("signature", func(f expression.Function) string { return f.Signature }),
					cli.Long("meaning", func(f expression.Function) string { return f.Meaning }))
			}
			f, ok := expression.Describe(args[0])
			if !ok {
				return &exit.UnknownFunctionNameError{Name: args[0], Near: expression.Near(args[0])}
			}
			return output.Text(a.IO.Out, a.Printer, f, func(w io.Writer) error { return describeFunction(w, a.Hinter(), f) })
		},
	}
}

func completeFunctions(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	var names []cobra.Completion
	if len(args) == 0 {
		for _, f := range expression.Catalogue() {
			names = append(names, cobra.CompletionWithDesc(f.Name, f.Meaning))
		}
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// describeFunction writes what people want to know of a function.
func describeFunction(w io.Writer, h hint.Hinter, f expression.Function) error {
	var b strings.Builder
	iostreams.Fprintf(&b, "%s\n\n%s.\n", f.Signature, f.Meaning)
	b.WriteString(parameterLines(f.Parameters))
	if len(f.Restrictions) > 0 {
		b.WriteString("\nTo know:\n")
	}
	for _, restriction := range f.Restrictions {
		iostreams.Fprintf(&b, "  - %s\n", restriction)
	}
	iostreams.Fprintf(&b, "\nExample:\n  %s\n", evalCommand(h, f.Example))
	for _, line := range exampleResult(f.Example) {
		iostreams.Fprintf(&b, "  %s\n", line)
	}
	iostreams.Fprintf(&b, "\n%s\n", f.Page)
	_, err := io.WriteString(w, b.String())
	return err
}

func parameterLines(parameters []expression.Parameter) string {
	var b strings.Builder
	widest := 0
	for _, p := range parameters {
		widest = max(widest, len(p.Name))
	}
	for i, p := range parameters {
		if i == 0 {
			b.WriteString("\nParameters:\n")
		}
		remark := ""
		switch {
		case p.Optional:
			remark = " (optional)"
		case p.Repeated:
			remark = " (repeated)"
		}
		iostreams.Fprintf(&b, "  %-*s   %s%s\n", widest, p.Name, p.Meaning, remark)
	}
	return b.String()
}

// evalCommand is the command that evaluates an example.
func evalCommand(h hint.Hinter, e expression.Example) string {
	eval := remedy.Run("", "mapping eval", e.Expression)
	for _, name := range slices.Sorted(maps.Keys(e.Attributes)) {
		for _, value := range e.Attributes[name] {
			eval = eval.Flag("set", name+"="+value)
		}
	}
	if !e.Now.IsZero() {
		eval = eval.Flag("now", cli.Moment(e.Now))
	}
	if e.DefaultDomain != "" {
		eval = eval.Flag("default-domain", e.DefaultDomain)
	}
	line, _ := h.Command(eval)
	return line
}

// exampleResult is what an example yields, for people.
func exampleResult(e expression.Example) []string {
	switch e.Outcome {
	case expression.Null:
		return []string{"(null)"}
	case expression.Dropped:
		return []string{"(dropped: the attribute is left out of the request)"}
	case expression.Unsupported:
		return []string{"(not evaluated by scimctl)"}
	case expression.Given:
	}
	if e.Shape != "" {
		return []string{e.Result[0] + " (for example)"}
	}
	return e.Result
}
