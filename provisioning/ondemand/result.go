package ondemand

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/scimctl/scimctl/provisioning/logs"
)

// An Expectation is the state that provisioning on demand should reach.
type Expectation string

// The expectations. The empty one depends on the person: provisioned, or for
// one who is not assigned a deprovisioning that really happened.
const (
	ExpectDefault       Expectation = ""
	ExpectProvisioned   Expectation = "provisioned"   // created, updated or equal already
	ExpectDeprovisioned Expectation = "deprovisioned" // disabled or deleted
	ExpectSkipped       Expectation = "skipped"
)

// ParseExpectation reads an expectation; the error names those there are.
func ParseExpectation(text string) (Expectation, error) {
	switch e := Expectation(text); e {
	case ExpectDefault, ExpectProvisioned, ExpectDeprovisioned, ExpectSkipped:
		return e, nil
	}
	return "", fmt.Errorf("%q is not provisioned, deprovisioned or skipped", text)
}

// A NotReachedError says that provisioning on demand was carried out, and did
// not reach what was expected.
type NotReachedError struct {
	Expected Expectation
	App      string
	Result   Result
}

func (e *NotReachedError) Error() string {
	parts := []string{fmt.Sprintf("%s is not %s in %s: the service answered %s", e.Result.Subject, e.wanted(), e.App, e.Result.State)}
	if e.Result.Code != "" {
		parts[0] += " (" + e.Result.Code + ")"
	}
	for _, part := range []string{e.Result.Reason, e.Result.RecommendedAction} {
		if part != "" {
			parts = append(parts, strings.TrimRight(part, "."))
		}
	}
	return strings.Join(parts, "; ")
}

// Unassigned reports whether it is the missing assignment that keeps somebody
// out: a failure has other causes.
func (e *NotReachedError) Unassigned() bool {
	if e.Result.Assigned || e.Result.asleep() || e.Expected == ExpectDeprovisioned {
		return false
	}
	return e.Result.State == Skipped || e.Expected == ExpectProvisioned && e.Result.deprovisioned()
}

func (e *NotReachedError) wanted() string {
	switch {
	case e.Expected != ExpectDefault:
		return string(e.Expected)
	case e.Result.Assigned || e.Result.State == Skipped:
		return string(ExpectProvisioned)
	}
	return string(ExpectDeprovisioned)
}

// check compares a result with what was expected.
func (e Expectation) check(app string, r Result) error {
	reached := false
	switch e {
	case ExpectProvisioned:
		reached = r.provisioned() && !r.deprovisioned()
	case ExpectDeprovisioned:
		reached = r.deprovisioned()
	case ExpectSkipped:
		reached = r.State == Skipped
	case ExpectDefault:
		reached = r.provisioned() || !r.Assigned && r.deprovisioned()
	}
	if reached {
		return nil
	}
	return &NotReachedError{Expected: e, App: app, Result: r}
}

// An Outcome is what became of somebody, in one word.
type Outcome string

// The outcomes of provisioning on demand.
const (
	Created      Outcome = "created"
	Updated      Outcome = "updated"
	Disabled     Outcome = "disabled"
	Deleted      Outcome = "deleted"
	AlreadyEqual Outcome = "alreadyEqual" // nothing had to be sent
	Succeeded    Outcome = "succeeded"    // the service says no more than that
	Skipped      Outcome = "skipped"      // Code says why
	Failed       Outcome = "failed"       // Code, Reason and RecommendedAction say why
)

// Result is what the service did for one user or group, and how.
type Result struct {
	Subject           string   `json:"subject"`         // as asked for
	State             Outcome  `json:"state,omitempty"` // "" when nothing was sent, in a dry run
	Code              string   `json:"code,omitempty"`
	Reason            string   `json:"reason,omitempty"`
	RecommendedAction string   `json:"recommendedAction,omitempty"`
	Source            Identity `json:"source"`
	Target            Identity `json:"target"`
	Changes           []Change `json:"changes"`
	Steps             []Step   `json:"steps"`
	NotExported       []string `json:"notExported"` // mapped attributes with a value that a create left out
	WrittenBack       []string `json:"writtenBack"` // attributes to which an older value was sent first, as the service saw it then
	Assigned          bool     `json:"assigned"`    // in scope by assignment, as far as was looked
	Runs              int      `json:"runs"`        // how often the service was asked
	Reached           bool     `json:"reached"`     // it is as expected

	ChangeID string    `json:"changeId,omitempty"` // as in the provisioning logs
	Ended    time.Time `json:"ended,omitzero"`
	LogID    string    `json:"logId,omitempty"` // of the entry in the logs, when it was waited for
	Error    string    `json:"error,omitempty"` // why nothing is known of one of several
}

// An Identity is an object in one of the two systems.
type Identity struct {
	ID          string `json:"id,omitempty"`
	Type        string `json:"type,omitempty"`
	DisplayName string `json:"displayName,omitempty"`
	System      string `json:"system,omitempty"`
}

// A Change is an attribute that was sent to the application.
type Change struct {
	Attribute string `json:"attribute"`
	Old       string `json:"old,omitempty"` // "" when there was none
	New       string `json:"new,omitempty"`
}

// A Step is one of the service's steps.
type Step struct {
	Name        string            `json:"name"`
	Type        string            `json:"type"`   // Import, Matching, Scoping, Export, …
	Status      string            `json:"status"` // Success, Skipped, Failure, Warning
	Description string            `json:"description"`
	Time        time.Time         `json:"time,omitzero"`
	Details     map[string]string `json:"details"` // values as the service writes them: "True", not true
}

