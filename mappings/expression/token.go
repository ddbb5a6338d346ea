package expression

import (
	"strings"
)

// attribute reads [name]. Brackets inside the name pair up, as in
// [emails[type eq "work"].value].
func (p *parser) attribute() (Node, error) {
	at := p.Position
	p.advance()
	var name strings.Builder
	for depth := 1; ; {
		if p.ended() {
			p.Position = at
			return nil, p.fault("the square bracket is not closed")
		}
		switch p.peek() {
		case '[':
			depth++
		case ']':
			depth--
		}
		if depth == 0 {
			break
		}
		name.WriteRune(p.advance())
	}
	p.advance()
	if strings.TrimSpace(name.String()) == "" {
		p.Position = at
		return nil, p.fault("the square brackets name no attribute")
	}
	return &Attribute{Position: at, Name: strings.TrimSpace(name.String())}, nil
}

// quoted reads "text". A backslash stands for itself unless a backslash or a
// double quote follows: official samples write "\+" with one.
func (p *parser) quoted() (Node, error) {
	at := p.Position
	p.advance()
	var value strings.Builder
	for !p.ended() {
		r := p.advance()
		if r == '"' {
			return &Text{Position: at, Value: value.String()}, nil
		}
		if r == '\\' && (p.peek() == '\\' || p.peek() == '"') {
			r = p.advance()
		}
		value.WriteRune(r)
	}
	p.Position = at
	return nil, p.fault("the double quotes are not closed")
}

// number reads 42568.75, -10 or &HF7.
func (p *parser) number() (Node, error) {
	at, begin := p.Position, p.next
	isPart := isDigit
	switch p.peek() {
	case '&':
		p.advance()
		if r := p.peek(); r != 'H' && r != 'h' {
			return nil, p.fault("an H is due after &, as in &HF7")
		}
		p.advance()
		isPart = isHexDigit
	case '-':
		p.advance()
	}
	if err := p.digits(isPart); err != nil {
		return nil, err
	}
	if p.peek() == '.' && p.text[begin] != '&' {
		p.advance()
		if err := p.digits(isDigit); err != nil {
			return nil, err
		}
	}
	return &Number{Position: at, Literal: string(p.text[begin:p.next])}, nil
}

func (p *parser) digits(isPart func(rune) bool) error {
	if !isPart(p.peek()) {
		return p.fault("a digit is due here")
	}
	for isPart(p.peek()) {
		p.advance()
	}
	return nil
}

func isHexDigit(r rune) bool {
	return isDigit(r) || r >= 'a' && r <= 'f' || r >= 'A' && r <= 'F'
}
