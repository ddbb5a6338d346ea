package ondemand

import (
	"crypto/sha256"
	"encoding/hex"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/scimctl/scimctl/graph/private/sealed"
	"github.com/scimctl/scimctl/provisioning"
)

// A LastRun says how far the provisioning of a group came that was cut short.
type LastRun struct {
	Done []string  `json:"done"` // ids of the members who were provisioned
	Time time.Time `json:"time"` // when the last of them was
}

// bookmarksHold is how long a bookmark counts: what was provisioned longer ago
// may have changed.
const bookmarksHold = 24 * time.Hour

// LastRuns remember [LastRun]s by a key.
type LastRuns interface {
	Recall(key string) (LastRun, error) // the zero value when there is none
	Keep(key string, b LastRun) error
	Forget(key string) error
}

// LastRunsIn are [LastRuns] in the folder on-demand of a state folder, for the
// owner only.
func LastRunsIn(stateDir string) LastRuns {
	kind := sealed.Kind{Version: "scimctl/v2", Name: "OnDemandBookmark", Before: []string{""}}
	return sealed.Folder[LastRun]{Dir: filepath.Join(stateDir, "on-demand"), Kind: kind}
}

// bookmarkKey stands for a group with some members in a job: with other members
// it is another one.
func bookmarkKey(t provisioning.Target, group string, members []string) string {
	members = slices.Sorted(slices.Values(members))
	sum := sha256.Sum256([]byte(strings.Join(append([]string{t.App.ServicePrincipalID, t.Job.ID, group}, members...), "\n")))
	return hex.EncodeToString(sum[:16])
}
