// Package exit decides what becomes of an error: the code that the shell gets, and what to do about it.
package exit

import (
	"context"
	"errors"
	"slices"

	"github.com/scimctl/scimctl/graph/bounds"
	"github.com/scimctl/scimctl/graph/failure"
	"github.com/scimctl/scimctl/graph/remedy"
)

// Code is what the shell gets.
type Code int

// The exit codes. They are a promise: scripts decide by them.
const (
	OK          Code = 0
	Failure     Code = 1
	Differs     Code = 2
	Auth        Code = 3
	NotFound    Code = 4
	Conflict    Code = 5
	Partial     Code = 6
	Unavailable Code = 7
	Unexpected  Code = 8
	Attention   Code = 9
	Usage       Code = 64
	Crash       Code = 70
	Interrupted Code = 130
)

// Meaning is what a code says, for the help.
func (c Code) Meaning() string {
	return map[Code]string{
		OK:          "done, also when there was nothing to do",
		Failure:     "failed",
		Differs:     "differences found",
		Auth:        "not signed in, or not permitted",
		NotFound:    "not found, or several of one name",
		Conflict:    "conflict: it exists otherwise, someone else changed it, or the service dropped a secret",
		Partial:     "part of many changes failed",
		Unavailable: "throttled, unavailable or not yet replicated after all waiting",
		Unexpected:  "provisioning on demand did not reach the expected state",
		Attention:   "needs attention: quarantine, a token near its end, or more changes than --max-changes",
		Usage:       "wrong usage, or a question that could not be asked",
		Crash:       "crashed: what was done is not known",
		Interrupted: "interrupted",
	}[c]
}

func Codes() []Code {
	return []Code{
		OK, Failure, Differs, Auth, NotFound, Conflict, Partial,
		Unavailable, Unexpected, Attention, Usage, Crash, Interrupted,
	}
}

// Advice is what scimctl makes of an error: what the shell gets, and what to do.
type Advice struct {
	Code Code
	Hint remedy.List    // what to do; may be empty
	More map[string]any // further members of the error as JSON; may be nil
}

// A rule gives advice for one type of error.
type rule func(error) (Advice, bool)

// on makes a rule for errors that are, or wrap, an E.
func on[E error](advise func(E) Advice) rule {
	return func(err error) (Advice, bool) {
		e, ok := errors.AsType[E](err)
		if !ok {
			return Advice{}, false
		}
		return advise(e), true
	}
}

// rules are looked at in order. A type that wraps others comes before them.
func rules() []rule {
	return slices.Concat(toolRules(), sandboxRules(), blueprintRules(), provisioningRules(), schemaRules(), expressionRules(), graphRules(), fileRules())
}

// adviseFailure has the code of the kind.
func adviseFailure(f *failure.Failure) Advice {
	code, known := map[failure.Kind]Code{
		failure.Attention: Attention, failure.Differs: Differs, failure.NotFound: NotFound, failure.Conflict: Conflict, failure.Invalid: Usage,
	}[f.Kind]
	if !known {
		code = Failure
	}
	return Advice{Code: code, Hint: f.Remedy}
}

// Advise finds what to do about an error.
func Advise(err error) Advice {
	advice := adviseByRule(err)
	if e, ok := errors.AsType[*bounds.Error](err); ok && e.Liftable {
		advice.Hint = append(advice.Hint, remedy.Advise("--no-limits lifts this limit"))
	}
	return advice
}

func adviseByRule(err error) Advice {
	f, isFailure := errors.AsType[*failure.Failure](err)
	for _, try := range rules() {
		advice, ok := try(err)
		if !ok {
			continue
		}
		if isFailure {
			if _, within := try(f); within { // the failure is about what it wraps
				return adviseFailure(f)
			}
		}
		return advice
	}
	if isFailure {
		return adviseFailure(f)
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return Advice{Code: Unavailable}
	}
	return Advice{Code: Failure}
}

// IsUsage tells whether the user has to write the command otherwise.
func IsUsage(err error) bool { return Advise(err).Code == Usage }
