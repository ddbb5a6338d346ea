package history

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/graph/failure"
	"github.com/scimctl/scimctl/graph/private"
	"github.com/scimctl/scimctl/graph/private/sealed"
	"github.com/scimctl/scimctl/graph/remedy"
	"github.com/scimctl/scimctl/mappings/internal/tree"
)

// Latest names the newest copy of a job's schema.
const Latest = "latest"

// Read returns a copy and its schema, byte for byte. An id that does not exist
// is a *[graph.NotFoundError], a file that is not whole a *[sealed.DamagedError].
func (h History) Read(id string) (Copy, []byte, error) {
	c, text, err := h.open(id)
	if err != nil {
		return Copy{}, nil, err
	}
	document, err := tree.ParseDocument(text)
	if err != nil {
		return Copy{}, nil, &sealed.DamagedError{Path: c.Path, Kind: copyKind().Name, Reason: err.Error()}
	}
	return c, document.Get("schema").Bytes(), nil
}

// open reads the file of a copy and verifies its checksum.
func (h History) open(id string) (Copy, []byte, error) {
	if id != filepath.Base(id) {
		return Copy{}, nil, &graph.NotFoundError{Kind: "schema copy", Name: id}
	}
	path := filepath.Join(h.Dir, id+copyExtension)
	text, err := private.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Copy{}, nil, &graph.NotFoundError{Kind: "schema copy", Name: id}
	}
	if err != nil {
		return Copy{}, nil, err
	}
	if _, err := copyKind().Open(path, text, nil); err != nil {
		return Copy{}, nil, err
	}
	c, err := parseHead(id, path, text)
	return c, text, err
}

// addRequestID adds what was noted of the write that followed.
func (c *Copy) addRequestID() error {
	var w schemaWrite
	_, found, err := writeKind().Read(c.writePath(), &w)
	if found {
		c.RequestID = w.RequestID
	}
	return err
}

// ReadFor does the same for the copy of an id, of the beginning of an id, or
// for [Latest], which is the newest of the job. A beginning stands for the one
// copy of the job that has it; where the job has none, for one of another job.
// The errors are those of [History.Read], a *[graph.AmbiguousError] and a
// failure that is not found.
func (h History) ReadFor(app applications.App, job, id string) (Copy, []byte, error) {
	if id == filepath.Base(id) && h.exists(id) {
		return h.Read(id)
	}
	list, damaged, err := h.heads()
	if err != nil {
		return Copy{}, nil, err
	}
	if id == Latest {
		return h.latest(app, job, list, damaged)
	}
	matches := slices.DeleteFunc(list, func(c Copy) bool { return id == "" || !strings.HasPrefix(c.ID, id) })
	own := slices.DeleteFunc(slices.Clone(matches), func(c Copy) bool { return !c.Of(app, job) })
	if len(own) > 0 {
		matches = own
	}
	if len(matches) == 1 {
		return h.Read(matches[0].ID)
	}
	if len(matches) == 0 {
		return Copy{}, nil, cmp.Or[error](startingWith(damaged, id), &graph.NotFoundError{Kind: "schema copy", Name: id})
	}
	several := &graph.AmbiguousError{Kind: "schema copy", Name: id}
	for _, c := range matches {
		several.Matches = append(several.Matches, graph.Match{Name: c.App, ID: c.ID, Detail: c.Reason})
	}
	return Copy{}, nil, several
}

func (h History) exists(id string) bool {
	_, err := os.Lstat(filepath.Join(h.Dir, id+copyExtension))
	return err == nil
}

// startingWith is the first damaged file whose id begins so, or nil.
func startingWith(damaged []error, id string) error {
	for _, err := range damaged {
		if e, ok := errors.AsType[*sealed.DamagedError](err); ok && id != "" && strings.HasPrefix(filepath.Base(e.Path), id) {
			return err
		}
	}
	return nil
}

// latest reads the newest copy of a job. A damaged file that may be a newer one
// is an error: what is older must not pass for the latest.
func (h History) latest(app applications.App, job string, list []Copy, damaged []error) (Copy, []byte, error) {
	i := slices.IndexFunc(list, func(c Copy) bool { return c.Of(app, job) })
	if i < 0 {
		return Copy{}, nil, cmp.Or[error](errors.Join(damaged...), failure.New(failure.NotFound, "no copy of a schema of %s is kept", app.Name).
			Try(remedy.Run("list those of other applications", "mapping history").Switch("all")))
	}
	for _, err := range damaged {
		e, ok := errors.AsType[*sealed.DamagedError](err)
		if !ok || second(filepath.Base(e.Path)) >= second(list[i].ID) {
			return Copy{}, nil, err
		}
	}
	return h.Read(list[i].ID)
}

// second is the part of an id that tells which of two copies is newer.
func second(id string) string { return id[:min(len(id), len(idSecond))] }

// A Past lists the copies that [History] keeps.
type Past struct {
	History History
	App     string // name or appId of the application; "" is all
	Job     string // "" is all
}

// Do returns the copies, newest first, and what is wrong with the files that are
// damaged.
func (p Past) Do() (list []Copy, damaged []error, err error) {
	list, damaged, err = p.History.List()
	list = slices.DeleteFunc(list, func(c Copy) bool {
		return p.App != "" && c.App != p.App && !strings.EqualFold(c.AppID, p.App) || p.Job != "" && c.Job != p.Job
	})
	for i := range list {
		if err := list[i].addRequestID(); err != nil {
			damaged = append(damaged, err)
		}
	}
	return list, damaged, err
}
