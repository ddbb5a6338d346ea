package safetext_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/scimctl/scimctl/graph/safetext"
)

func TestInvisibleCharactersBecomeVisible(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Ada Lovelace": "Ada Lovelace",
		"Åsa Þórdís 王秀英 ⚠️ a\u00a0b": "Åsa Þórdís 王秀英 ⚠️ a\u00a0b",
		"a\nb\r\nc\td":             `a\nb\r\nc\td`,
		"\x1b[31mred":              `\u001b[31mred`,
		"\x00\x7f\u009b":           `\u0000\u007f\u009b`,
		"in\u202evni\u2066\u200f":  `in\u202evni\u2066\u200f`,
		"\u061c\u200b\u2028\ufeff": `\u061c\u200b\u2028\ufeff`,
		"\u3164\u115f\u034f\u2800": `\u3164\u115f\u034f\u2800`,
		"a\xffb":                   `a\ufffdb`,
		"\U000e0041":               `\udb40\udc41`,
	} {
		if diff := cmp.Diff(want, safetext.Line(text)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
	if got := safetext.Block("a\n\tb\r\x1b"); got != "a\n\tb\\r\\u001b" {
		t.Errorf("a block is %q", got)
	}
}

func TestALineHoldsNothingThatActsOnATerminal(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		line := safetext.Line(anyText().Draw(t, "text"))
		if !utf8.ValidString(line) || strings.ContainsFunc(line, unicode.IsControl) || strings.ContainsFunc(line, safetext.Hidden) {
			t.Fatalf("%q", line)
		}
		if again := safetext.Line(line); again != line {
			t.Fatalf("twice %q is %q", line, again)
		}
	})
}

func TestABlockKeepsTheMeaningOfJSON(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		value := strings.ToValidUTF8(anyText().Draw(t, "text"), "")
		text, err := json.Marshal(map[string]string{value: value})
		if err != nil {
			t.Fatal(err)
		}
		var got map[string]string
		if err := json.Unmarshal([]byte(safetext.Block(string(text))), &got); err != nil || got[value] != value {
			t.Fatalf("%q became %q: %v", value, got, err)
		}
	})
}

func TestAFormulaIsDefusedAndComesBack(t *testing.T) {
	t.Parallel()
	for cell, want := range map[string]string{
		"": "", "Admin": "Admin", "a=b": "a=b", "O'Hara": "O'Hara", "'quoted'": "'quoted'",
		"=1+1": "'=1+1", "-1": "'-1", "+49": "'+49", "@x": "'@x", "\tx": "'\tx", "\rx": "'\rx",
		` "=1`: `' "=1`, "＝1": "'＝1", "－": "'－", "'=1": "''=1", "''=1": "'''=1", "' =": "'' =",
	} {
		if got := safetext.Cell(cell); got != want {
			t.Errorf("%q is written %q, want %q", cell, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(anyText(), rapid.StringMatching(`['"=+@ \t\r\n＝-]{0,6}[a-z]?`)).Draw(t, "text")
		cell := safetext.Cell(text)
		if got := safetext.FromCell(cell); got != text {
			t.Fatalf("%q is written %q and read %q", text, cell, got)
		}
		if start := strings.TrimLeft(cell, " \""); start != "" && strings.ContainsRune("=+-@\t\r＝＋－＠", []rune(start)[0]) {
			t.Fatalf("%q is written %q", text, cell)
		}
	})
}

// anyText mixes what acts on something with ordinary text and broken UTF-8.
func anyText() *rapid.Generator[string] {
	part := rapid.OneOf(
		rapid.String(),
		rapid.SampledFrom([]string{"\x1b]0;x\a", "\u202e", "\u2066", "\u200b", "\u2028", "\u0085", "\x00", "\r\n", "\U000e0001", "=", "'", "@", "ada"}),
		rapid.Map(rapid.SliceOfN(rapid.Byte(), 0, 4), func(b []byte) string { return string(b) }),
	)
	return rapid.Map(rapid.SliceOfN(part, 0, 6), func(parts []string) string { return strings.Join(parts, "") })
}
