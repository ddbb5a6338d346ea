package output_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"
	"pgregory.net/rapid"

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
