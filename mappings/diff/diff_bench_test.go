package diff_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	schemacheck "github.com/scimctl/scimctl/mappings/check"
	"github.com/scimctl/scimctl/mappings/diff"
	"github.com/scimctl/scimctl/mappings/internal/schematest"
	"github.com/scimctl/scimctl/mappings/schema"
)

// Reading, editing, checking, comparing and writing, without the network. The
// time must grow as the document does.
func BenchmarkLoadEditCheckDiffSave(b *testing.B) {
	for _, kilobytes := range []int{512, 5 << 10} {
		whole := schematest.Large(b, kilobytes<<10)
		b.Run(fmt.Sprintf("%dkB", len(whole)>>10), func(b *testing.B) {
			b.SetBytes(int64(len(whole)))
			b.ReportAllocs()
			for b.Loop() {
				before, after := schematest.Parse(b, whole), schematest.Parse(b, whole)
				o := schematest.Object(b, after, schema.User)
				if err := o.AddMapping(schema.Mapping{Target: "title", Source: "jobTitle"}); err != nil {
					b.Fatal(err)
				}
				_ = schemacheck.Check(after)
				if changes := diff.Diff(before, after); len(changes) != 1 {
					b.Fatal(len(changes))
				}
				if len(after.Bytes()) <= len(whole) {
					b.Fatal("nothing added")
				}
			}
		})
	}
}

// What a service that writes every element in its own way and in its own order
// makes of a document: nothing is the same bytes, everything the same meaning.
func BenchmarkDiffOfARewrittenSchema(b *testing.B) {
	for _, kilobytes := range []int{512, 5 << 10} {
		whole := schematest.Large(b, kilobytes<<10)
		other := reversed(b, whole)
		b.Run(fmt.Sprintf("%dkB", len(whole)>>10), func(b *testing.B) {
			b.SetBytes(int64(len(whole)))
			b.ReportAllocs()
			for b.Loop() {
				if changes := diff.Diff(schematest.Parse(b, whole), schematest.Parse(b, other)); len(changes) > 0 {
					b.Fatal(changes[0])
				}
			}
		})
	}
}

// reversed turns around every list but that of parameters, and sorts members.
func reversed(tb testing.TB, document []byte) []byte {
	d := json.NewDecoder(bytes.NewReader(document))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		tb.Fatal(err)
	}
	var turn func(v any, ordered bool)
	turn = func(v any, ordered bool) {
		switch v := v.(type) {
		case map[string]any:
			for name, member := range v {
				turn(member, name == "parameters")
			}
		case []any:
			for _, item := range v {
				turn(item, false)
			}
			if !ordered {
				slices.Reverse(v)
			}
		}
	}
	turn(v, false)
	out, err := json.Marshal(v)
	if err != nil {
		tb.Fatal(err)
	}
	return out
}

func TestThousandsOfMappingsOfOneTargetAreComparedAtOnce(t *testing.T) {
	t.Parallel()
	document := func(from int) *schema.Schema {
		var b bytes.Buffer
		b.WriteString(`{"synchronizationRules":[{"sourceDirectoryName":"Microsoft Entra ID","objectMappings":[{"sourceObjectName":"User","attributeMappings":[{}`)
		for i := range 20_000 { // of a quadratic comparison this would be minutes
			fmt.Fprintf(&b, `,{"targetAttributeName":"title","defaultValue":"%d"}`, from+i)
		}
		b.WriteString(`]}]}]}`)
		return schematest.Parse(t, b.Bytes())
	}
	if changes := diff.Diff(document(0), document(10_000)); len(changes) != 10_000 {
		t.Errorf("%d changes", len(changes))
	}
}
