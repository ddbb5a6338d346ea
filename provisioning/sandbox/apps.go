package sandbox

import (
	"strings"

	"github.com/scimctl/scimctl/provisioning/sandbox/internal/odata"
)

const (
	customTag     = "WindowsAzureActiveDirectoryCustomSingleSignOnApplication"
	integratedTag = "WindowsAzureActiveDirectoryIntegratedApp"
)

func applicationResource() odata.Resource {
	name := []string{"eq", "in", "startswith"}
	return odata.Resource{
		Kind: "microsoft.graph.application", Label: "Application",
		Properties: strings.Fields(`addIns api appId appRoles applicationTemplateId createdDateTime defaultRedirectUri deletedDateTime description
			disabledByMicrosoftStatus displayName groupMembershipClaims id identifierUris info isDeviceOnlyAuthSupported isFallbackPublicClient
			keyCredentials notes optionalClaims parentalControlSettings passwordCredentials publicClient publisherDomain requiredResourceAccess
			samlMetadataUrl serviceManagementReference signInAudience spa tags tokenEncryptionKeyId uniqueName verifiedPublisher web`),
		Filters: map[string][]string{
			"id": {"eq", "in"}, "appId": {"eq", "in"}, "displayName": name, "tags": {"any"}, "identifierUris": {"any"},
			"applicationTemplateId": {"eq"}, "signInAudience": {"eq"}, "publisherDomain": {"eq"},
		},
		Orders: []string{"displayName"}, Searches: []string{"displayName", "description"},
	}
}

func servicePrincipalResource() odata.Resource {
	name := []string{"eq", "in", "startswith"}
	return odata.Resource{
		Kind: "microsoft.graph.servicePrincipal", Label: "ServicePrincipal",
		Properties: strings.Fields(`accountEnabled addIns alternativeNames appDescription appDisplayName appId appOwnerOrganizationId
			appRoleAssignmentRequired appRoles applicationTemplateId deletedDateTime description disabledByMicrosoftStatus displayName homepage id
			info keyCredentials loginUrl logoutUrl notes notificationEmailAddresses oauth2PermissionScopes passwordCredentials
			preferredSingleSignOnMode preferredTokenSigningKeyThumbprint replyUrls samlSingleSignOnSettings servicePrincipalNames
			servicePrincipalType signInAudience tags tokenEncryptionKeyId verifiedPublisher`),
		Filters: map[string][]string{
			"id": {"eq", "in"}, "appId": {"eq", "in"}, "displayName": name, "tags": {"any"}, "servicePrincipalNames": {"any"},
			"applicationTemplateId": {"eq"}, "servicePrincipalType": {"eq"}, "accountEnabled": {"eq"},
		},
		Orders: []string{"displayName"}, Searches: []string{"displayName", "description"},
	}
}

// application is the registration as Graph shows it.
// https://learn.microsoft.com/graph/api/resources/application
func (a *app) application() odata.Object {
	scope := odata.Object{
		"adminConsentDescription": "Allow the application to access " + a.DisplayName + " on behalf of the signed-in user.",
		"adminConsentDisplayName": "Access " + a.DisplayName, "id": odata.IDOf(a.AppID + "/user_impersonation"), "isEnabled": true, "type": "User",
		"userConsentDescription": "Allow the application to access " + a.DisplayName + " on your behalf.",
		"userConsentDisplayName": "Access " + a.DisplayName, "value": "user_impersonation",
	}
	return odata.Object{
		"id": a.ID, "appId": a.AppID, "applicationTemplateId": none(a.Template), "createdDateTime": odata.Instant(a.Created), "deletedDateTime": nil,
		"displayName": a.DisplayName, "description": nil, "groupMembershipClaims": nil, "identifierUris": []string{},
		"isFallbackPublicClient": false, "signInAudience": "AzureADMyOrg", "tags": []string{}, "tokenEncryptionKeyId": nil,
		"defaultRedirectUri": nil, "samlMetadataUrl": nil, "optionalClaims": nil, "addIns": []odata.Object{},
		"serviceManagementReference": none(a.Management), "notes": nil, "publisherDomain": "contoso.com", "uniqueName": nil,
		"isDeviceOnlyAuthSupported": nil, "disabledByMicrosoftStatus": nil, "spa": odata.Object{"redirectUris": []string{}},
		"api": odata.Object{
			"acceptMappedClaims": nil, "knownClientApplications": []string{}, "requestedAccessTokenVersion": nil,
			"oauth2PermissionScopes": []odata.Object{scope}, "preAuthorizedApplications": []odata.Object{},
		},
		"appRoles": a.roles(), "info": odata.Object{"logoUrl": nil, "marketingUrl": nil, "privacyStatementUrl": nil, "supportUrl": nil, "termsOfServiceUrl": nil},
		"keyCredentials": []odata.Object{}, "passwordCredentials": []odata.Object{},
		"parentalControlSettings": odata.Object{"countriesBlockedForMinors": []string{}, "legalAgeGroupRule": "Allow"},
		"publicClient":            odata.Object{"redirectUris": []string{}}, "requiredResourceAccess": []odata.Object{},
		"verifiedPublisher": odata.Object{"displayName": nil, "verifiedPublisherId": nil, "addedDateTime": nil},
		"web":               odata.Object{"homePageUrl": none(a.HomePage), "redirectUris": []string{}, "logoutUrl": nil},
	}
}

