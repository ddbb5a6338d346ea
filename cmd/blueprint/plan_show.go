package blueprint

import (
	"fmt"
	"io"
	"strings"

	"github.com/scimctl/scimctl/cmd/internal/cli"
	"github.com/scimctl/scimctl/cmd/internal/iostreams"
	"github.com/scimctl/scimctl/cmd/internal/output"
	"github.com/scimctl/scimctl/graph/words"
	"github.com/scimctl/scimctl/provisioning/blueprint"
	"github.com/scimctl/scimctl/provisioning/blueprint/planning"
)

// writePlan shows a plan to people.
func writePlan(w io.Writer, p planning.Plan, style iostreams.Style) error {
	var b strings.Builder
	for _, a := range p.Applications {
		title := a.Application
		if !a.Exists {
			title += " (does not exist yet)"
		}
		iostreams.Fprintln(&b, style.Bold(cli.OneLineOf(title)+":"))
		for _, s := range a.Steps {
			iostreams.Fprintf(&b, "  %s\n", paintStep(s, style))
			for _, r := range s.Risks {
				iostreams.Fprintf(&b, "      %s\n", style.Red("! "+cli.OneLineOf(riskLine(r))))
			}
		}
		for _, problem := range a.Problems {
			iostreams.Fprintf(&b, "  %s\n", style.Red("? "+string(problem.Section)+" cannot be planned: "+cli.OneLineOf(problem.Reason)))
		}
		if len(a.Steps)+len(a.Problems) == 0 {
			b.WriteString("  nothing to change\n")
		}
		if all := waits(a); len(all) > 0 {
			iostreams.Fprintf(&b, "  %s\n", style.Faint("waits until "+strings.Join(all, ", and until ")))
		}
	}
	b.WriteString(summary(p) + "\n")
	_, err := io.WriteString(w, b.String())
	return err
}

func paintStep(s planning.Step, style iostreams.Style) iostreams.Markup {
	line := cli.OneLineOf(stepLine(s))
	switch s.Verb {
	case planning.Add:
		return style.Green("+ " + line)
	case planning.Remove:
		return style.Red("- " + line)
	case planning.Change:
	}
	return style.Yellow("~ " + line)
}

// stepLine is a step in words: "mapping title: [jobTitle] -> [city]".
func stepLine(s planning.Step) string {
	what := s.Subject
	if s.Section == blueprint.SectionUsers || s.Section == blueprint.SectionGroups {
		what = string(s.Section) + ": " + what
	}
	switch {
	case s.Old != "" && s.New != "":
		return what + ": " + s.Old + " -> " + s.New
	case s.Old+s.New == "":
		return what
	}
	return what + ": " + s.Old + s.New
}

func riskLine(r planning.Risk) string {
	return string(r.Name) + ": " + r.What + cli.Reaching(r.People, r.AtMost)
}

// waits are what applying waits for, each once.
func waits(a planning.ApplicationPlan) []string {
	var all []string
	seen := map[string]bool{}
	for _, s := range a.Steps {
		if s.WaitsFor != "" && !seen[s.WaitsFor] {
			seen[s.WaitsFor] = true
			all = append(all, s.WaitsFor)
		}
	}
	return all
}

// summary counts what a plan would do.
func summary(p planning.Plan) string {
	count := map[planning.Verb]int{}
	for _, a := range p.Applications {
		for _, s := range a.Steps {
			count[s.Verb]++
		}
	}
	if p.Steps() == 0 {
		if len(p.Problems()) > 0 {
			return "no changes in what could be planned"
		}
		return "no changes: the tenant is as the file says"
	}
	return fmt.Sprintf("%s: %d to add, %d to change, %d to remove", words.Count(p.Steps(), "change"), count[planning.Add], count[planning.Change], count[planning.Remove])
}

func needed(p planning.Permissions) string {
	return fmt.Sprintf("applying the file takes:\n  of a signed-in person %s\n  of an application %s\n", strings.Join(p.Delegated, ", "), strings.Join(p.Application, ", "))
}

