package table

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/scimctl/scimctl/graph/bounds"
	"github.com/scimctl/scimctl/mappings/schema"
)

// parseYAML reads a list of mappings; JSON is YAML too.
func parseYAML(name string, text []byte) ([]row, error) {
	wrong := func(line int, format string, args ...any) error {
		return &FileError{Name: name, Line: line, Reason: fmt.Sprintf(format, args...)}
	}
	documents, err := bounds.YAML(text)
	if e, ok := errors.AsType[*bounds.YAMLError](err); ok {
		return nil, wrong(e.Line, "%s", e.Reason)
	}
	rows := []row{}
	for _, document := range documents {
		list := document.Content[0]
		if list.ShortTag() == "!!null" {
			continue
		}
		if list.Kind != yaml.SequenceNode {
			return nil, wrong(list.Line, "it is no list of mappings")
		}
		for _, item := range list.Content {
			r := row{line: item.Line, cells: map[string]string{}}
			if line, reason := r.fill(item); reason != "" {
				return nil, wrong(line, "%s", reason)
			}
			rows = append(rows, r)
		}
	}
	return rows, nil
}

// fill takes the members of an object, or says what is wrong and where.
func (r *row) fill(item *yaml.Node) (line int, reason string) {
	if item.Kind != yaml.MappingNode {
		return r.line, "it is no mapping: an object with a target is due"
	}
	for i := 0; i < len(item.Content); i += 2 { // keys and values take turns
		key, value := item.Content[i], item.Content[i+1]
		line, r.line = key.Line, min(r.line, key.Line)
		_, twice := r.cells[key.Value]
		switch {
		case !slices.Contains(fileColumns(), key.Value):
			return line, fmt.Sprintf("unknown member %s: there are %s", schema.Quote(key.Value), strings.Join(fileColumns(), ", "))
		case twice:
			return line, key.Value + " stands there twice"
		case value.Kind != yaml.ScalarNode:
			return line, key.Value + " is one value"
		case value.ShortTag() == "!!null":
			r.cells[key.Value] = ""
		default:
			r.cells[key.Value] = value.Value // as it is written, so that 1.50 stays what it is
		}
	}
	return r.line, ""
}
