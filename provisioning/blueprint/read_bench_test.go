package blueprint_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/scimctl/scimctl/provisioning/blueprint"
)

// BenchmarkParse reads a file with 2,000 mappings and 500 assignments.
func BenchmarkParse(b *testing.B) {
	var text strings.Builder
	text.WriteString(head + "users:\n  mappings:\n")
	for i := range 2000 {
		fmt.Fprintf(&text, "    urn:contoso:2.0:User:attribute%d: {source: extensionAttribute%d, apply: on-create}\n", i, i)
	}
	text.WriteString("assignments:\n  users:\n")
	for i := range 500 {
		fmt.Fprintf(&text, "    - {name: user%d@contoso.com, role: Admin}\n", i)
	}
	for b.Loop() {
		if _, err := blueprint.Parse("f.yaml", []byte(text.String()), blueprint.Variables{}); err != nil {
			b.Fatal(err)
		}
	}
}
