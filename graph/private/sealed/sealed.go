// Package sealed stores JSON documents that say what they are and whether they
// are still whole. The first members of each are apiVersion, kind and checksum:
//
//	{
//	  "apiVersion": "scimctl/v2",
//	  "kind": "Fingerprint",
//	  "checksum": "sha256:3a7b…",
//	  …
//	}
//
// The checksum is of every other byte of the file. It finds damage, not malice:
// whoever may write the file can also write its checksum.
package sealed

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"

	"github.com/scimctl/scimctl/graph/private"
)

// A Kind is one kind of document.
type Kind struct {
	Version string // apiVersion of what is written now
	Name    string
	// Before are the versions that earlier releases wrote without a checksum, and
	// that are still read; "" is a document without a version.
	Before []string
}

// A DamagedError is a file that is not what scimctl wrote there.
type DamagedError struct {
	Path   string
	Kind   string
	Place  string // such as "line 3"; "" when it is not known
	Reason string
	Other  bool // it is not damaged: another version of scimctl wrote it
}

func (e *DamagedError) Error() string {
	where := e.Path
	if e.Place != "" {
		where += ", " + e.Place
	}
	if e.Other {
		return where + ": " + e.Reason
	}
	return fmt.Sprintf("%s is damaged: %s", where, e.Reason)
}

// header is what a document begins with.
type header struct{ apiVersion, kind, checksum string }

const algorithm = "sha256:"

// Write stores a document for its owner, and its folder with it.
func (k Kind) Write(path string, v any) error {
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	if err := private.StateFolder(filepath.Dir(path)); err != nil {
		return err
	}
	return private.WriteFile(path, k.Seal(append(text, '\n')))
}

// Read reads a document into v; found is false when there is none. The version
// is that of the file.
func (k Kind) Read(path string, v any) (version string, found bool, err error) {
	text, err := private.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", false, nil
	}
	if err != nil {
		return "", false, err
	}
	version, err = k.Open(path, text, v)
	return version, err == nil, err
}

// Seal puts the header before the members of a JSON object.
func (k Kind) Seal(object []byte) io.Reader {
	body := bytes.TrimLeft(object, " \t\r\n")[1:]
	members := bytes.TrimLeft(body, " \t\r\n")
	space := string(body[:len(body)-len(members)])
	colon := ":"
	if space != "" {
		colon = ": "
	}
	start := fmt.Sprintf(`{%s"apiVersion"%s%q,%s"kind"%s%q,%s"checksum"%s"`, space, colon, k.Version, space, colon, k.Name, space, colon)
	end := `"`
	if members[0] != '}' {
		end += "," + space
	}
	sum := checksum([]byte(start+end), members)
	return io.MultiReader(bytes.NewReader([]byte(start+sum+end)), bytes.NewReader(members))
}

func checksum(parts ...[]byte) string {
	sum := sha256.New()
	for _, part := range parts {
		sum.Write(part) // never fails
	}
	return algorithm + hex.EncodeToString(sum.Sum(nil))
}

// Open checks the text of a document and decodes it into v, which may be nil.
// The error is a *[DamagedError].
func (k Kind) Open(path string, text []byte, v any) (version string, err error) {
	h := readHeader(text)
	damaged := &DamagedError{Path: path, Kind: k.Name, Reason: h.verify(text)}
	if damaged.Reason == "" {
		damaged.Reason, damaged.Other = k.accept(h)
	}
	switch {
	case damaged.Other:
		return "", damaged
	case damaged.Reason != "" || h.checksum == "" && !json.Valid(text):
		if err := json.Unmarshal(text, new(json.RawMessage)); err != nil { // says more, and where
			damaged.Place, damaged.Reason = place(text, err), err.Error()
		}
		return "", damaged
	}
	if v != nil {
		if err := decode(text, v, h.apiVersion == ""); err != nil {
			damaged.Place, damaged.Reason = place(text, err), err.Error()
			return "", damaged
		}
	}
	return h.apiVersion, nil
}

// accept says why a header is not one of the kind; other, whether another
// version of scimctl understands it.
func (k Kind) accept(h header) (reason string, other bool) {
	before := slices.Contains(k.Before, h.apiVersion)
	switch {
	case h.kind != k.Name && (h.kind != "" || h.apiVersion != "" || !before):
		return fmt.Sprintf("its kind is %q, expected %q", h.kind, k.Name), false
	case h.apiVersion == k.Version && h.checksum == "":
		return "its checksum is missing", false
	case before && h.checksum != "":
		return fmt.Sprintf("it has a checksum, which apiVersion %q had not", h.apiVersion), false
	case h.apiVersion != k.Version && !before:
		return fmt.Sprintf("its apiVersion %q is not supported by this version of scimctl", h.apiVersion), true
	}
	return "", false
}

// decode decodes a document. One without a version must not have members that
// earlier releases did not write: it may be a later one whose header is damaged.
func decode(text []byte, v any, strict bool) error {
	if !strict {
		return json.Unmarshal(text, v)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	return d.Decode(v)
}

// readHeader reads the members before the first one that is not of the header.
func readHeader(text []byte) (h header) {
	d := json.NewDecoder(bytes.NewReader(text[:min(len(text), 4<<10)]))
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return h
	}
	members := map[string]*string{"apiVersion": &h.apiVersion, "kind": &h.kind, "checksum": &h.checksum}
	for {
		name, err := d.Token()
		if err != nil {
			return h
		}
		key, _ := name.(string)
		to := members[key]
		if to == nil || d.Decode(to) != nil {
			return h
		}
		delete(members, key)
	}
}

// verify says why the text does not have the checksum that it names.
func (h header) verify(text []byte) string {
	if h.checksum == "" {
		return ""
	}
	at := bytes.Index(text, []byte(h.checksum))
	if at < 0 || checksum(text[:at], text[at+len(h.checksum):]) != h.checksum {
		return "its content does not match its checksum"
	}
	return ""
}

// place is where in a text decoding failed.
func place(text []byte, err error) string {
	var at int64
	if e, ok := errors.AsType[*json.SyntaxError](err); ok {
		at = e.Offset
	} else if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		at = e.Offset
	}
	switch lines := bytes.Count(text, []byte("\n")); {
	case at == 0:
		return ""
	case lines > 1:
		return fmt.Sprintf("line %d", 1+bytes.Count(text[:min(int(at), len(text))], []byte("\n")))
	}
	return fmt.Sprintf("byte %d", at)
}
