package check

import (
	"strconv"
	"strings"

	"github.com/scimctl/scimctl/graph/remedy"
	"github.com/scimctl/scimctl/mappings/expression"
	"github.com/scimctl/scimctl/mappings/schema"
)

// types looks at whether what the source yields fits into the target.
func (m mappingChecker) types() {
	target, ok := m.targets[m.Target]
	if !ok {
		return
	}
	m.constantFits(m.Default, "default", target)
	switch source := m.parsed.(type) {
	case *expression.Attribute:
		if listed, ok := m.sources[source.Name]; ok {
			m.attributeFits(listed, target)
		}
	case *expression.Call:
		if several(source) && !target.Multivalued {
			m.tooMany(source.Name + " yields several values")
		}
	case *expression.Text:
		m.constantFits(source.Value, "constant", target)
	}
}

func (m mappingChecker) attributeFits(source, target schema.Attribute) {
	if source.Multivalued && !target.Multivalued {
		m.tooMany(source.Name + " has several values")
	}
	if clash(source.Type, target.Type) {
		m.note(Finding{
			Severity: Warning, Code: CodeTypeClash, Attribute: source.Name,
			Problem: source.Name + " is " + source.Type + ", and the application's attribute is " + target.Type, Remedy: remedy.List{remedy.Advise("map an attribute of its type, or an expression that makes one")},
		})
	}
}

// tooMany is what the service answers with SchemaPropertyCanOnlyAcceptValue.
func (m mappingChecker) tooMany(what string) {
	m.note(Finding{
		Severity: Warning, Code: CodeMultivalued, Problem: what + ", and the application's attribute takes one: the service fails with SchemaPropertyCanOnlyAcceptValue",
		Remedy: remedy.List{m.run("choose one", "set", m.Target).Flag("expression", "Item([ATTRIBUTE], 1)")},
	})
}

// several knows the functions that yield a list.
func several(call *expression.Call) bool {
	return call.Name == "Split" || call.Name == "RemoveDuplicates"
}

// clash says whether values of one type never fit into an attribute of another
// one. A text takes the text of everything but of a reference, which is
// another object; and a text may be the text of anything but of a reference.
// Types that the documentation does not name are left alone.
func clash(source, target string) bool {
	source, target = strings.ToLower(source), strings.ToLower(target)
	if source == target || !isType(source) || !isType(target) {
		return false
	}
	if source == "reference" || target == "reference" {
		return true
	}
	return source != "string" && target != "string"
}

func isType(lower string) bool {
	switch lower {
	case "string", "integer", "reference", "binary", "boolean", "datetime":
		return true
	}
	return false
}

// constantFits looks at a text that always flows, or that is the default.
func (m mappingChecker) constantFits(value, what string, target schema.Attribute) {
	if value == "" {
		return
	}
	var err error
	switch strings.ToLower(target.Type) {
	case "boolean":
		_, err = strconv.ParseBool(strings.ToLower(value))
	case "integer":
		_, err = strconv.ParseInt(value, 10, 64)
	}
	if err != nil {
		m.note(Finding{
			Severity: Warning, Code: CodeTypeClash, Remedy: remedy.List{m.run("set another value", "set", m.Target).Flag(what, "VALUE")},
			Problem: "the " + what + " " + schema.Quote(value) + " is no " + target.Type + ", which the application's attribute is",
		})
	}
}

// describeType is "multi-valued", or the type in words.
func describeType(a schema.Attribute) string {
	if a.Multivalued {
		return "multi-valued"
	}
	return "of type " + a.Type
}
