package cmd

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/internal/output"
	"github.com/scimctl/scimctl/mappings"
)

func newMappingCmd(a *App) *cobra.Command {
	return newGroup(groupProvisioning, "mapping", "List and change attribute mappings",
		`Attribute mappings: which attribute of a user or group goes where in the
application.

The schema that holds them is read, changed in place and put back whole: what
scimctl does not know stays as it is. Before each write a copy is kept on this
machine. Microsoft Graph has no way to lock a schema: what someone else writes
between scimctl's last look and its write is lost.`,
		newMappingListCmd(a), newMappingAddCmd(a), newMappingEnableCmd(a), newMappingDisableCmd(a), newMappingActionsCmd(a))
}

func objectFlag(c *cobra.Command, object *string, usual string) {
	*object = usual
	c.Flags().Var((*objectValue)(object), "object", "mapping of this `object`: user or group")
	// It fails for a flag that does not exist, and this one does.
	_ = c.RegisterFlagCompletionFunc("object", cobra.FixedCompletions([]string{mappings.User, mappings.Group}, cobra.ShellCompDirectiveNoFileComp))
}

func newMappingListCmd(a *App) *cobra.Command {
	var list mappings.List
	c := &cobra.Command{
		Use:   "list",
		Short: "List the attribute mappings",
		Long: `List the attribute mappings of users or groups.

As JSON, a list of: target, kind (direct, expression, constant or none),
source, default, match, apply (always or on-create).`,
		Example: `  scimctl mapping list --app Workato

  scimctl mapping list --object group --app Workato -o yaml`,
		RunE: func(c *cobra.Command, _ []string) (err error) {
			if list.Graph, err = a.connect(c); err != nil {
				return err
			}
			list.App, list.Job = a.Settings.App, a.Settings.Job
			found, err := list.Do(c.Context())
			if err != nil {
				return err
			}
			return output.List(a.IO.Out, a.Printer, found,
				column("target", func(m mappings.Mapping) string { return m.Target }),
				column("kind", func(m mappings.Mapping) string { return string(m.Kind) }),
				long("source", func(m mappings.Mapping) string { return m.Source }),
				column("match", func(m mappings.Mapping) string { return matchOf(m) }),
				column("apply", func(m mappings.Mapping) string { return string(m.Apply) }),
				column("default", func(m mappings.Mapping) string { return m.Default }))
		},
	}
	objectFlag(c, &list.Object, mappings.User)
	return c
}

func matchOf(m mappings.Mapping) string {
	if m.Match == 0 {
		return ""
	}
	return fmt.Sprint(m.Match)
}

// objectValue is a flag that takes user or group.
type objectValue string

func (v *objectValue) Set(text string) error {
	if text != mappings.User && text != mappings.Group {
		return fmt.Errorf("it is %s or %s", mappings.User, mappings.Group)
	}
	*v = objectValue(text)
	return nil
}

func (v *objectValue) String() string { return string(*v) }

func (v *objectValue) Type() string { return "object" }

// sourceFlags are the ways to say where one mapping takes its value from.
type sourceFlags struct {
	From           string
	Expression     string
	ExpressionFile string
	Constant       string
	Mapping        mappings.Mapping
	Apply          string
}

func (f *sourceFlags) register(c *cobra.Command) {
	c.Flags().StringVar(&f.From, "from", "", "take the value of this `attribute`; an extension property by its short name")
	c.Flags().StringVar(&f.Expression, "expression", "", "take the value of this `expression`")
	c.Flags().StringVar(&f.ExpressionFile, "expression-file", "", "take the value of the expression in this `file`")
	c.Flags().StringVar(&f.Constant, "constant", "", "send always this `text`")
	c.Flags().StringVar(&f.Mapping.Default, "default", "", "`text` to create an account with when there is no value")
	c.Flags().IntVar(&f.Mapping.Match, "match", 0, "match accounts by this attribute, in this `place`: 1 is tried first")
	c.Flags().StringVar(&f.Apply, "apply", "", "`when`: always or on-create")
	exclusive(c, "from", "expression", "expression-file", "constant")
}

