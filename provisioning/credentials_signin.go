package provisioning

import (
	"cmp"
	"fmt"

	"github.com/scimctl/scimctl/graph"
)

// ClientCredentials are what the service gets a token with for each of its
// visits, by OAuth 2.0, in place of one secret token. The keys under which they
// are kept are AuthenticationType, Oauth2ClientId, Oauth2TokenExchangeUri and
// Oauth2ClientSecret of
// https://learn.microsoft.com/graph/api/resources/synchronization-synchronizationsecretkeystringvaluepair.
type ClientCredentials struct {
	ClientID string
	TokenURL string // https, or http on this machine
	Secret   string // line ends and a byte-order mark around it are taken off
}

// clientCredentialsGrant is the value of AuthenticationType.
const clientCredentialsGrant = "OAuth2ClientCredentialsGrant"

// A signIn is how the service signs in to an application: with a token, or
// with client credentials. It has been looked at.
type signIn struct {
	url    string
	token  string
	client ClientCredentials
}

// newSignIn looks at what was given. With client credentials there is no token:
// the service takes no mixture.
func newSignIn(url, token string, client ClientCredentials) (_ signIn, err error) {
	if url, err = checkURL(url); err != nil {
		return signIn{}, err
	}
	if client == (ClientCredentials{}) {
		token, err = cleanToken(token)
		return signIn{url: url, token: token}, err
	}
	if token != "" {
		return signIn{}, &TokenError{Reason: "does not go with OAuth 2.0 client credentials: the application takes one or the other"}
	}
	if client.ClientID == "" || client.TokenURL == "" {
		return signIn{}, &TokenError{What: "client secret", Reason: "needs a client id and a token URL with it"}
	}
	if client.TokenURL, err = checkURL(client.TokenURL); err != nil {
		return signIn{}, err
	}
	client.Secret, err = cleanSecret("client secret", client.Secret)
	return signIn{url: url, client: client}, err
}

func (s signIn) oauth() bool { return s.token == "" }

// secret is what must not be seen.
func (s signIn) secret() string { return cmp.Or(s.token, s.client.Secret) }

func (s signIn) pairs() []graph.KeyValue {
	pairs := []graph.KeyValue{{Key: keyBaseAddress, Value: s.url}}
	if !s.oauth() {
		return append(pairs, graph.KeyValue{Key: keySecretToken, Value: s.token})
	}
	return append(pairs,
		graph.KeyValue{Key: keyAuthentication, Value: clientCredentialsGrant}, graph.KeyValue{Key: keyClientID, Value: s.client.ClientID},
		graph.KeyValue{Key: keyTokenURL, Value: s.client.TokenURL}, graph.KeyValue{Key: keyClientSecret, Value: s.client.Secret})
}

// over are the pairs, and empty ones for what the other way of signing in has
// left behind.
func (s signIn) over(current secrets) []graph.KeyValue {
	others := []string{keySecretToken}
	if !s.oauth() {
		others = []string{keyAuthentication, keyClientID, keyTokenURL, keyClientSecret}
	}
	changes := s.pairs()
	for _, key := range others {
		if current.get(key) != "" {
			changes = append(changes, graph.KeyValue{Key: key})
		}
	}
	return changes
}

// An OtherKindError is a new secret of another kind than the saved one: a token
// for an application that has client credentials, or the reverse.
type OtherKindError struct {
	App   string
	OAuth bool // client credentials are saved
}

func (e *OtherKindError) Error() string {
	if e.OAuth {
		return fmt.Sprintf("the service signs in to %s with OAuth 2.0 client credentials, not with a secret token", e.App)
	}
	return fmt.Sprintf("the service signs in to %s with a secret token, not with OAuth 2.0 client credentials", e.App)
}

// renewed is the saved way of signing in with another secret. What is empty
// stays as it is saved; a value that the service masks has to be given.
func (s secrets) renewed(app, url, token string, client ClientCredentials) (signIn, error) {
	oauth := s.get(keyClientSecret) != ""
	if oauth == (token != "") {
		return signIn{}, &OtherKindError{App: app, OAuth: oauth}
	}
	if oauth {
		client.ClientID = cmp.Or(client.ClientID, s.readable(keyClientID))
		client.TokenURL = cmp.Or(client.TokenURL, s.readable(keyTokenURL))
	}
	return newSignIn(cmp.Or(url, s.get(keyBaseAddress)), token, client)
}

func (s secrets) readable(key string) string {
	if value := s.get(key); !masked(value) {
		return value
	}
	return ""
}
