package blueprint

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// faultAt is a fault at a member.
func (b Blueprint) faultAt(reason string, path ...string) Fault {
	f := Fault{Place: b.Place(path...), Reason: reason}
	if len(path) > 0 && f.Column > 0 && !isNumber(path[len(path)-1]) {
		f.Excerpt = strings.Repeat(" ", f.Column-1) + path[len(path)-1] + ": …"
	}
	return f
}

func isNumber(text string) bool { return strings.Trim(text, "0123456789") == "" }

// check finds what no blueprint can be, whatever the tenant is.
func (b Blueprint) check() []Fault {
	switch {
	case b.APIVersion != APIVersion:
		return []Fault{b.faultAt(fmt.Sprintf("apiVersion is %s, and not %q", APIVersion, b.APIVersion), "apiVersion")}
	case b.Kind != Kind:
		return []Fault{b.faultAt(fmt.Sprintf("kind is %s, and not %q", Kind, b.Kind), "kind")}
	case b.Application.Name == "":
		return []Fault{b.faultAt("the application needs a name", "application")}
	}
	return nil
}

// homes are the sections in which a key may stand.
func homes(key string) []string {
	var found []string
	var walk func(t reflect.Type, path []string)
	walk = func(t reflect.Type, path []string) {
		if t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		if t.Kind() != reflect.Struct {
			return
		}
		for i, name := range members(t) {
			if name == key && len(path) > 0 {
				found = append(found, strings.Join(path, "."))
			}
			walk(t.Field(i).Type, append(slices.Clone(path), name))
		}
	}
	walk(reflect.TypeFor[Blueprint](), nil)
	return found
}
