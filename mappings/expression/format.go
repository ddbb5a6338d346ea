package expression

import (
	"strings"
)

// formatWidth is how long a line may be before a call is broken.
const formatWidth = 80

// Format prints an expression for people: in one line where it fits, else with
// an argument on a line of its own, indented, and the keys and values of a
// Switch in pairs. It parses to the same tree again.
func Format(n Node) string {
	var b strings.Builder
	format(&b, n, 0, 0)
	return b.String()
}

// format writes a node that begins at a depth of indentation and is followed
// by so many characters on its last line.
func format(b *strings.Builder, n Node, depth, after int) {
	text := n.String()
	if 2*depth+len([]rune(text))+after <= formatWidth {
		b.WriteString(text)
		return
	}
	switch n := n.(type) {
	case *Call:
		n.format(b, depth)
	case *Comparison:
		operator := " " + n.Operator + " "
		format(b, n.Left, depth, len(operator))
		b.WriteString(operator)
		format(b, n.Right, depth, after)
	default:
		b.WriteString(text)
	}
}

func (c *Call) format(b *strings.Builder, depth int) {
	if len(c.Args) == 0 {
		b.WriteString(c.String())
		return
	}
	b.WriteString(c.Name + "(")
	for i, arg := range c.Args {
		switch {
		case c.newLine(i):
			b.WriteString("\n" + strings.Repeat("  ", depth+1))
		case i+1 < len(c.Args) || !isEmpty(arg): // no blank at the end of a line
			b.WriteString(" ")
		}
		format(b, arg, depth+1, 1)
		if i+1 < len(c.Args) {
			b.WriteString(",")
		}
	}
	b.WriteString("\n" + strings.Repeat("  ", depth) + ")")
}

// newLine tells whether an argument begins a line. A value stays with the key
// before it, and a short separator or an argument left out with what is before.
func (c *Call) newLine(i int) bool {
	if i == 0 {
		return true
	}
	if c.Name == "Switch" && i >= 2 && len(c.Args[i-1].String()) < formatWidth/2 {
		return i%2 == 0
	}
	return !isEmpty(c.Args[i])
}
