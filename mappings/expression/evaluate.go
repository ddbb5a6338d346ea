package expression

import "slices"

// Input is what an expression is evaluated over.
type Input struct {
	// Attributes by their exact names. An absent attribute, no values, or the
	// one value "" is null; more than one value makes it multi-valued.
	Attributes map[string][]string
}

// Evaluate computes an expression. With an error the value's outcome is
// Unsupported: it is an *UnsupportedError for what is not evaluated here and
// an *ArgumentError for a call that the function does not allow.
func Evaluate(n Node, in Input) (Value, error) {
	v, err := in.value(n)
	if err != nil {
		return Value{Outcome: Unsupported}, err
	}
	return v, nil
}

// A function computes a call. Arguments are evaluated by the function, so
// that those that do not matter are not.
type function func(Input, *Call) (Value, error)

// implementation finds what evaluates a documented function, nil when nothing
// here does. Each family has a file.
func implementation(name string) function {
	for _, family := range []func(string) function{choosing, text} {
		if f := family(name); f != nil {
			return f
		}
	}
	return nil
}

func (in Input) value(n Node) (Value, error) {
	switch n := n.(type) {
	case *Attribute:
		return in.attribute(n.Name), nil
	case *Text:
		return given(n.Value), nil
	case *Number:
		return number(n)
	case *Call:
		return in.call(n)
	case *Empty:
		return null(), nil
	default:
		return Value{}, &UnsupportedError{Position: n.At(), Reason: n.String() + " is not evaluated by scimctl"}
	}
}

func (in Input) attribute(name string) Value {
	values := in.Attributes[name]
	if len(values) == 0 || len(values) == 1 && values[0] == "" {
		return null()
	}
	return Value{Outcome: Given, Values: slices.Clone(values), Multi: len(values) > 1}
}

func number(n *Number) (Value, error) {
	if n.Literal[0] == '&' {
		return Value{}, &UnsupportedError{Position: n.At(), Reason: "hexadecimal numbers are not evaluated by scimctl"}
	}
	return given(n.Literal), nil
}

func (in Input) call(c *Call) (Value, error) {
	if f := implementation(c.Name); f != nil {
		return f(in, c)
	}
	if slices.Contains(Names(), c.Name) {
		return Value{}, c.unsupported("scimctl does not evaluate this function")
	}
	return Value{}, c.unsupported("no function of this name is documented")
}

func (c *Call) unsupported(reason string) error {
	return &UnsupportedError{Position: c.Position, Function: c.Name, Reason: reason}
}

func (c *Call) wrong(reason string) error {
	return &ArgumentError{Position: c.Position, Function: c.Name, Reason: reason}
}

// arguments are the call's without those left out at its end. It is an error
// when there are fewer than least or more than most; most below 0 is any.
func (c *Call) arguments(least, most int) ([]Node, error) {
	args := c.Args
	for len(args) > 0 && isEmpty(args[len(args)-1]) {
		args = args[:len(args)-1]
	}
	if len(args) < least {
		return nil, c.wrong("too few arguments")
	}
	if most >= 0 && len(args) > most {
		return nil, c.wrong("too many arguments")
	}
	return args, nil
}

func isEmpty(n Node) bool {
	_, empty := n.(*Empty)
	return empty
}

// single evaluates an argument that has to be one text; ok is false for null.
func (in Input) single(c *Call, arg Node) (s string, ok bool, err error) {
	v, err := in.plain(c, arg)
	if err != nil {
		return "", false, err
	}
	if v.Multi {
		return "", false, c.unsupported("what it makes of several values is not documented")
	}
	return v.Text(), v.Outcome == Given, nil
}

// plain evaluates an argument that may be a list, but not dropped.
func (in Input) plain(c *Call, arg Node) (Value, error) {
	v, err := in.value(arg)
	if err == nil && v.Outcome == Dropped {
		err = c.unsupported("what it makes of a dropped value is not documented")
	}
	return v, err
}
