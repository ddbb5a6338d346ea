package engine

import (
	"github.com/scimctl/scimctl/provisioning/scim"
)

// A Preview is what the service would send for one subject, without anything
// having been asked of the target.
type Preview struct {
	Decision Decision `json:"decision"`

	// Flows are all attribute mappings, as on a create for a subject in scope
	// and as on an update for one that is not. Each says itself why it is not
	// sent; one that is CreateOnly, or has the Default value, is not in Update.
	Flows   []Flow `json:"flows"`
	LeftOut []Flow `json:"leftOut"` // have a value, and are not sent with the create but with a later update

	// Action is what comes of a target that has nothing: Create, or Skip or
	// Fail with the service's Code and a Reason.
	Action Action `json:"action"`
	Code   string `json:"code,omitempty"`
	Reason string `json:"reason,omitempty"`

	// Create is for a target that has nothing; nil out of scope, or when the
	// object mapping does not create. CreateReferences follow it once those
	// who are referred to are in the target too: the manager, and members.
	Create           *Request  `json:"create,omitempty"`
	CreateReferences []Request `json:"createReferences"`

	// Update is for a target that has another value for every attribute that
	// flows, in the service's own dialect, and UpdateCompliant in that of
	// aadOptscim062020: first the attributes, then references. What really is
	// sent is the part that differs. Both are empty out of scope.
	Update          []Request `json:"update"`
	UpdateCompliant []Request `json:"updateCompliant"`

	// Disable is for a target that has the subject as active, in both
	// dialects; nil in scope, and when nothing is mapped from IsSoftDeleted.
	// With SkipOutOfScopeDeletions the service does not send it.
	Disable          *Request `json:"disable,omitempty"`
	DisableCompliant *Request `json:"disableCompliant,omitempty"`
}

// A Request is one request to a SCIM service. What only the target knows is
// named in braces: {id} is the id of the subject there, and
// {id of 11111111-…} that of another source object.
type Request struct {
	Method string `json:"method"`
	Path   string `json:"path"` // below the tenant URL: /Users/{id}
	Body   any    `json:"body"` // a scim.Resource or a scim.PatchRequest
}

// Preview decides on a subject and makes the requests that follow. Its errors
// are those of [Rules.Decide] and [Rules.Plan]; with an error of Decide the
// decision so far is there.
func (r *Rules) Preview(s Subject, a Access) (Preview, error) {
	p := Preview{Flows: []Flow{}, LeftOut: []Flow{}, CreateReferences: []Request{}, Update: []Request{}, UpdateCompliant: []Request{}}
	var err error
	p.Decision, err = r.Decide(s, a)
	p.Decision.AssignedBy = append([]Assignment{}, p.Decision.AssignedBy...)
	p.Decision.Clauses = append([]ClauseResult{}, p.Decision.Clauses...)
	if err != nil {
		return p, err
	}
	if p.Flows, err = r.Flow(s, p.Decision, p.Decision.InScope); err != nil {
		return p, err
	}
	t := Target{IDs: placeholders(p.Flows)}
	plan, err := r.Plan(s, p.Decision, t)
	if err != nil {
		return p, err
	}
	p.Action, p.Code, p.Reason = plan.Action, plan.Code, plan.Reason
	p.LeftOut = append(p.LeftOut, plan.LeftOut...)
	if plan.Action == Create {
		p.Create = &Request{Method: "POST", Path: path(s), Body: plan.Resource}
		if p.CreateReferences, err = plan.followers(s, scim.Legacy); err != nil {
			return p, err
		}
	}
	return p, r.previewChanges(&p, s, t)
}

// previewChanges fills in what is sent to a target that has the subject.
func (r *Rules) previewChanges(p *Preview, s Subject, t Target) error {
	d := p.Decision
	if s.Purged || d.Dropped || !d.Imported || !d.MappingEnabled {
		return nil
	}
	flows, err := r.Flow(s, d, false)
	if err != nil {
		return err
	}
	l := planner{object: r.object(s.Type), subject: s, decision: d, target: t, Plan: Plan{Flows: flows}}
	if !l.object.update {
		return nil
	}
	if !d.InScope {
		return p.previewDisable(&l)
	}
	if l.replaceAll(l.Flows); l.Action == Fail {
		return nil
	}
	if err := l.refer(); err != nil || l.Action == Fail {
		return err
	}
	for i := range l.References {
		l.References[i].Had = true
	}
	if p.Update, err = l.requests(s, scim.Legacy); err != nil {
		return err
	}
	p.UpdateCompliant, err = l.requests(s, scim.Compliant)
	return err
}

func (p *Preview) previewDisable(l *planner) error {
	if l.replaceAll(l.disabling()); l.Action == Fail || len(l.Changes) == 0 {
		return nil
	}
	legacy, err := patchRequest(l.subject, scim.Legacy, l.Changes)
	if err != nil {
		return err
	}
	compliant, err := patchRequest(l.subject, scim.Compliant, l.Changes)
	if err != nil {
		return err
	}
	p.Disable, p.DisableCompliant = &legacy[0], &compliant[0]
	return nil
}

// replaceAll takes the target to have another value for everything that flows.
func (p *planner) replaceAll(flows []Flow) {
	for _, f := range flows {
		if f.Reference || f.Value.Blank() {
			continue
		}
		if p.tooMany(f) {
			return
		}
		p.Changes = append(p.Changes, scim.Change{Attribute: p.attribute(f), Had: true})
	}
}

// requests are the PATCHes of an update in their order.
func (p Plan) requests(s Subject, d scim.Dialect) ([]Request, error) {
	first, err := patchRequest(s, d, p.Changes)
	if err != nil {
		return nil, err
	}
	rest, err := p.followers(s, d)
	return append(first, rest...), err
}

// followers are the PATCHes after that of the object itself.
func (p Plan) followers(s Subject, d scim.Dialect) ([]Request, error) {
	all, err := patchRequest(s, d, p.References)
	if err != nil {
		return nil, err
	}
	if ops := scim.AddMembers(d, p.AddMembers...); len(ops) > 0 {
		all = append(all, Request{Method: "PATCH", Path: path(s) + "/{id}", Body: scim.NewPatchRequest(ops)})
	}
	return all, nil
}

// patchRequest is one PATCH, or none when there is nothing to change.
func patchRequest(s Subject, d scim.Dialect, changes []scim.Change) ([]Request, error) {
	if len(changes) == 0 {
		return []Request{}, nil
	}
	ops, err := scim.Patch(d, changes)
	if err != nil {
		return nil, err
	}
	return []Request{{Method: "PATCH", Path: path(s) + "/{id}", Body: scim.NewPatchRequest(ops)}}, nil
}

// placeholders stand for the ids in the target of all that is referred to.
func placeholders(flows []Flow) map[string]string {
	ids := map[string]string{}
	for _, f := range flows {
		if f.Reference {
			for _, id := range f.Value.Values {
				ids[id] = "{id of " + id + "}"
			}
		}
	}
	return ids
}

func path(s Subject) string {
	if s.Type == Group {
		return "/" + string(scim.Groups)
	}
	return "/" + string(scim.Users)
}
