// Package auth has the commands to sign in and out.
package auth

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/internal/cli"
	"github.com/scimctl/scimctl/cmd/internal/exit"
	"github.com/scimctl/scimctl/cmd/internal/output"
	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/auth"
	"github.com/scimctl/scimctl/graph/bounds"
)

func New(a *cli.App) *cobra.Command {
	return cli.TakesSecrets(cli.NewGroup(cli.GroupTool, "auth", "Sign in, and see what may be done",
		`Sign in, see as whom, and which permissions commands need.

With --auth auto, which is the default, scimctl takes the first of these ways
that is configured, and never another one after a refusal:

  token               an access token in SCIMCTL_ACCESS_TOKEN
  login               the account that scimctl auth login has kept
  env                 an application: AZURE_TENANT_ID, AZURE_CLIENT_ID and
                      AZURE_CLIENT_SECRET or AZURE_CLIENT_CERTIFICATE_PATH
  workload-identity   a token of Kubernetes in AZURE_FEDERATED_TOKEN_FILE
  github-oidc         a GitHub Actions job with permissions: id-token: write
  azure-pipelines     a service connection of an Azure Pipelines job
  managed-identity    the identity of a machine in Azure
  cli                 who is signed in to the Azure CLI, with az login
  azd                 who is signed in to the Azure Developer CLI

By name alone: client-secret and client-certificate, with --tenant, --client-id
and SCIMCTL_CLIENT_SECRET or SCIMCTL_CERTIFICATE.`,
		newAuthLoginCmd(a), newAuthStatusCmd(a), newAuthLogoutCmd(a), newAuthPermissionsCmd(a)))
}

// A signedIn is who works, and what they may do.
type signedIn struct {
	User     string    `json:"user,omitempty"` // user principal name
	Name     string    `json:"name,omitempty"`
	ObjectID string    `json:"objectId,omitempty"`
	ClientID string    `json:"clientId,omitempty"`
	TenantID string    `json:"tenantId,omitempty"`
	Cloud    string    `json:"cloud"`
	Way      string    `json:"way"`
	Scopes   []string  `json:"scopes"`
	Roles    []string  `json:"roles"`
	Expires  time.Time `json:"expires,omitzero"`
}

const signedInJSON = `

As JSON: user, name, objectId, clientId, tenantId, cloud, way, scopes, roles,
expires; what the token does not say is left out.`

func newSignedIn(who graph.Identity, cloud graph.Cloud, way string) signedIn {
	return signedIn{
		User: who.UserPrincipalName, Name: who.Name, ObjectID: who.ObjectID, ClientID: who.AppID, TenantID: who.TenantID,
		Cloud: cloud.Name, Way: way, Scopes: append([]string{}, who.Scopes...), Roles: append([]string{}, who.Roles...), Expires: who.Expires,
	}
}

func tellSignedIn(a *cli.App, s signedIn) error {
	return output.Fields(a.IO.Out, a.Printer, s,
		output.Field{Name: "user", Value: s.User},
		output.Field{Name: "name", Value: s.Name},
		output.Field{Name: "object id", Value: s.ObjectID},
		output.Field{Name: "client id", Value: s.ClientID},
		output.Field{Name: "tenant id", Value: s.TenantID},
		output.Field{Name: "cloud", Value: s.Cloud},
		output.Field{Name: "way", Value: s.Way},
		output.Field{Name: "scopes", Value: strings.Join(s.Scopes, ", ")},
		output.Field{Name: "roles", Value: strings.Join(s.Roles, ", ")},
		output.Field{Name: "expires", Value: cli.Moment(s.Expires)})
}

func newAuthLoginCmd(a *cli.App) *cobra.Command {
	var login auth.Login
	c := &cobra.Command{
		Use:   "login",
		Short: "Sign a person in",
		Long: `Sign a person in, with a browser on this machine or with --device-code in one
elsewhere. The account is kept in the state folder and its tokens in the key
store of the system, so that later commands ask for nothing. One account is
kept for each tenant, client and cloud; --tenant says which one is meant.

The client is Microsoft Graph Command Line Tools unless --client-id names
another one: a public client that has http://localhost as a redirect URI. It is
asked for the permissions that scimctl's commands need; an administrator may
have to consent to them: scimctl auth permissions has the link.` + signedInJSON,
		Example: `  scimctl auth login --tenant contoso.com

  # On a machine without a browser
  scimctl auth login --tenant contoso.com --device-code`,
		RunE: func(c *cobra.Command, _ []string) error {
			if a.Settings.Sandbox {
				a.IO.Note("the sandbox takes everyone: there is nothing to sign in to")
				return nil
			}
			cloud, err := graph.ParseCloud(a.Settings.Cloud)
			if err != nil {
				return err
			}
			login.SignIn, login.Scopes = a.SignIn(cloud), cli.EveryScope(c)
			login.Prompt = func(message string) { a.IO.Say("%s", message) }
			if _, err := a.Settings.State(); err != nil {
				return err
			}
			return signIn(a, c, login)
		},
	}
	c.Flags().BoolVar(&login.DeviceCode, "device-code", false, "show a code to type into a browser elsewhere")
	return c
}

