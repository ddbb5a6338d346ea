package sandbox

import (
	"strings"
)

const (
	customTag     = "WindowsAzureActiveDirectoryCustomSingleSignOnApplication"
	integratedTag = "WindowsAzureActiveDirectoryIntegratedApp"
)

func applicationResource() resource {
	name := []string{"eq", "in", "startswith"}
	return resource{
		kind: "microsoft.graph.application", label: "Application",
		properties: strings.Fields(`addIns api appId appRoles applicationTemplateId createdDateTime defaultRedirectUri deletedDateTime description
			disabledByMicrosoftStatus displayName groupMembershipClaims id identifierUris info isDeviceOnlyAuthSupported isFallbackPublicClient
			keyCredentials notes optionalClaims parentalControlSettings passwordCredentials publicClient publisherDomain requiredResourceAccess
			samlMetadataUrl serviceManagementReference signInAudience spa tags tokenEncryptionKeyId uniqueName verifiedPublisher web`),
		filters: map[string][]string{
			"id": {"eq", "in"}, "appId": {"eq", "in"}, "displayName": name, "tags": {"any"}, "identifierUris": {"any"},
			"applicationTemplateId": {"eq"}, "signInAudience": {"eq"}, "publisherDomain": {"eq"},
		},
		orders: []string{"displayName"}, searches: []string{"displayName", "description"},
	}
}

func servicePrincipalResource() resource {
	name := []string{"eq", "in", "startswith"}
	return resource{
		kind: "microsoft.graph.servicePrincipal", label: "ServicePrincipal",
		properties: strings.Fields(`accountEnabled addIns alternativeNames appDescription appDisplayName appId appOwnerOrganizationId
			appRoleAssignmentRequired appRoles applicationTemplateId deletedDateTime description disabledByMicrosoftStatus displayName homepage id
			info keyCredentials loginUrl logoutUrl notes notificationEmailAddresses oauth2PermissionScopes passwordCredentials
			preferredSingleSignOnMode preferredTokenSigningKeyThumbprint replyUrls samlSingleSignOnSettings servicePrincipalNames
			servicePrincipalType signInAudience tags tokenEncryptionKeyId verifiedPublisher`),
		filters: map[string][]string{
			"id": {"eq", "in"}, "appId": {"eq", "in"}, "displayName": name, "tags": {"any"}, "servicePrincipalNames": {"any"},
			"applicationTemplateId": {"eq"}, "servicePrincipalType": {"eq"}, "accountEnabled": {"eq"},
		},
		orders: []string{"displayName"}, searches: []string{"displayName", "description"},
	}
}

// application is the registration as Graph shows it.
// https://learn.microsoft.com/graph/api/resources/application
func (a *app) application() object {
	scope := object{
		"adminConsentDescription": "Allow the application to access " + a.DisplayName + " on behalf of the signed-in user.",
		"adminConsentDisplayName": "Access " + a.DisplayName, "id": idOf(a.AppID + "/user_impersonation"), "isEnabled": true, "type": "User",
		"userConsentDescription": "Allow the application to access " + a.DisplayName + " on your behalf.",
		"userConsentDisplayName": "Access " + a.DisplayName, "value": "user_impersonation",
	}
	return object{
		"id": a.ID, "appId": a.AppID, "applicationTemplateId": none(a.Template), "createdDateTime": instant(a.Created), "deletedDateTime": nil,
		"displayName": a.DisplayName, "description": nil, "groupMembershipClaims": nil, "identifierUris": []string{},
		"isFallbackPublicClient": false, "signInAudience": "AzureADMyOrg", "tags": []string{}, "tokenEncryptionKeyId": nil,
		"defaultRedirectUri": nil, "samlMetadataUrl": nil, "optionalClaims": nil, "addIns": []object{},
		"serviceManagementReference": none(a.Management), "notes": nil, "publisherDomain": "contoso.com", "uniqueName": nil,
		"isDeviceOnlyAuthSupported": nil, "disabledByMicrosoftStatus": nil, "spa": object{"redirectUris": []string{}},
		"api": object{
			"acceptMappedClaims": nil, "knownClientApplications": []string{}, "requestedAccessTokenVersion": nil,
			"oauth2PermissionScopes": []object{scope}, "preAuthorizedApplications": []object{},
		},
		"appRoles": a.roles(), "info": object{"logoUrl": nil, "marketingUrl": nil, "privacyStatementUrl": nil, "supportUrl": nil, "termsOfServiceUrl": nil},
		"keyCredentials": []object{}, "passwordCredentials": []object{},
		"parentalControlSettings": object{"countriesBlockedForMinors": []string{}, "legalAgeGroupRule": "Allow"},
		"publicClient":            object{"redirectUris": []string{}}, "requiredResourceAccess": []object{},
		"verifiedPublisher": object{"displayName": nil, "verifiedPublisherId": nil, "addedDateTime": nil},
		"web":               object{"homePageUrl": none(a.HomePage), "redirectUris": []string{}, "logoutUrl": nil},
	}
}

