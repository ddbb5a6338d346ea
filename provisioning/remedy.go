package provisioning

import (
	"regexp"
	"strings"
)

// The service puts what the application answered into a long sentence.
var (
	failedStatus = regexp.MustCompile(`StatusCode: *([A-Za-z0-9]+)`)
	failedBody   = regexp.MustCompile(`(?s)Web Response: *(.*?)\.? *(?:This operation was retried|$)`)
)

// condense keeps of such a sentence the status and what the application said.
func condense(reason string) string {
	reason = detailOf(reason)
	status, body := failedStatus.FindStringSubmatch(reason), failedBody.FindStringSubmatch(reason)
	if status == nil || body == nil {
		return strings.Join(strings.Fields(reason), " ")
	}
	return "the application answered " + status[1] + ": " + brief(detailOf(body[1]))
}

// remedy is what to do about the code when the service recommends nothing. See
// https://learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-log-analytics
// and https://learn.microsoft.com/entra/identity/app-provisioning/provision-on-demand.
func (r Result) remedy() string {
	switch r.Code {
	case "NotEffectivelyEntitled":
		if r.asleep() {
			return "enable the user's account in Entra, or restore it: an account that is off is not provisioned"
		}
		return "assign the user, or a group whose direct member they are"
	case "Conflict", "EntryConflict":
		return "another account in the application has this value: change one of them, or the matching attribute"
	case "DuplicateTargetEntries":
		return "several accounts in the application fit the matching attribute: make it unique there"
	case "DuplicateSourceEntries":
		return "several users fit the matching attribute: make it unique in Entra"
	case "ImportSkipped":
		return "give the user a value for the matching attribute"
	case "InvalidAnchor":
		return "the linked account is gone from the application: restart provisioning with reset scope Full"
	case "SchemaAttributeNotFound":
		return "a mapped attribute does not exist in the application: remove its mapping"
	case "InsufficientRights", "NotPermitted", "Unauthorized", "MethodNotAllowed":
		return "give the token's owner in the application the right to manage users"
	case "MandatoryFieldsMissing", "MissingValues":
		return "give the user a value for each attribute that the application requires"
	case "TooManyRequests", "Timeout", "InternalServerError", "InternalError", "WebExceptionProtocolError":
		return "the application is slow or at fault: try again later"
	case "LicenseLimitExceeded":
		return "the application has no licence left"
	case scimPrefix + "BadRequest", "UnprocessableEntity":
		if r.switches() {
			return onDemandText
		}
	case "SystemForCrossDomainIdentityManagementInvalidCredentials", "SystemForCrossDomainIdentityManagementCredentialValidationFailure":
		return "set the credentials again"
	}
	return ""
}

// switches reports whether an account that was there was to be disabled or
// enabled.
func (r Result) switches() bool {
	i := indexChange(r.Changes, "active")
	return i >= 0 && r.Changes[i].Old != ""
}
