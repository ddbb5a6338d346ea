package expression_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/mappings/expression"
)

// one is the input with a single attribute.
func one(name string, values ...string) expression.Input {
	return expression.Input{Attributes: map[string][]string{name: values}}
}

func value(texts ...string) expression.Value {
	return expression.Value{Outcome: expression.Given, Values: texts, Multi: len(texts) > 1}
}

// company are the attributes over which the tables evaluate.
func company() expression.Input {
	return expression.Input{Attributes: map[string][]string{
		"givenName": {"Ada"}, "surname": {"LOVELACE"}, "mail": {"ada@contoso.com"}, "city": {""},
		"state": {"NSW"}, "proxyAddresses": {"smtp:a@contoso.com", "", "smtp:b@contoso.com"},
		"deleted": {"True"}, "live": {"False"}, "title": {"Dr. h. c. "},
	}}
}

func TestExpressionsYieldWhatTheyAreDocumentedToYield(t *testing.T) {
	t.Parallel()
	none, dropped := expression.Value{Outcome: expression.Null}, expression.Value{Outcome: expression.Dropped}
	for text, want := range map[string]expression.Value{
		`[givenName]`:      value("Ada"),
		`[city]`:           none,
		`[absent]`:         none,
		`[GivenName]`:      none, // names are exact
		`[proxyAddresses]`: value("smtp:a@contoso.com", "", "smtp:b@contoso.com"),
		`"Employee"`:       value("Employee"),

		// the default mapping of active, for who is in scope and who is not
		`Switch([live], , "False", "True", "True", "False")`:    value("True"),
		`Switch([deleted], , "False", "True", "True", "False")`: value("False"),
		`Switch([state], "Perth", "NSW", "Sydney")`:             value("Sydney"),
		`Switch([state], "Perth", "nsw", "Sydney")`:             value("Perth"),
		`Switch([state], , "VIC", "Melbourne")`:                 none,
		`Switch([state], "", "VIC", "Melbourne")`:               value(""),
		`Switch([absent], "x", "", "none")`:                     value("none"),
		`Switch([city], [city], "", "Elsewhere")`:               value("Elsewhere"),
		`Switch([absent], "x", , "none")`:                       value("none"),
		`Switch([state], , "NSW", )`:                            none,
		`Switch([state], "d", "NSW", [mail],)`:                  value("ada@contoso.com"),
		`Switch([state], "d", "NSW", [proxyAddresses])`:         value("smtp:a@contoso.com", "", "smtp:b@contoso.com"),
		`Switch([state], Now(), "NSW", "a", Guid(), Guid())`:    value("a"), // what is not chosen is not evaluated
		`Switch(ToLower([deleted]), "0", "true", "1")`:          value("1"),

		`Join(" ", [givenName], [surname])`:                          value("Ada LOVELACE"),
		`Join(" ", [absent], [surname])`:                             value("LOVELACE"),
		`Join(", ", "", [surname], [city], [givenName], )`:           value("LOVELACE, Ada"),
		`Join(";", [proxyAddresses], "c")`:                           value("smtp:a@contoso.com;smtp:b@contoso.com;c"),
		`Join("", [surname], [givenName])`:                           value("LOVELACEAda"),
		`Join(, [surname], [givenName])`:                             value("LOVELACEAda"),
		`Join(" ", [absent], [city])`:                                value(""),
		`Append("SMTP:", Join("@", [givenName], "x.com"))`:           value("SMTP:Ada@x.com"),
		`Coalesce([absent], [city], [mail], [surname])`:              value("ada@contoso.com"),
		`Coalesce([absent], "none")`:                                 value("none"),
		`Coalesce([absent], [city])`:                                 none,
		`Coalesce([mail], Guid())`:                                   value("ada@contoso.com"),
		`Not("True")`:                                                value("False"),
		`Not([live])`:                                                value("True"),
		`Not("anything")`:                                            value("True"),
		`StripSpaces([title])`:                                       value("Dr.h.c."),
		`StripSpaces([absent])`:                                      none,
		`ToUpper([mail])`:                                            value("ADA@CONTOSO.COM"),
		`ToLower([surname], )`:                                       value("lovelace"),
		`ToLower("ÄÖİ")`:                                             value("äöİ"),
		`ToUpper("äöıſß")`:                                           value("ÄÖıſß"),
		`Mid([surname], 1, 4)`:                                       value("LOVE"),
		`Mid([surname], "5", "64")`:                                  value("LACE"),
		`Mid([surname], 9, 1)`:                                       value(""),
		`Mid("😀x", 3, 1)`:                                            value("x"),
		`Join("", Mid([surname],1,1), ToLower(Mid([surname],2,64)))`: value("Lovelace"),

		`Switch([state], , "NSW", IgnoreAttributeFlow)`:             dropped,
		`IgnoreFlowIfNullOrEmpty([city])`:                           dropped,
		`IgnoreFlowIfNullOrEmpty([mail])`:                           value("ada@contoso.com"),
		`IgnoreFlowIfNullOrEmpty(Switch([state], "", "VIC", "x"))`:  dropped,
		`Switch([state], , "NSW", IgnoreFlowIfNullOrEmpty([city]))`: dropped,
	} {
		n, err := expression.Parse(text)
		if err != nil {
			t.Errorf("Parse(%s): %v", text, err)
			continue
		}
		got, err := expression.Evaluate(n, company())
		if err != nil {
			t.Errorf("Evaluate(%s): %v", text, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("Evaluate(%s) (-want +got):\n%s", text, diff)
		}
	}
}

func TestWhatIsNotEvaluatedIsSaidToBe(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]expression.UnsupportedError{
		`Join("", AppRoleAssignments([mail]))`:      {Position: at(10), Function: "AppRoleAssignments", Reason: "what it yields is not documented"},
		`Switch([proxyAddresses], , "b", "c")`:      {Position: at(1), Function: "Switch", Reason: "what it makes of several values is not documented"},
		`ToLower([proxyAddresses])`:                 {Position: at(1), Function: "ToLower", Reason: "what it makes of several values is not documented"},
		`Append([absent], "x")`:                     {Position: at(1), Function: "Append", Reason: "what it makes of a missing value is not documented"},
		`Mid([mail], 0, 1)`:                         {Position: at(1), Function: "Mid", Reason: "what it makes of 0 is not documented"},
		`Join("", IgnoreFlowIfNullOrEmpty([city]))`: {Position: at(1), Function: "Join", Reason: "what it makes of a dropped value is not documented"},
		`Append([mail], IgnoreAttributeFlow)`:       {Position: at(1), Function: "Append", Reason: "what it makes of a dropped value is not documented"},
		`Append([mail], vbTextCompare)`:             {Position: at(16), Reason: "vbTextCompare is documented as the last argument of InStr alone"},
		`Append([mail], &HF)`:                       {Position: at(16), Reason: "hexadecimal numbers are documented for BitAnd alone"},
		`Not([mail] = "x")`:                         {Position: at(5), Reason: `[mail] = "x": a comparison is documented as the condition of IIF and of CBool alone`},
		`IIF([state] = "nsw", "a", "b")`:            {Position: at(1), Function: "IIF", Reason: `whether a comparison minds case is not documented: "NSW" and "nsw"`},
		`IIF([city] = "Ulm", "a", "b")`: {Position: at(1), Function: "IIF", Reason: "its condition looks at [city], which is null or empty: " +
			`the check then fails, and what that yields is not documented; Switch with the key "" tells a missing value`},
	} {
		got, err := evaluate(t, text)
		unsupported, ok := errors.AsType[*expression.UnsupportedError](err)
		if !ok {
			t.Errorf("Evaluate(%s): %v, want an *UnsupportedError", text, err)
			continue
		}
		if diff := cmp.Diff(&want, unsupported); diff != "" {
			t.Errorf("Evaluate(%s) (-want +got):\n%s", text, diff)
		}
		if got.Outcome != expression.Unsupported || !got.Blank() {
			t.Errorf("Evaluate(%s) is %+v", text, got)
		}
	}
}

