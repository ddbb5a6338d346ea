package cli

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/scimctl/scimctl/cmd/internal/exit"
	"github.com/scimctl/scimctl/cmd/internal/iostreams"
	"github.com/scimctl/scimctl/graph/private"
	"github.com/scimctl/scimctl/provisioning/sandbox"
)

// SandboxServerToken is the token of the SCIM server inside of the sandbox,
// which is no secret.
func (a *App) SandboxServerToken() (string, error) {
	view, err := a.LookOverShoulder()
	return view.Token, err
}

// LookOverShoulder opens a sandbox that a server has, which alone runs its
// cycles: it may know tokens that are kept nowhere.
func (a *App) LookOverShoulder() (sandbox.View, error) {
	path, err := a.SandboxFile("state.json")
	if err != nil {
		return sandbox.View{}, err
	}
	tenant, err := sandbox.Open(path)
	if err != nil {
		return sandbox.View{}, err
	}
	defer func() { _ = tenant.Close() }() // nothing has changed
	return tenant.Snapshot()
}

func (a *App) SandboxFile(name string) (string, error) {
	folder, err := a.Settings.State()
	return filepath.Join(folder, "sandbox", name), err
}

// MarkServed notes for other commands who has the sandbox.
func (a *App) MarkServed(url string) (unmark func(), err error) {
	path, err := a.SandboxFile("served")
	if err != nil {
		return nil, err
	}
	if err := private.WriteFile(path, strings.NewReader(url+"\n")); err != nil {
		return nil, err
	}
	return func() { _ = os.Remove(path) }, nil // a mark that stays behind is seen to be stale
}

// sandboxToken stands for a sign-in: the sandbox takes any token. It is struck
// out wherever it stands, so it is no word that stands anywhere else.
const sandboxToken = "any-token-will-do"

// SandboxTokenVariable holds the token for a SCIM server outside the sandbox.
const SandboxTokenVariable = "SCIMCTL_SANDBOX_SCIM_TOKEN"

// sandboxURLVariable holds the address of that server.
const sandboxURLVariable = "SCIMCTL_SANDBOX_SCIM_URL"

// sandbox gives the way into the simulated tenant that is kept in the state
// folder.
func (a *App) sandbox(ctx context.Context) (http.RoundTripper, error) {
	tenant, err := a.OpenSandbox(ctx)
	if err != nil {
		return nil, err
	}
	a.closers = append(a.closers, func() { _ = tenant.Close() }) // its state is saved with every request
	if !a.completing && !a.Touring {
		iostreams.Fprintln(a.IO.Err, a.IO.ErrStyle().Yellow("SANDBOX"))
	}
	return tenant.Transport(), nil
}

// OpenSandbox opens the kept tenant, unless a server has it.
func (a *App) OpenSandbox(ctx context.Context, options ...sandbox.Option) (*sandbox.Tenant, error) {
	if served := a.ServedAt(ctx); served != "" {
		return nil, &exit.ServedError{URL: served}
	}
	path, err := a.SandboxFile("state.json")
	if err != nil {
		return nil, err
	}
	if token := a.Getenv(SandboxTokenVariable); token != "" {
		options = append(options, sandbox.WithSCIMToken(a.Getenv(sandboxURLVariable), token))
	}
	return sandbox.Open(path, append(options, sandbox.WithRegexLimit(regexLimit))...)
}

// regexLimit is what one regular expression of a schema may take in the sandbox.
const regexLimit = 2 * time.Second

// ServedAt is the URL of the server that has the sandbox; "" when none runs,
// also when one left its mark behind.
func (a *App) ServedAt(ctx context.Context) string {
	path, err := a.SandboxFile("served")
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
