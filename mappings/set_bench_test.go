package mappings_test

import (
	"fmt"
	"testing"

	"github.com/scimctl/scimctl/mappings"
	"github.com/scimctl/scimctl/mappings/internal/schematest"
	"github.com/scimctl/scimctl/mappings/schema"
)

// A file of mappings, half of them new, for a schema that is as long.
func BenchmarkManyMappingsAreSetAtOnce(b *testing.B) {
	for _, count := range []int{200, 2000} {
		b.Run(fmt.Sprint(count), func(b *testing.B) {
			half, err := schema.Parse(schematest.Text(b))
			if err != nil {
				b.Fatal(err)
			}
			carryOut(b, manySettings(count/2, "department"), half)
			document, set := half.Bytes(), manySettings(count, "mail")
			for b.Loop() {
				s, err := schema.Parse(document)
				if err != nil {
					b.Fatal(err)
				}
				carryOut(b, set, s)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*count), "ns/mapping")
		})
	}
}

// A file of new mappings for the largest of schemas: each new name is held
// against all that are listed.
func BenchmarkManyMappingsOfALargeSchema(b *testing.B) {
	whole := schematest.Large(b, 5<<20)
	set := manySettings(2000, "department")
	for b.Loop() {
		carryOut(b, set, schematest.Parse(b, whole))
	}
}

func manySettings(count int, source string) mappings.Set {
	set := mappings.Set{}
	for i := range count {
		m := schema.Mapping{Target: fmt.Sprintf("urn:ietf:params:scim:schemas:extension:contoso:2.0:User:word%dx", i), Source: source}
		set.Settings = append(set.Settings, schema.Setting{Mapping: m})
	}
	return set
}

func carryOut(b *testing.B, set mappings.Set, s *schema.Schema) {
	b.Helper()
	edit, err := set.Plan(b.Context(), mappings.Place{Schema: s})
	if err == nil {
		err = edit(s)
	}
	if err != nil {
		b.Fatal(err)
	}
}