func signIn(a *cli.App, c *cobra.Command, login auth.Login) error {
	if a.Settings.DryRun {
		a.Say("would ask for %s", strings.Join(login.Scopes, ", "))
		return nil
	}
	if !login.DeviceCode {
		a.IO.Note("signing in with a browser; where there is none, --device-code shows a code instead")
	}
	account, who, err := login.Do(c.Context())
	if err != nil {
		return err
	}
	if a.Settings.AccessToken != "" {
		a.IO.Warn("%s goes before this account", a.Settings.Origin("access-token"))
	}
	if a.ForPeople() {
		a.Say("signed in as %s", account.Name())
		return nil
	}
	return tellSignedIn(a, newSignedIn(who, login.Cloud, auth.MethodLogin))
}

func newAuthStatusCmd(a *cli.App) *cobra.Command {
	return &cobra.Command{
		Use:   "status",
		Short: "Show who is signed in, and how",
		Long: `Show as whom commands work: who, tenant, cloud, the way of signing in, what the
token lets a person's client do (scopes) or an application do (roles), and when
it ends. It signs in as any command would; when that comes to nothing, it says
which ways were tried and what each of them lacked.` + signedInJSON,
		Example: `  scimctl auth status

  # May this sign-in write schemas?
  scimctl auth status --jq '.scopes + .roles | any(. == "Synchronization.ReadWrite.All")'`,
		RunE: func(c *cobra.Command, _ []string) error {
			client, err := a.Graph(c.Context())
			if err != nil {
				return err
			}
			who, err := client.Identity(c.Context())
			if err != nil {
				return err
			}
			way := client.Way()
			if a.Settings.Sandbox {
				way = "sandbox"
			}
			if !who.Expires.IsZero() && time.Now().After(who.Expires) {
				return &graph.SignInError{Tried: []graph.Attempt{{Method: way, Reason: "the access token ended at " + cli.Moment(who.Expires)}}}
			}
			if who.TenantID == "" && !a.Settings.Sandbox {
				a.IO.Warn("the token does not say who it is for: Graph may not take it")
			}
			return tellSignedIn(a, newSignedIn(who, client.Cloud(), way))
		},
	}
}

// A signedOut is what a logout took away.
type signedOut struct {
	Accounts []string `json:"accounts"`
	Caches   int      `json:"caches"`
}

func newAuthLogoutCmd(a *cli.App) *cobra.Command {
	var all bool
	c := &cobra.Command{
		Use:   "logout",
		Short: "Forget an account and its tokens",
		Long: `Forget the account that auth login has kept, with all tokens that are kept for
its client. With --tenant and --client-id of an application, the tokens that
are kept for that go too. Other tools, such as the Azure CLI, stay signed in.

As JSON: accounts (names), caches (how many caches of tokens are gone).`,
		Example: `  scimctl auth logout

  # Every account of this cloud
  scimctl auth logout --all`,
		RunE: func(c *cobra.Command, _ []string) error {
			cloud, err := graph.ParseCloud(a.Settings.Cloud)
			if err != nil {
				return err
			}
			signIn := a.SignIn(cloud)
			accounts, err := signIn.Accounts()
			if err != nil {
				return err
			}
			if len(accounts) > 1 && !all {
				return exit.Usagef(c, "%d accounts are signed in: %s: name one with --tenant or --client-id, or take --all", len(accounts), bounds.Names(namesOf(accounts)))
			}
			out := signedOut{Accounts: namesOf(accounts)}
			if !a.Settings.DryRun {
				gone, cleared, err := signIn.Logout(c.Context())
				out = signedOut{Accounts: namesOf(gone), Caches: cleared}
				if err != nil {
					return err
				}
			}
			return cli.Told(a, out, out.sentence(),
				cli.Column("accounts", func(s signedOut) string { return strings.Join(s.Accounts, ", ") }),
				cli.Column("caches", func(s signedOut) string { return fmt.Sprint(s.Caches) }))
		},
	}
	c.Flags().BoolVar(&all, "all", false, "forget every account of the cloud")
	return c
}

func (s signedOut) sentence() string {
	switch {
	case len(s.Accounts) > 0:
		return "signed out " + bounds.Names(s.Accounts)
	case s.Caches > 0:
		return "the tokens that were kept are gone"
	default:
		return "nobody was signed in"
	}
}

func namesOf(accounts []auth.Account) []string {
	names := []string{}
	for _, account := range accounts {
		names = append(names, account.Name())
	}
	return names
}
