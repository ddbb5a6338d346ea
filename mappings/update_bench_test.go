package mappings_test

import (
	"testing"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/auth"
	"github.com/scimctl/scimctl/mappings"
	"github.com/scimctl/scimctl/mappings/history"
	"github.com/scimctl/scimctl/mappings/internal/schematest"
	"github.com/scimctl/scimctl/mappings/schema"
)

// The whole of "mapping add" on a large schema, but for the network.
func BenchmarkMappingAddOnALargeSchema(b *testing.B) {
	whole := string(schematest.Large(b, 5<<20))
	add := mappings.Add{Mappings: []schema.Mapping{{Target: schematest.Team, Source: "department"}, {Target: "title", Source: "jobTitle"}}}
	b.SetBytes(int64(len(whole)))
	b.ReportAllocs()
	for b.Loop() {
		client, err := graph.New(graph.Options{Transport: &schematest.OneSchema{Schema: whole}, Credential: auth.StaticToken("token")})
		if err != nil {
			b.Fatal(err)
		}
		result, err := mappings.Update{Graph: client, App: "Contoso", Plan: add.Plan, History: history.History{Dir: b.TempDir()}}.Do(b.Context())
		if err != nil || len(result.Changes) != 3 {
			b.Fatal(result, err)
		}
	}
}
