package mappings_test

import (
	"fmt"
	"testing"

	"github.com/scimctl/scimctl/mappings"
)

// A file of mappings, half of them new.
func BenchmarkManyMappingsAreSetAtOnce(b *testing.B) {
	for _, count := range []int{200, 2000} {
		set := mappings.Set{}
		for i := range count {
			m := mappings.Mapping{Target: fmt.Sprintf("urn:ietf:params:scim:schemas:extension:contoso:2.0:User:word%dx", i), Source: "department"}
			set.Settings = append(set.Settings, mappings.Setting{Mapping: m})
		}
		half, err := mappings.Parse(text(b))
		if err != nil {
			b.Fatal(err)
		}
		carryOut(b, mappings.Set{Settings: set.Settings[:count/2]}, half)
		for i := range set.Settings {
			set.Settings[i].Source = "mail"
		}
		document := half.Bytes()
		b.Run(fmt.Sprint(count), func(b *testing.B) {
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
