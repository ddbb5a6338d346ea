package output

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
)

// A Member is one name and value of a JSON object.
type Member struct {
	Name  string
	Value any
}

// Object is a JSON object whose members keep their order.
type Object []Member

// MarshalJSON writes the members as they stand.
func (o Object) MarshalJSON() ([]byte, error) {
	b := bytes.NewBufferString("{")
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		if err := e.Encode(m.Name); err != nil {
			return nil, err
		}
		b.WriteByte(':')
		if err := e.Encode(m.Value); err != nil {
			return nil, err
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

func Sorted(more map[string]any) []Member {
	var members []Member
	for _, name := range slices.Sorted(maps.Keys(more)) {
		members = append(members, Member{name, more[name]})
	}
	return members
}
