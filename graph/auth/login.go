package auth

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/pkg/browser"

	"github.com/scimctl/scimctl/graph"
)

// A Login signs a person in and keeps the account, so that [MethodLogin] finds
// it.
type Login struct {
	SignIn
	// Scopes are permissions of Graph by name, such as User.Read.All. Those that
	// the client was given before come with the token too.
	Scopes []string
	// DeviceCode shows a code to type into a browser elsewhere, instead of
	// opening one here.
	DeviceCode bool
	// Prompt shows a person where to type which code; nil is Notice.
	Prompt func(message string)
}

// person are the means to ask a person; it is also what can ask silently.
type person interface {
	graph.Credential
	Authenticate(context.Context, *policy.TokenRequestOptions) (azidentity.AuthenticationRecord, error)
}

// Do signs in and returns the account with what its token says. A refusal is a
// [*graph.SignInError].
func (l Login) Do(ctx context.Context) (Account, graph.Identity, error) {
	a := Account{
		Cloud: l.Cloud.OrGlobal().Name, Tenant: cmp.Or(l.tenant(), graph.AnyTenant),
		ClientID: cmp.Or(l.ClientID, DefaultClientID), DeviceCode: l.DeviceCode,
	}
	n := &signedIn{method: MethodLogin, caches: l.caches(), witness: newWitness(l.Transport, l.say)}
	n.caches.options = n.options(l.SignIn)
	cache, err := l.place(ctx, n, a)
	if err != nil {
		n.caches.tell(err)
	}
	prompt := l.Prompt
	if prompt == nil {
		prompt = l.say
	}
	asked, err := l.person(a, cache, n.caches.options, prompt)
	if err != nil {
		return a, graph.Identity{}, n.refused(err)
	}
	if !l.DeviceCode {
		browser.Stdout = io.Discard // standard output is for data
	}
	a.Record, err = asked.Authenticate(ctx, &policy.TokenRequestOptions{Scopes: l.scopes(), EnableCAE: true})
	if err != nil {
		return a, graph.Identity{}, l.failed(ctx, n, err)
	}
	// From now on all that was ever granted is asked for. The authority answers
	// that with a token for .default, which a command then finds in the cache.
	token, err := asked.GetToken(ctx, l.everything())
	if err != nil {
		return a, graph.Identity{}, l.failed(ctx, n, err)
	}
	a.SignedIn = time.Now().UTC().Truncate(time.Second)
	if err := l.keep(ctx, a); err != nil {
		return a, graph.Identity{}, fmt.Errorf("the account cannot be kept: %w", err)
	}
	return a, graph.ReadToken(token.Token).Identity(), nil
}

func (l Login) failed(ctx context.Context, n *signedIn, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return n.refused(err)
}

// place opens the cache of an account. One that gives no token silently, and
// does not even ask the authority, is of no use any more, or damaged: it is
// deleted, or the new sign-in would be lost in it.
func (l Login) place(ctx context.Context, n *signedIn, a Account) (azidentity.Cache, error) {
	name := l.accountCache(a)
	cache, err := n.caches.open(name)
	if err != nil {
		return azidentity.Cache{}, err
	}
	before, _, _ := l.accounts() // what cannot be read is written anew
	for _, old := range before {
		if l.accountCache(old) == name {
			a.Record = old.Record
		}
	}
	if asked, err := l.person(a, cache, n.caches.options, nil); err == nil {
		_, err = asked.GetToken(ctx, l.everything())
		if err == nil || !n.witness.sound() {
			return cache, nil
		}
	}
	n.caches.remove(ctx, name)
	return n.caches.open(name)
}

// person makes the credential that asks a person, or in silence without a
// prompt.
func (s SignIn) person(a Account, cache azidentity.Cache, o azcore.ClientOptions, prompt func(string)) (person, error) {
	if a.DeviceCode && prompt != nil {
		return azidentity.NewDeviceCodeCredential(&azidentity.DeviceCodeCredentialOptions{
			ClientOptions: o, Cache: cache, DisableInstanceDiscovery: true,
			TenantID: a.Tenant, ClientID: a.ClientID, AuthenticationRecord: a.Record,
			UserPrompt: func(_ context.Context, m azidentity.DeviceCodeMessage) error {
				prompt(graph.OneLine(m.Message))
				return nil
			},
		})
	}
	return azidentity.NewInteractiveBrowserCredential(&azidentity.InteractiveBrowserCredentialOptions{
		ClientOptions: o, Cache: cache, DisableInstanceDiscovery: true, DisableAutomaticAuthentication: prompt == nil,
		TenantID: a.Tenant, ClientID: a.ClientID, AuthenticationRecord: a.Record, LoginHint: a.Record.Username,
	})
}

func (s SignIn) accountCache(a Account) string {
	return s.cacheName(a.Tenant, a.ClientID, MethodLogin, "")
}

// everything asks for all that was ever granted.
func (s SignIn) everything() policy.TokenRequestOptions {
	return policy.TokenRequestOptions{Scopes: []string{s.Cloud.OrGlobal().Graph + "/.default"}, EnableCAE: true}
}

// scopes are the permissions under their full names.
func (l Login) scopes() []string {
	var full []string
	for _, name := range l.Scopes {
		full = append(full, l.Cloud.OrGlobal().Graph+"/"+name)
	}
	return full
}

// login signs in as the account that is kept. Several are a question, not a
// choice: it is never known which of them is meant.
func (s SignIn) login(context.Context) (source, string, error) {
	accounts, damaged, err := s.accounts()
	for _, problem := range damaged {
		s.say(problem.Error())
	}
	switch {
	case err != nil:
		return source{}, "", fmt.Errorf("the accounts cannot be read: %w", err)
	case len(accounts) == 0 && len(damaged) > 0:
		return source{}, damaged[0].Error(), nil
	case len(accounts) == 0:
		return source{}, s.nobody(), nil
	case len(accounts) > 1:
		return source{}, "", fmt.Errorf("%d accounts are signed in, name a tenant or a client id: %s", len(accounts), names(accounts))
	}
	a := accounts[0]
	from := source{cache: s.accountCache(a), uncached: func(why error) error {
		if s.Interactive {
			return nil
		}
		return fmt.Errorf("the sign-in of %s cannot be kept here, and nobody can be asked: %w", a.Name(), why)
	}}
	from.build = func(cache azidentity.Cache, o azcore.ClientOptions) (graph.Credential, error) {
		var prompt func(string)
		if cache == (azidentity.Cache{}) {
			prompt = s.say
		}
		asked, err := s.person(a, cache, o, prompt)
		return &account{asked, a}, err
	}
	return from, "", nil
}

func (s SignIn) nobody() string {
	others, err := SignIn{StateDir: s.StateDir, Cloud: s.Cloud}.Accounts()
	if err != nil || len(others) == 0 {
		return "nobody has signed in with auth login"
	}
	return "nobody has signed in for this tenant and client; signed in: " + names(others)
}

func names(accounts []Account) string {
	all := make([]string, len(accounts))
	for i, a := range accounts {
		all[i] = a.Name()
	}
	return strings.Join(all, ", ")
}

// account is the credential of a person who signed in before.
type account struct {
	person
	who Account
}

// GetToken asks in silence. That a person is needed says azidentity, and
// nothing of who and why.
func (a *account) GetToken(ctx context.Context, o policy.TokenRequestOptions) (azcore.AccessToken, error) {
	token, err := a.person.GetToken(ctx, o)
	if _, ok := errors.AsType[*azidentity.AuthenticationRequiredError](err); ok {
		return token, fmt.Errorf("the sign-in of %s has ended", a.who.Name())
	}
	return token, err
}
