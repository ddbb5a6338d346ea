package cli

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/cmd/internal/iostreams"
	"github.com/scimctl/scimctl/cmd/internal/output"
	"github.com/scimctl/scimctl/graph/bounds"
	"github.com/scimctl/scimctl/graph/remedy"
	"github.com/scimctl/scimctl/graph/safetext"
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
	ExitCrash       ExitCode = 70
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
		ExitCrash:       "crashed: what was done is not known",
		ExitInterrupted: "interrupted",
	}[c]
}

func ExitCodes() []ExitCode {
	return []ExitCode{
		ExitOK, ExitFailure, ExitDiffers, ExitAuth, ExitNotFound, ExitConflict, ExitPartial,
		ExitUnavailable, ExitUnexpected, ExitAttention, ExitUsage, ExitCrash, ExitInterrupted,
	}
}

// Advice is what scimctl makes of an error: what the shell gets, and what to do.
type Advice struct {
	Code ExitCode
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

// Advise finds what to do about an error.
func Advise(err error) Advice {
	advice := adviseByRule(err)
	if e, ok := errors.AsType[*bounds.Error](err); ok && e.Liftable {
		advice.Hint = append(advice.Hint, remedy.Advise("--no-limits lifts this limit"))
	}
	return advice
}

func adviseByRule(err error) Advice {
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
func isUsage(err error) bool { return Advise(err).Code == ExitUsage }

// Explain tells the user of an error, and the shell its code.
func (a *App) Explain(asJSON bool, err error) ExitCode {
	io, advice := a.IO, Advise(err)
	if asJSON {
		a.explainJSON(advice, err)
		return advice.Code
	}
	if _, shown := errors.AsType[*shownError](err); shown {
		return advice.Code
	}
	style := io.ErrStyle()
	iostreams.Fprintf(io.Err, "%s %s\n", style.Red("scimctl:"), ErrorText(err))
	if place, ok := errors.AsType[interface {
		error
		Excerpt() string
	}](err); ok && place.Excerpt() != "" {
		iostreams.Fprintln(io.Err, Indented(place.Excerpt()))
	}
	if len(advice.Hint) > 0 {
		iostreams.Fprintf(io.Err, "%s %s\n", style.Bold("hint:"), a.Hinter().Markup(advice.Hint...))
	}
	return advice.Code
}

// Indented shows an excerpt from a text of somebody else: none of it begins a line.
func Indented(excerpt string) iostreams.Markup {
	return iostreams.Lines("  " + strings.ReplaceAll(excerpt, "\n", "\n  "))
}

// ErrorText is what an error says. Only the lines that it is made of begin on a
// line of their own.
func ErrorText(err error) iostreams.Markup {
	text := strings.TrimSpace(err.Error())
	lines := linesOf(err)
	before, after, found := strings.Cut(text, strings.TrimSpace(strings.Join(lines, "\n")))
	if len(lines) == 0 || !found {
		return iostreams.Sprintf("%s", text)
	}
	for i, line := range lines {
		lines[i] = safetext.Line(line)
	}
	shown := safetext.Line(before) + strings.Join(lines, "\n") + safetext.Line(after)
	return iostreams.Lines(strings.TrimSpace(shown))
}

// linesOf are the lines of an error that has several, by its type or because it
// joins others.
func linesOf(err error) (lines []string) {
	if laid, ok := errors.AsType[interface {
		error
		Lines() []string
	}](err); ok {
		return laid.Lines()
	}
	joined, ok := errors.AsType[interface {
		error
		Unwrap() []error
	}](err)
	if !ok {
		return nil
	}
	for _, part := range joined.Unwrap() {
		inner := linesOf(part)
		if strings.Join(inner, "\n") != part.Error() {
			inner = []string{part.Error()}
		}
		lines = append(lines, inner...)
	}
	return lines
}

// explainJSON writes one object on one line, its fixed members first.
func (a *App) explainJSON(advice Advice, err error) {
	members := []member{{"error", strings.TrimSpace(err.Error())}, {"code", int(advice.Code)}}
	if len(advice.Hint) > 0 {
		members = append(members, member{"hint", a.Hinter().Text(advice.Hint)})
	}
	p := output.Printer{Remedies: a.Hinter().render}
	for _, m := range sorted(advice.More) {
		members = append(members, member{m.Name, p.Tidy(m.Value)})
	}
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if e.Encode(Object(members)) == nil {
		iostreams.Fprintf(a.IO.Err, "%s", iostreams.Lines(b.String()))
	}
}
