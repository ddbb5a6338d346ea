package credentials

import (
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"path/filepath"
	"time"

	"github.com/scimctl/scimctl/graph/private/sealed"
)

// An ExpiringError says that the secret of an application is near its end, or
// past it. Provisioning then stops.
type ExpiringError struct {
	App     string
	Expires time.Time
	Past    bool
}

func (e *ExpiringError) Error() string {
	if e.Past {
		return fmt.Sprintf("the token of %s expired on %s", e.App, e.Expires.UTC().Format(time.RFC3339))
	}
	return fmt.Sprintf("the token of %s expires on %s: provisioning stops then", e.App, e.Expires.UTC().Format(time.RFC3339))
}

// CheckExpiry returns an [ExpiringError] when a secret expires within a time
// from now, or has expired. An end that is not known is none.
func CheckExpiry(app string, expires time.Time, within time.Duration) error {
	left := time.Until(expires)
	if expires.IsZero() || left >= within {
		return nil
	}
	return &ExpiringError{App: app, Expires: expires, Past: left < 0}
}

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

// A Fingerprints remembers fingerprints by service principal id.
type Fingerprints interface {
	Recall(servicePrincipalID string) (Fingerprint, error) // the zero value when there is none
	Keep(servicePrincipalID string, f Fingerprint) error
	Forget(servicePrincipalID string) error
}

// FingerprintsIn is a [Fingerprints] in the folder credentials of a state folder: one file
// for each service principal, for the owner only.
func FingerprintsIn(stateDir string) Fingerprints {
	kind := sealed.Kind{Version: "scimctl/v2", Name: "Fingerprint", Before: []string{""}}
	return sealed.Folder[Fingerprint]{Dir: filepath.Join(stateDir, "credentials"), Kind: kind}
}
