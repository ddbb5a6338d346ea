package safetext

import (
	"net/url"
)

// Address returns a URL without its secrets: passwords, a user name that stands
// alone, the query and the fragment. Of text that is no URL nothing is shown,
// because nobody can tell where those parts begin.
func Address(text string) string {
	const mark = "xxxxx" // that of url.Redacted
	u, err := url.Parse(text)
	if err != nil || u.Opaque != "" {
		return mark
	}
	shown := url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path, RawPath: u.RawPath}
	if _, hasPassword := u.User.Password(); hasPassword {
		shown.User = url.UserPassword(u.User.Username(), mark)
	} else if u.User != nil {
		shown.User = url.User(mark)
	}
	if u.RawQuery != "" {
		shown.RawQuery = mark
	}
	if u.Fragment != "" {
		shown.Fragment = mark
	}
	return shown.String()
}
