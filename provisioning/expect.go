package provisioning

import (
	"fmt"
	"strings"
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
