package expression

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
)

// Parse reads an expression: a function, or an attribute or constant alone.
// Names of functions may have any case, as the official samples do. A fault is
// a *SyntaxError. That a function exists and gets what it takes is not looked
// at here.
func Parse(text string) (Node, error) {
	p := &parser{text: []rune(text), Position: Position{Line: 1, Column: 1}}
	if len(p.text) > MaxLength {
		return nil, p.tooLong()
	}
	p.space()
	if p.ended() {
		return nil, p.fault("the expression is empty")
	}
	n, err := p.value()
	if err != nil {
		return nil, err
	}
	p.space()
	if !p.ended() {
		return nil, p.stray("%q follows the end of the expression")
	}
	return n, nil
}

// A parser reads from left to right; its Position is that of text[next].
type parser struct {
	text []rune
	next int
	Position
}

func (p *parser) fault(format string, args ...any) error {
	return &SyntaxError{Position: p.Position, Message: fmt.Sprintf(format, args...)}
}

// tooLong is the fault at the first character too many.
func (p *parser) tooLong() error {
	for range MaxLength {
		p.advance()
	}
	return p.fault("the expression has %d characters; %d is the most", len(p.text), MaxLength)
}

func (p *parser) ended() bool { return p.next >= len(p.text) }

// peek is the next character, 0 at the end.
func (p *parser) peek() rune {
	if p.ended() {
		return 0
	}
	return p.text[p.next]
}

func (p *parser) advance() rune {
	r := p.text[p.next]
	p.next++
	p.Column++
	if r == '\n' {
		p.Line, p.Column = p.Line+1, 1
	}
	return r
}

func (p *parser) space() {
	for !p.ended() && strings.ContainsRune(" \t\r\n\u00a0", p.peek()) {
		p.advance()
	}
}

// value reads a function, attribute, text, number or bare word.
func (p *parser) value() (Node, error) {
	switch r := p.peek(); {
	case r == '[':
		return p.attribute()
	case r == '"':
		return p.quoted()
	case r == '&' || r == '-' || isDigit(r):
		return p.number()
	case isLetter(r):
		return p.named()
	case p.ended():
		return nil, p.fault("the expression ends where a value is due")
	case strings.ContainsRune("“”„«»", r):
		return nil, p.fault("%q is a typographic quote: a text stands in plain double quotes", r)
	default:
		return nil, p.fault("%q is not the beginning of a function, an [attribute], a \"text\" or a number", r)
	}
}

// named reads what begins with a name: a call, or a bare word.
func (p *parser) named() (Node, error) {
	at, begin := p.Position, p.next
	for isLetter(p.peek()) || isDigit(p.peek()) {
		p.advance()
	}
	name := string(p.text[begin:p.next])
	after := *p
	p.space()
	if p.peek() == '(' {
		return p.call(at, name)
	}
	for _, word := range words() {
		if strings.EqualFold(word, name) {
			*p = after
			return &Word{Position: at, Name: word}, nil
		}
	}
	p.Position = at
	return nil, p.fault("%s stands bare: an attribute needs square brackets, a text double quotes, a function parentheses", name)
}

// words are the language's bare words.
func words() []string {
	return []string{"vbBinaryCompare", "vbTextCompare", "IgnoreAttributeFlow", "IgnoreObjectFlow"}
}

// call reads from the opening parenthesis.
func (p *parser) call(at Position, name string) (Node, error) {
	c := &Call{Position: at, Name: spelling(name), Written: name, compiled: new(atomic.Pointer[Pattern])}
	open := p.Position
	p.advance()
	for {
		arg, err := p.argument()
		if err != nil {
			return nil, err
		}
		c.Args = append(c.Args, arg)
		switch {
		case p.ended():
			return nil, p.fault("the parenthesis of %s, opened at %s, is not closed", name, open)
		case p.peek() == ',':
			p.advance()
		case p.peek() == ')':
			p.advance()
			if _, empty := arg.(*Empty); empty && len(c.Args) == 1 {
				c.Args = nil // Now()
			}
			return c, nil
		default:
			return nil, p.stray("%q stands where a comma or a closing parenthesis is due")
		}
	}
}

// stray is the fault of what stands where an expression or an argument has
// ended. Other languages join conditions there.
func (p *parser) stray(otherwise string) error {
	rest := strings.ToUpper(string(p.text[p.next:min(len(p.text), p.next+4)]))
	for _, operator := range []string{"AND ", "OR ", "&&", "||"} {
		if strings.HasPrefix(rest, operator) {
			return p.fault("there is no %s: put one IIF inside another, or functions such as Switch and Coalesce", strings.TrimSpace(operator))
		}
	}
	return p.fault(otherwise, p.peek())
}

// argument reads a value, a comparison or nothing, and the blanks around it.
func (p *parser) argument() (Node, error) {
	p.space()
	if r := p.peek(); p.ended() || r == ',' || r == ')' {
		return &Empty{Position: p.Position}, nil
	}
	left, err := p.value()
	if err != nil {
		return nil, err
	}
	p.space()
	operator := p.operator()
	if operator == "" {
		return left, nil
	}
	p.space()
	right, err := p.value()
	if err != nil {
		return nil, err
	}
	p.space()
	return &Comparison{Position: left.At(), Left: left, Right: right, Operator: operator}, nil
}

// operator reads a comparison's operator, "" when there is none. The longer
// ones come first.
func (p *parser) operator() string {
	for _, o := range []string{"<>", ">=", "<=", "=", ">", "<"} {
		if end := p.next + len(o); end <= len(p.text) && slices.Equal(p.text[p.next:end], []rune(o)) {
			for range o {
				p.advance()
			}
			return o
		}
	}
	return ""
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

func isLetter(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '_' }
