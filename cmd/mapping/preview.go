package mapping

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/internal/cli"
	"github.com/scimctl/scimctl/cmd/internal/exit"
	"github.com/scimctl/scimctl/cmd/internal/flags"
	"github.com/scimctl/scimctl/cmd/internal/iostreams"
	"github.com/scimctl/scimctl/cmd/internal/output"
	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/provisioning/engine"
	"github.com/scimctl/scimctl/provisioning/evaluate"
)

func newMappingPreviewCmd(a *cli.App) *cobra.Command {
	var preview evaluate.Preview
	var against, now string
	var set []string
	c := &cobra.Command{
		Use:         "preview [user]",
		Annotations: cli.Asks(cli.ReadsSchema(), graph.OpReadSecrets, graph.OpReadUsers, graph.OpReadOwnAssignments),
		Short:       "Show what would be sent for a user",
		Long: `Show what provisioning would send for a user: whether they are in scope and why,
what each mapping yields, and the requests to create, update or disable the
account. Nothing is sent, and the application is not asked anything.

With --against, the schema in a file takes the place of the job's, such as one
that mapping export wrote and that has been edited. --set gives the user other
values; an empty one is none. Without a user, the file and what is set are all
there is: no sign-in, no tenant, and the user is taken to be assigned.

In the requests {id} stands for the id of the account, and {id of …} for that of
another user or group in the application.

As JSON: user, scope (all or assigned), inScope, reasons[] {name, holds, detail},
undecided (why scope or requests cannot be told), action (Create, Skip or Fail),
code, reason, attributes[] {target, source, outcome (value, null, dropped or
unsupported), values[], match, default, createOnly, later, reference, notSent,
unknown[]}, create {method, path, body}, createReferences[], update[],
updateCompliant[] (with aadOptscim062020 in the tenant URL), disable,
disableCompliant, skipOutOfScopeDeletions, unknown[] (attributes that Microsoft
Graph does not tell), unused[] {name, near[]} (set, and not read by the schema).
What does not apply is left out.`,
		Example: `  scimctl mapping preview ada@contoso.com --app Workato

  # What if she moved to Sales?
  scimctl mapping preview ada@contoso.com --set department=Sales --app Workato

  # The body of the create alone
  scimctl mapping preview ada@contoso.com --app Workato --jq .create.body

  # Without a tenant, from an exported schema
  scimctl mapping export --out workato.json --app Workato
  scimctl mapping preview --against workato.json --set userPrincipalName=ada@contoso.com --set mail=ada@contoso.com`,
		RunE: func(c *cobra.Command, args []string) error {
			var err error
			if preview.Set, err = attributesOf(c, set); err != nil {
				return err
			}
			if preview.Now, err = flags.TimeOf(c, "now", now); err != nil {
				return err
			}
			if err := aimPreview(a, c, &preview, against, args); err != nil {
				return err
			}
			made, err := preview.Do(c.Context())
			if err != nil {
				return err
			}
			return showPreview(a, made)
		},
	}
	c.Flags().StringVar(&against, "against", "", "take the schema in this `file` in place of the job's")
	c.Flags().StringArrayVar(&set, "set", nil, "let an attribute have a value: `attribute=value`; again for another one or a second value, nothing after = for none")
	c.Flags().StringVar(&now, "now", "", "evaluate Now() as of this `time`, such as 2026-03-01 or 2026-03-01T09:00:00Z")
	c.Flags().StringVar(&preview.DefaultDomain, "default-domain", "", "the tenant's default verified `domain`, for DefaultDomain()")
	return c
}

// aimPreview says what is previewed: a user of the tenant, or what is set.
func aimPreview(a *cli.App, c *cobra.Command, p *evaluate.Preview, against string, args []string) error {
	p.App, p.Job = a.Settings.App, a.Settings.Job
	if c.Flags().Changed("against") {
		schema, err := readSchema(a, c, "against", against)
		if err != nil {
			return err
		}
		p.Schema = schema.Bytes()
	}
	switch {
	case len(args) == 1 && strings.TrimSpace(args[0]) == "":
		return exit.Usagef(c, "which user? The name is empty")
	case len(args) == 1:
		p.User = args[0]
		var err error
		p.Graph, err = a.Connect(c)
		return err
	case p.Schema == nil:
		return exit.Usagef(c, "whom? Name a user, or a schema with --against and attributes with --set")
	case len(p.Set) == 0:
		return exit.Usagef(c, "what is there to preview? Without a user, --set gives the attributes: --set userPrincipalName=ada@contoso.com")
	}
	return nil
}

