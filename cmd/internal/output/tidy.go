package output

import (
	"encoding"
	"encoding/json"
	"reflect"
	"strings"
	"time"
)

// tidy gives a copy of v as it is to be written: every list that is nil is
// empty, every time is UTC. What writes itself stays as it is.
func tidy(v any) any {
	if v == nil {
		return nil
	}
	return tidied(reflect.ValueOf(v)).Interface()
}

func tidied(v reflect.Value) reflect.Value {
	if t, ok := reflect.TypeAssert[time.Time](v); ok {
		return reflect.ValueOf(t.UTC()).Convert(v.Type())
	}
	if writesItself(v.Type()) {
		return v
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		return tidiedPointer(v)
	case reflect.Slice:
		return tidiedSlice(v)
	case reflect.Map:
		return tidiedMap(v)
	case reflect.Struct:
		fresh := reflect.New(v.Type()).Elem()
		fresh.Set(v)
		tidyFields(fresh)
		return fresh
	default:
		return v
	}
}

func tidiedPointer(v reflect.Value) reflect.Value {
	if v.IsNil() {
		return v
	}
	if v.Kind() == reflect.Interface {
		return tidied(v.Elem())
	}
	fresh := reflect.New(v.Type().Elem())
	fresh.Elem().Set(tidied(v.Elem()))
	return fresh.Convert(v.Type())
}

func tidiedSlice(v reflect.Value) reflect.Value {
	if v.Type().Elem().Kind() == reflect.Uint8 {
		return v // bytes, written as one text
	}
	fresh := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
	for i := range v.Len() {
		fresh.Index(i).Set(tidied(v.Index(i)))
	}
	return fresh
}

func tidiedMap(v reflect.Value) reflect.Value {
	if v.IsNil() {
		return v
	}
	fresh := reflect.MakeMapWithSize(v.Type(), v.Len())
	for at := v.MapRange(); at.Next(); {
		fresh.SetMapIndex(at.Key(), tidied(at.Value()))
	}
	return fresh
}

// tidyFields changes the exported fields of v in place. A list that is left out
// when it is zero must stay nil for that.
func tidyFields(v reflect.Value) {
	for i := range v.NumField() {
		field, value := v.Type().Field(i), v.Field(i)
		switch {
		case field.Anonymous && value.Kind() == reflect.Struct:
			tidyFields(value)
		case !value.CanSet():
		case value.Kind() == reflect.Slice && value.IsNil() && strings.Contains(field.Tag.Get("json"), ",omitzero"):
		default:
			value.Set(tidied(value))
		}
	}
}

func writesItself(t reflect.Type) bool {
	either := func(wanted reflect.Type) bool {
		return t.Implements(wanted) || t.Kind() != reflect.Interface && reflect.PointerTo(t).Implements(wanted)
	}
	return either(reflect.TypeFor[json.Marshaler]()) || either(reflect.TypeFor[encoding.TextMarshaler]())
}
