package engine

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/scimctl/scimctl/mappings/expression"
)

// compares evaluates the operators that have one value on their right. A
// value that they do not take is an error even where it would not matter.
func (c clause) compares(operator, value string, limit time.Duration) (passed bool, err error) {
	if len(c.values) != 1 {
		return false, fmt.Errorf("it has %d values to compare with, and what that means is not documented", len(c.values))
	}
	switch operator {
	case "EQUALS":
		passed = value == c.values[0]
	case "NOT EQUALS":
		passed = value != c.values[0]
	case "ENDS WITH":
		passed = strings.HasSuffix(value, c.values[0])
	case "GREATER THAN":
		passed, err = c.above(value, 1)
	case "GREATER THAN OR EQUALS":
		passed, err = c.above(value, 0)
	case "REGEX MATCH":
		passed, err = c.fits(value, limit)
	case "NOT REGEX MATCH":
		passed, err = c.fits(value, limit)
		passed = !passed
	default:
		err = errors.New("scimctl does not evaluate this operator")
	}
	return value != "" && err == nil && passed, err
}

// above tells whether a number is greater than the clause's by least or more.
// Both have to be whole numbers from 0 on.
func (c clause) above(value string, least uint64) (bool, error) {
	limit, err := strconv.ParseUint(c.values[0], 10, 63)
	if err != nil {
		return false, fmt.Errorf("it compares numbers, and %q is no whole number", c.values[0])
	}
	if value == "" {
		return false, nil
	}
	number, err := strconv.ParseUint(value, 10, 63)
	if err != nil {
		return false, fmt.Errorf("it compares numbers, and the value %q of %s is no whole number", value, c.attribute)
	}
	return number >= limit+least, nil
}

// includes tells whether a value contains one of the clause's. In the portal
// these are written in one text with semicolons between them; whether Graph
// keeps them so or as a list is not documented, so both are read.
func (c clause) includes(value string) (bool, error) {
	passed, given := false, false
	for _, text := range c.values {
		for part := range strings.SplitSeq(text, ";") {
			given = given || part != ""
			passed = passed || part != "" && strings.Contains(value, part)
		}
	}
	if !given {
		return false, errors.New("it has no value to look for")
	}
	return passed, nil
}

// A pattern is a regular expression that is compiled when first needed.
type pattern struct {
	once     sync.Once
	compiled *expression.Pattern
	err      error
}

// fits matches a pattern. Whether it has to fit the whole value or a part of
// it is not documented, so a value for which that matters is not decided.
func (c clause) fits(value string, limit time.Duration) (bool, error) {
	text := c.values[0]
	c.pattern.once.Do(func() { c.pattern.compiled, c.pattern.err = expression.CompilePattern(text, limit) })
	if c.pattern.err != nil {
		return false, c.pattern.err
	}
	part, whole, err := c.pattern.compiled.Match(value)
	if err != nil {
		return false, err
	}
	if part != whole {
		return false, fmt.Errorf("the pattern %s fits a part of the value alone, and whether that is enough is not documented: "+
			"write ^ and $, or .* around it", text)
	}
	return part, nil
}
