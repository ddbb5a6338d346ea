// Package auth holds the ways to sign in.
package auth

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/graph"
)

// The ways to sign in, as [SignIn.Method].
const (
	MethodAuto              = "auto"               // the first of the others that is configured
	MethodToken             = "token"              // an access token that was got elsewhere
	MethodLogin             = "login"              // the account that a [Login] kept
	MethodEnv               = "env"                // a client secret or certificate from the environment
	MethodClientSecret      = "client-secret"      // an application with a secret
	MethodClientCertificate = "client-certificate" // an application with a certificate
	MethodWorkloadIdentity  = "workload-identity"  // a token of Kubernetes in a file
	MethodGitHubOIDC        = "github-oidc"        // the id token of a GitHub Actions job
	MethodAzurePipelines    = "azure-pipelines"    // the service connection of an Azure Pipelines job
	MethodManagedIdentity   = "managed-identity"   // the identity of a machine in Azure
	MethodCLI               = "cli"                // who is signed in to the Azure CLI
	MethodAzd               = "azd"                // who is signed in to the Azure Developer CLI
)

// Methods are all ways to sign in, auto first.
func Methods() []string {
	methods := []string{MethodAuto}
	for _, w := range (SignIn{}).named() {
		methods = append(methods, w.method)
	}
	return methods
}

// A SignIn says how to get a token. What a way needs and no field gives is
// looked for in the AZURE_… variables that azidentity knows:
// https://learn.microsoft.com/azure/developer/go/sdk/authentication/authentication-overview.
type SignIn struct {
	Method              string // one of the Method constants; "" is auto
	TenantID            string // or a domain of the tenant
	ClientID            string
	ClientSecret        string
	Certificate         string // path of a PEM or PFX file with certificate and key
	CertificatePassword string // of a PFX file
	FederatedToken      string // path of the file with a workload's token
	ServiceConnection   string // id of a service connection of Azure Pipelines
	AccessToken         string
	Cloud               graph.Cloud
	AuthorityHost       string            // https://…, instead of that of Cloud
	Transport           http.RoundTripper // nil: the system's

	// Getenv reads a variable of the environment; nil means that none is set.
	Getenv func(string) string
	// StateDir is where accounts are kept. Without it no account is found, and
	// no token outlives the process.
	StateDir string
	// Interactive allows to ask a person to sign in again, where the system has
	// no place to keep a sign-in.
	Interactive bool
	// Notice is given lines for the user. It may be nil.
	Notice func(string)
}

// Credential returns the credential that the sign-in comes to, and asks the
// authority for nothing yet. By default the ways are gone through in order: one
// that is not configured is passed over, and one that is configured is taken,
// so that a refusal never ends in another identity. When nothing is
// configured, or not all that the method needs, the error is a
// [*graph.SignInError]; it is also what the credential answers when it is refused.
func (s SignIn) Credential(ctx context.Context) (graph.Credential, error) {
	var passed []graph.Attempt
	for _, way := range s.ways() {
		if err := context.Cause(ctx); err != nil {
			return nil, err
		}
		source, missing, err := way.look(ctx)
		switch {
		case err != nil:
			return nil, &graph.SignInError{Tried: append(passed, graph.Attempt{Method: way.method, Reason: reason(err, source.secrets...)})}
		case missing != "":
			passed = append(passed, graph.Attempt{Method: way.method, Reason: missing})
		default:
			return s.take(way.method, source, passed)
		}
	}
	return nil, &graph.SignInError{Tried: passed}
}

// A way is one way to sign in. Its look says what is missing when it is not
// configured; an error is a way that is, and not rightly.
type way struct {
	method string
	look   func(context.Context) (found source, missing string, err error)
}

// auto are the ways that are configured by what surrounds the process, in the
// order in which they are looked for.
func (s SignIn) auto() []way {
	return []way{
		{MethodToken, s.token},
		{MethodLogin, s.login},
		{MethodEnv, s.environment},
		{MethodWorkloadIdentity, s.workloadIdentity},
		{MethodGitHubOIDC, s.gitHub},
		{MethodAzurePipelines, s.pipelines},
		{MethodManagedIdentity, s.managedIdentity},
		{MethodCLI, s.cli},
		{MethodAzd, s.azd},
	}
}

// named are the ways that a user can ask for.
func (s SignIn) named() []way {
	return slices.Insert(s.auto(), 3, way{MethodClientSecret, s.clientSecret}, way{MethodClientCertificate, s.clientCertificate})
}

func (s SignIn) ways() []way {
	if s.Method == "" || s.Method == MethodAuto {
		return s.auto()
	}
	for _, w := range s.named() {
		if w.method == s.Method {
			return []way{w}
		}
	}
	return []way{{s.Method, func(context.Context) (source, string, error) { return source{}, "no such way to sign in", nil }}}
}

func (s SignIn) token(context.Context) (source, string, error) {
	if strings.TrimSpace(s.AccessToken) == "" {
		return source{}, "no access token given", nil
	}
	return fixed(StaticToken(s.AccessToken)), "", nil
}

// env reads a variable of the environment.
func (s SignIn) env(name string) string {
	if s.Getenv == nil {
		return ""
	}
	return strings.TrimSpace(s.Getenv(name))
}

// tenant is the tenant to sign in to; "" leaves it to the authority.
func (s SignIn) tenant() string { return cmp.Or(s.TenantID, s.env("AZURE_TENANT_ID")) }

// client is the application to sign in as.
func (s SignIn) client() string { return cmp.Or(s.ClientID, s.env("AZURE_CLIENT_ID")) }

// authority is the address that gives out tokens.
func (s SignIn) authority() string { return cmp.Or(s.AuthorityHost, s.Cloud.OrGlobal().Authority) }

func (s SignIn) say(line string) {
	if s.Notice != nil {
		s.Notice(line)
	}
}
