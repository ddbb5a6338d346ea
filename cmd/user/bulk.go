// Package user has the commands for users and their roles, for one or for
// thousands.
package user

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/internal/cli"
	"github.com/scimctl/scimctl/cmd/internal/exit"
	"github.com/scimctl/scimctl/extattr/bulk"
)

// whomFlags say which of very many users a command is about.
type whomFlags struct {
	file       string
	membersOf  []string
	transitive bool
	filter     string
	match      string
	columns    []string
}

func (f *whomFlags) register(c *cobra.Command, verb string) {
	f.registerTable(c, verb+" the users in")
	c.Flags().StringArrayVar(&f.membersOf, "members-of", nil, verb+" the users in this `group`: its name or id; may be given several times")
	c.Flags().BoolVar(&f.transitive, "transitive", false, "also those in groups within the group, however deep")
}

// registerTable has the flags of a table alone.
func (f *whomFlags) registerTable(c *cobra.Command, does string) {
	c.Flags().StringVarP(&f.file, "file", "f", "", does+" this `file`, a .csv, .tsv or .jsonl; - for standard input")
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
			return exit.Usagef(c, "--%s is for many users: name them with --file or --members-of", name)
		}
	}
	return nil
}

// input is what the flags name. The file stays open until close is called.
func input(a *cli.App, c *cobra.Command, f whomFlags) (in bulk.Input, shut func(), err error) {
	shut = func() {}
	switch {
	case slices.Contains(f.membersOf, ""):
		return in, shut, exit.Usagef(c, "--members-of: the name of the group is empty")
	case f.transitive && len(f.membersOf) == 0 && !c.Flags().Changed("role-from-group"):
		return in, shut, exit.Usagef(c, "--transitive is for a group: name it with --members-of")
	case !c.Flags().Changed("file") && (c.Flags().Changed("column") || c.Flags().Changed("match")):
		return in, shut, exit.Usagef(c, "--column and --match are for --file")
	}
	in = bulk.Input{MembersOf: f.membersOf, Transitive: f.transitive, Filter: f.filter}
	switch {
	case c.Flags().Changed("file") && f.file == "-":
		in.Text, in.Name = a.IO.In, "standard input"
	case c.Flags().Changed("file"):
		file, err := openText(f.file)
		if err != nil {
			return in, shut, exit.Usagef(c, "--file: %w", err)
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
			return nil, exit.Usagef(c, "--column: %q is not what=head, such as user=Login or test=\"Role in test\"", text)
		}
		named[strings.TrimSpace(what)] = strings.TrimSpace(head)
	}
	return named, nil
}

func (f whomFlags) matched(c *cobra.Command) (bulk.Match, error) {
	match, ok := bulk.ParseMatch(f.match)
	if !ok {
		return "", exit.Usagef(c, "--match: %q is none of upn, mail, id and employeeId", f.match)
	}
	return match, nil
}

// runs are where bulk runs are kept.
func runs(a *cli.App) (bulk.Runs, error) {
	folder, err := a.Settings.State()
	if a.Settings.Sandbox {
		folder = filepath.Join(folder, "sandbox")
	}
	return bulk.Runs{Dir: filepath.Join(folder, "runs")}, err
}
