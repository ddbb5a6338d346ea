package graph

import (
	"net/url"
	"strings"
)

// at joins the segments of a path, each escaped: ids may hold ' and # and /.
func at(segments ...string) string {
	var b strings.Builder
	for _, s := range segments {
		b.WriteString("/" + url.PathEscape(s))
	}
	return b.String()
}

// byAppID is the path of an application or service principal by its appId.
func byAppID(collection, appID string) string {
	return "/" + collection + "(appId=" + url.PathEscape(literal(appID)) + ")"
}

// userAt is the path of a user by id or user principal name. A name that
// begins with $ would be taken for a part of the query language:
// https://learn.microsoft.com/graph/api/user-get.
func userAt(key string) string {
	if strings.HasPrefix(key, "$") {
		return "/users(" + url.PathEscape(literal(key)) + ")"
	}
	return at("users", key)
}

// with adds query options, given as pairs of name and value; empty values are
// left out.
func with(path string, pairs ...string) string {
	sep := "?"
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] == "" {
			continue
		}
		path += sep + pairs[i] + "=" + queryEscape(pairs[i+1])
		sep = "&"
	}
	return path
}

// queryEscape writes a blank as %20 and leaves what makes a filter readable.
func queryEscape(s string) string {
	s = url.QueryEscape(s)
	return strings.NewReplacer("+", "%20", "%2C", ",", "%28", "(", "%29", ")", "%27", "'", "%2F", "/").Replace(s)
}

// literal is a string in a filter: quoted, with quotes doubled.
func literal(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// isGUID reports whether s has the form of an object id.
func isGUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i, r := range s {
		switch i {
		case 8, 13, 18, 23:
			if r != '-' {
				return false
			}
		default:
			if !strings.ContainsRune("0123456789abcdefABCDEF", r) {
				return false
			}
		}
	}
	return true
}
