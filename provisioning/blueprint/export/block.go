package export

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// A block is a value as lines of YAML. Its first line may stand behind a key
// when it is alone and inline.
type block struct {
	lines  []string
	inline bool
}

// shortened is a value that a file has in a shorter form.
type shortened interface{ MarshalYAML() (any, error) }

// blockOf writes a value with the names and the order of its JSON.
func blockOf(v reflect.Value) (block, error) {
	if short, ok := reflect.TypeAssert[shortened](v); ok {
		shorter, err := short.MarshalYAML()
		if err != nil {
			return block{}, err
		}
		return blockOf(reflect.ValueOf(shorter))
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		return blockOf(v.Elem())
	case reflect.Struct:
		return structBlock(v)
	case reflect.Map:
		return mapBlock(v)
	case reflect.Slice:
		return listBlock(v)
	case reflect.String:
		return block{lines: []string{scalar(v.String())}, inline: true}, nil
	case reflect.Bool, reflect.Int:
		return block{lines: []string{fmt.Sprint(v.Interface())}, inline: true}, nil
	default:
		return block{}, fmt.Errorf("no such type in a blueprint: %s", v.Type())
	}
}

func structBlock(v reflect.Value) (b block, err error) {
	for field, value := range v.Fields() {
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		if !field.IsExported() || isLeftOut(value, options) {
			continue
		}
		if err := b.member(name, value); err != nil {
			return b, err
		}
	}
	return b.orEmpty("{}"), nil
}

// isLeftOut reports whether encoding/json would leave a field out.
func isLeftOut(v reflect.Value, options string) bool {
	switch options {
	case "omitempty":
		return v.IsZero() || (v.Kind() == reflect.Map || v.Kind() == reflect.Slice) && v.Len() == 0
	case "omitzero":
		return v.IsZero()
	}
	return false
}

func mapBlock(v reflect.Value) (b block, err error) {
	values := map[string]reflect.Value{}
	for key, value := range v.Seq2() {
		values[key.String()] = value
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if err := b.member(name, values[name]); err != nil {
			return b, err
		}
	}
	return b.orEmpty("{}"), nil
}

// member adds a key with its value.
func (b *block) member(name string, v reflect.Value) error {
	value, err := blockOf(v)
	if err != nil {
		return err
	}
	if value.inline {
		b.lines = append(b.lines, scalar(name)+": "+value.lines[0])
		return nil
	}
	b.lines = append(b.lines, scalar(name)+":")
	for _, line := range value.lines {
		b.lines = append(b.lines, "  "+line)
	}
	return nil
}

func listBlock(v reflect.Value) (b block, err error) {
	for i := range v.Len() {
		item, err := blockOf(v.Index(i))
		if err != nil {
			return b, err
		}
		before := "- "
		for _, line := range item.lines {
			b.lines = append(b.lines, before+line)
			before = "  "
		}
	}
	return b.orEmpty("[]"), nil
}

// orEmpty writes nothing at all as {} or [].
func (b block) orEmpty(brackets string) block {
	if len(b.lines) == 0 {
		return block{lines: []string{brackets}, inline: true}
	}
	return b
}
