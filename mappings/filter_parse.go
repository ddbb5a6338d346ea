package mappings

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/bounds"
)

// ParseClause reads "department equals Sales": attribute, operator, and for
// an operator that compares the value, which is all that follows; quotes
// around it are left out. Operators are those of the job, in any case and with
// hyphens for blanks if one likes. Only Includes takes several values, with
// semicolons between them. Whether the attribute exists is not looked at.
// Errors are an *[InvalidClauseError] or an *[UnknownOperatorError].
func ParseClause(text string, operators []graph.FilterOperator) (Clause, error) {
	attribute, rest := cutWord(text)
	if rest == "" {
		return Clause{}, &InvalidClauseError{Clause: text, Reason: "it is not ATTRIBUTE OPERATOR [VALUE]"}
	}
	operator, value, ok := cutOperator(rest, operators)
	if !ok {
		name, _ := cutWord(rest)
		return Clause{}, &UnknownOperatorError{Name: name, Operators: operatorNames(operators, "")}
	}
	c := Clause{Attribute: attribute, Operator: operator.Name, Values: []string{}}
	if unary(operator) {
		if value != "" {
			return c, &InvalidClauseError{Clause: text, Reason: fmt.Sprintf("%s takes no value", spelt(operator.Name))}
		}
		return c, nil
	}
	c.Values = valuesOf(operator, value)
	if len(c.Values) == 0 || slices.Contains(c.Values, "") {
		return c, &InvalidClauseError{Clause: text, Reason: fmt.Sprintf("%s needs a value; nothing at all is tested with is-null and is-not-null", spelt(operator.Name))}
	}
	return c, nil
}

// An InvalidClauseError is a clause of a filter that makes no sense.
type InvalidClauseError struct{ Clause, Reason string }

func (e *InvalidClauseError) Error() string {
	return fmt.Sprintf("clause %s: %s", quote(bounds.Names([]string{e.Clause})), e.Reason)
}

// An UnknownOperatorError is an operator that the job does not have.
type UnknownOperatorError struct {
	Name      string
	Operators []string // that it has, as they are written here
}

func (e *UnknownOperatorError) Error() string {
	return fmt.Sprintf("unknown operator %s: those of this job are %s", quote(bounds.Names([]string{e.Name})), bounds.FirstNames(e.Operators, 30))
}

// cutOperator takes the operator with the most words that the text begins with.
func cutOperator(text string, operators []graph.FilterOperator) (found graph.FilterOperator, rest string, ok bool) {
	most := 0
	for _, o := range operators {
		most = max(most, len(operatorWords(o.Name)))
	}
	name, after := "", text
	for range most { // what follows belongs to the value, which may be long
		var word string
		if word, after = cutWord(after); word == "" {
			break
		}
		name += " " + word
		i := slices.IndexFunc(operators, func(o graph.FilterOperator) bool { return plain(o.Name) == plain(name) })
		if i >= 0 {
			found, rest, ok = operators[i], after, true
		}
	}
	return found, rest, ok
}

func valuesOf(operator graph.FilterOperator, text string) []string {
	if isQuoted(text) {
		text = text[1 : len(text)-1]
	}
	if plain(operator.Name) != "INCLUDES" {
		return []string{text}
	}
	values := []string{}
	for value := range strings.SplitSeq(text, ";") {
		if value = strings.TrimSpace(value); value != "" {
			values = append(values, value)
		}
	}
	return values
}

// operatorNames are the operators for an attribute of that type, or all for
// "", as they are written here.
func operatorNames(operators []graph.FilterOperator, attributeType string) []string {
	names := []string{}
	for _, o := range operators {
		if attributeType == "" || takes(o, attributeType) {
			names = append(names, spelt(o.Name))
		}
	}
	return names
}

func unary(o graph.FilterOperator) bool { return strings.EqualFold(o.Arity, "Unary") }

// plain is what all spellings of an operator have in common.
func plain(operator string) string {
	return strings.Join(operatorWords(strings.ToUpper(operator)), " ")
}

// spelt is an operator as it needs no quotes in a shell: is-not-null.
func spelt(operator string) string {
	return strings.Join(operatorWords(strings.ToLower(operator)), "-")
}

func operatorWords(operator string) []string {
	return strings.FieldsFunc(operator, func(r rune) bool { return r == '-' || r == '_' || unicode.IsSpace(r) })
}

func cutWord(text string) (word, rest string) {
	text = strings.TrimSpace(text)
	i := strings.IndexFunc(text, unicode.IsSpace)
	if i < 0 {
		return text, ""
	}
	return text[:i], strings.TrimSpace(text[i:])
}
