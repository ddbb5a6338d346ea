package cmd

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/internal/output"
	"github.com/scimctl/scimctl/graph/sandbox"
)

func newSandboxCmd(a *App) *cobra.Command {
	return newGroup(groupTool, "sandbox", "A simulated tenant to try things in",
		`A simulated tenant on this machine. With --sandbox, or SCIMCTL_SANDBOX=1, every
command works on it, without signing in; it is kept between commands.

It begins as a small company with a Workato application. Its provisioning
service really evaluates scope and mappings, and really sends SCIM: to a SCIM
server inside, `+sandbox.SCIMURL+`, or to one of yours.`,
		newSandboxTourCmd(a), newSandboxServeCmd(a), newSandboxShowCmd(a), newSandboxResetCmd(a))
}

func newSandboxShowCmd(a *App) *cobra.Command {
	return &cobra.Command{
		Use:   "show",
		Short: "Show the sandbox and what arrived by SCIM",
		Long: `Show the sandbox: the tenant URL and the token of the SCIM server inside, and
the users and groups that it holds. The token is made when the sandbox is reset
and is no secret.

As JSON: tenantId, domain, scimUrl, scimToken, users[] and groups[] as the SCIM
server holds them, jobs[] {id, application, state, provisioned}, counts.`,
		Example: `  scimctl sandbox show

  # The token, for credentials set
  scimctl sandbox show --jq .scimToken`,
		RunE: func(c *cobra.Command, _ []string) error {
			view, err := a.lookAtSandbox(c.Context())
			if err != nil {
				return err
			}
			if !a.forPeople() {
				return output.Fields(a.IO.Out, a.Printer, view, viewFields(view)...)
			}
			return a.showView(view)
		},
	}
}

func (a *App) showView(view sandbox.View) error {
	if err := output.Fields(a.IO.Out, a.Printer, view, viewFields(view)...); err != nil {
		return err
	}
	for _, resource := range append(view.Users, view.Groups...) {
		fmt.Fprintln(a.IO.Out)
		if err := output.Fields(a.IO.Out, output.Printer{Format: output.JSON}, resource); err != nil {
			return err
		}
	}
	return nil
}

func viewFields(view sandbox.View) []output.Field {
	return []output.Field{
		{Name: "domain", Value: view.Domain},
		{Name: "tenant id", Value: view.TenantID},
		{Name: "scim url", Value: view.SCIMURL},
		{Name: "scim token", Value: view.Token},
		{Name: "scim users", Value: fmt.Sprint(len(view.Users))},
		{Name: "scim groups", Value: fmt.Sprint(len(view.Groups))},
	}
}

// lookAtSandbox opens the kept sandbox for a moment. Cycles that are due run
// first: what they do is what is looked for.
func (a *App) lookAtSandbox(ctx context.Context) (sandbox.View, error) {
	tenant, err := a.openSandbox(ctx)
	if _, served := errors.AsType[*servedError](err); served {
		return a.lookOverShoulder()
	}
	if err != nil {
		return sandbox.View{}, err
	}
	defer func() { _ = tenant.Close() }() // its state is saved with every request
	if err := tenant.Tick(ctx); err != nil {
		return sandbox.View{}, err
	}
	return tenant.Snapshot()
}

// lookOverShoulder opens a sandbox that a server has, which alone runs its
// cycles: it may know tokens that are kept nowhere.
func (a *App) lookOverShoulder() (sandbox.View, error) {
	path, err := a.sandboxFile("state.json")
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

func newSandboxResetCmd(a *App) *cobra.Command {
	return &cobra.Command{
		Use:   "reset",
		Short: "Make the sandbox as it was at first",
		Long:  "Make the sandbox the small company again that it was at first. All that was done in it is gone.",
		Example: `  scimctl sandbox reset --yes

  scimctl sandbox reset --dry-run`,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := a.Confirm(c.Context(), "Everything that was done in the sandbox will be gone. Go on?"); err != nil {
				return err
			}
			if a.Settings.DryRun {
				a.say("the sandbox would be reset")
				return nil
			}
			tenant, err := a.openSandbox(c.Context())
			if damaged, ok := errors.AsType[*sandbox.DamagedError](err); ok {
				a.IO.Warn("%v", damaged)
				tenant, err = a.openSandbox(c.Context())
			}
			if err != nil {
				return err
			}
			if err := errors.Join(tenant.Reset(), tenant.Close()); err != nil {
				return err
			}
			a.say("the sandbox is as it was at first")
			return nil
		},
	}
}

