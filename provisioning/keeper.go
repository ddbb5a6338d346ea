package provisioning

import (
	"bytes"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/scimctl/scimctl/graph/private"
)

// A Fingerprint is what is remembered of a token that was saved: enough to
// tell whether another one is the same, too little to get it back.
type Fingerprint struct {
	Salt    []byte    `json:"salt"`
	Hash    []byte    `json:"hash"`
	SavedAt time.Time `json:"savedAt"`
	Expires time.Time `json:"expires,omitzero"` // of a JWT; zero when not known
}

// rounds make guessing a short token costly; a check takes some milliseconds.
const rounds = 100_000

func fingerprint(token string) (Fingerprint, error) {
	salt := make([]byte, 16)
	_, _ = rand.Read(salt) // never fails: https://pkg.go.dev/crypto/rand#Read
	hash, err := pbkdf2.Key(sha256.New, token, salt, rounds, sha256.Size)
	return Fingerprint{Salt: salt, Hash: hash, SavedAt: time.Now().UTC(), Expires: tokenExpiry(token)}, err
}

// Of reports whether the fingerprint is that of a token.
func (f Fingerprint) Of(token string) bool {
	if len(f.Salt) == 0 || len(f.Hash) == 0 {
		return false
	}
	hash, err := pbkdf2.Key(sha256.New, token, f.Salt, rounds, len(f.Hash))
	return err == nil && subtle.ConstantTimeCompare(hash, f.Hash) == 1
}

// A Keeper remembers fingerprints by service principal id.
type Keeper interface {
	Recall(servicePrincipalID string) (Fingerprint, error) // the zero value when there is none
	Keep(servicePrincipalID string, f Fingerprint) error
	Forget(servicePrincipalID string) error
}

// KeepIn is a [Keeper] in the folder credentials of a state folder: one file
// for each service principal, for the owner only.
func KeepIn(stateDir string) Keeper { return folder(filepath.Join(stateDir, "credentials")) }

type folder string

func (f folder) file(id string) (string, error) {
	if id == "" || id != filepath.Base(id) || !filepath.IsLocal(id) {
		return "", fmt.Errorf("%q is no service principal id", id)
	}
	return filepath.Join(string(f), id+".json"), nil
}

func (f folder) Recall(id string) (Fingerprint, error) {
	name, err := f.file(id)
	if err != nil {
		return Fingerprint{}, err
	}
	data, err := private.ReadFile(name)
	if errors.Is(err, os.ErrNotExist) {
		return Fingerprint{}, nil
	}
	if err != nil || !json.Valid(data) { // a damaged file is as good as none
		return Fingerprint{}, err
	}
	var kept Fingerprint
	err = json.Unmarshal(data, &kept)
	return kept, err
}

func (f folder) Keep(id string, kept Fingerprint) error {
	name, err := f.file(id)
	if err != nil {
		return err
	}
	data, err := json.MarshalIndent(kept, "", "  ")
	if err != nil {
		return err
	}
	if err := private.MakeFolder(string(f)); err != nil {
		return err
	}
	return private.WriteFile(name, bytes.NewReader(append(data, '\n')))
}

func (f folder) Forget(id string) error {
	name, err := f.file(id)
	if err != nil {
		return err
	}
	if err := os.Remove(name); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}
