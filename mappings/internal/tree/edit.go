package tree

import (
	"bytes"
	"encoding/json"
	"slices"
)

// Get returns the member of that exact name, nil when there is none. Of two
// with the same name the last one counts, as for every JSON decoder.
func (n *Node) Get(name string) *Node {
	for _, p := range slices.Backward(n.Elements()) {
		if p.Key == name && n.Open() == '{' {
			return p.Value
		}
	}
	return nil
}

// Field returns the text of a member. Unlike get it leaves an uncut node
// uncut, which saves memory when one member of each of many is looked at.
func (n *Node) Field(name string) (text string) {
	if n == nil || n.cut || n.Open() != '{' {
		return n.Get(name).Text()
	}
	n.Scan(func(_, key, value, _ []byte) {
		if string(key[1:len(key)-1]) == name || (bytes.IndexByte(key, '\\') >= 0 && DecodeString(key) == name) {
			text = (&Node{Raw: value}).Text()
		}
	})
	return text
}

// Text returns the string that the node holds; "" when it is none.
func (n *Node) Text() string {
	if n == nil || len(n.Raw) == 0 || n.Raw[SkipBlanks(n.Raw, 0)] != '"' {
		return ""
	}
	return DecodeString(n.Raw)
}

// Decode reads the node into v as encoding/json would.
func (n *Node) Decode(v any) error {
	if n == nil {
		return nil
	}
	return json.Unmarshal(n.Bytes(), v)
}

// Set gives the member a new value, and adds the member when it is not there.
func (n *Node) Set(name string, value any) {
	if old := n.Get(name); old != nil {
		old.replace(Encode(value))
		return
	}
	n.insert(name, slices.Concat(Encode(name), []byte(": ")), Encode(value))
}

// Add appends an element to an array.
func (n *Node) Add(value any) { n.insert("", nil, Encode(value)) }

// replace puts other JSON in the node's place.
func (n *Node) replace(raw []byte) {
	n.Raw, n.parts, n.cut, n.Dirty = raw, nil, false, false
	n.parent.touch()
}

// insert adds a part at the end. It takes over the blanks that stand before
// its neighbour, and what stood after the neighbour now stands after it, so
// that an indented document stays indented.
func (n *Node) insert(key string, head, value []byte) {
	p := Part{Key: key, Value: &Node{Raw: value, parent: n}}
	if parts := n.Elements(); len(parts) > 0 {
		last := &parts[len(parts)-1]
		p.before = last.before[:SkipBlanks(last.before, 0):SkipBlanks(last.before, 0)]
		p.after, last.after = last.after, nil
	}
	p.before = slices.Concat(p.before, head)
	n.touch()
	n.parts = append(n.parts, p)
}

// Drop removes the parts that match.
func (n *Node) Drop(match func(key string, value *Node) bool) {
	parts := n.Elements()
	kept := make([]Part, 0, len(parts))
	for _, p := range parts {
		if !match(p.Key, p.Value) {
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

func DecodeString(raw []byte) string {
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

// Encode writes a value as Graph does: without escaping <, > and &.
func Encode(value any) []byte {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	_ = e.Encode(value) // plain structs, strings, numbers: they always encode
	return bytes.TrimSpace(out.Bytes())
}

// Shown is the text of a value that should be a string, else its JSON.
func (n *Node) Shown() string {
	if b := bytes.TrimSpace(n.Bytes()); len(b) > 0 && b[0] != '"' {
		return string(b)
	}
	return n.Text()
}

// Take gives members the values that another object has, and none where that
// has none.
func (n *Node) Take(from *Node, names ...string) {
	for _, name := range names {
		if value := from.Get(name); value != nil {
			n.Set(name, json.RawMessage(value.Bytes()))
		} else {
			n.Drop(func(key string, _ *Node) bool { return key == name })
		}
	}
}
