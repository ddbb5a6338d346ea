package config

import (
	"fmt"
	"strings"
)

// Kind is a place that a value may come from.
type Kind string

// The places, weakest first.
const (
	Default  Kind = "default"
	File     Kind = "file"
	Variable Kind = "variable"
	Flag     Kind = "flag"
)

// An Origin is where the value of a setting comes from.
type Origin struct {
	Kind     Kind
	Setting  string // its name
	Variable string // when Kind is Variable
	File     string // when Kind is File, with Line and Key
	Line     int
	Key      string
}

// String is the origin as a user knows it: --app, SCIMCTL_APP,
// /home/ada/.config/scimctl/config.yaml:4: app.
func (o Origin) String() string {
	switch o.Kind {
	case Flag:
		return "--" + o.Setting
	case Variable:
		return o.Variable
	case File:
		return fmt.Sprintf("%s:%d: %s", o.File, o.Line, o.Key)
	case Default:
	}
	return "the default of " + o.Setting
}

// A ValueError is a value that a setting cannot take.
type ValueError struct {
	Origin Origin
	Reason string // never with a secret in it
}

// Error names the source, then what is wrong.
func (e *ValueError) Error() string { return e.Origin.String() + ": " + e.Reason }

// A FileError is a config file that cannot be understood.
type FileError struct {
	Path         string
	Line, Column int // from 1
	Reason       string
	Excerpt      string // the line up to the place, without any value
}

// Error shows the place, with a caret below it.
func (e *FileError) Error() string { return strings.Join(e.Lines(), "\n") }

// Lines are those of Error.
func (e *FileError) Lines() []string {
	lines := []string{fmt.Sprintf("%s:%d:%d: %s", e.Path, e.Line, e.Column, e.Reason)}
	if e.Excerpt == "" {
		return lines
	}
	return append(lines, fmt.Sprintf("%4d | %s", e.Line, e.Excerpt), fmt.Sprintf("%*s", e.Column+7, "^"))
}

// A ConflictError is two settings that cannot both hold.
type ConflictError struct{ One, Other Origin }

// Error names both sources.
func (e *ConflictError) Error() string {
	return fmt.Sprintf("%s and %s cannot both be set", e.One, e.Other)
}
