// Package doctor finds out who is signed in, what they may do, and what is
// missing.
package doctor

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/graph/parallel"
	"github.com/scimctl/scimctl/graph/remedy"
	"github.com/scimctl/scimctl/graph/words"
)

// A Doctor looks whether commands can work: as whom they are signed in, what
// Graph lets them do, and what else they depend on. It changes nothing.
type Doctor struct {
	Graph    *graph.Client
	App      string                       // name or id; "" leaves out what takes an application
	Commands map[string][]graph.Operation // what each command asks of Graph, by its name
	Consent  func(scopes []string) string // where an administrator consents for a person; may be nil
	Web      http.RoundTripper            // to the tenant URL; nil does not try it
	Version  string                       // of scimctl, to be told
}

// A Condition is how a check ended.
type Condition string

// The results.
const (
	ConditionOK         Condition = "ok"
	ConditionWarning    Condition = "warning" // works, or works in part
	ConditionFailed     Condition = "failed"  // something that is needed is missing
	ConditionNotChecked Condition = "notChecked"
)

// A Diagnosis is what came of one thing that was looked at.
type Diagnosis struct {
	Name       string      `json:"check"`
	Condition  Condition   `json:"condition"`
	Detail     string      `json:"detail"`            // a sentence
	Remedy     remedy.List `json:"remedy,omitempty"`  // what to do
	Missing    []string    `json:"missing,omitempty"` // permissions of Graph
	ConsentURL string      `json:"adminConsentUrl,omitempty"`
}

// A Error says that checks failed.
type Error struct {
	Failed []string // the names of the checks
	Err    error    // why Graph was not reached; nil when it was
}

func (e *Error) Error() string {
	if len(e.Failed) == 1 {
		return "something that is needed is missing: " + e.Failed[0]
	}
	return fmt.Sprintf("something that is needed is missing in %d checks: %s", len(e.Failed), strings.Join(e.Failed, ", "))
}

// Unwrap returns why Graph was not reached.
func (e *Error) Unwrap() error { return e.Err }

// patient is what the checks look at.
type patient struct {
	Doctor
	who graph.Identity
	app applications.App // zero without one
}

// Do returns the checks, from the sign-in on. When some failed, a
// [*Error] comes with them. An application that does not exist, or a
// sign-in that comes to nothing, is an error alone.
func (d Doctor) Do(ctx context.Context) ([]Diagnosis, error) {
	who, err := d.Graph.Identity(ctx)
	if err != nil {
		return nil, err
	}
	p := &patient{Doctor: d, who: who}
	checks := []Diagnosis{{Name: "version", Condition: ConditionOK, Detail: d.Version}, p.signIn(), p.token()}
	reach, clock, down := p.reach(ctx)
	checks = append(checks, reach, clock)
	if down != nil {
		return checks, judged(checks, down)
	}
	found, err := p.find(ctx)
	if err != nil {
		return nil, err
	}
	checks = append(checks, found...)
	more, err := parallel.Map(ctx, []func(context.Context) []Diagnosis{
		p.roles, p.licences, p.owner, p.jobs, p.tenantURL, p.commands,
	}, func(ctx context.Context, look func(context.Context) []Diagnosis) ([]Diagnosis, error) {
		return look(ctx), ctx.Err()
	})
	if err != nil {
		return nil, err
	}
	for _, some := range more {
		checks = append(checks, some...)
	}
	return checks, judged(checks, nil)
}

func judged(checks []Diagnosis, down error) error {
	var failed []string
	for _, check := range checks {
		if check.Condition == ConditionFailed {
			failed = append(failed, check.Name)
		}
	}
	if len(failed) == 0 {
		return nil
	}
	return &Error{Failed: failed, Err: down}
}

// find looks for the application; one that may not be looked for is a check
// that failed.
func (p *patient) find(ctx context.Context) ([]Diagnosis, error) {
	if p.App == "" {
		return nil, nil
	}
	app, err := applications.FindRegistration(ctx, p.Graph, p.App)
	if graph.IsRefusal(err) {
		return []Diagnosis{{Name: "application", Condition: ConditionFailed, Detail: sentence(err), Missing: p.who.Lacks(graph.OpReadApps)}}, nil
	}
	p.app = app
	return nil, err
}

// unchecked tells why a check could not be made.
func unchecked(name string, err error, advice ...string) Diagnosis {
	return Diagnosis{Name: name, Condition: ConditionNotChecked, Detail: sentence(err), Remedy: remedy.Advice(advice...)}
}

// sentence is an error as a check says it.
func sentence(err error) string { return words.Capitalize(err.Error()) }
