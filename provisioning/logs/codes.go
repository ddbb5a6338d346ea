package logs

import (
	"strings"

	"github.com/scimctl/scimctl/graph/remedy"
)

// Redundant is the code of a skip because nothing has to change.
const Redundant = "RedundantExport"

// An Explanation says in words what a code of the provisioning service means,
// and what to do about it.
type Explanation struct {
	Meaning string      `json:"meaning"`
	Remedy  remedy.List `json:"remedy,omitempty"`
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

// ScimPrefix begins the codes of errors that the application gave.
const ScimPrefix = "SystemForCrossDomainIdentityManagement"

func explanations(code string) (Explanation, bool) {
	const retried = "nothing to do at once: the service tries again in its next cycles"
	e, ok := map[string]Explanation{
		"NotEffectivelyEntitled":                       {"the user is not assigned to the application, has no role that counts, or was disabled when an account was due", remedy.List{remedy.Run("assign the user", "assignment add", "USER"), remedy.Advise("or change the scoping filter, or provision all users")}},
		"RedundantExport":                              {"the application has all of it already, so nothing was sent", nil},
		"AttributeValidationFailed":                    {"a value does not fit the attribute that it is mapped to", remedy.List{remedy.Run("check the mapping", "mapping check"), remedy.Run("see what it sends", "mapping preview", "USER")}},
		"EntrySynchronizationSkipped":                  {"nothing was done: the object is out of scope, or nothing changed", remedy.List{remedy.Run("find out which", "why", "USER")}},
		"EntrySynchronizationSkip":                     {"nothing was done: the object is out of scope, or nothing changed", remedy.List{remedy.Run("find out which", "why", "USER")}},
		"ImportSkipped":                                {"the user has no value for the matching attribute", remedy.Advice("give the user a value, or match by another attribute")},
		"Conflict":                                     {"a value collides with another account of the application", remedy.Advice("change the value or the matching attribute, or remove the other account")},
		"EntryConflict":                                {"a value collides with another account of the application", remedy.Advice("change the value or the matching attribute, or remove the other account")},
		"DuplicateTargetEntries":                       {"several accounts of the application fit the matching attribute", remedy.Advice("match by an attribute that only one account has")},
		"DuplicateSourceEntries":                       {"several users fit the matching attribute", remedy.Advice("match by an attribute that only one user has")},
		"TooManyRequests":                              {"the application refused because it gets too many requests", remedy.Advice(retried)},
		"InternalServerError":                          {"the application answered with an error of its own", remedy.Advice(retried + "; when it stays, ask the application's vendor")},
		"WebExceptionProtocolError":                    {"the application's answer broke the rules of HTTP", remedy.Advice(retried + "; when it stays, ask the application's vendor")},
		"InternalError":                                {"the provisioning service itself failed", remedy.Advice(retried)},
		"Timeout":                                      {"the application took too long to answer", remedy.Advice(retried)},
		"InsufficientRights":                           {"the token was accepted, but may not do this", remedy.Advice("give the token's account more rights in the application")},
		"MethodNotAllowed":                             {"the application does not allow this kind of request", remedy.List{remedy.Run("turn the action off, or ask the application's vendor", "mapping actions").Flag("disable", "ACTION")}},
		"NotPermitted":                                 {"the token was accepted, but may not do this", remedy.Advice("give the token's account more rights in the application")},
		"Unauthorized":                                 {"the application did not accept the token for this", remedy.List{remedy.Run("test the credentials", "credentials test"), remedy.Run("then save a new token", "credentials rotate").Switch("token-stdin")}},
		"UnprocessableEntity":                          {"the application did not understand what it was sent", remedy.List{remedy.Run("check what is sent for the attributes that it names", "mapping preview", "USER")}},
		"NotImplemented":                               {"the application cannot do this", remedy.List{remedy.Run("turn the action off, or ask the application's vendor", "mapping actions").Flag("disable", "ACTION")}},
		"InvalidAnchor":                                {"the account that this user was linked with is gone from the application", remedy.List{remedy.Run("match all users again", "provision restart")}},
		"MandatoryFieldsMissing":                       {"the application wants attributes that have no value", remedy.List{remedy.Run("map them, or give them a default value", "mapping set", "TARGET").Flag("default", "VALUE")}},
		"MissingValues":                                {"the application wants attributes that have no value", remedy.List{remedy.Run("map them, or give them a default value", "mapping set", "TARGET").Flag("default", "VALUE")}},
		"SchemaAttributeNotFound":                      {"an attribute is mapped that the application does not have", remedy.List{remedy.Run("remove the mapping, or correct the target's name", "mapping remove", "TARGET")}},
		"InvalidDomain":                                {"the application does not take addresses of this domain", remedy.Advice("allow the domain in the application")},
		"LicenseLimitExceeded":                         {"the application has no licence left for this account", remedy.Advice("buy more licences, or assign fewer people")},
		"TooManyDeletes":                               {"more accounts would be deprovisioned than the threshold for accidental deletions allows", remedy.List{remedy.Run("check who left the scope, and undo that or allow the deletions", "provision restart").Switch("allow-deletes")}},
		"EntityTypeNotSupported":                       {"the application does not take objects of this type", remedy.List{remedy.Run("turn their mapping off", "mapping disable").Flag("object", "OBJECT")}},
		ScimPrefix + "MultipleEntriesInResponse":       {"the application answered several objects where one was asked for, or a group with members that were not asked for", remedy.Advice("ask the application's vendor")},
		ScimPrefix + "ServiceIncompatible":             {"the application's answer cannot be read as SCIM", remedy.Advice("ask the application's vendor")},
		ScimPrefix + "ServiceIncompatibleFiltering":    {"the application does not filter as SCIM asks for", remedy.Advice("match by an attribute that it can filter on, or ask the application's vendor")},
		ScimPrefix + "BadRequest":                      {"the application refused the request as wrong", remedy.List{remedy.Run("check the answer, and what the mappings send", "mapping preview", "USER")}},
		ScimPrefix + "InvalidCredentials":              {"the application does not accept the saved token", remedy.List{remedy.Run("save a new token", "credentials rotate").Switch("token-stdin")}},
		ScimPrefix + "CredentialValidationFailure":     {"the application does not accept the saved token", remedy.List{remedy.Run("save a new token", "credentials rotate").Switch("token-stdin")}},
		ScimPrefix + "CredentialValidationUnavailable": {"the application cannot be reached to try the saved token", remedy.List{remedy.Run("check whether the tenant URL answers, then try again", "credentials test")}},
		"SchemaPropertyCanOnlyAcceptValue":             {"several values are mapped to an attribute that takes one", remedy.List{remedy.Run("choose one, with an expression such as Item", "mapping set", "TARGET").Flag("expression", "Item([ATTRIBUTE], 1)")}},
	}[code]
	return e, ok
}
