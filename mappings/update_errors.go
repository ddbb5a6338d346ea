package mappings

import (
	"fmt"

	"github.com/scimctl/scimctl/mappings/diff"
	"github.com/scimctl/scimctl/mappings/schema"
)

// A NotKeptError says that Graph accepted a schema and did not save it as it
// was sent, or that somebody else has changed it since.
type NotKeptError struct {
	Lost   []diff.Change // Old is what was sent, New what was saved
	CopyID string        // of the schema as it was before the write
	Err    error         // what the service answered, or why the schema cannot be read back; nil when it accepted all
}

func (e *NotKeptError) Error() string {
	if len(e.Lost) == 0 {
		return "the schema was sent, but cannot be verified: " + e.Err.Error()
	}
	text := "the service did not save the schema as it was sent"
	if e.Err != nil {
		text = e.Err.Error() + "; only a part of the schema was saved"
	}
	for _, c := range e.Lost[:min(len(e.Lost), schema.MostNamed)] {
		text += "; " + c.String()
	}
	if more := len(e.Lost) - schema.MostNamed; more > 0 {
		text += fmt.Sprintf("; and %d more", more)
	}
	return text
}

func (e *NotKeptError) Unwrap() error { return e.Err }
