package sandbox

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/provisioning/sandbox/internal/odata"
)

// secretKeys are the keys of the service's configuration; those after the bar
// are secret.
// https://learn.microsoft.com/graph/api/resources/synchronization-synchronizationsecretkeystringvaluepair
func secretKeys() (plain, hidden []string) {
	return strings.Fields(`None UserName BaseAddress ClientIdentifier SingleSignOnType Sandbox Url Domain ConsumerKey TokenExpiration
			Oauth2AccessTokenCreationTime SyncAll InstanceName Oauth2ClientId CompanyId UpdateKeyOnSoftDelete SynchronizationSchedule
			SystemOfRecord SandboxName EnforceDomain SyncNotificationSettings SkipOutOfScopeDeletions Oauth2RedirectUri
			ApplicationTemplateIdentifier Oauth2TokenExchangeUri Oauth2AuthorizationUri AuthenticationType Server
			PerformInboundEntitlementGrants HardDeletesEnabled SyncAgentCompatibilityKey SyncAgentADContainer ValidateDomain TestReferences`),
		strings.Fields(`Password SecretToken AppKey ClientSecret ConsumerSecret TokenKey Oauth2AccessToken Oauth2RefreshToken
			Oauth2ClientSecret Oauth2AuthorizationCode ConnectionString`)
}

func knownKey(key string) bool {
	plain, hidden := secretKeys()
	return slices.Contains(plain, key) || slices.Contains(hidden, key)
}

func isHidden(key string) bool {
	_, hidden := secretKeys()
	return slices.Contains(hidden, key)
}

func unknownKey(key string) *odata.Answer {
	return odata.Fail(http.StatusInternalServerError, "InternalError", "Requested value '"+key+"' was not found.")
}

// getSecrets shows what is not secret, and a star for what is.
func getSecrets(c *odata.Call, _ *state, a *app) *odata.Answer {
	value := []odata.Object{}
	for _, kept := range a.Secrets {
		shown := kept.Value
		if isHidden(kept.Key) {
			shown = "*"
		}
		value = append(value, odata.Object{"key": kept.Key, "value": shown})
	}
	return odata.OK(odata.Object{"@odata.context": c.Context(syncPath(a) + "/secrets"), "value": value})
}

// putSecrets merges by key. An empty text removes a key. Of a secret the state
// keeps only that it was set.
// https://learn.microsoft.com/graph/api/synchronization-serviceprincipal-put-synchronization
func (t *Tenant) putSecrets(c *odata.Call, s *state, a *app) *odata.Answer {
	var body struct {
		Value *[]struct {
			Key   string  `json:"key"`
			Value *string `json:"value"`
		} `json:"value"`
	}
	if a := c.Decode(&body); a != nil {
		return a
	}
	if body.Value == nil {
		return odata.Fail(http.StatusBadRequest, "RequestMissingRequiredParameter", "The request is missing the required parameter 'value'.")
	}
	for _, entry := range *body.Value {
		switch {
		case !knownKey(entry.Key):
			return unknownKey(entry.Key)
		case entry.Key == "SyncNotificationSettings" && (entry.Value == nil || !isObject(*entry.Value)):
			return invalidNotification()
		}
	}
	pairs := make([]secret, len(*body.Value))
	for i, entry := range *body.Value {
		if pairs[i].Key = entry.Key; entry.Value != nil {
			pairs[i].Value = *entry.Value
		}
	}
	if t.mixture(a, pairs) {
		return odata.Fail(http.StatusInternalServerError, "InternalError", "")
	}
	if t.options.strictSecrets {
		a.Secrets = nil
		a.TokenIsOurs, a.ClientSecretIsOurs = false, false
	}
	for _, pair := range pairs {
		t.setSecret(s, a, pair.Key, pair.Value)
	}
	for _, pair := range pairs {
		if pair.Key == "SecretToken" {
			t.holdToken(a, pair.Value)
		}
	}
	return odata.NoContent()
}

// mixture reports whether a token would be saved beside client credentials,
// which the service was seen to answer with 500.
func (t *Tenant) mixture(a *app, pairs []secret) bool {
	token, way := false, ""
	if !t.options.strictSecrets {
		token, way = a.has("SecretToken"), a.setting("AuthenticationType")
	}
	for _, pair := range pairs {
		switch pair.Key {
		case "SecretToken":
			token = pair.Value != ""
		case "AuthenticationType":
			way = pair.Value
		}
	}
	return token && way == clientCredentialsGrant
}

