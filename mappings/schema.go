package mappings

import (
	"context"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/graph"
)

// The two kinds of objects that are provisioned.
const (
	User  = "user"
	Group = "group"
)

// A Schema is the synchronization schema of a job, held losslessly.
//
// https://learn.microsoft.com/en-us/graph/api/resources/synchronization-synchronizationschema
type Schema struct{ root *node }

// A NotASchemaError says why a document is no synchronization schema.
type NotASchemaError struct{ Reason string }

func (e *NotASchemaError) Error() string { return "not a synchronization schema: " + e.Reason }

// Parse takes a schema as Graph answers it. The bytes belong to the schema
// afterwards. An error is a *[NotASchemaError].
func Parse(text []byte) (*Schema, error) {
	root, err := parseDocument(text)
	switch {
	case err != nil:
		return nil, &NotASchemaError{Reason: err.Error()}
	case root.open() != '{':
		return nil, &NotASchemaError{Reason: "it is no JSON object"}
	case len(root.get("synchronizationRules").elements()) == 0:
		return nil, &NotASchemaError{Reason: "it has no synchronizationRules"}
	}
	return &Schema{root: root}, nil
}

// Read reads the schema of an application's job, also of one that was made just
// now.
func Read(ctx context.Context, client *graph.Client, app graph.App, job graph.JobRef) (*Schema, error) {
	var text []byte
	err := client.WhenReady(ctx, app, "the schema of "+app.Name+" can be read", func(ctx context.Context) (err error) {
		text, err = client.Schema(ctx, job)
		return err
	})
	if err != nil {
		return nil, err
	}
	return Parse(text)
}

// Bytes returns the document: the bytes that were parsed, with the changes.
func (s *Schema) Bytes() []byte { return s.root.bytes() }

// Object returns the object mapping for users or for groups. It is found by
// the name of its source object, since its own name differs between templates
// and ages. Rules that start from Microsoft Entra ID come first. The error is
// a *[graph.NotFoundError] that names the kinds that there are.
func (s *Schema) Object(kind string) (Object, error) {
	var all []string
	for _, rule := range s.rules() {
		for _, m := range rule.get("objectMappings").elements() {
			name := strings.ToLower(m.value.field("sourceObjectName"))
			if name == kind {
				return Object{kind: kind, schema: s, rule: rule, mapping: m.value}, nil
			}
			all = append(all, name)
		}
	}
	slices.Sort(all)
	return Object{}, &graph.NotFoundError{Kind: "object mapping", Name: kind, All: slices.Compact(all)}
}

// rules returns the rules, those out of Microsoft Entra ID first.
func (s *Schema) rules() []*node {
	var out, in []*node
	for _, r := range s.root.get("synchronizationRules").elements() {
		if entra(r.value.field("sourceDirectoryName")) {
			out = append(out, r.value)
		} else {
			in = append(in, r.value)
		}
	}
	return append(out, in...)
}

// entra knows the directory by its present and by its former name: schemas
// keep the one under which they were made.
func entra(directory string) bool {
	return directory == "Microsoft Entra ID" || directory == "Azure Active Directory"
}

// directoryObject returns an object of a directory's attribute lists, nil when
// the schema has none of that name.
func (s *Schema) directoryObject(directory, object string) *node {
	for _, d := range s.root.get("directories").elements() {
		name := d.value.field("name")
		if name != directory && (!entra(name) || !entra(directory)) {
			continue
		}
		for _, o := range d.value.get("objects").elements() {
			if o.value.field("name") == object {
				return o.value
			}
		}
	}
	return nil
}

// forPut is the document without the annotations that Graph adds to its answer
// and does not want back. They stand at the top level.
func (s *Schema) forPut() []byte {
	s.root.drop(func(key string, _ *node) bool { return strings.HasSuffix(key, "@odata.context") })
	return s.root.bytes()
}
