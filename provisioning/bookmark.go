package provisioning

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/scimctl/scimctl/graph/private"
)

// A Bookmark says how far the provisioning of a group came that was cut short.
type Bookmark struct {
	Done []string  `json:"done"` // ids of the members who were provisioned
	Time time.Time `json:"time"` // when the last of them was
}

// bookmarksHold is how long a bookmark counts: what was provisioned longer ago
// may have changed.
const bookmarksHold = 24 * time.Hour

// Bookmarks remember [Bookmark]s by a key that is fit for a file's name.
type Bookmarks interface {
	Recall(key string) (Bookmark, error) // the zero value when there is none
	Keep(key string, b Bookmark) error
	Forget(key string) error
}

// BookmarksIn are [Bookmarks] in the folder on-demand of a state folder, for the
// owner only.
func BookmarksIn(stateDir string) Bookmarks { return shelf(filepath.Join(stateDir, "on-demand")) }

// bookmarkKey stands for a group with some members in a job: with other members
// it is another one.
func bookmarkKey(t Target, group string, members []string) string {
	members = slices.Sorted(slices.Values(members))
	sum := sha256.Sum256([]byte(strings.Join(append([]string{t.App.ServicePrincipalID, t.Job.ID, group}, members...), "\n")))
	return hex.EncodeToString(sum[:16])
}

type shelf string

func (s shelf) file(key string) string { return filepath.Join(string(s), key+".json") }

func (s shelf) Recall(key string) (Bookmark, error) {
	data, err := private.ReadFile(s.file(key))
	if errors.Is(err, os.ErrNotExist) {
		return Bookmark{}, nil
	}
	var b Bookmark
	if err != nil || json.Unmarshal(data, &b) != nil { // a damaged file is as good as none
		return Bookmark{}, err
	}
	return b, nil
}

func (s shelf) Keep(key string, b Bookmark) error {
	data, err := json.MarshalIndent(b, "", "  ")
	if err != nil {
		return err
	}
	if err := private.MakeFolder(string(s)); err != nil {
		return err
	}
	return private.WriteFile(s.file(key), bytes.NewReader(append(data, '\n')))
}

func (s shelf) Forget(key string) error {
	if err := os.Remove(s.file(key)); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}
