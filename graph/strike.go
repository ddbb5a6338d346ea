package graph

import (
	"bytes"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"sync"
)

// struckOut stands where a secret was.
const struckOut = "***"

// shortestSecret is the length from which a value is looked for in running
// text. A shorter one would strike out half of it.
const shortestSecret = 4

// strike knows the secrets of a client: tokens that were given out, and
// credentials that were sent. It strikes them out of what the user sees.
type strike struct {
	mu       sync.RWMutex
	known    []string
	replacer *strings.Replacer // nil: nothing is known
}

func (s *strike) add(secrets ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, secret := range secrets {
		if len(secret) < shortestSecret || strings.EqualFold(secret, "true") || strings.EqualFold(secret, "false") ||
			slices.Contains(s.known, secret) {
			continue
		}
		s.known = append(s.known, secret)
	}
	// The longest come first, or a secret that begins with another would
	// leave its end behind.
	slices.SortStableFunc(s.known, func(a, b string) int { return len(b) - len(a) })
	var pairs []string
	for _, secret := range s.known {
		for _, form := range spellings(secret) {
			pairs = append(pairs, form, struckOut)
		}
	}
	s.replacer = strings.NewReplacer(pairs...)
}

// text strikes out every known secret.
func (s *strike) text(text string) string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.replacer == nil {
		return text
	}
	return s.replacer.Replace(text)
}

// spellings are the forms in which a service may echo a secret: as it is, in
// JSON, in a URL.
func spellings(secret string) []string {
	forms := []string{secret}
	for _, escapeHTML := range []bool{true, false} {
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(escapeHTML)
		if e.Encode(secret) == nil {
			forms = append(forms, strings.Trim(strings.TrimSpace(b.String()), `"`))
		}
	}
	forms = append(forms, url.QueryEscape(secret), url.PathEscape(secret))
	slices.Sort(forms)
	forms = slices.Compact(forms)
	slices.SortStableFunc(forms, func(a, b string) int { return len(b) - len(a) })
	return forms
}

// inClear reports whether the value of a provisioning secret is none. The
// service masks the values of the others itself when it is asked for them:
// https://learn.microsoft.com/graph/api/synchronization-serviceprincipal-put-synchronization.
func inClear(key string) bool {
	switch strings.ToLower(key) {
	case "baseaddress", "syncall", "syncnotificationsettings", "skipoutofscopedeletions", "authenticationtype", "oauth2tokenexchangeuri":
		return true
	}
	return false
}

// secretsOf are the values that must not be seen. In the query of a URL, where
// some vendors have a secret put, a value may be one.
func secretsOf(pairs []KeyValue) []string {
	var values []string
	for _, p := range pairs {
		switch {
		case !inClear(p.Key):
			values = append(values, p.Value)
		case strings.Contains(p.Value, "://"):
			values = append(values, queryValues(p.Value)...)
		}
	}
	return values
}

// queryValues are the values in the query of a URL, as they stand there.
func queryValues(text string) []string {
	_, query, _ := strings.Cut(text, "?")
	var values []string
	for part := range strings.SplitSeq(query, "&") {
		_, value, _ := strings.Cut(part, "=")
		values = append(values, value)
	}
	return values
}
