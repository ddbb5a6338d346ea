package bulk

import (
	"fmt"

	"github.com/scimctl/scimctl/graph/bounds"
)

// A RowsFailedError says that some rows of a run were not carried out; the
// others were.
type RowsFailedError struct {
	Run     string // "" when none was begun
	Failed  int
	Rows    int
	Rejects string // the file that has them; "" when there is none
	DryRun  bool   // nothing was to be carried out
}

func (e *RowsFailedError) Error() string {
	what := "failed"
	if e.DryRun {
		what = "cannot be carried out"
	}
	if e.Rows == 1 {
		return "the only row " + what
	}
	return fmt.Sprintf("%d of %d rows %s", e.Failed, e.Rows, what)
}

// A RejectsError says that the rows that fail cannot be written where they are
// to go. It comes before anything is done, unless a disk has become full since.
type RejectsError struct {
	Path string
	Err  error
}

func (e *RejectsError) Error() string {
	return fmt.Sprintf("the rows that fail cannot be written to %s: %v", e.Path, e.Err)
}

// Unwrap gives what the system said.
func (e *RejectsError) Unwrap() error { return e.Err }

// A BusyError says that another run works on the same application.
type BusyError struct {
	App string
	Run string // its id; "" when it has none yet
}

func (e *BusyError) Error() string {
	if e.Run == "" {
		return "another run is working on " + e.App
	}
	return fmt.Sprintf("run %s is working on %s", e.Run, e.App)
}

// A CutShortError is a run that ended before all was done. What Graph confirmed
// is on the disk.
type CutShortError struct {
	Run         string
	Done, Total int // changes
	Err         error
}

func (e *CutShortError) Error() string {
	return fmt.Sprintf("run %s is not finished, %d of %d changes are done: %v", e.Run, e.Done, e.Total, e.Err)
}

// Unwrap gives what ended it.
func (e *CutShortError) Unwrap() error { return e.Err }

// A JournalError says that what was done cannot be written down any more, as
// when the disk is full. The run stops rather than forget.
type JournalError struct{ Err error }

func (e *JournalError) Error() string { return "the journal cannot be written: " + e.Err.Error() }

// Unwrap gives what the system said.
func (e *JournalError) Unwrap() error { return e.Err }

// A DiffersError says that users do not have the roles that they should have.
type DiffersError struct {
	Differences int
	Problems    int // those of them that are rows which cannot be compared
}

func (e *DiffersError) Error() string {
	if e.Differences == 1 {
		return "1 difference"
	}
	return fmt.Sprintf("%d differences", e.Differences)
}

// A RunError says that something cannot be done with a run.
type RunError struct {
	Run, Reason string
	Err         error // why it cannot be read, if that is the reason
}

func (e *RunError) Error() string { return "run " + e.Run + " " + e.Reason }

// Unwrap gives why a run cannot be read.
func (e *RunError) Unwrap() error { return e.Err }

// A ColumnError says that the columns of an input cannot be told apart.
type ColumnError struct {
	Name   string // the input's
	Reason string
	Have   []string // the columns that there are
}

func (e *ColumnError) Error() string {
	return fmt.Sprintf("%s: %s; its columns are %s", e.Name, e.Reason, bounds.Names(e.Have))
}
