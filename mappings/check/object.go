package check

import (
	"slices"
	"strings"
	"time"

	"github.com/scimctl/scimctl/graph/bounds"
	"github.com/scimctl/scimctl/graph/remedy"
	"github.com/scimctl/scimctl/mappings/expression"
	"github.com/scimctl/scimctl/mappings/internal/tree"
	"github.com/scimctl/scimctl/mappings/schema"
)

// checkLists looks at all attribute lists, also of objects that are not mapped:
// the service refuses the document for any of them.
func checkLists(s *schema.Schema, note func(Finding)) {
	kinds := map[*tree.Node]Finding{}
	for _, o := range s.Objects() {
		for _, side := range []schema.Side{schema.Source, schema.Target} {
			kinds[o.List(side)] = Finding{Object: o.Kind(), Rule: o.RuleID()}
		}
	}
	for _, d := range s.Root.Get("directories").Elements() {
		for _, o := range d.Value.Get("objects").Elements() {
			attributes := o.Value.Get("attributes")
			place, ok := kinds[attributes]
			if !ok {
				place.Object = o.Value.Field("name")
			}
			checkList(attributes, d.Value.Field("name"), func(f Finding) {
				f.Object, f.Rule = place.Object, place.Rule
				note(f)
			})
		}
	}
}

func checkList(attributes *tree.Node, directory string, note func(Finding)) {
	seen := map[string]int{}
	for _, p := range attributes.Elements() {
		name, kind, mutability := p.Value.Field("name"), p.Value.Field("type"), p.Value.Field("mutability")
		if seen[name]++; seen[name] == 2 && name != "" {
			note(Finding{Severity: Error, Code: CodeAttributeTwice, Attribute: name, Problem: "the attribute list of " + directory + " has it twice", Remedy: remedy.List{remedy.Run("remove it, then add it once", "mapping attribute remove", name)}})
		}
		switch {
		case name == "":
			note(Finding{Severity: Error, Code: CodeAttributeNameless, Problem: "the attribute list of " + directory + " has one without a name"})
		case kind == "":
			note(Finding{Severity: Error, Code: CodeAttributeNameless, Attribute: name, Problem: "the attribute list of " + directory + " has it without a type"})
		case !isType(strings.ToLower(kind)):
			note(Finding{Severity: Error, Code: CodeUnknownValue, Attribute: name, Problem: "its type is " + schema.Quote(kind) + ", none of String, Integer, Reference, Binary, Boolean, DateTime"})
		}
		if mutability != "" && !slices.ContainsFunc([]string{"ReadWrite", "ReadOnly", "Immutable", "WriteOnly"}, func(m string) bool { return strings.EqualFold(m, mutability) }) {
			note(Finding{Severity: Error, Code: CodeUnknownValue, Attribute: name, Problem: "its mutability is " + schema.Quote(mutability) + ", none of ReadWrite, ReadOnly, Immutable, WriteOnly"})
		}
	}
}

// whole looks at an object mapping as a whole. Where nothing is provisioned,
// nothing is missing.
func (c *checker) whole() {
	c.lists()
	if c.outOfEntra() && c.object.Kind() == schema.User && !c.object.Enabled() {
		c.note(Finding{Severity: Warning, Code: CodeDisabled, Problem: "the mapping of users is turned off, which the portal does not allow: nobody is provisioned", Remedy: remedy.List{c.run("turn it on", "enable")}})
	}
	for _, flow := range schema.SplitFlows(c.object.Node.Field("flowTypes")) {
		if flow != "" && !knownFlow(flow) {
			c.note(Finding{Severity: Error, Code: CodeUnknownValue, Problem: "flowTypes has " + schema.Quote(flow) + ", none of Add, Update, Delete", Remedy: remedy.List{c.run("set the actions again", "actions").Flag("enable", "create,update,delete")}})
		}
	}
	if !c.object.Enabled() {
		return
	}
	if len(c.matching) == 0 {
		c.note(Finding{Severity: Error, Code: CodeNoMatching, Problem: "no mapping has a matching priority: nothing tells which account is whose", Remedy: remedy.List{c.run("match by an attribute", "set", "TARGET").Flag("from", "ATTRIBUTE").Flag("match", "1")}})
	}
	if c.outOfEntra() {
		c.required()
		c.disabling()
	}
	c.actions()
}

