package cmd

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/scimctl/scimctl/cmd/internal/cli"
)

const helpFolder = "testdata/help"

// walk visits c and all commands below it.
func walk(c *cobra.Command, visit func(*cobra.Command)) {
	visit(c)
	for _, sub := range c.Commands() {
		walk(sub, visit)
	}
}

func TestEveryCommandHasTheShapeOfACommand(t *testing.T) {
	t.Parallel()
	walk(NewRootForDocs(), func(c *cobra.Command) {
		topic := !c.Runnable()
		if c.Short == "" || strings.HasSuffix(c.Short, ".") || len(c.Short) >= 60 {
			t.Errorf("%s: Short is %q, want less than 60 characters without a full stop", c.CommandPath(), c.Short)
		}
		if first := c.Short[:min(1, len(c.Short))]; first != strings.ToUpper(first) {
			t.Errorf("%s: Short %q begins small", c.CommandPath(), c.Short)
		}
		if !topic && c.Args == nil {
			t.Errorf("%s does not say how many arguments it takes", c.CommandPath())
		}
		if !topic && !c.HasSubCommands() && !strings.Contains(c.Example, "scimctl") {
			t.Errorf("%s has no example: add lines that work in the sandbox as pasted to its Example, where the command is defined", c.CommandPath())
		}
		if !topic && c.HasParent() && !c.Parent().HasParent() && c.GroupID == "" {
			t.Errorf("%s is in no group of the help", c.CommandPath())
		}
		checkFlags(t, c)
	})
}

func checkFlags(t *testing.T, c *cobra.Command) {
	t.Helper()
	c.NonInheritedFlags().VisitAll(func(f *pflag.Flag) {
		if f.Usage == "" || strings.HasSuffix(f.Usage, ".") {
			t.Errorf("%s --%s: usage is %q, want words without a full stop", c.CommandPath(), f.Name, f.Usage)
		}
	})
}

func TestHelp(t *testing.T) {
	t.Parallel()
	pages := map[string]string{}
	walk(NewRootForDocs(), func(c *cobra.Command) {
		pages[strings.ReplaceAll(c.CommandPath(), " ", "_")+".txt"] = page(c)
	})
	update := os.Getenv("UPDATE") != ""
	for name, text := range pages {
		golden(t, filepath.Join(helpFolder, name), text, update)
	}
	kept, err := filepath.Glob(filepath.Join(helpFolder, "*.txt"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range kept {
		if _, ok := pages[filepath.Base(path)]; ok {
			continue
		}
		if update {
			err = os.Remove(path)
		}
		if !update || err != nil {
			t.Errorf("%s is the help of no command (UPDATE=1 takes it away) %v", path, err)
		}
	}
}

// page is what --help shows.
func page(c *cobra.Command) string {
	var b strings.Builder
	c.SetOut(&b)
	c.SetErr(&b)
	defer func() { c.SetOut(nil); c.SetErr(nil) }()
	cli.PrintHelp(c, nil)
	return b.String()
}

// golden compares text with what a file keeps, or keeps it.
func golden(t *testing.T, path, text string, update bool) {
	t.Helper()
	if update {
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Errorf("%v: run UPDATE=1 go test ./cmd, which writes the golden files, and look at the diff", err)
		return
	}
	if diff := cmp.Diff(strings.ReplaceAll(string(want), "\r\n", "\n"), text); diff != "" {
		t.Errorf("%s (-want +got; UPDATE=1 go test ./cmd writes it):\n%s", path, diff)
	}
}
