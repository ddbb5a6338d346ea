package engine_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/scimctl/scimctl/provisioning/engine"
)

// The default mappings of one user: 100,000 of them have to take less than
// ten seconds of one core.
func BenchmarkFlowDefaultMappings(b *testing.B) {
	schema, err := os.ReadFile(filepath.Join("testdata", "people_schema.json"))
	if err != nil {
		b.Fatal(err)
	}
	rules, err := engine.Load(schema)
	if err != nil {
		b.Fatal(err)
	}
	subject, access := user(nil), assigned(ada)
	for b.Loop() {
		decision, err := rules.Decide(subject, access)
		if err != nil {
			b.Fatal(err)
		}
		if flows, err := rules.Flow(subject, decision, true); err != nil || len(flows) != 25 {
			b.Fatalf("%d flows, %v", len(flows), err)
		}
	}
}
