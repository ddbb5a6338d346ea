package expression

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// A dateToken is a part of a .NET custom date and time format. See
// https://learn.microsoft.com/dotnet/standard/base-types/custom-date-and-time-format-strings.
type dateToken struct {
	letter rune   // d, M, y …; any other character that stands bare; 0 for a quoted or escaped text
	count  int    // how often the letter is repeated; 1 for what does not repeat
	text   string // of a quoted or escaped text
}

// dateTokens takes a custom format apart.
func dateTokens(format string) ([]dateToken, error) {
	var tokens []dateToken
	for rest := []rune(format); len(rest) > 0; {
		token, used, err := firstDateToken(rest)
		if err != nil {
			return nil, fmt.Errorf("the format %s %w", quote(format), err)
		}
		tokens, rest = append(tokens, token), rest[used:]
	}
	return tokens, nil
}

func firstDateToken(format []rune) (token dateToken, used int, err error) {
	switch r := format[0]; {
	case r == '\'' || r == '"':
		return quotedDateText(format)
	case r == '\\':
		if len(format) == 1 {
			return token, 0, errors.New(`ends after \`)
		}
		return dateToken{count: 1, text: string(format[1])}, 2, nil
	case r == '%':
		if len(format) == 1 || format[1] == '%' {
			return token, 0, errors.New("has no letter after %")
		}
		if len(format) > 2 && format[2] == format[1] {
			return token, 0, errors.New("repeats the letter after %")
		}
		token, used, err = firstDateToken(format[1:])
		return token, used + 1, err
	case strings.ContainsRune("dfFghHmMstyz", r):
		count := 1
		for count < len(format) && format[count] == r {
			count++
		}
		if (r == 'f' || r == 'F') && count > 7 {
			return token, 0, fmt.Errorf("has more than seven %c", r)
		}
		return dateToken{letter: r, count: count}, count, nil
	default:
		return dateToken{letter: r, count: 1}, 1, nil
	}
}

// quotedDateText reads up to the quote that ends it; a backslash takes the next
// character as it is.
func quotedDateText(format []rune) (token dateToken, used int, err error) {
	var text strings.Builder
	for i := 1; i < len(format); i++ {
		switch {
		case format[i] == format[0]:
			return dateToken{count: 1, text: text.String()}, i + 1, nil
		case format[i] == '\\' && i+1 < len(format):
			i++
			text.WriteRune(format[i])
		default:
			text.WriteRune(format[i])
		}
	}
	return token, 0, fmt.Errorf("does not close %c", format[0])
}

// print writes a moment by a format, in the invariant culture.
func (m moment) print(tokens []dateToken) (string, error) {
	var out strings.Builder
	for _, token := range tokens {
		if token.letter == 'F' && m.fraction(token) == "" { // the point goes with the digits
			kept := strings.TrimSuffix(out.String(), ".")
			out.Reset()
			out.WriteString(kept)
			continue
		}
		part, err := m.part(token)
		if err != nil {
			return "", err
		}
		out.WriteString(part)
	}
	return out.String(), nil
}

func (m moment) part(token dateToken) (string, error) {
	t, digits := m.Time, min(token.count, 2)
	switch token.letter {
	case 0:
		return token.text, nil
	case 'd':
		if token.count > 2 {
			return named(t.Weekday().String(), token.count), nil
		}
		return padded(t.Day(), digits), nil
	case 'M':
		if token.count > 2 {
			return named(t.Month().String(), token.count), nil
		}
		return padded(int(t.Month()), digits), nil
	case 'y':
		if token.count <= 2 {
			return padded(t.Year()%100, digits), nil
		}
		return padded(t.Year(), token.count), nil
	case 'h':
		return padded((t.Hour()+11)%12+1, digits), nil
	case 'H':
		return padded(t.Hour(), digits), nil
	case 'm':
		return padded(t.Minute(), digits), nil
	case 's':
		return padded(t.Second(), digits), nil
	case 'f', 'F':
		return m.fraction(token), nil
	case 't':
		return t.Format("PM")[:digits], nil
	case 'g':
		return "A.D.", nil
	case 'z', 'K':
		return m.zone(token)
	default:
		return string(token.letter), nil
	}
}

// fraction is that of the second, without zeros at its end for F.
func (m moment) fraction(token dateToken) string {
	digits := padded(m.Nanosecond()/100, 7)[:token.count]
	if token.letter == 'F' {
		return strings.TrimRight(digits, "0")
	}
	return digits
}

// zone is known of UTC alone: .NET writes all else in the zone of the machine,
// and that of the service's is not documented.
func (m moment) zone(token dateToken) (string, error) {
	switch {
	case token.letter == 'K' && m.kind == unspecified:
		return "", nil
	case m.kind != utc:
		return "", fmt.Errorf("%s would write the time zone of the service's machine, which is not documented", strings.Repeat(string(token.letter), token.count))
	case token.letter == 'K':
		return "Z", nil
	default:
		return []string{"+0", "+00", "+00:00"}[min(token.count, 3)-1], nil
	}
}

// named is a name in full, or its first three letters.
func named(name string, count int) string {
	if count == 3 {
		return name[:3]
	}
	return name
}

func padded(n, digits int) string { return fmt.Sprintf("%0*d", digits, n) }

// standardFormat tells whether a format is one of .NET's single letters that
// stand for a whole format.
func standardFormat(format string) bool {
	return len(format) == 1 && slices.Contains(strings.Split("dDfFgGmMoOrRstTuUyY", ""), format)
}
