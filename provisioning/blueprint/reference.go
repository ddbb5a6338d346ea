package blueprint

import (
	"strings"
)

// A Reference says where a value is read from when the file is applied. The
// zero Reference is none.
type Reference struct {
	From ReferenceKind
	At   string // name of a variable, path, command line, or the value itself
}

// A ReferenceKind is a place that a value may be read from.
type ReferenceKind string

// The places. A literal is the value itself, which only a URL may be.
const (
	FromEnv     ReferenceKind = "env"
	FromFile    ReferenceKind = "file"
	FromCommand ReferenceKind = "command"
	Literal     ReferenceKind = "literal"
)

// referenceTo reads env:NAME, file:PATH and command:LINE. Anything else is a
// literal.
func referenceTo(text string) Reference {
	from, at, found := strings.Cut(text, ":")
	switch kind := ReferenceKind(from); kind {
	case FromEnv, FromFile, FromCommand:
		if found {
			return Reference{From: kind, At: strings.TrimSpace(at)}
		}
	case Literal:
	}
	return Reference{From: Literal, At: text}
}

// String is the reference as a file has it.
func (r Reference) String() string {
	switch r.From {
	case "":
		return ""
	case FromEnv, FromFile, FromCommand:
		return string(r.From) + ":" + r.At
	case Literal:
	}
	return r.At
}
