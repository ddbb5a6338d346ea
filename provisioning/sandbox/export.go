package sandbox

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"

	"github.com/scimctl/scimctl/provisioning/engine"
	"github.com/scimctl/scimctl/provisioning/scim"
)

// An exporter carries out what the engine plans, one object after another.
type exporter struct {
	rules    *engine.Rules
	client   *scim.Client
	dialect  scim.Dialect
	ids      map[string]string // source object ids to those in the target
	skip     bool              // SkipOutOfScopeDeletions
	onDemand bool
	listed   []string // of a group on demand: the members to look at
	late     bool     // only references are sent, which could not be resolved before
}

// An outcome is what became of one object.
type outcome struct {
	source
	decision engine.Decision
	found    scim.Resource // what was in the target before; nil: nothing
	plan     engine.Plan
	failure  *failure
	link     *link // as it is afterwards; nil: there is none
	target   string
	exports  int64

	referring bool // all was sent but references and members
}

func (x *exporter) kind(objectType string) scim.Kind {
	if objectType == engine.Group {
		return scim.Groups
	}
	return scim.Users
}

// provision does what is to be done with one object. l is what is remembered
// of it, nil when nothing is.
func (x *exporter) provision(ctx context.Context, src source, l *link) outcome {
	o := outcome{source: src, link: l}
	if l != nil {
		o.target = l.Target
	}
	var err error
	if o.decision, err = x.rules.Decide(src.Subject, src.access); err != nil {
		return o.failed(err)
	}
	if err := x.look(ctx, &o, l); err != nil {
		return o.failed(err)
	}
	o.plan, err = x.rules.Plan(src.Subject, o.decision, x.targetOf(src, o.found, l))
	if err != nil {
		return o.failed(err)
	}
	if err := x.carryOut(ctx, &o); err != nil {
		if o.referring {
			o.link = x.withoutReferences(o)
		}
		return o.failed(err)
	}
	x.remember(&o)
	return o
}

// look finds the object in the target: by its id when the job has provisioned
// it, else by its matching attributes. Who is out of scope and was never
// provisioned is not looked for, but on demand.
func (x *exporter) look(ctx context.Context, o *outcome, l *link) error {
	switch {
	case o.Purged:
		if l != nil {
			o.found = scim.Resource{"id": l.Target}
		}
		return nil
	case l != nil:
		found, err := x.client.Get(ctx, x.kind(o.Type), l.Target)
		if e, isStatus := errors.AsType[*scim.Error](err); !isStatus || e.Status != http.StatusNotFound || !x.onDemand {
			o.found = found
			return err
		}
	case !o.decision.Imported, !o.decision.InScope && !x.onDemand:
		return nil
	}
	matches, err := x.rules.Matches(o.Subject)
	if err != nil {
		return err
	}
	for _, m := range matches {
		o.found, err = x.client.Find(ctx, x.kind(o.Type), m.Target, m.Value)
		if err != nil || o.found != nil {
			return err
		}
	}
	return nil
}

// targetOf is what the engine has to know of the target. Of a group's members
// those are looked at that it has here or had there.
func (x *exporter) targetOf(src source, found scim.Resource, l *link) engine.Target {
	t := engine.Target{Resource: found, IDs: maps.Clone(x.ids), SkipOutOfScopeDeletions: x.skip, OnDemand: x.onDemand, Listed: x.listed}
	if src.Type != engine.Group {
		return t
	}
	t.Members = []string{}
	listed := slices.Clone(src.Attributes["members"])
	if l != nil {
		for id, target := range l.Members {
			t.IDs[id] = target
			t.Members = append(t.Members, target)
			if !slices.Contains(listed, id) {
				listed = append(listed, id)
			}
		}
	} else if found != nil {
		t.Members = nil // matched, not made: who is in it is not known
	}
	if t.Listed == nil {
		t.Listed = listed
	}
	return t
}

func (x *exporter) carryOut(ctx context.Context, o *outcome) error {
	kind := x.kind(o.Type)
	if o.found != nil {
		o.target = o.found.ID()
	}
	switch o.plan.Action {
	case engine.Create:
		made, err := x.client.Create(ctx, kind, o.plan.Resource)
		if err != nil {
			return err
		}
		o.exports++
		o.target = made.ID()
	case engine.Update, engine.Disable:
		if x.late {
			onlyReferences(&o.plan)
		}
		if err := x.patch(ctx, o, o.plan.Changes); err != nil {
			return err
		}
	case engine.Delete:
		o.exports++
		err := x.client.Delete(ctx, kind, o.target)
		if e, isStatus := errors.AsType[*scim.Error](err); isStatus && e.Status == http.StatusNotFound {
			return nil
		}
		return err
	case engine.Skip, engine.Fail:
		return nil
	}
	o.referring = true
	return x.refer(ctx, o)
}

// withoutReferences is the link of an object whose references were refused.
func (x *exporter) withoutReferences(o outcome) *link {
	before := o.link
	o.plan.AddMembers, o.plan.RemoveMembers = nil, nil
	if x.remember(&o); o.link != nil && o.link != before {
		o.link.Seen = ""
	}
	return o.link
}

func (x *exporter) patch(ctx context.Context, o *outcome, changes []scim.Change) error {
	if len(changes) == 0 {
		return nil
	}
	operations, err := scim.Patch(x.dialect, changes)
	if err != nil {
		return err
	}
	o.exports++
	_, err = x.client.Patch(ctx, x.kind(o.Type), o.target, operations)
	return err
}

// refer sends references and members, each in a request of its own.
func (x *exporter) refer(ctx context.Context, o *outcome) error {
	if err := x.patch(ctx, o, o.plan.References); err != nil {
		return err
	}
	for _, part := range []struct {
		ids  []string
		make func(scim.Dialect, ...string) []scim.Operation
	}{{o.plan.AddMembers, scim.AddMembers}, {o.plan.RemoveMembers, scim.RemoveMembers}} {
		if len(part.ids) == 0 {
			continue
		}
		o.exports++
		if _, err := x.client.Patch(ctx, scim.Groups, o.target, part.make(x.dialect, part.ids...)); err != nil {
			return err
		}
	}
	return nil
}

// remember makes the link that follows from what was done.
func (x *exporter) remember(o *outcome) {
	before := o.link
	switch {
	case o.plan.Action == engine.Delete, o.Purged:
		o.link = nil
		return
	case o.target == "" || !o.decision.InScope && before == nil:
		return
	}
	o.link = &link{Type: o.Type, Target: o.target, Name: o.name}
	switch {
	case o.decision.InScope:
	case o.Deleted:
		o.link.Off = "deleted"
	case before != nil && before.Off != "":
		o.link.Off = before.Off
	case o.plan.Action == engine.Disable || o.plan.Code == engine.RedundantExport:
		o.link.Off = "unassigned"
	}
	if o.Type == engine.Group {
		o.link.Members = x.membersAfter(o, before)
	}
	if o.link.Off == "" {
		x.ids[o.ID] = o.target
	}
	// What was left out of a create has to be looked at again.
	if len(o.plan.LeftOut) == 0 && o.plan.Action != engine.Fail {
		o.link.Seen = o.fingerprint()
	}
}

func (x *exporter) membersAfter(o *outcome, before *link) map[string]string {
	after := map[string]string{}
	if before != nil {
		maps.Copy(after, before.Members)
	}
	maps.DeleteFunc(after, func(_, target string) bool { return slices.Contains(o.plan.RemoveMembers, target) })
	for id, target := range x.ids {
		if slices.Contains(o.plan.AddMembers, target) {
			after[id] = target
		}
	}
	return after
}

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
