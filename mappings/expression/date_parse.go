package expression

import (
	"slices"
	"strings"
	"time"
	"unicode"
)

// A moment is a date and time as .NET's DateTime holds it.
type moment struct {
	time.Time           // in UTC, or as written
	kind      zoneKind  // what is known of its zone
	written   time.Time // of an elsewhere, the date and time as they stood there
}

type zoneKind int

const (
	unspecified zoneKind = iota
	utc
	elsewhere // the text had an offset
)

// dateStyles are .NET's DateTimeStyles, as far as they matter here.
type dateStyles struct {
	leading, trailing, inner              bool // white space that is passed over
	noCurrentDate                         bool
	adjust, assumeUniversal, roundtripUTC bool
}

// A dateReader reads a text by a format. Numbers that were not read are -1.
type dateReader struct {
	text   []rune
	styles dateStyles

	year, month, day, weekday, hour, minute, second, ticks int

	half         string // AM, PM or ""
	twelve       bool   // the hours are those of half a day
	twoDigitYear bool
	zoned, utc   bool
	offset       time.Duration
}

// parse reads a text by a format as DateTime.ParseExact does in the invariant
// culture. today stands for the parts of the date that the format has not.
func parseDate(text string, tokens []dateToken, styles dateStyles, today time.Time) (moment, bool) {
	r := &dateReader{styles: styles, year: -1, month: -1, day: -1, weekday: -1, hour: -1, minute: -1, second: -1, ticks: -1}
	if styles.leading {
		text = strings.TrimLeftFunc(text, unicode.IsSpace)
		tokens = trimBlanks(tokens, true)
	}
	if styles.trailing {
		text = strings.TrimRightFunc(text, unicode.IsSpace)
		tokens = trimBlanks(tokens, false)
	}
	r.text = []rune(text)
	for i := 0; i < len(tokens); i++ {
		if styles.inner {
			r.text = []rune(strings.TrimLeftFunc(string(r.text), unicode.IsSpace))
		}
		if isPoint(tokens, i) && !r.literal(".") { // .FFF may be missing as a whole
			i++
			continue
		} else if isPoint(tokens, i) {
			continue
		}
		if !r.take(tokens[i]) {
			return moment{}, false
		}
	}
	if len(r.text) > 0 {
		return moment{}, false
	}
	return r.moment(today)
}

func isPoint(tokens []dateToken, i int) bool {
	return tokens[i].letter == '.' && i+1 < len(tokens) && tokens[i+1].letter == 'F'
}

// trimBlanks leaves out the blanks at one end of a format.
func trimBlanks(tokens []dateToken, begin bool) []dateToken {
	blank := func(t dateToken) bool { return t.letter != 0 && unicode.IsSpace(t.letter) }
	for len(tokens) > 0 && begin && blank(tokens[0]) {
		tokens = tokens[1:]
	}
	for len(tokens) > 0 && !begin && blank(tokens[len(tokens)-1]) {
		tokens = tokens[:len(tokens)-1]
	}
	return tokens
}

// take reads what one part of the format stands for.
func (r *dateReader) take(token dateToken) bool {
	switch token.letter {
	case 'd':
		return r.dayOrName(token.count)
	case 'M':
		if token.count > 2 {
			return r.name(&r.month, monthNames(), token.count)
		}
		return r.number(&r.month, token.count)
	case 'y':
		r.twoDigitYear = r.twoDigitYear || token.count <= 2
		return r.digits(&r.year, min(token.count, 2), max(token.count, 2))
	case 'h':
		r.twelve = true
		return r.number(&r.hour, token.count)
	case 'H':
		return r.number(&r.hour, token.count)
	case 'm':
		return r.number(&r.minute, token.count)
	case 's':
		return r.number(&r.second, token.count)
	case 'f', 'F':
		return r.fraction(token)
	case 't':
		return r.halfOfDay(min(token.count, 2))
	case 'g':
		return r.literal("A.D.") || r.literal("AD")
	case 'z', 'K', 'Z':
		return r.zone(token)
	case 0:
		return r.quoted(token.text)
	default:
		blank := token.letter == ' ' && r.styles.inner
		return blank || r.literal(string(token.letter))
	}
}

// quoted reads a text that stands in the format; its blanks may be any number
// when inner white space is passed over.
func (r *dateReader) quoted(text string) bool {
	for _, want := range text {
		if want == ' ' && r.styles.inner {
			r.text = []rune(strings.TrimLeftFunc(string(r.text), unicode.IsSpace))
		} else if !r.literal(string(want)) {
			return false
		}
	}
	return true
}

func (r *dateReader) literal(want string) bool {
	letters := []rune(want)
	if len(r.text) < len(letters) || !slices.Equal(r.text[:len(letters)], letters) {
		return false
	}
	r.text = r.text[len(letters):]
	return true
}

// number reads one or two digits for a single letter, else two.
func (r *dateReader) number(field *int, count int) bool { return r.digits(field, min(count, 2), 2) }

// digits reads a number of least to most digits. What was read before, by
// another part of the format, has to be the same.
func (r *dateReader) digits(field *int, least, most int) bool {
	if least > 1 {
		least = most
	}
	n, read := 0, 0
	for read < most && read < len(r.text) && isDigit(r.text[read]) {
		n = 10*n + int(r.text[read]-'0')
		read++
	}
	r.text = r.text[read:]
	return read >= least && put(field, n)
}

func put(field *int, n int) bool {
	if *field >= 0 {
		return *field == n
	}
	*field = n
	return true
}

func (r *dateReader) dayOrName(count int) bool {
	if count > 2 {
		return r.name(&r.weekday, weekdayNames(), count)
	}
	return r.number(&r.day, count)
}

// name reads one of several names, in full or its first three letters,
// whatever their case.
func (r *dateReader) name(field *int, names []string, count int) bool {
	for i, name := range names {
		if count == 3 && name != "" {
			name = name[:3]
		}
		if name != "" && len(r.text) >= len(name) && strings.EqualFold(string(r.text[:len(name)]), name) {
			r.text = r.text[len(name):]
			return put(field, i)
		}
	}
	return false
}

// monthNames are the months at their numbers.
func monthNames() []string {
	names := []string{""}
	for m := time.January; m <= time.December; m++ {
		names = append(names, m.String())
	}
	return names
}

func weekdayNames() []string {
	var names []string
	for d := time.Sunday; d <= time.Saturday; d++ {
		names = append(names, d.String())
	}
	return names
}

// fraction reads as many digits as there are letters; of F there may be fewer.
func (r *dateReader) fraction(token dateToken) bool {
	n, read := 0, 0
	for read < token.count && read < len(r.text) && isDigit(r.text[read]) {
		n = 10*n + int(r.text[read]-'0')
		read++
	}
	if token.letter == 'f' && read < token.count {
		return false
	}
	r.text = r.text[read:]
	for range 7 - read {
		n *= 10
	}
	return put(&r.ticks, n)
}

func (r *dateReader) halfOfDay(letters int) bool {
	for _, half := range []string{"AM", "PM"} {
		if len(r.text) >= letters && strings.EqualFold(string(r.text[:letters]), half[:letters]) {
			r.text = r.text[letters:]
			same := r.half == "" || r.half == half
			r.half = half
			return same
		}
	}
	return false
}
