package cmd

import (
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/graph/bounds"
	"github.com/scimctl/scimctl/provisioning/credentials"
)

// secretFlags say where a secret comes from. Their names begin with what it is:
// token, scim-secret.
type secretFlags struct {
	name  string
	stdin bool
	file  string
	env   string
}

func (f *secretFlags) register(c *cobra.Command, name, what string) {
	f.name = name
	takesSecrets(c)
	c.Flags().BoolVar(&f.stdin, name+"-stdin", false, "read "+what+" from standard input")
	c.Flags().StringVar(&f.file, name+"-file", "", "read "+what+" from this `file`")
	c.Flags().StringVar(&f.env, name+"-env", "", "read "+what+" from this environment `variable`")
	c.Flag(name + "-env").Annotations = map[string][]string{secretAnnotation: {"names a variable"}}
}

func (f *secretFlags) names() []string {
	return []string{f.name + "-stdin", f.name + "-file", f.name + "-env"}
}

func (f *secretFlags) given() bool { return f.stdin || f.file != "" || f.env != "" }

// read gets the secret, from a prompt when no flag says otherwise.
func (f *secretFlags) read(c *cobra.Command, a *App, prompt string) (string, error) {
	secret, err := f.find(c, a, prompt)
	a.secrets.Add(secret)
	return secret, err
}

// find does not repeat what a flag says: where a name is expected, people paste
// the secret itself, and an error stays in a pipeline's log for good.
func (f *secretFlags) find(c *cobra.Command, a *App, prompt string) (string, error) {
	switch {
	case f.stdin:
		return a.readInput(c, f.name+"-stdin", "-", bounds.Token)
	case f.file != "":
		return f.readFile(c, a)
	case f.env != "":
		text := a.getenv(f.env)
		if text == "" {
			return "", usagef(c, "invalid --%s-env: no variable of this name is set, or it is empty", f.name)
		}
		return text, nil
	}
	return a.IO.ReadSecret(c.Context(), prompt)
}

func (f *secretFlags) readFile(c *cobra.Command, a *App) (string, error) {
	text, err := a.readNamed(c, f.name+"-file", f.file, bounds.Token)
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return "", usagef(c, "invalid --%s-file: the file cannot be read: %w", f.name, e.Err)
	}
	if _, large := errors.AsType[*bounds.Error](err); large {
		return "", usagef(c, "invalid --%s-file: the file is larger than %d kB", f.name, bounds.Token>>10)
	}
	if err != nil {
		return "", usagef(c, "invalid --%s-file: the file cannot be read as text", f.name)
	}
	return text, nil
}

// signInFlags say how the service signs in: with a token, or with OAuth 2.0
// client credentials.
type signInFlags struct {
	token, secret      secretFlags
	clientID, tokenURL string
}

func (f *signInFlags) register(c *cobra.Command) {
	f.token.register(c, "token", "the token")
	f.secret.register(c, "scim-secret", "the client secret")
	c.Flags().StringVar(&f.clientID, "scim-client-id", "", "sign in with OAuth 2.0 client credentials: this client `id` of the application's")
	c.Flags().StringVar(&f.tokenURL, "scim-token-url", "", "`URL` at which the service gets a token for them")
	exclusive(c, append(f.token.names(), f.secret.names()...)...)
}

// oauth reports whether client credentials are meant.
func (f *signInFlags) oauth() bool {
	return f.secret.given() || f.clientID != "" || f.tokenURL != ""
}

func (f *signInFlags) given() bool { return f.token.given() || f.oauth() }

// read gets the secret and what goes with it. Only one of the two is returned.
func (f *signInFlags) read(c *cobra.Command, a *App) (token string, client credentials.ClientCredentials, err error) {
	if !f.oauth() {
		token, err = f.token.read(c, a, "Secret token")
		return token, client, err
	}
	if f.token.given() {
		return "", client, usagef(c, "the application takes a token or OAuth 2.0 client credentials, not both: the client secret is given with --scim-secret-stdin, --scim-secret-file or --scim-secret-env")
	}
	client = credentials.ClientCredentials{ClientID: f.clientID, TokenURL: f.tokenURL}
	client.Secret, err = f.secret.read(c, a, "Client secret")
	return "", client, err
}

// complete refuses client credentials that lack id or token URL.
func (f *signInFlags) complete(c *cobra.Command) error {
	if f.oauth() && (f.clientID == "" || f.tokenURL == "") {
		return usagef(c, "OAuth 2.0 client credentials need --scim-client-id and --scim-token-url")
	}
	return nil
}

// expiryFlag is how near the end of a secret may be before it is an error.
type expiryFlag struct{ within days }

func (f *expiryFlag) register(c *cobra.Command) {
	c.Flags().Var(&f.within, "warn-within", "end with exit code 9 when the token expires within this `time`, such as 30d")
}

// check warns of the end of a secret, as far as it is known. With the flag
// that is an error.
func (f *expiryFlag) check(c *cobra.Command, a *App, app string, expires time.Time) error {
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

// days is a length of time, also in days.
type days time.Duration

func (d *days) Set(text string) error {
	length, err := parseAgo(text)
	if err != nil || length <= 0 {
		return fmt.Errorf("it is a time such as 30d or 36h")
	}
	*d = days(length)
	return nil
}

func (d *days) String() string {
	if *d == 0 {
		return ""
	}
	return time.Duration(*d).String()
}

func (d *days) Type() string { return "time" }

// untilFlag is the end of a secret that does not tell its own.
type untilFlag time.Time

func (u *untilFlag) register(c *cobra.Command) {
	c.Flags().Var(u, "expires", "the `day` on which the token expires, for one that is no JWT: 2027-01-31")
}

func (u *untilFlag) Set(text string) error {
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if t, err := time.Parse(layout, text); err == nil {
			*u = untilFlag(t.UTC())
			return nil
		}
	}
	return fmt.Errorf("it is a day such as 2027-01-31, or a time such as 2027-01-31T12:00:00Z")
}

func (u *untilFlag) String() string { return moment(time.Time(*u)) }

func (u *untilFlag) Type() string { return "day" }
