package blueprint

// MarshalYAML writes a String of users as its name alone.
func (p Property) MarshalYAML() (any, error) {
	if (p == Property{Name: p.Name}) {
		return p.Name, nil
	}
	type plain Property
	return plain(p), nil
}

// MarshalYAML writes a plain String as its name alone.
func (a Attribute) MarshalYAML() (any, error) {
	if a.Type == "" && !a.Required && !a.Multivalued && !a.CaseExact && len(a.References) == 0 {
		return a.Name, nil
	}
	type plain Attribute
	return plain(a), nil
}

// MarshalYAML writes an assignee of any role as its name alone.
func (a Assignee) MarshalYAML() (any, error) {
	if a.Role == "" {
		return a.Name, nil
	}
	type plain Assignee
	return plain(a), nil
}

// MarshalYAML writes a direct mapping with nothing else to it as its source.
func (m Mapping) MarshalYAML() (any, error) {
	if m.Source != nil && *m.Source != "" && (m == Mapping{Source: m.Source}) {
		return *m.Source, nil
	}
	type plain Mapping
	return plain(m), nil
}

// MarshalYAML writes no threshold as off.
func (t Threshold) MarshalYAML() (any, error) {
	if t == 0 {
		return "off", nil
	}
	return int(t), nil
}

// MarshalYAML writes the reference as it is read.
func (r Reference) MarshalYAML() (any, error) { return r.String(), nil }