// anySet tells whether the mapping is written with flags.
func (f *sourceFlags) anySet(c *cobra.Command) bool {
	for _, name := range []string{"from", "expression", "expression-file", "constant", "default", "match", "apply"} {
		if c.Flags().Changed(name) {
			return true
		}
	}
	return false
}

func (f *sourceFlags) mapping(c *cobra.Command, target string) (mappings.Mapping, error) {
	m := f.Mapping
	m.Target, m.Apply = target, mappings.Apply(f.Apply)
	switch {
	case f.From != "":
		m.Kind, m.Source = mappings.Direct, f.From
	case f.Expression != "":
		m.Kind, m.Source = mappings.Expression, f.Expression
	case f.Constant != "":
		m.Kind, m.Source = mappings.Constant, f.Constant
	case f.ExpressionFile != "":
		text, err := readNamed(c, "expression-file", f.ExpressionFile)
		m.Kind, m.Source = mappings.Expression, strings.TrimSpace(text)
		return m, err
	default: // target=source does as well
		if pair, err := mappings.ParseMapping(target); err == nil {
			m.Target, m.Kind, m.Source = pair.Target, pair.Kind, pair.Source
		}
	}
	return m, nil
}

func newMappingAddCmd(a *App) *cobra.Command {
	var add mappings.Add
	var source sourceFlags
	c := &cobra.Command{
		Use:   "add <target[=source]>...",
		Short: "Add attribute mappings",
		Long: `Add attribute mappings, all in one write: several as target=source, or one
target with --from, --expression, --constant or --default. What is mapped so
already is left alone; what is mapped otherwise is an error.

A source that the attribute list lacks is added when it is an extension
property of the tenant; a target that it lacks when it is a urn: name and no
misspelling of one that is there. In a target ' may stand for ", for shells that
eat double quotes.

As JSON: changes[] {object, kind, name, old, new}, warnings, copyId, copyPath.`,
		Example: `  scimctl mapping add urn:ietf:params:scim:schemas:workato:1.0:WorkatoRole:workato_role=workato_role --app Workato

  # bash
  scimctl mapping add nickName --expression 'Join(" ", [givenName], [surname])' --app Workato

  # PowerShell before 7.3 takes double quotes away; a file keeps them
  Set-Content nick.txt 'Join(" ", [givenName], [surname])'
  scimctl mapping add nickName --expression-file nick.txt --app Workato

  # Every shell
  scimctl mapping add "emails[type eq 'home'].value=otherMails" --app Workato`,
		RunE: func(c *cobra.Command, args []string) error {
			var err error
			if add.Mappings, err = mappingsOf(c, args, &source); err != nil {
				return err
			}
			return a.updateSchema(c, "all of this is mapped so already", mappings.Update{Plan: add.Plan})
		},
	}
	objectFlag(c, &add.Object, mappings.User)
	source.register(c)
	c.Flags().BoolVar(&add.NewSource, "new-source", false, "add sources that the attribute list lacks, whatever they are")
	c.Flags().BoolVar(&add.NewTarget, "new-target", false, "add targets that the attribute list lacks, whatever they are")
	return c
}

// mappingsOf reads the two ways in which mappings are written.
func mappingsOf(c *cobra.Command, args []string, source *sourceFlags) ([]mappings.Mapping, error) {
	if source.anySet(c) {
		if len(args) != 1 {
			return nil, usagef(c, "--from, --expression, --constant, --default, --match and --apply are for one target, and there are %d", len(args))
		}
		m, err := source.mapping(c, args[0])
		return []mappings.Mapping{m}, err
	}
	var all []mappings.Mapping
	for _, arg := range args {
		m, err := mappings.ParseMapping(arg)
		if err != nil {
			return nil, err
		}
		all = append(all, m)
	}
	return all, nil
}

