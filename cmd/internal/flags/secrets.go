package flags

import (
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/internal/cli"
	"github.com/scimctl/scimctl/cmd/internal/exit"
	"github.com/scimctl/scimctl/graph/bounds"
	"github.com/scimctl/scimctl/provisioning/credentials"
)

// SecretFlags say where a secret comes from. Their names begin with what it is:
// token, scim-secret.
type SecretFlags struct {
	name  string
	Stdin bool
	File  string
	env   string
}

func (f *SecretFlags) register(c *cobra.Command, name, what string) {
	f.name = name
	cli.TakesSecrets(c)
	c.Flags().BoolVar(&f.Stdin, name+"-stdin", false, "read "+what+" from standard input")
	c.Flags().StringVar(&f.File, name+"-file", "", "read "+what+" from this `file`")
	c.Flags().StringVar(&f.env, name+"-env", "", "read "+what+" from this environment `variable`")
	c.Flag(name + "-env").Annotations = map[string][]string{cli.SecretAnnotation: {"names a variable"}}
}

func (f *SecretFlags) names() []string {
	return []string{f.name + "-stdin", f.name + "-file", f.name + "-env"}
}

func (f *SecretFlags) Given() bool { return f.Stdin || f.File != "" || f.env != "" }

// Read gets the secret, from a prompt when no flag says otherwise.
func (f *SecretFlags) Read(c *cobra.Command, a *cli.App, prompt string) (string, error) {
	secret, err := f.find(c, a, prompt)
	a.Secrets.Add(secret)
	return secret, err
}

// find does not repeat what a flag says: where a name is expected, people paste
// the secret itself, and an error stays in a pipeline's log for good.
func (f *SecretFlags) find(c *cobra.Command, a *cli.App, prompt string) (string, error) {
	switch {
	case f.Stdin:
		return a.ReadInput(c, f.name+"-stdin", "-", bounds.Token)
	case f.File != "":
		return f.readFile(c, a)
	case f.env != "":
		text := a.Getenv(f.env)
		if text == "" {
			return "", exit.Usagef(c, "invalid --%s-env: no variable of this name is set, or it is empty", f.name)
		}
		return text, nil
	}
	return a.IO.ReadSecret(c.Context(), prompt)
}

func (f *SecretFlags) readFile(c *cobra.Command, a *cli.App) (string, error) {
	text, err := a.ReadNamed(c, f.name+"-file", f.File, bounds.Token)
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return "", exit.Usagef(c, "invalid --%s-file: the file cannot be read: %w", f.name, e.Err)
	}
	if _, large := errors.AsType[*bounds.Error](err); large {
		return "", exit.Usagef(c, "invalid --%s-file: the file is larger than %d kB", f.name, bounds.Token>>10)
	}
	if err != nil {
		return "", exit.Usagef(c, "invalid --%s-file: the file cannot be read as text", f.name)
	}
	return text, nil
}

// SignInFlags say how the service signs in: with a token, or with OAuth 2.0
// client credentials.
type SignInFlags struct {
	token, Secret      SecretFlags
	clientID, tokenURL string
}

func (f *SignInFlags) Register(c *cobra.Command) {
	f.token.register(c, "token", "the token")
	f.Secret.register(c, "scim-secret", "the client secret")
	c.Flags().StringVar(&f.clientID, "scim-client-id", "", "sign in with OAuth 2.0 client credentials: this client `id` of the application's")
	c.Flags().StringVar(&f.tokenURL, "scim-token-url", "", "`URL` at which the service gets a token for them")
	cli.Exclusive(c, append(f.token.names(), f.Secret.names()...)...)
}

// Oauth reports whether client credentials are meant.
func (f *SignInFlags) Oauth() bool {
	return f.Secret.Given() || f.clientID != "" || f.tokenURL != ""
}

func (f *SignInFlags) Given() bool { return f.token.Given() || f.Oauth() }

// Read gets the secret and what goes with it. Only one of the two is returned.
func (f *SignInFlags) Read(c *cobra.Command, a *cli.App) (token string, client credentials.ClientCredentials, err error) {
	if !f.Oauth() {
		token, err = f.token.Read(c, a, "Secret token")
		return token, client, err
	}
	if f.token.Given() {
		return "", client, exit.Usagef(c, "the application takes a token or OAuth 2.0 client credentials, not both: the client secret is given with --scim-secret-stdin, --scim-secret-file or --scim-secret-env")
	}
	client = credentials.ClientCredentials{ClientID: f.clientID, TokenURL: f.tokenURL}
	client.Secret, err = f.Secret.Read(c, a, "Client secret")
	return "", client, err
}

// Complete refuses client credentials that lack id or token URL.
func (f *SignInFlags) Complete(c *cobra.Command) error {
	if f.Oauth() && (f.clientID == "" || f.tokenURL == "") {
		return exit.Usagef(c, "OAuth 2.0 client credentials need --scim-client-id and --scim-token-url")
	}
	return nil
}

// ExpiryFlag is how near the end of a secret may be before it is an error.
type ExpiryFlag struct{ within Days }

func (f *ExpiryFlag) Register(c *cobra.Command) {
	c.Flags().Var(&f.within, "warn-within", "end with exit code 9 when the token expires within this `time`, such as 30d")
}

// Check warns of the end of a secret, as far as it is known. With the flag
// that is an error.
func (f *ExpiryFlag) Check(c *cobra.Command, a *cli.App, app string, expires time.Time) error {
	strict := c.Flags().Changed("warn-within")
	within := soon
	if strict {
		within = time.Duration(f.within)
		if expires.IsZero() {
			a.IO.Note("when the token of %s expires is not known on this machine: it is no JWT, or was saved elsewhere; credentials set --expires tells", app)
		}
	}
	err := credentials.CheckExpiry(app, expires, within)
	if err == nil || strict {
		return err
	}
	a.IO.Warn("%v", err)
	return nil
}

// soon is when the end of a token is worth a warning.
const soon = 30 * 24 * time.Hour

// Days is a length of time, also in days.
type Days time.Duration

func (d *Days) Set(text string) error {
	length, err := parseAgo(text)
	if err != nil || length <= 0 {
		return fmt.Errorf("it is a time such as 30d or 36h")
	}
	*d = Days(length)
	return nil
}

func (d *Days) String() string {
	if *d == 0 {
		return ""
	}
	return time.Duration(*d).String()
}

func (d *Days) Type() string { return "time" }

// UntilFlag is the end of a secret that does not tell its own.
type UntilFlag time.Time

func (u *UntilFlag) Register(c *cobra.Command) {
	c.Flags().Var(u, "expires", "the `day` on which the token expires, for one that is no JWT: 2027-01-31")
}

func (u *UntilFlag) Set(text string) error {
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if t, err := time.Parse(layout, text); err == nil {
			*u = UntilFlag(t.UTC())
			return nil
		}
	}
	return fmt.Errorf("it is a day such as 2027-01-31, or a time such as 2027-01-31T12:00:00Z")
}

func (u *UntilFlag) String() string { return cli.Moment(time.Time(*u)) }

func (u *UntilFlag) Type() string { return "day" }
