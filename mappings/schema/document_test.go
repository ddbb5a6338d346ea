package schema_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/scimctl/scimctl/mappings"
	"github.com/scimctl/scimctl/mappings/diff"
	"github.com/scimctl/scimctl/mappings/internal/schematest"
	"github.com/scimctl/scimctl/mappings/schema"
)

func TestADocumentThatIsNotChangedKeepsEveryByte(t *testing.T) {
	t.Parallel()
	b := schematest.Text(t)
	s := schematest.Parse(t, b)
	for _, kind := range []string{schema.User, schema.Group} {
		o := schematest.Object(t, s, kind)
		_, _, _ = o.Mappings(), o.SourceAttributes(), o.TargetAttributes()
	}
	if diff := cmp.Diff(string(b), string(s.Bytes())); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// The generated document is full of strangers: unknown members at every level,
// names that differ in case, numbers that no float holds, any blanks.
func TestAnEditKeepsWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		document := schematest.StrangeSchema(t)
		before := strings.Replace(document, "MARK", "false", 1)
		s, err := schema.Parse([]byte(before))
		if err != nil {
			t.Fatal(err)
		}
		if got := string(s.Bytes()); got != before {
			t.Fatalf("reading changed the document\n%s", cmp.Diff(before, got))
		}
		o, err := s.Object(schema.User)
		if err != nil {
			t.Fatal(err)
		}
		if err := o.SetEnabled(true); err != nil {
			t.Fatal(err)
		}
		want := strings.Replace(document, "MARK", "true", 1)
		if got := string(s.Bytes()); got != want {
			t.Fatalf("(-want +got)\n%s", cmp.Diff(want, got))
		}
		if err := o.AddMapping(schema.Mapping{Target: "a<b", Source: "x"}); err != nil {
			t.Fatal(err)
		}
		checkInserted(t, want, string(s.Bytes()), `"a<b"`)
	})
}

// checkInserted wants after to be before with one piece put in that holds text.
func checkInserted(t *rapid.T, before, after, text string) {
	inserted := len(after) - len(before)
	at := len(commonPrefix(before, after))
	for ; at > 0 && after[at+inserted-1] != '}'; at-- { // the blanks around may be shared
	}
	if after[:at]+after[at+inserted:] != before || !json.Valid([]byte(after)) || !strings.Contains(after[at:at+inserted], text) {
		t.Fatalf("adding changed more than it added\n%s", cmp.Diff(before, after))
	}
}

// The same for attribute lists and filters, and what is put in comes out again
// without a trace but blanks.
func TestWhatIsAddedComesOutAgain(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		before := strangeSchemaWithLists(t)
		s, err := schema.Parse([]byte(before))
		if err != nil {
			t.Fatal(err)
		}
		o, err := s.Object(schema.User)
		if err != nil {
			t.Fatal(err)
		}
		if err := o.AddFilter(schema.Filter{Name: "a<b", Clauses: []schema.Clause{{Attribute: "city", Operator: "EQUALS", Values: []string{"1.50"}}}}); err != nil {
			t.Fatal(err)
		}
		checkInserted(t, before, string(s.Bytes()), `"1.50"`)
		if !o.RemoveFilter("a<b") || compacted(t, s.Bytes()) != compacted(t, []byte(before)) {
			t.Fatalf("the filter left a trace\n%s", cmp.Diff(before, string(s.Bytes())))
		}
		if err := o.AddMapping(schema.Mapping{Target: "a<b", Source: "x"}); err != nil {
			t.Fatal(err)
		}
		if err := o.RemoveMappings("a<b"); err != nil || compacted(t, s.Bytes()) != compacted(t, []byte(before)) {
			t.Fatalf("the mapping left a trace: %v\n%s", err, cmp.Diff(before, string(s.Bytes())))
		}
		for _, side := range []schema.Side{schema.Source, schema.Target} {
			now := string(s.Bytes())
			if err := o.AddAttribute(side, schema.Attribute{Name: "a>b"}); err != nil {
				t.Fatal(err)
			}
			checkInserted(t, now, string(s.Bytes()), `"a>b"`)
		}
	})
}

