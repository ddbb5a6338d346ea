package planning

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/graph/parallel"
	"github.com/scimctl/scimctl/provisioning/apps"
	"github.com/scimctl/scimctl/provisioning/blueprint"
)

// Make makes the plan of some blueprints. It reads and writes nothing, resolves
// no reference and runs no command.
type Make struct {
	Graph         *graph.Client
	Blueprints    []blueprint.Blueprint
	Selection     blueprint.Selection
	UpdateSecrets bool // credentials are written, whether the saved ones work or not
	Suggest       bool // look for names near that of an application that would be made: somebody reads the plan
}

// Do compares what the files name with what there is. What keeps a section from
// being planned, such as a missing permission or a role that does not exist, is
// among the problems, and the rest is planned; see [Plan.Judge].
func (m Make) Do(ctx context.Context) (Plan, error) {
	plan := Plan{APIVersion: blueprint.APIVersion, Kind: kindPlan, Permissions: permissions(m.Blueprints, m.Selection)}
	var err error
	if plan.Applications, err = parallel.Map(ctx, m.Blueprints, m.one); err != nil {
		return plan, err
	}
	return plan, plan.twice(m.Blueprints)
}

// twice finds documents for one application that name it in different ways: one
// would undo what the other does. The error is an *[blueprint.InvalidError].
func (p Plan) twice(blueprints []blueprint.Blueprint) error {
	seen := map[string]int{}
	for i, a := range p.Applications {
		if !a.Exists {
			continue
		}
		id := a.known.App.ServicePrincipalID
		if j, there := seen[id]; there {
			return &blueprint.InvalidError{Faults: []blueprint.Fault{blueprints[i].FaultAt(
				fmt.Sprintf("this is %s, which has a document already, in %s", a.Application, blueprints[j].Place("application", "name")), "application", "name")}}
		}
		seen[id] = i
	}
	return nil
}

func (m Make) one(ctx context.Context, b blueprint.Blueprint) (ApplicationPlan, error) {
	k, err := m.read(ctx, b)
	if err != nil {
		return ApplicationPlan{}, fmt.Errorf("%s: %w", b.Application.Name, err)
	}
	p := &planner{Make: m, b: b, State: k, plan: ApplicationPlan{
		Application: b.Application.Name, Exists: k.Exists, Steps: []Step{}, Problems: []Problem{}, Warnings: []string{}, known: k, print: b,
	}}
	if k.Exists {
		p.plan.Application = k.App.Name
	}
	for _, section := range []struct {
		blueprint.Section
		plan func(context.Context) error
	}{
		{blueprint.SectionApplication, p.application},
		{blueprint.SectionExtensions, p.extensions},
		{blueprint.SectionProvisioning, p.provisioning},
		{blueprint.SectionCredentials, p.credentials},
		{blueprint.SectionUsers, p.users},
		{blueprint.SectionGroups, p.groups},
		{blueprint.SectionAssignments, p.assignments},
		{blueprint.SectionValues, p.values},
	} {
		if !m.Selection.Holds(section.Section) || !names(b, section.Section) && section.Section != blueprint.SectionApplication {
			continue
		}
		err := k.Failed[section.Section]
		if err == nil {
			err = section.plan(ctx)
		}
		if err != nil && !IsLocal(err) {
			return p.plan, fmt.Errorf("%s: %w", p.plan.Application, err)
		}
		if err != nil {
			p.problem(section.Section, err)
		}
	}
	for _, last := range []func(context.Context) error{p.schemaRisks, p.enabled} {
		if err := last(ctx); err != nil {
			return p.plan, fmt.Errorf("%s: %w", p.plan.Application, err)
		}
	}
	p.plan.arrange()
	return p.plan, nil
}

// arrange puts steps into the order in which they are carried out, and says
// what each comes after.
func (a *ApplicationPlan) arrange() {
	slices.SortStableFunc(a.Steps, func(s, t Step) int {
		return slices.Index(writes(), s.Write) - slices.Index(writes(), t.Write)
	})
	there := map[Write]bool{}
	for _, s := range a.Steps {
		there[s.Write] = true
	}
	for i, s := range a.Steps {
		a.Steps[i].After = slices.DeleteFunc(append([]Write{}, s.Write.needs()...), func(w Write) bool { return !there[w] })
	}
}

// A planner collects the steps for one application.
type planner struct {
	Make
	*State
	b      blueprint.Blueprint
	plan   ApplicationPlan
	schema schemaPlan
}

func (p *planner) problem(section blueprint.Section, err error) {
	p.plan.Problems = append(p.plan.Problems, Problem{
		Section: section, Reason: err.Error(), NotPermitted: graph.IsRefusal(err), Err: err,
	})
}

func (p *planner) warn(text string) { p.plan.Warnings = append(p.plan.Warnings, text) }

// step adds a step.
func (p *planner) step(section blueprint.Section, id string, write Write, s Step) {
	p.plan.Steps = append(p.plan.Steps, s.as(section, id, write))
}

// as completes a step.
func (s Step) as(section blueprint.Section, id string, write Write) Step {
	s.ID, s.Section, s.Write = string(section), section, write
	if id != "" {
		s.ID += "/" + id
	}
	if s.Risks == nil {
		s.Risks = []Risk{}
	}
	switch {
	case s.Verb != "":
	case s.Old == "":
		s.Verb = Add
	case s.New == "":
		s.Verb = Remove
	default:
		s.Verb = Change
	}
	return s
}

// application is made when there is none.
func (p *planner) application(ctx context.Context) error {
	template := p.template
	if p.Exists {
		if template.ID == "" {
			return nil
		}
		return apps.SameTemplate(p.App, template)
	}
	if p.Suggest {
		if near := applications.Near(ctx, p.Graph, p.b.Application.Name); len(near) > 0 {
			p.warn("there is no such application, and it would be made; there is " + strings.Join(near, ", "))
		}
	}
	what := "a non-gallery application"
	if template.ID != "" {
		what = "from the gallery template " + template.DisplayName
	}
	p.step(blueprint.SectionApplication, p.b.Application.Name, WriteApplication, Step{
		Subject: "application " + p.b.Application.Name, New: what, WaitsFor: "the provisioning service knows it",
	})
	return nil
}

func number(n int) string { return fmt.Sprint(n) }
