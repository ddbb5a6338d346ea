package private_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/scimctl/scimctl/graph/private"
)

func TestANameStaysInItsFolderAndBelongsToOneText(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	for _, text := range []string{
		"14d82eec-204b-4c2f-b7e8-296a70dab67e", "14D82EEC-204b-4c2f-b7e8-296a70dab67e", "", ".", "..", "../../x", `..\x`, "/etc/passwd", "a/b", "a:b",
		"nul", "NUL.txt", "com1", "com1.json", "lpt9", "a.", "a ", " a", "a\x00b", "a\nb", "-rf", "%2e%2e", "\u00fc", "u\u0308", strings.Repeat("x", 300),
		strings.Repeat("x", 301), "_a~b", "global_contoso.com_id",
	} {
		name := private.Name(text)
		if name == "" || len(name) > 120 || name[0] == '.' || strings.ContainsAny(name, "/\\:*?\"<>| \x00\n") || !filepath.IsLocal(name) {
			t.Errorf("%q becomes %q", text, name)
		}
		if strings.TrimRight(name, ".") != name || strings.ToLower(name) != name {
			t.Errorf("%q becomes %q, which is not the same on Windows", text, name)
		}
		if other, taken := seen[name]; taken {
			t.Errorf("%q and %q both become %q", text, other, name)
		}
		seen[name] = text
	}
	for _, text := range []string{"14d82eec-204b-4c2f-b7e8-296a70dab67e", "contoso.com", "global_contoso.com_id"} {
		if got := private.Name(text); got != text {
			t.Errorf("%q becomes %q", text, got)
		}
	}
}
