package doctor

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/graph/directory"
	"github.com/scimctl/scimctl/graph/parallel"
	"github.com/scimctl/scimctl/graph/remedy"
	"github.com/scimctl/scimctl/provisioning/apps"
)

// signIn tells who works, in which tenant and cloud.
func (p *patient) signIn() Diagnosis {
	check := Diagnosis{Name: "sign-in", Condition: ConditionOK}
	where := "in the cloud " + p.Graph.Cloud().Name
	if p.who.TenantID != "" {
		where = "in tenant " + p.who.TenantID + ", cloud " + p.Graph.Cloud().Name
	}
	switch {
	case !p.who.Readable():
		check.Condition, check.Detail = ConditionNotChecked, "The token does not say who it speaks for ("+where+")"
	case p.who.Application():
		check.Detail = fmt.Sprintf("The application %s works by itself, %s", withID(p.who.Name, p.who.AppID), where)
	default:
		check.Detail = fmt.Sprintf("%s works through the client %s, %s", withID(p.who.UserPrincipalName, p.who.ObjectID), p.who.AppID, where)
	}
	return check
}

// withID is a name with the id behind it.
func withID(name, id string) string {
	switch {
	case name == "":
		return id
	case id == "":
		return name
	}
	return fmt.Sprintf("%s (%s)", name, id)
}

// soon is when a token is about to end. Whoever signs in for scimctl mostly
// renews it before.
const soon = 5 * time.Minute

// token tells what the token says that it may do.
func (p *patient) token() Diagnosis {
	check := Diagnosis{Name: "token", Condition: ConditionOK}
	granted := slices.Concat(p.who.Scopes, p.who.Roles)
	slices.Sort(granted)
	left := time.Until(p.who.Expires).Round(time.Second)
	switch {
	case !p.who.Readable():
		check.Condition, check.Detail = ConditionNotChecked, "It does not say what it may do"
		return check
	case !p.who.Expires.IsZero() && left <= 0:
		check.Condition, check.Detail, check.Remedy = ConditionFailed, "It ended at "+p.who.Expires.Format(time.RFC3339), remedy.List{remedy.Run("sign in again, or get a new token", "auth login")}
		return check
	case len(granted) == 0:
		check.Condition, check.Detail, check.Remedy = ConditionFailed, "It has no permission of Graph at all", remedy.List{remedy.Run("list what commands need", "auth permissions")}
		return check
	}
	kind := "scopes"
	if p.who.Application() {
		kind = "roles"
	}
	check.Detail = fmt.Sprintf("It has the %s %s", kind, strings.Join(granted, ", "))
	if !p.who.Expires.IsZero() && left < soon {
		check.Condition, check.Remedy = ConditionWarning, remedy.Advice(fmt.Sprintf("it ends in %s: a longer run needs a new one", left))
	}
	return check
}

// administers are the directory roles that may work on all applications and
// their provisioning: https://learn.microsoft.com/entra/identity/role-based-access-control/permissions-reference.
func administers() []string {
	return []string{"Global Administrator", "Application Administrator", "Cloud Application Administrator"}
}

// roles tells which roles in the directory a person holds.
func (p *patient) roles(ctx context.Context) []Diagnosis {
	const name = "directory roles"
	if p.who.Application() {
		return []Diagnosis{{Name: name, Condition: ConditionNotChecked, Detail: "An application by itself works with its permissions, and needs none"}}
	}
	roles, err := directory.OwnDirectoryRoles(ctx, p.Graph)
	if err != nil {
		return []Diagnosis{unchecked(name, err, "they can be read with User.Read")}
	}
	slices.Sort(roles)
	check := Diagnosis{Name: name, Condition: ConditionOK, Detail: "Held now: " + strings.Join(roles, ", ")}
	if len(roles) == 0 {
		check.Detail = "None is held now"
	}
	if !slices.ContainsFunc(administers(), func(role string) bool { return slices.Contains(roles, role) }) {
		check.Condition = ConditionWarning
		check.Remedy = remedy.Advice("have Cloud Application Administrator assigned, or activate it; owners need none for their own applications")
	}
	return []Diagnosis{check}
}

// owner tells whether the caller owns both objects of the application.
func (p *patient) owner(ctx context.Context) []Diagnosis {
	const name = "ownership"
	if p.app.Name == "" {
		return nil
	}
	me, err := p.me(ctx)
	if err != nil {
		return []Diagnosis{unchecked(name, err)}
	}
	parts := &apps.AppParts{Show: apps.Show{Graph: p.Graph}, App: p.app}
	if err := parallel.Do(ctx, parts.AppOwners, parts.PrincipalOwners); err != nil {
		return []Diagnosis{unchecked(name, err, "owners can be read with Application.Read.All")}
	}
	owns := func(o applications.Owner) bool { return strings.EqualFold(o.ID, me) }
	return []Diagnosis{p.judgeOwner(name, slices.ContainsFunc(parts.OfApp, owns), slices.ContainsFunc(parts.OfSP, owns))}
}

// me is the object id of the caller.
func (p *patient) me(ctx context.Context) (string, error) {
	if p.who.ObjectID != "" {
		return p.who.ObjectID, nil
	}
	me, err := directory.Me(ctx, p.Graph)
	return me.ID, err
}

func (p *patient) judgeOwner(name string, ofApp, ofSP bool) Diagnosis {
	check := Diagnosis{Name: name, Condition: ConditionOK}
	switch {
	case ofApp && ofSP:
		check.Detail = "The caller owns application and service principal of " + p.app.Name
		return check
	case ofApp:
		check.Detail = "The caller owns the application " + p.app.Name + ", and not its service principal"
	case ofSP:
		check.Detail = "The caller owns the service principal of " + p.app.Name + ", and not the application"
	default:
		check.Detail = "The caller does not own " + p.app.Name
	}
	owned := slices.Contains(p.who.Roles, "Application.ReadWrite.OwnedBy")
	if p.who.Application() && owned && !slices.Contains(p.who.Roles, "Synchronization.ReadWrite.All") {
		check.Condition = ConditionFailed
		check.Remedy = remedy.Advice("Application.ReadWrite.OwnedBy takes both: make the caller owner of the application and of its service principal, or grant Synchronization.ReadWrite.All")
		return check
	}
	check.Detail += ", and needs a directory role or a permission for all applications"
	return check
}
