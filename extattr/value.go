package extattr

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// The most that a value may hold, by
// https://learn.microsoft.com/en-us/graph/api/resources/extensionproperty.
const (
	maxCharacters = 256
	maxBytes      = 256
)

// A ValueError says why an attribute cannot have a value. The value itself is
// not in it.
type ValueError struct{ Name, Reason string }

func (e *ValueError) Error() string { return fmt.Sprintf("value for %s: %s", e.Name, e.Reason) }

// A ValueChange is what became of one value. Old and New are empty where there
// is none. Changed is false when the value was there already.
type ValueChange struct {
	Name     string `json:"name"` // short; full for a property of another application
	FullName string `json:"fullName"`
	Old      string `json:"old,omitempty"`
	New      string `json:"new,omitempty"`
	Changed  bool   `json:"changed"`
}

// convert turns texts into the JSON value of a property.
func convert(e Extension, texts []string) (any, error) {
	switch {
	case len(texts) == 0:
		return nil, &ValueError{Name: e.Name, Reason: "none was given"}
	case !e.MultiValued && len(texts) > 1:
		return nil, &ValueError{Name: e.Name, Reason: "several were given, and it holds one"}
	}
	values := make([]any, len(texts))
	for i, text := range texts {
		v, reason := convertOne(e.DataType, text)
		if reason != "" {
			return nil, &ValueError{Name: e.Name, Reason: reason}
		}
		values[i] = v
	}
	if e.MultiValued {
		return values, nil
	}
	return values[0], nil
}

func convertOne(dataType, text string) (value any, reason string) {
	switch dataType {
	case "Boolean":
		if b := strings.ToLower(text); b == "true" || b == "false" {
			return b == "true", ""
		}
		return nil, "it is a Boolean, true or false"
	case "Integer":
		if n, err := strconv.ParseInt(text, 10, 32); err == nil {
			return n, ""
		}
		return nil, "it is an Integer, a whole number of 32 bits"
	case "LargeInteger":
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return n, ""
		}
		return nil, "it is a LargeInteger, a whole number of 64 bits"
	case "DateTime":
		if t, ok := parseTime(text); ok {
			return t.UTC(), ""
		}
		return nil, "it is a DateTime, like 2026-03-31 or 2026-03-31T12:00:00Z"
	case "Binary":
		if b, err := base64.StdEncoding.DecodeString(text); err == nil && len(b) <= maxBytes {
			return text, ""
		}
		return nil, fmt.Sprintf("it is Binary, at most %d bytes in base64", maxBytes)
	default:
		return text, checkText(text)
	}
}

func checkText(text string) (reason string) {
	switch n := utf8.RuneCountInString(text); {
	case n == 0:
		return "it is empty; clearing takes a value away"
	case n > maxCharacters:
		return fmt.Sprintf("it has %d characters, and %d is the most", n, maxCharacters)
	case !utf8.ValidString(text):
		return "it is not UTF-8"
	}
	return ""
}

func parseTime(text string) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339Nano, time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// same compares a value as Graph gave it with one to be written. The text
// "2026-03-31" is not the text "2026-03-31T00:00:00Z", though the moments are
// one, and the list of a and b is not the list of "a, b".
func same(have, want any) bool {
	switch want := want.(type) {
	case time.Time:
		t, ok := parseTime(text(have))
		return ok && t.Equal(want)
	case []any:
		have, _ := have.([]any)
		return slices.Equal(texts(have), texts(want))
	}
	return text(have) == text(want)
}

// text shows a value as people write it; "" when there is none.
func text(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case json.Number:
		return v.String()
	case time.Time:
		return v.Format(time.RFC3339Nano)
	case []any:
		return strings.Join(texts(v), ", ")
	}
	return fmt.Sprint(v)
}

// texts shows the values of a list, sorted: Graph keeps no order.
func texts(list []any) []string {
	shown := make([]string, len(list))
	for i := range list {
		shown[i] = text(list[i])
	}
	slices.Sort(shown)
	return shown
}
