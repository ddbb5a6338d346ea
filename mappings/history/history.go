// Package history keeps copies of schemas on this machine.
package history

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/graph/private"
	"github.com/scimctl/scimctl/mappings/schema"
)

// A History is a folder with copies of schemas, each as it was before scimctl
// changed it. Schemas hold no secrets; the files are the owner's alone
// nevertheless.
type History struct{ Dir string }

// A Copy is a kept schema.
type Copy struct {
	ID        string    `json:"id"`
	Time      time.Time `json:"time"` // when it was kept, UTC
	App       string    `json:"app"`  // the application's name
	Job       string    `json:"job"`
	Reason    string    `json:"reason"`              // what was about to change it, such as "mapping add"
	RequestID string    `json:"requestId,omitempty"` // of the write that followed, once Graph has answered it
	AppID     string    `json:"-"`
	Path      string    `json:"-"`
	Unsealed  bool      `json:"-"` // kept by an earlier release, without a checksum
}

// Of says whether the copy is of an application's job.
func (c Copy) Of(app applications.App, job string) bool { return c.AppID == app.AppID && c.Job == job }

// Keep writes a copy. When it returns without an error, the copy is on the disk.
func (h History) Keep(app applications.App, job, reason string, document []byte) (Copy, error) {
	if h.Dir == "" {
		return Copy{}, &schema.RefusedError{Action: "change the schema", Reason: "there is no folder for the copy that is kept first"}
	}
	if err := private.StateFolder(h.Dir); err != nil {
		return Copy{}, fmt.Errorf("keep a copy of the schema: %w", err)
	}
	now := time.Now().UTC()
	c := Copy{Time: now, App: app.Name, AppID: app.AppID, Job: job, Reason: reason}
	c.ID, c.Path = h.free(copyID(now, job))
	if err := c.write(document); err != nil {
		return Copy{}, fmt.Errorf("keep a copy of the schema: %w", err)
	}
	h.prune(c)
	return c, nil
}

// Written notes the request-id that Graph gave the write which followed a copy,
// in a file of its own beside the copy.
func (h History) Written(c Copy, requestID string) error {
	if requestID == "" {
		return nil
	}
	if err := writeKind().Write(c.writePath(), schemaWrite{RequestID: requestID}); err != nil {
		return fmt.Errorf("note the request-id with the copy of the schema: %w", err)
	}
	return nil
}

// List returns the copies, newest first, and what is wrong with the files that
// are damaged: each is a *[sealed.DamagedError].
func (h History) List() (list []Copy, damaged []error, err error) {
	return h.each(func(id string) (Copy, error) {
		c, _, err := h.open(id)
		return c, err
	})
}

// heads does the same, and reads only the beginning of each file.
func (h History) heads() (list []Copy, damaged []error, err error) { return h.each(h.head) }

func (h History) each(read func(id string) (Copy, error)) (list []Copy, damaged []error, err error) {
	ids, err := h.ids()
	list = []Copy{}
	for _, id := range ids {
		c, err := read(id)
		if err != nil {
			damaged = append(damaged, err)
		}
		if c.ID != "" {
			list = append(list, c)
		}
	}
	slices.SortStableFunc(list, func(a, b Copy) int {
		if d := b.Time.Compare(a.Time); d != 0 {
			return d
		}
		return strings.Compare(b.ID, a.ID)
	})
	return list, damaged, err
}

// ids are those of the copies in the folder.
func (h History) ids() (ids []string, err error) {
	entries, err := os.ReadDir(h.Dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("list the copies of schemas: %w", err)
	}
	for _, e := range entries {
		if id, ok := strings.CutSuffix(e.Name(), copyExtension); ok {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// The copies of a job that are kept: the newest, and all of the last days.
const (
	mostCopies = 100
	keptFor    = 90 * 24 * time.Hour
)

// prune deletes what is neither among the newest copies of a job nor young,
// after another one was kept. Damaged files stay.
func (h History) prune(newest Copy) {
	ids, _ := h.ids() // what cannot be listed is better kept
	young := func(kept time.Time) bool { return newest.Time.Sub(kept) <= keptFor }
	if len(ids) <= mostCopies || !slices.ContainsFunc(ids, func(id string) bool { return !young(idTime(id)) }) {
		return
	}
	list, _, _ := h.heads()
	list = slices.DeleteFunc(list, func(c Copy) bool { return c.AppID != newest.AppID || c.Job != newest.Job })
	for _, c := range list[min(mostCopies, len(list)):] {
		if !young(c.Time) && os.Remove(c.Path) == nil { // else the next write tries again
			_ = os.Remove(c.writePath()) // most copies have one
		}
	}
}
