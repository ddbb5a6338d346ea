package engine

import (
	"slices"

	"github.com/scimctl/scimctl/mappings/expression"
)

// leave is for what is out of scope: nothing is made for it, and what is
// there is disabled through the mappings that read IsSoftDeleted, no others.
func (p *planner) leave() error {
	if p.target.Resource == nil {
		p.skip(p.decision.outside())
		return nil
	}
	flows := p.disabling()
	switch {
	case p.target.SkipOutOfScopeDeletions:
		p.skip(EntrySynchronizationSkipped, skippedByFlag)
	case len(flows) == 0:
		p.skip(EntrySynchronizationSkipped, "no attribute is mapped from IsSoftDeleted, so nothing tells the target")
	case !p.object.update:
		p.skip(EntrySynchronizationSkipped, "Update is not among the target object actions")
	default:
		return p.disable(flows)
	}
	return nil
}

func (p *planner) disable(flows []Flow) error {
	p.Action = Disable
	if err := p.change(flows, false); err != nil {
		return err
	}
	if p.Action == Disable && len(p.Changes) == 0 {
		p.skip(RedundantExport, "the target has it disabled already")
	}
	return nil
}

// disabling are the flows of mappings that read IsSoftDeleted.
func (p *planner) disabling() []Flow {
	var found []Flow
	for _, f := range p.Flows {
		for _, m := range p.object.mappings {
			if m.target == f.Target && m.source != nil && slices.Contains(expression.Attributes(m.source), softDeleted) {
				found = append(found, f)
				break
			}
		}
	}
	return found
}

// outside is the code and the first reason for being out of scope.
func (d Decision) outside() (code, reason string) {
	switch {
	case !d.Active:
		return NotEffectivelyEntitled, "it is disabled or deleted in the source"
	case !d.SyncAll && !d.Assigned:
		return NotEffectivelyEntitled, "it is not assigned to the application"
	case !d.Entitled:
		return NotEffectivelyEntitled, "its assignment carries no role that counts"
	default:
		return EntrySynchronizationSkipped, "the scoping filters leave it out"
	}
}
