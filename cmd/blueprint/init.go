package blueprint

import (
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/internal/cli"
	"github.com/scimctl/scimctl/cmd/internal/exit"
	"github.com/scimctl/scimctl/cmd/internal/iostreams"
	"github.com/scimctl/scimctl/cmd/internal/output"
	"github.com/scimctl/scimctl/graph/remedy"
	"github.com/scimctl/scimctl/provisioning/blueprint"
	"github.com/scimctl/scimctl/provisioning/blueprint/presets"
)

func NewInit(a *cli.App) *cobra.Command {
	var preset, path string
	var set []string
	var force, schema bool
	c := &cobra.Command{
		Use:     "init",
		Short:   "Write a file to begin with",
		GroupID: cli.GroupFile,
		Long: `Write the file of a whole set-up, as a vendor's guide has it, for scimctl plan
and apply. The comments in it, and standard error, say what has to be done in
the vendor's own application, and which environment variables are read when the
file is applied. Nothing is asked of Microsoft Entra ID.

Without --out it goes to standard output. A file that is there is replaced only
with --force, unless it holds the same. --json-schema prints the JSON Schema of
such files instead, for editors.

As JSON: preset, source, date, text, notes[].`,
		Example: `  scimctl init --preset workato --set environments=true --out workato.yaml

  # Any application with SCIM
  scimctl init --preset scim --set name="My application" --out app.yaml

  # For an editor
  scimctl init --json-schema > blueprint.schema.json`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if schema {
				return a.WriteDocument(blueprint.Schema())
			}
			return writePreset(a, c, preset, set, path, force)
		},
	}
	if a.Helping {
		c.Long += "\n\nThe presets, with what can be set:\n\n" + presetList()
	}
	c.Flags().StringVar(&preset, "preset", "", "the set-up of this `vendor`: "+strings.Join(presets.Names(), ", "))
	c.Flags().StringArrayVar(&set, "set", nil, "set a parameter of the preset, as `name=value`; several with several --set")
	c.Flags().StringVar(&path, "out", "", "write to this `file`; - is standard output")
	c.Flags().BoolVar(&force, "force", false, "replace the file")
	c.Flags().BoolVar(&schema, "json-schema", false, "print the JSON Schema of such files")
	c.MarkFlagsOneRequired("preset", "json-schema")
	for _, flag := range []string{"preset", "set", "out", "force"} {
		c.MarkFlagsMutuallyExclusive("json-schema", flag)
	}
	a.CompleteFlag(c, "preset", cobra.FixedCompletions(presets.Names(), cobra.ShellCompDirectiveNoFileComp))
	a.CompleteFlag(c, "set", completeParameters(&preset))
	return c
}

// presetList shows each preset with its parameters, for the help.
func presetList() string {
	var out strings.Builder
	for _, name := range presets.Names() {
		p, err := presets.Find(name)
		if err != nil {
			continue // a test reads them all
		}
		iostreams.Fprintf(&out, "  %-10s %s: %s\n", name, p.Title, p.Does)
		for _, parameter := range p.Parameters {
			iostreams.Fprintf(&out, "    %s=%s\n      %s\n", parameter.Name, parameter.Default, parameter.What)
		}
	}
	return strings.TrimRight(out.String(), "\n")
}

// completeParameters completes the parameters of the preset that was chosen.
func completeParameters(preset *string) cobra.CompletionFunc {
	return func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
		var names []cobra.Completion
		if p, err := presets.Find(*preset); err == nil {
			for _, parameter := range p.Parameters {
				names = append(names, parameter.Name+"=")
			}
		}
		return names, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	}
}

// writePreset writes the file, and tells what is to be done beside it.
func writePreset(a *cli.App, c *cobra.Command, name string, set []string, path string, force bool) error {
	p, err := presets.Find(name)
	if err != nil {
		return err
	}
	values := map[string]string{}
	for _, text := range set {
		parameter, value, found := strings.Cut(text, "=")
		if !found || parameter == "" {
			return exit.Usagef(c, "--set %q is not name=value", text)
		}
		if _, twice := values[parameter]; twice {
			return exit.Usagef(c, "--set %s stands there twice", parameter)
		}
		values[parameter] = value
	}
	text, err := p.File(values)
	if err != nil {
		return err
	}
	if path == "" || path == "-" {
		path = "FILE"
		begun := beginning{Preset: p.Name, Source: p.Source, Date: p.Date, Text: string(text), Notes: p.Notes()}
		err = output.Text(a.IO.Out, a.Printer, begun, func(w io.Writer) error { _, err := w.Write(text); return err })
	} else {
		err = a.WriteNew(c, path, text, force)
	}
	if err != nil {
		return err
	}
	for _, line := range p.Notes() {
		a.IO.Note("%s", line)
	}
	a.Note(remedy.Run("to see what it would do", "plan").Flag("file", path))
	return nil
}

// A beginning is a file to begin with.
type beginning struct {
	Preset string   `json:"preset"`
	Source string   `json:"source"`
	Date   string   `json:"date"`
	Text   string   `json:"text"`
	Notes  []string `json:"notes"`
}