func isObject(text string) bool {
	var o map[string]any
	return json.Unmarshal([]byte(text), &o) == nil
}

// invalidNotification carries the service's own error as text.
func invalidNotification() *odata.Answer {
	return odata.Fail(http.StatusBadRequest, "UnknownError", "{\r\n  \"error\":{\r\n    \"code\":\"InvalidNotificationSettings\",\"message\":null,\"target\":null,\"details\":[\r\n      \r\n    ],\"innerError\":null\r\n  }\r\n}")
}

func (t *Tenant) setSecret(s *state, a *app, key, value string) {
	if key == "Oauth2ClientSecret" {
		a.ClientSecretIsOurs = value == s.SCIMToken
	}
	if key == "SecretToken" {
		a.TokenIsOurs = value == s.SCIMToken
	}
	a.Secrets = slices.DeleteFunc(a.Secrets, func(kept secret) bool { return kept.Key == key })
	if value == "" {
		return
	}
	if isHidden(key) {
		value = ""
	}
	a.Secrets = append(a.Secrets, secret{Key: key, Value: value})
}

// An outsideToken is the token of a SCIM server outside, with the address that
// it was given for. Whoever changes the address alone does not get the token.
type outsideToken struct{ token, address string }

// holdToken remembers a token until the process ends, for the address that is
// saved along with it.
func (t *Tenant) holdToken(a *app, token string) {
	t.memory.Lock()
	defer t.memory.Unlock()
	delete(t.secrets, a.SP)
	if token != "" {
		t.secrets[a.SP] = outsideToken{token, a.setting("BaseAddress")}
	}
}

// setting is a value of the configuration that is not secret.
func (a *app) setting(key string) string {
	for _, kept := range a.Secrets {
		if kept.Key == key {
			return kept.Value
		}
	}
	return ""
}

// hasToken reports whether a secret was set: a token, or that of OAuth 2.0
// client credentials.
func (a *app) hasToken() bool {
	return a.has("SecretToken") || a.oauth() && a.has("Oauth2ClientSecret")
}

func (a *app) oauth() bool { return a.setting("AuthenticationType") == clientCredentialsGrant }

func (a *app) has(key string) bool {
	return slices.ContainsFunc(a.Secrets, func(kept secret) bool { return kept.Key == key })
}

func (a *app) on(key string) bool { return strings.EqualFold(a.setting(key), "true") }

// credentials are what the service signs in with at the SCIM server; empty
// when they were never set, or when the token is not to be had here.
func (t *Tenant) credentials(s *state, a *app) (address, token string) {
	address = a.setting("BaseAddress")
	switch {
	case address == "" || !a.hasToken():
		return address, ""
	case a.oauth():
		return address, exchanged(s.SCIMToken, a.setting("Oauth2TokenExchangeUri"), a.ClientSecretIsOurs)
	case a.TokenIsOurs:
		return address, s.SCIMToken
	}
	t.memory.Lock()
	held := t.secrets[a.SP]
	t.memory.Unlock()
	switch {
	case held.token != "" && isFor(address, held.address):
		return address, held.token
	case strings.HasPrefix(address, SCIMURL):
		return address, "wrong" // what it was is not kept, but it was not the server's
	case isFor(address, t.options.scimToken.address):
		return address, t.options.scimToken.token
	}
	return address, ""
}

// TokenURL is where the service gets a token for the SCIM server inside by
// OAuth 2.0 client credentials. Any client id will do; the client secret is the
// server's token. The sandbox gets no tokens anywhere else.
const TokenURL = "https://scim.sandbox.invalid/token"

// clientCredentialsGrant is the AuthenticationType of client credentials.
const clientCredentialsGrant = "OAuth2ClientCredentialsGrant"

// exchanged is the token that client credentials give: that of the server
// inside, or one that no server takes.
func exchanged(inside, tokenURL string, secretFits bool) string {
	if tokenURL == TokenURL && secretFits {
		return inside
	}
	return "wrong"
}
