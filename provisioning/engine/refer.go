package engine

import (
	"slices"

	"github.com/scimctl/scimctl/provisioning/scim"
)

// members is the target attribute that holds a group's members.
const members = "members"

// refer resolves references to ids in the target. Those to whom the target
// has nothing are left unresolved.
func (p *planner) refer() error {
	for _, f := range p.Flows {
		var err error
		switch {
		case !f.Reference:
		case f.Target == members:
			p.refersMembers(f)
		case p.tooMany(f):
			return nil
		case !f.Value.Blank():
			err = p.refersOne(f)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// refersOne sets a reference such as the manager, as a plain text.
func (p *planner) refersOne(f Flow) error {
	id, ok := p.target.IDs[f.Value.Text()]
	if !ok {
		p.Unresolved = append(p.Unresolved, f.Value.Text())
		return nil
	}
	has, err := p.target.Resource.Values(f.Target)
	if err != nil || slices.Equal(has, []string{id}) {
		return err
	}
	a := scim.Attribute{Path: f.Target, Type: f.TargetType, Values: []string{id}}
	p.References = append(p.References, scim.Change{Attribute: a, Had: len(has) > 0})
	p.modify(a, has)
	return nil
}

// refersMembers adds those listed who are members in the source, and takes out
// those who are not, as far as the target is known to differ. With AddOnly
// nobody is taken out.
func (p *planner) refersMembers(f Flow) {
	listed := p.target.Listed
	if listed == nil {
		listed = f.Value.Values
	}
	for _, source := range listed {
		id, ok := p.target.IDs[source]
		isMember := slices.Contains(f.Value.Values, source)
		wasMember := slices.Contains(p.target.Members, id)
		unknown := p.target.Members == nil && p.target.Resource != nil
		switch {
		case !ok && isMember:
			p.Unresolved = append(p.Unresolved, source)
		case isMember && (unknown || !wasMember):
			p.AddMembers = append(p.AddMembers, id)
			p.Modified = append(p.Modified, Property{Name: members, New: &id})
		case ok && !isMember && !f.AddOnly && (unknown || wasMember):
			p.RemoveMembers = append(p.RemoveMembers, id)
			p.Modified = append(p.Modified, Property{Name: members, Old: &id})
		}
	}
}
