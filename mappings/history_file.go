package mappings

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/scimctl/scimctl/graph/private"
)

// header is what stands before the schema in a file.
type header struct {
	APIVersion string    `json:"apiVersion"`
	Kind       string    `json:"kind"`
	ID         string    `json:"id"`
	Time       time.Time `json:"time"`
	App        string    `json:"app"`
	AppID      string    `json:"appId"`
	Job        string    `json:"job"`
	Reason     string    `json:"reason"`
	RequestID  string    `json:"requestId,omitempty"`
}

const (
	copyVersion = "scimctl/v1"
	copyKind    = "SchemaCopy"
)

// write puts the copy on the disk, in the place of what is there.
func (c Copy) write(schema []byte) error {
	head := encode(header{copyVersion, copyKind, c.ID, c.Time, c.App, c.AppID, c.Job, c.Reason, c.RequestID})
	return private.WriteFile(c.Path, io.MultiReader(bytes.NewReader(head[:len(head)-1]), strings.NewReader(`,"schema":`), bytes.NewReader(schema), strings.NewReader("}\n")))
}

// head reads the members before the schema, which may be large.
func (h History) head(id string) (Copy, error) {
	path := filepath.Join(h.Dir, id+".json")
	f, err := os.Open(path)
	if err != nil {
		return Copy{}, err
	}
	defer f.Close()
	const longest = 64 << 10
	start, err := io.ReadAll(io.LimitReader(bufio.NewReader(f), longest))
	if err != nil {
		return Copy{}, err
	}
	before, _, ok := bytes.Cut(start, []byte(`,"schema":`)) // inside a string its quotes would be escaped
	var m header
	if err := json.Unmarshal(append(before, '}'), &m); !ok || err != nil || m.Kind != copyKind {
		return Copy{}, &DamagedCopyError{Path: path, Err: errors.Join(errors.New("its head is not that of one"), err)}
	}
	return Copy{ID: id, Time: m.Time, App: m.App, AppID: m.AppID, Job: m.Job, Reason: m.Reason, RequestID: m.RequestID, Path: path}, nil
}

// free returns an id that no file has: two copies can fall into one moment of a
// coarse clock.
func (h History) free(id string) (free, path string) {
	free = id
	for n := 2; ; n++ {
		path = filepath.Join(h.Dir, free+".json")
		if _, err := os.Lstat(path); err != nil {
			return free, path
		}
		free = fmt.Sprintf("%s-%d", id, n)
	}
}

// copyID tells the second, short enough to be typed. What follows tells jobs
// apart, and processes that keep a copy of the same job in that second.
func copyID(now time.Time, job string) string {
	sum := sha256.Sum256([]byte(now.Format(time.RFC3339Nano) + job))
	return now.Format("20060102T150405-") + strings.ToLower(base32.StdEncoding.EncodeToString(sum[:])[:4])
}

// Document returns the schema in a file that was exported or kept: of a kept
// copy it is what the copy holds, of anything else the text itself.
func Document(text []byte) []byte {
	root, err := parseDocument(text)
	if err != nil || root.field("kind") != copyKind {
		return text
	}
	return root.get("schema").bytes()
}
