package mappings

import (
	"cmp"
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/private"
)

// Latest names the newest copy of a job's schema.
const Latest = "latest"

// Read returns a copy and its schema, byte for byte. An id that is not there
// is a *[graph.NotFoundError].
func (h History) Read(id string) (Copy, []byte, error) {
	if id != filepath.Base(id) {
		return Copy{}, nil, &graph.NotFoundError{Kind: "schema copy", Name: id}
	}
	c, err := h.head(id)
	if errors.Is(err, fs.ErrNotExist) {
		return c, nil, &graph.NotFoundError{Kind: "schema copy", Name: id}
	}
	if err != nil {
		return c, nil, err
	}
	text, err := private.ReadFile(c.Path)
	if err != nil {
		return c, nil, err
	}
	document, err := parseDocument(text)
	if err != nil {
		return c, nil, &DamagedCopyError{Path: c.Path, Err: err}
	}
	return c, document.get("schema").bytes(), nil
}

// ReadFor does the same for the copy of an id, of the beginning of an id, or
// for [Latest], which is the newest of the job. A beginning stands for the one
// copy of the job that has it; where the job has none, for one of another job.
// The errors are those of [History.Read], a *[graph.AmbiguousError] and a
// *[NoCopyError].
func (h History) ReadFor(app graph.App, job, id string) (Copy, []byte, error) {
	if id == filepath.Base(id) {
		if _, err := h.head(id); err == nil {
			return h.Read(id)
		}
	}
	list, damaged := h.List()
	matches := slices.DeleteFunc(list, func(c Copy) bool { return id == "" || id != Latest && !strings.HasPrefix(c.ID, id) })
	own := slices.DeleteFunc(slices.Clone(matches), func(c Copy) bool { return !c.of(app, job) })
	if len(own) > 0 || id == Latest {
		matches = own
	}
	switch {
	case id == Latest && len(matches) == 0:
		return Copy{}, nil, cmp.Or[error](damaged, &NoCopyError{App: app.Name})
	case id == Latest || len(matches) == 1:
		return h.Read(matches[0].ID)
	case len(matches) == 0:
		return h.Read(id)
	}
	several := &graph.AmbiguousError{Kind: "schema copy", Name: id}
	for _, c := range matches {
		several.Matches = append(several.Matches, graph.Match{Name: c.App, ID: c.ID, Detail: c.Reason})
	}
	return Copy{}, nil, several
}

// A Past lists the copies that [History] keeps.
type Past struct {
	History History
	App     string // name or appId of the application; "" is all
	Job     string // "" is all
}

// Do returns the copies, newest first. Damaged ones are told in the error,
// beside the others.
func (p Past) Do() ([]Copy, error) {
	list, err := p.History.List()
	return slices.DeleteFunc(list, func(c Copy) bool {
		return p.App != "" && c.App != p.App && !strings.EqualFold(c.AppID, p.App) || p.Job != "" && c.Job != p.Job
	}), err
}