// writeMarkdown shows a plan in a comment of a pull request. What comes from the
// file or the tenant is code.
func writeMarkdown(w io.Writer, p planning.Plan) error {
	var b strings.Builder
	code := func(text string) iostreams.Markup { return iostreams.Lines(output.MarkdownCode(cli.OneLineOf(text))) }
	iostreams.Fprintf(&b, "### scimctl plan: %s\n", summary(p))
	for _, a := range p.Applications {
		title := code(a.Application)
		if !a.Exists {
			title += " (does not exist yet)"
		}
		iostreams.Fprintf(&b, "\n#### %s\n\n", title)
		markdownSteps(&b, a)
		for _, r := range a.Risks() {
			iostreams.Fprintf(&b, "- ⚠️ **%s**: %s%s\n", r.Name, code(r.What), cli.Reaching(r.People, r.AtMost))
		}
		for _, problem := range a.Problems {
			iostreams.Fprintf(&b, "- ❌ **%s** cannot be planned: %s\n", problem.Section, code(problem.Reason))
		}
		for _, warning := range a.Warnings {
			iostreams.Fprintf(&b, "- ℹ️ %s\n", code(warning))
		}
		for _, wait := range waits(a) {
			iostreams.Fprintf(&b, "- waits until %s\n", code(wait))
		}
	}
	iostreams.Fprintf(&b, "\n<sub>%s</sub>\n", cli.OneLineOf(needed(p.Permissions)))
	_, err := io.WriteString(w, b.String())
	return err
}

// longestTable keeps a comment below what GitHub takes, 65,536 characters.
const longestTable = 40_000

func markdownSteps(b *strings.Builder, a planning.ApplicationPlan) {
	if len(a.Steps) == 0 {
		if len(a.Problems) == 0 {
			b.WriteString("Nothing to change.\n\n")
		}
		return
	}
	b.WriteString("| | section | what | old | new |\n|---|---|---|---|---|\n")
	for i, s := range a.Steps {
		if b.Len() > longestTable {
			iostreams.Fprintf(b, "| | | … and %d more | | |\n", len(a.Steps)-i)
			break
		}
		mark := map[planning.Verb]string{planning.Add: "+", planning.Change: "~", planning.Remove: "-"}[s.Verb]
		if len(s.Risks) > 0 {
			mark += " ⚠️"
		}
		iostreams.Fprintf(b, "| %s | %s | %s | %s | %s |\n", mark, s.Section, codeOf(s.Subject), codeOf(s.Old), codeOf(s.New))
	}
	b.WriteString("\n")
}

const longestCell = 200

// codeOf is a text as code inside a table.
func codeOf(text string) string {
	text = cli.OneLineOf(text)
	if runes := []rune(text); len(runes) > longestCell {
		text = string(runes[:longestCell]) + "…"
	}
	return output.MarkdownCell(text)
}

// A plannedStep is a step with whose it is.
type plannedStep struct {
	application string
	planning.Step
}

func stepColumns() []output.Column[plannedStep] {
	return []output.Column[plannedStep]{
		cli.Column("application", func(s plannedStep) string { return s.application }),
		cli.Column("verb", func(s plannedStep) string { return string(s.Verb) }),
		cli.Column("section", func(s plannedStep) string { return string(s.Section) }),
		cli.Column("id", func(s plannedStep) string { return s.ID }),
		cli.Column("subject", func(s plannedStep) string { return s.Subject }),
		cli.Column("old", func(s plannedStep) string { return s.Old }),
		cli.Column("new", func(s plannedStep) string { return s.New }),
		cli.Column("risks", func(s plannedStep) string {
			var names []string
			for _, r := range s.Risks {
				names = append(names, string(r.Name))
			}
			return strings.Join(names, " ")
		}),
	}
}

func allSteps(p planning.Plan) []plannedStep {
	var all []plannedStep
	for _, a := range p.Applications {
		for _, s := range a.Steps {
			all = append(all, plannedStep{a.Application, s})
		}
	}
	return all
}
