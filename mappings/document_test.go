package mappings_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/scimctl/scimctl/mappings"
)

// text is the schema that most tests start from.
func text(t testing.TB) []byte {
	t.Helper()
	b, err := os.ReadFile("testdata/schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func parse(t testing.TB, b []byte) *mappings.Schema {
	t.Helper()
	s, err := mappings.Parse(bytes.Clone(b))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func object(t testing.TB, s *mappings.Schema, kind string) mappings.Object {
	t.Helper()
	o, err := s.Object(kind)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func TestADocumentThatIsNotChangedKeepsEveryByte(t *testing.T) {
	t.Parallel()
	b := text(t)
	s := parse(t, b)
	for _, kind := range []string{mappings.User, mappings.Group} {
		o := object(t, s, kind)
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
		document := strangeSchema(t)
		before := strings.Replace(document, "MARK", "false", 1)
		s, err := mappings.Parse([]byte(before))
		if err != nil {
			t.Fatal(err)
		}
		if got := string(s.Bytes()); got != before {
			t.Fatalf("reading changed the document\n%s", cmp.Diff(before, got))
		}
		o, err := s.Object(mappings.User)
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
		if err := o.AddMapping(mappings.Mapping{Target: "a<b", Source: "x"}); err != nil {
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
		s, err := mappings.Parse([]byte(before))
		if err != nil {
			t.Fatal(err)
		}
		o, err := s.Object(mappings.User)
		if err != nil {
			t.Fatal(err)
		}
		if err := o.AddFilter(mappings.Filter{Name: "a<b", Clauses: []mappings.Clause{{Attribute: "city", Operator: "EQUALS", Values: []string{"1.50"}}}}); err != nil {
			t.Fatal(err)
		}
		checkInserted(t, before, string(s.Bytes()), `"1.50"`)
		if !o.RemoveFilter("a<b") || compacted(t, s.Bytes()) != compacted(t, []byte(before)) {
			t.Fatalf("the filter left a trace\n%s", cmp.Diff(before, string(s.Bytes())))
		}
		if err := o.AddMapping(mappings.Mapping{Target: "a<b", Source: "x"}); err != nil {
			t.Fatal(err)
		}
		if err := o.RemoveMappings("a<b"); err != nil || compacted(t, s.Bytes()) != compacted(t, []byte(before)) {
			t.Fatalf("the mapping left a trace: %v\n%s", err, cmp.Diff(before, string(s.Bytes())))
		}
		for _, side := range []mappings.Side{mappings.Source, mappings.Target} {
			now := string(s.Bytes())
			if err := o.AddAttribute(side, mappings.Attribute{Name: "a>b"}); err != nil {
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
	return strangeSchemaOf(t, `{"targetAttributeName":"userName"}`)
}

// strangeSchemaOf has one mapping, and the attribute city on both lists.
func strangeSchemaOf(t *rapid.T, attributeMapping string) string {
	filter := strangeObject(t, `"name"`, `"there"`, `"clauses"`, `[]`)
	scope := strangeObject(t, `"groups"`, strangeArray(t, filter))
	mapping := strangeObject(t, `"sourceObjectName"`, `"User"`, `"targetObjectName"`, `"U"`, `"scope"`, scope, `"attributeMappings"`, strangeArray(t, attributeMapping))
	rule := strangeObject(t, `"sourceDirectoryName"`, `"Microsoft Entra ID"`, `"targetDirectoryName"`, `"app"`, `"objectMappings"`, strangeArray(t, mapping))
	var directories []string
	for _, names := range [][2]string{{`"Azure Active Directory"`, `"User"`}, {`"app"`, `"U"`}} {
		object := strangeObject(t, `"name"`, names[1], `"attributes"`, strangeArray(t, strangeObject(t, `"name"`, `"city"`)))
		directories = append(directories, strangeObject(t, `"name"`, names[0], `"objects"`, strangeArray(t, object)))
	}
	return blank(t) + strangeObject(t, `"synchronizationRules"`, strangeArray(t, rule), `"directories"`, strangeArray(t, strings.Join(directories, ","))) + blank(t)
}

func commonPrefix(a, b string) string {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	return a[:i]
}

func strangeSchema(t *rapid.T) string {
	mapping := strangeObject(t, `"enabled"`, "MARK", `"sourceObjectName"`, `"User"`, `"attributeMappings"`, strangeArray(t, `{"targetAttributeName":"userName"}`))
	rule := strangeObject(t, `"sourceDirectoryName"`, `"Microsoft Entra ID"`, `"objectMappings"`, strangeArray(t, mapping))
	return blank(t) + strangeObject(t, `"synchronizationRules"`, strangeArray(t, rule)) + blank(t)
}

func strangeArray(t *rapid.T, element string) string {
	return "[" + blank(t) + element + blank(t) + "]"
}

func strangeObject(t *rapid.T, known ...string) string {
	members := []string{}
	for i := 0; i < len(known); i += 2 {
		members = append(members, strangers(t)...)
		members = append(members, blank(t)+known[i]+blank(t)+":"+blank(t)+known[i+1]+blank(t))
	}
	members = append(members, strangers(t)...)
	return "{" + strings.Join(members, ",") + "}"
}

func strangers(t *rapid.T) []string {
	key := rapid.SampledFrom([]string{`"Enabled"`, `"ENABLED"`, `"same"`, `"same"`, `"enabled "`, `"a\"b\\"`, `""`, `"@odata.type"`, `"ä\u00e4"`})
	value := rapid.SampledFrom([]string{
		"1.50", "-0", "1e400", "12345678901234567890.000000001", `"\u003cb\/>"`, `"}],{["`, `"\\\""`, "null", "{}", "[ ]", `{"enabled":MADE}`, `[[1 , 2],"x"]`, "true",
	})
	var list []string
	for range rapid.IntRange(0, 3).Draw(t, "strangers") {
		v := strings.ReplaceAll(value.Draw(t, "value"), "MADE", "false")
		list = append(list, blank(t)+key.Draw(t, "key")+blank(t)+":"+blank(t)+v+blank(t))
	}
	return list
}

func blank(t *rapid.T) string {
	return rapid.SampledFrom([]string{"", "", " ", "\n\t", "\r\n  "}).Draw(t, "blank")
}

func TestAnIndentedDocumentStaysIndented(t *testing.T) {
	t.Parallel()
	const before = "{\n \"synchronizationRules\": [ {\n  \"objectMappings\": [\n   {\n    \"sourceObjectName\": \"User\"\n   }\n  ]\n } ]\n}\n"
	s := parse(t, []byte(before))
	if err := object(t, s, mappings.User).SetEnabled(true); err != nil {
		t.Fatal(err)
	}
	want := strings.Replace(before, "\"User\"\n", "\"User\",\n    \"enabled\": true\n", 1)
	if diff := cmp.Diff(want, string(s.Bytes())); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestAMemberIsFoundThoughItsNameIsEscaped(t *testing.T) {
	t.Parallel()
	s := parse(t, []byte(`{"synchronizationRules":[{"objectMappings":[{"sourceObjectName":"\u0055ser","\u0065nabled":true}]}]}`))
	if !object(t, s, mappings.User).Enabled() {
		t.Error("not enabled")
	}
}

func TestWhatIsNoSchemaIsRefused(t *testing.T) {
	t.Parallel()
	for _, text := range []string{``, `null`, `[]`, `"x"`, `{}`, `{"synchronizationRules":[]}`, `{"synchronizationRules":{}}`, `{"synchronizationRules":[{}]`, `<html></html>`} {
		_, err := mappings.Parse([]byte(text))
		if _, ok := errors.AsType[*mappings.NotASchemaError](err); !ok {
			t.Errorf("%q: got %v, want a NotASchemaError", text, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"synchronizationRules":[{"objectMappings":[{"sourceObjectName":"User","attributeMappings":[]}]}]}`))
	f.Add([]byte(` {"synchronizationRules" : [ 1 , {"objectMappings":[{"sourceObjectName":"User","enabled": 1e9 ,"attributeMappings":[ {} ]} ] }]} `))
	f.Add(text(f))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := mappings.Parse(bytes.Clone(b))
		if err != nil {
			return
		}
		if !bytes.Equal(s.Bytes(), b) {
			t.Fatalf("reading changed the document\n%s", cmp.Diff(string(b), string(s.Bytes())))
		}
		o, err := s.Object(mappings.User)
		if err != nil {
			return
		}
		_, _, _ = o.SourceAttributes(), o.TargetAttributes(), o.Actions()
		_ = o.SetEnabled(true)
		_ = o.SetActions([]string{"create"})
		_ = o.AddMapping(mappings.Mapping{Target: "t", Source: "s"})
		_ = o.AddFilter(mappings.Filter{Name: "f", Clauses: []mappings.Clause{{Attribute: "a", Operator: "IS NULL"}}})
		_ = o.AddAttribute(mappings.Target, mappings.Attribute{Name: "t"})
		_ = mappings.Diff(parse(t, b), s)
		if same := mappings.Diff(parse(t, b), parse(t, b)); len(same) > 0 {
			t.Fatalf("a document differs from itself: %v", same)
		}
		after := s.Bytes()
		if !json.Valid(after) {
			t.Fatalf("no longer JSON: %s", after)
		}
		if again := parse(t, after); !bytes.Equal(again.Bytes(), after) {
			t.Fatal("the changed document does not read back")
		}
	})
}

// large is a schema of about n bytes.
func large(tb testing.TB, n int) []byte {
	whole := string(text(tb))
	attribute := `{ "anchor": false, "caseExact": false, "defaultValue": null, "flowNullValues": false, "multivalued": false, "mutability": "ReadWrite", "name": "attribute%06d", "required": false, "type": "String", "apiExpressions": [], "metadata": [], "referencedObjects": [] },` + "\n"
	one := `{ "defaultValue": null, "exportMissingReferences": false, "flowBehavior": "FlowWhenChanged", "flowType": "Always", "matchingPriority": 0, "targetAttributeName": "NAME", "source": { "expression": "[NAME]", "name": "NAME", "type": "Attribute", "parameters": [] } },` + "\n"
	var attributes, list strings.Builder
	for i := 0; 2*attributes.Len()+list.Len() < n; i++ {
		fmt.Fprintf(&attributes, attribute, i)
		if i < 2000 {
			list.WriteString(strings.ReplaceAll(one, "NAME", fmt.Sprintf("attribute%06d", i)))
		}
	}
	whole = strings.Replace(whole, `{ "anchor": true`, attributes.String()+`{ "anchor": true`, 1)
	whole = strings.Replace(whole, `{ "name": "id"`, attributes.String()+`{ "name": "id"`, 1)
	i := strings.Index(whole, `"Provision Microsoft Entra ID Users"`)
	j := i + strings.Index(whole[i:], `"attributeMappings": [`) + len(`"attributeMappings": [`)
	return []byte(whole[:j] + list.String() + whole[j:])
}

func BenchmarkEditOfALargeSchema(b *testing.B) {
	for _, megabytes := range []int{1, 5, 10} {
		whole := large(b, megabytes<<20)
		add := mappings.Add{Mappings: []mappings.Mapping{
			{Target: "urn:ietf:params:scim:schemas:extension:contoso:2.0:User:team", Source: "department"},
			{Target: "title", Source: "jobTitle"},
		}}
		b.Run(fmt.Sprintf("%dMB", megabytes), func(b *testing.B) {
			b.SetBytes(int64(len(whole)))
			b.ReportAllocs()
			for b.Loop() {
				s := parse(b, whole)
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
