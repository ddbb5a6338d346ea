package blueprint

import (
	"bytes"
	"errors"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/internal/cli"
	"github.com/scimctl/scimctl/cmd/internal/exit"
	"github.com/scimctl/scimctl/cmd/internal/output"
	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/private"
	"github.com/scimctl/scimctl/provisioning/apps"
	"github.com/scimctl/scimctl/provisioning/blueprint"
	"github.com/scimctl/scimctl/provisioning/blueprint/export"
)

func NewExport(a *cli.App) *cobra.Command {
	var all, force, full bool
	var out string
	c := &cobra.Command{
		Use: "export",
		Annotations: cli.Asks(cli.ReadsSchema(),
			graph.OpReadTemplates, graph.OpReadSyncTemplates, graph.OpReadSecrets, graph.OpReadExtensions,
			graph.OpReadAssignments, graph.OpReadUsers, graph.OpReadGroups, graph.OpReadOperators,
		),
		Short:   "Write what is set up as a file",
		GroupID: cli.GroupFile,
		Long: `Write what is set up as a file: the application, its extension properties, the
settings of provisioning, mappings, filters and assignments. A plan of the file
has no changes. Of mappings and attributes it holds what is otherwise than the
job began with; so another application can be set up with it as well.

There is no secret in it. Credentials become references to variables named after
the application, which have to be set when the file is applied. Values of
extension properties are left out: many belong into a CSV file.

Without --out it goes to standard output; --all writes each application that has
a provisioning job, into a folder a file for each. What does not go into a file
is told, and stands at its top.

As JSON: a list of the files' contents.`,
		Example: `  scimctl export --app Workato --out workato.yaml

  # The whole tenant, to be kept in git
  scimctl export --all --out provisioning`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			apps, err := exportedApps(a, c, all)
			if err != nil {
				return err
			}
			files, err := exportEach(a, c, apps, all, full)
			if err != nil {
				return err
			}
			if out == "" || out == "-" {
				return writeExports(a, files)
			}
			return saveExports(a, c, files, out, all, force)
		},
	}
	c.Flags().BoolVar(&all, "all", false, "every application that has a provisioning job")
	c.Flags().StringVar(&out, "out", "", "write to this `file`, with --all into this folder; - is standard output")
	c.Flags().BoolVar(&full, "full", false, "also the mappings that the job began with: a plan then tells of every change of them")
	c.Flags().BoolVar(&force, "force", false, "replace what is there")
	return c
}

// exportedApps are the names of the applications that are meant, or the ids of
// namesakes.
func exportedApps(a *cli.App, c *cobra.Command, all bool) ([]string, error) {
	if !all {
		_, err := a.Connect(c)
		return []string{a.Settings.App}, err
	}
	client, err := a.Graph(c.Context())
	if err != nil {
		return nil, err
	}
	found, err := apps.Inventory{Graph: client}.Do(c.Context())
	names, seen := map[string]int{}, map[string]bool{}
	apps := []string{}
	for _, app := range found {
		if !seen[app.ServicePrincipalID] {
			names[app.Name]++
		}
		seen[app.ServicePrincipalID] = true
	}
	for _, app := range found {
		switch {
		case !seen[app.ServicePrincipalID]: // another job of the same
		case names[app.Name] == 1:
			apps = append(apps, app.Name)
		default:
			apps = append(apps, app.AppID)
		}
		seen[app.ServicePrincipalID] = false
	}
	return apps, err
}

// exportEach reads the applications. Of all, one with several jobs is passed
// over: a file has one.
func exportEach(a *cli.App, c *cobra.Command, apps []string, all, full bool) ([]export.Exported, error) {
	client, err := a.Graph(c.Context())
	if err != nil {
		return nil, err
	}
	files := []export.Exported{}
	for _, app := range apps {
		file, err := export.Export{Graph: client, App: app, Job: a.Settings.Job, Full: full}.Do(c.Context())
		if several, ok := errors.AsType[*graph.AmbiguousError](err); ok && all {
			a.IO.Warn("%s was passed over: it has several provisioning jobs, and --app with --job takes one", several.Name)
			continue
		}
		if err != nil {
			return nil, err
		}
		for _, warning := range file.Warnings {
			a.IO.Warn("%s", warning)
		}
		files = append(files, file)
	}
	return files, nil
}

func writeExports(a *cli.App, files []export.Exported) error {
	contents := []blueprint.Blueprint{}
	for _, file := range files {
		contents = append(contents, file.Blueprint)
	}
	return output.Text(a.IO.Out, a.Printer, contents, func(w io.Writer) error {
		for i, file := range files {
			text, err := file.YAML()
			if err == nil && i > 0 {
				_, err = io.WriteString(w, "---\n")
			}
			if err == nil {
				_, err = w.Write(text)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

func saveExports(a *cli.App, c *cobra.Command, files []export.Exported, out string, all, force bool) error {
	if all {
		if err := private.MakeFolder(out); err != nil {
			return exit.Usagef(c, "--out: %w", err)
		}
	}
	taken := map[string]bool{}
	for _, file := range files {
		text, err := file.YAML()
		if err != nil {
			return err
		}
		path := out
		if all {
			path = filepath.Join(out, freeName(fileNameOf(file.Blueprint.Application.Name), taken)+".yaml")
		}
		if err := a.WriteNew(c, path, append(bytes.TrimRight(text, "\n"), '\n'), force); err != nil {
			return err
		}
	}
	if slices.ContainsFunc(files, func(f export.Exported) bool { return f.Blueprint.Extensions != nil }) {
		a.IO.Note("%s", export.ValuesLeftOut)
	}
	return nil
}

// fileNameOf is a name as files on every system can have it.
func fileNameOf(name string) string {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') })
	if len(words) == 0 {
		return "application"
	}
	return strings.Join(words, "-")
}

// freeName is a name that no other file of the run has.
func freeName(name string, taken map[string]bool) string {
	free := name
	for n := 2; taken[free]; n++ {
		free = name + "-" + strconv.Itoa(n)
	}
	taken[free] = true
	return free
}
