package expression

import (
	"cmp"
	"io"
	"slices"
	"time"
)

// Input is what an expression is evaluated over. The zero value is an object
// without attributes.
type Input struct {
	// Attributes by their exact names. An absent attribute, no values, or the
	// one value "" is null; more than one value makes it multi-valued.
	Attributes map[string][]string

	Now           time.Time     // the clock of Now(); zero is the present, time.Now().UTC()
	DefaultDomain string        // the tenant's default verified domain; "" when it has none
	Taken         []string      // values in use in the target, which SelectUniqueValue avoids; nil is none
	Random        io.Reader     // what Guid and RandomString draw from; nil is crypto/rand
	RegexLimit    time.Duration // the most that regular expressions may take in one evaluation; 0 is no limit

	budget *budget // of the evaluation
}

// Evaluate computes an expression. With an error the value's outcome is
// Unsupported. The error is
//   - an *UnsupportedError for what is not documented or not known here, for a
//     function that returns more than 1 MB, and for values of more than 16 MB
//     in total,
//   - an *UnknownFunctionError for a function that is not documented,
//   - an *ArgumentError for a call that the function does not allow,
//   - an *EvaluationError for a call that these attributes make fail,
//   - a *PatternLimitError when RegexLimit has run out.
//
// The same tree may be evaluated from several goroutines at once.
func Evaluate(n Node, in Input) (Value, error) {
	in.budget = &budget{}
	v, err := in.whole(n)
	if err != nil {
		return Value{Outcome: Unsupported}, err
	}
	return v, nil
}

// whole evaluates the whole expression, where alone SelectUniqueValue may stand.
func (in Input) whole(n Node) (Value, error) {
	if c, ok := n.(*Call); ok && c.Name == "SelectUniqueValue" {
		return in.selectUnique(c)
	}
	return in.value(n)
}

// A function computes a call. Arguments are evaluated by the function, so
// that those that do not matter are not.
type function func(Input, *Call) (Value, error)

// implementation finds what evaluates a documented function, nil when nothing
// here does. Each family has a file.
func implementation(name string) function {
	for _, family := range [...]func(string) function{
		choosing, text, logic, casing, numbers, lists, replacing, finding, encoding, roles, random, tenant, dating,
	} {
		if f := family(name); f != nil {
			return f
		}
	}
	return nil
}

func (in Input) value(n Node) (Value, error) {
	v, err := in.compute(n)
	if err == nil {
		err = in.spend(n, v)
	}
	return v, err
}

func (in Input) compute(n Node) (Value, error) {
	switch n := n.(type) {
	case *Attribute:
		return in.attribute(n.Name), nil
	case *Text:
		return given(n.Value), nil
	case *Number:
		return number(n)
	case *Word:
		return word(n)
	case *Call:
		return in.call(n)
	case *Empty:
		return null(), nil
	default:
		return Value{}, &UnsupportedError{Position: n.At(), Reason: n.String() + ": a comparison is documented as the condition of IIF and of CBool alone"}
	}
}

func (in Input) attribute(name string) Value {
	values := in.Attributes[name]
	if isNothing(values) {
		return null()
	}
	return Value{Outcome: Given, Values: slices.Clone(values), Multi: len(values) > 1}
}

func isNothing(values []string) bool {
	return len(values) == 0 || len(values) == 1 && values[0] == ""
}

func number(n *Number) (Value, error) {
	if n.Literal[0] == '&' {
		return Value{}, &UnsupportedError{Position: n.At(), Reason: "hexadecimal numbers are documented for BitAnd alone"}
	}
	return given(n.Literal), nil
}

// word is what a bare word yields. The two for the flow come from the guide
// for Workday:
// https://learn.microsoft.com/entra/identity/app-provisioning/workday-expression-mapping-functions-guide.
func word(w *Word) (Value, error) {
	switch w.Name {
	case "IgnoreAttributeFlow":
		return Value{Outcome: Dropped}, nil
	case "IgnoreObjectFlow":
		v := given(w.Name)
		v.IgnoresObject = true
		return v, nil
	default:
		return Value{}, &UnsupportedError{Position: w.At(), Reason: w.Name + " is documented as the last argument of InStr alone"}
	}
}

func (in Input) call(c *Call) (Value, error) {
	if f := implementation(c.Name); f != nil {
		return f(in, c)
	}
	if slices.Contains(Names(), c.Name) {
		return Value{}, c.unsupported("what it yields is not documented")
	}
	return Value{}, &UnknownFunctionError{Position: c.Position, Name: cmp.Or(c.Written, c.Name), Near: Near(c.Name)}
}

func (c *Call) unsupported(reason string) error {
	return &UnsupportedError{Position: c.Position, Function: c.Name, Reason: reason}
}

func (c *Call) wrong(reason string) error {
	return &ArgumentError{Position: c.Position, Function: c.Name, Reason: reason}
}

func (c *Call) fails(reason string) error {
	return &EvaluationError{Position: c.Position, Function: c.Name, Reason: reason}
}

// arguments are the call's without those left out at its end. It is an error
// when there are fewer than least or more than most; most below 0 is any.
func (c *Call) arguments(least, most int) ([]Node, error) {
	args := c.Args
	for len(args) > 0 && isEmpty(args[len(args)-1]) {
		args = args[:len(args)-1]
	}
	if len(args) < least || most >= 0 && len(args) > most {
		return nil, c.miscounted(len(args))
	}
	return args, nil
}

// miscounted says what is due instead of so many arguments.
func (c *Call) miscounted(n int) error {
	f, _ := Describe(c.Name)
	return c.wrong("it " + f.miscount(n))
}

func isEmpty(n Node) bool {
	_, empty := n.(*Empty)
	return empty
}

// undocumented says what a function makes of something nobody describes.
func (c *Call) undocumented(what string) error {
	return c.unsupported("what it makes of " + what + " is not documented")
}

// present evaluates an argument that has to be one text, not null.
func (in Input) present(c *Call, arg Node) (string, error) {
	s, ok, err := in.single(c, arg)
	if err == nil && !ok {
		err = c.undocumented("a missing value")
	}
	return s, err
}

// single evaluates an argument that has to be one text; ok is false for null.
func (in Input) single(c *Call, arg Node) (s string, ok bool, err error) {
	v, err := in.plain(c, arg)
	if err != nil {
		return "", false, err
	}
	if v.Multi {
		return "", false, c.undocumented("several values")
	}
	return v.Text(), v.Outcome == Given, nil
}

// plain evaluates an argument that may be a list, but not dropped.
func (in Input) plain(c *Call, arg Node) (Value, error) {
	v, err := in.value(arg)
	if err == nil && v.Outcome == Dropped {
		err = c.undocumented("a dropped value")
	}
	return v, err
}
