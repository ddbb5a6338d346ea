package resume

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/scimctl/scimctl/graph/private"
	"github.com/scimctl/scimctl/graph/private/sealed"
	"github.com/scimctl/scimctl/graph/synchronization"
)

// A Note says that a command has stopped a job, and must start it again. It is
// on the disk before the job is stopped.
type Note struct {
	Endpoint           string    `json:"endpoint"`
	Tenant             string    `json:"tenant"` // id; "" when the token does not tell
	ServicePrincipalID string    `json:"servicePrincipalId"`
	App                string    `json:"app"`
	JobID              string    `json:"jobId"`
	JobName            string    `json:"jobName,omitempty"` // as the command was given it; "" for the only one
	Command            string    `json:"command"`           // such as "mapping add"
	Stopped            time.Time `json:"stopped"`
	LastCycle          time.Time `json:"lastCycle,omitzero"` // begin of the last cycle at that time
}

// Ref is the job that was stopped.
func (n Note) Ref() synchronization.JobRef {
	return synchronization.JobRef{ServicePrincipalID: n.ServicePrincipalID, JobID: n.JobID}
}

// ranSince reports whether a cycle has begun since the command stopped the job.
// Somebody has started it then: if it is stopped now, somebody else stopped it.
func (n Note) ranSince(job synchronization.Job) bool {
	last := job.Status.LastExecution
	return last != nil && last.TimeBegan.After(n.Stopped) && last.TimeBegan.After(n.LastCycle)
}

// Notes are kept in a folder, one file for each job that is stopped. Without a
// folder nothing is noted: a job that a killed command left stopped stays so.
type Notes struct{ Dir string }

func (n Notes) folder() sealed.Folder[Note] {
	return sealed.Folder[Note]{Dir: n.Dir, Kind: sealed.Kind{Version: "scimctl/v1", Name: "StoppedJob"}}
}

func key(job synchronization.JobRef) string { return job.ServicePrincipalID + "\n" + job.JobID }

// Find returns the note of a job. It asks nobody.
func (n Notes) Find(job synchronization.JobRef) (note Note, found bool, err error) {
	if n.Dir == "" {
		return Note{}, false, nil
	}
	note, err = n.folder().Recall(key(job))
	return note, note.JobID != "", err
}

func (n Notes) keep(job synchronization.JobRef, note Note) error {
	if n.Dir == "" {
		return nil
	}
	return n.folder().Keep(key(job), note)
}

// forget removes the note of a job, if there is one.
func (n Notes) forget(job synchronization.JobRef) error {
	if n.Dir == "" {
		return nil
	}
	return n.folder().Forget(key(job))
}

// lock keeps other commands from stopping and starting the job, until unlock is
// called.
func (n Notes) lock(job synchronization.JobRef) (unlock func(), err error) {
	if n.Dir == "" {
		return func() {}, nil
	}
	if err := private.StateFolder(n.Dir); err != nil {
		return nil, fmt.Errorf("write the note of the stopped job: %w", err)
	}
	lock, err := private.TryLock(lockOf(n.folder().Path(key(job))))
	if err != nil {
		return nil, err
	}
	return func() { _ = lock.Release() }, nil // its content says nothing
}

func lockOf(path string) string { return strings.TrimSuffix(path, noteEnd) + ".lock" }

const noteEnd = ".json"

// Interrupted returns the notes of commands that ended before they started the
// job again, and what is wrong with the others. It asks nobody.
func (n Notes) Interrupted() (notes []Note, damaged []error) {
	if n.Dir == "" {
		return nil, nil
	}
	entries, err := os.ReadDir(n.Dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, []error{err}
	}
	for _, entry := range entries {
		path := filepath.Join(n.Dir, entry.Name())
		if !strings.HasSuffix(path, noteEnd) || isHeld(path) {
			continue
		}
		var note Note
		_, found, err := n.folder().Kind.Read(path, &note)
		if err != nil {
			damaged = append(damaged, err)
		} else if found {
			notes = append(notes, note)
		}
	}
	return notes, damaged
}

// isHeld reports whether the command that wrote a note is still running.
func isHeld(path string) bool {
	lock, err := private.TryLock(lockOf(path))
	if err == nil {
		_ = lock.Release() // nothing was written
	}
	_, held := errors.AsType[*private.HeldError](err)
	return held
}

// Observe removes the note of a job that was found active, or that has run since
// it was stopped: whoever stops it from then on wants it stopped. A nil job is
// one that this command has started, stopped or deleted on purpose.
func (n Notes) Observe(ref synchronization.JobRef, job *synchronization.Job) {
	note, found, err := n.Find(ref)
	if !found && err == nil || job != nil && !job.Running() && (err != nil || !note.ranSince(*job)) {
		return
	}
	unlock, err := n.lock(ref)
	if err != nil {
		return // a command is at work between its stop and its start
	}
	defer unlock()
	_ = n.forget(ref) // a note that stays is looked at again by the next command
}
