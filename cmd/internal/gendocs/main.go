// Command gendocs writes the command reference, a Markdown page for each
// command and help topic, into docs/reference or the folder that it is given.
// Run it from the top of the repository:
//
//	go run ./cmd/internal/gendocs
package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

	"github.com/scimctl/scimctl/cmd"
)

func main() {
	folder := filepath.Join("docs", "reference")
	if len(os.Args) > 1 {
		folder = os.Args[1]
	}
	if err := write(cmd.NewRootForDocs(), folder); err != nil {
		fmt.Fprintln(os.Stderr, "gendocs:", err)
		os.Exit(1)
	}
}

// write makes the folder anew, so that the page of a command that is gone goes.
func write(root *cobra.Command, folder string) error {
	if err := os.RemoveAll(folder); err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	root.DisableAutoGenTag = true // no date: the same commands give the same pages
	if err := doc.GenMarkdownTree(root, folder); err != nil {
		return err
	}
	for _, c := range root.Commands() {
		if !isTopic(c) {
			continue
		}
		if err := os.WriteFile(filepath.Join(folder, pageOf(c)), topic(c), 0o644); err != nil {
			return err
		}
	}
	return trim(folder)
}

// isTopic tells a page of the help that is no command, which cobra's generator
// leaves out.
func isTopic(c *cobra.Command) bool {
	return !c.Runnable() && !c.HasSubCommands()
}

func pageOf(topic *cobra.Command) string {
	return fmt.Sprintf("%s_help_%s.md", topic.Root().Name(), topic.Name())
}

func topic(c *cobra.Command) []byte {
	root := c.Root().Name()
	return fmt.Appendf(nil, "## %s help %s\n\n%s\n\n```\n%s\n```\n\n### SEE ALSO\n\n* [%s](%s.md)\t - %s\n",
		root, c.Name(), c.Short, strings.TrimSpace(c.Long), root, root, c.Root().Short)
}

// trim takes blanks from the ends of lines and empty lines from the end of
// pages, where cobra's generator leaves some.
func trim(folder string) error {
	pages, err := filepath.Glob(filepath.Join(folder, "*.md"))
	if err != nil {
		return err
	}
	for _, page := range pages {
		text, err := os.ReadFile(page)
		if err != nil {
			return err
		}
		var out bytes.Buffer
		for line := range bytes.Lines(bytes.TrimSpace(text)) {
			out.Write(bytes.TrimRight(line, " \t\r\n"))
			out.WriteByte('\n')
		}
		if err := os.WriteFile(page, out.Bytes(), 0o644); err != nil {
			return err
		}
	}
	return nil
}
