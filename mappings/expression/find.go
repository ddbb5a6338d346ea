package expression

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// finding are the functions that look for something in a text.
func finding(name string) function {
	switch name {
	case "InStr":
		return inStr
	case "Word":
		return wordOf
	default:
		return nil
	}
}

// inStr is InStr(text, part, start, compareType): where the part begins,
// counting UTF-16 units from 1, and 0 when it is not there. Which way of
// comparing it is without a compareType is not documented.
func inStr(in Input, c *Call) (Value, error) {
	args, err := c.arguments(2, 4)
	if err != nil {
		return Value{}, err
	}
	source, err := in.present(c, args[0])
	if err != nil {
		return Value{}, err
	}
	part, err := in.present(c, args[1])
	if err != nil {
		return Value{}, err
	}
	start, err := in.start(c, args)
	if err != nil {
		return Value{}, err
	}
	if units := len(utf16.Encode([]rune(source))); part == "" || start > max(units, 1) {
		return Value{}, c.undocumented("an empty part, or a start after the end")
	}
	exactly := position(source, part, start)
	inAnyCase := position(invariantUpper(source), invariantUpper(part), start)
	switch compareType := compareType(args); {
	case compareType == "vbBinaryCompare" || compareType == "" && exactly == inAnyCase:
		return given(strconv.Itoa(exactly)), nil
	case compareType == "vbTextCompare":
		return given(strconv.Itoa(inAnyCase)), nil
	case compareType == "":
		return Value{}, c.unsupported("whether it minds case without a compareType is not documented; add vbBinaryCompare or vbTextCompare")
	default:
		return Value{}, c.wrong("the compareType is vbBinaryCompare or vbTextCompare")
	}
}

// start is the third argument, 1 when left out.
func (in Input) start(c *Call, args []Node) (int, error) {
	if len(args) < 3 || isEmpty(args[2]) {
		return 1, nil
	}
	return in.count(c, args[2], 1)
}

// compareType is the fourth argument as it is written, "" when left out.
func compareType(args []Node) string {
	if len(args) < 4 {
		return ""
	}
	return args[3].String()
}

// position is where part is in text, from start on, in UTF-16 units.
func position(text, part string, start int) int {
	units := utf16.Encode([]rune(text))
	if start > len(units) {
		return 0
	}
	from := string(utf16.Decode(units[start-1:]))
	before, _, found := strings.Cut(from, part)
	if !found {
		return 0
	}
	return start + len(utf16.Encode([]rune(before)))
}

// wordOf is Word(text, number, delimiters), each character of the last being a
// delimiter. Whether there are empty words between two of them is not
// documented.
func wordOf(in Input, c *Call) (Value, error) {
	args, err := c.arguments(3, 3)
	if err != nil {
		return Value{}, err
	}
	number, err := in.integer(c, args[1])
	if err != nil {
		return Value{}, err
	}
	delimiters, err := in.present(c, args[2])
	if err != nil {
		return Value{}, err
	}
	source, ok, err := in.single(c, args[0])
	if err != nil || !ok || number < 1 {
		return given(""), err
	}
	isDelimiter := oneOf(delimiters)
	parts := strings.FieldsFunc(source, isDelimiter)
	if len(parts) == 1 && parts[0] == source && number == 1 {
		return Value{}, c.undocumented("a text without delimiters")
	}
	word := nth(parts, number)
	if word != nth(splitAt(source, isDelimiter), number) {
		return Value{}, c.undocumented("delimiters with nothing between them")
	}
	return given(word), nil
}

// oneOf returns a function that reports whether a character is among some.
func oneOf(some string) func(rune) bool {
	set := map[rune]bool{}
	for _, r := range some {
		set[r] = true
	}
	return func(r rune) bool { return set[r] }
}

// splitAt splits at each delimiter, so that there may be empty parts.
func splitAt(text string, isDelimiter func(rune) bool) []string {
	var parts []string
	for {
		i := strings.IndexFunc(text, isDelimiter)
		if i < 0 {
			return append(parts, text)
		}
		_, size := utf8.DecodeRuneInString(text[i:])
		parts, text = append(parts, text[:i]), text[i+size:]
	}
}

// nth is the part with a number that begins at 1, "" when there are fewer.
func nth(parts []string, number int) string {
	if number > len(parts) {
		return ""
	}
	return parts[number-1]
}
