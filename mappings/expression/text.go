package expression

import (
	"strconv"
	"strings"
	"unicode/utf16"
)

// text are the functions that make a text of texts.
func text(name string) function {
	switch name {
	case "Append":
		return appendSuffix
	case "Join":
		return join
	case "Left":
		return left
	case "Len":
		return length
	case "Mid":
		return mid
	case "NormalizeDiacritics":
		return normalizeDiacritics
	case "Prepend":
		return prependPrefix
	case "StripSpaces":
		return stripSpaces
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
	size := (len(parts) - 1) * len(separator)
	for _, part := range parts {
		size += len(part)
	}
	if size > mostText {
		return Value{}, c.unsupported(errTooLong.Error())
	}
	return given(strings.Join(parts, separator)), nil
}

func appendSuffix(in Input, c *Call) (Value, error) { return in.concatenate(c) }

func prependPrefix(in Input, c *Call) (Value, error) { return in.concatenate(c) }

// concatenate puts two texts together: source and suffix, prefix and source.
func (in Input) concatenate(c *Call) (Value, error) {
	args, err := c.arguments(2, 2)
	if err != nil {
		return Value{}, err
	}
	first, err := in.present(c, args[0])
	if err != nil {
		return Value{}, err
	}
	second, err := in.present(c, args[1])
	return given(first + second), err
}

func stripSpaces(in Input, c *Call) (Value, error) {
	return in.convert(c, func(s string) string { return strings.ReplaceAll(s, " ", "") })
}

// convert applies change to the only argument; null stays null.
func (in Input) convert(c *Call, change func(string) string) (Value, error) {
	args, err := c.arguments(1, 1)
	if err != nil {
		return Value{}, err
	}
	source, ok, err := in.single(c, args[0])
	if err != nil || !ok {
		return null(), err
	}
	return given(change(source)), nil
}

// left is Left(source, number); a negative number is all of it.
func left(in Input, c *Call) (Value, error) {
	args, err := c.arguments(2, 2)
	if err != nil {
		return Value{}, err
	}
	number, err := in.integer(c, args[1])
	if err != nil {
		return Value{}, err
	}
	source, _, err := in.single(c, args[0])
	if err != nil || number < 0 {
		return given(source), err
	}
	units := utf16.Encode([]rune(source))
	return given(string(utf16.Decode(units[:min(number, len(units))]))), nil
}

// length is that of a text; of null it is 0.
func length(in Input, c *Call) (Value, error) {
	args, err := c.arguments(1, 1)
	if err != nil {
		return Value{}, err
	}
	source, _, err := in.single(c, args[0])
	return given(strconv.Itoa(len(utf16.Encode([]rune(source))))), err
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

// count evaluates a whole number that has to be least or more.
func (in Input) count(c *Call, arg Node, least int) (int, error) {
	n, err := in.integer(c, arg)
	if err == nil && n < least {
		err = c.undocumented(strconv.Itoa(n))
	}
	return n, err
}

// integer evaluates a whole number that may be quoted.
func (in Input) integer(c *Call, arg Node) (int, error) {
	s, _, err := in.single(c, arg)
	if err != nil {
		return 0, err
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0, c.wrong(quote(s) + " is not a whole number")
	}
	return n, nil
}
