package mapping

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/scimctl/scimctl/cmd/internal/cli"
	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/bounds"
	"github.com/scimctl/scimctl/graph/words"
	"github.com/scimctl/scimctl/mappings"
	"github.com/scimctl/scimctl/provisioning/credentials"
	"github.com/scimctl/scimctl/provisioning/evaluate"
)

// mostNamed is how many of those who fall out of scope are named.
const mostNamed = 5

// showingScope makes an update tell who falls out of scope and comes into it,
// and ask when anybody falls out.
func showingScope(a *cli.App, object string, update mappings.Update) mappings.Update {
	s := &ScopeTeller{app: a, Object: object}
	update.Show, update.Confirm = s.show, s.confirm
	return update
}

type ScopeTeller struct {
	app    *cli.App
	Object string
	Change evaluate.ScopeChange
	Hidden bool // who is in scope may not be read
}

func (s *ScopeTeller) show(ctx context.Context, i mappings.Impact) (err error) {
	look := evaluate.ScopeImpact{App: i.App, Object: s.Object, Before: i.Before.Bytes(), After: i.After.Bytes()}
	if look.Graph, err = s.app.Graph(ctx); err != nil {
		return err
	}
	progress := s.app.IO.Progress()
	look.Progress = func(read int) {
		if read >= cli.ManyRead {
			progress.Say("looking who is in scope: %d read", read)
		}
	}
	s.Change, err = look.Do(ctx)
	progress.Done()
	if e, ok := errors.AsType[*graph.Error](err); ok && e.Status == http.StatusForbidden {
		s.Hidden = true
		s.app.IO.Warn("who falls out of scope cannot be told: %v", err)
	} else if err != nil {
		return err
	}
	tell := s.app.IO.Note
	if s.app.Settings.DryRun { // this is what was asked for: --quiet does not hush it
		tell = s.app.IO.Say
	}
	for _, line := range s.Lines() {
		tell("%s", line)
	}
	return nil
}

func (s *ScopeTeller) Lines() []string {
	whom, are := "assigned "+s.Object+"s", "are"
	if s.Change.Before == 1 {
		are = "is"
	}
	if s.Change.Scope == credentials.ScopeAll {
		whom = s.Object + "s of the tenant"
	}
	if s.Hidden {
		return nil
	}
	var lines []string
	if s.undecided() == 0 || s.undecided() < s.Change.Evaluated {
		lines = append(lines, fmt.Sprintf("of %d %s, %d %s in scope now, and %d with this change", s.Change.Evaluated, whom, s.Change.Before, are, s.Change.After))
	}
	if len(s.Change.Leaving) > 0 {
		lines = append(lines, "out of scope: "+bounds.FirstNames(s.Change.Leaving, mostNamed))
	}
	if len(s.Change.Entering) > 0 {
		lines = append(lines, "into scope: "+bounds.FirstNames(s.Change.Entering, mostNamed))
	}
	if len(s.Change.Leaving) > 0 && s.Change.SkipDeletions {
		lines = append(lines, "nothing is disabled: provisioning is set to skip deletions of those out of scope")
	}
	for _, u := range s.Change.Undecided {
		lines = append(lines, fmt.Sprintf("of %d %s it cannot be told: %s", u.Count, whom, u.Reason))
	}
	return lines
}

// confirm asks when somebody falls out of scope, or may; else as every change
// of the schema does.
func (s *ScopeTeller) confirm(ctx context.Context, i mappings.Impact) error {
	var risks []string
	if risk := s.Risk(i.App.Name); risk != "" {
		risks = append(risks, risk)
	}
	return confirmAll(s.app, ctx, i, risks)
}

func (s *ScopeTeller) Risk(app string) string {
	undecided := s.undecided()
	leaving := s.Change.Leaving
	switch {
	case s.Change.SkipDeletions:
		return ""
	case s.Hidden:
		return "who falls out of scope cannot be told, and is deprovisioned in " + app
	case len(leaving) > 0:
		n := len(leaving)
		return fmt.Sprintf("%d of %s %s out of scope and %s deprovisioned in %s: %s",
			n, words.Count(s.Change.Before, s.Object), words.Verb(n, "fall"), words.Be(n), app, bounds.FirstNames(leaving, mostNamed))
	case undecided > 0:
		return fmt.Sprintf("of %d %ss it cannot be told whether they fall out of scope, which deprovisions them in %s", undecided, s.Object, app)
	}
	return ""
}

func (s *ScopeTeller) undecided() (count int) {
	for _, u := range s.Change.Undecided {
		count += u.Count
	}
	return count
}
