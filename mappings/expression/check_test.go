package expression_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/scimctl/scimctl/mappings/expression"
)

func listed() []expression.Listed {
	return []expression.Listed{
		{Name: "userPrincipalName"},
		{Name: "givenName"},
		{Name: "surname"},
		{Name: "country"},
		{Name: "state"},
		{Name: "manager", Reference: true},
		{Name: "assistant", Reference: true},
		{Name: "employeeId", Required: true},
		{Name: "appRoleAssignments"},
		{Name: "extension_0123_cost_center"},
	}
}

func TestWhatIsWrongWithAnExpressionIsFound(t *testing.T) {
	t.Parallel()
	const missing = `the check fails, and what IIF then yields is not documented: Switch with the key "" tells a missing value`
	const fault = `the service has set attributes to null by mistake where a Switch with a default value has a source that did not change`
	const instead = `Switch([attribute], [attribute], "", "Other") tells a missing value`
	for text, want := range map[string][]string{
		`Join(" ", [givenName], [surname])`:                                  nil,
		`[givenName]`:                                                        nil,
		`Switch([state], , "NSW", "Sydney")`:                                 nil,
		`Switch([state], "", "NSW", )`:                                       nil,
		`Replace([surname], "a", , ,"", ,)`:                                  nil,
		`ToLower([surname], )`:                                               nil,
		`Now()`:                                                              nil,
		`IIF([userPrincipalName] = "a", "b", "c")`:                           nil,
		`IIF([employeeId] = "1", "b", "c")`:                                  nil,
		`IIF(Switch([state], , "", "x", "NSW", "y") = "x", "b", "c")`:        nil,
		`SingleAppRoleAssignment([appRoleAssignments])`:                      nil,
		`IgnoreFlowIfNullOrEmpty(Switch([state], [state], "NSW", "Sydney"))`: nil,

		`Jion(" ", [surname])`:                    {"error: column 1: there is no function Jion; near it: Join"},
		`Append(Completely_Other([surname]), "")`: {"error: column 8: there is no function Completely_Other"},
		`join(" ", TOLOWER([surname]))`: {
			"warning: column 1: join is written Join in the documentation, which says that case matters",
			"warning: column 11: TOLOWER is written ToLower in the documentation, which says that case matters",
		},
		`Append([givenNam], [surnames])`: {
			"error: column 8: there is no attribute givenNam; near it: givenName",
			"error: column 20: there is no attribute surnames; near it: surname",
		},
		`[extension_0123_cost_centre]`: {"error: column 1: there is no attribute extension_0123_cost_centre; near it: extension_0123_cost_center"},

		`Mid([surname], 1)`:                {"error: column 1: Mid takes 3 arguments, and there are 2: Mid(source, start, length)"},
		`ToLower()`:                        {"error: column 1: ToLower takes 1 to 2 arguments, and there are 0: ToLower(source, culture?)"},
		`ToLower([surname], "", "")`:       {"error: column 1: ToLower takes 1 to 2 arguments, and there are 3: ToLower(source, culture?)"},
		`Not("a", "b")`:                    {"error: column 1: Not takes 1 argument, and there are 2: Not(source)"},
		`Now(1)`:                           {"error: column 1: Now takes 0 arguments, and there is 1: Now()"},
		`Join(" ")`:                        {"error: column 1: Join takes 2 or more arguments, and there is 1: Join(separator, source, …)"},
		`Switch([state], , "NSW")`:         {"error: column 1: Switch takes 4 or more arguments, and there are 3: Switch(source, defaultValue?, key, value, …)"},
		`Switch([state], , "a", "b", "c")`: {"error: column 1: the last key of Switch has no value: keys and values come in pairs"},

		`IIF([country] = "SE", "a", [state])`:               {"warning: column 5: when country is null or empty " + missing},
		`IIF(Len(ToLower([country])) > 2, "a", "b")`:        {"warning: column 17: when country is null or empty " + missing},
		`IIF([country] = "", "Other", [country])`:           {`error: column 5: IIF cannot compare with "": with a missing value the check fails: ` + instead},
		`IIF(IsPresent([country]), "a", "b")`:               {"warning: column 5: IsPresent as the condition of IIF is documented as unsupported, although a guide uses it: " + instead},
		`IIF(IgnoreFlowIfNullOrEmpty([country]), "a", "b")`: {"error: column 5: IgnoreFlowIfNullOrEmpty is no condition: put the whole IIF into it"},
		`Append([country] = "SE", "a")`:                     {"error: column 8: a comparison stands as the condition of IIF or in CBool alone"},
		`IIF("a" = "b", [state] = "c", "")`:                 {"error: column 16: a comparison stands as the condition of IIF or in CBool alone"},

		`Switch([manager], , "a", "b")`:                                               {"error: column 8: Switch is not for references to other objects, such as manager"},
		`Switch([assistant], , "a", "b")`:                                             {"error: column 8: Switch is not for references to other objects, such as assistant"},
		`Switch(IsPresent([state]), , "True", "b")`:                                   {`warning: column 8: IsPresent is not for the source of Switch: take the attribute itself, and the key "" for a missing value`},
		`Switch([state], "Other", "NSW", "Sydney")`:                                   {"warning: column 1: " + fault + ": take IIF"},
		`Switch([state], [state], "NSW", "Sydney")`:                                   {"warning: column 1: " + fault + ": put the Switch into IgnoreFlowIfNullOrEmpty"},
		`IgnoreFlowIfNullOrEmpty(Append("a", Switch([state], "x", "NSW", "Sydney")))`: {"warning: column 37: " + fault + ": take IIF"},

		`SingleAppRoleAssignment([state])`: {"error: column 25: SingleAppRoleAssignment takes [appRoleAssignments] and nothing else"},
		`AppRoleAssignmentsComplex(ToLower([appRoleAssignments]))`: {
			"error: column 27: AppRoleAssignmentsComplex takes [appRoleAssignments] and nothing else",
			"warning: column 35: [appRoleAssignments] holds assignments, not names: SingleAppRoleAssignment([appRoleAssignments]) makes a name of one",
		},
		`AppRoleAssignments([appRoleAssignments])`:  {"warning: column 1: AppRoleAssignments is described nowhere; AppRoleAssignmentsComplex is"},
		`SelectUniqueValue([givenName], [surname])`: {"error: column 1: SelectUniqueValue is not for SCIM applications"},
		`Guid()`: {"warning: column 1: Guid yields another value each time: let the mapping apply on create alone"},
		`Switch([state], , "NSW", IgnoreAttributeFlow)`: {"warning: column 26: IgnoreAttributeFlow is documented for HR systems as the source, not for SCIM applications"},
		`InStr([surname], "a", , vbTextCompare)`:        nil,
		`Append([surname], vbTextCompare)`:              {"error: column 19: vbTextCompare is the last argument of InStr, and stands nowhere else"},

		`Replace([surname], , "(a", , "", , )`:         {`error: column 22: "(a" is no regular expression: missing closing ) in ` + "`(a`"},
		`Replace([surname], , "(?<x>a)", "y", "", , )`: {"error: column 33: the pattern has no group y"},
		`DateAdd("month", 1, Now())`:                   {`error: column 9: "month" is none of the intervals yyyy m d ww h n s`},
		`FormatDateTime([state], "yyyy", "'on yyyy")`:  {`error: column 33: the format "'on yyyy" does not close '`},
		"Join(\"\",\n  [givenNam])":                    {"error: line 2, column 3: there is no attribute givenNam; near it: givenName"},
	} {
		var got []string
		for _, f := range expression.Check(parse(t, text), listed()) {
			got = append(got, f.String())
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("Check(%s) (-want +got):\n%s", text, diff)
		}
	}
}

