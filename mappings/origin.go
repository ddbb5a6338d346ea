package mappings

import (
	"fmt"
)

// An Origin is the place in a file where a mapping is asked for; zero is none.
type Origin struct {
	File string
	Line int
}

func (o Origin) String() string { return fmt.Sprintf("%s, line %d", o.File, o.Line) }

// A RowError says where what cannot be done is asked for.
type RowError struct {
	Origin Origin
	Err    error
}

func (e *RowError) Error() string { return e.Origin.String() + ": " + e.Err.Error() }

func (e *RowError) Unwrap() error { return e.Err }

// at names the place with an error, when there is one.
func (o Origin) at(err error) error {
	if err == nil || o == (Origin{}) {
		return err
	}
	return &RowError{Origin: o, Err: err}
}
