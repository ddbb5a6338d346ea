package planning

import (
	"context"
)

// run applies one application's plan.
type run struct {
	Apply
	plan    *ApplicationPlan
	applied *Applied
	bad     map[Write]Write // what failed or was skipped, with the write that failed first
}

func (r *run) all(ctx context.Context) {
	for _, w := range writes() {
		if !r.plan.has(w) {
			continue
		}
		if blame, skip := r.blocked(w); skip {
			r.skip(w, "it needs what failed: "+string(blame))
			r.bad[w] = blame
			continue
		}
		if ctx.Err() != nil {
			r.skip(w, "the run was ended before")
			r.bad[w] = w
			continue
		}
		r.carryOut(ctx, w)
	}
}

// blocked tells which failure keeps a write from being made.
func (r *run) blocked(w Write) (blame Write, skip bool) {
	for _, need := range w.needs() {
		if blame, failed := r.bad[need]; failed {
			return blame, true
		}
	}
	return "", false
}

// carryOut makes a write. Its error is that of all its steps, but for steps
// that have errors of their own.
func (r *run) carryOut(ctx context.Context, w Write) {
	own, err := r.write(ctx, w)
	for _, s := range r.plan.Steps {
		if s.Write != w {
			continue
		}
		failure := err
		if failure == nil {
			failure = own[s.ID]
		}
		result := Result{Application: r.plan.Application, ID: s.ID, Step: s, Outcome: Done, Err: failure}
		if failure != nil {
			result.Outcome, result.Error = Failed, failure.Error()
			r.bad[w] = w
		}
		r.tell(result)
	}
}

func (r *run) skip(w Write, because string) {
	for _, s := range r.plan.Steps {
		if s.Write == w {
			r.tell(Result{Application: r.plan.Application, ID: s.ID, Step: s, Outcome: Skipped, Because: because})
		}
	}
}

func (r *run) tell(result Result) {
	r.applied.Results = append(r.applied.Results, result)
	if r.Report != nil {
		r.Report(result)
	}
}
