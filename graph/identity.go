package graph

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"

	"github.com/scimctl/scimctl/graph/bounds"
)

// An Identity is who a token speaks for, as its claims say. They are not
// verified: Graph does that. See
// https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference.
type Identity struct {
	TenantID          string
	UserPrincipalName string // "" for an application
	Name              string // of the person or the application, for people
	ObjectID          string
	AppID             string   // the client that asked for the token
	Scopes            []string // what a person lets the client do
	Roles             []string // what an application may do by itself
	Expires           time.Time
}

// Application reports whether the token speaks for an application alone, not
// for a person who uses one.
func (i Identity) Application() bool { return i.AppID != "" && len(i.Scopes) == 0 }

// Identity tells who the token speaks for. Everything is empty when the token
// is opaque.
func (c *Client) Identity(ctx context.Context) (Identity, error) {
	token, err := c.tokens.token(ctx)
	if err != nil {
		return Identity{}, err
	}
	return ReadToken(token).Identity(), nil
}

// Way tells how the client signed in: one of the Method constants, and "" when
// it was given a credential that no [auth.SignIn] made.
func (c *Client) Way() string {
	if from, ok := c.tokens.from.(interface{ Way() string }); ok {
		return from.Way()
	}
	return ""
}

// claims are those members of a token that tell who it speaks for. Tokens of
// version 1 and 2 use different names.
type claims struct {
	TenantID          string      `json:"tid"`
	UPN               string      `json:"upn"`
	PreferredUsername string      `json:"preferred_username"`
	UniqueName        string      `json:"unique_name"`
	Name              string      `json:"name"`
	AppName           string      `json:"app_displayname"`
	ObjectID          string      `json:"oid"`
	AppID             string      `json:"appid"`
	AuthorizedParty   string      `json:"azp"`
	Scopes            string      `json:"scp"`
	Roles             []string    `json:"roles"`
	Expires           json.Number `json:"exp"`
}

func (c claims) Identity() Identity {
	return Identity{
		TenantID:          c.TenantID,
		UserPrincipalName: cmp.Or(c.UPN, c.PreferredUsername, c.UniqueName),
		Name:              cmp.Or(c.Name, c.AppName),
		ObjectID:          c.ObjectID,
		AppID:             cmp.Or(c.AppID, c.AuthorizedParty),
		Scopes:            strings.Fields(c.Scopes),
		Roles:             c.Roles,
		Expires:           c.expires(),
	}
}

func (c claims) expires() time.Time {
	seconds, err := c.Expires.Float64()
	if err != nil {
		return time.Time{}
	}
	return bounds.Unix(seconds)
}

// ReadToken reads the claims of a JWT; those of anything else are empty.
func ReadToken(token string) claims {
	var c claims
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return c
	}
	payload, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[1], "="))
	if err != nil || json.Unmarshal(payload, &c) != nil {
		return claims{}
	}
	return c
}

// Expiry is when a token ends; one that does not say ends tomorrow.
func Expiry(token string) time.Time {
	if t := ReadToken(token).expires(); !t.IsZero() {
		return t
	}
	return time.Now().Add(24 * time.Hour)
}
