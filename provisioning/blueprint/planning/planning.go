// Package planning compares blueprints with what there is, and applies the difference.
package planning

import (
	"slices"
	"strings"

	"github.com/scimctl/scimctl/provisioning/blueprint"
)

// kindPlan is the kind of a plan, also of one that is saved.
const kindPlan = "ProvisioningPlan"

// A Plan says what applying a file would change.
type Plan struct {
	APIVersion   string            `json:"apiVersion"`
	Kind         string            `json:"kind"`
	Applications []ApplicationPlan `json:"applications"`
	Permissions  Permissions       `json:"permissions"`
}

// An ApplicationPlan says what would change for one application.
type ApplicationPlan struct {
	Application string    `json:"application"`
	Exists      bool      `json:"exists"`
	Steps       []Step    `json:"steps"`
	Problems    []Problem `json:"problems"` // sections that could not be planned
	Warnings    []string  `json:"warnings"`

	known *State
	print blueprint.Blueprint
}

// A Verb says what a step does.
type Verb string

// What a step can do.
const (
	Add    Verb = "add"
	Change Verb = "change"
	Remove Verb = "remove"
)

// A Step is one difference between a file and what there is.
type Step struct {
	ID       string            `json:"id"` // stays the same: users/mapping/title
	Section  blueprint.Section `json:"section"`
	Verb     Verb              `json:"verb"`
	Subject  string            `json:"subject"` // mapping title
	Old      string            `json:"old,omitempty"`
	New      string            `json:"new,omitempty"`
	Risks    []Risk            `json:"risks"`
	WaitsFor string            `json:"waitsFor,omitempty"` // what takes a while in Entra
	Write    Write             `json:"write"`
	After    []Write           `json:"after"`
}

// A Write is what carries steps out: those of one write are made together.
type Write string

// The writes, in their order.
const (
	WriteApplication Write = "application"
	WriteStop        Write = "stop"
	WriteExtensions  Write = "extensions"
	WriteJob         Write = "job"
	WriteSettings    Write = "settings" // credentials too: the service keeps them together
	WriteSchema      Write = "schema"
	WriteAssignments Write = "assignments"
	WriteValues      Write = "values"
	WriteRemoval     Write = "extensionRemoval"
	WriteStart       Write = "start"
)

// writes are all writes, in the order in which they are carried out.
func writes() []Write {
	return []Write{
		WriteApplication, WriteStop, WriteExtensions, WriteJob, WriteSettings, WriteSchema,
		WriteAssignments, WriteValues, WriteRemoval, WriteStart,
	}
}

// needs are the writes that have to have succeeded before.
func (w Write) needs() []Write {
	switch w {
	case WriteApplication, WriteStop:
		return nil
	case WriteExtensions, WriteJob, WriteAssignments:
		return []Write{WriteApplication}
	case WriteSettings:
		return []Write{WriteApplication, WriteJob}
	case WriteSchema:
		return []Write{WriteApplication, WriteExtensions, WriteJob}
	case WriteValues:
		return []Write{WriteApplication, WriteExtensions}
	case WriteRemoval:
		return []Write{WriteSchema} // which may use them no longer only then
	case WriteStart: // nobody is to be provisioned by half of a set-up
		return []Write{WriteApplication, WriteExtensions, WriteJob, WriteSettings, WriteSchema, WriteValues}
	}
	return nil
}

// A RiskName names a danger. It stays the same.
type RiskName string

// The dangers that a plan marks, beside those of mappings.
const (
	RiskDeletion        RiskName = "deletion"        // something is deleted that does not come back
	RiskLeavingScope    RiskName = "leavingScope"    // people fall out of scope
	RiskEnteringScope   RiskName = "enteringScope"   // people come into scope
	RiskUnassigned      RiskName = "unassigned"      // assignments are taken away
	RiskEveryone        RiskName = "everyone"        // everyone of the tenant is provisioned
	RiskEvaluatedAgain  RiskName = "evaluatedAgain"  // a running job looks at everyone again
	RiskFirstStart      RiskName = "firstStart"      // everyone in scope is provisioned
	RiskCredentialsHost RiskName = "credentialsHost" // people's data goes to another host
	RiskThreshold       RiskName = "threshold"       // deletions are held back less, or the number leaving is beyond it
)

// A Risk is a danger of a step.
type Risk struct {
	Name   RiskName `json:"name"`
	What   string   `json:"what"`             // a clause
	People int      `json:"people,omitempty"` // accounts that it reaches; 0 when none, or not known
	AtMost bool     `json:"atMost,omitempty"` // People is an upper bound
}

// A Problem is why a section could not be planned.
type Problem struct {
	Section      blueprint.Section `json:"section"`
	Reason       string            `json:"reason"`
	NotPermitted bool              `json:"notPermitted,omitempty"`

	Err error `json:"-"`
}

// Permissions are the least that applying the file takes.
type Permissions struct {
	Delegated   []string `json:"delegated"`   // of a signed-in person
	Application []string `json:"application"` // of an application that owns the application and its service principal
}

// Steps counts the steps of all applications.
func (p Plan) Steps() int {
	n := 0
	for _, a := range p.Applications {
		n += len(a.Steps)
	}
	return n
}

// Problems are the sections of all applications that could not be planned.
func (p Plan) Problems() []Problem {
	var all []Problem
	for _, a := range p.Applications {
		all = append(all, a.Problems...)
	}
	return all
}

// Risks are the risks of all steps, each once.
func (a ApplicationPlan) Risks() []Risk {
	var all []Risk
	for _, s := range a.Steps {
		for _, r := range s.Risks {
			if !slices.Contains(all, r) {
				all = append(all, r)
			}
		}
	}
	return all
}

// has reports whether any step belongs to a write.
func (a ApplicationPlan) has(w Write) bool {
	return slices.ContainsFunc(a.Steps, func(s Step) bool { return s.Write == w })
}

// A DiffersError says that a plan is not empty.
type DiffersError struct{ Steps int }

func (e *DiffersError) Error() string {
	if e.Steps == 1 {
		return "the tenant differs from the file: 1 change"
	}
	return "the tenant differs from the file: " + number(e.Steps) + " changes"
}

// An IncompleteError says that sections could not be planned.
type IncompleteError struct{ Problems []Problem }

func (e *IncompleteError) Error() string {
	parts := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		parts[i] = string(p.Section) + ": " + p.Reason
	}
	return strings.Join(parts, "; ")
}

// Unwrap returns what was said of each section.
func (e *IncompleteError) Unwrap() []error {
	errs := make([]error, len(e.Problems))
	for i, p := range e.Problems {
		errs[i] = p.Err
	}
	return errs
}

// Judge is nil for a plan that is whole and, when differences count, empty.
func (p Plan) Judge(differences bool) error {
	if problems := p.Problems(); len(problems) > 0 {
		return &IncompleteError{Problems: problems}
	}
	if n := p.Steps(); differences && n > 0 {
		return &DiffersError{Steps: n}
	}
	return nil
}
