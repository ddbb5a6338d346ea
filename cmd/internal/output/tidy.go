package output

import (
	"encoding"
	"encoding/json"
	"reflect"
	"strings"
	"time"

	"github.com/scimctl/scimctl/graph/bounds"
	"github.com/scimctl/scimctl/graph/remedy"
)

// Tidy gives a copy of v as it is to be written: every list that is nil is
// empty, every time is UTC, every remedy has its text. What writes itself stays
// as it is.
func (p Printer) Tidy(v any) any {
	if v == nil {
		return nil
	}
	return p.tidied(reflect.ValueOf(v)).Interface()
}

// remedied gives a remedy, or a list of them, its text.
func (p Printer) remedied(v reflect.Value) (reflect.Value, bool) {
	if list, ok := reflect.TypeAssert[remedy.List](v); ok && p.Remedies != nil {
		return reflect.ValueOf(p.Remedies(list)), true
	}
	if one, ok := reflect.TypeAssert[remedy.Remedy](v); ok && p.Remedies != nil {
		return reflect.ValueOf(p.Remedies(remedy.List{one})[0]), true
	}
	return v, false
}

func (p Printer) tidied(v reflect.Value) reflect.Value {
	if t, ok := reflect.TypeAssert[time.Time](v); ok {
		return reflect.ValueOf(bounds.UTC(t)).Convert(v.Type())
	}
	if remedies, ok := p.remedied(v); ok {
		return remedies
	}
	if writesItself(v.Type()) {
		return v
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		return p.tidiedPointer(v)
	case reflect.Slice:
		return p.tidiedSlice(v)
	case reflect.Map:
		return p.tidiedMap(v)
	case reflect.Struct:
		fresh := reflect.New(v.Type()).Elem()
		fresh.Set(v)
		p.tidyFields(fresh)
		return fresh
	default:
		return v
	}
}

func (p Printer) tidiedPointer(v reflect.Value) reflect.Value {
	if v.IsNil() {
		return v
	}
	if v.Kind() == reflect.Interface {
		return p.tidied(v.Elem())
	}
	fresh := reflect.New(v.Type().Elem())
	fresh.Elem().Set(p.tidied(v.Elem()))
	return fresh.Convert(v.Type())
}

func (p Printer) tidiedSlice(v reflect.Value) reflect.Value {
	if v.Type().Elem().Kind() == reflect.Uint8 {
		return v // bytes, written as one text
	}
	fresh := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
	for i := range v.Len() {
		fresh.Index(i).Set(p.tidied(v.Index(i)))
	}
	return fresh
}

func (p Printer) tidiedMap(v reflect.Value) reflect.Value {
	if v.IsNil() {
		return v
	}
	fresh := reflect.MakeMapWithSize(v.Type(), v.Len())
	for at := v.MapRange(); at.Next(); {
		fresh.SetMapIndex(at.Key(), p.tidied(at.Value()))
	}
	return fresh
}

// tidyFields changes the exported fields of v in place. A list that is left out
// when it is zero must stay nil for that.
func (p Printer) tidyFields(v reflect.Value) {
	for i := range v.NumField() {
		field, value := v.Type().Field(i), v.Field(i)
		switch {
		case field.Anonymous && value.Kind() == reflect.Struct:
			p.tidyFields(value)
		case !value.CanSet():
		case value.Kind() == reflect.Slice && value.IsNil() && strings.Contains(field.Tag.Get("json"), ",omitzero"):
		default:
			value.Set(p.tidied(value))
		}
	}
}

func writesItself(t reflect.Type) bool {
	either := func(wanted reflect.Type) bool {
		return t.Implements(wanted) || t.Kind() != reflect.Interface && reflect.PointerTo(t).Implements(wanted)
	}
	return either(reflect.TypeFor[json.Marshaler]()) || either(reflect.TypeFor[encoding.TextMarshaler]())
}
