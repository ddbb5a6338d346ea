package cli

import (
	"context"
	"fmt"

	"github.com/scimctl/scimctl/cmd/internal/output"
	"github.com/scimctl/scimctl/extattr"
	"github.com/scimctl/scimctl/graph/bounds"
	"github.com/scimctl/scimctl/graph/directory"
)

// ConfirmClear says what clearing does not do, and asks.
func (a *App) ConfirmClear(ctx context.Context, user directory.User, gone []extattr.ValueChange) error {
	var names []string
	for _, change := range gone {
		names = append(names, fmt.Sprintf("%s (%s)", change.Name, change.Old))
	}
	return a.ConfirmIn(ctx, "clear %s of %s: %s keeps the last value, since a cleared one is never sent; what revokes a role is a value such as NoAccess",
		bounds.Names(names), user.UserPrincipalName, a.Settings.App)
}

// ListChanges answers a command that writes values of a user.
func (a *App) ListChanges(user string, changes []extattr.ValueChange) error {
	written := 0
	for _, change := range changes {
		if change.Changed {
			written++
		}
	}
	switch {
	case written == 0:
		a.Say("%s is so already: nothing to write", user)
	case a.Settings.DryRun:
		a.Say("%d of %d values of %s would be written", written, len(changes), user)
	}
	return output.List(a.IO.Out, a.Printer, changes,
		Column("name", func(v extattr.ValueChange) string { return v.Name }),
		Column("old", func(v extattr.ValueChange) string { return v.Old }),
		Column("new", func(v extattr.ValueChange) string { return v.New }),
		Column("changed", func(v extattr.ValueChange) string { return YesNo(v.Changed) }))
}
