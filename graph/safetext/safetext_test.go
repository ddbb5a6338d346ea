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
		if !utf8.ValidString(line) || strings.ContainsFunc(line, unicode.IsControl) || strings.ContainsFunc(line, hiddenAndNoJoiner) {
			t.Fatalf("%q", line)
		}
		if again := safetext.Line(line); again != line {
			t.Fatalf("twice %q is %q", line, again)
		}
	})
}

func hiddenAndNoJoiner(r rune) bool { return safetext.Hidden(r) && !safetext.IsJoiner(r) }

func TestAJoinerStaysWhereAScriptNeedsIt(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"علی\u200cرضا", "श्री क्\u200dष", "👩\u200d💻", "👨🏽\u200d🚀 🏳️\u200d🌈", "ක්\u200dෂ"} {
		if got := safetext.Line(text); got != text {
			t.Errorf("%q is shown as %s", text, got)
		}
	}
	for text, want := range map[string]string{
		"ada\u200d@contoso.com": `ada\u200d@contoso.com`, "pay\u200cpal": `pay\u200cpal`, "\u200dعلی": "\\u200dعلی", "علی\u200c": "علی\\u200c",
		"علی\u200c\u200cرضا": "علی\\u200c\\u200cرضا", "👩\u200da": "👩\\u200da", "ع\u202eل": "ع\\u202eل",
	} {
		if got := safetext.Line(text); got != want {
			t.Errorf("%+q is shown as %+q", text, got)
		}
	}
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
		"": "", "Admin": "Admin", "a=b": "a=b", "O'Hara": "O'Hara", "'quoted'": "'quoted'", "a; b": "a; b",
		"=1+1": "'=1+1", "-1": "'-1", "+49": "'+49", "@x": "'@x", ` "=1`: `' "=1`, "＝1": "'＝1", "－": "'－",
		"'=1": "''=1", "''=1": "'''=1", "' =": "'' =", "\u22121": "'\u22121", "\u200b=1": "'\u200b=1", "\ufeff\u00a0@x": "'\ufeff\u00a0@x",
		"x;=1": "x;'=1", "x; =1;-2": "x;' =1;'-2", "x\t+1": "x\t'+1", "x\r\n=1": "x\r\n'=1", "x\v=1\f@y": "x\v'=1\f'@y",
		"\t=1": "'\t'=1", "\rx": "'\rx", " Admin ": "' Admin '", "x;'=1": "x;''=1",
	} {
		if got := safetext.Cell(cell); got != want {
			t.Errorf("%q is written %q, want %q", cell, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		text := cellText().Draw(t, "text")
		cell := safetext.Cell(text)
		if got := safetext.FromCell(cell); got != text {
			t.Fatalf("%q is written %q and read %q", text, cell, got)
		}
		if trimmed := strings.TrimSpace(cell); trimmed != cell {
			t.Fatalf("%q is written %q, which is %q without spaces", text, cell, trimmed)
		}
		if formula := formulaIn(cell); formula != "" {
			t.Fatalf("%q is written %q, where %q is a formula", text, cell, formula)
		}
	})
}

func TestEverySignAndEveryEndOfACellIsDefused(t *testing.T) {
	t.Parallel()
	signs := []string{"=", "+", "-", "@", "＝", "＋", "－", "＠", "−", "﹦", "⁼"}
	before := []string{"", " ", "\u00a0", "\u2003", "\u3000", "\u200b", "\u200d", "\ufeff", "\u2060", "\u202e", `"`, "\x00"}
	ends := []string{"", ";", "\t", "\n", "\r", "\r\n", "\v", "\f", "\u0085", "\u2028", "\u2029", "\x1c"}
	for _, sign := range signs {
		for _, invisible := range before {
			for _, end := range ends {
				for _, text := range []string{end + invisible + sign + "1", "x" + end + invisible + sign + "1", "x" + invisible + end + sign} {
					cell := safetext.Cell(text)
					if got := safetext.FromCell(cell); got != text || formulaIn(cell) != "" {
						t.Errorf("%q is written %q and read %q", text, cell, got)
					}
				}
			}
		}
	}
}

// formulaIn splits a cell wherever a program might, and returns the part that is
// a formula once everything invisible before it is gone.
func formulaIn(cell string) string {
	ends := func(r rune) bool { return strings.ContainsRune(";\t\n\r\v\f\u0085\u2028\u2029\x1c\x1d\x1e\x1f", r) }
	for _, part := range strings.FieldsFunc(cell, ends) {
		start := strings.TrimLeftFunc(part, func(r rune) bool {
			return r == '"' || unicode.In(r, unicode.Z, unicode.C) || r == '\u034f' || r == '\u3164'
		})
		if first, _ := utf8.DecodeRuneInString(start); strings.ContainsRune("=+-@＝＋－＠−", first) {
			return part
		}
	}
	return ""
}

func cellText() *rapid.Generator[string] {
	return rapid.OneOf(anyText(), rapid.StringMatching(`[;'"=+@ \t\r\n\v\x{200b}\x{feff}\x{2003}＝−-]{0,8}[a-z]?[;' =]{0,3}`))
}

func FuzzACellComesBack(f *testing.F) {
	for _, text := range []string{"=1", "x;=1", "' =", "\r\n+1 ", "\ufeff−1", "'' ';'@"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		cell := safetext.Cell(text)
		if got := safetext.FromCell(cell); got != text || formulaIn(cell) != "" {
			t.Errorf("%q is written %q and read %q", text, cell, got)
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
