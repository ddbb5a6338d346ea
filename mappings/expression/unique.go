package expression

import (
	"slices"
	"strings"
)

// selectUnique is SelectUniqueValue(rule1, rule2, …): the first value that is
// not taken. With all taken the service puts the object in escrow.
func (in Input) selectUnique(c *Call) (Value, error) {
	if len(c.Args) < 2 || slices.ContainsFunc(c.Args, isEmpty) {
		return Value{}, c.wrong("at least two rules are due, and none may be left out")
	}
	for _, rule := range c.Args {
		s, err := in.present(c, rule)
		if err != nil {
			return Value{}, err
		}
		if s == "" {
			return Value{}, c.undocumented("an empty value")
		}
		if slices.Contains(in.Taken, s) {
			continue
		}
		if slices.ContainsFunc(in.Taken, func(taken string) bool { return strings.EqualFold(taken, s) }) {
			return Value{}, c.unsupported("whether " + quote(s) + " is taken by a value that differs in its case alone is not documented")
		}
		return given(s), nil
	}
	return Value{}, c.fails("all of its values are taken; the service puts the object in escrow")
}

func nestedUnique(_ Input, c *Call) (Value, error) {
	return Value{}, c.wrong("it has to be the whole expression, not an argument")
}
