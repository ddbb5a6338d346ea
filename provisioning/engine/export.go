package engine

import (
	"fmt"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/provisioning/scim"
)

// create posts what the service sends with a create; the rest is left out and
// follows with an update, references with a PATCH of their own.
func (p *planner) create() error {
	if !p.object.add {
		p.skip(EntrySynchronizationSkipped, "Create is not among the target object actions")
		return nil
	}
	sent, err := p.posted()
	if err != nil || p.Action == Fail {
		return err
	}
	makeBody := scim.NewUser
	if p.subject.Type == Group {
		makeBody = scim.NewGroup
	}
	body, err := makeBody(sent)
	if err != nil {
		return err
	}
	p.Action, p.Resource = Create, body
	return p.refer()
}

// posted sorts the values into those that a create sends and those that it leaves out.
func (p *planner) posted() ([]scim.Attribute, error) {
	var sent []scim.Attribute
	for _, f := range p.Flows {
		if _, err := p.target.Resource.Values(f.Target); err != nil {
			return nil, err
		}
		switch {
		case f.Reference || f.Value.Blank():
		case p.tooMany(f):
			return nil, nil
		case f.Form != scim.NoRoles && p.target.OnDemand:
			p.LeftOut = append(p.LeftOut, f)
		case !scim.SentOnCreate(f.Target):
			p.LeftOut = append(p.LeftOut, f)
		default:
			a := p.attribute(f)
			sent = append(sent, a)
			p.modify(a, nil)
		}
	}
	return sent, nil
}

// update sends what differs, then references and members.
func (p *planner) update() error {
	if !p.object.update {
		p.skip(EntrySynchronizationSkipped, "Update is not among the target object actions")
		return nil
	}
	p.Action = Update
	if err := p.change(p.Flows, true); err != nil || p.Action == Fail {
		return err
	}
	if err := p.refer(); err != nil || p.Action == Fail {
		return err
	}
	if len(p.Modified)+len(p.Changes) == 0 {
		p.skip(RedundantExport, "the target is as it should be")
	}
	return nil
}

// change finds what the target has otherwise; with always also what flows
// whether it differs or not.
func (p *planner) change(flows []Flow, always bool) error {
	for _, f := range flows {
		if f.Reference || f.Value.Blank() {
			continue
		}
		if p.tooMany(f) {
			return nil
		}
		if f.Form != scim.NoRoles && p.target.OnDemand {
			p.LeftOut = append(p.LeftOut, f)
			continue
		}
		has, err := p.target.Resource.Values(f.Target)
		if err != nil {
			return err
		}
		a, differs := p.differing(p.attribute(f), has)
		if !differs && (!always || !f.Always) {
			continue
		}
		p.Changes = append(p.Changes, scim.Change{Attribute: a, Had: len(has) > 0})
		if differs {
			p.modify(a, has)
		}
	}
	return nil
}

// tooMany fails the plan for several values where the target takes one.
func (p *planner) tooMany(f Flow) bool {
	if len(f.Value.Values) < 2 || p.object.attributes[f.Target].multivalued || f.Form == scim.AddedRoles || f.Form == scim.AssertedRoles {
		return false
	}
	p.Plan = Plan{
		Action: Fail, Code: SchemaPropertyCanOnlyAcceptValue, Flows: p.Flows,
		Reason: fmt.Sprintf("%s takes one value and its source has %d", f.Target, len(f.Value.Values)),
	}
	return true
}

func (p *planner) attribute(f Flow) scim.Attribute {
	multi := p.object.attributes[f.Target].multivalued
	return scim.Attribute{Path: f.Target, Type: f.TargetType, Values: f.Value.Values, Multi: multi, Form: f.Form, Roles: f.Roles}
}

// differing is what is to be sent, and whether the target needs it: the wanted
// value when the target has another, or those that a list lacks. A mere
// change of case is none, unless the target attribute is caseExact.
func (p *planner) differing(a scim.Attribute, has []string) (scim.Attribute, bool) {
	if a.Form != scim.NoRoles {
		return p.differingRoles(a)
	}
	var lacking []string
	for _, wanted := range a.Values {
		if !slices.ContainsFunc(has, func(v string) bool { return p.same(a, v, wanted) }) {
			lacking = append(lacking, wanted)
		}
	}
	if len(lacking) == 0 {
		return a, false
	}
	a.Values = lacking
	return a, true
}

func (p *planner) same(a scim.Attribute, x, y string) bool {
	if a.Type != "Boolean" && p.object.attributes[a.Path].caseExact {
		return x == y
	}
	return strings.EqualFold(x, y)
}

// modify notes a change of an attribute for the log.
func (p *planner) modify(a scim.Attribute, has []string) {
	p.Modified = append(p.Modified, Property{Name: a.Path, Old: joined(has), New: joined(a.Values)})
}

func joined(values []string) *string {
	if len(values) == 0 {
		return nil
	}
	return new(strings.Join(values, ", "))
}
