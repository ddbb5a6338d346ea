package schema

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/scimctl/scimctl/graph/bounds"
	"github.com/scimctl/scimctl/graph/failure"
	"github.com/scimctl/scimctl/graph/synchronization"
	"github.com/scimctl/scimctl/mappings/expression"
)

// ParseClause reads "department equals Sales": attribute, operator, and for
// an operator that compares the value, which is all that follows; quotes
// around it are left out. Operators are those of the job, in any case and with
// hyphens for blanks if one likes. Only Includes takes several values, with
// semicolons between them. Whether the attribute exists is not looked at.
// Errors are an *[InvalidClauseError], or an invalid failure for the operator.
func ParseClause(text string, operators []synchronization.FilterOperator) (Clause, error) {
	attribute, rest := cutWord(text)
	if rest == "" {
		return Clause{}, &InvalidClauseError{Clause: text, Reason: "it is not ATTRIBUTE OPERATOR [VALUE]"}
	}
	operator, value, ok := cutOperator(rest, operators)
	if !ok {
		name, _ := cutWord(rest)
		return Clause{}, failure.New(failure.Invalid, "unknown operator %s: those of this job are %s",
			Quote(bounds.Names([]string{name})), bounds.FirstNames(OperatorNames(operators, ""), 30))
	}
	c := Clause{Attribute: attribute, Operator: operator.Name, Values: []string{}}
	if Unary(operator) {
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
	return fmt.Sprintf("clause %s: %s", Quote(bounds.Names([]string{e.Clause})), e.Reason)
}

// cutOperator takes the operator with the most words that the text begins with.
func cutOperator(text string, operators []synchronization.FilterOperator) (found synchronization.FilterOperator, rest string, ok bool) {
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
		i := slices.IndexFunc(operators, func(o synchronization.FilterOperator) bool { return Plain(o.Name) == Plain(name) })
		if i >= 0 {
			found, rest, ok = operators[i], after, true
		}
	}
	return found, rest, ok
}

func valuesOf(operator synchronization.FilterOperator, text string) []string {
	if isQuoted(text) {
		text = text[1 : len(text)-1]
	}
	if Plain(operator.Name) != "INCLUDES" {
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

// OperatorNames are the operators for an attribute of that type, or all for
// "", as they are written here.
func OperatorNames(operators []synchronization.FilterOperator, attributeType string) []string {
	names := []string{}
	for _, o := range operators {
		if attributeType == "" || takes(o, attributeType) {
			names = append(names, spelt(o.Name))
		}
	}
	return names
}

// Unary reports whether an operator takes no value.
func Unary(o synchronization.FilterOperator) bool { return strings.EqualFold(o.Arity, "Unary") }

// Plain is what all spellings of an operator have in common.
func Plain(operator string) string {
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

// Unfilterable says why the service filters on no attribute of that name,
// whatever the attribute list says; "" when it may.
//
// https://learn.microsoft.com/en-us/entra/identity/app-provisioning/define-conditional-rules-for-provisioning-user-accounts
func Unfilterable(attribute string) string {
	switch strings.ToLower(attribute) {
	case "approleassignments":
		return "scoping filters do not take app roles; assign the users or groups that should be in scope instead"
	case "usertype", "manager":
		return "scoping filters do not take this attribute"
	case "members", "memberof", "ismemberof":
		return "scoping filters do not take memberships; assign the group instead"
	}
	return ""
}

// Permits says whether the service evaluates the clause over this attribute.
// The error is a *[RefusedError] or an *[InvalidClauseError].
func Permits(c Clause, a Attribute, operators []synchronization.FilterOperator) error {
	refused := func(reason string) error { return &RefusedError{Action: "filter on " + c.Attribute, Reason: reason} }
	i := slices.IndexFunc(operators, func(o synchronization.FilterOperator) bool { return o.Name == c.Operator })
	switch {
	case a.Multivalued:
		return refused("it has several values, which scoping filters do not take")
	case strings.EqualFold(a.Type, "DateTime"):
		return refused("it is a date, which scoping filters do not take")
	case i >= 0 && a.Type != "" && !takes(operators[i], a.Type):
		return refused(fmt.Sprintf("it is %s, and %s takes %s; for it there is %s", a.Type, spelt(c.Operator),
			bounds.Names(operators[i].SupportedAttributeTypes), orNothing(OperatorNames(operators, a.Type))))
	}
	return c.comparable(a)
}

// comparable says whether the values are of the attribute's type.
func (c Clause) comparable(a Attribute) error {
	if c.matches() {
		return c.compiles()
	}
	whole := strings.EqualFold(a.Type, "Integer") || strings.HasPrefix(Plain(c.Operator), "GREATER")
	for _, value := range c.Values {
		if _, err := strconv.ParseInt(value, 10, 64); whole && err != nil {
			return &InvalidClauseError{Clause: c.String(), Reason: fmt.Sprintf("%s is no whole number", Quote(value))}
		}
	}
	return nil
}

// compiles says whether the values are patterns as .NET reads them.
func (c Clause) compiles() error {
	for _, value := range c.Values {
		if _, err := expression.CompilePattern(value, 0); err != nil {
			return &InvalidClauseError{Clause: c.String(), Reason: err.Error()}
		}
	}
	return nil
}

// matches says whether the value of the clause is a pattern.
func (c Clause) matches() bool { return strings.Contains(Plain(c.Operator), "REGEX") }

func takes(o synchronization.FilterOperator, attributeType string) bool {
	return len(o.SupportedAttributeTypes) == 0 || slices.ContainsFunc(o.SupportedAttributeTypes, func(t string) bool { return strings.EqualFold(t, attributeType) })
}

func orNothing(names []string) string {
	if len(names) == 0 {
		return "no operator"
	}
	return bounds.FirstNames(names, 30)
}

// Coherent refuses clauses that nobody can pass together: every attribute has
// one value at most.
func Coherent(clauses []Clause) error {
	equal := map[string]string{}
	for _, c := range clauses {
		if Plain(c.Operator) != "EQUALS" || len(c.Values) != 1 {
			continue
		}
		if other, ok := equal[c.Attribute]; ok && other != c.Values[0] {
			return &InvalidClauseError{Clause: c.String(), Reason: fmt.Sprintf("%s cannot be %s as well: all clauses of a filter have to hold, of several filters one", c.Attribute, Quote(other))}
		}
		equal[c.Attribute] = c.Values[0]
	}
	return nil
}
