package sandbox_test

import (
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
)

// A typist compares answers with Graph's types, as a typed client would read
// them: a member that the type does not have, or of another type, is lost there
// or an error.
type typist struct {
	types map[string]map[string]string
	seen  map[string]bool // types that have been in an answer
	wrong map[string]bool // what was found, each once
}

func newTypist() *typist {
	return &typist{types: membersOf(), seen: map[string]bool{}, wrong: map[string]bool{}}
}

func (y *typist) fault(path, format string, args ...any) {
	y.wrong[regexp.MustCompile(`\[\d+]`).ReplaceAllString(path, "[]")+" "+fmt.Sprintf(format, args...)] = true
}

// check compares a value with a type as graphTypes writes it.
func (y *typist) check(path, kind string, v any) {
	kind, nullable := strings.CutSuffix(kind, "?")
	if v == nil {
		if !nullable {
			y.fault(path, "is null and must be %s", kind)
		}
		return
	}
	if element, isList := strings.CutPrefix(kind, "[]"); isList {
		list, ok := v.([]any)
		if !ok {
			y.fault(path, "is %T and must be a list", v)
		}
		for i, item := range list {
			y.check(fmt.Sprintf("%s[%d]", path, i), element, item)
		}
		return
	}
	if _, complexType := y.types[kind]; complexType {
		y.object(path, kind, v)
		return
	}
	if !simple(kind, v) {
		y.fault(path, "is %T %v and must be %s", v, v, kind)
	}
}

// object compares the members of an object, whose type it may say itself.
func (y *typist) object(path, kind string, v any) {
	o, ok := v.(map[string]any)
	if !ok {
		y.fault(path, "is %T and must be %s", v, kind)
	}
	if own, ok := o["@odata.type"].(string); ok {
		kind = strings.TrimPrefix(own, "#microsoft.graph.")
	}
	y.seen[kind] = true
	for name, value := range o {
		if strings.HasPrefix(name, "@odata.") {
			y.check(path+"."+name, "text", value)
			continue
		}
		member, known := y.types[kind][name]
		if strings.HasPrefix(name, "extension_") {
			member, known = y.types[kind]["extension_"]
		}
		if any, open := y.types[kind]["*"]; open && !known {
			member, known = any, true
		}
		if !known {
			y.fault(path+"."+name, "is no member of %s", kind)
			continue
		}
		y.check(path+"."+name, member, value)
	}
}

// simple tells whether a value is of a type without members.
func simple(kind string, v any) bool {
	text, isText := v.(string)
	number, isNumber := v.(float64)
	switch kind {
	case "text", "flags":
		return isText
	case "bool":
		_, ok := v.(bool)
		return ok
	case "int":
		return isNumber && number == math.Trunc(number)
	case "guid":
		return isText && uuid.Validate(text) == nil
	case "time":
		return isText && parses(time.RFC3339Nano, text) && strings.HasSuffix(text, "Z")
	case "localTime":
		return isText && parses("2006-01-02T15:04:05", text)
	case "date":
		return isText && parses(time.DateOnly, text)
	case "duration":
		return isText && regexp.MustCompile(`^P(\d+D)?(T(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?$`).MatchString(text)
	case "body":
		return true // compared by itself
	}
	return isText && slices.Contains(strings.Split(kind, "|"), text)
}

func parses(layout, text string) bool {
	_, err := time.Parse(layout, text)
	return err == nil
}

// What the comparison itself finds wrong.
func TestAWrongTypeIsNoticed(t *testing.T) {
	t.Parallel()
	for kind, value := range map[string]any{
		"keyValuePair":            map[string]any{"name": nil},
		"stringKeyLongValuePair":  map[string]any{"key": "user to User", "value": "3"},
		"synchronizationSchedule": map[string]any{"state": "active"},
		"appRole":                 map[string]any{"id": "User"},
		"filterOperand":           map[string]any{"values": nil},
		"synchronizationError":    map[string]any{"tenantActionable": 1.0},
		"modifiedProperty":        map[string]any{"DisplayName": "active"},
		"synchronizationQuarantine": map[string]any{
			"currentBegan": "2026-01-02 03:04:05",
		},
	} {
		y := newTypist()
		if y.check(kind, kind, value); len(y.wrong) != 1 {
			t.Errorf("%s: %v", kind, slices.Collect(maps.Keys(y.wrong)))
		}
	}
}
