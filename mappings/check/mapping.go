package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/graph/remedy"
	"github.com/scimctl/scimctl/mappings/diff"
	"github.com/scimctl/scimctl/mappings/expression"
	"github.com/scimctl/scimctl/mappings/internal/tree"
	"github.com/scimctl/scimctl/mappings/schema"
)

// A mappingChecker looks at one mapping of an object.
type mappingChecker struct {
	*checker
	schema.Mapping
	stored *tree.Node
	parsed expression.Node // nil when there is no source, or it does not parse
	// strange is where functions are called that are not documented.
	strange map[expression.Position]bool
}

func (c *checker) mappings() {
	for _, p := range c.object.Node.Get("attributeMappings").Elements() {
		m := mappingChecker{checker: c, stored: p.Value, Mapping: schema.ReadMapping(p.Value), strange: map[expression.Position]bool{}}
		if m.Target == "" {
			c.note(Finding{Severity: Error, Code: CodeNoTarget, Problem: "a mapping from " + m.String() + " names no target attribute"})
			continue
		}
		m.values()
		m.target()
		m.source()
		m.match()
		m.types()
		m.defaults()
	}
}

func (m mappingChecker) note(f Finding) {
	f.Target = m.Target
	m.checker.note(f)
}

// values looks at the members that have one of a few values.
// https://learn.microsoft.com/en-us/graph/api/resources/synchronization-attributemapping
func (m mappingChecker) values() {
	m.oneOf(m.stored, "flowType", "Always", "ObjectAddOnly", "MultiValueAddOnly", "ValueAddOnly", "AttributeAddOnly")
	m.oneOf(m.stored, "flowBehavior", "FlowWhenChanged", "FlowAlways")
	m.oneOf(m.stored.Get("source"), "type", "Attribute", "Constant", "Function")
	priority := 0
	if err := m.stored.Get("matchingPriority").Decode(&priority); err != nil || priority < 0 {
		m.note(Finding{
			Severity: Error, Code: CodeUnknownValue, Remedy: remedy.List{m.run("do not match by it", "set", m.Target).Flag("match", "0")},
			Problem: "matchingPriority is no number from 0: " + string(m.stored.Get("matchingPriority").Bytes()),
		})
	}
}

func (m mappingChecker) oneOf(n *tree.Node, member string, known ...string) {
	value := n.Field(member)
	if value != "" && !slices.ContainsFunc(known, func(k string) bool { return strings.EqualFold(k, value) }) {
		m.note(Finding{Severity: Error, Code: CodeUnknownValue, Problem: fmt.Sprintf("%s is %s, none of %s", member, schema.Quote(value), strings.Join(known, ", "))})
	}
}

// target looks at the attribute that is written.
func (m mappingChecker) target() {
	if _, twice := m.mapped[m.Target]; twice {
		m.note(Finding{Severity: Error, Code: CodeMappedTwice, Problem: "another mapping writes it too", Remedy: remedy.List{m.run("remove it, then add the right one", "remove", m.Target)}})
		return
	}
	m.mapped[m.Target] = m.Mapping
	if m.Target == "id" {
		m.note(Finding{Severity: Error, Code: CodeTargetID, Problem: "the application itself gives the id: it cannot be mapped", Remedy: remedy.List{m.run("remove it", "remove", "id")}})
	}
	attribute, ok := m.targets[m.Target]
	if !ok {
		m.lacksTarget()
		return
	}
	if m.custom() && m.outOfEntra() {
		m.customTarget(attribute)
	}
}

func (m mappingChecker) lacksTarget() {
	if len(m.targets) == 0 {
		return // told once, for the object
	}
	m.note(Finding{
		Severity: Error, Code: CodeUnknownTarget, Attribute: m.Target,
		Problem: "the application's attribute list lacks it" + m.meant(m.Target, func() []string { return m.object.AttributeNames(schema.Target) }),
		Remedy: remedy.List{
			m.run("add it to the list", "attribute add", m.Target).Flag("side", "target"),
			m.run("or remove the mapping", "remove", m.Target),
		},
	})
}

// customTarget looks at what Microsoft's documentation allows an attribute
// that the administrator has made.
//
// https://learn.microsoft.com/en-us/entra/identity/app-provisioning/customize-application-attributes
func (m mappingChecker) customTarget(a schema.Attribute) {
	if diff.LeftOutOnCreate(m.Target) {
		m.note(Finding{
			Severity: Warning, Code: CodeNamingPattern,
			Problem: "an account is created without it, and gets it with the next update: a create carries only names of the form " + schema.ExtensionSchemas + "NAME:2.0:User:ATTRIBUTE",
			Remedy:  remedy.List{remedy.Advise("map a name of that form if the application accepts one; provisioning on demand sends the rest in a second run")},
		})
	}
	own := strings.HasPrefix(m.Target, "urn:") && !strings.HasPrefix(m.Target, schema.CoreSchemas) && !strings.HasPrefix(m.Target, schema.ExtensionSchemas+"enterprise:")
	if own && (a.Multivalued || a.Type == "Reference") {
		m.note(Finding{
			Severity: Warning, Code: CodeCustomAttribute, Attribute: m.Target,
			Problem: "a custom attribute of a non-gallery application cannot be a reference or have several values",
			Remedy:  remedy.List{remedy.Advise("define it again, with one simple value")},
		})
	}
}

// match looks at the matching priority.
func (m mappingChecker) match() {
	if m.Match <= 0 {
		return
	}
	if by, taken := m.matching[m.Match]; taken && by != m.Target {
		m.note(Finding{Severity: Error, Code: CodeMatchTaken, Problem: fmt.Sprintf("matching priority %d belongs to %s too", m.Match, by), Remedy: remedy.List{m.run("use another priority", "set", m.Target).Flag("match", fmt.Sprint(m.Match+1))}})
	} else {
		m.matching[m.Match] = m.Target
	}
	if m.Kind == schema.None {
		m.note(Finding{Severity: Error, Code: CodeMatching, Problem: "it is a matching attribute, and has no source to match by", Remedy: remedy.List{m.run("map an attribute", "set", m.Target).Flag("from", "ATTRIBUTE")}})
	}
	if m.Kind == schema.Constant {
		m.note(Finding{Severity: Warning, Code: CodeMatching, Problem: "it matches by a constant, which is the same for everyone", Remedy: remedy.List{m.run("map an attribute", "set", m.Target).Flag("from", "ATTRIBUTE")}})
	}
	if a, ok := m.targets[m.Target]; ok && (a.Multivalued || a.Type == "Reference" || a.Type == "Binary") {
		m.note(Finding{Severity: Warning, Code: CodeMatching, Attribute: m.Target, Problem: "it is a matching attribute, and one that is " + describeType(a) + " cannot be looked for with eq", Remedy: remedy.List{remedy.Advise("match by an attribute with one string value")}})
	}
}

// defaults looks at the default value.
func (m mappingChecker) defaults() {
	switch {
	case m.Kind == schema.None && m.Default == "" && m.stored.Get("source").Field("type") == "":
		m.note(Finding{Severity: Warning, Code: CodeNoSource, Problem: "it has neither a source nor a default value: nothing flows", Remedy: remedy.List{m.run("remove it", "remove", m.Target)}})
	case m.Kind != schema.None && m.Default != "" && m.Apply == schema.Always:
		m.note(Finding{Severity: Info, Code: CodeDefaultOnCreate, Problem: "the default " + schema.Quote(m.Default) + " is sent when an account is created, not when it is updated"})
	}
}