// principalView is the enterprise application as Graph shows it.
// https://learn.microsoft.com/graph/api/resources/serviceprincipal
func (a *app) principalView(s *state) odata.Object {
	owner := a.Owner
	if owner == "" {
		owner = s.TenantID
	}
	tags := []string{}
	if a.Custom {
		tags = append(tags, customTag)
	}
	if a.Template != "" {
		tags = append(tags, integratedTag)
	}
	return odata.Object{
		"id": a.SP, "appId": a.AppID, "deletedDateTime": nil, "accountEnabled": true, "applicationTemplateId": none(a.Template),
		"appDisplayName": a.DisplayName, "displayName": a.DisplayName, "alternativeNames": []string{}, "appDescription": nil,
		"appOwnerOrganizationId": owner, "appRoleAssignmentRequired": a.Template != "", "description": nil, "disabledByMicrosoftStatus": nil,
		"loginUrl": nil, "logoutUrl": nil, "homepage": none(a.HomePage), "notes": nil, "notificationEmailAddresses": []string{},
		"preferredSingleSignOnMode": nil, "preferredTokenSigningKeyThumbprint": nil, "replyUrls": []string{},
		"servicePrincipalNames": []string{a.AppID}, "servicePrincipalType": "Application", "signInAudience": "AzureADMyOrg",
		"tags": tags, "tokenEncryptionKeyId": nil, "samlSingleSignOnSettings": nil, "addIns": []odata.Object{}, "appRoles": a.roles(),
		"info": odata.Object{}, "keyCredentials": []odata.Object{}, "oauth2PermissionScopes": []odata.Object{}, "passwordCredentials": []odata.Object{},
		"verifiedPublisher": odata.Object{},
	}
}

func (a *app) roles() []appRole { return append([]appRole{}, a.Roles...) }

func listApplications(c *odata.Call, s *state) *odata.Answer {
	var items []odata.Object
	for _, a := range s.Apps {
		if a.ID != "" {
			items = append(items, a.application())
		}
	}
	return applicationResource().List(c, "applications", items)
}

func listServicePrincipals(c *odata.Call, s *state) *odata.Answer {
	var items []odata.Object
	for _, a := range s.Apps {
		if a.SP != "" {
			items = append(items, a.principalView(s))
		}
	}
	return servicePrincipalResource().List(c, "servicePrincipals", items)
}

// withApplication answers for the application that the path names. One that
// was just made is not found at first.
func withApplication(f func(*odata.Call, *state, *app) *odata.Answer) func(*odata.Call, *state) *odata.Answer {
	return func(c *odata.Call, s *state) *odata.Answer {
		a := s.application(c.Param("app"))
		if a == nil || s.late(lagApp(a.ID), c.Now) {
			return odata.NotFound(bareKey(c.Param("app")))
		}
		return f(c, s, a)
	}
}

func withServicePrincipal(f func(*odata.Call, *state, *app) *odata.Answer) func(*odata.Call, *state) *odata.Answer {
	return func(c *odata.Call, s *state) *odata.Answer {
		a := s.servicePrincipal(c.Param("sp"))
		if a == nil || s.late(lagSP(a.SP), c.Now) {
			return odata.NotFound(bareKey(c.Param("sp")))
		}
		return f(c, s, a)
	}
}

func bareKey(key string) string { return strings.TrimPrefix(key, "appId=") }

func getApplication(c *odata.Call, _ *state, a *app) *odata.Answer {
	return applicationResource().One(c, "applications", a.application())
}

func getServicePrincipal(c *odata.Call, s *state, a *app) *odata.Answer {
	return servicePrincipalResource().One(c, "servicePrincipals", a.principalView(s))
}
