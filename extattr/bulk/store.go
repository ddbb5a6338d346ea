package bulk

import (
	"cmp"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/private"
	"github.com/scimctl/scimctl/graph/private/sealed"
)

// Runs are kept in a folder, one folder for each.
type Runs struct {
	Dir string

	disk func(*os.File) file // what logs are written through; nil is the file itself
}

// mostKept is how many finished runs are kept; those that are not finished all
// are.
const mostKept = 50

// Status tells how far a run is.
type Status string

// A run that is not finished is running, or was cut short.
const (
	Running    Status = "running" // on this machine; on the disk it is unfinished
	Unfinished Status = "unfinished"
	Finished   Status = "finished"
	Damaged    Status = "damaged" // cannot be read
)

// Kind is what a run does.
type Kind string

// The kinds of runs.
const (
	SetKind  Kind = "set"
	UndoKind Kind = "undo"
)

// A Run is what is kept of one.
type Run struct {
	APIVersion  string    `json:"apiVersion"`
	Document    string    `json:"kind"`
	ID          string    `json:"id"`
	Kind        Kind      `json:"what"`
	Of          string    `json:"of,omitempty"` // the run that an undo takes back
	App         string    `json:"app"`
	AppID       string    `json:"appId"`
	Attribute   string    `json:"attribute,omitempty"` // the base of the role
	Input       string    `json:"input"`               // a file's name, or the group or filter
	Fingerprint string    `json:"fingerprint"`
	Match       Match     `json:"match,omitempty"`
	Revoke      string    `json:"revoke,omitempty"`
	Named       []string  `json:"columnsNamed,omitempty"`
	Columns     []Column  `json:"columns"`
	Status      Status    `json:"status"`
	Started     time.Time `json:"started"`
	Ended       time.Time `json:"ended,omitzero"`
	Rows        int       `json:"rows"`
	Changed     int       `json:"changed"` // confirmed by Graph
	Unchanged   int       `json:"unchanged"`
	Failed      int       `json:"failed"`
	Undone      string    `json:"undone,omitempty"`  // by this run
	Problem     string    `json:"problem,omitempty"` // why it cannot be read

	PlanLines     int    `json:"-"` // lines that are in the plan, or more
	JournalLines  int    `json:"-"`
	InputChecksum string `json:"-"`
}

// runFile is a run as its file has it.
type runFile struct {
	Run
	APIVersion any `json:"apiVersion,omitempty"` // is written before all others
	Document   any `json:"kind,omitempty"`

	PlanLines     int    `json:"planLines"`
	JournalLines  int    `json:"journalLines"`
	InputChecksum string `json:"inputChecksum,omitempty"`
}

const runWithout = "scimctl/v1" // had no checksum

func runKind() sealed.Kind {
	return sealed.Kind{Version: "scimctl/v2", Name: "BulkRun", Before: []string{runWithout}}
}

const (
	headFile    = "run.json"
	inputFile   = "input"
	planFile    = "plan.jsonl"
	journalFile = "journal.jsonl"
	rejectsFile = "rejects"
	spool       = ".spool-"
)

// idTime is the beginning of an id.
const idTime = "20060102-150405"

// newID sorts by time and is short enough to be typed.
func newID(now time.Time) string {
	return now.UTC().Format(idTime) + "-" + strings.ToLower(rand.Text()[:4])
}

// Folder is where a run is kept.
func (r Runs) Folder(id string) string { return r.folder(id) }

func (r Runs) folder(id string) string { return filepath.Join(r.Dir, id) }

// List returns all runs, the newest first. One that cannot be read is there as
// damaged, with the problem.
func (r Runs) List() ([]Run, error) {
	entries, err := os.ReadDir(r.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return []Run{}, nil
	}
	runs := []Run{}
	for _, entry := range entries {
		if !entry.IsDir() || strings.HasPrefix(entry.Name(), ".") {
			continue
		}
		run, readErr := r.Get(entry.Name())
		if _, unknown := errors.AsType[*graph.NotFoundError](readErr); unknown {
			continue // killed while it was made
		}
		if readErr != nil {
			run = damaged(entry.Name(), readErr)
		}
		runs = append(runs, run)
	}
	slices.SortStableFunc(runs, func(a, b Run) int { return cmp.Or(b.Started.Compare(a.Started), strings.Compare(b.ID, a.ID)) })
	return runs, err
}

// damaged is what is known of a run that cannot be read.
func damaged(id string, err error) Run {
	run := Run{ID: id, Columns: []Column{}, Status: Damaged, Problem: err.Error()}
	if len(id) > len(idTime) {
		run.Started, _ = time.Parse(idTime, id[:len(idTime)]) // else it is the oldest
	}
	return run
}

