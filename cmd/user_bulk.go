package cmd

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/extattr"
	"github.com/scimctl/scimctl/extattr/bulk"
	"github.com/scimctl/scimctl/graph"
)

// whomFlags say which of very many users a command is about.
type whomFlags struct {
	file       string
	membersOf  string
	transitive bool
	filter     string
	match      string
	columns    []string
}

func (f *whomFlags) register(c *cobra.Command, verb string) {
	c.Flags().StringVarP(&f.file, "file", "f", "", verb+" the users in this `file`, a .csv, .tsv or .jsonl; - for standard input")
	c.Flags().StringVar(&f.membersOf, "members-of", "", verb+" the users in this `group`: its name or id")
	c.Flags().BoolVar(&f.transitive, "transitive", false, "also those in groups within the group, however deep")
	c.Flags().StringVar(&f.match, "match", "", "how the file names users, as a `property`: upn, mail, id or employeeId; else by upn, id or mail")
	c.Flags().StringArrayVar(&f.columns, "column", nil, "take a column of the file for the user, a role or an attribute, as `what=head`; may be given several times")
}

// many tells whether any flag names more users than one.
func many(c *cobra.Command) bool {
	return slices.ContainsFunc([]string{"file", "members-of", "filter", "role-from-group", "all"}, c.Flags().Changed)
}

// withoutMany complains of flags that are for many users alone.
func withoutMany(c *cobra.Command, flags ...string) error {
	for _, name := range flags {
		if c.Flags().Changed(name) {
			return usagef(c, "--%s is for many users: name them with --file or --members-of", name)
		}
	}
	return nil
}

// input is what the flags name. The file stays open until close is called.
func (a *App) input(c *cobra.Command, f whomFlags) (in bulk.Input, shut func(), err error) {
	shut = func() {}
	switch {
	case f.transitive && f.membersOf == "" && !c.Flags().Changed("role-from-group"):
		return in, shut, usagef(c, "--transitive is for a group: name it with --members-of")
	case !c.Flags().Changed("file") && (c.Flags().Changed("column") || c.Flags().Changed("match")):
		return in, shut, usagef(c, "--column and --match are for --file")
	}
	in = bulk.Input{MembersOf: f.membersOf, Transitive: f.transitive, Filter: f.filter}
	switch {
	case c.Flags().Changed("file") && f.file == "-":
		in.Text, in.Name = a.IO.In, "standard input"
	case c.Flags().Changed("file"):
		file, err := openText(f.file)
		if err != nil {
			return in, shut, usagef(c, "--file: %w", err)
		}
		in.Text, in.Name = file, filepath.Base(f.file)
		shut = func() { _ = file.Close() } // it was only read
	}
	return in, shut, nil
}

// openText opens what a user names as a file.
func openText(path string) (*os.File, error) {
	if path == "" {
		return nil, errors.New("the name is empty")
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	if info, err := file.Stat(); err == nil && info.IsDir() {
		return nil, errors.Join(fmt.Errorf("%s is a folder", path), file.Close())
	}
	return file, nil
}

// named are the columns that --column gives.
func (f whomFlags) named(c *cobra.Command) (map[string]string, error) {
	named := map[string]string{}
	for _, text := range f.columns {
		what, head, ok := strings.Cut(text, "=")
		if !ok || strings.TrimSpace(what) == "" || strings.TrimSpace(head) == "" {
			return nil, usagef(c, "--column: %q is not what=head, such as user=Login or test=\"Role in test\"", text)
		}
		named[strings.TrimSpace(what)] = strings.TrimSpace(head)
	}
	return named, nil
}

func (f whomFlags) matched(c *cobra.Command) (bulk.Match, error) {
	match, ok := bulk.ParseMatch(f.match)
	if !ok {
		return "", usagef(c, "--match: %q is none of upn, mail, id and employeeId", f.match)
	}
	return match, nil
}

// runs are where bulk runs are kept.
func (a *App) runs() (bulk.Runs, error) {
	folder, err := a.Settings.State()
	if a.Settings.Sandbox {
		folder = filepath.Join(folder, "sandbox")
	}
	return bulk.Runs{Dir: filepath.Join(folder, "runs")}, err
}

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
	exclusive(c, "file", "members-of", "filter", "role-from-group")
	exclusive(c, "file", "role")
	exclusive(c, "role-from-group", "role")
	exclusive(c, "file", "env")
	exclusive(c, "role-from-group", "env")
}

