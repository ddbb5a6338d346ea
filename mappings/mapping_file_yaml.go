package mappings

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// parseYAML reads a list of mappings; JSON is YAML too.
func parseYAML(name string, text []byte) ([]row, error) {
	wrong := func(line int, format string, args ...any) error {
		return &FileError{Name: name, Line: line, Reason: fmt.Sprintf(format, args...)}
	}
	parsed, err := parser.ParseBytes(text, 0)
	if syntax, ok := errors.AsType[*yaml.SyntaxError](err); ok {
		return nil, wrong(syntax.Token.Position.Line, "%s", syntax.Message)
	}
	if err != nil {
		return nil, wrong(1, "%v", err)
	}
	rows := []row{}
	for _, document := range parsed.Docs {
		if document.Body == nil || document.Body.Type() == ast.NullType {
			continue
		}
		list, ok := document.Body.(*ast.SequenceNode)
		if !ok {
			return nil, wrong(document.Body.GetToken().Position.Line, "it is no list of mappings")
		}
		for _, item := range list.Values {
			r := row{line: item.GetToken().Position.Line, cells: map[string]string{}}
			if line, reason := r.fill(item); reason != "" {
				return nil, wrong(line, "%s", reason)
			}
			rows = append(rows, r)
		}
	}
	return rows, nil
}

// fill takes the members of an object, or says what is wrong and where.
func (r *row) fill(item ast.Node) (line int, reason string) {
	object, ok := item.(ast.MapNode)
	if !ok {
		return r.line, "it is no mapping: an object with a target is due"
	}
	for members := object.MapRange(); members.Next(); {
		at := members.Key().GetToken()
		line, r.line = at.Position.Line, min(r.line, at.Position.Line)
		_, twice := r.cells[at.Value]
		switch {
		case !slices.Contains(fileColumns(), at.Value):
			return line, fmt.Sprintf("unknown member %s: there are %s", quote(at.Value), strings.Join(fileColumns(), ", "))
		case twice:
			return line, at.Value + " stands there twice"
		}
		text, ok := scalar(members.Value())
		if !ok {
			return line, at.Value + " is one value"
		}
		r.cells[at.Value] = text
	}
	return r.line, ""
}

// scalar is a value as it is written, so that 1.50 stays what it is; that of
// null is empty.
func scalar(n ast.Node) (text string, ok bool) {
	switch n := n.(type) {
	case *ast.NullNode:
		return "", true
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return n.Value.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return n.GetToken().Value, true
	}
	return "", false
}
