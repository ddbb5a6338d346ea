package provisioning

import (
	"context"
	"maps"
	"slices"

	"github.com/scimctl/scimctl/graph/near"
	"github.com/scimctl/scimctl/mappings/expression"
	"github.com/scimctl/scimctl/provisioning/engine"
)

// view is a preview on its way.
type view struct {
	Preview
	rules   *engine.Rules
	subject engine.Subject
	access  engine.Access
	unknown []string // attributes that the schema reads and nobody told
	made    Previewed
}

func (v *view) load(schema []byte) (err error) {
	if v.rules, err = rulesFor(schema, engine.User); err != nil {
		return err
	}
	v.rules.Now, v.rules.DefaultDomain = v.Now, v.DefaultDomain
	return nil
}

// imagine makes a user of what is set.
func (v *view) imagine(context.Context) error {
	if err := v.load(v.Schema); err != nil {
		return err
	}
	v.subject = engine.Subject{Type: engine.User, Attributes: map[string][]string{}}
	v.access = engine.Access{SyncAll: true}
	v.set()
	v.made.User = first(v.subject.Attributes["userPrincipalName"])
	return nil
}

// set puts what is set in place of what the user has.
func (v *view) set() {
	read := v.rules.SourceAttributes(engine.User)
	for _, name := range slices.Sorted(maps.Keys(v.Set)) {
		attribute := fullName(read, name)
		v.subject.Attributes[attribute] = v.Set[name]
		v.unknown = slices.DeleteFunc(v.unknown, func(known string) bool { return known == attribute })
		if !slices.Contains(read, attribute) && attribute != "accountEnabled" {
			v.made.Unused = append(v.made.Unused, UnusedAttribute{Name: name, Near: near.Names(name, read)})
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
		if isExtension(attribute) && shortName(attribute) == name {
			found = append(found, attribute)
		}
	}
	if len(found) == 1 {
		return found[0]
	}
	return name
}

func (v *view) evaluate() error {
	p, err := v.rules.Preview(v.subject, v.access)
	v.made.InScope, v.made.Reasons = p.Decision.InScope, reasons(p.Decision, v.made.Scope)
	v.made.Unknown = append(v.made.Unknown, v.unknown...)
	if err != nil {
		v.made.Undecided = err.Error()
		v.made.InScope = false
		if p.Flows, err = v.rules.Flow(v.subject, engine.Decision{InScope: true}, true); err != nil {
			return err
		}
	} else {
		v.made.Action, v.made.Code, v.made.Reason = p.Action, p.Code, p.Reason
		v.made.Create, v.made.CreateReferences = p.Create, p.CreateReferences
		v.made.Update, v.made.UpdateCompliant = p.Update, p.UpdateCompliant
		v.made.Disable, v.made.DisableCompliant = p.Disable, p.DisableCompliant
	}
	for _, flow := range p.Flows {
		later := slices.ContainsFunc(p.LeftOut, func(f engine.Flow) bool { return f.Target == flow.Target })
		v.made.Attributes = append(v.made.Attributes, v.attribute(flow, later))
	}
	return nil
}

func (v *view) attribute(f engine.Flow, later bool) PreviewedAttribute {
	a := PreviewedAttribute{
		Target: f.Target, Source: f.Source, Outcome: f.Value.Outcome, Values: append([]string{}, f.Value.Values...),
		Match: f.MatchingPriority, Default: f.Default, CreateOnly: f.CreateOnly, Later: later, Reference: f.Reference, NotSent: f.NotSent(),
	}
	if node, err := expression.Parse(f.Source); err == nil {
		for _, attribute := range expression.Attributes(node) {
			if slices.Contains(v.unknown, attribute) {
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
