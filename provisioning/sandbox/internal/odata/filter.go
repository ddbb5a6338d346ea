// Package odata reads the part of OData's filter language that Microsoft Graph
// answers: comparisons, startswith, endswith, contains, in, any, and, or, not.
package odata

import (
	"slices"
	"strings"
)

// A Literal is a value written in a filter.
type Literal struct {
	Text   string
	Quoted bool // in single quotes: a string; else a guid, number, date, true, false or null
}

// IsNull reports whether the literal is the word null.
func (l Literal) IsNull() bool { return !l.Quoted && l.Text == "null" }

// A Use is one property that a filter asks for, and how.
type Use struct {
	Path    string // as written, segments parted by a slash
	Op      string // eq ne gt ge lt le in startswith endswith contains any
	Negated bool   // below a not
	Literal Literal
}

// A Filter is a parsed $filter.
type Filter struct {
	root node
	uses []Use
}

// Uses lists what the filter compares, in the order written.
func (f *Filter) Uses() []Use { return f.uses }

// A Subject is what a filter is held against: the value of a property, nil
// when it is not set. Values are strings, booleans, numbers, lists, or nil.
type Subject func(path string) any

// A Fold says of which properties text is compared without regard to case.
type Fold func(path string) bool

// Match reports whether the filter holds.
func (f *Filter) Match(s Subject, fold Fold) bool { return f.root(s, fold) }

type node func(s Subject, fold Fold) bool

const (
	longest = 16 << 10 // bytes of a filter
	deepest = 100      // conditions inside of each other
)

// Parse reads a filter. The error is a *SyntaxError.
func Parse(filter string) (*Filter, error) {
	if len(filter) > longest {
		return nil, &SyntaxError{At: longest, What: "the filter is too long"}
	}
	list, err := tokens(filter)
	if err != nil {
		return nil, err
	}
	p := &parser{tokens: list}
	root, err := p.or()
	if err != nil {
		return nil, err
	}
	if p.peek().kind != end {
		return nil, p.unexpected()
	}
	return &Filter{root: root, uses: p.uses}, nil
}

type parser struct {
	tokens  []token
	pos     int
	depth   int
	negated bool
	uses    []Use
	inner   []string // names bound by any
}

func (p *parser) peek() token { return p.tokens[p.pos] }

func (p *parser) next() token {
	t := p.tokens[p.pos]
	if t.kind != end {
		p.pos++
	}
	return t
}

func (p *parser) unexpected() error {
	return &SyntaxError{At: p.peek().at, What: "there is a syntax error"}
}

func (p *parser) symbol(s string) error {
	if t := p.peek(); t.kind != symbol || t.text != s {
		return p.unexpected()
	}
	p.next()
	return nil
}

func (p *parser) or() (node, error) {
	return p.chain("or", p.and, func(a, b node) node {
		return func(s Subject, fold Fold) bool { return a(s, fold) || b(s, fold) }
	})
}

func (p *parser) and() (node, error) {
	return p.chain("and", p.unary, func(a, b node) node {
		return func(s Subject, fold Fold) bool { return a(s, fold) && b(s, fold) }
	})
}

func (p *parser) chain(op string, part func() (node, error), join func(a, b node) node) (node, error) {
	left, err := part()
	for err == nil && p.peek().kind == word && strings.EqualFold(p.peek().text, op) {
		p.next()
		var right node
		if right, err = part(); err == nil {
			left = join(left, right)
		}
	}
	return left, err
}

func (p *parser) unary() (node, error) {
	if p.depth++; p.depth > deepest {
		return nil, &SyntaxError{At: p.peek().at, What: "the filter is nested too deeply"}
	}
	defer func() { p.depth-- }()
	t := p.peek()
	switch {
	case t.kind == word && strings.EqualFold(t.text, "not"):
		p.next()
		p.negated = !p.negated
		inner, err := p.unary()
		p.negated = !p.negated
		if err != nil {
			return nil, err
		}
		return func(s Subject, fold Fold) bool { return !inner(s, fold) }, nil
	case t.kind == symbol && t.text == "(":
		p.next()
		inner, err := p.or()
		if err != nil {
			return nil, err
		}
		return inner, p.symbol(")")
	case t.kind == word:
		return p.predicate()
	}
	return nil, p.unexpected()
}

