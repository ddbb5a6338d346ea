package scim_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/provisioning/scim"
)

func TestErrorsNameTheRequestAndTheAnswer(t *testing.T) {
	t.Parallel()
	inner := errors.New("unexpected end of JSON input")
	for want, err := range map[string]error{
		`GET https://example.com/Users: the SCIM service answered 502 without a body`:                         &scim.Error{Method: "GET", URL: "https://example.com/Users", Status: 502},
		`GET https://example.com/Users: the SCIM service answered 502: ` + strings.Repeat("ä", 300) + `…`:     &scim.Error{Method: "GET", URL: "https://example.com/Users", Status: 502, Body: strings.Repeat("ä", 301)},
		`POST u: the SCIM service answered 201 with "text/html", which is not what was due: ` + inner.Error(): &scim.DecodeError{Method: "POST", URL: "u", Status: 201, ContentType: "text/html", Err: inner},
		`GET u: the SCIM service answered 3 resources to a filter that nothing fits`:                          &scim.FilterIgnoredError{URL: "u", Count: 3},
		`the tenant URL is unusable: no host`:                                                                 &scim.TenantURLError{Reason: "no host"},
	} {
		if diff := cmp.Diff(want, err.Error()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
	if !errors.Is(&scim.DecodeError{Err: inner}, inner) {
		t.Error("a *DecodeError hides its cause")
	}
}

func TestAClientWithoutAUsableURLSendsNothing(t *testing.T) {
	t.Parallel()
	client := scim.Client{BaseURL: "scim", Token: secret}
	if _, err := client.Get(t.Context(), scim.Users, "1"); !is[*scim.TenantURLError](err) {
		t.Errorf("got %v, want a *TenantURLError", err)
	}
}

func TestDialectsHaveNames(t *testing.T) {
	t.Parallel()
	if diff := cmp.Diff("legacy compliant", scim.Legacy.String()+" "+scim.Compliant.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
