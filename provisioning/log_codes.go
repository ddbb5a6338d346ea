package provisioning

import "strings"

// An Explanation says in words what a code of the provisioning service means,
// and what to do about it.
type Explanation struct {
	Meaning string `json:"meaning"`
	Remedy  string `json:"remedy,omitempty"`
}

// ExplainCode explains an error or skip code of the provisioning logs and of
// provisioning on demand. The application's name in front of a code, as some
// templates have it, does not matter. It is false for a code that Microsoft
// does not describe.
//
// https://learn.microsoft.com/entra/identity/monitoring-health/howto-analyze-provisioning-logs
func ExplainCode(code string) (Explanation, bool) {
	if e, ok := explanations(code); ok {
		return e, true
	}
	for _, known := range []string{"EntryConflict", "Conflict", "DuplicateTargetEntries", "DuplicateSourceEntries", "InvalidAnchor"} {
		if strings.HasSuffix(code, known) {
			return explanations(known)
		}
	}
	return Explanation{}, false
}

const scimPrefix = "SystemForCrossDomainIdentityManagement"

func explanations(code string) (Explanation, bool) {
	const retried = "nothing to do at once: the service tries again in its next cycles"
	e, ok := map[string]Explanation{
		"NotEffectivelyEntitled":                       {"the user is not assigned to the application, has no role that counts, or was disabled when an account was due", "assign the user (scimctl assignment add), change the scoping filter, or provision everybody"},
		"RedundantExport":                              {"the application has all of it already, so nothing was sent", ""},
		"AttributeValidationFailed":                    {"a value does not fit the attribute that it is mapped to", "look at the mapping (scimctl mapping check, scimctl mapping preview)"},
		"EntrySynchronizationSkipped":                  {"nothing was done: the object is out of scope, or nothing changed", "scimctl why tells which"},
		"EntrySynchronizationSkip":                     {"nothing was done: the object is out of scope, or nothing changed", "scimctl why tells which"},
		"ImportSkipped":                                {"the user has no value for the matching attribute", "give the user a value, or match by another attribute"},
		"Conflict":                                     {"a value collides with another account of the application", "change the value or the matching attribute, or remove the other account"},
		"EntryConflict":                                {"a value collides with another account of the application", "change the value or the matching attribute, or remove the other account"},
		"DuplicateTargetEntries":                       {"several accounts of the application fit the matching attribute", "match by an attribute that only one account has"},
		"DuplicateSourceEntries":                       {"several users fit the matching attribute", "match by an attribute that only one user has"},
		"TooManyRequests":                              {"the application refused because it gets too many requests", retried},
		"InternalServerError":                          {"the application answered with an error of its own", retried + "; when it stays, ask the application's vendor"},
		"WebExceptionProtocolError":                    {"the application's answer broke the rules of HTTP", retried + "; when it stays, ask the application's vendor"},
		"InternalError":                                {"the provisioning service itself failed", retried},
		"Timeout":                                      {"the application took too long to answer", retried},
		"InsufficientRights":                           {"the token was accepted, but may not do this", "give the token's account more rights in the application"},
		"MethodNotAllowed":                             {"the application does not allow this kind of request", "take the action away (scimctl mapping actions), or ask the application's vendor"},
		"NotPermitted":                                 {"the token was accepted, but may not do this", "give the token's account more rights in the application"},
		"Unauthorized":                                 {"the application did not accept the token for this", "scimctl credentials test; then scimctl credentials rotate"},
		"UnprocessableEntity":                          {"the application did not understand what it was sent", "look at the mappings of what it names (scimctl mapping preview)"},
		"NotImplemented":                               {"the application cannot do this", "take the action away (scimctl mapping actions), or ask the application's vendor"},
		"InvalidAnchor":                                {"the account that this user was linked with is gone from the application", "scimctl provision restart matches everybody anew"},
		"MandatoryFieldsMissing":                       {"the application wants attributes that have no value", "map them, or give them a default value (scimctl mapping set)"},
		"MissingValues":                                {"the application wants attributes that have no value", "map them, or give them a default value (scimctl mapping set)"},
		"SchemaAttributeNotFound":                      {"an attribute is mapped that the application does not have", "scimctl mapping remove, or correct the target's name"},
		"InvalidDomain":                                {"the application does not take addresses of this domain", "allow the domain in the application"},
		"LicenseLimitExceeded":                         {"the application has no licence left for this account", "buy more licences, or assign fewer people"},
		"TooManyDeletes":                               {"more accounts would be deprovisioned than the threshold for accidental deletions allows", "look at who left the scope; then scimctl provision restart --allow-deletes, or repair it"},
		"EntityTypeNotSupported":                       {"the application does not take objects of this type", "scimctl mapping disable"},
		scimPrefix + "MultipleEntriesInResponse":       {"the application answered several objects where one was asked for, or a group with members that were not asked for", "ask the application's vendor"},
		scimPrefix + "ServiceIncompatible":             {"the application's answer cannot be read as SCIM", "ask the application's vendor"},
		scimPrefix + "ServiceIncompatibleFiltering":    {"the application does not filter as SCIM asks for", "match by an attribute that it can filter on, or ask the application's vendor"},
		scimPrefix + "BadRequest":                      {"the application refused the request as wrong", "look at what it says, and at the mappings (scimctl mapping preview)"},
		scimPrefix + "InvalidCredentials":              {"the application does not accept the saved token", "scimctl credentials rotate"},
		scimPrefix + "CredentialValidationFailure":     {"the application does not accept the saved token", "scimctl credentials rotate"},
		scimPrefix + "CredentialValidationUnavailable": {"the application cannot be reached to try the saved token", "look whether the tenant URL answers; then scimctl credentials test"},
		"SchemaPropertyCanOnlyAcceptValue":             {"several values are mapped to an attribute that takes one", "choose one, with an expression such as Item (scimctl mapping set)"},
	}[code]
	return e, ok
}
