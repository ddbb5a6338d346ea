package planning

import (
	"context"
	"slices"

	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/graph/words"
	"github.com/scimctl/scimctl/provisioning/assignment"
	"github.com/scimctl/scimctl/provisioning/blueprint"
	"github.com/scimctl/scimctl/provisioning/credentials"
)

// enabled turns provisioning on or off. It comes last: whether there are
// credentials to start with is known only then.
func (p *planner) enabled(ctx context.Context) error {
	if !p.Selection.Holds(blueprint.SectionProvisioning) || p.b.Provisioning == nil || p.b.Provisioning.Enabled == nil || p.Failed[blueprint.SectionProvisioning] != nil {
		return nil //nolint:nilerr // it is among the problems already
	}
	running := p.Job != nil && p.Job.Running()
	switch {
	case !*p.b.Provisioning.Enabled && running:
		p.step(blueprint.SectionProvisioning, "enabled", WriteStop, Step{Verb: Change, Subject: "provisioning", Old: "on", New: "off", WaitsFor: "the job is stopped"})
	case *p.b.Provisioning.Enabled && (!running || p.Job.Quarantined()):
		return p.start(ctx)
	}
	return nil
}

func (p *planner) start(ctx context.Context) error {
	if credentials.SignedInBy(p.Secrets).Kind == "" && (p.b.Provisioning.Credentials == nil || !p.Selection.Holds(blueprint.SectionCredentials)) {
		p.problem(blueprint.SectionProvisioning, &credentials.NoCredentialsError{App: p.plan.Application})
		return nil
	}
	s := Step{Verb: Change, Subject: "provisioning", Old: "off", New: "on", WaitsFor: "the job is active"}
	switch {
	case p.Job != nil && p.Job.Quarantined():
		s.Old = "in quarantine"
	case p.Job == nil || p.Job.NeverRan():
		risk, err := p.firstStart(ctx)
		if err != nil {
			return err
		}
		s.Risks = []Risk{risk}
	}
	p.step(blueprint.SectionProvisioning, "enabled", WriteStart, s)
	return nil
}

// firstStart says whom a first cycle reaches, as far as the plan knows.
func (p *planner) firstStart(ctx context.Context) (Risk, error) {
	scope := credentials.SettingsOf(p.Secrets).Scope
	if p.b.Provisioning.Scope != "" {
		scope = p.b.Provisioning.Scope
	}
	if scope == credentials.ScopeAll {
		return Risk{Name: RiskFirstStart, What: "the first cycle provisions every user of the tenant"}, nil
	}
	rows, err := p.assignedNow(ctx)
	if err != nil {
		return Risk{}, err
	}
	rows = slices.Clone(rows)
	if p.wantsAssignments() {
		for _, a := range p.b.Assignments.Users {
			rows = append(rows, applications.Assignment{PrincipalID: p.State.users[a.Name].ID, PrincipalType: "User"})
		}
		for _, a := range p.b.Assignments.Groups {
			rows = append(rows, applications.Assignment{PrincipalID: p.State.groups[a.Name].ID, PrincipalType: "Group"})
		}
	}
	groups := map[string]bool{}
	for _, row := range rows {
		if row.PrincipalType == "Group" {
			groups[row.PrincipalID] = true
		}
	}
	what := "the first cycle provisions everyone assigned"
	if len(groups) > 0 {
		what += ", and the direct members of " + words.Count(len(groups), "assigned group")
	}
	reach, err := p.reach(ctx, rows)
	return Risk{Name: RiskFirstStart, What: what, People: reach.Users, AtMost: reach.AtMost}, err
}

// reach counts the users whom rows bring in, each once. Names that nobody has
// are a problem of their own. Who may not read members counts at least the users.
func (p *planner) reach(ctx context.Context, rows []applications.Assignment) (assignment.Reach, error) {
	rows = slices.DeleteFunc(slices.Clone(rows), func(row applications.Assignment) bool { return row.PrincipalID == "" })
	reach, err := assignment.ReachOf(ctx, p.Graph, rows)
	return reach, Optional(err)
}

// assignedNow are the assignments, also where the file does not name them.
func (p *planner) assignedNow(ctx context.Context) ([]applications.Assignment, error) {
	if !p.Exists || p.wantsAssignments() {
		return p.rows, nil
	}
	rows, err := assignment.Rows(ctx, p.Graph, p.App)
	return rows, Optional(err)
}
