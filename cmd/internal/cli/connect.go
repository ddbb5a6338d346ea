package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/auth"
	"github.com/scimctl/scimctl/graph/synchronization"
)

// A tenant gives the transport to a Graph that takes any token.
type tenant func(context.Context) (http.RoundTripper, error)

// once makes connect run a single time, with the context of its first caller.
func once(connect func(context.Context) (*graph.Client, error)) func(context.Context) (*graph.Client, error) {
	var (
		begin  sync.Once
		client *graph.Client
		err    error
	)
	return func(ctx context.Context) (*graph.Client, error) {
		begin.Do(func() { client, err = connect(ctx) })
		return client, err
	}
}

// dial makes the client that the settings describe.
func (a *App) dial(ctx context.Context) (*graph.Client, error) {
	cloud, err := graph.ParseCloud(a.Settings.Cloud)
	if err != nil {
		return nil, err
	}
	o := graph.Options{
		Endpoint:    a.Settings.GraphEndpoint,
		Cloud:       cloud,
		WaitTimeout: max(a.Settings.WaitTimeout, time.Nanosecond), // zero would be Graph's own default
		DryRun:      a.Settings.DryRun,
		Secrets:     a.Secrets,
		Held:        a.Held,
		Notice:      a.notice,
		NoLimits:    a.Settings.NoLimits,
		UserAgent:   "scimctl/" + strings.Trim(strings.TrimPrefix(ReadBuild().Version, "v"), "()"), // (devel) would be a comment
	}
	if a.Settings.Debug {
		o.Trace = a.IO.Err
	}
	if err := a.admit(ctx, &o); err != nil {
		return nil, err
	}
	a.lookForStopped()
	client, err := graph.New(o)
	if err == nil {
		a.client = client
		synchronization.Observe(client, a.Notes().Observe)
		a.closers = append(a.closers, client.Close)
	}
	return client, err
}

// admit decides where Graph is and with what token it is spoken to.
func (a *App) admit(ctx context.Context, o *graph.Options) (err error) {
	where := a.Tenant
	if where == nil && a.Settings.Sandbox {
		where = a.sandbox
	}
	if where != nil {
		o.Credential = auth.StaticToken(sandboxToken)
		o.Transport, err = where(ctx)
		return err
	}
	o.Credential, err = a.SignIn(o.Cloud).Credential(ctx)
	return err
}

// SignIn is what the settings say of signing in.
func (a *App) SignIn(cloud graph.Cloud) auth.SignIn {
	s := a.Settings
	client := s.ClientID
	if s.Origin("client-id").Variable == "AZURE_CLIENT_ID" {
		client = "" // it names an application: the account of auth login is not meant
	}
	return auth.SignIn{
		Method:              s.Auth,
		TenantID:            s.Tenant,
		ClientID:            client,
		ClientSecret:        s.ClientSecret.Reveal(),
		Certificate:         s.Certificate,
		CertificatePassword: s.CertificatePassword.Reveal(),
		FederatedToken:      s.FederatedToken,
		ServiceConnection:   s.ServiceConnection,
		AccessToken:         s.AccessToken.Reveal(),
		Cloud:               cloud,
		AuthorityHost:       s.AuthorityHost,
		Transport:           a.Authority,
		Getenv:              a.Getenv,
		StateDir:            s.StateDir,
		Interactive:         a.IO.CanAsk() && !a.completing,
		Notice:              a.notice,
	}
}

// longestHeld is how much of a request that was held back is shown. A schema
// has megabytes.
const longestHeld = 2000

// Held tells of a request that a dry run did not send.
func (a *App) Held(h graph.Held) {
	if !a.Settings.Verbose && !a.Settings.Debug {
		return
	}
	var body bytes.Buffer
	if json.Compact(&body, h.Body) != nil {
		body.Reset()
	}
	shown := body.String()
	if len(shown) > longestHeld && !a.Settings.Debug {
		shown = fmt.Sprintf("%s… (%d bytes, all of them with --debug)", strings.ToValidUTF8(shown[:longestHeld], ""), len(shown))
	}
	a.IO.Note("%s", strings.TrimRight("would send "+h.Method+" "+h.Path+" "+shown, " "))
}
