package sandbox

import (
	"fmt"
	"strings"

	"github.com/scimctl/scimctl/mappings/expression"
)

// signatures are the functions with the names of their parameters: a question
// mark marks one that may be left out, a plus one that may be repeated. Graph's
// own names are documented for those of
// https://learn.microsoft.com/graph/api/synchronization-synchronizationschema-functions
// and for the ones in its examples; for the others, from AppRoleAssignmentsComplex
// on, they are the parameters of
// https://learn.microsoft.com/entra/identity/app-provisioning/functions-for-customizing-application-data,
// and whether Graph calls them so is not known.
const signatures = `Append source suffix
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

// functions lists the functions of expressions.
// https://learn.microsoft.com/graph/api/synchronization-synchronizationschema-functions
func functions(c *call, _ *state, _ *app) *answer {
	var value []object
	for line := range strings.SplitSeq(signatures, "\n") {
		fields := strings.Fields(line)
		parameters := []object{}
		for _, p := range fields[1:] {
			parameters = append(parameters, object{
				"name": strings.TrimRight(p, "?+"), "required": !strings.HasSuffix(p, "?"),
				"allowMultipleOccurrences": strings.HasSuffix(p, "+"), "type": "String",
			})
		}
		value = append(value, object{"id": fields[0], "parameters": parameters})
	}
	return ok(object{"@odata.context": c.context("Collection(microsoft.graph.attributeMappingFunctionSchema)"), "value": value})
}

type testInput struct {
	Properties []struct {
		Key   string `json:"key"`
		Value any    `json:"value"`
	} `json:"properties"`
}

// parseExpression parses an expression and evaluates it over the properties
// that came with it. A bad expression is a success that says so.
// https://learn.microsoft.com/graph/api/synchronization-synchronizationschema-parseexpression
func (t *Tenant) parseExpression(c *call, s *state, _ *app) *answer {
	var body struct {
		Expression string     `json:"expression"`
		Input      *testInput `json:"testInputObject"`
	}
	if a := c.decode(&body); a != nil {
		return a
	}
	out := object{
		"@odata.context": c.context("microsoft.graph.parseExpressionResponse"), "error": nil, "evaluationResult": []string{},
		"evaluationSucceeded": false, "parsedExpression": nil, "parsingSucceeded": false,
	}
	n, err := parsed(body.Expression)
	if err != nil {
		out["error"] = publicError("ExpressionParsingFailed", err)
		return ok(out)
	}
	out["parsingSucceeded"], out["parsedExpression"] = true, stored(n)
	if body.Input == nil {
		return ok(out)
	}
	in := body.Input.attributes()
	in.Now, in.DefaultDomain, in.RegexLimit = c.now, s.Domain, t.options.regexLimit
	v, err := expression.Evaluate(n, in)
	if err != nil {
		out["error"] = publicError("ExpressionEvaluationFailed", err)
		return ok(out)
	}
	out["evaluationSucceeded"], out["evaluationResult"] = true, append([]string{}, v.Values...)
	return ok(out)
}

func publicError(code string, err error) object {
	return object{"code": code, "message": err.Error(), "target": nil, "details": []object{}, "innerError": nil}
}

func (t *testInput) attributes() expression.Input {
	in := expression.Input{Attributes: map[string][]string{}}
	for _, p := range t.Properties {
		switch v := p.Value.(type) {
		case nil:
		case []any:
			for _, item := range v {
				in.Attributes[p.Key] = append(in.Attributes[p.Key], plainText(item))
			}
		default:
			in.Attributes[p.Key] = []string{plainText(v)}
		}
	}
	return in
}

// plainText is a value as expressions see it.
func plainText(v any) string {
	if b, isBool := v.(bool); isBool {
		if b {
			return "True"
		}
		return "False"
	}
	return fmt.Sprint(v)
}