func showPreview(a *cli.App, p evaluate.PreviewResult) error {
	for _, unused := range p.Unused {
		meant := ""
		if len(unused.Near) > 0 {
			meant = "; did you mean " + strings.Join(unused.Near, " or ") + "?"
		}
		a.IO.Warn("--set %s changes nothing: the schema does not read it%s", unused.Name, meant)
	}
	for _, name := range p.Unknown {
		a.IO.Warn("the value of %s is not known here, and taken to be empty: --set gives it one", name)
	}
	if p.Undecided != "" {
		a.IO.Warn("what would be sent cannot be told: %s", p.Undecided)
	}
	if a.Settings.Output == output.CSV || a.Settings.Output == output.TSV {
		return output.List(a.IO.Out, a.Printer, p.Attributes, cli.PreviewColumns()...)
	}
	return output.Text(a.IO.Out, a.Printer, p, func(w io.Writer) error { return writePreview(a, w, p) })
}

func writePreview(a *cli.App, w io.Writer, p evaluate.PreviewResult) error {
	iostreams.Fprintf(w, "%s\n\n", a.IO.OutStyle().Bold(scopeOf(a, p)))
	err := output.List(w, a.Printer, p.Reasons,
		cli.Column("in scope when", func(r evaluate.Reason) string { return r.Name }),
		cli.Column("holds", func(r evaluate.Reason) string { return cli.YesNo(r.Holds) }),
		cli.Long("detail", func(r evaluate.Reason) string { return r.Detail }))
	if err != nil {
		return err
	}
	iostreams.Fprintln(w)
	if err := output.List(w, a.Printer, p.Attributes, cli.PreviewColumns()...); err != nil {
		return err
	}
	return writeRequests(a, w, p)
}

// scopeOf is the verdict in a sentence.
func scopeOf(a *cli.App, p evaluate.PreviewResult) string {
	who := p.User
	if who == "" {
		who = "this user"
	}
	is, of := "is in scope", " of "+a.Settings.App
	switch {
	case p.Undecided != "":
		is = "may be in scope"
	case !p.InScope:
		is = "is out of scope"
	}
	if p.Scope == "" { // no application was looked at
		of = ""
	}
	if p.Reason == "" {
		return who + " " + is + of
	}
	return fmt.Sprintf("%s %s%s: %s (%s)", who, is, of, p.Reason, p.Code)
}

// writeRequests writes each request under a heading.
func writeRequests(a *cli.App, w io.Writer, p evaluate.PreviewResult) error {
	disable := "Disable an account that is there"
	if p.SkipDeletions {
		disable = "Not sent, since deletions of those out of scope are skipped: disable an account that is there"
	}
	for _, part := range []struct {
		heading  string
		requests []engine.Request
	}{
		{"Create an account", listed(p.Create)},
		{"After it, when the accounts referred to are there", p.CreateReferences},
		{"Update an account of which every value differs", p.Update},
		{"The same with aadOptscim062020 in the tenant URL", p.UpdateCompliant},
		{disable, listed(p.Disable)},
		{"The same with aadOptscim062020 in the tenant URL", listed(p.DisableCompliant)},
	} {
		for _, r := range part.requests {
			iostreams.Fprintf(w, "\n%s: %s %s\n", a.IO.OutStyle().Bold(part.heading), r.Method, r.Path)
			if err := output.Fields(w, output.Printer{Format: output.JSON}, r.Body); err != nil {
				return err
			}
		}
	}
	return nil
}

func listed(r *engine.Request) []engine.Request {
	if r == nil {
		return nil
	}
	return []engine.Request{*r}
}
