package cmd

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/bounds"
	"github.com/scimctl/scimctl/graph/words"
	"github.com/scimctl/scimctl/mappings"
	"github.com/scimctl/scimctl/provisioning/credentials"
	"github.com/scimctl/scimctl/provisioning/evaluate"
)

// mostNamed is how many of those who fall out of scope are named.
const mostNamed = 5

// manyRead is from how many on it is told how the reading goes on: fewer take
// no time.
const manyRead = 1000

// showingScope makes an update tell who falls out of scope and comes into it,
// and ask when anybody falls out.
func (a *App) showingScope(object string, update mappings.Update) mappings.Update {
	s := &scopeTeller{app: a, object: object}
	update.Show, update.Confirm = s.show, s.confirm
	return update
}

type scopeTeller struct {
	app    *App
	object string
	change evaluate.ScopeChange
	hidden bool // who is in scope may not be read
}

func (s *scopeTeller) show(ctx context.Context, i mappings.Impact) (err error) {
	look := evaluate.ScopeImpact{App: i.App, Object: s.object, Before: i.Before.Bytes(), After: i.After.Bytes()}
	if look.Graph, err = s.app.Graph(ctx); err != nil {
		return err
	}
	progress := s.app.IO.Progress()
	look.Progress = func(read int) {
		if read >= manyRead {
			progress.Say("looking who is in scope: %d read", read)
		}
	}
	s.change, err = look.Do(ctx)
	progress.Done()
	if e, ok := errors.AsType[*graph.Error](err); ok && e.Status == http.StatusForbidden {
		s.hidden = true
		s.app.IO.Warn("who falls out of scope cannot be told: %v", err)
	} else if err != nil {
		return err
	}
	tell := s.app.IO.Note
	if s.app.Settings.DryRun { // this is what was asked for: --quiet does not hush it
		tell = s.app.IO.Say
	}
	for _, line := range s.lines() {
		tell("%s", line)
	}
	return nil
}

func (s *scopeTeller) lines() []string {
	whom, are := "assigned "+s.object+"s", "are"
	if s.change.Before == 1 {
		are = "is"
	}
	if s.change.Scope == credentials.ScopeAll {
		whom = s.object + "s of the tenant"
	}
	if s.hidden {
		return nil
	}
	var lines []string
	if s.undecided() == 0 || s.undecided() < s.change.Evaluated {
		lines = append(lines, fmt.Sprintf("of %d %s, %d %s in scope now, and %d with this change", s.change.Evaluated, whom, s.change.Before, are, s.change.After))
	}
	if len(s.change.Leaving) > 0 {
		lines = append(lines, "out of scope: "+bounds.FirstNames(s.change.Leaving, mostNamed))
	}
	if len(s.change.Entering) > 0 {
		lines = append(lines, "into scope: "+bounds.FirstNames(s.change.Entering, mostNamed))
	}
	if len(s.change.Leaving) > 0 && s.change.SkipDeletions {
		lines = append(lines, "nothing is disabled: provisioning is set to skip deletions of those out of scope")
	}
	for _, u := range s.change.Undecided {
		lines = append(lines, fmt.Sprintf("of %d %s it cannot be told: %s", u.Count, whom, u.Reason))
	}
	return lines
}

// confirm asks when somebody falls out of scope, or may; else as every change
// of the schema does.
func (s *scopeTeller) confirm(ctx context.Context, i mappings.Impact) error {
	var risks []string
	if risk := s.risk(i.App.Name); risk != "" {
		risks = append(risks, risk)
	}
	return s.app.confirmAll(ctx, i, risks)
}

func (s *scopeTeller) risk(app string) string {
	undecided := s.undecided()
	leaving := s.change.Leaving
	switch {
	case s.change.SkipDeletions:
		return ""
	case s.hidden:
		return "who falls out of scope cannot be told, and is deprovisioned in " + app
	case len(leaving) > 0:
		n := len(leaving)
		return fmt.Sprintf("%d of %s %s out of scope and %s deprovisioned in %s: %s",
			n, words.Count(s.change.Before, s.object), words.Verb(n, "fall"), words.Be(n), app, bounds.FirstNames(leaving, mostNamed))
	case undecided > 0:
		return fmt.Sprintf("of %d %ss it cannot be told whether they fall out of scope, which deprovisions them in %s", undecided, s.object, app)
	}
	return ""
}

func (s *scopeTeller) undecided() (count int) {
	for _, u := range s.change.Undecided {
		count += u.Count
	}
	return count
}