// updateSchema carries an edit out and tells what changed, or that it was so
// already.
func (a *App) updateSchema(c *cobra.Command, already string, update mappings.Update) (err error) {
	if update.Graph, err = a.connect(c); err != nil {
		return err
	}
	if update.History, err = a.history(); err != nil {
		return err
	}
	update.App, update.Job, update.Confirm = a.Settings.App, a.Settings.Job, a.confirmSchema
	update.Reason = strings.TrimPrefix(c.CommandPath(), "scimctl ")
	result, err := update.Do(c.Context())
	for _, warning := range result.Warnings {
		a.IO.Warn("%s", warning)
	}
	if err != nil {
		a.sayCopy(result)
		return err
	}
	a.sayChanges(result, already)
	if a.forPeople() {
		return nil
	}
	if a.Settings.Output == output.CSV || a.Settings.Output == output.TSV {
		return output.List(a.IO.Out, a.Printer, result.Changes, changeColumns()...)
	}
	return output.Fields(a.IO.Out, a.Printer, result)
}

func (a *App) sayChanges(result mappings.Result, already string) {
	if len(result.Changes) == 0 {
		a.say("%s: nothing to write", already)
		return
	}
	for _, change := range result.Changes {
		a.say("%s", change)
	}
	a.sayCopy(result)
}

func (a *App) sayCopy(result mappings.Result) {
	if result.CopyPath != "" {
		a.IO.Note("the schema as it was before is kept in %s", result.CopyPath)
	}
}

func changeColumns() []output.Column[mappings.Change] {
	return []output.Column[mappings.Change]{
		column("object", func(m mappings.Change) string { return m.Object }),
		column("kind", func(m mappings.Change) string { return string(m.Kind) }),
		column("name", func(m mappings.Change) string { return m.Name }),
		column("old", func(m mappings.Change) string { return m.Old }),
		column("new", func(m mappings.Change) string { return m.New }),
	}
}

func newMappingEnableCmd(a *App) *cobra.Command {
	var object string
	c := &cobra.Command{
		Use:   "enable",
		Short: "Turn the mapping of users or groups on",
		Long: `Turn on the mapping of users or of groups, so that they are provisioned.

As JSON: changes[] {object, kind, name, old, new}, warnings, copyId, copyPath.`,
		Example: `  scimctl mapping enable --object user --app Workato

  scimctl mapping enable --object group --app Workato --dry-run`,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.updateSchema(c, "the mapping of "+object+"s is enabled already", mappings.Update{Edit: mappings.SetEnabled(object, true)})
		},
	}
	objectFlag(c, &object, mappings.User)
	return c
}

func newMappingDisableCmd(a *App) *cobra.Command {
	var object string
	c := &cobra.Command{
		Use:   "disable",
		Short: "Turn the mapping of groups off",
		Long: `Turn off the mapping of groups, so that they are not provisioned. That of users
cannot be turned off.

As JSON: changes[] {object, kind, name, old, new}, warnings, copyId, copyPath.`,
		Example: `  scimctl mapping disable --object group --app Workato

  scimctl mapping disable --object group --app Workato --dry-run`,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.updateSchema(c, "the mapping of "+object+"s is disabled already", mappings.Update{Edit: mappings.SetEnabled(object, false)})
		},
	}
	objectFlag(c, &object, mappings.Group) // the only one that can be turned off
	return c
}

func newMappingActionsCmd(a *App) *cobra.Command {
	var object string
	var enable, disable []string
	c := &cobra.Command{
		Use:   "actions",
		Short: "Choose between create, update and delete",
		Long: `Choose what provisioning may do in the application: create, update and delete
accounts or groups. What neither flag names stays as it is.

As JSON: changes[] {object, kind, name, old, new}, warnings, copyId, copyPath.`,
		Example: `  scimctl mapping actions --enable create,update --app Workato

  # Never delete anybody
  scimctl mapping actions --disable delete --app Workato`,
		RunE: func(c *cobra.Command, _ []string) error {
			if len(enable)+len(disable) == 0 {
				return usagef(c, "which actions? Name some with --enable or --disable: %s", strings.Join(mappings.ActionNames(), ", "))
			}
			return a.updateSchema(c, "the actions are so already", mappings.Update{Edit: mappings.ChangeActions(object, enable, disable)})
		},
	}
	objectFlag(c, &object, mappings.User)
	c.Flags().StringSliceVar(&enable, "enable", nil, "turn these `actions` on, with commas between them")
	c.Flags().StringSliceVar(&disable, "disable", nil, "turn these `actions` off, with commas between them")
	return c
}