func TestWrongArgumentsAreTold(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`Switch([state])`:                      `Switch at column 1: a source, a default and at least one key with its value are due`,
		`Switch([state], "d", "a", "b", "c")`:  `Switch at column 1: the last key has no value`,
		`Join(" ")`:                            `Join at column 1: a separator and at least one source are due`,
		`Append([mail])`:                       `Append at column 1: it takes 2 arguments, and there is 1: Append(source, suffix)`,
		`Not([mail], [mail])`:                  `Not at column 1: it takes 1 argument, and there are 2: Not(source)`,
		`StripSpaces()`:                        `StripSpaces at column 1: it takes 1 argument, and there are 0: StripSpaces(source)`,
		"Join(\"\",\n  Mid([mail], \"x\", 1))": `Mid at line 2, column 3: "x" is not a whole number`,
	} {
		_, err := evaluate(t, text)
		if _, ok := errors.AsType[*expression.ArgumentError](err); !ok || err.Error() != want {
			t.Errorf("Evaluate(%s): %v, want %s", text, err, want)
		}
	}
}

func TestTheListOfFunctionsTellsWhatIsEvaluated(t *testing.T) {
	t.Parallel()
	var not []string
	for _, name := range expression.Names() {
		if !expression.Evaluated(name) {
			not = append(not, name)
		}
	}
	if diff := cmp.Diff([]string{"AppRoleAssignments"}, not); diff != "" {
		t.Errorf("not evaluated (-want +got):\n%s", diff)
	}
	if !expression.Evaluated(strings.ToUpper("switch")) {
		t.Error("the case of a name matters")
	}
}

