package cmd

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/cmd/internal/iostreams"
)

// ExitCode is what the shell gets.
type ExitCode int

// The exit codes. They are a promise: scripts decide by them.
const (
	ExitOK          ExitCode = 0
	ExitFailure     ExitCode = 1
	ExitDiffers     ExitCode = 2
	ExitAuth        ExitCode = 3
	ExitNotFound    ExitCode = 4
	ExitConflict    ExitCode = 5
	ExitPartial     ExitCode = 6
	ExitUnavailable ExitCode = 7
	ExitUnexpected  ExitCode = 8
	ExitAttention   ExitCode = 9
	ExitUsage       ExitCode = 64
	ExitInterrupted ExitCode = 130
)

// Meaning is what a code says, for the help.
func (c ExitCode) Meaning() string {
	return map[ExitCode]string{
		ExitOK:          "done, also when there was nothing to do",
		ExitFailure:     "failed",
		ExitDiffers:     "differences found",
		ExitAuth:        "not signed in, or not permitted",
		ExitNotFound:    "not found, or several of one name",
		ExitConflict:    "conflict: it exists otherwise, someone else changed it, or the service dropped a secret",
		ExitPartial:     "part of many changes failed",
		ExitUnavailable: "throttled, unavailable or not yet replicated after all waiting",
		ExitUnexpected:  "provisioning on demand did not reach the expected state",
		ExitAttention:   "needs attention: quarantine, a token near its end, or more changes than --max-changes",
		ExitUsage:       "wrong usage, or a question that could not be asked",
		ExitInterrupted: "interrupted",
	}[c]
}

func exitCodes() []ExitCode {
	return []ExitCode{
		ExitOK, ExitFailure, ExitDiffers, ExitAuth, ExitNotFound, ExitConflict, ExitPartial,
		ExitUnavailable, ExitUnexpected, ExitAttention, ExitUsage, ExitInterrupted,
	}
}

// Advice is what scimctl makes of an error: what the shell gets, and what to do.
type Advice struct {
	Code ExitCode
	Hint string         // something to do, best a command; may be ""
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

// advise finds what to do about an error.
func advise(err error) Advice {
	for _, try := range rules() {
		if advice, ok := try(err); ok {
			return advice
		}
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return Advice{Code: ExitUnavailable}
	}
	return Advice{Code: ExitFailure}
}

// isUsage tells whether the user has to write the command otherwise.
func isUsage(err error) bool { return advise(err).Code == ExitUsage }

// explain tells the user of an error, and the shell its code.
func explain(io *iostreams.Streams, asJSON bool, err error) ExitCode {
	advice := advise(err)
	if asJSON {
		explainJSON(io, advice, err)
		return advice.Code
	}
	if _, shown := errors.AsType[*shownError](err); shown {
		return advice.Code
	}
	style := io.ErrStyle()
	fmt.Fprintf(io.Err, "%s %s\n", style.Red("scimctl:"), iostreams.Harmless(strings.TrimSpace(err.Error())))
	if place, ok := errors.AsType[interface {
		error
		Excerpt() string
	}](err); ok && place.Excerpt() != "" {
		fmt.Fprintln(io.Err, place.Excerpt())
	}
	if advice.Hint != "" {
		fmt.Fprintf(io.Err, "%s %s\n", style.Bold("hint:"), iostreams.Harmless(advice.Hint))
	}
	return advice.Code
}

// explainJSON writes one object on one line, its fixed members first.
func explainJSON(io *iostreams.Streams, advice Advice, err error) {
	members := []member{{"error", strings.TrimSpace(err.Error())}, {"code", int(advice.Code)}}
	if advice.Hint != "" {
		members = append(members, member{"hint", advice.Hint})
	}
	members = append(members, sorted(advice.More)...)
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if e.Encode(object(members)) == nil {
		fmt.Fprint(io.Err, b.String())
	}
}
