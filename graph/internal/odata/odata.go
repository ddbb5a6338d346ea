// Package odata writes the paths of Graph and reads what JSON holds beyond known members.
package odata

import (
	"net/url"
	"strings"
)

// Path joins the segments of a path, each escaped: ids may hold ' and # and /.
func Path(segments ...string) string {
	var b strings.Builder
	for _, s := range segments {
		b.WriteString("/" + url.PathEscape(s))
	}
	return b.String()
}

// Query adds query options, given as pairs of name and value; empty values are
// left out.
func Query(path string, pairs ...string) string {
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

// Literal is a string in a filter: quoted, with quotes doubled.
func Literal(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// IsGUID reports whether s has the form of an object id.
func IsGUID(s string) bool {
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
