package graph

import (
	"net"
	"net/url"
	"strings"

	"github.com/scimctl/scimctl/graph/safetext"
)

// endpoint returns the root of all requests, version included.
func endpoint(raw string, cloud Cloud) (*url.URL, error) {
	if raw == "" {
		raw = cloud.Graph
	}
	u, err := url.Parse(raw)
	if err != nil {
		return nil, &EndpointError{safetext.Address(raw), "is no URL"}
	}
	switch {
	case u.Scheme != "https" && u.Scheme != "http" || u.Host == "":
		return nil, &EndpointError{safetext.Address(raw), "must begin with https:// and name a host"}
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return nil, &EndpointError{safetext.Address(raw), "must be a host and at most a path"}
	case u.Scheme == "http" && !isLoopback(u.Hostname()):
		return nil, &EndpointError{safetext.Address(raw), "a token goes over plain http to a loopback address only"}
	}
	u.Path = strings.TrimSuffix(strings.TrimRight(u.Path, "/"), version) + version
	u.RawPath = ""
	return u, nil
}

// isLoopback knows the names of this machine that the sign-in bridge gives a
// token over plain http.
func isLoopback(host string) bool {
	return strings.EqualFold(host, "localhost") || host == "127.0.0.1" || host == "::1"
}

// sameServer reports whether two URLs lead to one server: scheme, host, port.
func sameServer(a, b *url.URL) bool {
	return strings.EqualFold(a.Scheme, b.Scheme) && strings.EqualFold(hostPort(a), hostPort(b))
}

func hostPort(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"https": "443", "http": "80"}[strings.ToLower(u.Scheme)]
	}
	return net.JoinHostPort(u.Hostname(), port)
}
