package mapping

import (
	"github.com/scimctl/scimctl/cmd/internal/cli"
	"github.com/scimctl/scimctl/cmd/internal/iostreams"
	"github.com/scimctl/scimctl/cmd/internal/output"
	"github.com/scimctl/scimctl/mappings"
	"github.com/scimctl/scimctl/mappings/diff"
)

// sayChanges tells what was changed, or that nothing had to be.
func sayChanges(a *cli.App, result mappings.Result, already string) {
	if len(result.Changes) == 0 {
		a.Say("%s: nothing to write", already)
		return
	}
	tell := a.IO.Note
	if a.Settings.DryRun { // this is what was asked for: --quiet does not hush it
		tell = a.IO.Say
		tell("dry run, nothing is changed:")
	}
	for _, line := range changeLines(result.Changes, a.IO.ErrStyle()) {
		tell("%s", line)
	}
	sayRestarted(a, result)
	sayCopy(a, result)
}

func sayRestarted(a *cli.App, result mappings.Result) {
	if result.Restarted {
		a.IO.Note("provisioning of %s was stopped for this and is started again", a.Settings.App)
	}
}

// changeLines shows changes to people: under the object that they are about,
// what is new, what changed and what is gone.
func changeLines(changes []diff.Change, style iostreams.Style) []iostreams.Markup {
	var lines []iostreams.Markup
	under := ""
	for _, change := range changes {
		if over := change.Where(); len(lines) == 0 || over != under {
			under = over
			lines = append(lines, style.Bold(over+":"))
		}
		paint, sign := style.Yellow, "~ "
		switch {
		case change.Old == "":
			paint, sign = style.Green, "+ "
		case change.New == "":
			paint, sign = style.Red, "- "
		}
		lines = append(lines, "  "+paint(sign+CutShort(change).What()))
	}
	return lines
}

func changeColumns() []output.Column[diff.Change] {
	return []output.Column[diff.Change]{
		cli.Column("object", func(m diff.Change) string { return m.Object }),
		cli.Column("kind", func(m diff.Change) string { return string(m.Kind) }),
		cli.Column("name", func(m diff.Change) string { return m.Name }),
		cli.Column("old", func(m diff.Change) string { return m.Old }),
		cli.Column("new", func(m diff.Change) string { return m.New }),
	}
}
