package redact

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
)

// mostNested is how deep JSON inside of strings of JSON is looked into.
const mostNested = 3

// A Document says which members of JSON are secret, beside those whose name
// says so.
type Document struct {
	Shapes *Shapes
	// InClear reports which keys of {"key": …, "value": …} have a value that is
	// no secret. nil: pairs of that form hold no secrets.
	InClear func(key string) bool
}

// Redact replaces secrets in a JSON document, or in any other text, without
// touching the rest of it. The document may be cut off.
func (d Document) Redact(text string) string { return d.redact(text, 0) }

func (d Document) redact(text string, nested int) string {
	w := walk{Document: d, text: text, nested: nested}
	if strings.TrimLeft(text, " \t\r\n") == "" || !strings.ContainsAny(text, `"`) {
		return d.Shapes.Text(text)
	}
	w.run()
	return w.edited()
}

// A walk goes through a document from its beginning to its end.
type walk struct {
	Document
	text   string
	nested int
	levels []level
	edits  []edit // in order
}

// A level is an object or array that is open.
type level struct {
	name      string   // of the member that is being read
	secret    bool     // all below is secret
	pairKeys  []string // what its member "key" says; several when it is repeated
	pairEdits []int    // places among the edits for its members "value"
}

type edit struct {
	span
	with string
	off  bool
}

func (w *walk) run() {
	w.levels = []level{{}}
	for i := 0; i < len(w.text); {
		switch c := w.text[i]; c {
		case '{', '[':
			w.open()
			i++
		case '}', ']':
			w.close()
			i++
		case '"':
			i = w.literal(i)
		case ',', ':', ' ', '\t', '\r', '\n':
			i++
		default:
			i = w.scalar(i)
		}
	}
}

func (w *walk) top() *level { return &w.levels[len(w.levels)-1] }

func (w *walk) open() {
	w.levels = append(w.levels, level{secret: w.isSecret()})
}

// isSecret reports whether the value that begins here is secret.
func (w *walk) isSecret() bool { return w.top().secret || IsSecretName(w.top().name) }

// close ends an object. Which of its values was a secret depends on its key,
// which may come last. In an object that is cut off, all of them may be.
func (w *walk) close() {
	l := w.top()
	if !slices.ContainsFunc(l.pairKeys, func(key string) bool { return !w.InClear(key) }) {
		for _, i := range l.pairEdits {
			w.edits[i].off = true
		}
	}
	if len(w.levels) > 1 {
		w.levels = w.levels[:len(w.levels)-1]
	}
}

// literal reads a string, and returns where the text goes on.
func (w *walk) literal(from int) int {
	to := from + 1
	for to < len(w.text) && w.text[to] != '"' {
		if w.text[to] == '\\' {
			to++
		}
		to++
	}
	to = min(to+1, len(w.text))
	value := unquoted(w.text[from:to])
	rest := strings.TrimLeft(w.text[to:min(len(w.text), to+64)], " \t\r\n")
	if strings.HasPrefix(rest, ":") {
		w.top().name = value
		return to
	}
	w.value(span{from, to}, value)
	return to
}

// value decides on a string that is a value.
func (w *walk) value(at span, value string) {
	l := w.top()
	switch {
	case w.isSecret():
		w.replace(at, Mark)
	case w.InClear != nil && strings.EqualFold(l.name, "value"):
		w.pairValue(at, value)
	default:
		if w.InClear != nil && strings.EqualFold(l.name, "key") {
			l.pairKeys = append(l.pairKeys, value)
		}
		w.shaped(at, value)
	}
}

// pairValue notes the value of a pair: until its key is known, it is taken for
// a secret. In a URL of a pair every query value may be one.
func (w *walk) pairValue(at span, value string) {
	if without := withoutQuery(value); without != value {
		w.replace(at, without)
	} else {
		w.shaped(at, value)
	}
	w.top().pairEdits = append(w.top().pairEdits, len(w.edits))
	w.replace(at, Mark)
}

// withoutQuery replaces every value in the query of a URL.
func withoutQuery(value string) string {
	if !strings.Contains(value, "://") {
		return value
	}
	address, query, found := strings.Cut(value, "?")
	if !found {
		return value
	}
	parts := strings.Split(query, "&")
	for i, part := range parts {
		if name, v, found := strings.Cut(part, "="); found && v != "" {
			parts[i] = name + "=" + Mark
		}
	}
	return address + "?" + strings.Join(parts, "&")
}

// shaped replaces what looks like a secret inside a string, which may be JSON
// itself.
func (w *walk) shaped(at span, value string) {
	redacted := w.Shapes.Text(value)
	if inner := strings.TrimSpace(value); w.nested < mostNested && (strings.HasPrefix(inner, "{") || strings.HasPrefix(inner, "[")) {
		redacted = w.redact(value, w.nested+1)
	}
	if redacted != value {
		w.replace(at, redacted)
	}
}

// scalar reads what is no string: a number, or text that is no JSON.
func (w *walk) scalar(from int) int {
	to := from
	for to < len(w.text) && !strings.ContainsRune("{}[]\",: \t\r\n", rune(w.text[to])) {
		to++
	}
	word := w.text[from:to]
	switch {
	case word == "null", word == "true", word == "false":
	case w.isSecret():
		w.replace(span{from, to}, Mark)
	case w.InClear != nil && strings.EqualFold(w.top().name, "value"):
		w.pairValue(span{from, to}, word)
	}
	return max(to, from+1)
}

func (w *walk) replace(at span, with string) {
	w.edits = append(w.edits, edit{span: at, with: quoted(with)})
}

// edited is the text with all edits. Of two for one place the later one holds.
func (w *walk) edited() string {
	var b strings.Builder
	at := 0
	for i, e := range w.edits {
		if e.off || i+1 < len(w.edits) && w.edits[i+1].span == e.span && !w.edits[i+1].off {
			continue
		}
		b.WriteString(w.text[at:e.from] + e.with)
		at = e.to
	}
	b.WriteString(w.text[at:])
	return b.String()
}

// unquoted is what a JSON string says, also when it is cut off or not valid.
func unquoted(literal string) string {
	if inner := literal[1:]; strings.HasSuffix(inner, `"`) && !strings.Contains(inner, `\`) {
		return inner[:len(inner)-1]
	}
	var value string
	if json.Unmarshal([]byte(literal), &value) == nil {
		return value
	}
	v, _ := plain(strings.Trim(literal, `"`)).unescaped()
	return string(v.text)
}

func quoted(value string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(value) // a string can always be encoded
	return strings.TrimRight(b.String(), "\n")
}
