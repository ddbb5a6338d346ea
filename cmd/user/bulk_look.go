package user

import (
	"cmp"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/internal/cli"
	"github.com/scimctl/scimctl/cmd/internal/exit"
	"github.com/scimctl/scimctl/cmd/internal/output"
	"github.com/scimctl/scimctl/extattr"
	"github.com/scimctl/scimctl/extattr/bulk"
	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/words"
)

// getRoles shows the roles of many users.
func getRoles(a *cli.App, c *cobra.Command, f whomFlags, attribute string) error {
	get := bulk.GetRoles{App: a.Settings.App, Attribute: attribute}
	var err error
	if get.Match, err = f.matched(c); err != nil {
		return err
	}
	if get.Named, err = f.named(c); err != nil {
		return err
	}
	in, shut, err := input(a, c, f)
	defer shut()
	if err != nil {
		return err
	}
	get.Input = in
	if get.Graph, err = a.Connect(c); err != nil {
		return err
	}
	if get.Runs, err = runs(a); err != nil {
		return err
	}
	line := a.IO.Progress()
	defer line.Done()
	get.Hooks.Found = counting(line)
	held, err := get.Do(c.Context())
	if err != nil {
		return err
	}
	cols := []output.Column[extattr.UserValues]{cli.Column("user", func(u extattr.UserValues) string { return u.User })}
	for i, name := range held.Names {
		cols = append(cols, cli.Column(name, func(u extattr.UserValues) string { return u.Values[i].Value }))
	}
	if err := output.Stream(a.IO.Out, a.Printer, held.Users, cols...); err != nil {
		return err
	}
	warnOf(a, held.Summary)
	showProblems(a, held.Summary)
	if held.Summary.Failed > 0 {
		return &bulk.RowsFailedError{Failed: held.Summary.Failed, Rows: held.Summary.Rows}
	}
	return nil
}

func newUserVerifyRoleCmd(a *cli.App) *cobra.Command {
	var verify bulk.VerifyRoles
	var f whomFlags
	c := &cobra.Command{
		Use:         "verify-role",
		Annotations: cli.Asks(cli.ReadsValues(), graph.OpReadGroups),
		Short:       "Compare users' roles with a table",
		Long: `Compare the roles that users have with the table that set-role --file takes, and
change nothing. An empty cell is not compared, and - is no value. The exit code is
2 when a value differs, or a row names nobody.

As JSON, a list of: line, user, attribute, want, have, problem.`,
		Example: `  scimctl user verify-role --file roles.csv --app Workato`,
		RunE: func(c *cobra.Command, _ []string) (err error) {
			if !c.Flags().Changed("file") {
				return exit.Usagef(c, "compare with what? Name a table with --file")
			}
			if verify.Match, err = f.matched(c); err != nil {
				return err
			}
			if verify.Named, err = f.named(c); err != nil {
				return err
			}
			in, shut, err := input(a, c, f)
			defer shut()
			if err != nil {
				return err
			}
			verify.Input = in
			if verify.Graph, err = a.Connect(c); err != nil {
				return err
			}
			if verify.Runs, err = runs(a); err != nil {
				return err
			}
			verify.App = a.Settings.App
			roleAttribute(a, c, &verify.Attribute)
			return verifyRoles(a, c, verify)
		},
	}
	f.registerTable(c, "compare with")
	c.Flags().StringVar(&verify.Revoke, "revoke", "", "where a cell is -, expect this `value` instead of none")
	c.Flags().Lookup("revoke").NoOptDefVal = extattr.RevokingRole
	attributeFlag(c, &verify.Attribute)
	return c
}

func verifyRoles(a *cli.App, c *cobra.Command, verify bulk.VerifyRoles) error {
	line := a.IO.Progress()
	defer line.Done()
	verify.Hooks.Found = counting(line)
	sum, differences, err := verify.Do(c.Context())
	if differences == nil {
		return err
	}
	line.Done()
	warnOfColumns(a, sum)
	if err == nil {
		are := "are as they should be"
		if sum.Rows == 1 {
			are = "is as it should be"
		}
		a.IO.Note("%s %s", words.Count(sum.Rows, "row"), are)
	}
	shown := output.List(a.IO.Out, a.Printer, differences,
		cli.Column("line", func(d bulk.Difference) string { return strconv.Itoa(d.Line) }),
		cli.Column("user", func(d bulk.Difference) string { return d.User }),
		cli.Column("attribute", func(d bulk.Difference) string { return d.Attribute }),
		cli.Column("want", func(d bulk.Difference) string { return d.Want }),
		cli.Column("have", func(d bulk.Difference) string { return d.Have }),
		cli.Long("problem", func(d bulk.Difference) string { return d.Problem }))
	return cmp.Or(shown, err)
}

// counting tells now and then how many users were found.
func counting(line interface{ Say(string, ...any) }) func(int) {
	return func(n int) {
		if n%1000 == 0 {
			line.Say("%s", fmt.Sprintf("%d users found", n))
		}
	}
}
