package output

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"

	"go.yaml.in/yaml/v3"
)

func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(tidy(v))
}

// writeYAML goes by way of JSON, so that both have the same names, in the same
// order. The encoder is not that which reads the config file: that one loses
// tabs and the last line end of a text.
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
	e := yaml.NewEncoder(w)
	e.SetIndent(2)
	if err := e.Encode(node); err != nil {
		return err
	}
	return e.Close()
}

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
func textNode(text string) (*yaml.Node, error) {
	quoted := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: text, Style: yaml.DoubleQuotedStyle}
	if strings.Contains(text, "\n") && strings.TrimLeft(text, " \t\r\n") != text {
		return quoted, nil
	}
	var node yaml.Node
	if err := node.Encode(text); err != nil || node.Tag != "!!str" {
		return quoted, err
	}
	return &node, nil
}
