package mappings

import (
	"context"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/graph/synchronization"
	"github.com/scimctl/scimctl/mappings/schema"
)

// ListActions lists what provisioning does with users or with groups in the
// application.
type ListActions struct {
	Graph    *graph.Client
	App, Job string // Job as for [synchronization.FindJob]
	Object   string // User or Group; "" is User
}

// Do reads the schema and returns some of [schema.ActionNames], in their order.
func (l ListActions) Do(ctx context.Context) ([]string, error) {
	o, err := readObject(ctx, l.Graph, l.App, l.Job, l.Object)
	if err != nil {
		return nil, err
	}
	return o.Actions(), nil
}

// ListAttributes lists the attribute lists of users or of groups: the portal's
// "Edit attribute list".
type ListAttributes struct {
	Graph    *graph.Client
	App, Job string      // Job as for [synchronization.FindJob]
	Object   string      // User or Group; "" is User
	Side     schema.Side // "" is both
}

// A ListedAttribute is an attribute with its list and with what uses it.
type ListedAttribute struct {
	Side schema.Side `json:"side"`
	schema.Attribute
	UsedBy []schema.Use `json:"usedBy"`
}

// Do reads the schema and returns the attributes in its order, those of
// Microsoft Entra ID first.
func (l ListAttributes) Do(ctx context.Context) ([]ListedAttribute, error) {
	o, err := readObject(ctx, l.Graph, l.App, l.Job, l.Object)
	if err != nil {
		return nil, err
	}
	list := []ListedAttribute{}
	for _, side := range []schema.Side{schema.Source, schema.Target} {
		if l.Side == side || l.Side == "" {
			list = append(list, listed(o, side)...)
		}
	}
	return list, nil
}

func listed(o schema.Object, side schema.Side) []ListedAttribute {
	uses := o.Uses(side)
	var list []ListedAttribute
	for _, a := range o.Attributes(side) {
		a.References = append([]string{}, a.References...) // never null
		list = append(list, ListedAttribute{Side: side, Attribute: a, UsedBy: append([]schema.Use{}, uses[a.Name]...)})
	}
	return list
}

// Export reads the schema of a job.
type Export struct {
	Graph    *graph.Client
	App, Job string // Job as for [synchronization.FindJob]
}

// Do returns the schema's own JSON: every byte as Graph answered it. Whether it
// is a schema at all has been looked at.
func (e Export) Do(ctx context.Context) ([]byte, error) {
	at, err := live(ctx, e.Graph, e.App, e.Job)
	if err != nil {
		return nil, err
	}
	return at.Schema.Bytes(), nil
}

// ListFilters lists the scoping filters of users or of groups.
type ListFilters struct {
	Graph    *graph.Client
	App, Job string // Job as for [synchronization.FindJob]
	Object   string // User or Group; "" is User
}

// Do reads the schema and returns the filters in its order. Without any,
// everybody passes.
func (l ListFilters) Do(ctx context.Context) ([]schema.Filter, error) {
	o, err := readObject(ctx, l.Graph, l.App, l.Job, l.Object)
	if err != nil {
		return nil, err
	}
	return o.Filters(), nil
}

// List lists the attribute mappings of users or of groups.
type List struct {
	Graph    *graph.Client
	App, Job string // Job as for [synchronization.FindJob]
	Object   string // User or Group; "" is User
}

// Do reads the schema and returns the mappings in its order.
func (l List) Do(ctx context.Context) ([]schema.Mapping, error) {
	o, err := readObject(ctx, l.Graph, l.App, l.Job, l.Object)
	if err != nil {
		return nil, err
	}
	return o.Mappings(), nil
}

// live reads the present schema of an application's job.
func live(ctx context.Context, client *graph.Client, name, job string) (Place, error) {
	app, err := applications.Find(ctx, client, name)
	if err != nil {
		return Place{}, err
	}
	found, err := synchronization.FindJob(ctx, client, app, job)
	if err != nil {
		return Place{}, err
	}
	at := Place{Graph: client, App: app, Job: synchronization.JobRef{ServicePrincipalID: app.ServicePrincipalID, JobID: found.ID}}
	at.Schema, err = schema.Read(ctx, client, app, at.Job)
	return at, err
}

// readObject reads the object mapping of a job; "" is that of users.
func readObject(ctx context.Context, client *graph.Client, app, job, kind string) (schema.Object, error) {
	at, err := live(ctx, client, app, job)
	if err != nil {
		return schema.Object{}, err
	}
	return at.Schema.Object(schema.Or(kind, schema.User))
}
