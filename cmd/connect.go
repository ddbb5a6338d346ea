package cmd

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/scimctl/scimctl/graph"
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
		Held:        a.held,
		Notice:      func(line string) { a.IO.Note("%s", line) },
		UserAgent:   "scimctl/" + strings.TrimPrefix(readBuild().Version, "v"),
	}
	if a.Settings.Debug {
		o.Trace = a.IO.Err
	}
	if err := a.admit(ctx, &o); err != nil {
		return nil, err
	}
	client, err := graph.New(o)
	if err == nil {
		a.closers = append(a.closers, client.Close)
	}
	return client, err
}

// admit decides where Graph is and with what token it is spoken to.
func (a *App) admit(ctx context.Context, o *graph.Options) (err error) {
	where := a.tenant
	if where == nil && a.Settings.Sandbox {
		where = a.sandbox
	}
	if where != nil {
		o.Credential = graph.StaticToken(sandboxToken)
		o.Transport, err = where(ctx)
		return err
	}
	o.Credential, err = graph.SignIn{
		Method:       a.Settings.Auth,
		TenantID:     a.Settings.Tenant,
		ClientID:     a.Settings.ClientID,
		ClientSecret: a.Settings.ClientSecret.Reveal(),
		AccessToken:  a.Settings.AccessToken.Reveal(),
		Cloud:        o.Cloud,
	}.Credential(ctx)
	return err
}

// held tells of a request that a dry run did not send.
func (a *App) held(h graph.Held) {
	if !a.Settings.Verbose {
		return
	}
	var body bytes.Buffer
	if json.Compact(&body, h.Body) != nil {
		body.Reset()
	}
	a.IO.Note("%s", strings.TrimRight("would send "+h.Method+" "+h.Path+" "+body.String(), " "))
}