// Get reads one run. One that does not exist is a *[graph.NotFoundError], and
// one that cannot be read a *[RunError].
func (r Runs) Get(id string) (Run, error) {
	run, err := r.read(id)
	if err != nil || run.Status != Unfinished {
		return run, err
	}
	if err := r.count(&run); err != nil {
		return run, err
	}
	if r.isRunning(run) {
		run.Status = Running
	}
	return run, nil
}

// count takes from the journal what an unfinished run has done: its head is
// written in the beginning and at the end.
func (r Runs) count(run *Run) error {
	written, refused := map[int]bool{}, map[int]bool{}
	err := readLog(r.journal(*run), func(c confirmation) error {
		for _, i := range c.Written {
			written[i] = true
			delete(refused, i)
		}
		for _, no := range c.Refused {
			refused[no.Row] = true
		}
		return nil
	})
	if err != nil {
		return r.unreadable(run.ID, err)
	}
	run.Changed, run.Failed = len(written), run.Failed+len(refused)
	return nil
}

// isRunning tells whether a process works on a run. The lock bears the name of
// the last run; only where that is this one it is tried, so that nobody who
// looks is in the way of a run that begins.
func (r Runs) isRunning(run Run) bool {
	path := r.lock(run.AppID)
	if note, err := private.ReadFile(path); err != nil || strings.TrimSpace(string(note)) != run.ID {
		return false
	}
	lock, err := private.TryLock(path)
	if err != nil {
		return errors.As(err, new(*private.HeldError))
	}
	_ = lock.Note("") // it was killed, which need not be found out again
	_ = lock.Release()
	return false
}

func (r Runs) lock(appID string) string { return filepath.Join(r.Dir, "lock-"+private.Name(appID)) }

// plan and journal are the logs of a run.
func (r Runs) plan(run Run) logFile {
	return logFile{filepath.Join(r.folder(run.ID), planFile), run.APIVersion == runWithout, run.PlanLines}
}

func (r Runs) journal(run Run) logFile {
	return logFile{filepath.Join(r.folder(run.ID), journalFile), run.APIVersion == runWithout, run.JournalLines}
}

func (r Runs) unreadable(id string, err error) error {
	if e, ok := errors.AsType[*RunError](err); ok {
		return e
	}
	return &RunError{Run: id, Reason: fmt.Sprintf("cannot be read: %v; it is kept in %s", err, r.folder(id)), Err: err}
}

// read reads the head of a run as it is on the disk.
func (r Runs) read(id string) (Run, error) {
	if id == "" || strings.ContainsAny(id, `/\.`) {
		return Run{}, &graph.NotFoundError{Kind: "run", Name: id}
	}
	var file runFile
	version, found, err := runKind().Read(filepath.Join(r.folder(id), headFile), &file)
	if err != nil {
		return Run{}, r.unreadable(id, err)
	}
	if !found {
		return Run{}, &graph.NotFoundError{Kind: "run", Name: id}
	}
	run := file.Run
	run.APIVersion, run.Document = version, runKind().Name
	run.PlanLines, run.JournalLines, run.InputChecksum = file.PlanLines, file.JournalLines, file.InputChecksum
	return run, nil
}

func (r Runs) save(run Run) error {
	if run.APIVersion == runWithout {
		if err := r.seal(&run); err != nil {
			return &JournalError{Err: err}
		}
	}
	return saveIn(r.folder(run.ID), run)
}

// seal gives the logs of a run of an earlier release their checksums, before the
// run's own file demands them.
func (r Runs) seal(run *Run) (err error) {
	if run.PlanLines, err = r.plan(*run).seal(); err == nil {
		run.JournalLines, err = r.journal(*run).seal()
	}
	return err
}

func saveIn(folder string, run Run) error {
	file := runFile{Run: run, PlanLines: run.PlanLines, JournalLines: run.JournalLines, InputChecksum: run.InputChecksum}
	if err := runKind().Write(filepath.Join(folder, headFile), file); err != nil {
		return &JournalError{Err: err}
	}
	return nil
}

// unfinished finds the newest run of the same work that was not finished.
func (r Runs) unfinished(fingerprint string) (Run, bool, error) {
	runs, err := r.List()
	for _, run := range runs {
		if run.Fingerprint == fingerprint && (run.Status == Unfinished || run.Status == Running) {
			return run, true, nil
		}
	}
	return Run{}, false, err
}

// prune forgets the oldest of the finished runs, and what dead runs left.
func (r Runs) prune(now time.Time) {
	runs, err := r.List()
	if err != nil {
		return // what cannot be read is better kept
	}
	finished := 0
	for _, run := range runs {
		if run.Status != Finished {
			continue
		}
		if finished++; finished > mostKept {
			_ = os.RemoveAll(r.folder(run.ID)) // the next run tries again
		}
	}
	spools, _ := filepath.Glob(filepath.Join(r.Dir, spool+"*")) // the pattern is well formed
	for _, path := range spools {
		if info, err := os.Stat(path); err == nil && now.Sub(info.ModTime()) > 24*time.Hour {
			_ = os.RemoveAll(path)
		}
	}
}
