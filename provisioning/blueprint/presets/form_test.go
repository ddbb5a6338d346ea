package presets

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAFormIsFilledIn(t *testing.T) {
	t.Parallel()
	known := []Parameter{{Name: "name"}, {Name: "no-mail"}}
	f, err := parseForm("name: {{name}} # {{name}}\n#if no-mail\na: 1\n#else\nb: 2\n#end\nc: 3\n", known)
	if err != nil {
		t.Fatal(err)
	}
	for want, values := range map[string]map[string]any{
		"name: 'it''s' # 'it''s'\na: 1\nc: 3\n": {"name": "it's", "no-mail": true},
		"name: 'x' # 'x'\nb: 2\nc: 3\n":         {"name": "x", "no-mail": ""},
	} {
		if diff := cmp.Diff(want, f.fill(values)); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	}
}

func TestAFormThatIsDamagedSaysWhere(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"a\n{{nobody}}":              `line 2 of the file: no parameter "nobody"`,
		"#if nobody\n#end":           `no parameter "nobody"`,
		"#if name\n#if name":         "line 2 of the file: #if name stands in the wrong place",
		"#else":                      "stands in the wrong place",
		"#end":                       "stands in the wrong place",
		"#if name\n#else\n#else":     "line 3 of the file: #else stands in the wrong place",
		"#if name\nsomething: there": "#if name has no #end",
	} {
		if _, err := parseForm(text, []Parameter{{Name: "name"}}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}