// principalView is the enterprise application as Graph shows it.
// https://learn.microsoft.com/graph/api/resources/serviceprincipal
func (a *app) principalView(s *state) object {
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
	return object{
		"id": a.SP, "appId": a.AppID, "deletedDateTime": nil, "accountEnabled": true, "applicationTemplateId": none(a.Template),
		"appDisplayName": a.DisplayName, "displayName": a.DisplayName, "alternativeNames": []string{}, "appDescription": nil,
		"appOwnerOrganizationId": owner, "appRoleAssignmentRequired": a.Template != "", "description": nil, "disabledByMicrosoftStatus": nil,
		"loginUrl": nil, "logoutUrl": nil, "homepage": none(a.HomePage), "notes": nil, "notificationEmailAddresses": []string{},
		"preferredSingleSignOnMode": nil, "preferredTokenSigningKeyThumbprint": nil, "replyUrls": []string{},
		"servicePrincipalNames": []string{a.AppID}, "servicePrincipalType": "Application", "signInAudience": "AzureADMyOrg",
		"tags": tags, "tokenEncryptionKeyId": nil, "samlSingleSignOnSettings": nil, "addIns": []object{}, "appRoles": a.roles(),
		"info": object{}, "keyCredentials": []object{}, "oauth2PermissionScopes": []object{}, "passwordCredentials": []object{},
		"verifiedPublisher": object{},
	}
}

func (a *app) roles() []appRole { return append([]appRole{}, a.Roles...) }

func listApplications(c *call, s *state) *answer {
	var items []object
	for _, a := range s.Apps {
		if a.ID != "" {
			items = append(items, a.application())
		}
	}
	return applicationResource().list(c, s, "applications", items)
}

func listServicePrincipals(c *call, s *state) *answer {
	var items []object
	for _, a := range s.Apps {
		if a.SP != "" {
			items = append(items, a.principalView(s))
		}
	}
	return servicePrincipalResource().list(c, s, "servicePrincipals", items)
}

// withApplication answers for the application that the path names. One that
// was just made is not found at first.
func withApplication(f func(*call, *state, *app) *answer) func(*call, *state) *answer {
	return func(c *call, s *state) *answer {
		a := s.application(c.param("app"))
		if a == nil || s.late(lagApp(a.ID), c.now) {
			return notFound(bareKey(c.param("app")))
		}
		return f(c, s, a)
	}
}

func withServicePrincipal(f func(*call, *state, *app) *answer) func(*call, *state) *answer {
	return func(c *call, s *state) *answer {
		a := s.servicePrincipal(c.param("sp"))
		if a == nil || s.late(lagSP(a.SP), c.now) {
			return notFound(bareKey(c.param("sp")))
		}
		return f(c, s, a)
	}
}

func bareKey(key string) string { return strings.TrimPrefix(key, "appId=") }

func getApplication(c *call, _ *state, a *app) *answer {
	return applicationResource().one(c, "applications", a.application())
}

func getServicePrincipal(c *call, s *state, a *app) *answer {
	return servicePrincipalResource().one(c, "servicePrincipals", a.principalView(s))
}
