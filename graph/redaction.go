package graph

import (
	"net/url"
	"strings"

	"github.com/scimctl/scimctl/graph/internal/redact"
)

// Secrets are the values that must not be seen in any output: tokens that were
// issued, and credentials that were read or sent. Clients that share one redact
// what any of them learned. It may be used by several goroutines at once.
type Secrets struct {
	known  redact.Set
	shapes *redact.Shapes
}

// NewSecrets returns an empty collection.
func NewSecrets() *Secrets { return &Secrets{shapes: redact.NewShapes()} }

// Add makes values known as secrets.
func (s *Secrets) Add(values ...string) { s.known.Add(values...) }

// AddURL makes known what is secret in a URL: its userinfo, and the values of
// its query that are named like secrets or long enough to be one.
func (s *Secrets) AddURL(address string) {
	const longEnoughForASecret = 16
	u, err := url.Parse(address)
	if err != nil {
		return
	}
	if password, found := u.User.Password(); found {
		s.Add(password)
	} else {
		s.Add(u.User.Username())
	}
	for part := range strings.SplitSeq(u.RawQuery, "&") {
		name, value, _ := strings.Cut(part, "=")
		if decoded, err := url.QueryUnescape(value); err == nil {
			value = decoded
		}
		if s.shapes.IsSecretParameter(name) || len(value) >= longEnoughForASecret {
			s.Add(value)
		}
	}
}

// RedactMessage is [Secrets.Redact] for what is said to a user, from which JSON Web
// Tokens are also removed that nobody made known, and user names and passwords in
// URLs, such as those of proxies.
func (s *Secrets) RedactMessage(text string) string { return s.shapes.Message(s.Redact(text)) }

// Redact replaces every known secret in a text, however it is encoded. Those
// that are as short as a word are left.
func (s *Secrets) Redact(text string) string { return s.known.Distinct(text) }

// Text also replaces what only looks like a secret. It is for words of a server,
// in which nothing is lost by that.
func (s *Secrets) Text(text string) string { return s.shapes.Text(s.known.Text(text)) }

// document is the body of a request or an answer without its secrets.
func (s *Secrets) document(path string, body []byte) string {
	d := redact.Document{Shapes: s.shapes}
	if carriesSecrets(path) {
		d.InClear = inClear
	}
	return s.known.Text(d.Redact(string(body)))
}

// carriesSecrets tells requests about credentials from those in whose pairs
// of key and value nothing is secret.
func carriesSecrets(path string) bool {
	for _, end := range []string{"/secrets", "/validateCredentials", "/acquireAccessToken", "/$batch"} {
		if strings.HasSuffix(path, end) {
			return true
		}
	}
	return false
}

// inClear reports whether the value of a provisioning secret is none. The
// service masks the values of the others itself when it is asked for them:
// https://learn.microsoft.com/graph/api/synchronization-serviceprincipal-put-synchronization.
func inClear(key string) bool {
	switch strings.ToLower(key) {
	case "baseaddress", "syncall", "syncnotificationsettings", "skipoutofscopedeletions", "authenticationtype",
		"oauth2clientid", "oauth2tokenexchangeuri", "oauth2authorizationuri", "oauth2redirecturi":
		return true
	}
	return false
}

// AddSetting makes the value of a provisioning credential or setting known, when
// it is secret. In the URL of a SCIM server some vendors have a secret put.
func (s *Secrets) AddSetting(key, value string) {
	switch {
	case !inClear(key):
		s.Add(value)
	case strings.Contains(value, "://"):
		s.AddURL(value)
	}
}
