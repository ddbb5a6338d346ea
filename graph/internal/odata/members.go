package odata

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
)

// Members are the members of an object that are set and are none of the fields.
func Members(data []byte, fields string) (map[string]any, error) {
	var all map[string]json.RawMessage
	if err := json.Unmarshal(data, &all); err != nil {
		return nil, err
	}
	values := map[string]any{}
	for name, text := range all {
		if strings.Contains(name, "@odata.") || slices.Contains(strings.Split(fields, ","), name) {
			continue
		}
		value, err := unrounded(text)
		if err != nil {
			return nil, err
		}
		if value != nil {
			values[name] = value
		}
	}
	return values, nil
}

// unrounded reads JSON with all digits of its numbers.
func unrounded(text []byte) (value any, err error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	err = d.Decode(&value)
	return value, err
}
