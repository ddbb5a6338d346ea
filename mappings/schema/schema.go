// Package schema reads and edits the synchronization schema of a provisioning
// job, and keeps every member that it does not know.
package schema

import (
	"context"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/graph/synchronization"
	"github.com/scimctl/scimctl/mappings/internal/tree"
)

// PresentName is today's name of a directory.
func PresentName(directory string) string {
	if Entra(directory) {
		return "Microsoft Entra ID"
	}
	return directory
}

// The two kinds of objects that are provisioned.
const (
	User  = "user"
	Group = "group"
)

// A Schema is the synchronization schema of a job, held losslessly.
//
// https://learn.microsoft.com/en-us/graph/api/resources/synchronization-synchronizationschema
type Schema struct{ Root *tree.Node }

// A NotASchemaError says why a document is no synchronization schema.
type NotASchemaError struct{ Reason string }

func (e *NotASchemaError) Error() string { return "not a synchronization schema: " + e.Reason }

// Parse takes a schema as Graph answers it. The bytes belong to the schema
// afterwards. An error is a *[NotASchemaError].
func Parse(text []byte) (*Schema, error) {
	root, err := tree.ParseDocument(text)
	switch {
	case err != nil:
		return nil, &NotASchemaError{Reason: err.Error()}
	case root.Open() != '{':
		return nil, &NotASchemaError{Reason: "it is no JSON object"}
	case len(root.Get("synchronizationRules").Elements()) == 0:
		return nil, &NotASchemaError{Reason: "it has no synchronizationRules"}
	}
	return &Schema{Root: root}, nil
}

// Read reads the schema of an application's job, also of one that was made just
// now.
func Read(ctx context.Context, client *graph.Client, app applications.App, job synchronization.JobRef) (*Schema, error) {
	var text []byte
	err := applications.WhenReady(ctx, client, app, "the schema of "+app.Name+" can be read", func(ctx context.Context) (err error) {
		text, err = synchronization.Schema(ctx, client, job)
		return err
	})
	if err != nil {
		return nil, err
	}
	return Parse(text)
}

// Bytes returns the document: the bytes that were parsed, with the changes.
func (s *Schema) Bytes() []byte { return s.Root.Bytes() }

// Object returns the object mapping for users or for groups. It is found by
// the name of its source object, since its own name differs between templates
// and ages. Rules that start from Microsoft Entra ID come first. The error is
// a *[graph.NotFoundError] that names the kinds that there are.
func (s *Schema) Object(kind string) (Object, error) {
	var all []string
	for _, rule := range s.rules() {
		for _, m := range rule.Get("objectMappings").Elements() {
			name := strings.ToLower(m.Value.Field("sourceObjectName"))
			if name == kind {
				return Object{kind: kind, schema: s, Rule: rule, Node: m.Value}, nil
			}
			all = append(all, name)
		}
	}
	slices.Sort(all)
	return Object{}, &graph.NotFoundError{Kind: "object mapping", Name: kind, All: slices.Compact(all)}
}

// rules returns the rules, those out of Microsoft Entra ID first.
func (s *Schema) rules() []*tree.Node {
	var out, in []*tree.Node
	for _, r := range s.Root.Get("synchronizationRules").Elements() {
		if Entra(r.Value.Field("sourceDirectoryName")) {
			out = append(out, r.Value)
		} else {
			in = append(in, r.Value)
		}
	}
	return append(out, in...)
}

// Entra knows the directory by its present and by its former name: schemas
// keep the one under which they were made.
func Entra(directory string) bool {
	return directory == "Microsoft Entra ID" || directory == "Azure Active Directory"
}

// directoryObject returns an object of a directory's attribute lists, nil when
// the schema has none of that name.
func (s *Schema) directoryObject(directory, object string) *tree.Node {
	for _, d := range s.Root.Get("directories").Elements() {
		name := d.Value.Field("name")
		if name != directory && (!Entra(name) || !Entra(directory)) {
			continue
		}
		for _, o := range d.Value.Get("objects").Elements() {
			if o.Value.Field("name") == object {
				return o.Value
			}
		}
	}
	return nil
}

// ForPut is the document without the annotations that Graph adds to its answer
// and does not want back. They stand at the top level.
func (s *Schema) ForPut() []byte {
	s.Root.Drop(func(key string, _ *tree.Node) bool { return strings.HasSuffix(key, "@odata.context") })
	return s.Root.Bytes()
}
