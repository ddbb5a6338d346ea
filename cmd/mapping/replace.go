package mapping

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/cmd/internal/cli"
	"github.com/scimctl/scimctl/graph/words"
	"github.com/scimctl/scimctl/mappings"
	"github.com/scimctl/scimctl/mappings/diff"
	"github.com/scimctl/scimctl/mappings/schema"
)

// replacing makes an update that replaces the whole schema tell what that is
// for people: who falls out of scope where a filter changes, what is no longer
// matched or sent. always asks also when nothing of this is.
func replacing(a *cli.App, update mappings.Update, always bool) mappings.Update {
	var tellers []*ScopeTeller
	update.Show = func(ctx context.Context, i mappings.Impact) error {
		for _, kind := range []string{schema.User, schema.Group} {
			if !slices.ContainsFunc(i.Changes, func(c diff.Change) bool { return c.Object == kind && c.Kind == diff.ChangedFilter }) {
				continue
			}
			teller := &ScopeTeller{app: a, Object: kind}
			tellers = append(tellers, teller)
			if err := teller.show(ctx, i); err != nil {
				return err
			}
		}
		return nil
	}
	update.Confirm = func(ctx context.Context, i mappings.Impact) error {
		var risks []string
		if always {
			risks = append(risks, fmt.Sprintf("replace the whole schema of %s: %s", i.App.Name, words.Count(len(i.Changes), "change")))
		}
		for _, teller := range tellers {
			if risk := teller.Risk(i.App.Name); risk != "" {
				risks = append(risks, risk)
			}
		}
		return confirmAll(a, ctx, i, append(risks, diff.Risks(i.Before, i.After, i.Changes)...))
	}
	return update
}

// confirmAll asks once about several risks, a running job among them.
func confirmAll(a *cli.App, ctx context.Context, i mappings.Impact, risks []string) error {
	if len(risks) == 0 {
		return a.ConfirmSchema(ctx, i)
	}
	if i.Running {
		risks = append(risks, fmt.Sprintf("provisioning of %s is running: everyone in scope is evaluated again%s", i.App.Name, cli.Reaching(i.People, false)))
	}
	return a.ConfirmIn(ctx, "%s", strings.Join(risks, "; "))
}