func TestAnUnknownFunctionIsToldWithWhatMayBeMeant(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]expression.UnknownFunctionError{
		`Swtich([state], , "b", "c")`:          {Position: at(1), Name: "Swtich", Near: []string{"Switch"}},
		`Join("", toLoewr([mail]))`:            {Position: at(10), Name: "toLoewr", Near: []string{"ToLower"}},
		`IsNul([mail])`:                        {Position: at(1), Name: "IsNul", Near: []string{"IsNull"}},
		`Completely_Different([mail], "a")`:    {Position: at(1), Name: "Completely_Different", Near: []string{}},
		`Switch([state], , "NSW", Lef("", 1))`: {Position: at(26), Name: "Lef", Near: []string{"Left", "Len"}},
	} {
		_, err := evaluate(t, text)
		unknown, ok := errors.AsType[*expression.UnknownFunctionError](err)
		if !ok {
			t.Errorf("Evaluate(%s): %v, want an *UnknownFunctionError", text, err)
			continue
		}
		if diff := cmp.Diff(&want, unknown); diff != "" {
			t.Errorf("Evaluate(%s) (-want +got):\n%s", text, diff)
		}
	}
}

func TestWhatFailsOverTheseAttributesSaysSo(t *testing.T) {
	t.Parallel()
	in := one("appRoleAssignments", "Admin", "User")
	in.Taken = []string{"a", "b"}
	for text, want := range map[string]string{
		`SingleAppRoleAssignment([appRoleAssignments])`: "SingleAppRoleAssignment at column 1: No more than one app role assignment was expected, but this many where found: 2",
		`SelectUniqueValue("a", "b")`:                   "SelectUniqueValue at column 1: all of its values are taken; the service puts the object in escrow",
		`Append("a@", DefaultDomain())`:                 "DefaultDomain at column 14: the tenant has no default verified domain",
	} {
		_, err := expression.Evaluate(parse(t, text), in)
		if _, ok := errors.AsType[*expression.EvaluationError](err); !ok || err.Error() != want {
			t.Errorf("Evaluate(%s): %v, want %s", text, err, want)
		}
	}
}

func TestARedactedValueIsMarked(t *testing.T) {
	t.Parallel()
	want := value("ada@contoso.com")
	want.Redacted = true
	for _, text := range []string{`Redact([mail])`, `IIF([state] = "NSW", Redact([mail]), "x")`} {
		got, err := evaluate(t, text)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("Evaluate(%s): %v (-want +got):\n%s", text, err, diff)
		}
	}
	if got, _ := evaluate(t, `Redact([absent])`); got.Redacted {
		t.Error("a null is marked")
	}
}

func at(column int) expression.Position { return expression.Position{Line: 1, Column: column} }

func evaluate(t *testing.T, text string) (expression.Value, error) {
	t.Helper()
	return expression.Evaluate(parse(t, text), company())
}

func parse(t *testing.T, text string) expression.Node {
	t.Helper()
	n, err := expression.Parse(text)
	if err != nil {
		t.Fatalf("Parse(%s): %v", text, err)
	}
	return n
}