// quotaFlag is for what writes very many.
func quotaFlag(c *cobra.Command, quota *int) {
	c.Flags().IntVar(quota, "write-quota", graph.WriteQuota, "write no more than this `number` of users in 150 seconds: less leaves some of the quota to others; 0 is for servers that have none")
}

// forMany are the flags that one user has no use for.
func (f *bulkFlags) forMany() []string {
	return []string{"role", "transitive", "match", "column", "rejects", "max-changes", "revoke", "provision", "from-start", "write-quota"}
}

// setRoles sets the roles of many users.
func (a *App) setRoles(c *cobra.Command, f bulkFlags, attribute string, env []extattr.EnvRole) error {
	set := bulk.SetRoles{App: a.Settings.App, Attribute: attribute, Revoke: f.revoke, Most: f.most, FromStart: f.fromStart, Rejects: f.rejects}
	switch {
	case f.most < 0:
		return usagef(c, "--max-changes: %d is less than none", f.most)
	case f.quota < 0 || f.quota > 0 && f.quota < 20:
		return usagef(c, "--write-quota: %d is less than a batch of 20", f.quota)
	}
	if c.Flags().Changed("revoke") && f.revoke == "" {
		return usagef(c, "--revoke: the value is empty")
	}
	if (f.membersOf != "" || f.filter != "") && f.role == "" && len(env) == 0 {
		return usagef(c, "which role? Name it with --role, or one for an environment with --env")
	}
	var err error
	if set.Match, err = f.matched(c); err != nil {
		return err
	}
	if set.Named, err = f.named(c); err != nil {
		return err
	}
	in, shut, err := a.input(c, f.whomFlags)
	defer shut()
	if err != nil {
		return err
	}
	in.Role, in.Env = f.role, env
	for _, text := range f.fromGroup {
		pair, ok := bulk.ParseGroupRole(text)
		if !ok {
			return usagef(c, "--role-from-group: %q is not group=role, such as \"Workato Admins=Admin\"", text)
		}
		in.Groups = append(in.Groups, pair)
	}
	set.Input = in
	if set.Graph, err = a.connect(c); err != nil {
		return err
	}
	set.Graph.AllowWrites(f.quota)
	if set.Runs, err = a.runs(); err != nil {
		return err
	}
	return a.bulkRun(c.Context(), f.provision, func(ctx context.Context, hooks bulk.Hooks) (bulk.Summary, error) {
		set.Hooks = hooks
		return set.Do(ctx)
	})
}

// bulkRun carries out a run with all that is told and asked of it.
func (a *App) bulkRun(ctx context.Context, provision bool, do func(context.Context, bulk.Hooks) (bulk.Summary, error)) error {
	line := a.IO.Progress()
	defer line.Done()
	sum, err := do(ctx, bulk.Hooks{
		Confirm: func(ctx context.Context, sum bulk.Summary) error {
			a.showPlan(sum)
			return a.confirmIn(ctx, "%s, %s", users(sum.ToChange, "changes", "change"), about(sum))
		},
		Found:    a.counting(line),
		Progress: func(p bulk.Progress) { line.Say("%s", a.gauge(p)) },
	})
	line.Done()
	if sum.App == "" {
		return err
	}
	if shown := a.showSummary(sum, err); shown != nil {
		return firstError(err, shown)
	}
	if provision && len(sum.Users()) > 0 && (err == nil || isPartial(err)) {
		return firstError(err, a.provisionChanged(ctx, sum.Users()))
	}
	return err
}

func users(n int, one, several string) string {
	if n == 1 {
		return "1 user " + one
	}
	return fmt.Sprintf("%d users %s", n, several)
}

// about is how long it takes.
func about(sum bulk.Summary) string {
	return fmt.Sprintf("in about %s by Graph's quota", sum.Estimate.Duration())
}
