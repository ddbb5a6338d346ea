// Package schematest has the schemas and the simulated tenant that the tests of
// mappings share.
package schematest

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/scimctl/scimctl/mappings"
	"github.com/scimctl/scimctl/mappings/diff"
	"github.com/scimctl/scimctl/mappings/schema"
)

func Lines(changes []diff.Change) []string {
	list := []string{}
	for _, c := range changes {
		list = append(list, c.String())
	}
	return list
}

func MustEncode(v any) string {
	b, _ := json.Marshal(v)
	return string(b)
}

//go:embed schema.json
var text []byte

// Text is the schema that most tests start from.
func Text(testing.TB) []byte { return bytes.Clone(text) }

func Parse(t testing.TB, b []byte) *schema.Schema {
	t.Helper()
	s, err := schema.Parse(bytes.Clone(b))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func Object(t testing.TB, s *schema.Schema, kind string) schema.Object {
	t.Helper()
	o, err := s.Object(kind)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// StrangeSchemaOf has one mapping, and the attribute city on both lists.
func StrangeSchemaOf(t *rapid.T, attributeMapping string) string {
	filter := StrangeObject(t, `"name"`, `"there"`, `"clauses"`, `[]`)
	scope := StrangeObject(t, `"groups"`, StrangeArray(t, filter))
	mapping := StrangeObject(t, `"sourceObjectName"`, `"User"`, `"targetObjectName"`, `"U"`, `"scope"`, scope, `"attributeMappings"`, StrangeArray(t, attributeMapping))
	rule := StrangeObject(t, `"sourceDirectoryName"`, `"Microsoft Entra ID"`, `"targetDirectoryName"`, `"app"`, `"objectMappings"`, StrangeArray(t, mapping))
	var directories []string
	for _, names := range [][2]string{{`"Azure Active Directory"`, `"User"`}, {`"app"`, `"U"`}} {
		object := StrangeObject(t, `"name"`, names[1], `"attributes"`, StrangeArray(t, StrangeObject(t, `"name"`, `"city"`)))
		directories = append(directories, StrangeObject(t, `"name"`, names[0], `"objects"`, StrangeArray(t, object)))
	}
	return Blank(t) + StrangeObject(t, `"synchronizationRules"`, StrangeArray(t, rule), `"directories"`, StrangeArray(t, strings.Join(directories, ","))) + Blank(t)
}

func StrangeSchema(t *rapid.T) string {
	mapping := StrangeObject(t, `"enabled"`, "MARK", `"sourceObjectName"`, `"User"`, `"attributeMappings"`, StrangeArray(t, `{"targetAttributeName":"userName"}`))
	rule := StrangeObject(t, `"sourceDirectoryName"`, `"Microsoft Entra ID"`, `"objectMappings"`, StrangeArray(t, mapping))
	return Blank(t) + StrangeObject(t, `"synchronizationRules"`, StrangeArray(t, rule)) + Blank(t)
}

func StrangeArray(t *rapid.T, element string) string {
	return "[" + Blank(t) + element + Blank(t) + "]"
}

func StrangeObject(t *rapid.T, known ...string) string {
	members := []string{}
	for i := 0; i < len(known); i += 2 {
		members = append(members, strangers(t)...)
		members = append(members, Blank(t)+known[i]+Blank(t)+":"+Blank(t)+known[i+1]+Blank(t))
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
		list = append(list, Blank(t)+key.Draw(t, "key")+Blank(t)+":"+Blank(t)+v+Blank(t))
	}
	return list
}

func Blank(t *rapid.T) string {
	return rapid.SampledFrom([]string{"", "", " ", "\n\t", "\r\n  "}).Draw(t, "blank")
}

// Large is a schema of about n bytes.
func Large(tb testing.TB, n int) []byte {
	whole := string(Text(tb))
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

const EnterpriseUser = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"

// Carry makes an edit, and tells what it changed.
func Carry(t *testing.T, edit mappings.Edit, s *schema.Schema) ([]diff.Change, error) {
	t.Helper()
	before, err := schema.Parse(s.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	err = edit(s)
	return diff.Diff(before, s), err
}

// OneSchema is a tenant with one application, whose schema it keeps.
type OneSchema struct{ Schema string }

func (o *OneSchema) RoundTrip(r *http.Request) (*http.Response, error) {
	switch {
	case IsRequest(r, http.MethodGet, "/schema"):
		return Answer(r, http.StatusOK, o.Schema), nil
	case IsRequest(r, http.MethodPut, "/schema"):
		body, err := io.ReadAll(r.Body)
		o.Schema = string(body)
		return Answer(r, http.StatusNoContent, ""), err
	case IsRequest(r, http.MethodGet, "/jobs"):
		return Answer(r, http.StatusOK, `{"value":[{"id":"job"}]}`), nil
	case strings.Contains(r.URL.Path, "servicePrincipals"):
		return Answer(r, http.StatusOK, `{"value":[{"id":"11112222-3333-4444-5555-666677778888","appId":"aaaabbbb-cccc-dddd-eeee-ffff00001111","displayName":"Contoso"}]}`), nil
	}
	return Answer(r, http.StatusNotFound, `{"error":{"code":"Request_ResourceNotFound","message":"not here"}}`), nil
}
