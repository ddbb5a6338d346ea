package blueprint

import (
	"fmt"
	"strings"
)

// A Place is where something stands in a file.
type Place struct {
	File         string
	Line, Column int // from 1; 0 when not known
}

// String is the place as editors and CI logs know it.
func (p Place) String() string {
	switch {
	case p.Line == 0:
		return p.File
	case p.Column == 0:
		return fmt.Sprintf("%s:%d", p.File, p.Line)
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
}

// places are where the members of a document stand, by their paths.
type places map[string]Place

func pathKey(path []string) string { return strings.Join(path, "\x00") }

// Place is where a member stands: Place("users", "mappings", "userName"), and
// for the second assigned user Place("assignments", "users", "1"). One that is
// not there is where the nearest member around it is.
func (b Blueprint) Place(path ...string) Place {
	for {
		if place, ok := b.places[pathKey(path)]; ok || len(path) == 0 {
			return place
		}
		path = path[:len(path)-1]
	}
}

// A Fault is one thing that is wrong in a file.
type Fault struct {
	Place
	Reason  string // never with a secret in it
	Excerpt string // what stands there, without its value
}

// String shows the place, with a caret below it.
func (f Fault) String() string { return strings.Join(f.lines(), "\n") }

func (f Fault) lines() []string {
	lines := []string{f.Place.String() + ": " + f.Reason}
	if f.Excerpt != "" {
		indent := strings.Repeat(" ", len(f.Excerpt)-len(strings.TrimLeft(f.Excerpt, " ")))
		lines = append(lines, "  "+f.Excerpt, "  "+indent+"^")
	}
	return lines
}

// An InvalidError is files that cannot be understood, with all that is wrong.
type InvalidError struct{ Faults []Fault }

// mostShown is as many faults as a person mends before looking again.
const mostShown = 10

func (e *InvalidError) Error() string { return strings.Join(e.Lines(), "\n") }

// Lines are those of Error.
func (e *InvalidError) Lines() []string {
	lines := []string{}
	for _, f := range e.Faults[:min(mostShown, len(e.Faults))] {
		lines = append(lines, f.lines()...)
	}
	if more := len(e.Faults) - mostShown; more > 0 {
		lines = append(lines, fmt.Sprintf("and %d more", more))
	}
	return lines
}
