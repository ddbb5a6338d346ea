package user

import (
	"cmp"
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/internal/cli"
	"github.com/scimctl/scimctl/cmd/internal/exit"
	"github.com/scimctl/scimctl/extattr"
	"github.com/scimctl/scimctl/extattr/bulk"
	"github.com/scimctl/scimctl/graph"
)

// bulkFlags are how the roles of many are set.
type bulkFlags struct {
	whomFlags
	role      string
	fromGroup []string
	rejects   string
	most      int
	revoke    string
	provision bool
	fromStart bool
	quota     int
}

func (f *bulkFlags) register(c *cobra.Command) {
	f.whomFlags.register(c, "set the roles of")
	c.Flags().StringVar(&f.filter, "filter", "", "set the roles of the users that this `expression` of OData lets pass")
	c.Flags().StringVar(&f.role, "role", "", "the `role` that --members-of or --filter gives")
	c.Flags().StringArrayVar(&f.fromGroup, "role-from-group", nil, "give the members of a group a role, as `group=role`; may be given several times, and the first that fits decides")
	c.Flags().StringVar(&f.rejects, "rejects", "", "write the rows that fail to this `file`, instead of one beside the journal")
	c.Flags().IntVar(&f.most, "max-changes", 0, "change no more than this `number` of users, and else nobody; 0 for any number")
	c.Flags().StringVar(&f.revoke, "revoke", "", "where a cell is -, write this `value` instead of clearing")
	c.Flags().Lookup("revoke").NoOptDefVal = extattr.RevokingRole
	c.Flags().BoolVar(&f.provision, "provision", false, "then provision those who changed, unless the next cycle comes first")
	c.Flags().BoolVar(&f.fromStart, "from-start", false, "leave an unfinished run of the same input aside")
	quotaFlag(c, &f.quota)
	cli.Exclusive(c, "file", "members-of", "filter", "role-from-group")
	cli.Exclusive(c, "file", "role")
	cli.Exclusive(c, "role-from-group", "role")
	cli.Exclusive(c, "file", "env")
	cli.Exclusive(c, "role-from-group", "env")
}

// quotaFlag is for what writes very many.
func quotaFlag(c *cobra.Command, quota *int) {
	c.Flags().IntVar(quota, "write-quota", graph.WriteQuota, "write no more than this `number` of users in 150 seconds: less leaves some of the quota to others; 0 is for servers that have none")
}

// checkLimits refuses limits that cannot be meant.
func checkLimits(c *cobra.Command, most, quota int) error {
	switch {
	case most < 0:
		return exit.Usagef(c, "--max-changes: %d is less than none", most)
	case quota < 0 || quota > 0 && quota < 20:
		return exit.Usagef(c, "--write-quota: %d is less than a batch of 20", quota)
	}
	return nil
}

// forMany are the flags that one user has no use for.
func (f *bulkFlags) forMany() []string {
	return []string{"role", "transitive", "match", "column", "rejects", "max-changes", "revoke", "provision", "from-start", "write-quota"}
}

// setRoles sets the roles of many users.
func setRoles(a *cli.App, c *cobra.Command, f bulkFlags, attribute string, env []extattr.EnvRole) error {
	set := bulk.SetRoles{App: a.Settings.App, Attribute: attribute, Revoke: f.revoke, Most: f.most, FromStart: f.fromStart, Rejects: f.rejects}
	if err := checkLimits(c, f.most, f.quota); err != nil {
		return err
	}
	if c.Flags().Changed("revoke") && f.revoke == "" {
		return exit.Usagef(c, "--revoke: the value is empty")
	}
	if (len(f.membersOf) > 0 || f.filter != "") && f.role == "" && len(env) == 0 {
		return exit.Usagef(c, "which role? Name it with --role, or one for an environment with --env")
	}
	var err error
	if set.Match, err = f.matched(c); err != nil {
		return err
	}
	if set.Named, err = f.named(c); err != nil {
		return err
	}
	in, shut, err := input(a, c, f.whomFlags)
	defer shut()
	if err != nil {
		return err
	}
	in.Role, in.Env = f.role, env
	for _, text := range f.fromGroup {
		pair, ok := bulk.ParseGroupRole(text)
		if !ok {
			return exit.Usagef(c, "--role-from-group: %q is not group=role, such as \"Workato Admins=Admin\"", text)
		}
		in.Groups = append(in.Groups, pair)
	}
	set.Input = in
	if set.Graph, err = a.Connect(c); err != nil {
		return err
	}
	set.Graph.AllowWrites(f.quota)
	if set.Runs, err = runs(a); err != nil {
		return err
	}
	return bulkRun(a, c.Context(), f.provision, func(ctx context.Context, hooks bulk.Hooks) (bulk.Summary, error) {
		set.Hooks = hooks
		return set.Do(ctx)
	})
}

// bulkRun carries out a run with all that is told and asked of it.
func bulkRun(a *cli.App, ctx context.Context, provision bool, do func(context.Context, bulk.Hooks) (bulk.Summary, error)) error {
	line := a.IO.Progress()
	defer line.Done()
	sum, err := do(ctx, bulk.Hooks{
		Confirm: func(ctx context.Context, sum bulk.Summary) error {
			showRows(a, sum)
			return a.ConfirmIn(ctx, "%s, %s", countUsers(sum.ToChange, "changes", "change"), about(sum))
		},
		Found:    counting(line),
		Progress: func(p bulk.Progress) { line.Say("%s", gauge(a, p)) },
	})
	line.Done()
	if sum.App == "" {
		return err
	}
	if shown := showSummary(a, sum, err); shown != nil {
		return cmp.Or(err, shown)
	}
	if provision && len(sum.Users()) > 0 && (err == nil || isPartial(err)) {
		return cmp.Or(err, provisionChanged(a, ctx, sum.Users()))
	}
	return err
}

func countUsers(n int, one, several string) string {
	if n == 1 {
		return "1 user " + one
	}
	return fmt.Sprintf("%d users %s", n, several)
}

// about is how long it takes.
func about(sum bulk.Summary) string {
	return fmt.Sprintf("in about %s by Graph's quota", sum.Estimate.Duration())
}
