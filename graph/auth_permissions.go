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
	c = c.orGlobal()
	page := c.Authority + "/" + url.PathEscape(cmp.Or(tenant, anyTenant))
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
