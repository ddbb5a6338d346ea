// Package hint writes remedies as text, with commands that can be pasted.
package hint

import (
	"slices"
	"strings"

	"github.com/scimctl/scimctl/cmd/internal/iostreams"
	"github.com/scimctl/scimctl/cmd/internal/shell"
	"github.com/scimctl/scimctl/graph/remedy"
	"github.com/scimctl/scimctl/graph/safetext"
)

// A Hinter writes remedies as text, with commands that are complete: they have
// the flags that say what the running command works on.
type Hinter struct {
	Shell   shell.Shell
	App     string
	Context []string // flags of the running command, each with its value
}

// Markup is the text as it is shown.
func (h Hinter) Markup(list ...remedy.Remedy) iostreams.Markup { return iostreams.Lines(h.Text(list)) }

// Text has the remedies below each other.
func (h Hinter) Text(list remedy.List) string { return h.Render(list).String() }

// Render gives the remedies their texts.
func (h Hinter) Render(list remedy.List) remedy.List {
	done := slices.Clone(list)
	for i, r := range done {
		done[i].Text = h.one(r)
	}
	return done
}

// one is a reason, and the command on a line of its own.
func (h Hinter) one(r remedy.Remedy) string {
	reason := safetext.Line(r.Reason) // a line break in a name must not begin a command
	if len(r.Args) == 0 {
		return reason
	}
	command, notes := h.Command(r)
	if reason == "" {
		reason = "run"
	}
	return strings.Join(append([]string{reason}, notes...), "; ") + ":\n    " + command
}

// Words are the arguments of a remedy as a program gets them, with the flags of
// the running command.
func (h Hinter) Words(r remedy.Remedy) []string {
	words, _ := h.arguments(r)
	return words
}

func (h Hinter) Command(r remedy.Remedy) (line string, notes []string) {
	words, notes := h.arguments(r)
	for i, word := range words {
		// A word that cannot be quoted has been replaced before.
		words[i], _ = h.Shell.Quote(word)
	}
	return strings.Join(words, " "), notes
}

// arguments are the words of a command that can be pasted: names that cannot are
// replaced by ids or placeholders, which the notes explain.
func (h Hinter) arguments(r remedy.Remedy) (words, notes []string) {
	flags, operands := r.Args, []string(nil)
	if at := slices.Index(r.Args, "--"); at >= 0 {
		flags, operands = r.Args[:at], r.Args[at+1:]
	}
	if r.Program == "" {
		flags = h.complete(r, flags)
	}
	p := paster{shell: h.Shell, ids: r.IDs}
	words = []string{"scimctl"}
	if r.Program != "" {
		words[0] = r.Program
	}
	at := slices.IndexFunc(flags, func(word string) bool { return strings.HasPrefix(word, "-") })
	if at < 0 {
		at = len(flags)
	}
	words = append(words, flags[:at]...)
	named, dashed := p.operands(operands)
	if !dashed {
		words = append(words, named...)
	}
	for _, flag := range flags[at:] {
		words = append(words, p.flag(flag)...)
	}
	if dashed {
		words = append(append(words, "--"), named...)
	}
	return words, p.notes
}

// complete adds the flags that the running command had, where the other command
// has a use for them.
func (h Hinter) complete(r remedy.Remedy, flags []string) []string {
	has := func(flag string) bool {
		name, _, _ := strings.Cut(flag, "=")
		return slices.ContainsFunc(flags, func(word string) bool { return word == name || strings.HasPrefix(word, name+"=") })
	}
	if aboutItself(flags) || has("--help") {
		return flags
	}
	inApp := aboutApp(flags)
	if inApp && h.App != "" && !has("--app") {
		flags = append(slices.Clone(flags), "--app="+h.App)
	}
	ofOther := false // a remedy that knows the id of its application may be about another one
	for i, flag := range flags {
		app, ok := strings.CutPrefix(flag, "--app=")
		id := r.IDs[app]
		if ofOther = ofOther || ok && id != "" && !strings.EqualFold(app, h.App) && id != h.App; ok && id == "" && h.App != "" && !h.pastes(app) {
			flags = slices.Clone(flags)
			flags[i] = "--app=" + h.App
		}
	}
	for _, flag := range h.Context {
		useless := (!inApp || ofOther) && strings.HasPrefix(flag, "--job=") || flags[0] == "sandbox" && flag == "--sandbox"
		if !useless && !has(flag) {
			flags = append(slices.Clone(flags), flag)
		}
	}
	return flags
}

func (h Hinter) pastes(word string) bool {
	_, ok := h.Shell.Quote(word)
	return ok
}

// aboutItself reports whether a command neither signs in nor keeps anything.
func aboutItself(words []string) bool {
	return len(words) == 0 || slices.Contains([]string{"help", "config", "init", "version", "completion"}, words[0])
}

// aboutApp reports whether a command works on the application of --app.
func aboutApp(words []string) bool {
	line := strings.Join(words, " ")
	for _, without := range []string{"provision logs show", "mapping functions", "user list", "user restore", "user delete"} {
		if strings.HasPrefix(line, without) {
			return false
		}
	}
	return slices.Contains([]string{"assignment", "credentials", "ext", "mapping", "provision", "user", "why"}, words[0])
}

// A paster replaces what cannot be pasted.
type paster struct {
	shell shell.Shell
	ids   map[string]string
	notes []string
}

// value is the value itself, the id of what it names, or a placeholder.
func (p *paster) value(value, placeholder string) string {
	if _, ok := p.shell.Quote(value); ok {
		return value
	}
	if id, ok := p.ids[value]; ok {
		if _, safe := p.shell.Quote(id); safe && id != "" {
			return id
		}
	}
	if note := placeholder + " has characters that cannot be pasted: enter it yourself"; !slices.Contains(p.notes, note) {
		p.notes = append(p.notes, note)
	}
	return placeholder
}

// operands reports also whether one of them has to stand after "--".
func (p *paster) operands(operands []string) (words []string, dashed bool) {
	for _, operand := range operands {
		word := p.value(operand, "NAME")
		words, dashed = append(words, word), dashed || strings.HasPrefix(word, "-")
	}
	return words, dashed
}

// flag is a flag with its value in one word where that begins with a dash.
func (p *paster) flag(flag string) []string {
	name, value, valued := strings.Cut(flag, "=")
	if !valued {
		return []string{flag}
	}
	value = p.value(value, strings.ToUpper(strings.Trim(name, "-")))
	if _, whole := p.shell.Quote(name + "=" + value); whole && strings.HasPrefix(value, "-") {
		return []string{name + "=" + value}
	}
	return []string{name, value}
}
