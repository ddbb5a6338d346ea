package expression

// tenant are the functions about the tenant.
func tenant(name string) function {
	if name == "DefaultDomain" {
		return defaultDomain
	}
	return nil
}

func defaultDomain(in Input, c *Call) (Value, error) {
	if _, err := c.arguments(0, 0); err != nil {
		return Value{}, err
	}
	if in.DefaultDomain == "" {
		return Value{}, c.fails("the tenant has no default verified domain")
	}
	return given(in.DefaultDomain), nil
}
