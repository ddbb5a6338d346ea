package provisioning

import (
	"fmt"
	"strings"

	"github.com/scimctl/scimctl/graph"
)

// Fault is the first error that is more than a name that nobody has.
func Fault(errs []error) error {
	for _, err := range errs {
		if err != nil && !graph.IsNotFound(err) {
			return err
		}
	}
	return nil
}

// A MissingError says that several names belong to nobody. Nothing was changed.
type MissingError struct{ Missing []Failure }

func (e *MissingError) Error() string {
	parts := make([]string, len(e.Missing))
	for i, f := range e.Missing {
		parts[i] = f.Err.Error()
	}
	return strings.Join(parts, "; ")
}

// Unwrap returns what was said of each name.
func (e *MissingError) Unwrap() []error { return causes(e.Missing) }

// Missed is nil when everybody was found. What is said of the only one who was
// not stands alone.
func Missed(missing []Failure) error {
	switch len(missing) {
	case 0:
		return nil
	case 1:
		return missing[0].Err
	}
	return &MissingError{Missing: missing}
}

// A PartialError says that some of several changes failed. The others were
// made.
type PartialError struct {
	Failed []Failure
	Total  int
}

// A Failure is what went wrong for one of several.
type Failure struct {
	Name string
	Err  error
}

func (e *PartialError) Error() string {
	parts := []string{fmt.Sprintf("%d of %d failed", len(e.Failed), e.Total)}
	for _, f := range e.Failed {
		parts = append(parts, f.String())
	}
	return strings.Join(parts, "; ")
}

// String names who it is about, once.
func (f Failure) String() string {
	if text := f.Err.Error(); strings.HasPrefix(text, f.Name) {
		return text
	}
	return fmt.Sprintf("%s: %v", f.Name, f.Err)
}

// Unwrap returns the single failures.
func (e *PartialError) Unwrap() []error { return causes(e.Failed) }

func causes(failed []Failure) []error {
	errs := make([]error, len(failed))
	for i, f := range failed {
		errs[i] = f.Err
	}
	return errs
}