// imported are the source attributes as the service saw them last.
func (r Result) imported() map[string]string {
	for _, step := range slices.Backward(r.Steps) {
		if step.Type == "Import" {
			return step.Details
		}
	}
	return nil
}

// unassigned reports whether the service found the subject not to be assigned.
// The names of the details differ by age:
// https://learn.microsoft.com/entra/identity/app-provisioning/provision-on-demand.
func (r Result) unassigned() bool {
	for _, step := range slices.Backward(r.Steps) {
		if step.Type != "Scoping" {
			continue
		}
		for _, name := range []string{"Assigned to the application", "Assigned"} {
			if assigned, said := step.Details[name]; said {
				return strings.EqualFold(assigned, "false")
			}
		}
	}
	return r.Code == "NotEffectivelyEntitled"
}

// asleep reports whether the account in Entra is disabled or deleted, so that
// no assignment would help.
func (r Result) asleep() bool {
	for _, step := range r.Steps {
		for _, name := range []string{"Active in the source system", "IsActive"} {
			if step.Type == "Scoping" && strings.EqualFold(step.Details[name], "false") {
				return true
			}
		}
	}
	return false
}

// inactive reports whether the account in the application was disabled before.
func (r Result) inactive() bool {
	for _, step := range r.Steps {
		if step.Type == "Matching" && strings.EqualFold(step.Details["active"], "false") {
			return true
		}
	}
	return false
}

// provisioned reports whether the account is there and equal.
func (r Result) provisioned() bool {
	switch r.State {
	case Created, Updated, AlreadyEqual, Succeeded:
		return true
	case Disabled, Deleted, Skipped, Failed:
	}
	return false
}

// deprovisioned reports whether the account is disabled or gone.
func (r Result) deprovisioned() bool {
	return r.State == Disabled || r.State == Deleted || r.State == AlreadyEqual && r.inactive()
}

// after is one run's result with an earlier one's: both happened. The later one
// says how it ended, unless it had nothing to do, or completed a create. An
// earlier run that changed nothing leaves no trace.
func (r Result) after(earlier Result) Result {
	r.Runs += earlier.Runs
	if len(earlier.Changes) == 0 {
		return r
	}
	if r.State == AlreadyEqual || r.State == Updated && earlier.State == Created {
		r.State, r.Code, r.Reason, r.RecommendedAction = earlier.State, "", "", ""
	}
	r.Steps = append(append([]Step{}, earlier.Steps...), r.Steps...)
	later := r.Changes
	r.Changes, r.WrittenBack = append([]Change{}, earlier.Changes...), append([]string{}, earlier.WrittenBack...)
	for _, change := range later {
		r.change(change)
	}
	return r
}

// change notes a change, one of each attribute from what it was at first. What
// goes there and back again is none.
func (r *Result) change(c Change) {
	i := indexChange(r.Changes, c.Attribute)
	switch {
	case i < 0 && c.Old == c.New:
	case i < 0:
		r.Changes = append(r.Changes, c)
	case r.Changes[i].Old == c.New:
		r.Changes = slices.Delete(r.Changes, i, i+1)
		r.WrittenBack = append(r.WrittenBack, c.Attribute)
	default:
		r.Changes[i].New = c.New
	}
}

func indexChange(changes []Change, attribute string) int {
	for i, change := range changes {
		if strings.EqualFold(change.Attribute, attribute) {
			return i
		}
	}
	return -1
}

// remedy is what to do about the code when the service recommends nothing. See
// https://learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-log-analytics
// and https://learn.microsoft.com/entra/identity/app-provisioning/provision-on-demand.
func (r Result) remedy() string {
	switch r.Code {
	case "NotEffectivelyEntitled":
		if r.asleep() {
			return "enable the user's account in Entra, or restore it: an account that is off is not provisioned"
		}
		return "assign the user, or a group whose direct member they are"
	case "Conflict", "EntryConflict":
		return "another account in the application has this value: change one of them, or the matching attribute"
	case "DuplicateTargetEntries":
		return "several accounts in the application fit the matching attribute: make it unique there"
	case "DuplicateSourceEntries":
		return "several users fit the matching attribute: make it unique in Entra"
	case "ImportSkipped":
		return "give the user a value for the matching attribute"
	case "InvalidAnchor":
		return "the linked account is gone from the application: restart provisioning with reset scope Full"
	case "SchemaAttributeNotFound":
		return "a mapped attribute does not exist in the application: remove its mapping"
	case "InsufficientRights", "NotPermitted", "Unauthorized", "MethodNotAllowed":
		return "give the token's owner in the application the right to manage users"
	case "MandatoryFieldsMissing", "MissingValues":
		return "give the user a value for each attribute that the application requires"
	case "TooManyRequests", "Timeout", "InternalServerError", "InternalError", "WebExceptionProtocolError":
		return "the application is slow or at fault: try again later"
	case "LicenseLimitExceeded":
		return "the application has no licence left"
	case logs.ScimPrefix + "BadRequest", "UnprocessableEntity":
		if r.switches() {
			return logs.OnDemandText
		}
	case "SystemForCrossDomainIdentityManagementInvalidCredentials", "SystemForCrossDomainIdentityManagementCredentialValidationFailure":
		return "set the credentials again"
	}
	return ""
}

// switches reports whether an account that was there was to be disabled or
// enabled.
func (r Result) switches() bool {
	i := indexChange(r.Changes, "active")
	return i >= 0 && r.Changes[i].Old != ""
}
