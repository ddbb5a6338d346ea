package expression

import (
	"math/big"
	"strings"
)

// numbers are the functions about numbers.
func numbers(name string) function {
	switch name {
	case "BitAnd":
		return bitAnd
	case "CStr":
		return cstr
	default:
		return nil
	}
}

func bitAnd(in Input, c *Call) (Value, error) {
	args, err := c.arguments(2, 2)
	if err != nil {
		return Value{}, err
	}
	left, err := in.bits(c, args[0])
	if err != nil {
		return Value{}, err
	}
	right, err := in.bits(c, args[1])
	if err != nil {
		return Value{}, err
	}
	return given(left.And(left, right).String()), nil
}

// bits evaluates a whole number. How wide negative ones are is not documented.
func (in Input) bits(c *Call, arg Node) (*big.Int, error) {
	o, isNumber, err := in.operand(c, arg)
	switch {
	case err != nil:
		return nil, err
	case !isNumber || !o.number.IsInt():
		return nil, c.wrong(quote(o.text) + " is not a whole number")
	case o.number.Sign() < 0:
		return nil, c.undocumented("a negative number")
	default:
		return new(big.Int).Set(o.number.Num()), nil
	}
}

// cstr makes a text of a number, a reference or a boolean. Here all of them
// are texts already.
func cstr(in Input, c *Call) (Value, error) {
	return in.convert(c, func(s string) string { return s })
}

// value is the number that a literal stands for.
func (n *Number) value() *big.Rat {
	if n.Literal[0] != '&' {
		return decimal(n.Literal)
	}
	i, _ := new(big.Int).SetString(n.Literal[len("&H"):], 16)
	return new(big.Rat).SetInt(i)
}

// decimal is the number that a text spells as the language does, nil when it
// spells none.
func decimal(text string) *big.Rat {
	whole, fraction, point := strings.Cut(strings.TrimPrefix(text, "-"), ".")
	if !areDigits(whole) || point && !areDigits(fraction) {
		return nil
	}
	number, _ := new(big.Rat).SetString(text)
	return number
}

func areDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}
