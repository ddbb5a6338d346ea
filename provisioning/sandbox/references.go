package sandbox

import (
	"context"
	"slices"

	"github.com/scimctl/scimctl/provisioning/engine"
)

// knows reports whether a source object has one in the target by now.
func (x *exporter) knows(id string) bool { return x.ids[id] != "" }

// resolve sends the references of an object that could not be resolved when
// the object was, because those that they point to came after it. What it sent
// of the object itself is not sent twice.
func (x *exporter) resolve(ctx context.Context, src source, l *link) outcome {
	late := *x
	late.late = true
	return late.provision(ctx, src, l)
}

func onlyReferences(p *engine.Plan) {
	p.Changes = nil
	p.Modified = slices.DeleteFunc(p.Modified, func(m engine.Property) bool {
		isReference := func(f engine.Flow) bool { return f.Reference && f.Target == m.Name }
		return !slices.ContainsFunc(p.Flows, isReference)
	})
}
