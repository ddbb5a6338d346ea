package evaluate

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/graph/near"
	"github.com/scimctl/scimctl/mappings/expression"
	"github.com/scimctl/scimctl/provisioning/credentials"
	"github.com/scimctl/scimctl/provisioning/engine"
)

// View is a preview on its way.
type View struct {
	Preview
	Rules   *engine.Rules
	Subject engine.Subject
	Access  engine.Access
	Unknown []string // attributes that the schema reads and nobody told
	Made    PreviewResult
}

// Load reads the rules for users out of a schema.
func (v *View) Load(schema []byte) (err error) {
	if v.Rules, err = rulesFor(schema, engine.User); err != nil {
		return err
	}
	v.Rules.Now, v.Rules.DefaultDomain = v.Now, v.DefaultDomain
	return nil
}

// imagine makes a user of what is set.
func (v *View) imagine(context.Context) error {
	if err := v.Load(v.Schema); err != nil {
		return err
	}
	v.Subject = engine.Subject{Type: engine.User, Attributes: map[string][]string{}}
	v.Access = engine.Access{SyncAll: true}
	v.set()
	v.Made.User = first(v.Subject.Attributes["userPrincipalName"])
	return nil
}

// set puts what is set in place of what the user has.
func (v *View) set() {
	read := v.Rules.SourceAttributes(engine.User)
	for _, name := range slices.Sorted(maps.Keys(v.Set)) {
		attribute := fullName(read, name)
		v.Subject.Attributes[attribute] = v.Set[name]
		v.Unknown = slices.DeleteFunc(v.Unknown, func(known string) bool { return known == attribute })
		if !slices.Contains(read, attribute) && attribute != "accountEnabled" {
			v.Made.Unused = append(v.Made.Unused, UnusedAttribute{Name: name, Near: near.Names(name, read)})
		}
	}
}

// computed is the attribute that follows from the scope.
const computed = "IsSoftDeleted"

// fullName is the attribute that a name means: itself, or the extension
// property of that short name when there is just one.
func fullName(attributes []string, name string) string {
	if slices.Contains(attributes, name) {
		return name
	}
	var found []string
	for _, attribute := range attributes {
		if IsExtension(attribute) && ShortName(attribute) == name {
			found = append(found, attribute)
		}
	}
	if len(found) == 1 {
		return found[0]
	}
	return name
}

// Evaluate computes what would be sent for the user.
func (v *View) Evaluate() error {
	p, err := v.Rules.Preview(v.Subject, v.Access)
	v.Made.InScope, v.Made.Reasons = p.Decision.InScope, reasons(p.Decision, v.Made.Scope)
	v.Made.Unknown = append(v.Made.Unknown, v.Unknown...)
	if err != nil {
		v.Made.Undecided = err.Error()
		v.Made.InScope = false
		if p.Flows, err = v.Rules.Flow(v.Subject, engine.Decision{InScope: true}, true); err != nil {
			return err
		}
	} else {
		v.Made.Action, v.Made.Code, v.Made.Reason = p.Action, p.Code, p.Reason
		v.Made.Create, v.Made.CreateReferences = p.Create, p.CreateReferences
		v.Made.Update, v.Made.UpdateCompliant = p.Update, p.UpdateCompliant
		v.Made.Disable, v.Made.DisableCompliant = p.Disable, p.DisableCompliant
	}
	for _, flow := range p.Flows {
		later := slices.ContainsFunc(p.LeftOut, func(f engine.Flow) bool { return f.Target == flow.Target })
		v.Made.Attributes = append(v.Made.Attributes, v.attribute(flow, later))
	}
	return nil
}

func (v *View) attribute(f engine.Flow, later bool) PreviewAttribute {
	a := PreviewAttribute{
		Target: f.Target, Source: f.Source, Outcome: f.Value.Outcome, Values: append([]string{}, f.Value.Values...),
		Match: f.MatchingPriority, Default: f.Default, CreateOnly: f.CreateOnly, Later: later, Reference: f.Reference, NotSent: f.NotSent(),
	}
	if node, err := expression.Parse(f.Source); err == nil {
		for _, attribute := range expression.Attributes(node) {
			if slices.Contains(v.Unknown, attribute) {
				a.Unknown = append(a.Unknown, attribute)
			}
		}
	}
	return a
}

func first(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}

// A Reason is one thing that has to hold for an object to be in scope.
type Reason struct {
	Name   string `json:"name"`
	Holds  bool   `json:"holds"`
	Detail string `json:"detail,omitempty"`
}

// reasons are what a decision looked at, in the service's order. Of the scoping
// filters one has to let the object pass, and does when all of its clauses
// hold.
func reasons(d engine.Decision, scope credentials.Scope) []Reason {
	all := []Reason{
		{Name: "has a value to match on", Holds: d.Imported},
		{Name: "its objects are mapped", Holds: d.MappingEnabled},
		{Name: "active in the source", Holds: d.Active},
		assigned(d, scope),
	}
	if !d.SyncAll && d.Assigned {
		all = append(all, Reason{Name: "has a role that counts", Holds: d.Entitled})
	}
	if d.InputClauses != nil {
		all = append(all, Reason{Name: "passes the input filters", Holds: !d.Dropped, Detail: clauses(d.InputClauses)})
	}
	return append(all, Reason{Name: "passes a scoping filter", Holds: d.FilterPassed, Detail: clauses(d.Clauses)})
}

func assigned(d engine.Decision, scope credentials.Scope) Reason {
	c := Reason{Name: "assigned, or the scope is all", Holds: d.SyncAll || d.Assigned}
	var by []string
	for _, a := range d.AssignedBy {
		if !slices.Contains(by, a.PrincipalName) {
			by = append(by, a.PrincipalName)
		}
	}
	switch {
	case scope == "":
		c.Detail = "taken to be assigned"
	case len(by) > 0:
		c.Detail = "by the assignment of " + strings.Join(by, ", ")
	case d.SyncAll:
		c.Detail = "the scope is all"
	}
	return c
}

// clauses tells what each clause of the filters came to.
func clauses(all []engine.ClauseResult) string {
	if len(all) == 0 {
		return "there are none"
	}
	parts := make([]string, len(all))
	for i, c := range all {
		verdict := "no"
		if c.Passed {
			verdict = "yes"
		}
		parts[i] = fmt.Sprintf("%s: %s", c, verdict)
	}
	return strings.Join(parts, "; ")
}
