package mappings

import (
	"context"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/remedy"
)

// judge warns of what may stand, and refuses the rest. What is known is no
// news.
func judge(findings, known []Finding, warn func(string)) error {
	old := map[[4]string]bool{}
	for _, f := range known {
		old[identity(f)] = true
	}
	var refused []Finding
	for _, f := range findings {
		switch {
		case old[identity(f)]:
		case f.Severity == Error:
			refused = append(refused, f)
		case f.Severity == Warning && warn != nil:
			warn(strings.TrimPrefix(f.String(), string(Warning)+": "))
		}
	}
	if len(refused) > 0 {
		return &InvalidSchemaError{Findings: refused}
	}
	return nil
}

// identity tells findings apart: what is wrong, and where.
func identity(f Finding) [4]string { return [4]string{string(f.Code), f.Rule, f.Attribute, f.String()} }

// without finds what a document may not leave out: the mapping of users, when
// there is one now.
func without(wanted, live *Schema) []Finding {
	_, lacks := wanted.Object(User)
	if o, err := live.Object(User); err == nil && lacks != nil {
		return []Finding{{Severity: Error, Code: CodeUnknownRule, Object: User, Rule: o.RuleID(), Problem: "the document has no object mapping for users, and the job needs one"}}
	}
	return nil
}

// unavailable finds extension properties that the document reads and nobody in
// this tenant offers. The tenant is asked only for those that the present
// schema does not list.
func unavailable(ctx context.Context, at Place, wanted *Schema) ([]Finding, error) {
	var findings []Finding
	for _, o := range wanted.objects() {
		listed := map[string]Attribute{}
		if live, err := at.Schema.Object(o.kind); err == nil {
			listed = byName(live.SourceAttributes())
		}
		for _, m := range o.Mappings() {
			names, _ := m.reads()
			for _, name := range names {
				if _, ok := listed[name]; !ok && strings.HasPrefix(name, "extension_") {
					findings = append(findings, Finding{
						Severity: Error, Code: CodeExtension, Object: o.kind, Rule: o.RuleID(), Target: m.Target, Attribute: name,
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
	offered, err := at.Graph.AvailableExtensions(ctx)
	return slices.DeleteFunc(findings, func(f Finding) bool {
		return slices.ContainsFunc(offered, func(p graph.ExtensionProperty) bool { return p.Name == f.Attribute })
	}), err
}
