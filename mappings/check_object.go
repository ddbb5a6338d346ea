package mappings

import (
	"slices"
	"strings"
	"time"

	"github.com/scimctl/scimctl/graph/bounds"
	"github.com/scimctl/scimctl/graph/remedy"
	"github.com/scimctl/scimctl/mappings/expression"
)

// whole looks at an object mapping as a whole. Where nothing is provisioned,
// nothing is missing.
func (c *checker) whole() {
	c.lists()
	if c.outOfEntra() && c.object.kind == User && !c.object.Enabled() {
		c.note(Finding{Severity: Warning, Code: CodeDisabled, Problem: "the mapping of users is turned off, which the portal does not allow: nobody is provisioned", Remedy: remedy.List{c.run("turn it on", "enable")}})
	}
	for _, flow := range splitFlows(c.object.mapping.field("flowTypes")) {
		if flow != "" && !knownFlow(flow) {
			c.note(Finding{Severity: Error, Code: CodeUnknownValue, Problem: "flowTypes has " + quote(flow) + ", none of Add, Update, Delete", Remedy: remedy.List{c.run("set the actions again", "actions").Flag("enable", "create,update,delete")}})
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
	for _, a := range actions {
		if strings.EqualFold(a.flow, flow) {
			return true
		}
	}
	return flow == noFlow
}

// lists looks at whether both directories describe the object.
func (c *checker) lists() {
	if !c.object.Enabled() && len(c.mapped) == 0 {
		return
	}
	for _, side := range []Side{Source, Target} {
		if c.object.list(side).open() == '[' {
			continue
		}
		name := c.object.SourceName()
		if side == Target {
			name = c.object.TargetName()
		}
		c.note(Finding{Severity: Error, Code: CodeNoAttributeList, Problem: "the schema has no list of the " + string(side) + " attributes of " + quote(name), Remedy: remedy.List{remedy.Run("see how the directories look", "mapping export")}})
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

func (c *checker) readBy(m Mapping) string {
	names, _ := m.reads()
	return bounds.Names(names)
}

// mayBeEmpty says that a mapping yields nothing for somebody who has none of
// the attributes that it reads, and that there can be such people.
func (c *checker) mayBeEmpty(m Mapping) bool {
	parsed, err := m.parsed()
	if m.Kind == None || m.Default != "" || err != nil {
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
	if _, can := c.targets["active"]; c.object.kind != User || !can || c.read["IsSoftDeleted"] {
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
	for _, a := range actions {
		if slices.Contains(c.object.Actions(), a.name) {
			continue
		}
		without := map[string]string{
			"create": "who has no account in the application gets none",
			"update": "no account is changed or disabled",
			"delete": "nothing is deleted in the application",
		}[a.name]
		c.note(Finding{Severity: Info, Code: CodeActions, Problem: "the action " + a.name + " is off: " + without, Remedy: remedy.List{c.run("turn it on", "actions").Flag("enable", a.name)}})
	}
}
