package blueprint

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// check finds what no blueprint can be, whatever the tenant is.
func (b *Blueprint) check() []Fault {
	c := checker{b: b}
	if b.Application.Name == "" {
		c.at("application", "name")("the application needs a name")
	}
	if b.Extensions != nil {
		c.properties(b.Extensions.Properties)
	}
	if b.Provisioning != nil {
		c.provisioning(*b.Provisioning)
	}
	c.object("users", b.Users)
	c.object("groups", b.Groups)
	if b.Assignments != nil {
		c.assignees("users", b.Assignments.Users)
		c.assignees("groups", b.Assignments.Groups)
	}
	c.values(b.Values)
	return c.faults
}

// A checker gathers what is wrong with a blueprint.
type checker struct {
	b      *Blueprint
	faults []Fault
}

// at gives a function that reports what is wrong at a place.
func (c *checker) at(path ...string) func(format string, args ...any) {
	return func(format string, args ...any) {
		c.faults = append(c.faults, c.b.FaultAt(fmt.Sprintf(format, args...), path...))
	}
}

// FaultAt is a fault at a member, or at what is around it when it is missing.
func (b Blueprint) FaultAt(reason string, path ...string) Fault {
	f := Fault{Place: b.Place(path...), Reason: reason}
	if _, there := b.places[pathKey(path)]; there && len(path) > 0 && !isNumber(path[len(path)-1]) {
		f.Excerpt = indented(path[len(path)-1]+": …", f.Column)
	}
	return f
}

func isNumber(text string) bool { return strings.Trim(text, "0123456789") == "" }

// marks says whether a document is one of scimctl's at all.
func (b Blueprint) marks() []Fault {
	switch {
	case b.APIVersion == APIVersion && b.Kind == Kind:
		return nil
	case b.APIVersion == "" && b.Kind == "":
		return []Fault{b.FaultAt(fmt.Sprintf("it is no blueprint: one begins with apiVersion: %s and kind: %s", APIVersion, Kind))}
	case b.APIVersion != APIVersion:
		return []Fault{b.FaultAt(fmt.Sprintf("the apiVersion of a blueprint is %s, and not %q", APIVersion, b.APIVersion), "apiVersion")}
	}
	reason := fmt.Sprintf("the kind of a set-up is %s, and not %q", Kind, b.Kind)
	if b.Kind == KindSavedPlan {
		reason = "this is a saved plan, which is applied without -f"
	}
	return []Fault{b.FaultAt(reason, "kind")}
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
