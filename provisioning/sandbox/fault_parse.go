package sandbox

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A FaultError is a text that describes no fault.
type FaultError struct {
	Text   string
	Reason string
}

func (e *FaultError) Error() string { return fmt.Sprintf("%q is no fault: %s", e.Text, e.Reason) }

// ParseFault reads a fault as it is written on a command line: its kind, and
// what more there is to say after colons, such as throttled:every=3 or
// reset-after:method=POST:path=/jobs:first=1. The error is a *[FaultError].
func ParseFault(text string) (Fault, error) {
	kind, rest, more := strings.Cut(text, ":")
	f := Fault{Kind: FaultKind(kind)}
	if !slices.Contains(FaultKinds(), f.Kind) {
		return f, &FaultError{Text: text, Reason: "a kind is " + either(FaultKinds())}
	}
	for more {
		var setting string
		setting, rest, more = strings.Cut(rest, ":")
		if reason := f.set(setting); reason != "" {
			return f, &FaultError{Text: text, Reason: reason}
		}
	}
	return f, nil
}

// either lists words as people do.
func either[T ~string](words []T) string {
	var b strings.Builder
	for i, word := range words {
		switch {
		case i == 0:
		case i == len(words)-1:
			b.WriteString(" or ")
		default:
			b.WriteString(", ")
		}
		b.WriteString(string(word))
	}
	return b.String()
}

// set takes one setting, and gives the reason when it cannot.
func (f *Fault) set(text string) (reason string) {
	name, value, _ := strings.Cut(text, "=")
	all := f.settings()
	names := make([]string, len(all))
	for i, s := range all {
		if s.name == name {
			if s.take(value) {
				return ""
			}
			return name + " is " + s.what
		}
		names[i] = s.name
	}
	return "after " + string(f.Kind) + " comes " + either(names)
}

// A setting is what more can be said of a fault.
type setting struct {
	name string
	what string // it is
	take func(value string) bool
}

// settings are those that a kind has.
func (f *Fault) settings() []setting {
	number := func(name string, n *int) setting {
		return setting{name, "a number from 1", func(value string) bool {
			var err error
			*n, err = strconv.Atoi(value)
			return err == nil && *n >= 1
		}}
	}
	duration := func(name string, d *time.Duration) setting {
		return setting{name, "a duration such as 5s", func(value string) bool {
			var err error
			*d, err = time.ParseDuration(value)
			return err == nil && *d > 0
		}}
	}
	all := []setting{
		{"method", "GET, POST, PUT, PATCH or DELETE", f.takeMethod},
		{"path", "the end of a path, such as /start", f.takePath},
	}
	if f.Kind == Quota { // which counts by itself
		return append(all, number("units", &f.Units), number("writes", &f.Writes))
	}
	all = append(all, number("skip", &f.Skip), number("first", &f.First), number("every", &f.Every))
	switch f.Kind {
	case Throttled, Unavailable:
		after := duration("", &f.RetryAfter).take
		all = append(all, setting{"retry-after", "a duration such as 5s, or none", func(value string) bool {
			if value == "none" {
				f.RetryAfter = -1
				return true
			}
			return after(value)
		}})
	case Slow:
		all = append(all, duration("delay", &f.Delay))
	default: // the others have nothing more
	}
	return all
}

func (f *Fault) takeMethod(value string) bool {
	f.Method = strings.ToUpper(value)
	return slices.Contains([]string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete}, f.Method)
}

func (f *Fault) takePath(value string) bool {
	f.Path = strings.TrimSuffix(value, "/")
	return strings.HasPrefix(f.Path, "/")
}
