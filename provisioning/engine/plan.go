package engine

import (
	"github.com/scimctl/scimctl/provisioning/scim"
)

// An Action is what is to be done with a subject in the target.
type Action string

// The actions.
const (
	Create  Action = "Create"
	Update  Action = "Update"
	Disable Action = "Disable"
	Delete  Action = "Delete"
	Skip    Action = "Skip"
	Fail    Action = "Fail" // the service reports an error without sending anything
)

// Codes of a Skip or Fail, as in the service's logs.
const (
	NotEffectivelyEntitled           = "NotEffectivelyEntitled"           // inactive, not assigned, or without a role that counts
	RedundantExport                  = "RedundantExport"                  // the target is as it should be
	ImportSkipped                    = "ImportSkipped"                    // no value for any matching attribute
	EntrySynchronizationSkipped      = "EntrySynchronizationSkipped"      // filtered out, or not to be done by the settings
	SchemaPropertyCanOnlyAcceptValue = "SchemaPropertyCanOnlyAcceptValue" // several values for a single-valued target
)

// Target is what is known of the target.
type Target struct {
	Resource scim.Resource     // what matched; nil: nothing
	IDs      map[string]string // source object id → id in the target, for references
	Members  []string          // ids in the target that the group is known to have; nil: not known
	Listed   []string          // source ids of the members to look at; nil: those in the subject's members

	SkipOutOfScopeDeletions bool
	OnDemand                bool // which does not send roles
}

// A Plan is what the service would do with one subject.
type Plan struct {
	Action Action
	Code   string // of a Skip or Fail
	Reason string // in words, for a Skip or Fail

	Flows      []Flow        // every mapping's result, sent or not
	Resource   scim.Resource // to be posted, for Create
	Changes    []scim.Change // for Update and Disable, by scim.Patch
	References []scim.Change // manager: a PATCH of its own afterwards

	AddMembers    []string // ids in the target, after the group itself
	RemoveMembers []string
	Unresolved    []string // source ids of references that are not in the target

	Modified []Property // what changes, references included
	LeftOut  []Flow     // mapped and with a value, but not sent with this request
}

// A Property is a modified property of a plan; nil is null.
type Property struct {
	Name     string
	Old, New *string
}

// Unsupported are the mappings that could not be evaluated and so are not sent.
func (p Plan) Unsupported() []Flow {
	var found []Flow
	for _, f := range p.Flows {
		if f.Err != nil {
			found = append(found, f)
		}
	}
	return found
}

// Plan decides what is to be done. With Action Update and no Changes there
// are references or members to send.
//
// A user out of scope is disabled by what is mapped from IsSoftDeleted; a
// subject that is gone for good is deleted, which is right only for one that
// the job managed until then. Cleared values are never sent. The error is a
// *NoMappingError or a *scim.PathError.
func (r *Rules) Plan(s Subject, d Decision, t Target) (Plan, error) {
	o := r.object(s.Type)
	if o == nil {
		return Plan{}, &NoMappingError{Type: s.Type}
	}
	flows, err := r.Flow(s, d, t.Resource == nil && d.InScope)
	if err != nil {
		return Plan{}, err
	}
	p := planner{object: o, subject: s, decision: d, target: t, Plan: Plan{Flows: flows}}
	if err := p.plan(); err != nil {
		return Plan{}, err
	}
	return p.Plan, nil
}

// A planner carries what goes into a plan, and the plan as it grows.
type planner struct {
	object   *object
	subject  Subject
	decision Decision
	target   Target
	Plan
}

func (p *planner) plan() error {
	switch {
	case p.subject.Purged:
		p.delete()
		return nil
	case !p.decision.MappingEnabled:
		p.skip(EntrySynchronizationSkipped, "the mapping of "+p.subject.Type+" objects is switched off")
		return nil
	case p.decision.Dropped:
		p.skip(EntrySynchronizationSkipped, "the input filters drop it when it is read, so nothing is done for it, not even disabling")
		return nil
	case !p.decision.Imported:
		p.skip(ImportSkipped, "it has no value for a matching attribute")
		return nil
	case !p.decision.InScope:
		return p.leave()
	case p.target.Resource == nil:
		return p.create()
	default:
		return p.update()
	}
}

func (p *planner) skip(code, reason string) { p.Action, p.Code, p.Reason = Skip, code, reason }

// delete is for what is gone for good.
func (p *planner) delete() {
	switch {
	case p.target.Resource == nil:
		p.skip(RedundantExport, "it is gone from the source and the target")
	case p.target.SkipOutOfScopeDeletions:
		p.skip(EntrySynchronizationSkipped, skippedByFlag)
	case !p.object.delete:
		p.skip(EntrySynchronizationSkipped, "Delete is not among the target object actions")
	default:
		p.Action = Delete
	}
}

const skippedByFlag = "SkipOutOfScopeDeletions is set, so leaving the scope changes nothing in the target"
