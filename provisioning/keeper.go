package provisioning

import (
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"path/filepath"
	"time"

	"github.com/scimctl/scimctl/graph/private/sealed"
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
func KeepIn(stateDir string) Keeper {
	kind := sealed.Kind{Version: "scimctl/v2", Name: "Fingerprint", Before: []string{""}}
	return sealed.Folder[Fingerprint]{Dir: filepath.Join(stateDir, "credentials"), Kind: kind}
}
