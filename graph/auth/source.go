package auth

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/bounds"
	"github.com/scimctl/scimctl/graph/parallel"
)

// A source is a way to sign in that is configured.
type source struct {
	// build makes the credential. Its tokens go through the cache, where the
	// way has one, and its requests through the options.
	build func(azidentity.Cache, azcore.ClientOptions) (graph.Credential, error)
	// cache names the cache between processes; "" for a way that has none.
	cache   string
	secrets []string // never to be seen in an error
	// uncached, when not nil, decides what to do where there is no cache.
	uncached func(why error) error
}

// fixed is the source of a credential that needs neither cache nor requests.
func fixed(c graph.Credential) source {
	return source{build: func(azidentity.Cache, azcore.ClientOptions) (graph.Credential, error) { return c, nil }}
}

// signedIn is the credential of a way that was taken. It makes a refusal say
// which way was refused, and which were passed over before it, and mends a
// cache that is damaged.
type signedIn struct {
	method  string
	passed  []graph.Attempt
	from    source
	caches  caches
	witness *witness

	mu         sync.Mutex
	credential graph.Credential
	cached     bool // the credential uses a cache between processes
}

// Way tells which way was taken: one of the Method constants.
func (n *signedIn) Way() string { return n.method }

// take makes the credential of a way.
func (s SignIn) take(method string, from source, passed []graph.Attempt) (*signedIn, error) {
	n := &signedIn{method: method, passed: passed, from: from, caches: s.caches(), witness: newWitness(s.Transport, s.say)}
	n.caches.options = n.options(s)
	if err := n.open(); err != nil {
		return nil, n.refused(err)
	}
	return n, nil
}

// options of azidentity: the cloud is known, so that nobody has to be asked
// whether it is one, and a redirect would carry the secret elsewhere.
func (n *signedIn) options(s SignIn) azcore.ClientOptions {
	return azcore.ClientOptions{
		Cloud: cloud.Configuration{ActiveDirectoryAuthorityHost: s.authority()},
		Transport: &http.Client{
			Transport:     n.witness,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		Retry: policy.RetryOptions{RetryDelay: 250 * time.Millisecond, MaxRetryDelay: 5 * time.Second},
	}
}

// open makes the credential, with a cache where there is a place for one.
func (n *signedIn) open() error {
	if n.from.cache == "" {
		return n.make(azidentity.Cache{}, false)
	}
	cache, err := n.caches.open(n.from.cache)
	if err == nil {
		return n.make(cache, true)
	}
	if n.from.uncached != nil {
		if refused := n.from.uncached(err); refused != nil {
			return refused
		}
	}
	n.caches.tell(err)
	return n.make(azidentity.Cache{}, false)
}

func (n *signedIn) make(cache azidentity.Cache, cached bool) error {
	credential, err := n.from.build(cache, n.caches.options)
	if err != nil {
		return err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.credential, n.cached = credential, cached
	return nil
}

func (n *signedIn) current() (graph.Credential, bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.credential, n.cached
}

// GetToken asks the credential. Where it fails and yet neither the network nor
// the authority did, the cache is to blame: another process may be writing it
// at this moment; else it is damaged, and deleted; and when a new one is no
// better, it is done without.
func (n *signedIn) GetToken(ctx context.Context, o policy.TokenRequestOptions) (azcore.AccessToken, error) {
	token, err := n.ask(ctx, o)
	for _, mend := range []func(context.Context, error) error{n.again, n.anew, n.without} {
		if _, cached := n.current(); err == nil || ctx.Err() != nil || !cached || !n.witness.sound() {
			break
		}
		if mend(ctx, err) == nil {
			token, err = n.ask(ctx, o)
		}
	}
	switch {
	case err == nil:
		return token, nil
	case ctx.Err() != nil:
		return token, context.Cause(ctx)
	}
	return token, n.refused(err)
}

// again reads the cache once more, when another process has had time to write it.
func (n *signedIn) again(ctx context.Context, _ error) error {
	if err := parallel.Sleep(ctx, 100*time.Millisecond); err != nil {
		return err
	}
	return n.open()
}

// anew makes an empty cache.
func (n *signedIn) anew(ctx context.Context, _ error) error {
	n.caches.remove(ctx, n.from.cache)
	return n.open()
}

// without does without a cache, where the way can.
func (n *signedIn) without(_ context.Context, why error) error {
	if n.from.uncached != nil {
		return why
	}
	n.caches.tell(errors.New(reason(why, n.from.secrets...)))
	return n.make(azidentity.Cache{}, false)
}

func (n *signedIn) ask(ctx context.Context, o policy.TokenRequestOptions) (azcore.AccessToken, error) {
	credential, _ := n.current()
	n.witness.forget()
	return credential.GetToken(ctx, o)
}

func (n *signedIn) refused(err error) *graph.SignInError {
	e := &graph.SignInError{Tried: append(slices.Clip(n.passed), graph.Attempt{Method: n.method, Reason: cmp.Or(n.witness.said(n.from.secrets...), reason(err, n.from.secrets...))})}
	if host, lost := n.witness.lost(); lost != nil {
		e.Unreachable = &graph.UnreachableError{Op: graph.Operation{Name: "sign in"}, Host: host, Err: lost}
	}
	return e
}

// cli signs in as the Azure CLI is. Each token starts a process of it, which
// takes about a second.
func (s SignIn) cli(context.Context) (source, string, error) {
	if path, _ := exec.LookPath("az"); path == "" {
		return source{}, "the Azure CLI is not installed", nil
	}
	if s.Method != MethodCLI && s.signedOut() {
		return source{}, "nobody is signed in to the Azure CLI (az login)", nil
	}
	return source{build: func(azidentity.Cache, azcore.ClientOptions) (graph.Credential, error) {
		return azidentity.NewAzureCLICredential(&azidentity.AzureCLICredentialOptions{TenantID: s.tenant()})
	}}, "", nil
}

// signedOut reports whether the Azure CLI's own list of accounts is there and
// empty: https://learn.microsoft.com/cli/azure/azure-cli-configuration.
func (s SignIn) signedOut() bool {
	folder := s.env("AZURE_CONFIG_DIR")
	if home := cmp.Or(s.env("HOME"), s.env("USERPROFILE")); folder == "" && home != "" {
		folder = filepath.Join(home, ".azure")
	}
	data, err := bounds.ReadFile(filepath.Join(folder, "azureProfile.json"), bounds.Document)
	if folder == "" || err != nil {
		return false
	}
	var profile struct{ Subscriptions []json.RawMessage }
	return json.Unmarshal(bytes.TrimPrefix(data, []byte("\ufeff")), &profile) == nil && len(profile.Subscriptions) == 0
}

// azd signs in as the Azure Developer CLI is.
func (s SignIn) azd(context.Context) (source, string, error) {
	if path, _ := exec.LookPath("azd"); path == "" {
		return source{}, "the Azure Developer CLI is not installed", nil
	}
	return source{build: func(azidentity.Cache, azcore.ClientOptions) (graph.Credential, error) {
		return azidentity.NewAzureDeveloperCLICredential(&azidentity.AzureDeveloperCLICredentialOptions{TenantID: s.tenant()})
	}}, "", nil
}
