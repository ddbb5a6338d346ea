package expression

import (
	"strings"
	"unicode"

	"golang.org/x/text/language"
)

// casing are the functions that change the case of letters.
func casing(name string) function {
	switch name {
	case "PCase":
		return pcase
	case "ToLower":
		return toLower
	case "ToUpper":
		return toUpper
	default:
		return nil
	}
}

func toLower(in Input, c *Call) (Value, error) {
	return in.recase(c, invariantLower, unicode.TurkishCase.ToLower)
}

func toUpper(in Input, c *Call) (Value, error) {
	return in.recase(c, invariantUpper, unicode.TurkishCase.ToUpper)
}

// longestCulture is the length of the longest name of a culture in .NET.
const longestCulture = 85

// recase changes the case by the rules of a culture. .NET's cultures differ in
// the Turkish letters alone, and from the invariant one in those that this
// leaves as they are.
func (in Input) recase(c *Call, invariant func(string) string, turkish func(rune) rune) (Value, error) {
	args, err := c.arguments(1, 2)
	if err != nil {
		return Value{}, err
	}
	culture := ""
	if len(args) == 2 {
		if culture, err = in.present(c, args[1]); err != nil {
			return Value{}, err
		}
	}
	source, ok, err := in.single(c, args[0])
	if err != nil || !ok {
		return null(), err
	}
	if culture == "" {
		return given(invariant(source)), nil
	}
	if len(culture) > longestCulture {
		return Value{}, c.wrong(quote(culture) + " is no culture such as en-US")
	}
	tag, err := language.Parse(culture)
	if err != nil {
		return Value{}, c.wrong(quote(culture) + " is no culture such as en-US")
	}
	base, _ := tag.Base()
	switch {
	case base.String() == "tr" || base.String() == "az":
		return given(strings.Map(turkish, source)), nil
	case strings.ContainsAny(source, "İıſ"):
		return Value{}, c.unsupported("what becomes of the letters İ, ı and ſ in the culture " + culture + " is not documented")
	default:
		return given(invariant(source)), nil
	}
}

// invariantLower and invariantUpper follow .NET's invariant culture, in which
// the Turkish letters and the long s, unlike in Unicode's simple mapping, stay
// as they are.
func invariantLower(s string) string {
	return strings.Map(func(r rune) rune {
		if r == 'İ' {
			return r
		}
		return unicode.ToLower(r)
	}, s)
}

func invariantUpper(s string) string {
	return strings.Map(func(r rune) rune {
		if r == 'ı' || r == 'ſ' {
			return r
		}
		return unicode.ToUpper(r)
	}, s)
}

// pcase is PCase(source, wordSeparators): a capital at the beginning of each
// word, the rest in lower case.
func pcase(in Input, c *Call) (Value, error) {
	args, err := c.arguments(1, 2)
	if err != nil {
		return Value{}, err
	}
	separators := ""
	if len(args) == 2 {
		if separators, err = in.present(c, args[1]); err != nil {
			return Value{}, err
		}
		if separators == "" {
			return Value{}, c.undocumented("separators without a character")
		}
	}
	source, ok, err := in.single(c, args[0])
	if err != nil || !ok {
		return null(), err
	}
	if separators == "" {
		return given(titleCase(source)), nil
	}
	return given(capitalize(source, separators)), nil
}

// capitalize gives a capital to what follows a separator.
func capitalize(s, separators string) string {
	begins := true
	isSeparator := oneOf(separators)
	return strings.Map(func(r rune) rune {
		separates := isSeparator(r)
		defer func() { begins = separates }()
		if begins {
			return unicode.ToTitle(r)
		}
		return unicode.ToLower(r)
	}, s)
}

// titleCase is .NET's ToTitleCase of the text in lower case: a word begins
// with its first letter and ends at a character of the documented categories.
// The apostrophe is one of these: the page lists it, and the guide for Workday
// repairs the "'S" that it makes of "'s".
func titleCase(s string) string {
	inWord := false
	return strings.Map(func(r rune) rune {
		switch {
		case endsWord(r):
			inWord = false
		case !inWord && unicode.IsLetter(r):
			inWord = true
			return unicode.ToTitle(r)
		}
		return unicode.ToLower(r)
	}, s)
}

// endsWord tells separators, control and format characters, punctuation and
// symbols.
func endsWord(r rune) bool {
	return unicode.In(r, unicode.Z, unicode.Cc, unicode.Cf, unicode.P, unicode.S)
}
