package redact

import (
	"regexp"
	"strings"
	"unicode"
)

// Names of query parameters and form fields whose values are secrets.
const secretParameters = `sig|signature|code|token|secret|password|passwd|pwd|key|api[_-]?key|subscription-key|sas|` +
	`(?:access|refresh|id|auth|secret|sas|device)[_-]?(?:token|code)|client[_-]?(?:secret|assertion)|assertion`

// Shapes finds secrets that nobody told about, by what they look like: JSON Web
// Tokens, credentials of a header, passwords and tokens in URLs and forms.
type Shapes struct{ jwt, scheme, userinfo, parameter *regexp.Regexp }

// NewShapes compiles the patterns.
func NewShapes() *Shapes {
	return &Shapes{
		jwt:      regexp.MustCompile(`eyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*`),
		scheme:   regexp.MustCompile(`(?i)\b((?:bearer|basic)(?:\s|%20|\+)+)([A-Za-z0-9._~+/-]{8,}=*)`),
		userinfo: regexp.MustCompile(`(://)[^/?#\s"'<>\\@]+@`),
		parameter: regexp.MustCompile(
			`(?i)((?:^|[?&#;\s"']|\\u0026|&amp;)(?:` + secretParameters + `)=)[^&\s"'<>\\#;]+`),
	}
}

// Text replaces what looks like a secret.
func (s *Shapes) Text(text string) string {
	if !strings.ContainsAny(text, ".=@ ") {
		return text
	}
	text = s.Message(text)
	text = s.parameter.ReplaceAllString(text, "${1}"+Mark)
	return s.scheme.ReplaceAllStringFunc(text, func(found string) string {
		m := s.scheme.FindStringSubmatch(found)
		if !strings.ContainsAny(m[2][1:], letters[:26]+"0123456789") { // a word, as in "Bearer authorization_uri"
			return found
		}
		return m[1] + Mark
	})
}

// Message removes what is a secret wherever it stands: JSON Web Tokens, and user
// names and passwords in URLs.
func (s *Shapes) Message(text string) string {
	if strings.Contains(text, "eyJ") {
		text = s.jwt.ReplaceAllString(text, Mark)
	}
	if strings.Contains(text, "@") {
		text = s.userinfo.ReplaceAllString(text, "${1}"+Mark+"@")
	}
	return text
}

// IsSecretParameter reports whether the value of a query parameter is secret.
func (s *Shapes) IsSecretParameter(name string) bool {
	return s.parameter.MatchString("?" + name + "=x")
}

// IsSecretName reports whether the value of a member of that name is secret, in
// whatever style the name is written.
func IsSecretName(name string) bool {
	switch strings.Map(plainLetter, name) {
	case "accesstoken", "refreshtoken", "idtoken", "token", "secrettoken", "sastoken", "bearertoken", "devicecode",
		"clientsecret", "consumersecret", "secret", "secrettext", "secretkey", "privatekey",
		"clientassertion", "assertion", "password", "connectionstring",
		"appkey", "apikey", "tokenkey", "authorization", "proxyauthorization", "cookie", "setcookie",
		"oauth2accesstoken", "oauth2refreshtoken", "oauth2clientsecret", "oauth2authorizationcode":
		return true
	}
	return false
}

// plainLetter leaves out what only separates the words of a name.
func plainLetter(r rune) rune {
	if strings.ContainsRune("_- ", r) {
		return -1
	}
	return unicode.ToLower(r)
}
