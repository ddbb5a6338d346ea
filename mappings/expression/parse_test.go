package expression_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/mappings/expression"
)

func TestWhatIsParsedPrintsInOneForm(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`[displayName]`: `[displayName]`,
		` [ mail ] `:    `[mail]`,
		`"Employee"`:    `"Employee"`,
		`Switch([IsSoftDeleted],,"False","True","True","False")`:       `Switch([IsSoftDeleted], , "False", "True", "True", "False")`,
		"Join \n(\" \" , [givenName],\t[surname])":                     `Join(" ", [givenName], [surname])`,
		`switch([a], , "x", "y")`:                                      `Switch([a], , "x", "y")`,
		`iif([a]="1",[b],[c])`:                                         `IIF([a] = "1", [b], [c])`,
		`IIF(DateDiff("d", Now( ), [x]) >= -1, "a", IgnoreObjectFlow)`: `IIF(DateDiff("d", Now(), [x]) >= -1, "a", IgnoreObjectFlow)`,
		`IIF([a]<>[b], ignoreattributeflow, "")`:                       `IIF([a] <> [b], IgnoreAttributeFlow, "")`,
		`Replace([m], "a", , ,"", ,)`:                                  `Replace([m], "a", , , "", , )`,
		`ToLower([a], )`:                                               `ToLower([a], )`,
		`BitAnd(&HF, &hf7)`:                                            `BitAnd(&HF, &hf7)`,
		`Len(42568.75)`:                                                `Len(42568.75)`,
		`InStr([a], "b", 1, vbTextCompare)`:                            `InStr([a], "b", 1, vbTextCompare)`,
		`Replace([t], , "\\d\+\"", , , , )`:                            `Replace([t], , "\\d\\+\"", , , , )`,
		`Join(",", [emails[type eq "work"].value])`:                    `Join(",", [emails[type eq "work"].value])`,
		`Madeup(,)`: `Madeup(, )`,
	} {
		n, err := expression.Parse(text)
		if err != nil {
			t.Errorf("Parse(%s): %v", text, err)
			continue
		}
		if diff := cmp.Diff(want, n.String()); diff != "" {
			t.Errorf("Parse(%s) prints (-want +got):\n%s", text, diff)
		}
	}
}

func TestABackslashStandsForItselfUnlessItEscapes(t *testing.T) {
	t.Parallel()
	n, err := expression.Parse(`"\\d \+ \" \"` + `x"`)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(`\d \+ " "x`, n.(*expression.Text).Value); diff != "" {
		t.Errorf("value (-want +got):\n%s", diff)
	}
}

func TestAFaultNamesItsColumn(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text         string
		line, column int
		message      string
	}{
		{``, 1, 1, `the expression is empty`},
		{`  `, 1, 3, `the expression is empty`},
		{`displayName`, 1, 1, `displayName stands bare: an attribute needs square brackets, a text double quotes, a function parentheses`},
		{`Join(" ", [givenName`, 1, 11, `the square bracket is not closed`},
		{`Join("a`, 1, 6, `the double quotes are not closed`},
		{`Join("a", [b]`, 1, 14, `the parenthesis of Join, opened at column 5, is not closed`},
		{`Join("a" [b])`, 1, 10, `'[' stands where a comma or a closing parenthesis is due`},
		{`Join("a", [b]))`, 1, 15, `')' follows the end of the expression`},
		{`Join("ä", [])`, 1, 11, `the square brackets name no attribute`},
		{"Switch([a], ,\n  \"1\", True)", 2, 8, `True stands bare: an attribute needs square brackets, a text double quotes, a function parentheses`},
		{`IIF([a] = , "b")`, 1, 11, `',' is not the beginning of a function, an [attribute], a "text" or a number`},
		{`IIF([a] =`, 1, 10, `the expression ends where a value is due`},
		{`Left([a], -)`, 1, 12, `a digit is due here`},
		{`Left([a], 1.)`, 1, 13, `a digit is due here`},
		{`BitAnd(&X)`, 1, 9, `an H is due after &, as in &HF7`},
		{`Append([a], “b”)`, 1, 13, `'“' is a typographic quote: a text stands in plain double quotes`},
		{`Append([a]; "b")`, 1, 11, `';' stands where a comma or a closing parenthesis is due`},
	}
	for _, test := range tests {
		_, err := expression.Parse(test.text)
		fault, ok := errors.AsType[*expression.SyntaxError](err)
		if !ok {
			t.Errorf("Parse(%s): %v, want a *SyntaxError", test.text, err)
			continue
		}
		want := &expression.SyntaxError{Position: expression.Position{Line: test.line, Column: test.column}, Message: test.message}
		if diff := cmp.Diff(want, fault); diff != "" {
			t.Errorf("Parse(%s) (-want +got):\n%s", test.text, diff)
		}
	}
}

func TestAnExpressionHasTenThousandCharactersAtMost(t *testing.T) {
	t.Parallel()
	text := func(characters int) string {
		letters := make([]rune, characters-2)
		for i := range letters {
			letters[i] = 'ö'
		}
		return `"` + string(letters) + `"`
	}
	if _, err := expression.Parse(text(expression.MaxLength)); err != nil {
		t.Errorf("with %d characters: %v", expression.MaxLength, err)
	}
	if _, err := expression.Parse(text(expression.MaxLength + 1)); err == nil {
		t.Error("one more is taken as well")
	}
}

func TestNamesInAnExpressionAreListedOnce(t *testing.T) {
	t.Parallel()
	n, err := expression.Parse(`IIF([state] = "CA", join(" ", [surname], Coalesce([givenName], [surname])), Join("-", [state]))`)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"givenName", "state", "surname"}, expression.Attributes(n)); diff != "" {
		t.Errorf("attributes (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"Coalesce", "IIF", "Join"}, expression.Functions(n)); diff != "" {
		t.Errorf("functions (-want +got):\n%s", diff)
	}
}

func TestACallKeepsHowItWasWritten(t *testing.T) {
	t.Parallel()
	n, err := expression.Parse(`TOLOWER([a])`)
	if err != nil {
		t.Fatal(err)
	}
	call := n.(*expression.Call)
	if call.Name != "ToLower" || call.Written != "TOLOWER" {
		t.Errorf("name %s, written %s", call.Name, call.Written)
	}
}

func TestConditionsAreNotJoinedByOperators(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`[a] AND [b]`:                            "column 5: there is no AND: ",
		`IIF([a] = "x" and [b] = "y", "1", "2")`: "column 15: there is no AND: ",
		`IIF([a] = "x" || [b] = "y", "1", "2")`:  "column 15: there is no ||: ",
		`IIF([a] = "x" OR`:                       `column 15: 'O' stands where`,
		`[a] order`:                              `column 5: 'o' follows the end`,
	} {
		if _, err := expression.Parse(text); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", text, err, want)
		}
	}
}
