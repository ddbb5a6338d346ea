package cmd

import "testing"

func TestAnArgumentIsQuotedForTheShellOfItsSystem(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, sh, powerShell string }{
		{"ada@contoso.com", "ada@contoso.com", "ada@contoso.com"},
		{"Contoso SCIM", "'Contoso SCIM'", "'Contoso SCIM'"},
		{"sean.o'brien@contoso.com", `'sean.o'\''brien@contoso.com'`, "'sean.o''brien@contoso.com'"},
		{"mary#EXT#", "'mary#EXT#'", "'mary#EXT#'"},
		{"$HOME", "'$HOME'", "'$HOME'"},
		{"@splat", "'@splat'", "'@splat'"},
		{"", "''", "''"},
	} {
		for system, want := range map[string]string{"linux": c.sh, "darwin": c.sh, "windows": c.powerShell} {
			if got := quotedOn(system, c.text); got != want {
				t.Errorf("%s on %s: %s, want %s", c.text, system, got, want)
			}
		}
	}
}
