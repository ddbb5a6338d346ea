package expression

import (
	"strings"

	"github.com/dlclark/regexp2"
)

func replacing(name string) function {
	if name == "Replace" {
		return replace
	}
	return nil
}

// A replacement is Replace's arguments, *Empty or nil where left out.
type replacement struct {
	in                                                      Input
	call                                                    *Call
	source, old, pattern, group, value, attribute, template Node
}

// replace is Replace(source, oldValue, regexPattern, regexGroupName,
// replacementValue, replacementAttributeName, template). Which arguments are
// there decides what it does; five ways are documented.
func replace(in Input, c *Call) (Value, error) {
	if len(c.Args) > 8 || len(c.Args) == 8 && !isEmpty(c.Args[7]) {
		return Value{}, c.miscounted(len(c.Args))
	}
	arg := func(i int) Node {
		if i >= len(c.Args) || isEmpty(c.Args[i]) {
			return nil
		}
		return c.Args[i]
	}
	r := replacement{in, c, arg(0), arg(1), arg(2), arg(3), arg(4), arg(5), arg(6)}
	if r.source == nil {
		return Value{}, c.wrong("the source is due")
	}
	switch r.given() {
	case "old value":
		return r.text()
	case "old template":
		return r.intoTemplate()
	case "pattern value":
		return r.matches()
	case "pattern group value":
		return r.groupsOnly()
	case "pattern group attribute":
		return r.fromAttribute()
	default:
		return Value{}, c.wrong("its arguments fit none of the five documented ways: oldValue with replacementValue or template, " +
			"or regexPattern with replacementValue, with regexGroupName and replacementValue, or with regexGroupName and replacementAttributeName")
	}
}

// given names the arguments that are there.
func (r *replacement) given() string {
	var names []string
	for _, arg := range []struct {
		name string
		node Node
	}{
		{"old", r.old},
		{"pattern", r.pattern},
		{"group", r.group},
		{"value", r.value},
		{"attribute", r.attribute},
		{"template", r.template},
	} {
		if arg.node != nil {
			names = append(names, arg.name)
		}
	}
	return strings.Join(names, " ")
}

// text replaces every occurrence of the old value.
func (r *replacement) text() (Value, error) {
	old, value, err := r.two(r.old, r.value)
	if err != nil {
		return Value{}, err
	}
	if old == "" {
		return Value{}, r.call.undocumented("an empty oldValue")
	}
	return r.convert(func(source string) (string, error) { return replaceAll(source, old, value) })
}

// intoTemplate puts the source in the place of the old value in the template.
func (r *replacement) intoTemplate() (Value, error) {
	old, template, err := r.two(r.old, r.template)
	if err != nil {
		return Value{}, err
	}
	if old == "" {
		return Value{}, r.call.undocumented("an empty oldValue")
	}
	source, err := r.in.present(r.call, r.source)
	if err != nil {
		return Value{}, err
	}
	whole, err := replaceAll(template, old, source)
	return given(whole), r.call.at(err)
}

func replaceAll(source, old, value string) (string, error) {
	if len(source)+strings.Count(source, old)*(len(value)-len(old)) > mostText {
		return "", errTooLong
	}
	return strings.ReplaceAll(source, old, value), nil
}

func (r *replacement) matches() (Value, error) {
	text, value, err := r.two(r.pattern, r.value)
	if err != nil {
		return Value{}, err
	}
	p, err := r.call.pattern(text, r.in.RegexLimit)
	if err != nil {
		return Value{}, err
	}
	if err := p.checkReplacement(value); err != nil {
		return Value{}, r.call.wrong(err.Error())
	}
	return r.convert(func(source string) (replaced string, err error) {
		err = r.in.matching(p, func(over func() bool) error {
			replaced, err = p.replace(source, value, over)
			return err
		})
		return replaced, err
	})
}

// groupsOnly replaces in every match only what the group captured.
func (r *replacement) groupsOnly() (Value, error) {
	p, name, err := r.named()
	if err != nil {
		return Value{}, err
	}
	value, err := r.in.present(r.call, r.value)
	if err != nil {
		return Value{}, err
	}
	if strings.Contains(value, "$") {
		return Value{}, r.call.undocumented("a $ in the replacementValue of a group")
	}
	repeated := false
	v, err := r.convert(func(source string) (string, error) {
		var out []rune
		rest, from := []rune(source), 0
		err := r.groups(p, source, name, func(g *regexp2.Group) error {
			repeated = repeated || len(g.Captures) > 1
			if g.Index >= from {
				out = append(append(out, rest[from:g.Index]...), []rune(value)...)
				from = g.Index + g.Length
			}
			if len(out) > mostText {
				return errTooLong
			}
			return nil
		})
		return string(append(out, rest[from:]...)), err
	})
	if repeated {
		return Value{}, r.call.undocumented("a group that captures several times in one match")
	}
	return v, err
}

// fromAttribute is the source, and for want of it what the group captures in
// the other attribute.
func (r *replacement) fromAttribute() (Value, error) {
	source, _, err := r.in.single(r.call, r.source)
	if err != nil || source != "" {
		return given(source), err
	}
	p, name, err := r.named()
	if err != nil {
		return Value{}, err
	}
	other, err := r.in.present(r.call, r.attribute)
	if err != nil {
		return Value{}, err
	}
	var found []string
	err = r.groups(p, other, name, func(g *regexp2.Group) error {
		found = append(found, g.String())
		return nil
	})
	switch {
	case err != nil:
		return Value{}, r.call.at(err)
	case len(found) == 0:
		return Value{}, r.call.unsupported("what it yields when the pattern does not match is not documented")
	case len(found) > 1:
		return Value{}, r.call.unsupported("which of several matches it yields is not documented")
	default:
		return given(found[0]), nil
	}
}

// groups calls visit for every match's group of that name that took part.
func (r *replacement) groups(p *Pattern, source, name string, visit func(*regexp2.Group) error) error {
	return r.in.matching(p, func(over func() bool) error {
		return p.matches(source, over, func(m *regexp2.Match) error {
			if g := m.GroupByName(name); g != nil && len(g.Captures) > 0 {
				return visit(g)
			}
			return nil
		})
	})
}

// named is the pattern and the name of a group in it.
func (r *replacement) named() (*Pattern, string, error) {
	text, name, err := r.two(r.pattern, r.group)
	if err != nil {
		return nil, "", err
	}
	p, err := r.call.pattern(text, r.in.RegexLimit)
	if err == nil && !p.hasGroup(name) {
		err = r.call.wrong("the pattern has no group " + quote(name))
	}
	return p, name, err
}

func (r *replacement) two(a, b Node) (string, string, error) {
	first, err := r.in.present(r.call, a)
	if err != nil {
		return "", "", err
	}
	second, err := r.in.present(r.call, b)
	return first, second, err
}

// convert changes the source; null stays null.
func (r *replacement) convert(change func(string) (string, error)) (Value, error) {
	source, ok, err := r.in.single(r.call, r.source)
	if err != nil || !ok {
		return null(), err
	}
	source, err = change(source)
	return given(source), r.call.at(err)
}
