package odata

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// An operand is the left side of a comparison.
type operand struct {
	path  string
	lower bool // inside tolower()
}

func (o operand) value(s Subject) any {
	v := s(o.path)
	if text, ok := v.(string); ok && o.lower {
		return strings.ToLower(text)
	}
	return v
}

func (p *parser) operand() (operand, error) {
	t := p.peek()
	if t.kind != word {
		return operand{}, p.unexpected()
	}
	p.next()
	if strings.EqualFold(t.text, "tolower") && p.peek().text == "(" {
		p.next()
		inner, err := p.operand()
		inner.lower = true
		if err != nil {
			return inner, err
		}
		return inner, p.symbol(")")
	}
	return operand{path: t.text}, nil
}

// compare holds a value of a property against a literal. Nothing but null
// equals a property that is not set, and no order holds for it.
func compare(op string, value any, literal Literal, fold bool) bool {
	if value == nil || literal.IsNull() {
		same := value == nil && literal.IsNull()
		return op == "eq" && same || op == "ne" && !same
	}
	if b, ok := value.(bool); ok {
		same := strconv.FormatBool(b) == strings.ToLower(literal.Text)
		return op == "eq" && same || op == "ne" && !same
	}
	have, want := fmt.Sprint(value), literal.Text
	if fold {
		have, want = strings.ToLower(have), strings.ToLower(want)
	}
	switch op {
	case "startswith":
		return strings.HasPrefix(have, want)
	case "endswith":
		return strings.HasSuffix(have, want)
	case "contains":
		return strings.Contains(have, want)
	}
	return holds(op, order(have, want, literal.Quoted))
}

func holds(op string, order int) bool {
	switch op {
	case "eq":
		return order == 0
	case "ne":
		return order != 0
	case "gt":
		return order > 0
	case "ge":
		return order >= 0
	case "lt":
		return order < 0
	default:
		return order <= 0
	}
}

// order compares dates as dates and numbers as numbers when the literal is
// not a string, else text.
func order(have, want string, quoted bool) int {
	if !quoted {
		if a, ok := date(have); ok {
			if b, ok := date(want); ok {
				return a.Compare(b)
			}
		}
		a, errA := strconv.ParseFloat(have, 64)
		b, errB := strconv.ParseFloat(want, 64)
		if errA == nil && errB == nil {
			return cmp.Compare(a, b)
		}
		return strings.Compare(strings.ToLower(have), strings.ToLower(want))
	}
	return strings.Compare(have, want)
}

func date(s string) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339Nano, time.DateOnly} {
		if t, err := time.Parse(layout, strings.ToUpper(s)); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}
