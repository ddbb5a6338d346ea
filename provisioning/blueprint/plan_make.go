package blueprint

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/graph/parallel"
	"github.com/scimctl/scimctl/provisioning/apps"
)

// Make makes the plan of some blueprints. It reads and writes nothing, resolves
// no reference and runs no command.
type Make struct {
	Graph         *graph.Client
	Blueprints    []Blueprint
	Selection     Selection
	UpdateSecrets bool // credentials are written, whether the saved ones work or not
	Suggest       bool // look for names near that of an application that would be made: somebody reads the plan
}

// Do compares what the files name with what there is. What keeps a section from
// being planned, such as a missing permission or a role that does not exist, is
// among the problems, and the rest is planned; see [Plan.Judge].
func (m Make) Do(ctx context.Context) (Plan, error) {
	plan := Plan{APIVersion: APIVersion, Kind: KindPlan, Permissions: permissions(m.Blueprints, m.Selection)}
	var err error
	if plan.Applications, err = parallel.Map(ctx, m.Blueprints, m.one); err != nil {
		return plan, err
	}
	return plan, plan.twice(m.Blueprints)
}

// twice finds documents for one application that name it in different ways: one
// would undo what the other does. The error is an *[InvalidError].
func (p Plan) twice(blueprints []Blueprint) error {
	seen := map[string]int{}
	for i, a := range p.Applications {
		if !a.Exists {
			continue
		}
		id := a.known.app.ServicePrincipalID
		if j, there := seen[id]; there {
			return &InvalidError{Faults: []Fault{blueprints[i].faultAt(
				fmt.Sprintf("this is %s, which has a document already, in %s", a.Application, blueprints[j].Place("application", "name")), "application", "name")}}
		}
		seen[id] = i
	}
	return nil
}

func (m Make) one(ctx context.Context, b Blueprint) (ApplicationPlan, error) {
	k, err := m.read(ctx, b)
	if err != nil {
		return ApplicationPlan{}, fmt.Errorf("%s: %w", b.Application.Name, err)
	}
	p := &planner{Make: m, b: b, known: k, plan: ApplicationPlan{
		Application: b.Application.Name, Exists: k.exists, Steps: []Step{}, Problems: []Problem{}, Warnings: []string{}, known: k, print: b,
	}}
	if k.exists {
		p.plan.Application = k.app.Name
	}
	for _, section := range []struct {
		Section
		plan func(context.Context) error
	}{
		{SectionApplication, p.application},
		{SectionExtensions, p.extensions},
		{SectionProvisioning, p.provisioning},
		{SectionCredentials, p.credentials},
		{SectionUsers, p.users},
		{SectionGroups, p.groups},
		{SectionAssignments, p.assignments},
		{SectionValues, p.values},
	} {
		if !m.Selection.holds(section.Section) || !b.names(section.Section) && section.Section != SectionApplication {
			continue
		}
		err := k.failed[section.Section]
		if err == nil {
			err = section.plan(ctx)
		}
		if err != nil && !local(err) {
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
	*known
	b      Blueprint
	plan   ApplicationPlan
	schema schemaPlan
}

func (p *planner) problem(section Section, err error) {
	p.plan.Problems = append(p.plan.Problems, Problem{
		Section: section, Reason: err.Error(), NotPermitted: graph.IsRefusal(err), Err: err,
	})
}

func (p *planner) warn(text string) { p.plan.Warnings = append(p.plan.Warnings, text) }

// step adds a step.
func (p *planner) step(section Section, id string, write Write, s Step) {
	p.plan.Steps = append(p.plan.Steps, s.as(section, id, write))
}

// as completes a step.
func (s Step) as(section Section, id string, write Write) Step {
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
	if p.exists {
		if template.ID == "" {
			return nil
		}
		return apps.SameTemplate(p.app, template)
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
	p.step(SectionApplication, p.b.Application.Name, WriteApplication, Step{
		Subject: "application " + p.b.Application.Name, New: what, WaitsFor: "the provisioning service knows it",
	})
	return nil
}

func number(n int) string { return fmt.Sprint(n) }
