package output_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"
	"pgregory.net/rapid"

	"github.com/scimctl/scimctl/cmd/internal/iostreams"
	"github.com/scimctl/scimctl/cmd/internal/output"
)

// Texts that YAML reads as something else when they stand without quotes.
func traps() []string {
	return []string{
		"yes", "no", "on", "off", "y", "n", "true", "null", "~", "1e3", "0x1f", "017", "1_000", "1:20", ".inf", "-", "- a", "a: b", "a #b",
		"#", "'", "\"", "&a", "*a", "!x", "|", ">", "%", "@", "`", "{", "[", ",", "?", "2026-01-01", " x", "x ", "a\nb", "a\nb\n", "\n", "\t", "\u00e9",
		"=", "<<", "--- ", "...", "\\", "a\\nb", "a:", ":a", "[]", "{}", "\u2028", "\u0085", "\ufeff", "a\r\nb", "  a\nb",
	}
}

func TestYAMLSaysWhatJSONSays(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.OneOf(rapid.SampledFrom(traps()), rapid.String())
		v := map[string]any{
			"texts":  rapid.SliceOfN(word, 0, 3).Draw(t, "texts"),
			"named":  rapid.MapOfN(word, word, 0, 3).Draw(t, "named"),
			"number": rapid.OneOf(rapid.Float64().AsAny(), rapid.Int64().AsAny(), rapid.Uint64().AsAny()).Draw(t, "number"),
		}
		want := write(t, output.JSON, v)
		written := write(t, output.YAML, v)
		var back any
		if err := yaml.Unmarshal(written, &back); err != nil {
			t.Fatalf("%v\n%s", err, written)
		}
		if diff := cmp.Diff(normal(t, want), normal(t, write(t, output.JSON, back))); diff != "" {
			t.Fatalf("(-want +got):\n%s\n%s", diff, written)
		}
	})
}

// What a terminal or a runner would obey is written as an escape, which the
// reader of the document takes back.
func TestJSONAndYAMLKeepTheirMeaningOnEveryStream(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		trap := []string{"##vso[a]b", "x ##[b]", "a\n::error::x\nb", "\u202e", "\x1b[2J", "\u0085", "\U000e0041", "\u3164", "\x00", "\x7f\n"}
		word := rapid.Map(rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom(trap), rapid.SampledFrom(traps()), rapid.String()), 1, 3),
			func(parts []string) string { return strings.Join(parts, "") })
		v := map[string]any{"texts": rapid.SliceOfN(word, 0, 3).Draw(t, "texts"), "named": rapid.MapOfN(word, word, 0, 3).Draw(t, "named")}
		for _, format := range []output.Format{output.JSON, output.YAML} {
			streams, _, out, _ := iostreams.Test()
			streams.OnRunner()
			if err := output.Fields(streams.Out, output.Printer{Format: format}, v); err != nil {
				t.Fatal(err)
			}
			var back any
			if err := yaml.Unmarshal(out.Bytes(), &back); err != nil && format == output.YAML {
				t.Fatalf("%v\n%s", err, out)
			}
			if format == output.JSON {
				back = normal(t, out.Bytes())
			}
			if diff := cmp.Diff(normal(t, write(t, output.JSON, v)), normal(t, write(t, output.JSON, back))); diff != "" {
				t.Fatalf("%s (-want +got):\n%s\n%s", format, diff, out)
			}
		}
	})
}

func write(t *rapid.T, f output.Format, v any) []byte {
	var b bytes.Buffer
	if err := output.Fields(&b, output.Printer{Format: f}, v); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func normal(t *rapid.T, text []byte) any {
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	return v
}