func (p *parser) predicate() (node, error) {
	name := strings.ToLower(p.peek().text)
	if slices.Contains([]string{"startswith", "endswith", "contains"}, name) && p.tokens[p.pos+1].text == "(" {
		return p.call(name)
	}
	if strings.HasSuffix(name, "/any") {
		return p.any()
	}
	left, err := p.operand()
	if err != nil {
		return nil, err
	}
	op := strings.ToLower(p.peek().text)
	switch op {
	case "eq", "ne", "gt", "ge", "lt", "le":
		p.next()
		value, err := p.literal()
		if err != nil {
			return nil, err
		}
		p.use(left, op, value)
		return func(s Subject, fold Fold) bool { return compare(op, left.value(s), value, fold(left.path)) }, nil
	case "in":
		p.next()
		return p.in(left)
	}
	return nil, p.unexpected()
}

func (p *parser) use(left operand, op string, value Literal) {
	for _, name := range p.inner {
		if left.path == name || strings.HasPrefix(left.path, name+"/") {
			return // the element of an any, whose property is noted there
		}
	}
	p.uses = append(p.uses, Use{Path: left.path, Op: op, Negated: p.negated, Literal: value})
}

func (p *parser) call(name string) (node, error) {
	p.next()
	if err := p.symbol("("); err != nil {
		return nil, err
	}
	left, err := p.operand()
	if err != nil {
		return nil, err
	}
	if err := p.symbol(","); err != nil {
		return nil, err
	}
	value, err := p.literal()
	if err != nil {
		return nil, err
	}
	p.use(left, name, value)
	return func(s Subject, fold Fold) bool { return compare(name, left.value(s), value, fold(left.path)) }, p.symbol(")")
}

func (p *parser) in(left operand) (node, error) {
	if err := p.symbol("("); err != nil {
		return nil, err
	}
	var values []Literal
	for {
		value, err := p.literal()
		if err != nil {
			return nil, err
		}
		values = append(values, value)
		p.use(left, "in", value)
		if p.peek().text != "," {
			break
		}
		p.next()
	}
	return func(s Subject, fold Fold) bool {
		return slices.ContainsFunc(values, func(l Literal) bool { return compare("eq", left.value(s), l, fold(left.path)) })
	}, p.symbol(")")
}

// any reads path/any(x:condition on x).
func (p *parser) any() (node, error) {
	path := strings.TrimSuffix(p.next().text, "/any")
	if err := p.symbol("("); err != nil {
		return nil, err
	}
	name := p.next().text
	if err := p.symbol(":"); err != nil {
		return nil, err
	}
	p.uses = append(p.uses, Use{Path: path, Op: "any", Negated: p.negated})
	p.inner = append(p.inner, name)
	condition, err := p.or()
	p.inner = p.inner[:len(p.inner)-1]
	if err != nil {
		return nil, err
	}
	return func(s Subject, fold Fold) bool {
		list, _ := s(path).([]any)
		return slices.ContainsFunc(list, func(v any) bool {
			return condition(element(name, v), fold)
		})
	}, p.symbol(")")
}

// element is the subject of the condition inside an any.
func element(name string, v any) Subject {
	return func(path string) any {
		if path == name {
			return v
		}
		member, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		return member[strings.TrimPrefix(path, name+"/")]
	}
}

func (p *parser) literal() (Literal, error) {
	t := p.peek()
	if t.kind != text && t.kind != word {
		return Literal{}, p.unexpected()
	}
	p.next()
	return Literal{Text: t.text, Quoted: t.kind == text}, nil
}
