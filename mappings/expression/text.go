package expression

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
)

// text are the functions that make a text of texts.
func text(name string) function {
	switch name {
	case "Append":
		return appendSuffix
	case "Join":
		return join
	case "Mid":
		return mid
	case "Not":
		return not
	case "StripSpaces":
		return stripSpaces
	case "ToLower":
		return toLower
	case "ToUpper":
		return toUpper
	default:
		return nil
	}
}

// join is Join(separator, source1, …). Sources with several values count as
// so many sources; null and empty ones are left out, with their separator.
func join(in Input, c *Call) (Value, error) {
	if len(c.Args) < 2 {
		return Value{}, c.wrong("a separator and at least one source are due")
	}
	separator, _, err := in.single(c, c.Args[0])
	if err != nil {
		return Value{}, err
	}
	var parts []string
	for _, arg := range c.Args[1:] {
		v, err := in.plain(c, arg)
		if err != nil {
			return Value{}, err
		}
		for _, part := range v.Values {
			if part != "" {
				parts = append(parts, part)
			}
		}
	}
	return given(strings.Join(parts, separator)), nil
}

func appendSuffix(in Input, c *Call) (Value, error) {
	args, err := c.arguments(2, 2)
	if err != nil {
		return Value{}, err
	}
	source, hasSource, err := in.single(c, args[0])
	if err != nil {
		return Value{}, err
	}
	suffix, hasSuffix, err := in.single(c, args[1])
	if err != nil {
		return Value{}, err
	}
	if !hasSource || !hasSuffix {
		return Value{}, c.unsupported("what it makes of a missing value is not documented")
	}
	return given(source + suffix), nil
}

// not turns "True" into "False" and all else into "True".
func not(in Input, c *Call) (Value, error) {
	args, err := c.arguments(1, 1)
	if err != nil {
		return Value{}, err
	}
	source, _, err := in.single(c, args[0])
	if err != nil {
		return Value{}, err
	}
	if source == "True" {
		return given("False"), nil
	}
	return given("True"), nil
}

func stripSpaces(in Input, c *Call) (Value, error) {
	return in.convert(c, 1, func(s string) string { return strings.ReplaceAll(s, " ", "") })
}

// toLower and toUpper follow .NET's invariant culture, in which the Turkish
// letters and the long s, unlike in Unicode's simple mapping, stay as they are.
func toLower(in Input, c *Call) (Value, error) {
	return in.convert(c, 2, func(s string) string {
		return strings.Map(func(r rune) rune {
			if r == 'İ' {
				return r
			}
			return unicode.ToLower(r)
		}, s)
	})
}

func toUpper(in Input, c *Call) (Value, error) {
	return in.convert(c, 2, func(s string) string {
		return strings.Map(func(r rune) rune {
			if r == 'ı' || r == 'ſ' {
				return r
			}
			return unicode.ToUpper(r)
		}, s)
	})
}

// convert applies change to the first argument; null stays null. A second
// argument, where most allows one, is a culture.
func (in Input) convert(c *Call, most int, change func(string) string) (Value, error) {
	args, err := c.arguments(1, most)
	if err != nil {
		return Value{}, err
	}
	if len(args) == 2 {
		return Value{}, c.unsupported("scimctl knows the invariant culture only")
	}
	source, ok, err := in.single(c, args[0])
	if err != nil || !ok {
		return null(), err
	}
	return given(change(source)), nil
}

// mid is Mid(source, start, length), start counting from 1. Characters are
// UTF-16 units, as in .NET.
func mid(in Input, c *Call) (Value, error) {
	args, err := c.arguments(3, 3)
	if err != nil {
		return Value{}, err
	}
	start, err := in.count(c, args[1], 1)
	if err != nil {
		return Value{}, err
	}
	length, err := in.count(c, args[2], 0)
	if err != nil {
		return Value{}, err
	}
	source, ok, err := in.single(c, args[0])
	if err != nil || !ok {
		return null(), err
	}
	units := utf16.Encode([]rune(source))
	units = units[min(start-1, len(units)):]
	return given(string(utf16.Decode(units[:min(length, len(units))]))), nil
}

// count evaluates a number that may be quoted.
func (in Input) count(c *Call, arg Node, least int) (int, error) {
	s, _, err := in.single(c, arg)
	if err != nil {
		return 0, err
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0, c.wrong(strconv.Quote(s) + " is not a whole number")
	}
	if n < least {
		return 0, c.unsupported("what it makes of " + s + " is not documented")
	}
	return n, nil
}
