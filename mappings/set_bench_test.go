package mappings_test

import (
	"fmt"
	"testing"

	"github.com/scimctl/scimctl/mappings"
)

// A file of mappings, half of them new, for a schema that is as long.
func BenchmarkManyMappingsAreSetAtOnce(b *testing.B) {
	for _, count := range []int{200, 2000} {
		b.Run(fmt.Sprint(count), func(b *testing.B) {
			half, err := mappings.Parse(text(b))
			if err != nil {
				b.Fatal(err)
			}
			carryOut(b, manySettings(count/2, "department"), half)
			document, set := half.Bytes(), manySettings(count, "mail")
			for b.Loop() {
				s, err := mappings.Parse(document)
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
	whole := large(b, 5<<20)
	set := manySettings(2000, "department")
	for b.Loop() {
		carryOut(b, set, parse(b, whole))
	}
}

func manySettings(count int, source string) mappings.Set {
	set := mappings.Set{}
	for i := range count {
		m := mappings.Mapping{Target: fmt.Sprintf("urn:ietf:params:scim:schemas:extension:contoso:2.0:User:word%dx", i), Source: source}
		set.Settings = append(set.Settings, mappings.Setting{Mapping: m})
	}
	return set
}

func carryOut(b *testing.B, set mappings.Set, s *mappings.Schema) {
	b.Helper()
	edit, err := set.Plan(b.Context(), mappings.Place{Schema: s})
	if err == nil {
		err = edit(s)
	}
	if err != nil {
		b.Fatal(err)
	}
}
