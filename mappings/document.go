package mappings

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/scimctl/scimctl/graph/bounds"
)

// A node is one value of a JSON document. It keeps the bytes that it came
// from, and writes them as they came until something inside it changes.
type node struct {
	raw    []byte
	parent *node
	parts  []part // cut out of raw on first use; containers only
	cut    bool
	dirty  bool // raw no longer holds: parts do
}

// A part is a member of an object or an element of an array: before holds
// blanks, key and colon, after the blanks up to the comma or the end.
type part struct {
	before, after []byte
	key           string
	value         *node
}

// parseDocument takes JSON text and returns its outermost value. Blanks around
// it belong to it.
func parseDocument(text []byte) (*node, error) {
	if err := bounds.JSON(text, "it", true); err != nil {
		return nil, err
	}
	if !json.Valid(text) {
		var v json.RawMessage
		return nil, placed(text, json.Unmarshal(text, &v))
	}
	return &node{raw: text}, nil
}

// placed says in which line and column of a text something is wrong.
func placed(text []byte, err error) error {
	syntax, ok := errors.AsType[*json.SyntaxError](err)
	if !ok || syntax.Offset < 1 || syntax.Offset > int64(len(text)) {
		return err
	}
	before := text[:syntax.Offset-1]
	line := 1 + bytes.Count(before, []byte{'\n'})
	column := 1 + utf8.RuneCount(before[1+bytes.LastIndexByte(before, '\n'):])
	return fmt.Errorf("line %d, column %d: %w", line, column, err)
}

// open and closing return the bracket that begins and ends the node; zero
// when it is no container.
func (n *node) open() byte {
	if n == nil {
		return 0
	}
	if b := n.raw[skipBlanks(n.raw, 0)]; b == '{' || b == '[' {
		return b
	}
	return 0
}

// elements cuts a container into its parts, one level deep.
func (n *node) elements() []part {
	if n == nil || n.cut {
		return n.partsOf()
	}
	n.cut = true
	n.scan(func(before, key, value, after []byte) {
		n.parts = append(n.parts, part{before: before, after: after, key: decodeString(key), value: &node{raw: value, parent: n}})
	})
	return n.parts
}

// scan visits the parts of raw, in pieces of its bytes. key is empty in arrays.
func (n *node) scan(visit func(before, key, value, after []byte)) {
	open, raw := n.open(), n.raw
	at := skipBlanks(raw, 0) + 1
	if open == 0 || raw[skipBlanks(raw, at)] == open+2 { // ']' is '['+2, '}' is '{'+2
		return
	}
	for {
		began, key := at, []byte(nil)
		at = skipBlanks(raw, at)
		if open == '{' {
			end := skipValue(raw, at)
			key = raw[at:end]
			at = skipBlanks(raw, skipBlanks(raw, end)+1)
		}
		end := skipValue(raw, at)
		next := skipBlanks(raw, end)
		visit(raw[began:at:at], key, raw[at:end:end], raw[end:next:next])
		if raw[next] != ',' {
			return
		}
		at = next + 1
	}
}

func (n *node) partsOf() []part {
	if n == nil {
		return nil
	}
	return n.parts
}

// bytes writes the node: untouched nodes as they came.
func (n *node) bytes() []byte {
	if !n.dirty {
		return n.raw
	}
	var out bytes.Buffer
	out.Grow(len(n.raw) + len(n.raw)/16)
	n.write(&out)
	return out.Bytes()
}

func (n *node) write(out *bytes.Buffer) {
	if !n.dirty {
		out.Write(n.raw)
		return
	}
	first := skipBlanks(n.raw, 0)
	out.Write(n.raw[:first+1])
	for i, p := range n.parts {
		if i > 0 {
			out.WriteByte(',')
		}
		out.Write(p.before)
		p.value.write(out)
		out.Write(p.after)
	}
	out.WriteByte(n.raw[first] + 2)
	out.Write(n.raw[len(bytes.TrimRight(n.raw, " \t\r\n")):])
}

// touch marks the node and everything around it as changed.
func (n *node) touch() {
	for ; n != nil && !n.dirty; n = n.parent {
		n.dirty = true
	}
}

func skipBlanks(text []byte, at int) int {
	for at < len(text) && (text[at] == ' ' || text[at] == '\n' || text[at] == '\t' || text[at] == '\r') {
		at++
	}
	return at
}

// skipValue returns where the value that begins at ends. The text is valid
// JSON, so only brackets and strings have to be looked at.
func skipValue(text []byte, at int) int {
	for depth := 0; at < len(text); at++ {
		switch text[at] {
		case '"':
			for at++; text[at] != '"'; at++ {
				if text[at] == '\\' {
					at++
				}
			}
		case '{', '[':
			depth++
			continue
		case '}', ']':
			depth--
		default:
			if depth > 0 || !endsLiteral(text, at+1) {
				continue
			}
		}
		if depth == 0 {
			return at + 1
		}
	}
	return at
}

func endsLiteral(text []byte, at int) bool {
	return at == len(text) || bytes.IndexByte([]byte(",]} \t\r\n:"), text[at]) >= 0
}
