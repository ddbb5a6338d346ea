package auth

import (
	"cmp"
	"encoding/json"
	"errors"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"

	"github.com/scimctl/scimctl/graph"
)

// reason condenses what a credential says into one line without secrets. A
// refusal of the authority carries the whole answer over many lines.
func reason(err error, secrets ...string) string {
	text := graph.OneLine(err.Error())
	if e, ok := errors.AsType[*graph.SignInError](err); ok && len(e.Tried) > 0 {
		text = e.Tried[len(e.Tried)-1].Reason
	}
	if e, ok := errors.AsType[*azidentity.AuthenticationFailedError](err); ok {
		text = cmp.Or(description(e), text)
	}
	text, _, _ = strings.Cut(text, " To troubleshoot, visit")
	text = withoutNames(text)
	text = strings.TrimSuffix(strings.TrimPrefix(text, "ERROR: "), ".")
	s := graph.NewSecrets()
	s.Add(secrets...)
	return graph.Shorten(s.Text(text), graph.LongestReason)
}

// description is the authority's own sentence: AADSTS7000215: Invalid client
// secret provided. See
// https://learn.microsoft.com/entra/identity-platform/reference-error-codes.
func description(e *azidentity.AuthenticationFailedError) string {
	if e.RawResponse == nil {
		return ""
	}
	body, err := runtime.Payload(e.RawResponse)
	if err != nil {
		return ""
	}
	var answer struct {
		Error       string `json:"error"`
		Description string `json:"error_description"`
	}
	if json.Unmarshal(body, &answer) != nil {
		return "the authority answered " + e.RawResponse.Status
	}
	return cmp.Or(withoutTrail(answer.Description), answer.Error)
}

// withoutTrail is a description without the ids and the time that follow it.
func withoutTrail(description string) string {
	text, _, _ := strings.Cut(graph.OneLine(description), " Trace ID:")
	return text
}

// withoutNames is a text without the names of azidentity's types before it.
func withoutNames(text string) string {
	for {
		name, rest, found := strings.Cut(text, ": ")
		if !found || !strings.HasSuffix(name, "Credential") || strings.Contains(name, " ") {
			return text
		}
		text = rest
	}
}
