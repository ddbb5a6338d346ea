package mappings

import (
	"context"

	"github.com/scimctl/scimctl/graph"
)

// ListAttributes lists the attribute lists of users or of groups: the portal's
// "Edit attribute list".
type ListAttributes struct {
	Graph    *graph.Client
	App, Job string // Job as for [graph.Client.FindJob]
	Object   string // User or Group; "" is User
	Side     Side   // "" is both
}

// A ListedAttribute is an attribute with its list and with what uses it.
type ListedAttribute struct {
	Side Side `json:"side"`
	Attribute
	UsedBy []Use `json:"usedBy"`
}

// Do reads the schema and returns the attributes in its order, those of
// Microsoft Entra ID first.
func (l ListAttributes) Do(ctx context.Context) ([]ListedAttribute, error) {
	o, err := readObject(ctx, l.Graph, l.App, l.Job, l.Object)
	if err != nil {
		return nil, err
	}
	list := []ListedAttribute{}
	for _, side := range []Side{Source, Target} {
		if l.Side == side || l.Side == "" {
			list = append(list, o.listed(side)...)
		}
	}
	return list, nil
}

func (o Object) listed(side Side) []ListedAttribute {
	uses := o.uses(side)
	var list []ListedAttribute
	for _, a := range o.attributes(side) {
		a.References = append([]string{}, a.References...) // never null
		list = append(list, ListedAttribute{Side: side, Attribute: a, UsedBy: append([]Use{}, uses[a.Name]...)})
	}
	return list
}
