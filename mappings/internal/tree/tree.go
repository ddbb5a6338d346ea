// Package tree holds a JSON document that is edited without losing what is not
// understood.
package tree

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/scimctl/scimctl/graph/bounds"
)

// A Node is one value of a JSON document. It keeps the bytes that it came
// from, and writes them as they came until something inside it changes.
type Node struct {
	Raw    []byte
	parent *Node
	parts  []Part // cut out of raw on first use; containers only
	cut    bool
	Dirty  bool // raw no longer holds: parts do
}

// A Part is a member of an object or an element of an array: before holds
// blanks, key and colon, after the blanks up to the comma or the end.
type Part struct {
	before, after []byte
	Key           string
	Value         *Node
}

// ParseDocument takes JSON text and returns its outermost value. Blanks around
// it belong to it.
func ParseDocument(text []byte) (*Node, error) {
	if err := bounds.JSON(text, "it", true); err != nil {
		return nil, err
	}
	if !json.Valid(text) {
		var v json.RawMessage
		return nil, placed(text, json.Unmarshal(text, &v))
	}
	return &Node{Raw: text}, nil
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

// Open and closing return the bracket that begins and ends the node; zero
// when it is no container.
func (n *Node) Open() byte {
	if n == nil {
		return 0
	}
	if b := n.Raw[SkipBlanks(n.Raw, 0)]; b == '{' || b == '[' {
		return b
	}
	return 0
}

// Elements cuts a container into its parts, one level deep.
func (n *Node) Elements() []Part {
	if n == nil || n.cut {
		return n.partsOf()
	}
	n.cut = true
	n.Scan(func(before, key, value, after []byte) {
		n.parts = append(n.parts, Part{before: before, after: after, Key: DecodeString(key), Value: &Node{Raw: value, parent: n}})
	})
	return n.parts
}

// Scan visits the parts of raw, in pieces of its bytes. key is empty in arrays.
func (n *Node) Scan(visit func(before, key, value, after []byte)) {
	open, raw := n.Open(), n.Raw
	at := SkipBlanks(raw, 0) + 1
	if open == 0 || raw[SkipBlanks(raw, at)] == open+2 { // ']' is '['+2, '}' is '{'+2
		return
	}
	for {
		began, key := at, []byte(nil)
		at = SkipBlanks(raw, at)
		if open == '{' {
			end := skipValue(raw, at)
			key = raw[at:end]
			at = SkipBlanks(raw, SkipBlanks(raw, end)+1)
		}
		end := skipValue(raw, at)
		next := SkipBlanks(raw, end)
		visit(raw[began:at:at], key, raw[at:end:end], raw[end:next:next])
		if raw[next] != ',' {
			return
		}
		at = next + 1
	}
}

func (n *Node) partsOf() []Part {
	if n == nil {
		return nil
	}
	return n.parts
}

// Bytes writes the node: untouched nodes as they came.
func (n *Node) Bytes() []byte {
	if !n.Dirty {
		return n.Raw
	}
	var out bytes.Buffer
	out.Grow(len(n.Raw) + len(n.Raw)/16)
	n.write(&out)
	return out.Bytes()
}

func (n *Node) write(out *bytes.Buffer) {
	if !n.Dirty {
		out.Write(n.Raw)
		return
	}
	first := SkipBlanks(n.Raw, 0)
	out.Write(n.Raw[:first+1])
	for i, p := range n.parts {
		if i > 0 {
			out.WriteByte(',')
		}
		out.Write(p.before)
		p.Value.write(out)
		out.Write(p.after)
	}
	out.WriteByte(n.Raw[first] + 2)
	out.Write(n.Raw[len(bytes.TrimRight(n.Raw, " \t\r\n")):])
}

// touch marks the node and everything around it as changed.
func (n *Node) touch() {
	for ; n != nil && !n.Dirty; n = n.parent {
		n.Dirty = true
	}
}

func SkipBlanks(text []byte, at int) int {
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
