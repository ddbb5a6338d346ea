package credentials

import (
	"fmt"
	"net"
	"net/url"
	"strings"
)

// An InsecureURLError is a tenant URL over which the token would travel in the
// clear.
type InsecureURLError struct{ URL string }

func (e *InsecureURLError) Error() string {
	return fmt.Sprintf("the tenant URL %s is not https: the token would be readable on the way", e.URL)
}

// An InvalidURLError is a tenant URL that cannot be one.
type InvalidURLError struct{ URL, Reason string } // no URL: it may be a secret

func (e *InvalidURLError) Error() string {
	if e.URL == "" {
		return "invalid tenant URL: " + e.Reason
	}
	return fmt.Sprintf("%q is no tenant URL: %s", e.URL, e.Reason)
}

// checkURL returns the tenant URL without blanks around it. It has to be https,
// except on this machine.
func checkURL(text string) (string, error) {
	text = strings.TrimSpace(text)
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return "", &InvalidURLError{Reason: "it cannot be parsed"}
	case u.User != nil:
		return "", &InvalidURLError{URL: ShownURL(text), Reason: "it carries a user name, and Entra signs in with the token alone"}
	case u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		return "", &InvalidURLError{Reason: "it has to begin with https:// and a host"} // it may be the token
	case u.Fragment != "":
		return "", &InvalidURLError{URL: ShownURL(text), Reason: "it has a fragment (#), which is never sent"}
	case u.Scheme == "http" && !loopback(u.Hostname()):
		return "", &InsecureURLError{URL: ShownURL(text)}
	}
	return text, nil
}

// ShownURL is a tenant URL as it may be seen: without a user name, and of the
// query the names alone, since some vendors have a secret put there.
func ShownURL(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		text, _, _ = strings.Cut(text, "?")
		if _, host, hasUser := strings.Cut(text, "@"); hasUser { // what stands before may be a password
			return host
		}
		return text
	}
	if u.User != nil {
		u.User = url.UserPassword("xxxxx", "xxxxx")
	}
	if u.RawQuery == "" {
		return u.String()
	}
	parts := strings.Split(u.RawQuery, "&")
	for i, part := range parts {
		if name, value, _ := strings.Cut(part, "="); value != "" {
			parts[i] = name + "=…"
		}
	}
	u.RawQuery = strings.Join(parts, "&")
	return u.String()
}

// inURL are the values in the query of a tenant URL, as they are written there.
func inURL(text string) []string {
	_, query, _ := strings.Cut(text, "?")
	var values []string
	for part := range strings.SplitSeq(query, "&") {
		if _, value, _ := strings.Cut(part, "="); value != "" {
			values = append(values, value)
		}
	}
	return values
}

func loopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
