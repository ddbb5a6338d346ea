package mappings

import (
	"bytes"
	"encoding/json"
	"slices"
)

// get returns the member of that exact name, nil when there is none. Of two
// with the same name the last one counts, as for every JSON decoder.
func (n *node) get(name string) *node {
	for _, p := range slices.Backward(n.elements()) {
		if p.key == name && n.open() == '{' {
			return p.value
		}
	}
	return nil
}

// field returns the text of a member. Unlike get it leaves an uncut node
// uncut, which saves memory when one member of each of many is looked at.
func (n *node) field(name string) (text string) {
	if n == nil || n.cut || n.open() != '{' {
		return n.get(name).text()
	}
	n.scan(func(_, key, value, _ []byte) {
		if string(key[1:len(key)-1]) == name || (bytes.IndexByte(key, '\\') >= 0 && decodeString(key) == name) {
			text = (&node{raw: value}).text()
		}
	})
	return text
}

// text returns the string that the node holds; "" when it is none.
func (n *node) text() string {
	if n == nil || len(n.raw) == 0 || n.raw[skipBlanks(n.raw, 0)] != '"' {
		return ""
	}
	return decodeString(n.raw)
}

// decode reads the node into v as encoding/json would.
func (n *node) decode(v any) error {
	if n == nil {
		return nil
	}
	return json.Unmarshal(n.bytes(), v)
}

// set gives the member a new value, and adds the member when it is not there.
func (n *node) set(name string, value any) {
	if old := n.get(name); old != nil {
		old.replace(encode(value))
		return
	}
	n.insert(name, slices.Concat(encode(name), []byte(": ")), encode(value))
}

// add appends an element to an array.
func (n *node) add(value any) { n.insert("", nil, encode(value)) }

// replace puts other JSON in the node's place.
func (n *node) replace(raw []byte) {
	n.raw, n.parts, n.cut, n.dirty = raw, nil, false, false
	n.parent.touch()
}

// insert adds a part at the end. It takes over the blanks that stand before
// its neighbour, and what stood after the neighbour now stands after it, so
// that an indented document stays indented.
func (n *node) insert(key string, head, value []byte) {
	p := part{key: key, value: &node{raw: value, parent: n}}
	if parts := n.elements(); len(parts) > 0 {
		last := &parts[len(parts)-1]
		p.before = last.before[:skipBlanks(last.before, 0):skipBlanks(last.before, 0)]
		p.after, last.after = last.after, nil
	}
	p.before = slices.Concat(p.before, head)
	n.touch()
	n.parts = append(n.parts, p)
}

// drop removes the parts that match.
func (n *node) drop(match func(key string, value *node) bool) {
	parts := n.elements()
	kept := make([]part, 0, len(parts))
	for _, p := range parts {
		if !match(p.key, p.value) {
			kept = append(kept, p)
		}
	}
	if len(kept) < len(parts) {
		if len(kept) > 0 {
			kept[len(kept)-1].after = parts[len(parts)-1].after
		}
		n.parts = kept
		n.touch()
	}
}

func decodeString(raw []byte) string {
	if raw = bytes.TrimSpace(raw); len(raw) < 2 {
		return ""
	}
	if bytes.IndexByte(raw, '\\') < 0 {
		return string(raw[1 : len(raw)-1])
	}
	var s string
	_ = json.Unmarshal(raw, &s) // valid JSON: the whole document was checked
	return s
}

// encode writes a value as Graph does: without escaping <, > and &.
func encode(value any) []byte {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	_ = e.Encode(value) // plain structs, strings, numbers: they always encode
	return bytes.TrimSpace(out.Bytes())
}
