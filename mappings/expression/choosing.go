package expression

// choosing are the functions that pick one of their arguments.
func choosing(name string) function {
	switch name {
	case "Switch":
		return switchBetween
	case "Coalesce":
		return coalesce
	case "IgnoreFlowIfNullOrEmpty":
		return ignoreIfBlank
	case "Redact":
		return redact
	case "SelectUniqueValue":
		return nestedUnique
	default:
		return nil
	}
}

// switchBetween is Switch(source, defaultValue, key1, value1, …): the value
// whose key equals the source, case and all, else the default. A null source
// fits the key ""; an empty default is null. What is not chosen is not
// evaluated: it may well be impossible to.
func switchBetween(in Input, c *Call) (Value, error) {
	pairs, err := c.pairs()
	if err != nil {
		return Value{}, err
	}
	if test, ok := c.Args[0].(*Call); ok && isNullTest(test) {
		return Value{}, c.unsupported("whether its source may be " + test.Name + " is contradictory in the documentation; test for the key \"\" instead")
	}
	source, _, err := in.single(c, c.Args[0])
	if err != nil {
		return Value{}, err
	}
	for ; len(pairs) > 0; pairs = pairs[2:] {
		key, _, err := in.single(c, pairs[0])
		if err != nil {
			return Value{}, err
		}
		if key == source {
			return in.value(pairs[1])
		}
	}
	return in.value(c.Args[1])
}

// pairs are a Switch's keys and values. One argument left out after the last
// pair is forgiven.
func (c *Call) pairs() ([]Node, error) {
	args := c.Args
	if len(args)%2 == 1 && isEmpty(args[len(args)-1]) {
		args = args[:len(args)-1]
	}
	if len(args) < 4 {
		return nil, c.wrong("a source, a default and at least one key with its value are due")
	}
	if len(args)%2 == 1 {
		return nil, c.wrong("the last key has no value")
	}
	return args[2:], nil
}

// coalesce is the first argument that is neither null nor empty, else null.
// That the last one is called the default makes no difference.
func coalesce(in Input, c *Call) (Value, error) {
	args, err := c.arguments(1, -1)
	if err != nil {
		return Value{}, err
	}
	for _, arg := range args {
		v, err := in.plain(c, arg)
		if err != nil || !v.Blank() {
			return v, err
		}
	}
	return null(), nil
}

// ignoreIfBlank keeps an attribute out of the request when it is null or empty.
func ignoreIfBlank(in Input, c *Call) (Value, error) {
	args, err := c.arguments(1, 1)
	if err != nil {
		return Value{}, err
	}
	v, err := in.value(args[0])
	if err == nil && v.Blank() {
		return Value{Outcome: Dropped}, nil
	}
	return v, err
}

// redact lets a value flow that the provisioning logs shall not show.
func redact(in Input, c *Call) (Value, error) {
	args, err := c.arguments(1, 1)
	if err != nil {
		return Value{}, err
	}
	v, err := in.plain(c, args[0])
	v.Redacted = err == nil && v.Outcome == Given
	return v, err
}
