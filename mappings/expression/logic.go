package expression

// logic are the functions about true and false.
func logic(name string) function {
	switch name {
	case "CBool":
		return cbool
	case "IIF":
		return iif
	case "IsNothing", "IsNull":
		return isNull
	case "IsNullOrEmpty":
		return isNullOrEmpty
	case "IsPresent":
		return isPresent
	case "IsString":
		return isString
	case "Not":
		return not
	default:
		return nil
	}
}

// iif is IIF(condition, valueIfTrue, valueIfFalse). What is not chosen is not
// evaluated.
func iif(in Input, c *Call) (Value, error) {
	if len(c.Args) != 3 || isEmpty(c.Args[0]) || isEmpty(c.Args[1]) || isEmpty(c.Args[2]) {
		return Value{}, c.wrong("a condition, a value if it is true and a value if it is false are due")
	}
	condition := c.Args[0]
	if call, ok := condition.(*Call); ok && call.Name == "IgnoreFlowIfNullOrEmpty" {
		return Value{}, c.wrong("IgnoreFlowIfNullOrEmpty is no condition; put the IIF into it")
	}
	if name := in.missing(condition); name != "" {
		return Value{}, c.unsupported("its condition looks at [" + name + "], which is null or empty: " +
			"the check then fails, and what that yields is not documented; Switch with the key \"\" tells a missing value")
	}
	holds, err := in.condition(c, condition)
	if err != nil {
		return Value{}, err
	}
	if holds {
		return in.value(c.Args[1])
	}
	return in.value(c.Args[2])
}

// missing is the name of an attribute without a value that a condition looks
// at, "" when there is none. Inside of Switch and Coalesce, which can put
// something in its place, and of an IIF, which looks itself, it does no harm.
func (in Input) missing(n Node) string {
	switch n := n.(type) {
	case *Attribute:
		if isNothing(in.Attributes[n.Name]) {
			return n.Name
		}
	case *Comparison:
		if name := in.missing(n.Left); name != "" {
			return name
		}
		return in.missing(n.Right)
	case *Call:
		if n.Name == "Switch" || n.Name == "Coalesce" || n.Name == "IIF" {
			return ""
		}
		for _, arg := range n.Args {
			if name := in.missing(arg); name != "" {
				return name
			}
		}
	}
	return ""
}

func (in Input) condition(c *Call, n Node) (bool, error) {
	if comparison, ok := n.(*Comparison); ok {
		return in.compare(c, comparison)
	}
	s, err := in.present(c, n)
	if err != nil {
		return false, err
	}
	return isTrue(c, n, s)
}

// isTrue reads the value of a condition.
func isTrue(c *Call, n Node, value string) (bool, error) {
	switch value {
	case "True":
		return true, nil
	case "False":
		return false, nil
	default:
		return false, c.unsupported("whether " + n.String() + " is true is not documented: it yields neither True nor False")
	}
}

// cbool is false for zero and true for other numbers.
func cbool(in Input, c *Call) (Value, error) {
	args, err := c.arguments(1, 1)
	if err != nil {
		return Value{}, err
	}
	if comparison, ok := args[0].(*Comparison); ok {
		holds, err := in.compare(c, comparison)
		return truth(holds), err
	}
	o, isNumber, err := in.operand(c, args[0])
	if err != nil {
		return Value{}, err
	}
	if isNumber {
		return truth(o.number.Sign() != 0), nil
	}
	holds, err := isTrue(c, args[0], o.text)
	return truth(holds), err
}

func isNull(in Input, c *Call) (Value, error) {
	return in.test(c, func(v Value) bool { return v.Outcome == Null })
}

func isNullOrEmpty(in Input, c *Call) (Value, error) { return in.test(c, Value.Blank) }

func isPresent(in Input, c *Call) (Value, error) {
	return in.test(c, func(v Value) bool { return !v.Blank() })
}

// isNullTest tells the functions that the page about Switch does not want as
// its source.
func isNullTest(c *Call) bool {
	return c.Name == "IsNull" || c.Name == "IsNullOrEmpty" || c.Name == "IsPresent"
}

// isString knows texts alone: attributes come without their types.
func isString(in Input, c *Call) (Value, error) {
	args, err := c.arguments(1, 1)
	if err != nil {
		return Value{}, err
	}
	if _, ok := args[0].(*Text); ok {
		return truth(true), nil
	}
	if isNumeric(args[0]) {
		return Value{}, c.undocumented("a number")
	}
	_, err = in.present(c, args[0])
	return truth(true), err
}

func (in Input) test(c *Call, holds func(Value) bool) (Value, error) {
	args, err := c.arguments(1, 1)
	if err != nil {
		return Value{}, err
	}
	v, err := in.plain(c, args[0])
	return truth(holds(v)), err
}

// not turns "True" into "False" and all else into "True".
func not(in Input, c *Call) (Value, error) {
	args, err := c.arguments(1, 1)
	if err != nil {
		return Value{}, err
	}
	source, _, err := in.single(c, args[0])
	return truth(source != "True"), err
}
