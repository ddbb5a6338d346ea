package blueprint

import "testing"

func TestAPatternKeepsLinesForWhatIsSet(t *testing.T) {
	t.Parallel()
	data := map[string]any{"name": "it's", "on": true, "off": false, "none": ""}
	for pattern, want := range map[string]string{
		"a: {{name}} # {{on}}\n":                   "a: 'it''s' # true\n",
		"{{if on}}\n1\n{{else}}\n2\n{{end}}\n3\n":  "1\n3\n",
		"{{if off}}\n1\n{{else}}\n2\n{{end}}\n3\n": "2\n3\n",
		"{{if none}}\n{{else}}\n2\n{{end}}\n":      "2\n",
		"{{if none}}\n1\n{{end}}\n":                "",
		"a: {if: on}\n":                            "a: {if: on}\n",
		"{{if other}}\n{{end}}\n":                  "!",
		"{{if on}}\n":                              "!",
		"{{end}}\n":                                "!",
		"{{else}}\n":                               "!",
		"{{if on}}\n{{if on}}\n{{end}}\n{{end}}\n": "!",
		"{{other}}\n":                              "!",
	} {
		got, err := filled(pattern, data)
		if err != nil {
			got = "!"
		}
		if got != want {
			t.Errorf("%q: %q, %v", pattern, got, err)
		}
	}
}
