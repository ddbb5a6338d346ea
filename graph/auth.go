package graph

import (
	"context"
	"net/http"
	"os/exec"
	"slices"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
)

// Credential gives the bearer token. It is azcore's, under a name of ours so
// that this package alone knows azcore.
type Credential = azcore.TokenCredential

// The ways to sign in, as [SignIn.Method].
const (
	MethodAuto         = "auto" // the others in this order
	MethodToken        = "token"
	MethodClientSecret = "client-secret"
	MethodCLI          = "cli"
)

// A SignIn says how to get a token.
type SignIn struct {
	Method        string // one of the Method constants; "" is auto
	TenantID      string
	ClientID      string
	ClientSecret  string
	AccessToken   string
	Cloud         Cloud
	Transport     http.RoundTripper // nil: the system's
	AuthorityHost string            // https://…, instead of that of Cloud
}

// An Attempt is a way to sign in that gave no token.
type Attempt struct {
	Method string
	Reason string // one line
}

// A SignInError says that there is no token, and what was tried for one.
type SignInError struct{ Tried []Attempt }

func (e *SignInError) Error() string {
	if len(e.Tried) == 0 {
		return "not signed in"
	}
	tried := make([]string, len(e.Tried))
	for i, a := range e.Tried {
		tried[i] = a.Method + ": " + a.Reason
	}
	return "not signed in: " + strings.Join(tried, "; ")
}

// Credential returns the credential that the sign-in comes to, and asks it for
// nothing yet. By default the ways are gone through in order: one that is not
// configured is passed over, and one that is configured is taken, so that a
// refusal never ends in another identity. When nothing is configured, or not
// all that the method needs, the error is a [*SignInError]; it is also what
// the credential answers when it is refused.
func (s SignIn) Credential(ctx context.Context) (Credential, error) {
	if err := context.Cause(ctx); err != nil {
		return nil, err
	}
	var passed []Attempt
	for _, way := range s.ways() {
		credential, missing, err := way.make()
		switch {
		case err != nil:
			return nil, &SignInError{append(passed, Attempt{way.method, reason(err, s.ClientSecret)})}
		case missing != "":
			passed = append(passed, Attempt{way.method, missing})
		default:
			return &named{credential, way.method, passed, s.ClientSecret}, nil
		}
	}
	return nil, &SignInError{passed}
}

// A way is one way to sign in. Its make says what is missing when it is not
// configured.
type way struct {
	method string
	make   func() (credential Credential, missing string, err error)
}

func (s SignIn) ways() []way {
	all := []way{
		{MethodToken, s.token},
		{MethodClientSecret, s.clientSecret},
		{MethodCLI, s.cli},
	}
	if s.Method == "" || s.Method == MethodAuto {
		return all
	}
	for _, w := range all {
		if w.method == s.Method {
			return []way{w}
		}
	}
	return []way{{s.Method, func() (Credential, string, error) { return nil, "no such way to sign in", nil }}}
}

func (s SignIn) token() (Credential, string, error) {
	if strings.TrimSpace(s.AccessToken) == "" {
		return nil, "no access token given", nil
	}
	return StaticToken(s.AccessToken), "", nil
}

func (s SignIn) clientSecret() (Credential, string, error) {
	switch {
	case s.ClientSecret == "":
		return nil, "no client secret given", nil
	case s.TenantID == "" || s.ClientID == "":
		return nil, "", &SignInError{[]Attempt{{MethodClientSecret, "a client secret needs a tenant and a client id"}}}
	}
	credential, err := azidentity.NewClientSecretCredential(s.TenantID, s.ClientID, s.ClientSecret,
		&azidentity.ClientSecretCredentialOptions{
			ClientOptions:            s.clientOptions(),
			DisableInstanceDiscovery: s.AuthorityHost != "",
		})
	return credential, "", err
}

func (s SignIn) clientOptions() azcore.ClientOptions {
	options := azcore.ClientOptions{Cloud: cloud.Configuration{
		ActiveDirectoryAuthorityHost: first(s.AuthorityHost, s.Cloud.orGlobal().Authority),
	}}
	if s.Transport != nil {
		options.Transport = &http.Client{Transport: s.Transport}
	}
	return options
}

func (s SignIn) cli() (Credential, string, error) {
	if path, _ := exec.LookPath("az"); path == "" {
		return nil, "the Azure CLI is not installed", nil
	}
	credential, err := azidentity.NewAzureCLICredential(&azidentity.AzureCLICredentialOptions{TenantID: s.TenantID})
	return credential, "", err
}

// named makes a refusal say which way was refused, and which were passed over
// before it.
type named struct {
	Credential
	method string
	passed []Attempt
	secret string
}

func (n *named) GetToken(ctx context.Context, o policy.TokenRequestOptions) (azcore.AccessToken, error) {
	token, err := n.Credential.GetToken(ctx, o)
	if err == nil || ctx.Err() != nil {
		return token, err
	}
	return token, &SignInError{append(slices.Clip(n.passed), Attempt{n.method, reason(err, n.secret)})}
}
