package provisioning

import (
	"errors"
	"slices"

	"github.com/scimctl/scimctl/mappings"
	"github.com/scimctl/scimctl/provisioning/engine"
)

// evaluate decides as the service does.
func (q *inquiry) evaluate() error {
	q.report.App = describe(q.app)
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
	v.made.Scope, v.made.SkipDeletions = q.report.Scope, q.report.SkipLeaving
	v.access.SyncAll = q.report.Scope == ScopeAll
	for _, row := range q.rows {
		if !q.cannotAssign(row.PrincipalID) {
			v.assign(q.app, row)
		}
	}
	if err := v.evaluate(); err != nil {
		return err
	}
	q.report.InScope, q.report.Undecided, q.report.Attributes = v.made.InScope, v.made.Undecided, v.made.Attributes
	for _, target := range v.rules.MatchingTargets(engine.User) {
		i := slices.IndexFunc(v.made.Attributes, func(a PreviewedAttribute) bool { return a.Target == target })
		if i >= 0 {
			q.report.Matching = append(q.report.Matching, v.made.Attributes[i])
		}
	}
	return q.tellFilters()
}

func (q *inquiry) tellJob() error {
	object, err := q.schema.Object(mappings.User)
	if err != nil {
		return err
	}
	job := *q.job
	q.report.Job = &UserJob{
		AppJob: jobView(job), Running: job.Running(), Mapped: object.Enabled(), Actions: object.Actions(),
		Credentials: q.settings.holdCredentials(), LastCycle: lastCycle(job.Status.LastExecution), NextCycle: nextCycle(job),
		Progress: append(job.Status.Progress[:0:0], job.Status.Progress...), Quarantine: quarantineOf(job),
	}
	return nil
}

// tellFilters says what each clause came to. A filter that cannot be evaluated
// has been told of.
func (q *inquiry) tellFilters() error {
	d, err := q.view.rules.Decide(q.view.subject, q.view.access)
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
		Values: append([]string{}, c.Values...), Has: append([]string{}, q.view.subject.Attributes[c.Attribute]...),
		Unknown: slices.Contains(q.view.unknown, c.Attribute),
	}
}
