package sandbox

import (
	"net/http"
	"net/url"
	"strings"
)

// A handler answers a call.
type handler func(*call) *answer

// A route is one operation. Its pattern's segments are literal or {names};
// one of locked and free is set.
type route struct {
	method   string
	segments []string
	locked   func(*call, *state) *answer // runs alone on the state
	free     handler                     // takes the state when it needs it, for what talks to other servers
}

func on(method, pattern string, f func(*call, *state) *answer) route {
	return route{method: method, segments: strings.Split(pattern, "/"), locked: f}
}

func free(method, pattern string, f handler) route {
	return route{method: method, segments: strings.Split(pattern, "/"), free: f}
}

// route finds who answers a call: 405 when the path is known under another
// method, 400 when it is not known.
func (t *Tenant) route(c *call) *answer {
	segments, err := split(c.path)
	if err != nil {
		return fail(http.StatusBadRequest, "BadRequest", "Bad Request - Error in query syntax.")
	}
	known := false
	for _, r := range t.routes {
		params, ok := r.match(segments)
		if !ok {
			continue
		}
		known = true
		if r.method == c.method {
			c.params = params
			return t.run(r, c)
		}
	}
	if known {
		return fail(http.StatusMethodNotAllowed, "Request_BadRequest", "Specified HTTP method is not allowed for the request target.")
	}
	return fail(http.StatusBadRequest, "BadRequest", "Resource not found for the segment '"+segments[len(segments)-1]+"'.")
}

func (t *Tenant) run(r route, c *call) *answer {
	if r.free != nil {
		return r.free(c)
	}
	var a *answer
	err := t.with(func(s *state) {
		a = r.locked(c, s)
		if c.method != http.MethodGet && a.status < http.StatusBadRequest {
			s.touch()
		}
	})
	if err != nil {
		return stateFailure(err)
	}
	return a
}

// stateFailure tells that the tenant's file could not be read or written.
func stateFailure(err error) *answer {
	return fail(http.StatusInternalServerError, "SandboxState", "The sandbox's state: "+err.Error())
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
