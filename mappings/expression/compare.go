package expression

import (
	"math/big"
	"strings"
)

// An operand is one side of a comparison.
type operand struct {
	text   string
	number *big.Rat // nil when the text is no number
	quoted bool     // it is a text that may look like a number
}

// compare compares loosely: two numbers by size, quoted or not, and all else
// as texts. Whether the comparison minds case, and how it orders texts, is not
// documented; nor what it makes of a null.
func (in Input) compare(c *Call, comparison *Comparison) (bool, error) {
	left, _, err := in.operand(c, comparison.Left)
	if err != nil {
		return false, err
	}
	right, _, err := in.operand(c, comparison.Right)
	if err != nil {
		return false, err
	}
	if left.number != nil && right.number != nil {
		return compareNumbers(c, left, right, comparison.Operator)
	}
	switch comparison.Operator {
	case "=", "<>":
		if left.text != right.text && strings.EqualFold(left.text, right.text) {
			return false, c.unsupported("whether a comparison minds case is not documented: " + pair(left, right))
		}
		return (left.text == right.text) == (comparison.Operator == "="), nil
	default:
		return false, c.unsupported("how texts are ordered is not documented: " + pair(left, right))
	}
}

// compareNumbers leaves out two texts such as "007" and "7", which are equal
// as numbers alone.
func compareNumbers(c *Call, left, right operand, operator string) (bool, error) {
	order := left.number.Cmp(right.number)
	if order == 0 && left.quoted && right.quoted && left.text != right.text {
		return false, c.unsupported("whether these are compared as numbers is not documented: " + pair(left, right))
	}
	switch operator {
	case "=":
		return order == 0, nil
	case "<>":
		return order != 0, nil
	case ">":
		return order > 0, nil
	case ">=":
		return order >= 0, nil
	case "<":
		return order < 0, nil
	default:
		return order <= 0, nil
	}
}

func pair(left, right operand) string {
	return quote(left.text) + " and " + quote(right.text)
}

// operand evaluates a side of a comparison and tells whether it is a number.
func (in Input) operand(c *Call, n Node) (operand, bool, error) {
	o := operand{quoted: !isNumeric(n)}
	if number, ok := n.(*Number); ok {
		o.text = number.Literal
		o.number = number.value()
		return o, true, nil
	}
	text, err := in.present(c, n)
	if err != nil {
		return o, false, err
	}
	if len(text) > mostDigits && areDigits(strings.Replace(strings.TrimPrefix(text, "-"), ".", "", 1)) {
		return o, false, c.unsupported("a number is longer than 1,000 characters, the limit for a number")
	}
	o.text, o.number = text, decimal(text)
	return o, o.number != nil, nil
}

// isNumeric tells what yields a number, and not a text that may look like one.
func isNumeric(n Node) bool {
	switch n := n.(type) {
	case *Number:
		return true
	case *Call:
		switch n.Name {
		case "BitAnd", "Count", "DateDiff", "InStr", "Len", "NumFromDate":
			return true
		}
	}
	return false
}
