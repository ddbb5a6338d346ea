package redact

const (
	// mostEscapes is how many layers of escapes are undone.
	mostEscapes = 6
	// mostCodings is how many layers of base64 or hexadecimal are undone.
	mostCodings = 2
)

// A finder looks for secrets in a text and in everything it decodes to.
type finder struct {
	tables   []*table
	shortest int // window of the shortest secret
	found    []span
	buffers  [mostCodings]buffer
}

// A buffer is used again for each run of one layer of codings.
type buffer struct {
	places []int
	text   []byte
}

// search looks through a view, and through what it is without its escapes and
// codings.
func (f *finder) search(v view, codings int) {
	for range mostEscapes {
		f.match(v)
		if codings < mostCodings {
			f.decode(v, codings, base64Coding)
			f.decode(v, codings, hexCoding)
		}
		next, changed := v.unescaped()
		if !changed {
			return
		}
		v = next
	}
	f.match(v)
}

func (f *finder) match(v view) {
	for _, t := range f.tables {
		t.each(v.text, func(i int) { f.mark(v.source(i, i+t.window)) })
	}
}

// mark notes a span. Windows of one secret overlap, so most only extend the
// last span.
func (f *finder) mark(s span) {
	if n := len(f.found); n > 0 && s.from >= f.found[n-1].from && s.from <= f.found[n-1].to {
		f.found[n-1].to = max(f.found[n-1].to, s.to)
		return
	}
	f.found = append(f.found, s)
}

// A coding writes bytes in an alphabet: base64 or hexadecimal.
type coding struct {
	digits *[256]int8
	bits   int // of a digit
	phases int // at how many digits a byte may begin
}

var (
	base64Coding = coding{digits: &base64Digit, bits: 6, phases: 4}
	hexCoding    = coding{digits: &hexDigit, bits: 4, phases: 2}
)

// decode looks through all runs of a coding that are long enough for a secret.
// Lines of a run may be broken.
func (f *finder) decode(v view, codings int, c coding) {
	least := (f.shortest*8 + c.bits - 1) / c.bits
	start, length := 0, 0
	for i := 0; i <= len(v.text); i++ {
		switch {
		case i < len(v.text) && c.digits[v.text[i]] >= 0:
			if length == 0 {
				start = i
			}
			length++
		case i < len(v.text) && length > 0 && isBreak(v.text[i]):
		default:
			if length >= least {
				f.decodeRun(v, start, length, codings, c)
			}
			length = 0
		}
	}
}

func isBreak(b byte) bool { return b == '\n' || b == '\r' }

// decodeRun decodes a run from each digit at which a byte may begin: what is
// before a secret in the same run is not known.
func (f *finder) decodeRun(v view, start, length, codings int, c coding) {
	buffer := &f.buffers[codings]
	places := buffer.places[:0] // of the digits
	for i := start; len(places) < length; i++ {
		if c.digits[v.text[i]] >= 0 {
			places = append(places, i)
		}
	}
	buffer.places = places
	for phase := range c.phases {
		out := c.decoded(v, places[phase:], buffer.text[:0])
		buffer.text = out.text
		f.search(out, codings+1)
	}
}

// decoded is what digits at these places give, appended to text.
func (c coding) decoded(v view, places []int, text []byte) view {
	bits, n := uint(0), 0
	for _, place := range places {
		bits = bits<<c.bits | uint(c.digits[v.text[place]])
		if n += c.bits; n >= 8 {
			n -= 8
			text = append(text, byte(bits>>n))
		}
	}
	return view{text, func(i, j int) span {
		return v.source(places[i*8/c.bits], places[(j*8-1)/c.bits]+1)
	}}
}

var (
	hexDigit    = digits("0123456789abcdef", "0123456789ABCDEF")
	base64Digit = digits(letters+"+/", letters+"-_")
)

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

// digits gives the value of each digit of an alphabet that has two spellings;
// -1 for every other byte.
func digits(alphabets ...string) (values [256]int8) {
	for i := range values {
		values[i] = -1
	}
	for _, alphabet := range alphabets {
		for value, digit := range []byte(alphabet) {
			values[digit] = int8(value)
		}
	}
	return values
}