// serveFlags are where the sandbox is served, and what goes wrong in it.
type serveFlags struct {
	listen        string
	throttleEvery int
	lag           int
	lagTime       time.Duration
}

func newSandboxServeCmd(a *App) *cobra.Command {
	var flags serveFlags
	c := &cobra.Command{
		Use:   "serve",
		Short: "Offer the sandbox over HTTP on this machine",
		Long: `Offer the sandbox over HTTP to any client of Microsoft Graph on this machine. It
takes any bearer token. The first line on standard output is its URL; the SCIM
server inside answers below /scim. It ends with Ctrl-C, and what was done stays
in the sandbox.`,
		Example: `  scimctl sandbox serve

  # Every third request is throttled
  scimctl sandbox serve --listen 127.0.0.1:0 --throttle-every 3`,
		RunE: func(c *cobra.Command, _ []string) error { return a.serve(c, flags) },
	}
	c.Flags().StringVar(&flags.listen, "listen", "127.0.0.1:8085", "loopback `address` to listen on; port 0 takes a free one")
	c.Flags().IntVar(&flags.throttleEvery, "throttle-every", 0, "throttle one request in so `many`; 0 for none")
	c.Flags().IntVar(&flags.lag, "lag", 1, "replication lags by this `number` of requests")
	c.Flags().DurationVar(&flags.lagTime, "lag-time", 0, "replication lags by this `duration` instead")
	return c
}

func (a *App) serve(c *cobra.Command, flags serveFlags) error {
	ctx := c.Context()
	host, _, err := net.SplitHostPort(flags.listen)
	if ip := net.ParseIP(host); err != nil || host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return usagef(c, "--listen %q is no loopback address such as 127.0.0.1:8085: the sandbox takes any token", flags.listen)
	}
	if flags.lag < 0 || flags.throttleEvery < 0 || flags.lagTime < 0 {
		return usagef(c, "--lag, --lag-time and --throttle-every are 0 or more")
	}
	tenant, err := a.openSandbox(ctx, flags.options()...)
	if err != nil {
		return err
	}
	defer func() { _ = tenant.Close() }() // its state is saved with every request
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", flags.listen)
	if err != nil {
		return usagef(c, "--listen %s: %w", flags.listen, err)
	}
	url := "http://" + listener.Addr().String()
	unmark, err := a.markServed(url)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	defer unmark()
	server := &http.Server{Handler: tenant.Handler(), ReadHeaderTimeout: 10 * time.Second}
	stopped := context.AfterFunc(ctx, func() {
		closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
		defer cancel()
		_ = server.Shutdown(closing) // those who are still connected are cut off below
	})
	defer stopped()
	fmt.Fprintln(a.IO.Out, url)
	a.IO.Note("the sandbox answers below %s/v1.0, its SCIM server below %s/scim; Ctrl-C ends it", url, url)
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return server.Close() // Ctrl-C is how it ends
}

func (f serveFlags) options() []sandbox.Option {
	options := []sandbox.Option{sandbox.WithSCIMPath("/scim"), sandbox.WithLag(f.lag)}
	if f.lagTime > 0 {
		options = append(options, sandbox.WithLagTime(f.lagTime))
	}
	if f.throttleEvery > 0 {
		options = append(options, sandbox.WithThrottle(sandbox.Throttle{Every: f.throttleEvery}))
	}
	return options
}

// A servedError says that the sandbox belongs to a server that runs.
type servedError struct{ URL string }

func (e *servedError) Error() string {
	return "the sandbox is being served at " + e.URL
}

func (a *App) sandboxFile(name string) (string, error) {
	folder, err := a.Settings.State()
	return filepath.Join(folder, "sandbox", name), err
}

// markServed notes for other commands who has the sandbox.
func (a *App) markServed(url string) (unmark func(), err error) {
	path, err := a.sandboxFile("served")
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(path, []byte(url+"\n"), 0o600); err != nil {
		return nil, err
	}
	return func() { _ = os.Remove(path) }, nil // a mark that stays behind is seen to be stale
}
