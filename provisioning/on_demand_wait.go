package provisioning

import (
	"context"
	"fmt"
)

// untilCurrent asks the service again while it works on older data than Graph
// has.
func (p *person) untilCurrent(ctx context.Context, result Result) (Result, error) {
	what, err := p.behind(ctx, &result)
	if what == "" || err != nil {
		return result, err
	}
	first := true
	err = p.Graph.Wait(ctx, what, func(ctx context.Context) (bool, error) {
		if first { // the answer that is there already
			first = false
			return false, nil
		}
		again, err := p.run(ctx)
		if err != nil {
			return false, err
		}
		what, err := p.behind(ctx, &again)
		result = again.after(result)
		return what == "", err
	})
	return result, err
}

// behind says what the service does not see yet, and "" when it is up to date.
func (p *person) behind(ctx context.Context, r *Result) (string, error) {
	if r.State == Failed {
		return "", nil
	}
	name, app := p.user.UserPrincipalName, p.target.App.Name
	if attribute := stale(r.imported(), p.user, p.mapped.sources); attribute != "" {
		return fmt.Sprintf("the provisioning service sees %s of %s as it is now", shortName(attribute), name), nil
	}
	if r.unassigned() {
		assigned, err := p.assigned(ctx)
		r.Assigned = assigned
		if assigned && err == nil && p.user.AccountEnabled { // a disabled one may be called not entitled as well
			return fmt.Sprintf("the provisioning service sees the assignment of %s to %s", name, app), nil
		}
		return "", err
	}
	return p.stillAssigned(ctx, r)
}

// assigned asks Graph, which also shows what a user has through groups. A list
// without them is completed by the members of the assigned groups.
func (p *person) assigned(ctx context.Context) (bool, error) {
	if len(p.rows) > 0 {
		return true, nil
	}
	rows, err := p.Graph.ListAssignments(ctx, p.target.App.ServicePrincipalID)
	if err != nil {
		return false, err
	}
	for _, row := range rows {
		if row.PrincipalType != "Group" {
			continue
		}
		members, err := p.Graph.ListMembers(ctx, row.PrincipalID)
		if err != nil {
			return false, err
		}
		for _, member := range members {
			if member.ID == p.user.ID {
				return true, nil
			}
		}
	}
	return false, nil
}

// stillAssigned finds out whether the service still sees an assignment that
// Graph has no more. With the scope "all" there need not be one.
func (p *person) stillAssigned(ctx context.Context, r *Result) (string, error) {
	if len(p.rows) > 0 || len(r.Steps) == 0 || !r.provisioned() || r.deprovisioned() ||
		p.Expect != ExpectDefault && p.Expect != ExpectDeprovisioned {
		return "", nil
	}
	assigned, err := p.assigned(ctx)
	r.Assigned = assigned
	if assigned || err != nil {
		return "", err
	}
	current, err := readSecrets(ctx, p.Graph, p.target.App)
	if err != nil || current.scope() == ScopeAll {
		r.Assigned = r.Assigned || current.scope() == ScopeAll
		return "", err
	}
	return fmt.Sprintf("the provisioning service sees that %s is no longer assigned to %s", p.user.UserPrincipalName, p.target.App.Name), nil
}
