package sandbox

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"

	"github.com/scimctl/scimctl/provisioning/engine"
	"github.com/scimctl/scimctl/provisioning/scim"
)

// A failure is an error of one object as the service reports it.
// https://learn.microsoft.com/entra/identity/monitoring-health/howto-analyze-provisioning-logs
type failure struct {
	code, message, advice string

	reference bool // only references were refused
}

func (o outcome) failed(err error) outcome {
	o.failure = failureOf(err)
	o.failure.reference = o.referring
	return o
}

func failureOf(err error) *failure {
	f := &failure{code: codeOf(err), message: err.Error()}
	if e, isStatus := errors.AsType[*scim.Error](err); isStatus {
		f.message = fmt.Sprintf("StatusCode: %s Message: Processing of the HTTP request resulted in an exception. Please see the HTTP response returned by the 'Response' property of this exception for details. Web Response: %s. "+neverRetried, statusName(e.Status), e.Body)
	}
	f.advice = adviceFor(f.code)
	return f
}

func codeOf(err error) string {
	if e, isStatus := errors.AsType[*scim.Error](err); isStatus {
		return codeOfStatus(e.Status)
	}
	if _, is := errors.AsType[*scim.DecodeError](err); is {
		return "SystemForCrossDomainIdentityManagementServiceIncompatible"
	}
	if _, is := errors.AsType[*scim.DuplicateError](err); is {
		return "DuplicateTargetEntries"
	}
	if _, is := errors.AsType[*scim.PathError](err); is {
		return "SchemaAttributeNotFound"
	}
	if _, is := errors.AsType[*engine.NoMappingError](err); is {
		return "EntityTypeNotSupported"
	}
	if _, is := errors.AsType[*engine.UnsupportedFilterError](err); is {
		return "SandboxUnsupported"
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return "Timeout"
	}
	return "WebExceptionProtocolError"
}

func codeOfStatus(status int) string {
	switch status {
	case http.StatusConflict:
		return "EntryConflict"
	case http.StatusTooManyRequests:
		return "TooManyRequests"
	case http.StatusUnauthorized:
		return "Unauthorized"
	case http.StatusForbidden:
		return "InsufficientRights"
	case http.StatusNotFound:
		return "InvalidAnchor"
	case http.StatusMethodNotAllowed:
		return "MethodNotAllowed"
	case http.StatusUnprocessableEntity:
		return "UnprocessableEntity"
	case http.StatusNotImplemented:
		return "NotImplemented"
	case http.StatusBadRequest:
		return "SystemForCrossDomainIdentityManagementBadRequest"
	}
	if status >= http.StatusInternalServerError {
		return "InternalServerError"
	}
	return "WebExceptionProtocolError"
}

func adviceFor(code string) string {
	switch code {
	case "EntryConflict":
		return "Check that the matching attribute finds the account that is there already, or remove the conflicting value."
	case "InvalidAnchor":
		return "The account that was provisioned is gone from the application. Restart provisioning so that it is matched again."
	case "DuplicateTargetEntries":
		return "Make the matching attribute unique in the application."
	case "Unauthorized", "InsufficientRights":
		return "Check the admin credentials."
	}
	return ""
}

// fingerprint tells whether a source object is as it was when last exported.
func (o outcome) fingerprint() string { return fingerprint(o.source, o.decision) }

func fingerprint(src source, d engine.Decision) string {
	h := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(src.Attributes)) {
		_, _ = fmt.Fprintf(h, "%q=%q\n", name, src.Attributes[name])
	}
	_, _ = fmt.Fprint(h, d.InScope, src.Deleted, src.Purged)
	return hex.EncodeToString(h.Sum(nil))
}
