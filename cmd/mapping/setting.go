package mapping

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/internal/cli"
	"github.com/scimctl/scimctl/cmd/internal/exit"
	"github.com/scimctl/scimctl/cmd/internal/plaintext"
	"github.com/scimctl/scimctl/graph/bounds"
	"github.com/scimctl/scimctl/mappings/schema"
	"github.com/scimctl/scimctl/mappings/table"
)

// SettingFlags are the ways to write mappings on the command line.
type SettingFlags struct {
	App *cli.App

	From, Expression, ExpressionFile, Constant string
	NoSource                                   bool
	Setting                                    schema.Setting
	Apply, Flow                                string
	File                                       string
}

func (f *SettingFlags) Register(c *cobra.Command) {
	c.Flags().StringVar(&f.From, "from", "", "take the value of this `attribute`; an extension property by its short name")
	c.Flags().StringVar(&f.Expression, "expression", "", "take the value of this `expression`")
	c.Flags().StringVar(&f.ExpressionFile, "expression-file", "", "take the value of the expression in this `file`; - is standard input")
	c.Flags().StringVar(&f.Constant, "constant", "", "send always this `text`")
	c.Flags().StringVar(&f.Setting.Default, "default", "", "`text` to create an account with when there is no value")
	c.Flags().IntVar(&f.Setting.Match, "match", 0, "match accounts by this attribute, in this `place`: 1 is tried first")
	c.Flags().StringVar(&f.Apply, "apply", "", "`when`: always or on-create; also multi-value-add-only, value-add-only, attribute-add-only")
	c.Flags().StringVar(&f.Flow, "flow", "", "send a value `when`: when-changed, or always, also unchanged")
	c.Flags().StringVarP(&f.File, "file", "f", "", "take the mappings from this `file`: csv, tsv, yaml or json; - is standard input")
	cli.Exclusive(c, "from", "expression", "expression-file", "constant")
}

// registerRemovals adds the flags that take something of a mapping away.
func (f *SettingFlags) registerRemovals(c *cobra.Command) {
	c.Flags().BoolVar(&f.NoSource, "no-source", false, "take no source: only the default is sent")
	c.Flags().BoolVar(&f.Setting.NoDefault, "no-default", false, "take the default away, as --default '' does")
	c.Flags().BoolVar(&f.Setting.NoMatch, "no-match", false, "match by this attribute no longer, as --match 0 does")
	cli.Exclusive(c, "from", "expression", "expression-file", "constant", "no-source")
	cli.Exclusive(c, "default", "no-default")
	cli.Exclusive(c, "match", "no-match")
}

// sources are the flags that name one.
func (f *SettingFlags) sources() []string {
	return []string{"from", "expression", "expression-file", "constant", "no-source"}
}

// given are those of some flags that are set.
func given(c *cobra.Command, names ...string) []string {
	var set []string
	for _, name := range names {
		if c.Flags().Changed(name) {
			set = append(set, "--"+name)
		}
	}
	return set
}

// settings reads mappings in the one way in which they are written.
func (f *SettingFlags) settings(c *cobra.Command, args []string) ([]schema.Setting, error) {
	flags := given(c, append(f.sources(), "default", "no-default", "match", "no-match", "apply", "flow")...)
	switch {
	case c.Flags().Changed("file"):
		if rest := append(args, flags...); len(rest) > 0 {
			return nil, exit.Usagef(c, "--file says all, and there is %s as well", rest[0])
		}
		return f.fromFile(c)
	case len(args) == 0:
		return nil, exit.Usagef(c, "%s needs <target[=source]>, or a file with -f", c.CommandPath())
	case len(flags) > 0 && len(args) > 1:
		return nil, exit.Usagef(c, "%s is for one target, and there are %d", flags[0], len(args))
	case len(flags) > 0:
		s, err := f.One(c, args[0])
		return []schema.Setting{s}, err
	}
	var all []schema.Setting
	for _, arg := range args {
		if !strings.Contains(arg, "=") {
			return nil, exit.Usagef(c, "nothing is said about %s: write %[1]s=ATTRIBUTE, or take a flag such as --from or --apply", arg)
		}
		m, err := schema.ParseMapping(arg)
		if err != nil {
			return nil, exit.Usagef(c, "%w", err)
		}
		all = append(all, schema.Setting{Mapping: m})
	}
	return all, nil
}

func (f *SettingFlags) fromFile(c *cobra.Command) ([]schema.Setting, error) {
	raw, err := f.App.ReadFile(f.File, bounds.Document)
	if err == nil {
		raw, err = plaintext.Decode(raw)
	}
	if err != nil {
		return nil, exit.Usagef(c, "--file %s: %w", f.File, cli.WithoutPath(err))
	}
	name := f.File
	if name == "-" {
		name = "standard input"
	}
	return table.ParseFile(name, raw)
}

// One is the one mapping that flags describe.
func (f *SettingFlags) One(c *cobra.Command, target string) (schema.Setting, error) {
	s := f.Setting
	s.Target, s.Apply, s.Flow = target, schema.Apply(f.Apply), schema.Flow(f.Flow)
	s.NoDefault = s.NoDefault || c.Flags().Changed("default") && s.Default == ""
	s.NoMatch = s.NoMatch || c.Flags().Changed("match") && s.Match == 0
	sources := given(c, f.sources()...)
	pair, err := schema.ParseMapping(target)
	switch {
	case len(sources) > 0 && err == nil:
		return s, exit.Usagef(c, "%s names a source already: leave %s out", target, sources[0])
	case len(sources) > 0:
		return f.withSource(c, s)
	case err == nil: // target=source does as well
		s.Target, s.Kind, s.Source = pair.Target, pair.Kind, pair.Source
	case strings.HasSuffix(target, "="):
		return s, err
	}
	return s, nil
}

func (f *SettingFlags) withSource(c *cobra.Command, s schema.Setting) (schema.Setting, error) {
	var err error
	switch {
	case c.Flags().Changed("from"):
		s.Kind, s.Source = schema.Direct, strings.TrimSpace(f.From)
	case c.Flags().Changed("expression"):
		s.Kind, s.Source = schema.Expression, strings.TrimSpace(f.Expression)
	case c.Flags().Changed("expression-file"):
		s.Kind = schema.Expression
		s.Source, err = readExpression(f.App, c, f.ExpressionFile)
		s.Source = strings.TrimSpace(s.Source)
	case c.Flags().Changed("constant"):
		s.Kind, s.Source = schema.Constant, f.Constant
	case f.NoSource:
		s.Kind = schema.None
	}
	if err == nil && s.Source == "" && s.Kind != schema.None {
		return s, exit.Usagef(c, "%s is empty", given(c, f.sources()...)[0])
	}
	return s, err
}
