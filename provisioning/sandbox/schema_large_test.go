package sandbox_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// largeSchema is the job's schema with attributes added until it has a size.
func largeSchema(t *tenant, job string, size int) string {
	t.Helper()
	text := t.must(200, "GET", job+"/schema", nil).text
	var more strings.Builder
	for i := 0; more.Len()+len(text) < size; i++ {
		fmt.Fprintf(&more, `{"anchor":false,"apiExpressions":[],"caseExact":false,"defaultValue":null,"flowNullValues":false,"metadata":[],"multivalued":false,"mutability":"ReadWrite","name":"extension_%032d_attribute","referencedObjects":[],"required":false,"type":"String"},`, i)
	}
	return strings.Replace(text, `"attributes":[`, `"attributes":[`+more.String(), 1)
}

func TestALargeSchemaIsKept(t *testing.T) {
	t.Parallel()
	s := open(t, filepath.Join(t.TempDir(), "state.json"))
	job := s.job()
	large := largeSchema(s, job, 5<<20)
	s.must(204, "PUT", job+"/schema", large)
	if got := s.must(200, "GET", job+"/schema", nil).text; len(got) < 5<<20 {
		t.Errorf("%d bytes came back", len(got))
	}
}
