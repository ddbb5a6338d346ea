package cmd

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/scimctl/scimctl/cmd/internal/iostreams"
	"github.com/scimctl/scimctl/graph/private"
	"github.com/scimctl/scimctl/graph/sandbox"
)

// sandboxToken stands for a sign-in: the sandbox takes any token. It is struck
// out wherever it stands, so it is no word that stands anywhere else.
const sandboxToken = "any-token-will-do"

// sandboxTokenVariable holds the token for a SCIM server outside the sandbox.
const sandboxTokenVariable = "SCIMCTL_SANDBOX_SCIM_TOKEN"

// sandboxURLVariable holds the address of that server.
const sandboxURLVariable = "SCIMCTL_SANDBOX_SCIM_URL"

// sandbox gives the way into the simulated tenant that is kept in the state
// folder.
func (a *App) sandbox(ctx context.Context) (http.RoundTripper, error) {
	tenant, err := a.openSandbox(ctx)
	if err != nil {
		return nil, err
	}
	a.closers = append(a.closers, func() { _ = tenant.Close() }) // its state is saved with every request
	if !a.completing && !a.touring {
		iostreams.Fprintln(a.IO.Err, a.IO.ErrStyle().Yellow("SANDBOX"))
	}
	return tenant.Transport(), nil
}

// openSandbox opens the kept tenant, unless a server has it.
func (a *App) openSandbox(ctx context.Context, options ...sandbox.Option) (*sandbox.Tenant, error) {
	if served := a.servedAt(ctx); served != "" {
		return nil, &servedError{URL: served}
	}
	path, err := a.sandboxFile("state.json")
	if err != nil {
		return nil, err
	}
	if token := a.getenv(sandboxTokenVariable); token != "" {
		options = append(options, sandbox.WithSCIMToken(a.getenv(sandboxURLVariable), token))
	}
	return sandbox.Open(path, append(options, sandbox.WithRegexLimit(regexLimit))...)
}

// regexLimit is what one regular expression of a schema may take in the sandbox.
const regexLimit = 2 * time.Second

// servedAt is the URL of the server that has the sandbox; "" when none runs,
// also when one left its mark behind.
func (a *App) servedAt(ctx context.Context) string {
	path, err := a.sandboxFile("served")
	if err != nil {
		return ""
	}
	mark, err := private.ReadFile(path)
	if err != nil {
		return ""
	}
	served := strings.TrimSpace(string(mark))
	u, err := url.Parse(served)
	if err != nil {
		return ""
	}
	dialer := net.Dialer{Timeout: time.Second}
	conn, err := dialer.DialContext(ctx, "tcp", u.Host)
	if err != nil {
		return ""
	}
	_ = conn.Close() // nothing was sent over it
	return served
}
