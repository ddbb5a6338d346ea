package provisioning

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
type InvalidURLError struct{ URL, Reason string }

func (e *InvalidURLError) Error() string {
	return fmt.Sprintf("%q is no tenant URL: %s", e.URL, e.Reason)
}

// checkURL returns the tenant URL without blanks around it. It has to be https,
// except on this machine.
func checkURL(text string) (string, error) {
	text = strings.TrimSpace(text)
	u, err := url.Parse(text)
	switch {
	case err != nil:
		_, host, hasUser := strings.Cut(text, "@")
		if hasUser { // what stands before may be a password
			text = host
		}
		return "", &InvalidURLError{URL: text, Reason: "it cannot be parsed"}
	case u.User != nil:
		return "", &InvalidURLError{URL: u.Redacted(), Reason: "it carries a user name, and Entra signs in with the token alone"}
	case u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		return "", &InvalidURLError{URL: text, Reason: "it has to begin with https:// and a host"}
	case u.Fragment != "":
		return "", &InvalidURLError{URL: text, Reason: "it has a fragment (#), which is never sent"}
	case u.Scheme == "http" && !loopback(u.Hostname()):
		return "", &InsecureURLError{URL: text}
	}
	return text, nil
}

func loopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
