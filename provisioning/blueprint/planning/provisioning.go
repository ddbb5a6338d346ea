package planning

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/graph/directory"
	"github.com/scimctl/scimctl/provisioning/blueprint"
	"github.com/scimctl/scimctl/provisioning/credentials"
	"github.com/scimctl/scimctl/provisioning/job"
)

// settingsWanted are what the file says of settings.
func settingsWanted(p *blueprint.Provisioning) credentials.ChangeSettings {
	if p == nil {
		return credentials.ChangeSettings{}
	}
	change := credentials.ChangeSettings{
		Scope: p.Scope, Notify: p.Notify, NoNotify: p.Notify != nil && len(p.Notify) == 0,
		SkipOutOfScopeDeletions: p.SkipOutOfScopeDeletions,
	}
	if change.NoNotify {
		change.Notify = nil
	}
	if p.DeleteThreshold != nil {
		change.DeleteThreshold = new(int(*p.DeleteThreshold))
	}
	return change
}

// provisioning is the job, and its settings.
func (p *planner) provisioning(ctx context.Context) error {
	if p.Job == nil {
		what, err := p.jobToMake(ctx)
		if err != nil {
			return err
		}
		p.step(blueprint.SectionProvisioning, "job", WriteJob, Step{Subject: "provisioning job", New: what})
		if len(p.Jobs) > 0 {
			p.warn(fmt.Sprintf("%s has another provisioning job, of the template %s, with the same credentials and settings", p.App.Name, p.Jobs[0].TemplateID))
		}
	}
	before, after, err := settingsWanted(p.b.Provisioning).Over(p.Secrets)
	if err != nil {
		return err
	}
	for _, c := range settingChanges(before, after) {
		if c.risks != nil {
			if c.Risks, err = c.risks(ctx, p); err != nil {
				return err
			}
		}
		if p.Job == nil && p.Secrets == nil { // nothing is set yet
			c.Verb, c.Old = Add, ""
		}
		p.step(blueprint.SectionProvisioning, c.Subject, WriteSettings, c.Step)
	}
	return nil
}

// jobToMake says of which template the job is going to be. Those of an
// application that does not exist are not known.
func (p *planner) jobToMake(ctx context.Context) (string, error) {
	template := p.b.Provisioning.Template
	if p.Exists {
		var err error
		if template, err = (job.MakeJob{Graph: p.Graph, App: p.App, TemplateID: template}).Template(ctx); err != nil {
			return "", err
		}
	}
	if template == "" {
		return "of the template that fits the application", nil
	}
	return "of the template " + template, nil
}

// A settingChange is a step with what finds out its dangers.
type settingChange struct {
	Step
	risks func(context.Context, *planner) ([]Risk, error)
}

// settingChanges are the settings that differ, in the words of a file.
func settingChanges(before, after credentials.Settings) []settingChange {
	all := []settingChange{
		{Step: Step{Subject: "scope", Old: string(before.Scope), New: string(after.Scope)}, risks: scopeRisks(before.Scope, after.Scope)},
		{Step: Step{Subject: "notify", Old: notified(before), New: notified(after)}},
		{Step: Step{Subject: "deleteThreshold", Old: heldBack(before), New: heldBack(after)}, risks: thresholdRisks(before, after)},
		{Step: Step{Subject: "skipOutOfScopeDeletions", Old: fmt.Sprint(before.SkipOutOfScopeDeletions), New: fmt.Sprint(after.SkipOutOfScopeDeletions)}},
	}
	return slices.DeleteFunc(all, func(c settingChange) bool { return c.Old == c.New })
}

func notified(s credentials.Settings) string {
	if !s.NotifyEnabled || len(s.Notify) == 0 {
		return "nobody"
	}
	return strings.Join(s.Notify, ", ")
}

func heldBack(s credentials.Settings) string {
	if !s.DeleteThresholdEnabled {
		return "off"
	}
	return fmt.Sprint(s.DeleteThreshold)
}

func scopeRisks(before, after credentials.Scope) func(context.Context, *planner) ([]Risk, error) {
	switch {
	case after == before:
	case after == credentials.ScopeAll:
		return func(ctx context.Context, p *planner) ([]Risk, error) {
			people, err := directory.CountUsers(ctx, p.Graph)
			return []Risk{{Name: RiskEveryone, What: "every user of the tenant is provisioned, assigned or not", People: people}}, Optional(err)
		}
	case before == credentials.ScopeAll:
		return func(ctx context.Context, p *planner) ([]Risk, error) { return p.leavingAll(ctx) }
	}
	return nil
}

func thresholdRisks(before, after credentials.Settings) func(context.Context, *planner) ([]Risk, error) {
	what := ""
	switch {
	case before.DeleteThresholdEnabled && !after.DeleteThresholdEnabled:
		what = "any number of deletions goes through in one cycle"
	case before.DeleteThresholdEnabled && after.DeleteThreshold > before.DeleteThreshold:
		what = fmt.Sprintf("up to %d deletions go through in one cycle, instead of %d", after.DeleteThreshold, before.DeleteThreshold)
	default:
		return nil
	}
	return func(context.Context, *planner) ([]Risk, error) { return []Risk{{Name: RiskThreshold, What: what}}, nil }
}

// Optional is an error that is more than a part which may not be read: a number
// that is not known stands for itself.
func Optional(err error) error {
	if IsLocal(err) {
		return nil
	}
	return err
}

// leavingAll counts who is provisioned only because everyone is.
func (p *planner) leavingAll(ctx context.Context) ([]Risk, error) {
	everyone, err := directory.CountUsers(ctx, p.Graph)
	if err != nil {
		return nil, Optional(err)
	}
	rows, err := p.assignedNow(ctx)
	if err != nil {
		return nil, err
	}
	assigned, err := p.reach(ctx, rows)
	return []Risk{{
		Name: RiskLeavingScope, People: max(0, everyone-assigned.Users),
		What: "who is not assigned falls out of scope, and is deprovisioned when provisioning is restarted",
	}}, err
}

func (p *planner) wantsAssignments() bool {
	return p.Selection.Holds(blueprint.SectionAssignments) && p.b.Assignments != nil && p.Failed[blueprint.SectionAssignments] == nil
}
