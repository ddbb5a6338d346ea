package planning

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/mappings/history"
	"github.com/scimctl/scimctl/provisioning/blueprint"
	"github.com/scimctl/scimctl/provisioning/credentials"
)

// Apply carries a plan out that [Make] has just made.
type Apply struct {
	Graph     *graph.Client
	Plan      Plan
	Selection blueprint.Selection // with which the plan was made
	Saved     bool                // the plan was reviewed: no step is added to it
	Resolver  Resolver
	History   history.History
	Keeper    credentials.Fingerprints // may be nil
	Report    func(Result)             // told of each step as it ends; may be nil
}

// An Outcome is what became of a step.
type Outcome string

// The outcomes of a step.
const (
	Done    Outcome = "done"
	Failed  Outcome = "failed"
	Skipped Outcome = "skipped" // something that it depends on failed, or the run ended before
)

// A Result is what became of one step.
type Result struct {
	Application string  `json:"application"`
	ID          string  `json:"id"`
	Outcome     Outcome `json:"outcome"`
	Error       string  `json:"error,omitempty"`   // of one that failed
	Because     string  `json:"because,omitempty"` // of one that was skipped
	Step        Step    `json:"-"`
	Err         error   `json:"-"`
}

// Applied is what [Apply] did.
type Applied struct {
	Results  []Result `json:"results"`
	Warnings []string `json:"warnings"`
	Copies   []string `json:"schemaCopies"` // paths of the schemas as they were before
}

// Prepare resolves the credentials that the plan writes, and those that may
// have changed since this machine saved them, whereupon a step comes to the
// plan. Nothing is written yet: the plan that it returns is what to ask about,
// and to hand back.
func (a Apply) Prepare(ctx context.Context) (Plan, error) {
	for i := range a.Plan.Applications {
		if err := a.prepare(ctx, &a.Plan.Applications[i]); err != nil {
			return a.Plan, fmt.Errorf("%s: %w", a.Plan.Applications[i].Application, err)
		}
	}
	return a.Plan, nil
}

// Do carries the steps out. After a failure it goes on with those that do not
// depend on what failed. The error is a [*PartialError] when something was
// done, else what went wrong; running the same file again does the rest.
func (a Apply) Do(ctx context.Context) (Applied, error) {
	done := Applied{Results: []Result{}, Warnings: []string{}, Copies: []string{}}
	if err := a.Plan.Judge(false); err != nil {
		return done, err
	}
	for i := range a.Plan.Applications {
		r := &run{Apply: a, plan: &a.Plan.Applications[i], applied: &done, bad: map[Write]Write{}}
		r.all(ctx)
	}
	return done, done.judge(ctx)
}

// judge is nil when all was done.
func (d Applied) judge(ctx context.Context) error {
	partial := &PartialError{Total: len(d.Results)}
	done := 0
	for _, r := range d.Results {
		switch r.Outcome {
		case Done:
			done++
		case Failed:
			partial.Failed = append(partial.Failed, r)
		case Skipped:
			partial.Skipped++
		}
	}
	switch {
	case len(partial.Failed)+partial.Skipped == 0:
		return nil
	case ctx.Err() != nil:
		return fmt.Errorf("apply: %w", context.Cause(ctx))
	case done == 0 && partial.alike():
		return partial.Failed[0].Err
	}
	return partial
}

// A PartialError says that some steps failed, and others with them.
type PartialError struct {
	Failed  []Result
	Skipped int
	Total   int
}

func (e *PartialError) Error() string {
	parts := []string{fmt.Sprintf("%d of %d changes failed", len(e.Failed), e.Total)}
	if e.Skipped > 0 {
		parts[0] += fmt.Sprintf(", and %d that need them were skipped", e.Skipped)
	}
	told := []error{}
	for _, f := range e.Failed {
		if !slices.ContainsFunc(told, func(err error) bool { return errors.Is(err, f.Err) }) {
			told = append(told, f.Err)
			parts = append(parts, f.Step.Subject+": "+f.Err.Error())
		}
	}
	return strings.Join(parts, "; ")
}

// Unwrap returns the single failures.
func (e *PartialError) Unwrap() []error {
	errs := make([]error, len(e.Failed))
	for i, f := range e.Failed {
		errs[i] = f.Err
	}
	return errs
}

// alike reports whether all failed for one reason.
func (e *PartialError) alike() bool {
	return len(e.Failed) > 0 && !slices.ContainsFunc(e.Failed, func(f Result) bool { return !errors.Is(f.Err, e.Failed[0].Err) })
}
