// Package blueprint has the commands for a whole set-up as one file: init,
// plan, apply and export.
package blueprint

import (
	"errors"
	"io/fs"
	"strings"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/internal/cli"
	"github.com/scimctl/scimctl/cmd/internal/exit"
	"github.com/scimctl/scimctl/graph/remedy"
	"github.com/scimctl/scimctl/provisioning/blueprint"
	"github.com/scimctl/scimctl/provisioning/blueprint/planning"
	"github.com/scimctl/scimctl/provisioning/sandbox"
)

// fileFlags say which files are meant, and what of them.
type fileFlags struct {
	paths      []string
	vars       []string
	only, skip []string
	references bool
}

func (f *fileFlags) register(a *cli.App, c *cobra.Command) {
	c.Flags().StringArrayVarP(&f.paths, "file", "f", nil, "read the set-up from this `file`, or from all in this folder; - is standard input; several with several -f")
	c.Flags().StringArrayVar(&f.vars, "var", nil, "put value for ${NAME} in the file, as `NAME=value`; so does the variable SCIMCTL_VAR_NAME")
	c.Flags().StringSliceVar(&f.only, "only", nil, "these `sections` alone: "+sectionList())
	c.Flags().StringSliceVar(&f.skip, "skip", nil, "all `sections` but these")
	c.Flags().BoolVar(&f.references, "allow-references", false, "with --sandbox, read the variables and files that the file names")
	a.CompleteFlag(c, "only", completeSections)
	a.CompleteFlag(c, "skip", completeSections)
}

func sectionList() string {
	var names []string
	for _, section := range blueprint.Sections() {
		names = append(names, string(section))
	}
	return strings.Join(names, ", ")
}

func completeSections(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
	var names []cobra.Completion
	for _, section := range blueprint.Sections() {
		names = append(names, string(section))
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// read reads the files and what is to be planned of them.
func (f *fileFlags) read(c *cobra.Command, a *cli.App) (m planning.Make, err error) {
	if len(f.paths) == 0 {
		return m, exit.UsageHint(c, remedy.List{remedy.Run("create one", "init").Flag("preset", "scim").Flag("out", "FILE")}, "no file given: use -f FILE")
	}
	given := map[string]string{}
	for _, text := range f.vars {
		name, value, found := strings.Cut(text, "=")
		if !found || name == "" {
			return m, exit.Usagef(c, "invalid --var: must be NAME=value") // the value may be a secret
		}
		given[name] = value
	}
	if m.Selection, err = blueprint.Select(f.only, f.skip); err != nil {
		return m, err
	}
	m.Blueprints, err = blueprint.Read{
		Paths: f.paths, Stdin: a.IO.In, Variables: blueprint.Variables{Given: given, Getenv: a.Getenv},
	}.Do(c.Context())
	if missing, ok := errors.AsType[*fs.PathError](err); ok {
		err = exit.Usagef(c, "-f %s: %w", missing.Path, missing.Err)
	}
	withholdOf(a, m.Blueprints)
	if rehearses(a, f) {
		planning.Rehearse(m.Blueprints, sandbox.SCIMURL, sandbox.TokenURL)
	}
	return m, err
}

// withholdOf keeps the secrets of files from the programs that are started.
func withholdOf(a *cli.App, files []blueprint.Blueprint) {
	for _, file := range files {
		a.Withhold(planning.Variables(file)...)
	}
}

// rehearses reports whether files are only tried out, and so may be anybody's:
// they read nothing of this machine.
func rehearses(a *cli.App, f *fileFlags) bool { return a.Settings.Sandbox && !f.references }

// resolver reads what references of a file lead to. In a rehearsal that is the
// sandbox's own SCIM server, and no command runs in the sandbox at all.
func resolver(a *cli.App, f *fileFlags, allowCommands bool) planning.Resolver {
	r := planning.Resolver{Getenv: a.Getenv, ReadFile: cli.ReadReference, Learn: func(secret string) { a.Secrets.Add(secret) }, AllowCommands: allowCommands, NoCommands: a.Settings.Sandbox}
	if rehearses(a, f) {
		r.Rehearsal = &planning.Rehearsal{URL: sandbox.SCIMURL, Token: a.SandboxServerToken}
	}
	return r
}
