package mappings

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/graph/words"
)

// Replace is the edit that makes a schema mean what a document says, also one
// of another job: id and version stay those of the job. A schema that means
// the same stays as it is. An error is a *[NotASchemaError].
func Replace(document []byte) (Edit, error) {
	if _, err := Parse(bytes.Clone(document)); err != nil {
		return nil, err
	}
	return func(s *Schema) error {
		wanted, err := Parse(bytes.Clone(document))
		if err != nil || len(Diff(s, wanted)) == 0 {
			return err
		}
		wanted.root.take(s.root, "id", "version")
		s.root = wanted.root
		return nil
	}, nil
}

// take gives members the values that another object has, and none where that
// has none.
func (n *node) take(from *node, names ...string) {
	for _, name := range names {
		if value := from.get(name); value != nil {
			n.set(name, json.RawMessage(value.bytes()))
		} else {
			n.drop(func(key string, _ *node) bool { return key == name })
		}
	}
}

// An Import replaces the whole schema of a job by a document that was exported
// from it, or from the job of an application like it.
type Import struct{ Document []byte }

// An InvalidSchemaError is a document that the service would refuse, or could
// not work with. Findings are its errors, as [Check] tells them.
type InvalidSchemaError struct{ Findings []Finding }

func (e *InvalidSchemaError) Error() string { return strings.Join(e.Lines(), "\n") }

// Lines are those of Error.
func (e *InvalidSchemaError) Lines() []string {
	lines := []string{fmt.Sprintf("the schema has %s:", words.Count(len(e.Findings), "error"))}
	for _, f := range e.Findings {
		lines = append(lines, "  "+strings.TrimPrefix(f.String(), string(Error)+": "))
	}
	return lines
}

// Plan checks the document and returns the edit. It is what [Update] asks for.
// The document is held against the present schema: rules and objects that the
// job does not have are errors, and so are extension properties that nobody
// offers in this tenant. An error that the present schema has as well is only
// warned of. What is wrong is an *[InvalidSchemaError] or a *[NotASchemaError].
func (i Import) Plan(ctx context.Context, at Place) (Edit, error) {
	wanted, err := Parse(bytes.Clone(i.Document))
	if err != nil {
		return nil, err
	}
	edit, err := Replace(i.Document)
	if err != nil || len(Diff(at.Schema, wanted)) == 0 {
		return edit, err
	}
	extensions, err := unavailable(ctx, at, wanted)
	if err != nil {
		return nil, err
	}
	findings := slices.Concat(CheckAgainst(wanted, at.Schema), extensions, without(wanted, at.Schema))
	return edit, judge(findings, Check(at.Schema), at.Warn)
}
