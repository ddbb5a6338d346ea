// Package scim speaks SCIM 2.0 the way Microsoft Entra's provisioning service
// does: its requests, headers, filters, the bodies it posts and the two
// dialects of PATCH.
//
// The shapes are those of
// https://learn.microsoft.com/entra/identity/app-provisioning/use-scim-to-provision-users-and-groups
// and https://learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-config-problem-scim-compatibility.
package scim

import (
	"net/url"
	"strings"
)

// A Dialect is one of the two ways in which Entra writes a PATCH.
type Dialect int

// The dialects. Legacy is the service's default, and what provisioning on
// demand always uses; Compliant is asked for by the query text
// aadOptscim062020 on the tenant URL.
const (
	Legacy Dialect = iota
	Compliant
)

// String names the dialect.
func (d Dialect) String() string {
	if d == Compliant {
		return "compliant"
	}
	return "legacy"
}

// compliantFlags ask for the Compliant dialect; the second is the older spelling.
func compliantFlags() []string { return []string{"aadOptscim062020", "AzureAdScimPatch062020"} }

// SplitTenantURL parts a tenant URL as an administrator enters it into the
// base of all requests (no query, no trailing slash) and the dialect that its
// query asks for. It is a *TenantURLError when the text is no absolute
// http(s) URL, or carries a user name.
func SplitTenantURL(raw string) (base string, d Dialect, err error) {
	u, err := url.Parse(strings.TrimSpace(raw))
	switch {
	case err != nil:
		return "", Legacy, &TenantURLError{Reason: "not a URL"}
	case u.Scheme != "http" && u.Scheme != "https":
		return "", Legacy, &TenantURLError{Reason: "neither https nor http"}
	case u.Host == "":
		return "", Legacy, &TenantURLError{Reason: "no host"}
	case u.User != nil:
		return "", Legacy, &TenantURLError{Reason: "a user name in it"}
	}
	for key := range u.Query() {
		for _, flag := range compliantFlags() {
			if strings.EqualFold(key, flag) {
				d = Compliant
			}
		}
	}
	bare := url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path, RawPath: u.RawPath}
	return strings.TrimRight(bare.String(), "/"), d, nil
}
