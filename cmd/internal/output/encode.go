package output

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/scimctl/scimctl/graph/safetext"
)

func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// writeYAML goes by way of JSON, so that both have the same names, in the same
// order.
func writeYAML(w io.Writer, v any) error {
	var text bytes.Buffer
	if err := writeJSON(&text, v); err != nil {
		return err
	}
	d := json.NewDecoder(&text)
	d.UseNumber()
	node, err := nextNode(d)
	if err != nil {
		return err
	}
	var document strings.Builder
	e := yaml.NewEncoder(&document)
	e.SetIndent(2)
	if err := cmp.Or(e.Encode(node), e.Close()); err != nil {
		return err
	}
	_, err = io.WriteString(w, escapeYAML(document.String()))
	return err
}

// escapeYAML writes what nobody sees as YAML's escapes. It stands in double
// quotes alone, by [textNode].
func escapeYAML(document string) string {
	if !strings.ContainsFunc(document, isInvisible) {
		return document
	}
	var b strings.Builder
	for _, r := range document {
		switch {
		case !isInvisible(r):
			b.WriteRune(r)
		case r > 0xffff:
			fmt.Fprintf(&b, `\U%08x`, r)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}

// isInvisible reports whether a character is neither seen nor layout.
func isInvisible(r rune) bool { return safetext.Hidden(r) && r != '\n' && r != '\t' }

// nextNode makes a node of the next value.
func nextNode(d *json.Decoder) (*yaml.Node, error) {
	token, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch t := token.(type) {
	case json.Delim:
		return collection(d, t)
	case json.Number:
		return &yaml.Node{Kind: yaml.ScalarNode, Value: t.String()}, nil // every digit
	case string:
		return textNode(t)
	default:
		var node yaml.Node
		return &node, node.Encode(t)
	}
}

// collection makes a node of a list or an object that has just begun; in a
// mapping node, names and values take turns.
func collection(d *json.Decoder, begin json.Delim) (*yaml.Node, error) {
	node := &yaml.Node{Kind: yaml.MappingNode}
	if begin == '[' {
		node.Kind = yaml.SequenceNode
	}
	for d.More() {
		item, err := nextNode(d)
		if err != nil {
			return nil, err
		}
		node.Content = append(node.Content, item)
	}
	if len(node.Content) == 0 {
		node.Style = yaml.FlowStyle
	}
	_, err := d.Token() // the closing bracket
	return node, err
}

// textNode leaves it to the encoder which texts need quotes, but for those that
// it takes for something else, or would indent in a way that nobody reads back.
// Also in quotes is what a pipeline's runner may take for a command: there an
// escape can stand in it.
func textNode(text string) (*yaml.Node, error) {
	quoted := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: text, Style: yaml.DoubleQuotedStyle}
	indented := strings.Contains(text, "\n") && strings.TrimLeft(text, " \t\r\n") != text
	command := strings.Contains(text, "##") || strings.Contains(text, "::") && strings.Contains(text, "\n")
	if indented || command || strings.ContainsFunc(text, isInvisible) {
		return quoted, nil
	}
	var node yaml.Node
	if err := node.Encode(text); err != nil || node.Tag != "!!str" {
		return quoted, err
	}
	return &node, nil
}
