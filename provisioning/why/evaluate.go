package why

import (
	"errors"
	"slices"

	"github.com/scimctl/scimctl/mappings/schema"
	"github.com/scimctl/scimctl/provisioning"
	"github.com/scimctl/scimctl/provisioning/credentials"
	"github.com/scimctl/scimctl/provisioning/engine"
	"github.com/scimctl/scimctl/provisioning/evaluate"
	"github.com/scimctl/scimctl/provisioning/job"
)

// evaluate decides as the service does.
func (q *inquiry) evaluate() error {
	q.report.App = provisioning.Describe(q.app)
	if q.job == nil {
		return nil
	}
	if err := q.tellJob(); err != nil {
		return err
	}
	if q.view == nil {
		return nil
	}
	v := q.view
	v.Made.Scope, v.Made.SkipDeletions = q.report.Scope, q.report.SkipLeaving
	v.Access.SyncAll = q.report.Scope == credentials.ScopeAll
	for _, row := range q.rows {
		if !q.cannotAssign(row.PrincipalID) {
			v.Assign(q.app, row)
		}
	}
	if err := v.Evaluate(); err != nil {
		return err
	}
	q.report.InScope, q.report.Undecided, q.report.Attributes = v.Made.InScope, v.Made.Undecided, v.Made.Attributes
	for _, target := range v.Rules.MatchingTargets(engine.User) {
		i := slices.IndexFunc(v.Made.Attributes, func(a evaluate.PreviewAttribute) bool { return a.Target == target })
		if i >= 0 {
			q.report.Matching = append(q.report.Matching, v.Made.Attributes[i])
		}
	}
	return q.tellFilters()
}

func (q *inquiry) tellJob() error {
	object, err := q.schema.Object(schema.User)
	if err != nil {
		return err
	}
	found := *q.job
	q.report.Job = &Job{
		View: job.ViewOf(found), Running: found.Running(), Mapped: object.Enabled(), Actions: object.Actions(),
		Credentials: q.settings.HoldCredentials(), LastCycle: job.LastCycle(found.Status.LastExecution), NextCycle: job.NextCycle(found),
		Progress: append(found.Status.Progress[:0:0], found.Status.Progress...), Quarantine: job.QuarantineOf(found),
	}
	return nil
}

// tellFilters says what each clause came to. A filter that cannot be evaluated
// has been told of.
func (q *inquiry) tellFilters() error {
	d, err := q.view.Rules.Decide(q.view.Subject, q.view.Access)
	if _, unsupported := errors.AsType[*engine.UnsupportedFilterError](err); err != nil && !unsupported && q.report.Undecided == "" {
		return err
	}
	q.decision = d
	for _, c := range d.InputClauses {
		q.report.Filters = append(q.report.Filters, q.answer(c, true))
	}
	for _, c := range d.Clauses {
		q.report.Filters = append(q.report.Filters, q.answer(c, false))
	}
	return nil
}

func (q *inquiry) answer(c engine.ClauseResult, input bool) FilterAnswer {
	return FilterAnswer{
		Filter: c.Filter, Input: input, Attribute: c.Attribute, Operator: c.Operator, Passed: c.Passed,
		Values: append([]string{}, c.Values...), Has: append([]string{}, q.view.Subject.Attributes[c.Attribute]...),
		Unknown: slices.Contains(q.view.Unknown, c.Attribute),
	}
}
