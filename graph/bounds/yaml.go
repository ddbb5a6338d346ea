package bounds

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// The limits on the structure of YAML. No flag lifts them.
const (
	// YAMLText is far more than the largest blueprint or config file takes.
	YAMLText      = 4 << 20
	deepestYAML   = 100
	mostAliases   = 100
	mostDocuments = 1000
)

// A YAMLError says what is wrong with a text as YAML, and where.
type YAMLError struct {
	Line, Column int // from 1; 0 when the parser names no place
	Reason       string
}

func (e *YAMLError) Error() string {
	if e.Line == 0 {
		return e.Reason
	}
	return fmt.Sprintf("line %d: %s", e.Line, e.Reason)
}

// YAML parses the documents of a text into trees, whose aliases are not
// followed. A document with nothing in it is left out. Depth, aliases and
// documents are limited, so that reading a tree ends as well. The error is a
// *[YAMLError]; the documents before it are returned too.
func YAML(text []byte) ([]*yaml.Node, error) {
	if len(text) > YAMLText {
		return nil, &YAMLError{1, 1, "more than " + size(YAMLText)}
	}
	var all []*yaml.Node
	aliases := 0
	for documents := yaml.NewDecoder(bytes.NewReader(text)); ; {
		document := new(yaml.Node)
		err := documents.Decode(document)
		switch {
		case errors.Is(err, io.EOF):
			return all, nil
		case err != nil:
			return all, syntaxError(text, err)
		case len(document.Content) == 0:
			continue
		case len(all) == mostDocuments:
			return all, &YAMLError{document.Line, document.Column, fmt.Sprintf("more than %d documents", mostDocuments)}
		}
		if wrong := checkTree(document, 0, &aliases); wrong != nil {
			return all, wrong
		}
		all = append(all, document)
	}
}

// checkTree is a plain recursion, because the parser limits the depth as well.
func checkTree(n *yaml.Node, depth int, aliases *int) *YAMLError {
	if n.Kind == yaml.AliasNode {
		*aliases++
	}
	switch {
	case depth > deepestYAML:
		return &YAMLError{n.Line, n.Column, fmt.Sprintf("nested more than %d levels deep", deepestYAML)}
	case *aliases > mostAliases:
		return &YAMLError{n.Line, n.Column, fmt.Sprintf("more than %d aliases", mostAliases)}
	}
	for _, child := range n.Content {
		if wrong := checkTree(child, depth+1, aliases); wrong != nil {
			return wrong
		}
	}
	return nil
}

// syntaxError gives an error of the parser its place. The parser names a line
// for most errors, and a column for none.
func syntaxError(text []byte, err error) *YAMLError {
	e := &YAMLError{Reason: strings.TrimPrefix(err.Error(), "yaml: ")}
	if m := regexp.MustCompile(`^(?s)line (\d+): (.*)$`).FindStringSubmatch(e.Reason); m != nil {
		e.Line, _ = strconv.Atoi(m[1])
		e.Reason = m[2]
	} else if m := regexp.MustCompile(`^unknown anchor '(.*)' referenced$`).FindStringSubmatch(e.Reason); m != nil {
		e.Line = 1 + bytes.Count(text[:max(0, bytes.Index(text, []byte("*"+m[1])))], []byte("\n"))
	}
	if strings.Contains(e.Reason, "exceeded max depth") {
		e.Reason = fmt.Sprintf("nested more than %d levels deep", deepestYAML)
	}
	if e.Line > 1+bytes.Count(bytes.TrimRight(text, "\n"), []byte("\n")) {
		e.Line = 1 // the parser names the end for what begins in the first line
	}
	if e.Line == 0 {
		return e
	}
	line := lineOf(text, e.Line)
	e.Column = 1 + len(line) - len(strings.TrimLeft(line, " "))
	return e
}

// lineOf is a line of a text, counted from 1, or "" when there is none.
func lineOf(text []byte, number int) string {
	for ; number > 1; number-- {
		var found bool
		if _, text, found = bytes.Cut(text, []byte("\n")); !found {
			return ""
		}
	}
	line, _, _ := bytes.Cut(text, []byte("\n"))
	return string(line)
}
