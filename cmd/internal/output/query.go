package output

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/itchyny/gojq"
)

// A Query is a jq expression, compiled. The zero value is none.
type Query struct {
	text  string
	code  *gojq.Code
	ctx   context.Context // ends it; may be nil
	limit int64           // of memory, and of what is written; 0 is none
}

// IsSet tells whether there is an expression.
func (q Query) IsSet() bool { return q.code != nil }

// Set is for a flag: it compiles the expression and says where it goes wrong.
// An empty one is none.
func (q *Query) Set(text string) error {
	*q = Query{}
	if text == "" {
		return nil
	}
	parsed, err := gojq.Parse(text)
	if p, ok := errors.AsType[*gojq.ParseError](err); ok {
		return fmt.Errorf("%q does not compile: %w at character %d", text, p, p.Offset)
	}
	if err != nil {
		return fmt.Errorf("%q does not compile: %w", text, err)
	}
	code, err := gojq.Compile(parsed)
	if err != nil {
		return fmt.Errorf("%q does not compile: %w", text, err)
	}
	*q = Query{text: text, code: code}
	return nil
}

// String is the expression.
func (q *Query) String() string { return q.text }

// Type is for a flag's help.
func (q *Query) Type() string { return "expression" }

// A QueryError says that an expression does not fit the answer.
type QueryError struct {
	Query string
	Err   error
}

// Error names the expression and what jq says of it.
func (e *QueryError) Error() string { return fmt.Sprintf("--jq %q: %v", e.Query, e.Err) }

// Unwrap gives jq's own error.
func (e *QueryError) Unwrap() error { return e.Err }

// write puts each result on a line of its own: a text without quotes, nothing
// for null, all else as JSON.
func (q Query) write(w io.Writer, v any, indent bool) error {
	input, err := plain(v)
	if err != nil {
		return err
	}
	results, ended, stop := q.run(input)
	defer stop()
	out := &limitedWriter{Writer: w, left: q.limit, limit: q.limit}
	for {
		result, more := results.Next()
		if !more {
			return nil
		}
		if err, ok := result.(error); ok {
			return cmp.Or(ended(), q.failure(err))
		}
		if err := writeResult(out, result, indent); err != nil {
			return err
		}
	}
}

// failure is the error with which a program ended; nil when it halted.
func (q Query) failure(err error) error {
	if halt, ok := errors.AsType[*gojq.HaltError](err); ok && halt.Value() == nil {
		return nil
	}
	return &QueryError{Query: q.text, Err: err}
}

func writeResult(w io.Writer, result any, indent bool) error {
	var line []byte
	switch r := result.(type) {
	case nil:
	case string:
		line = []byte(r)
	default:
		if !shallow(r, deepestResult) {
			return fmt.Errorf("a result of --jq is nested more than %d levels deep", deepestResult)
		}
		compact, err := gojq.Marshal(r)
		if err != nil {
			return err
		}
		line = compact
		if indent {
			var wide bytes.Buffer
			if err := json.Indent(&wide, compact, "", "  "); err != nil {
				return err
			}
			line = wide.Bytes()
		}
	}
	_, err := w.Write(append(line, '\n'))
	return err
}

// plain gives v as jq takes it: maps, lists, and numbers with all their digits.
func plain(v any) (any, error) {
	var text bytes.Buffer
	if err := writeJSON(&text, v); err != nil {
		return nil, err
	}
	d := json.NewDecoder(&text)
	d.UseNumber()
	var input any
	err := d.Decode(&input)
	return input, err
}
