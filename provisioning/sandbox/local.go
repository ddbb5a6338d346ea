package sandbox

import (
	"cmp"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/scimctl/scimctl/provisioning/sandbox/internal/odata"
)

// Local serves only clients that know this machine by a loopback name. The
// sandbox accepts any token, so nothing else keeps out a web page: one that
// rebinds its own name to 127.0.0.1 is told apart by its Host header, and one of
// any other site by its Origin.
func Local(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if reason := foreign(r); reason != "" {
			w.Header().Set("Content-Type", contentType)
			w.WriteHeader(http.StatusForbidden)
			_, _ = w.Write(odata.Encode(odata.Object{"error": odata.Object{"code": "SandboxForbidden", "message": reason}})) // the client may have left
			return
		}
		next.ServeHTTP(w, r)
	})
}

// foreign says what is wrong with a request that was not meant for this machine.
func foreign(r *http.Request) string {
	if !isLoopbackHost(r.Host, portOf(r)) {
		return "The Host header must be a loopback name with the port of the sandbox."
	}
	for _, origin := range r.Header.Values("Origin") {
		scheme, host, found := strings.Cut(origin, "://")
		if _, ok := loopbackPort(host); !found || !ok || scheme != "http" && scheme != "https" {
			return "Web pages may not use the sandbox."
		}
	}
	return ""
}

// portOf is the port that a request came in by; "" when it came over none.
func portOf(r *http.Request) string {
	address, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	if !ok {
		return ""
	}
	_, port, _ := net.SplitHostPort(address.String())
	return port
}

func isLoopbackHost(host, port string) bool {
	given, ok := loopbackPort(host)
	return ok && (port == "" || cmp.Or(given, "80") == port)
}

// loopbackPort takes the port from a loopback name or address, which nothing
// else may stand beside: no user, path, query or fragment, and no second way of
// writing it.
func loopbackPort(host string) (port string, ok bool) {
	u, err := url.Parse("http://" + host)
	if err != nil || u.Host != host || !isLoopbackName(u.Hostname()) {
		return "", false
	}
	if port = u.Port(); port == "" {
		return "", !strings.HasSuffix(host, ":")
	}
	_, err = strconv.ParseUint(port, 10, 16)
	return port, err == nil
}

// isFor reports whether an address belongs to the one that a token was given
// for: the same server, and the same path or one below it.
func isFor(address, given string) bool {
	a, errA := url.Parse(address)
	g, errG := url.Parse(given)
	if errA != nil || errG != nil || g.Host == "" || origin(a) != origin(g) {
		return false
	}
	return strings.HasPrefix(strings.TrimSuffix(a.Path, "/")+"/", strings.TrimSuffix(g.Path, "/")+"/")
}

func origin(u *url.URL) string {
	port := u.Port()
	if port == "" && u.Scheme == "https" {
		port = "443"
	}
	return strings.ToLower(u.Scheme + "://" + net.JoinHostPort(u.Hostname(), port))
}

func isLoopbackName(name string) bool {
	ip := net.ParseIP(name)
	return strings.EqualFold(name, "localhost") || ip != nil && ip.IsLoopback()
}
