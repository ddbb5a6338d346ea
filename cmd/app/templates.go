package app

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/internal/cli"
	"github.com/scimctl/scimctl/cmd/internal/output"
	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/remedy"
	"github.com/scimctl/scimctl/provisioning/apps"
)

func newAppTemplatesCmd(a *cli.App) *cobra.Command {
	var list apps.ListTemplates
	c := &cobra.Command{
		Use:         "templates [search]",
		Annotations: cli.Asks(nil, graph.OpReadTemplates),
		Short:       "Search the gallery for what to create",
		Long: `Search the gallery by a part of the name, and see which of its applications can
be provisioned. Without an argument it is the whole gallery, which has
thousands. Custom is what app create makes a non-gallery application from; its
id differs from cloud to cloud, and the one shown is that of --cloud.

As JSON, a list of: id, name, publisher, provisions, nonGallery, categories[],
signOnModes[].`,
		Example: `  scimctl app templates work

  # The id of what non-gallery applications are made from
  scimctl app templates Custom --jq '.[] | select(.nonGallery) | .id'`,
		RunE: func(c *cobra.Command, args []string) (err error) {
			if len(args) == 1 {
				list.Search = strings.TrimSpace(args[0])
			}
			if list.Graph, err = a.Graph(c.Context()); err != nil {
				return err
			}
			templates, err := list.Do(c.Context())
			if err != nil {
				return err
			}
			if len(templates) == 0 {
				a.Note(remedy.Run("not in the gallery; to create a non-gallery application, which can be provisioned if it supports SCIM", "app create", "NAME"))
			}
			return output.List(a.IO.Out, a.Printer, templates,
				cli.Long("name", func(t apps.Template) string { return t.Name }),
				cli.Column("publisher", func(t apps.Template) string { return t.Publisher }),
				cli.Column("can be provisioned", func(t apps.Template) string { return cli.YesNo(t.Provisions) }),
				cli.Column("id", func(t apps.Template) string { return t.ID }))
		},
	}
	c.Flags().BoolVar(&list.Provisions, "provisionable", false, "only what can be provisioned")
	return c
}