func compacted(t *rapid.T, text []byte) string {
	var b bytes.Buffer
	if err := json.Compact(&b, text); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func strangeSchemaWithLists(t *rapid.T) string {
	return schematest.StrangeSchemaOf(t, `{"targetAttributeName":"userName"}`)
}

func commonPrefix(a, b string) string {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	return a[:i]
}

func TestAnIndentedDocumentStaysIndented(t *testing.T) {
	t.Parallel()
	const before = "{\n \"synchronizationRules\": [ {\n  \"objectMappings\": [\n   {\n    \"sourceObjectName\": \"User\"\n   }\n  ]\n } ]\n}\n"
	s := schematest.Parse(t, []byte(before))
	if err := schematest.Object(t, s, schema.User).SetEnabled(true); err != nil {
		t.Fatal(err)
	}
	want := strings.Replace(before, "\"User\"\n", "\"User\",\n    \"enabled\": true\n", 1)
	if diff := cmp.Diff(want, string(s.Bytes())); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestAMemberIsFoundThoughItsNameIsEscaped(t *testing.T) {
	t.Parallel()
	s := schematest.Parse(t, []byte(`{"synchronizationRules":[{"objectMappings":[{"sourceObjectName":"\u0055ser","\u0065nabled":true}]}]}`))
	if !schematest.Object(t, s, schema.User).Enabled() {
		t.Error("not enabled")
	}
}

func TestWhatIsNoSchemaIsRefused(t *testing.T) {
	t.Parallel()
	for _, text := range []string{``, `null`, `[]`, `"x"`, `{}`, `{"synchronizationRules":[]}`, `{"synchronizationRules":{}}`, `{"synchronizationRules":[{}]`, `<html></html>`} {
		_, err := schema.Parse([]byte(text))
		if _, ok := errors.AsType[*schema.NotASchemaError](err); !ok {
			t.Errorf("%q: got %v, want a NotASchemaError", text, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"synchronizationRules":[{"objectMappings":[{"sourceObjectName":"User","attributeMappings":[]}]}]}`))
	f.Add([]byte(` {"synchronizationRules" : [ 1 , {"objectMappings":[{"sourceObjectName":"User","enabled": 1e9 ,"attributeMappings":[ {} ]} ] }]} `))
	f.Add(schematest.Text(f))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := schema.Parse(bytes.Clone(b))
		if err != nil {
			return
		}
		if !bytes.Equal(s.Bytes(), b) {
			t.Fatalf("reading changed the document\n%s", cmp.Diff(string(b), string(s.Bytes())))
		}
		o, err := s.Object(schema.User)
		if err != nil {
			return
		}
		_, _, _ = o.SourceAttributes(), o.TargetAttributes(), o.Actions()
		_ = o.SetEnabled(true)
		_ = o.SetActions([]string{"create"})
		_ = o.AddMapping(schema.Mapping{Target: "t", Source: "s"})
		_ = o.AddFilter(schema.Filter{Name: "f", Clauses: []schema.Clause{{Attribute: "a", Operator: "IS NULL"}}})
		_ = o.AddAttribute(schema.Target, schema.Attribute{Name: "t"})
		_ = diff.Diff(schematest.Parse(t, b), s)
		if same := diff.Diff(schematest.Parse(t, b), schematest.Parse(t, b)); len(same) > 0 {
			t.Fatalf("a document differs from itself: %v", same)
		}
		after := s.Bytes()
		if !json.Valid(after) {
			t.Fatalf("no longer JSON: %s", after)
		}
		if again := schematest.Parse(t, after); !bytes.Equal(again.Bytes(), after) {
			t.Fatal("the changed document does not read back")
		}
	})
}

func BenchmarkEditOfALargeSchema(b *testing.B) {
	for _, megabytes := range []int{1, 5, 10} {
		whole := schematest.Large(b, megabytes<<20)
		add := mappings.Add{Mappings: []schema.Mapping{
			{Target: "urn:ietf:params:scim:schemas:extension:contoso:2.0:User:team", Source: "department"},
			{Target: "title", Source: "jobTitle"},
		}}
		b.Run(fmt.Sprintf("%dMB", megabytes), func(b *testing.B) {
			b.SetBytes(int64(len(whole)))
			b.ReportAllocs()
			for b.Loop() {
				s := schematest.Parse(b, whole)
				edit, err := add.Plan(b.Context(), mappings.Place{Schema: s})
				if err != nil {
					b.Fatal(err)
				}
				if err := edit(s); err != nil {
					b.Fatal(err)
				}
				if len(s.Bytes()) <= len(whole) {
					b.Fatal("nothing added")
				}
			}
		})
	}
}
