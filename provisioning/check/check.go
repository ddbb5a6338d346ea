// Package check finds what is wrong with the mappings of a provisioning job, in
// the tenant.
package check

import (
	"context"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/parallel"
	"github.com/scimctl/scimctl/graph/synchronization"
	schemacheck "github.com/scimctl/scimctl/mappings/check"
	"github.com/scimctl/scimctl/mappings/expression"
	"github.com/scimctl/scimctl/mappings/schema"
	"github.com/scimctl/scimctl/provisioning"
	"github.com/scimctl/scimctl/provisioning/credentials"
)

// Check looks for what is wrong with an application's mappings: in the schema,
// as [check.Check] does, and in what goes with it: scope, app roles,
// assignments and extension properties. It changes nothing.
type Check struct {
	Graph    *graph.Client
	App, Job string // Job as for [provisioning.FindJob]
}

// Do returns the findings, those about the schema first. It asks for
// assignments only when a mapping sends the one role of a person, for members
// only of assigned groups, and for extension properties of the tenant only when
// one is a source.
func (c Check) Do(ctx context.Context) ([]schemacheck.Finding, error) {
	t, err := provisioning.FindJob(ctx, c.Graph, c.App, c.Job)
	if err != nil {
		return nil, err
	}
	i := inspection{Target: t, client: c.Graph}
	err = parallel.Do(ctx,
		func(ctx context.Context) (err error) {
			i.schema, err = schema.Read(ctx, c.Graph, t.App, t.Ref())
			return err
		},
		func(ctx context.Context) (err error) {
			i.settings, err = credentials.ReadSecrets(ctx, c.Graph, t.App)
			return err
		},
	)
	if err != nil {
		return nil, err
	}
	for _, look := range []func(context.Context) error{i.document, i.roles, i.extensions} {
		if err := look(ctx); err != nil {
			return nil, err
		}
	}
	return i.findings, nil
}

// An inspection is a [Check] under way.
type inspection struct {
	provisioning.Target
	client   *graph.Client
	schema   *schema.Schema
	settings credentials.Secrets
	findings []schemacheck.Finding
}

func (i *inspection) note(f schemacheck.Finding) { i.findings = append(i.findings, f) }

// document looks at the schema. What the documentation does not know, the
// service may: it is asked for its operators when there are filters, and for
// its functions when one is strange.
func (i *inspection) document(ctx context.Context) (err error) {
	known := schemacheck.Known{}
	if i.filtered() {
		if known.Operators, err = synchronization.FilterOperators(ctx, i.client, i.Ref()); err != nil {
			return err
		}
	}
	i.findings = known.Check(i.schema)
	if !slices.ContainsFunc(i.findings, func(f schemacheck.Finding) bool { return f.Code == schemacheck.CodeUnknownFunction }) {
		return nil
	}
	functions, err := synchronization.Functions(ctx, i.client, i.Ref())
	if err != nil {
		return err
	}
	for _, f := range functions {
		known.Functions = append(known.Functions, f.Name)
	}
	i.findings = known.Check(i.schema)
	return nil
}

func (i *inspection) filtered() bool {
	return slices.ContainsFunc(i.objects(), func(o schema.Object) bool { return len(o.Filters()) > 0 })
}

// objects are the mappings of users and of groups, as far as there are any.
func (i *inspection) objects() []schema.Object {
	var list []schema.Object
	for _, kind := range []string{schema.User, schema.Group} {
		if o, err := i.schema.Object(kind); err == nil {
			list = append(list, o)
		}
	}
	return list
}

// A roleMapping sends app roles.
type roleMapping struct{ target, function string }

// roleMappings are the mappings of users that send app roles.
//
// https://learn.microsoft.com/entra/identity/app-provisioning/customize-application-attributes#provisioning-a-role-to-a-scim-app
func (i *inspection) roleMappings() []roleMapping {
	var list []roleMapping
	o, err := i.schema.Object(schema.User)
	if err != nil {
		return nil
	}
	for _, m := range o.Mappings() {
		if m.Kind != schema.Expression {
			continue
		}
		parsed, err := expression.Parse(m.Source)
		if err != nil {
			continue
		}
		for _, name := range expression.Functions(parsed) {
			if strings.Contains(name, "AppRoleAssignment") {
				list = append(list, roleMapping{m.Target, name})
			}
		}
	}
	return list
}
