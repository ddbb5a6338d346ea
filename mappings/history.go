package mappings

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/private"
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
}

// of says whether the copy is of an application's job.
func (c Copy) of(app graph.App, job string) bool { return c.AppID == app.AppID && c.Job == job }

// Keep writes a copy. When it returns without an error, the copy is on the disk.
func (h History) Keep(app graph.App, job, reason string, schema []byte) (Copy, error) {
	if h.Dir == "" {
		return Copy{}, &RefusedError{Action: "change the schema", Reason: "there is no folder for the copy that is kept first"}
	}
	if err := private.MakeFolder(h.Dir); err != nil {
		return Copy{}, fmt.Errorf("keep a copy of the schema: %w", err)
	}
	now := time.Now().UTC()
	c := Copy{Time: now, App: app.Name, AppID: app.AppID, Job: job, Reason: reason}
	c.ID, c.Path = h.free(copyID(now, job))
	if err := c.write(schema); err != nil {
		return Copy{}, fmt.Errorf("keep a copy of the schema: %w", err)
	}
	return c, nil
}

// Written notes with a copy the request-id that Graph gave the write which
// followed. The copy is there at every moment, with the note or without.
func (h History) Written(c Copy, requestID string) error {
	if requestID == "" {
		return nil
	}
	_, schema, err := h.Read(c.ID)
	if err == nil {
		c.RequestID = requestID
		err = c.write(schema)
	}
	if err != nil {
		return fmt.Errorf("note the request-id with the copy of the schema: %w", err)
	}
	return nil
}

// List returns the copies, newest first. Files that cannot be read are told in
// the error, beside the copies that can.
func (h History) List() ([]Copy, error) {
	entries, err := os.ReadDir(h.Dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("list the copies of schemas: %w", err)
	}
	list, damaged := []Copy{}, []error{}
	for _, e := range entries {
		id, ok := strings.CutSuffix(e.Name(), ".json")
		if !ok {
			continue
		}
		c, err := h.head(id)
		if err != nil {
			damaged = append(damaged, err)
			continue
		}
		list = append(list, c)
	}
	slices.SortStableFunc(list, func(a, b Copy) int {
		if d := b.Time.Compare(a.Time); d != 0 {
			return d
		}
		return strings.Compare(b.ID, a.ID)
	})
	return list, errors.Join(damaged...)
}

// A NoCopyError says that no schema of the job is kept.
type NoCopyError struct{ App string }

func (e *NoCopyError) Error() string { return "no copy of a schema of " + e.App + " is kept" }

// A DamagedCopyError is a file in the history that is no copy of a schema.
type DamagedCopyError struct {
	Path string
	Err  error
}

func (e *DamagedCopyError) Error() string {
	return fmt.Sprintf("%s is no copy of a schema: %v", e.Path, e.Err)
}

func (e *DamagedCopyError) Unwrap() error { return e.Err }
