package cli

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/internal/output"
	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/auth"
	"github.com/scimctl/scimctl/graph/safetext"
	"github.com/scimctl/scimctl/provisioning/credentials"
	"github.com/scimctl/scimctl/provisioning/evaluate"
	"github.com/scimctl/scimctl/provisioning/job"
)

// ConsentIn gives the link for an administrator of the tenant to consent to
// scopes, "" for none.
func (a *App) ConsentIn(cloud graph.Cloud) func(scopes []string) string {
	client := a.SignIn(cloud).ClientID
	if client == "" {
		client = auth.DefaultClientID
	}
	return func(scopes []string) string {
		if len(scopes) == 0 {
			return ""
		}
		return cloud.ConsentURL(a.Settings.Tenant, client, scopes)
	}
}

// Named finds the command that words stand for.
func Named(c *cobra.Command, words []string) (string, error) {
	about, rest, err := c.Root().Find(words)
	if err == nil && len(rest) > 0 {
		err = NoSuchCommand(about, rest)
	}
	if err != nil {
		return "", err
	}
	return strings.TrimSpace(strings.TrimPrefix(about.CommandPath(), c.Root().Name())), nil
}

func PreviewColumns() []output.Column[evaluate.PreviewAttribute] {
	return []output.Column[evaluate.PreviewAttribute]{
		Column("target", func(p evaluate.PreviewAttribute) string { return p.Target }),
		Long("source", func(p evaluate.PreviewAttribute) string { return p.Source }),
		Column("value", func(p evaluate.PreviewAttribute) string { return strings.Join(p.Values, ", ") }),
		Long("note", NoteOf),
	}
}

// NoteOf is what is special about an attribute.
func NoteOf(p evaluate.PreviewAttribute) string {
	var notes []string
	if p.Match > 0 {
		notes = append(notes, fmt.Sprintf("matched on (%d)", p.Match))
	}
	if p.Default {
		notes = append(notes, "the default value")
	}
	if p.CreateOnly {
		notes = append(notes, "with a create alone")
	}
	if p.Later {
		notes = append(notes, "not with a create, but with an update after it")
	}
	if p.Reference && len(p.Values) > 0 {
		notes = append(notes, "sent on its own, when that account is there")
	}
	if len(p.Unknown) > 0 {
		notes = append(notes, strings.Join(p.Unknown, ", ")+" not known here")
	} else if p.NotSent != "" {
		notes = append(notes, "not sent: "+p.NotSent)
	}
	return strings.Join(notes, "; ")
}

// ManyRead is from how many on it is told how the reading goes on: fewer take
// no time.
const ManyRead = 1000

func OneLineOf(text string) string {
	return safetext.Line(strings.Join(strings.Fields(text), " "))
}

func SettingsFields(app string, s credentials.Settings) []output.Field {
	scope := string(s.Scope)
	if scope == "" {
		scope = "assigned (never set)"
	}
	deletions := "off"
	switch {
	case s.DeleteThresholdEnabled && s.DeleteThreshold > 0:
		deletions = strconv.Itoa(s.DeleteThreshold)
	case s.DeleteThresholdEnabled:
		deletions = "on, no number set"
	case s.DeleteThreshold > 0:
		deletions = fmt.Sprintf("off (%d when on)", s.DeleteThreshold)
	}
	notify := strings.Join(s.Notify, ", ")
	switch {
	case !s.NotifyEnabled && notify != "":
		notify = fmt.Sprintf("nobody (%s when on)", notify)
	case !s.NotifyEnabled:
		notify = "nobody"
	case notify == "":
		notify = "on, no address set"
	}
	return []output.Field{
		{Name: "app", Value: app},
		{Name: "scope", Value: scope},
		{Name: "notify", Value: notify},
		{Name: "delete threshold", Value: deletions},
		{Name: "skip out-of-scope deletions", Value: YesNo(s.SkipOutOfScopeDeletions)},
	}
}

func OrNone(text string) string {
	if text == "" {
		return "none"
	}
	return text
}

func StateWords(s job.State) string {
	switch s {
	case job.StateNotRunYet:
		return "started, not run yet"
	case job.StateInitialCycle:
		return "in its first cycle"
	case job.StateErrors:
		return "runs with errors"
	case job.StateStopped, job.StateHealthy, job.StateQuarantine:
	}
	return string(s)
}
