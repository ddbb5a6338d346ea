package scimserver

import (
	"encoding/json"
	"fmt"
	"maps"
	"strconv"
	"strings"

	"github.com/elimity-com/scim/schema"
	"github.com/scim2/filter-parser/v2"
)

// matches says whether one element of a multi-valued attribute passes the
// filter in its path.
func matches(expression filter.Expression, subs schema.Attributes, element any) bool {
	switch e := expression.(type) {
	case *filter.LogicalExpression:
		if e.Operator == filter.AND {
			return matches(e.Left, subs, element) && matches(e.Right, subs, element)
		}
		return matches(e.Left, subs, element) || matches(e.Right, subs, element)
	case *filter.NotExpression:
		return !matches(e.Expression, subs, element)
	case *filter.AttributeExpression:
		sub, _ := subs.ContainsAttribute(e.AttributePath.AttributeName)
		return test(e, subValues(element, e.AttributePath.AttributeName), sub.CaseExact())
	default:
		return false
	}
}

// described returns the element that a filter of equations describes: with
// type "work" for type eq "work".
func described(expression filter.Expression, subs schema.Attributes) map[string]any {
	out := map[string]any{}
	switch e := expression.(type) {
	case *filter.LogicalExpression:
		if e.Operator == filter.AND {
			for _, side := range []filter.Expression{e.Left, e.Right} {
				maps.Copy(out, described(side, subs))
			}
		}
	case *filter.AttributeExpression:
		if sub, ok := subs.ContainsAttribute(e.AttributePath.AttributeName); ok && e.Operator == filter.EQ {
			out[sub.Name()] = coerce(sub, literal(e.CompareValue), false)
		}
	}
	return out
}

// test compares a value with the one in the filter. A list passes when one
// element does; an object counts by its "value".
func test(e *filter.AttributeExpression, value any, exact bool) bool {
	operator, want := e.Operator, literal(e.CompareValue)
	if operator == filter.PR {
		return !isEmpty(value)
	}
	if operator == filter.NE {
		return !test(&filter.AttributeExpression{Operator: filter.EQ, CompareValue: e.CompareValue}, value, exact)
	}
	switch v := value.(type) {
	case nil:
		return operator == filter.EQ && want == nil
	case []any:
		for _, element := range v {
			if test(e, element, exact) {
				return true
			}
		}
		return false
	case map[string]any:
		return v["value"] != nil && test(e, v["value"], exact)
	case json.Number:
		return compareNumbers(operator, v, want)
	default:
		return compareTexts(operator, fmt.Sprint(v), fmt.Sprint(want), exact && !isBool(v))
	}
}

// literal takes the escapes out of a text, which the parser leaves in.
func literal(value any) any {
	text, ok := value.(string)
	if !ok {
		return value
	}
	var plain string
	if err := json.Unmarshal([]byte(`"`+text+`"`), &plain); err != nil {
		return value
	}
	return plain
}

func isBool(v any) bool {
	_, ok := v.(bool)
	return ok
}

func compareNumbers(operator filter.CompareOperator, have json.Number, want any) bool {
	h, err := have.Float64()
	if err != nil {
		return false
	}
	w, err := strconv.ParseFloat(fmt.Sprint(want), 64)
	return err == nil && ordered(operator, h, w)
}

func compareTexts(operator filter.CompareOperator, have, want string, exact bool) bool {
	if !exact {
		have, want = strings.ToLower(have), strings.ToLower(want)
	}
	switch operator {
	case filter.CO:
		return strings.Contains(have, want)
	case filter.SW:
		return strings.HasPrefix(have, want)
	case filter.EW:
		return strings.HasSuffix(have, want)
	default:
		return ordered(operator, have, want)
	}
}

func ordered[T string | float64](operator filter.CompareOperator, have, want T) bool {
	switch operator {
	case filter.EQ:
		return have == want
	case filter.GT:
		return have > want
	case filter.GE:
		return have >= want
	case filter.LT:
		return have < want
	case filter.LE:
		return have <= want
	default:
		return false
	}
}
