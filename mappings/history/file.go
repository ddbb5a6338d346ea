package history

import (
	"bytes"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/scimctl/scimctl/graph/private"
	"github.com/scimctl/scimctl/graph/private/sealed"
	"github.com/scimctl/scimctl/mappings/internal/tree"
)

// header is what precedes the schema in a file.
type header struct {
	ID        string    `json:"id"`
	Time      time.Time `json:"time"`
	App       string    `json:"app"`
	AppID     string    `json:"appId"`
	Job       string    `json:"job"`
	Reason    string    `json:"reason"`
	RequestID string    `json:"requestId,omitempty"` // of earlier releases only
	// Checksum is of the members above: the file's own takes reading all of it.
	Checksum string `json:"headChecksum,omitempty"`
}

const (
	copyVersion   = "scimctl/v2"
	copyWithout   = "scimctl/v1" // had no checksum
	copyExtension = ".json"
)

func copyKind() sealed.Kind {
	return sealed.Kind{Version: copyVersion, Name: "SchemaCopy", Before: []string{copyWithout}}
}

// writeKind is what is noted of the write that followed a copy, in a file beside
// the copy: the copy itself is written once.
func writeKind() sealed.Kind { return sealed.Kind{Version: copyVersion, Name: "SchemaWrite"} }

type schemaWrite struct {
	RequestID string `json:"requestId"`
}

func (c Copy) writePath() string { return strings.TrimSuffix(c.Path, copyExtension) + ".request" }

func (m header) checksum() string {
	m.Checksum = ""
	sum := sha256.Sum256(tree.Encode(m))
	return hex.EncodeToString(sum[:8])
}

// write stores the copy.
func (c Copy) write(schema []byte) error {
	head := header{ID: c.ID, Time: c.Time, App: c.App, AppID: c.AppID, Job: c.Job, Reason: c.Reason}
	head.Checksum = head.checksum()
	text := tree.Encode(head)
	text = slices.Concat(text[:len(text)-1], []byte(beforeSchema), schema, []byte("}\n"))
	return private.WriteFile(c.Path, copyKind().Seal(text))
}

// beforeSchema ends the header: inside a string its quotes would be escaped.
const beforeSchema = `,"schema":`

// head reads the members before the schema, which may be large.
func (h History) head(id string) (Copy, error) {
	path := filepath.Join(h.Dir, id+copyExtension)
	f, err := private.OpenFile(path, os.O_RDONLY)
	if err != nil {
		return Copy{}, err
	}
	defer func() { _ = f.Close() }() // it was only read
	const longest = 64 << 10
	start, err := io.ReadAll(io.LimitReader(f, longest))
	if err != nil {
		return Copy{}, err
	}
	return parseHead(id, path, start)
}

// parseHead reads the header at the start of a file.
func parseHead(id, path string, start []byte) (Copy, error) {
	before, _, ok := bytes.Cut(start, []byte(beforeSchema))
	var m struct {
		APIVersion string `json:"apiVersion"`
		Kind       string `json:"kind"`
		header
	}
	err := json.Unmarshal(append(bytes.Clone(before), '}'), &m)
	damaged := &sealed.DamagedError{Path: path, Kind: copyKind().Name, Reason: "its header is not that of a schema copy"}
	switch {
	case !ok || err != nil || m.Kind != copyKind().Name:
		return Copy{}, damaged
	case m.APIVersion != copyVersion && m.APIVersion != copyWithout:
		damaged.Reason, damaged.Other = fmt.Sprintf("its apiVersion %q is not supported by this version of scimctl", m.APIVersion), true
		return Copy{}, damaged
	case m.APIVersion == copyVersion && m.Checksum != m.checksum(), m.APIVersion == copyWithout && m.Checksum != "":
		damaged.Reason = "its header does not match its checksum"
		return Copy{}, damaged
	}
	c := Copy{ID: id, Time: m.Time, App: m.App, AppID: m.AppID, Job: m.Job, Reason: m.Reason, RequestID: m.RequestID, Path: path}
	c.Unsealed = m.APIVersion == copyWithout
	return c, nil
}

// free returns an id that no file has: two copies can fall into one moment of a
// coarse clock.
func (h History) free(id string) (free, path string) {
	free = id
	for n := 2; ; n++ {
		path = filepath.Join(h.Dir, free+copyExtension)
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
	return now.Format(idSecond) + "-" + strings.ToLower(base32.StdEncoding.EncodeToString(sum[:])[:4])
}

const idSecond = "20060102T150405"

// idTime is the time in an id, or zero when it has another form.
func idTime(id string) time.Time {
	t, _ := time.Parse(idSecond, second(id)) // zero, then
	return t
}

// Document returns the schema in a file that was exported or kept: of a kept
// copy it is what the copy holds, of anything else the text itself. A damaged
// copy is a *[sealed.DamagedError].
func Document(path string, text []byte) ([]byte, error) {
	root, err := tree.ParseDocument(text)
	if err != nil || root.Field("kind") != copyKind().Name {
		return text, nil //nolint:nilerr // what is no JSON is refused by whoever reads the schema
	}
	if _, err := copyKind().Open(path, text, nil); err != nil {
		return nil, err
	}
	return root.Get("schema").Bytes(), nil
}
