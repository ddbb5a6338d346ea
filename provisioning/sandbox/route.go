package sandbox

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/scimctl/scimctl/provisioning/sandbox/internal/odata"
)

// A handler answers a call.
type handler func(*odata.Call) *odata.Answer

// A route is one operation. Its pattern's segments are literal or {names};
// one of locked and free is set.
type route struct {
	method   string
	segments []string
	locked   func(*odata.Call, *state) *odata.Answer // runs alone on the state
	free     handler                                 // takes the state when it needs it, for what talks to other servers
}

func on(method, pattern string, f func(*odata.Call, *state) *odata.Answer) route {
	return route{method: method, segments: strings.Split(pattern, "/"), locked: f}
}

func free(method, pattern string, f handler) route {
	return route{method: method, segments: strings.Split(pattern, "/"), free: f}
}

// route finds who answers a call: 405 when the path is known under another
// method, 400 when it is not known.
func (t *Tenant) route(c *odata.Call) *odata.Answer {
	segments, err := split(c.Path)
	if err != nil {
		return odata.Fail(http.StatusBadRequest, "BadRequest", "Bad Request - Error in query syntax.")
	}
	known := false
	for _, r := range t.routes {
		params, ok := r.match(segments)
		if !ok {
			continue
		}
		known = true
		if r.method == c.Method {
			c.Params = params
			return t.run(r, c)
		}
	}
	if known {
		return odata.Fail(http.StatusMethodNotAllowed, "Request_BadRequest", "Specified HTTP method is not allowed for the request target.")
	}
	return odata.Fail(http.StatusBadRequest, "BadRequest", "Resource not found for the segment '"+segments[len(segments)-1]+"'.")
}

func (t *Tenant) run(r route, c *odata.Call) *odata.Answer {
	if r.free != nil {
		return r.free(c)
	}
	var a *odata.Answer
	err := t.with(func(s *state) {
		c.HasExtension = func(name string) bool { return s.extensionNamed(name) != nil }
		a = r.locked(c, s)
		if c.Method != http.MethodGet && a.Status < http.StatusBadRequest {
			s.touch()
		}
	})
	if err != nil {
		return stateFailure(err)
	}
	return a
}

// stateFailure tells that the tenant's file could not be read or written.
func stateFailure(err error) *odata.Answer {
	return odata.Fail(http.StatusInternalServerError, "SandboxState", "The sandbox's state: "+err.Error())
}

func (r route) match(segments []string) (map[string]string, bool) {
	if len(segments) != len(r.segments) {
		return nil, false
	}
	params := map[string]string{}
	for i, want := range r.segments {
		switch {
		case strings.HasPrefix(want, "{"):
			if strings.HasPrefix(segments[i], "$") {
				return nil, false
			}
			params[strings.Trim(want, "{}")] = segments[i]
		case want != segments[i]:
			return nil, false
		}
	}
	return params, true
}

// split cuts a path into its segments, unescaped. A key in parentheses becomes
// a segment of its own: users('ada@contoso.com') is users/ada@contoso.com and
// applications(appId='…') is applications/appId=….
func split(path string) ([]string, error) {
	var out []string
	for part := range strings.SplitSeq(strings.Trim(path, "/"), "/") {
		part, err := url.PathUnescape(part)
		if err != nil {
			return nil, err
		}
		name, key, ok := strings.Cut(part, "(")
		if !ok || !strings.HasSuffix(key, ")") || name == "" {
			out = append(out, part)
			continue
		}
		out = append(out, name)
		if key = strings.TrimSuffix(key, ")"); key != "" {
			out = append(out, unquoteKey(key))
		}
	}
	return out, nil
}

// unquoteKey is a key as written in parentheses without its quotes; an
// alternate key keeps its name.
func unquoteKey(key string) string {
	name, value, named := strings.Cut(key, "=")
	if !named || strings.HasPrefix(key, "'") {
		name, value = "", key
	}
	if len(value) >= 2 && strings.HasPrefix(value, "'") && strings.HasSuffix(value, "'") {
		value = strings.ReplaceAll(value[1:len(value)-1], "''", "'")
	}
	if name != "" {
		return strings.TrimSpace(name) + "=" + value
	}
	return value
}
