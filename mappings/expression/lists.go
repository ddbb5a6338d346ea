package expression

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// lists are the functions about attributes with several values.
func lists(name string) function {
	switch name {
	case "Count":
		return count
	case "Item":
		return item
	case "RemoveDuplicates":
		return removeDuplicates
	case "Split":
		return split
	default:
		return nil
	}
}

func count(in Input, c *Call) (Value, error) {
	args, err := c.arguments(1, 1)
	if err != nil {
		return Value{}, err
	}
	values, err := in.values(c, args[0])
	return given(strconv.Itoa(len(values))), err
}

// values evaluates an argument that has to have at least one value.
func (in Input) values(c *Call, arg Node) ([]string, error) {
	v, err := in.plain(c, arg)
	if err == nil && v.Outcome != Given {
		err = c.undocumented("a missing value")
	}
	return v.Values, err
}

// item is Item(attribute, index), the index counting from 1.
func item(in Input, c *Call) (Value, error) {
	args, err := c.arguments(2, 2)
	if err != nil {
		return Value{}, err
	}
	index, err := in.count(c, args[1], 0)
	if err != nil {
		return Value{}, err
	}
	if index == 0 {
		return Value{}, c.wrong("the index 0 must not be used; the first item has 1")
	}
	values, err := in.values(c, args[0])
	if err != nil {
		return Value{}, err
	}
	if index > len(values) {
		return Value{}, c.undocumented("an index after the last item")
	}
	return given(values[index-1]), nil
}

// removeDuplicates keeps the first of equal values.
func removeDuplicates(in Input, c *Call) (Value, error) {
	args, err := c.arguments(1, 1)
	if err != nil {
		return Value{}, err
	}
	v, err := in.plain(c, args[0])
	if err != nil || v.Outcome != Given {
		return v, err
	}
	var once []string
	spelled := map[string]string{} // by what is equal in any case
	for _, value := range v.Values {
		switch other, found := spelled[folded(value)]; {
		case !found:
			spelled[folded(value)] = value
			once = append(once, value)
		case other != value:
			return Value{}, c.undocumented("values that differ in their case alone")
		}
	}
	v.Values = once
	return v, nil
}

// folded is the same for all texts that strings.EqualFold takes for equal.
func folded(text string) string {
	return strings.Map(func(r rune) rune {
		least := r
		for other := unicode.SimpleFold(r); other != r; other = unicode.SimpleFold(other) {
			least = min(least, other)
		}
		return least
	}, text)
}

// split is Split(source, delimiter). The documented sample trims the items.
func split(in Input, c *Call) (Value, error) {
	args, err := c.arguments(2, 2)
	if err != nil {
		return Value{}, err
	}
	delimiter, err := in.present(c, args[1])
	if err != nil {
		return Value{}, err
	}
	if utf8.RuneCountInString(delimiter) != 1 {
		return Value{}, c.wrong("the delimiter is one character, not " + quote(delimiter))
	}
	source, ok, err := in.single(c, args[0])
	if err != nil || !ok {
		return null(), err
	}
	items := strings.Split(source, delimiter)
	for i := range items {
		items[i] = strings.TrimSpace(items[i])
	}
	if slices.Contains(items, "") {
		return Value{}, c.undocumented("an item without text")
	}
	return list(items), nil
}
