package output_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"
	"pgregory.net/rapid"

	"github.com/scimctl/scimctl/cmd/internal/output"
	"github.com/scimctl/scimctl/graph/safetext"
)

// hostileMarkdown are pieces that mean something to Markdown or to GitHub.
var hostileMarkdown = []string{
	`\`, "`", "``", "```", "|", `\|`, `\\|`, "[a](https://example.com)", `\[a](https://example.com)`, "![a](b.png)", "<b>", "<!--", "-->",
	"https://example.com", "www.example.com", "<https://example.com>", "ada@contoso.com", "@octocat", "#1", "GH-1", "a/b#1", "&lt;", "&#64;octocat",
	"\n", "\r\n\r\n# x", "\n- x", "\n> x", "\n```\n", "*x*", "__x__", "~~x~~", "\u2028", "\u202e", "\x00", " ", "|---|", "[^1]", "$x$", "- [ ] x",
}

// What stands outside of code is ours: between two words of it, a text is one
// code span and nothing else, in a paragraph, in a heading, in a list and in a
// table.
func TestNoTextLeavesItsMarkdownCode(t *testing.T) {
	t.Parallel()
	parser := goldmark.New(goldmark.WithExtensions(extension.GFM, extension.Footnote))
	piece := rapid.OneOf(rapid.SampledFrom(hostileMarkdown), rapid.String(), rapid.StringMatching("[`|\\\\ ]{1,5}"))
	rapid.Check(t, func(t *rapid.T) {
		outside := strings.Join(rapid.SliceOfN(piece, 1, 6).Draw(t, "outside"), "")
		want := safetext.Line(outside)
		for _, frame := range []string{"%s\n", "#### %s\n", "- ⚠️ **name**: %s (3 accounts)\n"} {
			source := fmt.Sprintf(frame, output.MarkdownCode(outside))
			if code := onlyCode(t, parser, source); strings.TrimSpace(want) != "" && strings.Join(code, "") != want {
				t.Fatalf("%q reads as %q, want %q", source, code, want)
			}
		}
		cell := output.MarkdownCell(outside)
		source := "| a | b | c |\n|---|---|---|\n| x | " + cell + " | " + cell + " |\n"
		if code := onlyCode(t, parser, source); strings.TrimSpace(want) != "" && len(code) != 2 {
			t.Fatalf("%q has %d code spans: %q", source, len(code), code)
		}
	})
}

// onlyCode returns the texts of all code spans of a document, and fails where
// there is anything that only a text from outside can have brought.
func onlyCode(t *rapid.T, parser goldmark.Markdown, source string) (code []string) {
	raw := []byte(source)
	root := parser.Parser().Parse(text.NewReader(raw))
	cells := 0
	_ = ast.Walk(root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Document, *ast.Paragraph, *ast.TextBlock, *ast.List, *ast.ListItem, *ast.Heading, *ast.Emphasis, *ast.Text, *east.Table, *east.TableHeader, *east.TableRow:
		case *east.TableCell:
			cells++
		case *ast.CodeSpan:
			var b strings.Builder
			for c := n.FirstChild(); c != nil; c = c.NextSibling() {
				b.Write(c.(*ast.Text).Segment.Value(raw))
			}
			code = append(code, b.String())
			return ast.WalkSkipChildren, nil
		default:
			t.Fatalf("%q makes a %s", source, n.Kind())
		}
		return ast.WalkContinue, nil
	})
	if cells > 0 && cells != 6 {
		t.Fatalf("%q has %d cells, want 6", source, cells)
	}
	return code
}
