package mappings

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/graph/remedy"
	"github.com/scimctl/scimctl/graph/words"
	schemacheck "github.com/scimctl/scimctl/mappings/check"
	"github.com/scimctl/scimctl/mappings/diff"
	"github.com/scimctl/scimctl/mappings/schema"
)

// Replace is the edit that makes a schema mean what a document says, also one
// of another job: id and version stay those of the job. A schema that means
// the same stays as it is. An error is a *[schema.NotASchemaError].
func Replace(document []byte) (Edit, error) {
	if _, err := schema.Parse(bytes.Clone(document)); err != nil {
		return nil, err
	}
	return func(s *schema.Schema) error {
		wanted, err := schema.Parse(bytes.Clone(document))
		if err != nil || len(diff.Diff(s, wanted)) == 0 {
			return err
		}
		wanted.Root.Take(s.Root, "id", "version")
		s.Root = wanted.Root
		return nil
	}, nil
}

// An Import replaces the whole schema of a job by a document that was exported
// from it, or from the job of an application like it.
type Import struct{ Document []byte }

// An InvalidSchemaError is a document that the service would refuse, or could
// not work with. Findings are its errors, as [check.Check] tells them.
type InvalidSchemaError struct{ Findings []schemacheck.Finding }

func (e *InvalidSchemaError) Error() string { return strings.Join(e.Lines(), "\n") }

// Lines are those of Error.
func (e *InvalidSchemaError) Lines() []string {
	lines := []string{fmt.Sprintf("the schema has %s:", words.Count(len(e.Findings), "error"))}
	for _, f := range e.Findings {
		lines = append(lines, "  "+strings.TrimPrefix(f.String(), string(schemacheck.Error)+": "))
	}
	return lines
}

// Plan checks the document and returns the edit. It is what [Update] asks for.
// The document is held against the present schema: rules and objects that the
// job does not have are errors, and so are extension properties that nobody
// offers in this tenant. An error that the present schema has as well is only
// warned of. What is wrong is an *[InvalidSchemaError] or a *[schema.NotASchemaError].
func (i Import) Plan(ctx context.Context, at Place) (Edit, error) {
	wanted, err := schema.Parse(bytes.Clone(i.Document))
	if err != nil {
		return nil, err
	}
	edit, err := Replace(i.Document)
	if err != nil || len(diff.Diff(at.Schema, wanted)) == 0 {
		return edit, err
	}
	extensions, err := unavailable(ctx, at, wanted)
	if err != nil {
		return nil, err
	}
	findings := slices.Concat(schemacheck.Against(wanted, at.Schema), extensions, without(wanted, at.Schema))
	return edit, judge(findings, schemacheck.Check(at.Schema), at.Warn)
}

// judge warns of what may stand, and refuses the rest. What is known is no
// news.
func judge(findings, known []schemacheck.Finding, warn func(string)) error {
	old := map[[4]string]bool{}
	for _, f := range known {
		old[identity(f)] = true
	}
	var refused []schemacheck.Finding
	for _, f := range findings {
		switch {
		case old[identity(f)]:
		case f.Severity == schemacheck.Error:
			refused = append(refused, f)
		case f.Severity == schemacheck.Warning && warn != nil:
			warn(strings.TrimPrefix(f.String(), string(schemacheck.Warning)+": "))
		}
	}
	if len(refused) > 0 {
		return &InvalidSchemaError{Findings: refused}
	}
	return nil
}

// identity tells findings apart: what is wrong, and where.
func identity(f schemacheck.Finding) [4]string {
	return [4]string{string(f.Code), f.Rule, f.Attribute, f.String()}
}

// without finds what a document may not leave out: the mapping of users, when
// there is one now.
func without(wanted, live *schema.Schema) []schemacheck.Finding {
	_, lacks := wanted.Object(schema.User)
	if o, err := live.Object(schema.User); err == nil && lacks != nil {
		return []schemacheck.Finding{{Severity: schemacheck.Error, Code: schemacheck.CodeUnknownRule, Object: schema.User, Rule: o.RuleID(), Problem: "the document has no object mapping for users, and the job needs one"}}
	}
	return nil
}

// unavailable finds extension properties that the document reads and nobody in
// this tenant offers. The tenant is asked only for those that the present
// schema does not list.
func unavailable(ctx context.Context, at Place, wanted *schema.Schema) ([]schemacheck.Finding, error) {
	var findings []schemacheck.Finding
	for _, o := range wanted.Objects() {
		listed := map[string]schema.Attribute{}
		if live, err := at.Schema.Object(o.Kind()); err == nil {
			listed = schema.ByName(live.SourceAttributes())
		}
		for _, m := range o.Mappings() {
			names, _ := m.Reads()
			for _, name := range names {
				if _, ok := listed[name]; !ok && strings.HasPrefix(name, "extension_") {
					findings = append(findings, schemacheck.Finding{
						Severity: schemacheck.Error, Code: schemacheck.CodeExtension, Object: o.Kind(), Rule: o.RuleID(), Target: m.Target, Attribute: name,
						Problem: "no application in this tenant offers the extension property " + name + "", Remedy: remedy.List{
							remedy.Run("copy from another application, which rewrites the names", "mapping copy").Flag("from-app", "APPLICATION"),
							remedy.Run("or create it", "ext create", "NAME"),
						},
					})
				}
			}
		}
	}
	if len(findings) == 0 {
		return nil, nil
	}
	offered, err := applications.AvailableExtensions(ctx, at.Graph)
	return slices.DeleteFunc(findings, func(f schemacheck.Finding) bool {
		return slices.ContainsFunc(offered, func(p applications.ExtensionProperty) bool { return p.Name == f.Attribute })
	}), err
}
