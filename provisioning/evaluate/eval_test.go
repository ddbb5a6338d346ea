package evaluate_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/extattr"
	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/mappings/expression"
	"github.com/scimctl/scimctl/provisioning/evaluate"
	"github.com/scimctl/scimctl/provisioning/internal/tenanttest"
)

func TestAnExpressionIsEvaluatedOverWhatIsSet(t *testing.T) {
	t.Parallel()
	got, err := evaluate.Eval{
		Expression: `Split(Join(",", [givenName], [extension_0123_team], Left(Now(), 8), DefaultDomain(), [city]), ",")`,
		Set:        map[string][]string{"givenName": {"Ada"}, "team": {"Engines"}},
		Now:        time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), DefaultDomain: "contoso.com",
	}.Do(t.Context())
	want := evaluate.Evaluation{
		Outcome: expression.Given, Value: []string{"Ada", "Engines", "3/1/2026", "contoso.com"},
		Findings: []expression.Finding{}, Unset: []string{"city"},
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

func TestWhatCannotBeEvaluatedIsUnsupportedWithTheReason(t *testing.T) {
	t.Parallel()
	got, err := evaluate.Eval{Expression: `Append([mail], "x")`}.Do(t.Context())
	if _, ok := errors.AsType[*expression.UnsupportedError](err); !ok || got.Outcome != expression.Unsupported || got.Value != nil {
		t.Errorf("%+v, %v, want an *UnsupportedError", got, err)
	}
}

func TestAnExpressionIsEvaluatedOverWhatAUserHas(t *testing.T) {
	t.Parallel()
	tn := tenanttest.NewTenant(t)
	_ = tenanttest.Do[[]extattr.Created](tn, extattr.Create{Graph: tn.Client, App: "Workato", Names: []string{"team"}})
	_ = tenanttest.Do[[]extattr.ValueChange](tn, extattr.Set{Graph: tn.Client, App: "Workato", User: "ada@contoso.com", Values: map[string][]string{"team": {"Engines"}}})
	for text, want := range map[string]any{
		`Join(" ", [givenName], [surname])`:                "Ada Lovelace",
		`[userPrincipalName]`:                              "ada@contoso.com",
		`[team]`:                                           "Engines",
		`Count([proxyAddresses])`:                          "1",
		`Join(";", [displayName], [accountEnabled])`:       "Ada Lovelace;True",
		`SingleAppRoleAssignment([appRoleAssignments])`:    nil,
		`Switch([IsSoftDeleted], , "False", "True")`:       "True", // set
		`Switch([jobTitle], [jobTitle], "Boss", "Leader")`: "Leader",
	} {
		got, err := evaluate.Eval{
			Expression: text, User: "ada@contoso.com", App: "Workato", Graph: tn.Connected,
			Set: map[string][]string{"IsSoftDeleted": {"False"}, "jobTitle": {"Boss"}},
		}.Do(t.Context())
		if diff := cmp.Diff(want, got.Value); diff != "" || err != nil || got.Unset != nil {
			t.Errorf("%s: %v, unset %v (-want +got):\n%s", text, err, got.Unset, diff)
		}
	}
}

func TestOfAGuestTheServicesOwnNameIsTaken(t *testing.T) {
	t.Parallel()
	tn := tenanttest.NewTenant(t)
	got, err := evaluate.Eval{
		Expression: `Join(" ", [userPrincipalName], [originalUserPrincipalName])`, User: "mary@fabrikam.com", Graph: tn.Connected,
	}.Do(t.Context())
	if want := "mary_fabrikam.com mary_fabrikam.com#EXT#@contoso.com"; err != nil || got.Value != want {
		t.Errorf("%v, %v, want %s", got.Value, err, want)
	}
}

func TestWhatGraphDoesNotTellOfAUserIsNotGuessed(t *testing.T) {
	t.Parallel()
	tn := tenanttest.NewTenant(t)
	for text, want := range map[string]string{
		`Append([shoeSize], [IsSoftDeleted])`:           "what ada@contoso.com has for shoeSize, IsSoftDeleted is not known from Microsoft Graph",
		`SingleAppRoleAssignment([appRoleAssignments])`: "what ada@contoso.com has for appRoleAssignments is not known from Microsoft Graph",
	} {
		_, err := evaluate.Eval{Expression: text, User: "ada@contoso.com", Graph: tn.Connected}.Do(t.Context())
		if _, ok := errors.AsType[*evaluate.UnknownValueError](err); !ok || err.Error() != want {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
	_, err := evaluate.Eval{Expression: `[Department]`, User: "ada@contoso.com", Graph: tn.Connected}.Do(t.Context())
	want := &evaluate.UnknownValueError{User: "ada@contoso.com", Attributes: []string{"Department"}, Near: []string{"department"}}
	if diff := cmp.Diff(want, err); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	_, err = evaluate.Eval{Expression: `[mail]`, User: "nobody@contoso.com", Graph: tn.Connected}.Do(t.Context())
	if _, ok := errors.AsType[*graph.NotFoundError](err); !ok {
		t.Errorf("%v, want a *NotFoundError", err)
	}
}

func TestWithoutAUserGraphIsNotAsked(t *testing.T) {
	t.Parallel()
	_, err := evaluate.Eval{Expression: `Append([a], "b")`, App: "Workato", Set: map[string][]string{"a": {"x"}}, Graph: func(context.Context) (*graph.Client, error) {
		t.Error("it connects")
		return nil, nil
	}}.Do(t.Context())
	if err != nil {
		t.Error(err)
	}
}