func knownFlow(flow string) bool {
	for _, a := range schema.Actions {
		if strings.EqualFold(a.Flow, flow) {
			return true
		}
	}
	return flow == schema.NoFlow
}

// lists looks at whether both directories describe the object.
func (c *checker) lists() {
	if !c.object.Enabled() && len(c.mapped) == 0 {
		return
	}
	for _, side := range []schema.Side{schema.Source, schema.Target} {
		if c.object.List(side).Open() == '[' {
			continue
		}
		name := c.object.SourceName()
		if side == schema.Target {
			name = c.object.TargetName()
		}
		c.note(Finding{Severity: Error, Code: CodeNoAttributeList, Problem: "the schema has no list of the " + string(side) + " attributes of " + schema.Quote(name), Remedy: remedy.List{remedy.Run("see how the directories look", "mapping export")}})
	}
}

// required looks at what the application requires. It gives its own key itself.
func (c *checker) required() {
	for _, a := range c.object.TargetAttributes() {
		if !a.Required || a.Anchor || a.Name == "id" || strings.EqualFold(a.Mutability, "ReadOnly") {
			continue
		}
		m, ok := c.mapped[a.Name]
		switch {
		case !ok:
			c.note(Finding{Severity: Warning, Code: CodeRequired, Target: a.Name, Problem: "the application requires it, and nothing is mapped to it", Remedy: remedy.List{c.run("map it", "add", a.Name).Flag("from", "ATTRIBUTE")}})
		case c.mayBeEmpty(m):
			c.note(Finding{Severity: Warning, Code: CodeRequired, Target: a.Name, Problem: "the application requires it, and who has no " + c.readBy(m) + " gets no account", Remedy: remedy.List{c.run("set a default value, or map an attribute that every user has", "set", a.Name).Flag("default", "VALUE")}})
		}
	}
}

func (c *checker) readBy(m schema.Mapping) string {
	names, _ := m.Reads()
	return bounds.Names(names)
}

// mayBeEmpty says that a mapping yields nothing for somebody who has none of
// the attributes that it reads, and that there can be such people.
func (c *checker) mayBeEmpty(m schema.Mapping) bool {
	parsed, err := m.Parsed()
	if m.Kind == schema.None || m.Default != "" || err != nil {
		return false
	}
	names := expression.Attributes(parsed)
	if len(names) == 0 || slices.ContainsFunc(names, c.always) {
		return false
	}
	value, err := expression.Evaluate(parsed, expression.Input{RegexLimit: regexLimit})
	return err == nil && value.Blank()
}

// regexLimit is the most that a regular expression of a schema may take, so
// that none can hold up a check.
const regexLimit = time.Second

// always says that every object has the attribute.
func (c *checker) always(name string) bool {
	a, ok := c.sources[name]
	return !ok || a.Required || a.Anchor
}

// disabling looks at whether somebody who leaves loses the account. The
// service tells that by IsSoftDeleted alone.
//
// https://learn.microsoft.com/en-us/entra/identity/app-provisioning/how-provisioning-works
func (c *checker) disabling() {
	if _, can := c.targets["active"]; c.object.Kind() != schema.User || !can || c.read["IsSoftDeleted"] {
		return
	}
	c.note(Finding{
		Severity: Warning, Code: CodeNobodyDisabled, Target: "active",
		Problem: "nothing is mapped from IsSoftDeleted: who is unassigned, disabled or filtered out keeps an active account",
		Remedy:  remedy.List{c.run("map it", "set", "active").Flag("expression", `Switch([IsSoftDeleted], , "False", "True", "True", "False")`)},
	})
}

// actions tells which actions are off, and what does not happen then.
func (c *checker) actions() {
	for _, a := range schema.Actions {
		if slices.Contains(c.object.Actions(), a.Name) {
			continue
		}
		without := map[string]string{
			"create": "who has no account in the application gets none",
			"update": "no account is changed or disabled",
			"delete": "nothing is deleted in the application",
		}[a.Name]
		c.note(Finding{Severity: Info, Code: CodeActions, Problem: "the action " + a.Name + " is off: " + without, Remedy: remedy.List{c.run("turn it on", "actions").Flag("enable", a.Name)}})
	}
}
