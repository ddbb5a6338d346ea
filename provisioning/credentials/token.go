package credentials

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/scimctl/scimctl/graph/bounds"
)

// A TokenError is a secret token that cannot be one. It does not show it.
type TokenError struct {
	What   string // "client secret"; "" is the token
	Reason string
}

func (e *TokenError) Error() string {
	return fmt.Sprintf("the %s %s", cmp.Or(e.What, "token"), e.Reason)
}

// cleanToken takes off what files and pipes put around a token. One copied with
// its scheme would be sent with two.
func cleanToken(token string) (string, error) {
	token, err := cleanSecret("", token)
	if scheme, _, two := strings.Cut(token, " "); err == nil && two && strings.EqualFold(scheme, "Bearer") {
		return "", &TokenError{Reason: "begins with the word Bearer, which the service puts in front itself: hand in what comes after it"}
	}
	return token, err
}

// cleanSecret takes line ends and a byte-order mark off.
func cleanSecret(what, secret string) (string, error) {
	secret = strings.Trim(secret, "\ufeff\r\n")
	switch {
	case strings.TrimSpace(secret) == "":
		return "", &TokenError{What: what, Reason: "is empty"}
	case strings.ContainsFunc(secret, unprintable):
		return "", &TokenError{What: what, Reason: "has characters in it that no header can carry: is the file text in UTF-8, and only the " + cmp.Or(what, "token") + "?"}
	}
	return secret, nil
}

func unprintable(r rune) bool { return r > unicode.MaxASCII || !unicode.IsPrint(r) }

// tokenExpiry is when a token that is a JWT expires; zero for any other, and
// for one that names no second of the calendar.
func tokenExpiry(token string) time.Time {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return time.Time{}
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return time.Time{}
	}
	var claims struct {
		Expires float64 `json:"exp"`
	}
	if json.Unmarshal(payload, &claims) != nil {
		return time.Time{}
	}
	return bounds.Unix(claims.Expires)
}
