package schema

import (
	"slices"
	"strings"

	"github.com/scimctl/scimctl/mappings/expression"
)

// Signatures are the functions with the names of their parameters: a question
// mark marks one that may be left out, a plus one that may be repeated. Graph's
// own names are documented for those of
// https://learn.microsoft.com/graph/api/synchronization-synchronizationschema-functions
// and for the ones in its examples; for the others, from AppRoleAssignmentsComplex
// on, they are the parameters of
// https://learn.microsoft.com/entra/identity/app-provisioning/functions-for-customizing-application-data,
// and whether Graph calls them so is not known.
const Signatures = `Append source suffix
AppRoleAssignments source
FormatDateTime source inputFormat outputFormat
IsNothing source
Join separator source+
Mid source start length
Not source
Prepend prefix source
Replace source Find? RegularExpression? RegularExpressionGroupName? Replacement? ReplacementPropertyName? Template?
SingleAppRoleAssignment source
Split source delimiter
StripSpaces source
Switch source defaultValue? switchValue+
ToLower source culture?
ToUpper source culture?
AppRoleAssignmentsComplex source
AssertiveAppRoleAssignmentsComplex source
BitAnd value1 value2
CBool Expression
CDate expression
Coalesce source+
ConvertToBase64 source
ConvertToUTF8Hex source
Count attribute
CStr value
DateAdd interval value dateTime
DateDiff interval date1 date2
DateFromNum value
DefaultDomain
Guid
IgnoreFlowIfNullOrEmpty expression
IIF condition valueIfTrue valueIfFalse
InStr value1 value2 start? compareType?
IsNull Expression
IsNullOrEmpty Expression
IsPresent Expression
IsString Expression
Item attribute index
Left String NumChars
Len String
NormalizeDiacritics source
Now
NumFromDate value
PCase source wordSeparators?
RandomString Length MinimumNumbers MinimumSpecialCharacters MinimumCapital MinimumLowerCase CharactersToAvoid?
Redact value
RemoveDuplicates attribute
SelectUniqueValue uniqueValueRule+
Word String WordNumber Delimiters`

// Parse reads an expression as the service would save it: every function is
// one of those listed, and has as many arguments as that takes.
func Parse(text string) (expression.Node, error) {
	n, err := expression.Parse(text)
	if err != nil {
		return nil, err
	}
	expression.Walk(n, func(n expression.Node) {
		if c, isCall := n.(*expression.Call); isCall && err == nil {
			err = checkCall(c)
		}
	})
	return n, err
}

func checkCall(c *expression.Call) error {
	parameters, known := parametersOf(c)
	if !known {
		return &expression.UnknownFunctionError{Position: c.Position, Name: c.Written}
	}
	given := given(c)
	least, repeats := 0, false
	for i, p := range parameters {
		if !strings.HasSuffix(p, "?") {
			least = i + 1
		}
		repeats = strings.HasSuffix(p, "+")
	}
	if given < least || given > len(parameters) && !repeats {
		return &expression.ArgumentError{Position: c.Position, Function: c.Name, Reason: "it takes (" + strings.Join(parameters, ", ") + ")"}
	}
	return nil
}

// parametersOf are the parameters of a function, marked as in signatures. Of
// FormatDateTime there are two forms.
func parametersOf(c *expression.Call) (parameters []string, known bool) {
	for line := range strings.SplitSeq(Signatures, "\n") {
		fields := strings.Fields(line)
		if fields[0] != c.Name {
			continue
		}
		parameters := fields[1:]
		if c.Name == "FormatDateTime" && given(c) > len(parameters) {
			parameters = slices.Insert(parameters, 1, "dateTimeStyles?")
		}
		return parameters, true
	}
	return nil, false
}

// given is how many arguments there are without those left out at the end.
func given(c *expression.Call) int {
	n := len(c.Args)
	for n > 0 && empty(c.Args[n-1]) {
		n--
	}
	return n
}

func empty(n expression.Node) bool {
	_, is := n.(*expression.Empty)
	return is
}

// Stored is what parseExpression makes of an expression. How Graph stores a
// comparison or a bare word is not known; this form is the sandbox's own.
func Stored(n expression.Node) expression.Source {
	switch n := n.(type) {
	case *expression.Call:
		return storedCall(n)
	case *expression.Comparison:
		return expression.Source{Expression: n.String(), Name: n.Operator, Type: "Function", Parameters: []expression.SourceParameter{
			{Key: "left", Value: Stored(n.Left)}, {Key: "right", Value: Stored(n.Right)},
		}}
	case *expression.Word:
		return expression.Source{Expression: n.Name, Name: n.Name, Type: "Constant", Parameters: []expression.SourceParameter{}}
	default: // attributes and constants are documented
		s, err := expression.Stored(n)
		if err != nil {
			return expression.Source{Expression: n.String(), Type: "Constant", Parameters: []expression.SourceParameter{}}
		}
		return s
	}
}

func storedCall(c *expression.Call) expression.Source {
	s := expression.Source{Expression: c.String(), Name: c.Name, Type: "Function", Parameters: []expression.SourceParameter{}}
	parameters, _ := parametersOf(c)
	for i, arg := range c.Args {
		if !empty(arg) {
			key := strings.TrimRight(parameters[min(i, len(parameters)-1)], "?+")
			s.Parameters = append(s.Parameters, expression.SourceParameter{Key: key, Value: Stored(arg)})
		}
	}
	return s
}
