package iostreams_test

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/scimctl/scimctl/cmd/internal/iostreams"
	"github.com/scimctl/scimctl/graph/safetext"
)

// pieces are what a runner or a terminal obeys, cut in two as well.
var pieces = []string{
	"##vso[", "##", "[", "#", "vso", "::", ":", "\n", "\r", " ", "\t", "\x1b", "\x1b[31m", "\x1b[", "m", "\u00a0", "\u200b", "\u2028", "\u0085",
	"\u00ad", "é", "\xc3", "\xa9", "\xff", "\x00", "error", "::set-env name=a::b", "##[group]", "a",
}

func TestNothingWrittenActsOnATerminalOrARunner(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		streams, _, out, err := iostreams.Test()
		streams.PretendColor()
		streams.OnRunner()
		streams.Data = rapid.Bool().Draw(t, "data")
		for _, piece := range rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom(pieces), rapid.String()), 0, 12).Draw(t, "pieces") {
			_, _ = streams.Out.Write([]byte(piece))
			_, _ = streams.Err.Write([]byte(piece))
		}
		streams.Flush()
		obeyed(t, out.String())
		obeyed(t, err.String())
		if !streams.Data {
			hidden(t, out.String())
		}
		hidden(t, err.String())
	})
}

// obeyed looks for commands as runners do, who compare without characters that
// nobody sees.
func obeyed(t *rapid.T, written string) {
	for _, line := range regexp.MustCompile("[\r\n]").Split(written, -1) {
		seen := strings.Map(func(r rune) rune {
			if safetext.Hidden(r) && !unicode.IsSpace(r) {
				return -1
			}
			return r
		}, line)
		if strings.Contains(seen, "##[") || strings.Contains(seen, "##vso[") || strings.HasPrefix(strings.TrimSpace(seen), "::") {
			t.Fatalf("a runner obeys %q", line)
		}
	}
}

func hidden(t *rapid.T, written string) {
	if safetext.Block(written) != written {
		t.Fatalf("hidden characters are in %q", written)
	}
}

func TestAJoinerStaysInWhateverPieces(t *testing.T) {
	t.Parallel()
	const name = "علی\u200cرضا 👩\u200d💻"
	streams, _, out, _ := iostreams.Test()
	for _, b := range []byte(name + "\n") {
		_, _ = streams.Out.Write([]byte{b})
	}
	_, _ = streams.Out.Write([]byte("pay\u200d"))
	streams.Flush()
	if got := out.String(); got != name+"\npay\\u200d" {
		t.Errorf("got %q", got)
	}
}

func TestPiecesAreWrittenLikeTheWhole(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := []byte(strings.Join(rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom(pieces), rapid.String()), 0, 12).Draw(t, "pieces"), ""))
		whole, _, want, _ := iostreams.Test()
		whole.OnRunner()
		_, _ = whole.Out.Write(text)
		whole.Flush()
		parts, _, got, _ := iostreams.Test()
		parts.OnRunner()
		for len(text) > 0 {
			n := rapid.IntRange(1, len(text)).Draw(t, "n")
			if written, err := parts.Out.Write(text[:n]); written != n || err != nil {
				t.Fatalf("wrote %d of %d: %v", written, n, err)
			}
			text = text[n:]
		}
		parts.Flush()
		if diff := cmp.Diff(want.String(), got.String()); diff != "" {
			t.Fatalf("(-whole +pieces):\n%s", diff)
		}
	})
}

func TestOnlyOurStylesBecomeSequences(t *testing.T) {
	t.Parallel()
	streams, _, out, _ := iostreams.Test()
	streams.PretendColor()
	painted := streams.OutStyle().Red("Ada\x1b[2J\nLovelace")
	half := len(painted) / 2
	_, _ = streams.Out.Write([]byte(painted[:half]))
	_, _ = streams.Out.Write([]byte(painted[half:]))
	iostreams.Fprintln(streams.Out, "", "\x1b[31m", streams.OutStyle().Bold("x"), string(streams.OutStyle().Bold("forged")))
	lines := strings.SplitAfter(out.String(), "\n")
	if want := "\x1b[31mAda\\u001b[2J\\nLovelace\x1b[0m \\u001b[31m \x1b[1mx\x1b[0m "; !strings.HasPrefix(lines[0], want) || len(lines) != 2 {
		t.Errorf("%q, want %q", out, want)
	}
	if strings.Count(out.String(), "\x1b") != 4 {
		t.Errorf("a text that is not Markup was painted: %q", out)
	}
}

func TestAnArgumentCannotBeginALine(t *testing.T) {
	t.Parallel()
	type named string
	for want, args := range map[string][]any{
		"a\\nb|":              {"a\nb"},
		"a\\nb|\u00a0":        {named("a\nb")},
		"[a\\nb]|":            {[]string{"a\nb"}},
		"boom\\r\\u001b|":     {failure("boom\r\x1b")},
		"3|":                  {3},
		"one\ntwo|":           {iostreams.Lines("one\ntwo")},
		"map[a\\n:b\\u202e]|": {map[string]string{"a\n": "b\u202e"}},
		"<nil>|":              {nil},
		"true|":               {true},
		"{a\\nb}|":            {struct{ name string }{"a\nb"}},
	} {
		want = strings.TrimSuffix(want, "\u00a0")
		if got := string(iostreams.Sprintf("%v|", args...)); got != want {
			t.Errorf("%#v is shown as %q, want %q", args, got, want)
		}
	}
	if got := string(iostreams.Sprintf("%-*s|%5.1f|%q", 4, "a", 1.25, "b\n")); got != "a   |  1.2|\"b\\n\"" {
		t.Errorf("%q", got)
	}
}

type failure string

func (f failure) Error() string { return string(f) }

func TestANameCannotRewriteAQuestion(t *testing.T) {
	t.Parallel()
	streams, in, _, asked := iostreams.Test()
	streams.Pretend(true, true, true)
	in.WriteString("n\n")
	if _, err := streams.Confirm(t.Context(), "Delete Sales\r\x1b[2KKeep\nKeep all?"); err != nil {
		t.Fatal(err)
	}
	if got, want := asked.String(), `Delete Sales\r\u001b[2KKeep\nKeep all? [y/N] `; got != want {
		t.Errorf("asked %q, want %q", got, want)
	}
}

func TestDataIsLeftForAProgramAlone(t *testing.T) {
	t.Parallel()
	const value = "a\x1b\u202e\xff\x00"
	for terminal, want := range map[bool]string{false: value, true: `a\u001b\u202e\ufffd\u0000`} {
		streams, _, out, err := iostreams.Test()
		streams.Data = true
		streams.Pretend(false, terminal, false)
		for _, b := range []byte(value) {
			_, _ = streams.Out.Write([]byte{b})
		}
		_, _ = streams.Err.Write([]byte("\x1b\n"))
		streams.Flush()
		if out.String() != want || !bytes.Equal(err.Bytes(), []byte("\\u001b\n")) {
			t.Errorf("terminal %t: %q and %q, want %q", terminal, out, err, want)
		}
	}
}