func TestWithoutAListNoAttributeIsTakenForMisspelt(t *testing.T) {
	t.Parallel()
	if found := expression.Check(parse(t, `Append([anything], [else])`), nil); found == nil || len(found) > 0 {
		t.Errorf("found %#v, want an empty list", found)
	}
}

func TestAnExpressionThatIsTooLongWhenWrittenOutIsFound(t *testing.T) {
	t.Parallel()
	text := "Join(" + strings.Repeat(`"a",`, 2490) + `"a")` // 9,969 characters, and a blank after each comma
	found := expression.Check(parse(t, text), nil)
	if len(found) != 1 || found[0].Problem != "written out it has 12459 characters; 10000 is the most" {
		t.Errorf("found %v", found)
	}
}

// What the catalogue shows is above reproach, but for what is wrong with the
// function itself.
func TestTheExamplesOfTheCatalogueHaveNoErrors(t *testing.T) {
	t.Parallel()
	for _, f := range expression.Catalogue() {
		for _, found := range expression.Check(parse(t, f.Example.Expression), nil) {
			if found.Severity == expression.Error && f.Name != "SelectUniqueValue" {
				t.Errorf("%s: %s", f.Example.Expression, found)
			}
		}
	}
}

func TestNoExpressionIsTooStrangeToBeChecked(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := trees(4).Draw(t, "expression")
		for _, f := range expression.Check(n, listed()) {
			if f.Problem == "" || f.Severity != expression.Error && f.Severity != expression.Warning {
				t.Errorf("Check(%s): %+v", n, f)
			}
		}
		if v, err := expression.Evaluate(n, hires()); (err != nil) != (v.Outcome == expression.Unsupported) {
			t.Errorf("Evaluate(%s): %+v, %v", n, v, err)
		}
	})
}
