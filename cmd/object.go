package cmd

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
)

// A member is one name and value of a JSON object.
type member struct {
	name  string
	value any
}

// object is a JSON object whose members keep their order.
type object []member

// MarshalJSON writes the members as they stand.
func (o object) MarshalJSON() ([]byte, error) {
	b := bytes.NewBufferString("{")
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		if err := e.Encode(m.name); err != nil {
			return nil, err
		}
		b.WriteByte(':')
		if err := e.Encode(m.value); err != nil {
			return nil, err
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

func sorted(more map[string]any) []member {
	var members []member
	for _, name := range slices.Sorted(maps.Keys(more)) {
		members = append(members, member{name, more[name]})
	}
	return members
}
