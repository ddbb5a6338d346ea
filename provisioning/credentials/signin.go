package credentials

import (
	"cmp"
	"fmt"

	"github.com/scimctl/scimctl/graph/synchronization"
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

// A SignIn is how the service signs in to an application: with a token, or
// with client credentials. It has been looked at.
type SignIn struct {
	Url    string
	token  string
	client ClientCredentials
}

// newSignIn looks at what was given. With client credentials there is no token:
// the service takes no mixture.
func newSignIn(url, token string, client ClientCredentials) (_ SignIn, err error) {
	if url, err = checkURL(url); err != nil {
		return SignIn{}, err
	}
	if client == (ClientCredentials{}) {
		token, err = cleanToken(token)
		return SignIn{Url: url, token: token}, err
	}
	if token != "" {
		return SignIn{}, &TokenError{Reason: "does not go with OAuth 2.0 client credentials: the application takes one or the other"}
	}
	if client.ClientID == "" || client.TokenURL == "" {
		return SignIn{}, &TokenError{What: "client secret", Reason: "needs a client id and a token URL with it"}
	}
	if client.TokenURL, err = checkURL(client.TokenURL); err != nil {
		return SignIn{}, err
	}
	client.Secret, err = cleanSecret("client secret", client.Secret)
	return SignIn{Url: url, client: client}, err
}

func (s SignIn) oauth() bool { return s.token == "" }

// secret is what must not be seen.
func (s SignIn) secret() string { return cmp.Or(s.token, s.client.Secret) }

func (s SignIn) pairs() []synchronization.KeyValue {
	pairs := []synchronization.KeyValue{{Key: KeyBaseAddress, Value: s.Url}}
	if !s.oauth() {
		return append(pairs, synchronization.KeyValue{Key: keySecretToken, Value: s.token})
	}
	return append(pairs,
		synchronization.KeyValue{Key: keyAuthentication, Value: clientCredentialsGrant}, synchronization.KeyValue{Key: keyClientID, Value: s.client.ClientID},
		synchronization.KeyValue{Key: keyTokenURL, Value: s.client.TokenURL}, synchronization.KeyValue{Key: keyClientSecret, Value: s.client.Secret})
}

// over are the pairs, and empty ones for what the other way of signing in has
// left behind.
func (s SignIn) over(current Secrets) []synchronization.KeyValue {
	others := []string{keySecretToken}
	if !s.oauth() {
		others = []string{keyAuthentication, keyClientID, keyTokenURL, keyClientSecret}
	}
	changes := s.pairs()
	for _, key := range others {
		if current.Get(key) != "" {
			changes = append(changes, synchronization.KeyValue{Key: key})
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

// Renewed is the saved way of signing in with another secret. What is empty
// stays as it is saved; a value that the service masks has to be given.
func (s Secrets) Renewed(app, url, token string, client ClientCredentials) (SignIn, error) {
	oauth := s.Get(keyClientSecret) != ""
	if oauth == (token != "") {
		return SignIn{}, &OtherKindError{App: app, OAuth: oauth}
	}
	if oauth {
		client.ClientID = cmp.Or(client.ClientID, s.readable(keyClientID))
		client.TokenURL = cmp.Or(client.TokenURL, s.readable(keyTokenURL))
	}
	return newSignIn(cmp.Or(url, s.Get(KeyBaseAddress)), token, client)
}

func (s Secrets) readable(key string) string {
	if value := s.Get(key); !Masked(value) {
		return value
	}
	return ""
}
