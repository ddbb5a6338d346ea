package graph

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
)

// Credential gives the bearer token. It is azcore's, under a name of ours so
// that this package alone knows azcore.
type Credential = azcore.TokenCredential

// An Attempt is a way to sign in that gave no token.
type Attempt struct {
	Method string
	Reason string // one line
}

// tokens stands between a credential and the sign-in bridge. It keeps the
// token for the life of the client, because some credentials start a process
// for each, and makes every token known as a secret.
type tokens struct {
	from    Credential
	scope   string
	secrets *Secrets

	turn chan struct{} // holds one element when nobody asks for a token
	mu   sync.Mutex
	kept azcore.AccessToken
}

func newTokens(from Credential, scope string, s *Secrets) *tokens {
	t := &tokens{from: from, scope: scope, secrets: s, turn: make(chan struct{}, 1)}
	t.turn <- struct{}{}
	return t
}

// GetToken returns the token that is kept while it is good. Claims are an
// answer to a challenge, for which the one that is kept is not good enough:
// https://learn.microsoft.com/entra/identity-platform/claims-challenge.
func (t *tokens) GetToken(ctx context.Context, o policy.TokenRequestOptions) (azcore.AccessToken, error) {
	select {
	case <-t.turn:
		defer func() { t.turn <- struct{}{} }()
	case <-ctx.Done():
		return azcore.AccessToken{}, context.Cause(ctx)
	}
	if token := t.current(); o.Claims == "" && good(token) {
		return token, nil
	}
	token, err := t.from.GetToken(ctx, o)
	if err != nil {
		return azcore.AccessToken{}, refused(ctx, err)
	}
	t.secrets.Add(token.Token)
	t.keep(token)
	return token, nil
}

// token returns a token for Graph.
func (t *tokens) token(ctx context.Context) (string, error) {
	token, err := t.GetToken(ctx, policy.TokenRequestOptions{Scopes: []string{t.scope}, EnableCAE: true})
	return token.Token, err
}

// renew asks for a token in place of one that was refused, and reports whether
// another one came.
func (t *tokens) renew(ctx context.Context, old string) (bool, error) {
	t.mu.Lock()
	if t.kept.Token == old {
		t.kept = azcore.AccessToken{}
	}
	t.mu.Unlock()
	token, err := t.token(ctx)
	return token != old, err
}

func (t *tokens) current() azcore.AccessToken {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.kept
}

func (t *tokens) keep(token azcore.AccessToken) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.kept = token
}

// good reports whether a token lives long enough for one more request.
func good(token azcore.AccessToken) bool {
	return token.Token != "" && time.Until(token.ExpiresOn) > 2*time.Minute &&
		(token.RefreshOn.IsZero() || time.Now().Before(token.RefreshOn))
}

// refused makes a sign-in error of what a credential says, unless it was
// merely interrupted.
func refused(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if _, ok := errors.AsType[*SignInError](err); ok {
		return err
	}
	return &SignInError{Tried: []Attempt{{Method: "credential", Reason: Shorten(OneLine(err.Error()), LongestReason)}}}
}
