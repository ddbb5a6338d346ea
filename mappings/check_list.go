package mappings

import (
	"slices"
	"strings"

	"github.com/scimctl/scimctl/graph/remedy"
)

// checkLists looks at all attribute lists, also of objects that are not mapped:
// the service refuses the document for any of them.
func (s *Schema) checkLists(note func(Finding)) {
	kinds := map[*node]Finding{}
	for _, o := range s.objects() {
		for _, side := range []Side{Source, Target} {
			kinds[o.list(side)] = Finding{Object: o.kind, Rule: o.RuleID()}
		}
	}
	for _, d := range s.root.get("directories").elements() {
		for _, o := range d.value.get("objects").elements() {
			attributes := o.value.get("attributes")
			place, ok := kinds[attributes]
			if !ok {
				place.Object = o.value.field("name")
			}
			checkList(attributes, d.value.field("name"), func(f Finding) {
				f.Object, f.Rule = place.Object, place.Rule
				note(f)
			})
		}
	}
}

func checkList(attributes *node, directory string, note func(Finding)) {
	seen := map[string]int{}
	for _, p := range attributes.elements() {
		name, kind, mutability := p.value.field("name"), p.value.field("type"), p.value.field("mutability")
		if seen[name]++; seen[name] == 2 && name != "" {
			note(Finding{Severity: Error, Code: CodeAttributeTwice, Attribute: name, Problem: "the attribute list of " + directory + " has it twice", Remedy: remedy.List{remedy.Run("remove it, then add it once", "mapping attribute remove", name)}})
		}
		switch {
		case name == "":
			note(Finding{Severity: Error, Code: CodeAttributeNameless, Problem: "the attribute list of " + directory + " has one without a name"})
		case kind == "":
			note(Finding{Severity: Error, Code: CodeAttributeNameless, Attribute: name, Problem: "the attribute list of " + directory + " has it without a type"})
		case !isType(strings.ToLower(kind)):
			note(Finding{Severity: Error, Code: CodeUnknownValue, Attribute: name, Problem: "its type is " + quote(kind) + ", none of String, Integer, Reference, Binary, Boolean, DateTime"})
		}
		if mutability != "" && !slices.ContainsFunc([]string{"ReadWrite", "ReadOnly", "Immutable", "WriteOnly"}, func(m string) bool { return strings.EqualFold(m, mutability) }) {
			note(Finding{Severity: Error, Code: CodeUnknownValue, Attribute: name, Problem: "its mutability is " + quote(mutability) + ", none of ReadWrite, ReadOnly, Immutable, WriteOnly"})
		}
	}
}
