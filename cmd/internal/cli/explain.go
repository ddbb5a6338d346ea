package cli

import (
	"encoding/json"
	"errors"
	"runtime"
	"strings"

	"github.com/scimctl/scimctl/cmd/internal/config"
	"github.com/scimctl/scimctl/cmd/internal/exit"
	"github.com/scimctl/scimctl/cmd/internal/hint"
	"github.com/scimctl/scimctl/cmd/internal/iostreams"
	"github.com/scimctl/scimctl/cmd/internal/output"
	"github.com/scimctl/scimctl/cmd/internal/shell"
	"github.com/scimctl/scimctl/graph/remedy"
	"github.com/scimctl/scimctl/graph/safetext"
)

// A shownError is one that the answer on standard output tells already.
type shownError struct{ Err error }

func (e *shownError) Error() string { return e.Err.Error() }

func (e *shownError) Unwrap() error { return e.Err }

// Shown marks an error that the person at the terminal has just read. It is also
// printed on standard error when standard output goes elsewhere.
func (a *App) Shown(err error) error {
	if err == nil || !a.ForPeople() || !a.IO.OutIsTerminal() || !a.IO.ErrIsTerminal() {
		return err
	}
	return &shownError{err}
}

// Explain tells the user of an error, and the shell its code.
func (a *App) Explain(asJSON bool, err error) exit.Code {
	io, advice := a.IO, exit.Advise(err)
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
func (a *App) explainJSON(advice exit.Advice, err error) {
	members := []output.Member{{Name: "error", Value: strings.TrimSpace(err.Error())}, {Name: "code", Value: int(advice.Code)}}
	if len(advice.Hint) > 0 {
		members = append(members, output.Member{Name: "hint", Value: a.Hinter().Text(advice.Hint)})
	}
	p := output.Printer{Remedies: a.Hinter().Render}
	for _, m := range output.Sorted(advice.More) {
		members = append(members, output.Member{Name: m.Name, Value: p.Tidy(m.Value)})
	}
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if e.Encode(output.Object(members)) == nil {
		iostreams.Fprintf(a.IO.Err, "%s", iostreams.Lines(b.String()))
	}
}

func (a *App) Hinter() hint.Hinter {
	h := hint.Hinter{Shell: shell.For(runtime.GOOS), App: a.Settings.App}
	if a.Settings.Job != "" {
		h.Context = append(h.Context, "--job="+a.Settings.Job)
	}
	if a.Settings.Sandbox && !a.Touring {
		h.Context = append(h.Context, "--sandbox")
	}
	for _, name := range []string{"profile", "tenant", "client-id", "cloud", "auth", "graph-endpoint", "state-dir", "config"} {
		if a.Settings.Origin(name).Kind == config.Flag {
			h.Context = append(h.Context, "--"+name+"="+a.Settings.Text(name))
		}
	}
	return h
}

// Note says what can be done next, unless the command is quiet. The sandbox of the
// tour is gone before anybody can paste a command.
func (a *App) Note(list ...remedy.Remedy) {
	if !a.Touring {
		a.IO.Note("%s", a.Hinter().Markup(list...))
	}
}

// Remedies shows what to do about findings, below their table.
func (a *App) Remedies(about string, list remedy.List) {
	if len(list) > 0 && a.Settings.Verbose && a.ForPeople() {
		iostreams.Fprintf(a.IO.Out, "\n%s\n%s\n", about, a.Hinter().Markup(list...))
	}
}
