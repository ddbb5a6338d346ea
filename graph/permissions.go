package graph

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
)

// Least are the least permissions for some operations together: for a person
// who is signed in, and for an application by itself. What another one covers
// is left out. See https://learn.microsoft.com/graph/permissions-reference.
func Least(operations ...Operation) (delegated, application []string) {
	for _, op := range operations {
		delegated = append(delegated, op.Delegated...)
		application = append(application, op.AppOnly...)
	}
	return uncovered(delegated), uncovered(application)
}

// uncovered sorts permissions and drops those to read what another one lets
// write.
func uncovered(permissions []string) []string {
	all := slices.Compact(slices.Sorted(slices.Values(permissions)))
	least := []string{}
	for _, p := range all {
		writing := strings.TrimSuffix(p, ".Read.All") + ".ReadWrite.All"
		if !strings.HasSuffix(p, ".Read.All") || !slices.Contains(all, writing) {
			least = append(least, p)
		}
	}
	return least
}

// ConsentURL is the page where an administrator grants a client permissions
// for everyone in a tenant; without a tenant, in the administrator's own. With
// scopes the client may act for people; without any, an application is given
// what its registration lists. See
// https://learn.microsoft.com/entra/identity-platform/v2-admin-consent.
func (c Cloud) ConsentURL(tenant, clientID string, scopes []string) string {
	c = c.OrGlobal()
	page := c.Authority + "/" + url.PathEscape(cmp.Or(tenant, AnyTenant))
	if len(scopes) == 0 {
		return page + "/adminconsent?client_id=" + url.QueryEscape(clientID)
	}
	full := make([]string, len(scopes))
	for i, name := range scopes {
		full[i] = c.Graph + "/" + name
	}
	return page + "/v2.0/adminconsent?client_id=" + url.QueryEscape(clientID) +
		"&scope=" + url.PathEscape(strings.Join(full, " ")) + "&redirect_uri=" + url.QueryEscape("http://localhost")
}

// Lacks names the permissions of an operation that a token does not have, nor
// one that covers them; it is empty for a token that cannot be read. What it
// has may still not do: a person needs a role in the directory too, and an
// application with Application.ReadWrite.OwnedBy has to own what it works on.
// See https://learn.microsoft.com/graph/permissions-reference.
func (i Identity) Lacks(op Operation) []string {
	needs, have := op.Delegated, i.Scopes
	if i.Application() {
		needs, have = op.AppOnly, i.Roles
	}
	if !i.Readable() {
		return nil
	}
	var lacks []string
	for _, need := range needs {
		if !slices.ContainsFunc(covering(need, op), func(p string) bool { return slices.Contains(have, p) }) {
			lacks = append(lacks, need)
		}
	}
	return lacks
}

// Readable reports whether the token told anything of itself.
func (i Identity) Readable() bool {
	return i.AppID != "" || i.ObjectID != "" || len(i.Scopes) > 0 || len(i.Roles) > 0
}

// covering lists the permissions that each are enough for one that is needed,
// itself first, as the pages of the methods list them.
func covering(need string, op Operation) []string {
	enough := []string{need}
	area, reads := strings.CutSuffix(need, ".Read.All")
	if reads {
		enough = append(enough, area+".ReadWrite.All")
	}
	switch area, _, _ := strings.Cut(need, "."); area {
	case "Application", "User", "GroupMember", "Directory":
		enough = append(enough, "Directory.ReadWrite.All")
		if reads {
			enough = append(enough, "Directory.Read.All")
		}
	}
	switch need {
	case "GroupMember.Read.All":
		enough = append(enough, "Group.Read.All", "Group.ReadWrite.All")
	case "User.DeleteRestore.All":
		enough = append(enough, "User.ReadWrite.All")
	case "ProvisioningLog.Read.All":
		enough = append(enough, "AuditLog.Read.All")
	case "Application.ReadWrite.OwnedBy":
		enough = append([]string{need}, beyondOwned(op)...)
	}
	return enough
}

// beyondOwned are what does for all applications what
// Application.ReadWrite.OwnedBy does for one's own. That to write applications
// is not enough for their provisioning.
func beyondOwned(op Operation) []string {
	switch {
	case slices.Contains(op.Delegated, "Synchronization.ReadWrite.All"):
		return []string{"Synchronization.ReadWrite.All"}
	case slices.Contains(op.Delegated, "Synchronization.Read.All"):
		return []string{"Synchronization.Read.All", "Synchronization.ReadWrite.All"}
	}
	return []string{"Application.ReadWrite.All", "Directory.ReadWrite.All"}
}

// AnyTenant is the authority's word for whatever tenant the person is in.
const AnyTenant = "organizations"
