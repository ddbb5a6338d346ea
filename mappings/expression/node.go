package expression

import (
	"strings"
	"sync/atomic"
)

// A Node is a part of a parsed expression: *Attribute, *Text, *Number, *Word,
// *Call, *Comparison or *Empty.
type Node interface {
	// At is where the node begins in the text that was parsed.
	At() Position
	// String prints the node so that it parses to the same tree again.
	String() string

	node()
}

// A Position is a place in an expression. Both numbers begin at 1; columns
// count characters, not bytes.
type Position struct{ Line, Column int }

// At is the position itself, for what embeds it.
func (p Position) At() Position { return p }

func (p Position) node() {}

// An Attribute is a source attribute: [givenName].
type Attribute struct {
	Position
	Name string
}

// A Text is a constant in double quotes.
type Text struct {
	Position
	Value string // without quotes and escapes
}

// A Number is a constant without quotes: -10, 42568.75, &HF7.
type Number struct {
	Position
	Literal string // as written
}

// A Word is one of the language's bare words, such as IgnoreAttributeFlow.
type Word struct {
	Position
	Name string // in the documented spelling
}

// A Call is a function with its arguments.
type Call struct {
	Position
	Name    string // in the documented spelling where there is one
	Written string // as it was written
	Args    []Node // *Empty where nothing stands between the commas

	compiled *atomic.Pointer[Pattern] // the pattern last used; nil in a call that was not parsed
}

// A Comparison is a condition.
type Comparison struct {
	Position    // of the left side
	Left, Right Node
	Operator    string // =, <>, >, >=, <, <=
}

// An Empty is an argument that was left out.
type Empty struct{ Position }

func (a *Attribute) String() string { return "[" + a.Name + "]" }

// String quotes the text with the language's two escapes.
func (t *Text) String() string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(t.Value) + `"`
}

func (n *Number) String() string { return n.Literal }

func (w *Word) String() string { return w.Name }

// String prints the call in one line, arguments parted by a comma and a blank.
func (c *Call) String() string {
	args := make([]string, 0, len(c.Args))
	for _, arg := range c.Args {
		args = append(args, arg.String())
	}
	return c.Name + "(" + strings.Join(args, ", ") + ")"
}

func (c *Comparison) String() string {
	return c.Left.String() + " " + c.Operator + " " + c.Right.String()
}

func (e *Empty) String() string { return "" }
