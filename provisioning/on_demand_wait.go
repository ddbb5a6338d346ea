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
		if r.Assigned && p.user.AccountEnabled { // a disabled one may be called not entitled as well
			return fmt.Sprintf("the provisioning service sees the assignment of %s to %s", name, app), nil
		}
		return "", nil
	}
	return p.stillAssigned(ctx, r)
}

// stillAssigned finds out whether the service still sees an assignment that
// Graph has no more. With the scope "all" there need not be one.
func (p *person) stillAssigned(ctx context.Context, r *Result) (string, error) {
	if r.Assigned || len(r.Steps) == 0 || !r.provisioned() || r.deprovisioned() ||
		p.Expect != ExpectDefault && p.Expect != ExpectDeprovisioned {
		return "", nil
	}
	current, err := readSecrets(ctx, p.Graph, p.target.App)
	if err != nil || current.scope() == ScopeAll {
		r.Assigned = current.scope() == ScopeAll
		return "", err
	}
	return fmt.Sprintf("the provisioning service sees that %s is no longer assigned to %s", p.user.UserPrincipalName, p.target.App.Name), nil
}
