package blueprint

import (
	"bytes"
	"encoding/json"
	"os"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/jsonschema-go/jsonschema"

	"github.com/scimctl/scimctl/mappings/schema"
	"github.com/scimctl/scimctl/provisioning/credentials"
)

// variable matches a text with a variable in it, which may stand where a
// number or a truth value is due.
const variable = `\$\{[A-Za-z_]`

// TestTheSchemaIsMadeFromTheTypes makes it anew. What makes it stays out of the
// program that way.
func TestTheSchemaIsMadeFromTheTypes(t *testing.T) {
	t.Parallel()
	made, err := makeSchema()
	if err != nil {
		t.Fatal(err)
	}
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile("blueprint.schema.json", made, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(string(made), string(Schema())); diff != "" {
		t.Errorf("UPDATE=1 writes it down (-made +kept):\n%s", diff)
	}
}

// makeSchema makes the JSON Schema of a [Blueprint].
func makeSchema() ([]byte, error) {
	root, err := jsonschema.For[Blueprint](&jsonschema.ForOptions{TypeSchemas: typeSchemas()})
	if err != nil {
		return nil, err
	}
	root.Schema = "https://json-schema.org/draft/2020-12/schema"
	root.Title = "scimctl blueprint"
	root.Description = "The whole set-up of an application's provisioning: scimctl plan, scimctl apply"
	refine(root)
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err = e.Encode(root)
	return out.Bytes(), err
}

// typeSchemas are those of the types that the file writes otherwise than Go.
func typeSchemas() map[reflect.Type]*jsonschema.Schema {
	one, none := 1.0, 0.0
	return map[reflect.Type]*jsonschema.Schema{
		reflect.TypeFor[bool]():              {Types: []string{"boolean", "string"}, Pattern: variable},
		reflect.TypeFor[int]():               {Types: []string{"integer", "string"}, Minimum: &none, Pattern: variable},
		reflect.TypeFor[Threshold]():         {Types: []string{"integer", "string"}, Minimum: &one, Pattern: "^off$|" + variable},
		reflect.TypeFor[Reference]():         {Type: "string"},
		reflect.TypeFor[credentials.Scope](): oneOf(string(credentials.ScopeAssigned), string(credentials.ScopeAll)),
		reflect.TypeFor[schema.Apply]():      oneOf(string(schema.Always), string(schema.OnCreate)),
		reflect.TypeFor[schema.Flow]():       oneOf(string(schema.FlowWhenChanged), string(schema.FlowAlways)),
		reflect.TypeFor[Values](): {
			Types: []string{"object", "null"},
			AdditionalProperties: &jsonschema.Schema{
				Types:                []string{"object", "null"},
				AdditionalProperties: &jsonschema.Schema{Types: []string{"string", "number", "boolean"}},
			},
		},
	}
}

// oneOf are texts to choose from, or a text with a variable.
func oneOf(texts ...string) *jsonschema.Schema {
	all := make([]any, len(texts))
	for i, text := range texts {
		all[i] = text
	}
	return &jsonschema.Schema{AnyOf: []*jsonschema.Schema{{Type: "string", Enum: all}, {Type: "string", Pattern: variable}}}
}

// refine says what the types do not.
func refine(root *jsonschema.Schema) {
	p := root.Properties
	p["apiVersion"].Enum, p["kind"].Enum = []any{APIVersion}, []any{Kind}
	shorten(p["extensions"].Properties["properties"].Items)
	for _, object := range []*jsonschema.Schema{p["users"], p["groups"]} {
		object.Properties["actions"].Items = oneOf(schema.ActionNames()...)
		for _, side := range []string{"source", "target"} {
			shorten(object.Properties["attributes"].Properties[side].Items)
		}
		for _, table := range []string{"mappings", "filters"} {
			object.Properties[table].Type, object.Properties[table].Types = "", []string{"object", "null"}
		}
		mapping := object.Properties["mappings"].AdditionalProperties
		for _, plain := range []string{"constant", "default"} {
			mapping.Properties[plain].Types = []string{"string", "number", "boolean", "null"}
		}
		shorten(mapping)
	}
	for _, kind := range []string{"users", "groups"} {
		shorten(p["assignments"].Properties[kind].Items)
	}
	credentials := p["provisioning"].Properties["credentials"].Properties
	for _, secret := range []*jsonschema.Schema{credentials["token"], credentials["oauth"].Properties["clientSecret"]} {
		secret.Pattern = "^(env|file|command):."
	}
}

// shorten lets one plain text stand for the whole object.
func shorten(object *jsonschema.Schema) {
	whole := *object
	*object = jsonschema.Schema{AnyOf: []*jsonschema.Schema{{Type: "string", MinLength: new(1)}, &whole}}
}
