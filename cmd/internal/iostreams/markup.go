package iostreams

import (
	"fmt"
	"io"
	"reflect"

	"github.com/scimctl/scimctl/graph/safetext"
)

// Markup is text of ours that may have several lines and colors. Text from
// outside that is part of it has been made safe: only [Sprintf], [Lines] and
// [Style] make Markup, and a conversion is for what they made.
type Markup string

// Sprintf is [fmt.Sprintf], but that no argument can begin a line or hide
// anything: each is shown as [safetext.Line] has it. An argument that is Markup
// stays as it is.
func Sprintf(format string, args ...any) Markup {
	if false {
		_ = fmt.Sprintf(format, args...) // lets go vet check the calls
	}
	return Markup(fmt.Sprintf(format, safe(args)...))
}

// Fprintf writes what [Sprintf] returns.
func Fprintf(w io.Writer, format string, args ...any) (int, error) {
	return io.WriteString(w, string(Sprintf(format, args...)))
}

// Fprintln writes its arguments as [Sprintf] shows them, and ends the line.
func Fprintln(w io.Writer, args ...any) (int, error) { return fmt.Fprintln(w, safe(args)...) }

// Lines is text from outside that is to be shown on as many lines as it has.
func Lines(text string) Markup { return Markup(safetext.Block(text)) }

func safe(args []any) []any {
	shown := make([]any, len(args))
	for i, arg := range args {
		shown[i] = arg
		if !isHarmless(arg) {
			shown[i] = argument{arg}
		}
	}
	return shown
}

// isHarmless reports whether a value is shown without any text from outside.
func isHarmless(arg any) bool {
	switch arg.(type) {
	case nil, Markup:
		return true
	case error, fmt.Stringer, fmt.Formatter:
		return false
	}
	kind := reflect.TypeOf(arg).Kind()
	return kind >= reflect.Bool && kind <= reflect.Complex128
}

// An argument is formatted as the value in it, and then made safe.
type argument struct{ value any }

// Format is for the fmt package.
func (a argument) Format(f fmt.State, verb rune) {
	_, _ = io.WriteString(f, safetext.Line(fmt.Sprintf(fmt.FormatString(f, verb), a.value))) // f takes everything
}
