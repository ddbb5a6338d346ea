package expression_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/scimctl/scimctl/mappings/expression"
)

func TestACaretStandsBelowTheFault(t *testing.T) {
	t.Parallel()
	long := `Join("", ` + strings.Repeat(`[givenName], `, 20) + `)`
	for name, test := range map[string]struct {
		text         string
		line, column int
		want         string
	}{
		"at the beginning":      {`Join("")`, 1, 1, "Join(\"\")\n^"},
		"after the end":         {`Join("")`, 1, 9, "Join(\"\")\n        ^"},
		"in an empty text":      {"", 1, 1, "\n^"},
		"in a line":             {`Join(" ", [a], b)`, 1, 16, "Join(\" \", [a], b)\n               ^"},
		"in the second line":    {"Join(\"\",\r\n  b)", 2, 3, "  b)\n  ^"},
		"after tabs":            {"Join(\n\t\tb)", 2, 3, "  b)\n  ^"},
		"after wide characters": {`Join("日本", b)`, 1, 12, "Join(\"日本\", b)\n             ^"},
		"after combining marks": {"Join(\"e\u0301\", b)", 1, 12, "Join(\"e\u0301\", b)\n          ^"},
		"in a line not there":   {"Join()", 3, 1, ""},
		"beyond the line":       {"Join()", 1, 99, "Join()\n      ^"},
		"at the begin of a long one": {
			long, 1, 1, long[:76] + "…\n^",
		},
		"in the middle of a long one": {
			long, 1, 139, "…" + long[88:164] + "…\n" + strings.Repeat(" ", 51) + "^",
		},
		"at the end of a long one": {
			long, 1, len(long) + 1, "…" + long[len(long)-76:] + "\n" + strings.Repeat(" ", 77) + "^",
		},
	} {
		if got := expression.Excerpt(test.text, expression.Position{Line: test.line, Column: test.column}); got != test.want {
			t.Errorf("%s:\n%s\nwant:\n%s", name, got, test.want)
		}
	}
}

func TestTheExcerptOfASyntaxErrorShowsItsPlace(t *testing.T) {
	t.Parallel()
	text := "Switch([x], ,\n\t\"a\", “b”)"
	_, err := expression.Parse(text)
	fault, ok := errors.AsType[*expression.SyntaxError](err)
	if !ok {
		t.Fatal(err)
	}
	if got, want := expression.Excerpt(text, fault.Position), " \"a\", “b”)\n      ^"; got != want {
		t.Errorf("%s\nwant:\n%s", got, want)
	}
}
