package sandbox

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/internal/cli"
	"github.com/scimctl/scimctl/cmd/internal/exit"
	"github.com/scimctl/scimctl/cmd/internal/iostreams"
	"github.com/scimctl/scimctl/graph/parallel"
	"github.com/scimctl/scimctl/provisioning/sandbox"
)

// serveFlags are where the sandbox is served, and what goes wrong in it.
type serveFlags struct {
	listen        string
	lag           int
	lagTime       time.Duration
	strictSecrets bool
	faults        []string
	speed         int
	habit         string
}

func newSandboxServeCmd(a *cli.App) *cobra.Command {
	var flags serveFlags
	c := &cobra.Command{
		Use:   "serve",
		Short: "Offer the sandbox over HTTP on this machine",
		Long: `Offer the sandbox over HTTP to any client of Microsoft Graph on this machine. It
takes any bearer token, and only requests to a loopback name that come from no
web page. The first line on standard output is its URL; the SCIM
server inside answers below /scim. It ends with Ctrl-C, and what was done stays
in the sandbox.

With --fault something goes wrong with the requests, and with the items of a
batch. It can be given several times. The kinds are:

` + faultsHelp() + `

After the kind stands, between colons, which requests it strikes: method=POST,
path=/start (how the path ends), skip=2 (so many pass first), first=3 (then so
many are struck), every=4 (and then each fourth); all, when nothing is said.
throttled and unavailable take retry-after=5s or retry-after=none, slow takes
delay=2s, and quota units=100 (in 10 seconds) and writes=10 (in 150 seconds).

With --clock-speed 60 forty minutes pass in forty seconds, and the provisioning
cycles run when they are due, also when nobody looks. With --scim-habit the SCIM
server inside does what some real ones do:

` + cli.HabitsHelp(),
		Example: `  scimctl sandbox serve

  # Every third request is throttled, and the first start is answered 504
  scimctl sandbox serve --fault throttled:every=3 --fault gateway-timeout:path=/start:first=1`,
		RunE: func(c *cobra.Command, _ []string) error { return serve(a, c, flags) },
	}
	c.Flags().StringVar(&flags.listen, "listen", "127.0.0.1:8085", "loopback `address` to listen on; port 0 takes a free one")
	c.Flags().IntVar(&flags.lag, "lag", 1, "replication lags by this `number` of requests")
	c.Flags().DurationVar(&flags.lagTime, "lag-time", 0, "replication lags by this `duration` instead")
	c.Flags().BoolVar(&flags.strictSecrets, "strict-secrets", false, "saving credentials drops those that are left out")
	c.Flags().IntVar(&flags.speed, "clock-speed", 1, "let time run this `number` of times as fast, and cycles run unasked")
	cli.HabitFlag(c, &flags.habit)
	c.Flags().StringArrayVar(&flags.faults, "fault", nil, "let this `kind` of fault strike, as in kind:every=3")
	return c
}

func serve(a *cli.App, c *cobra.Command, flags serveFlags) error {
	ctx := c.Context()
	host, _, err := net.SplitHostPort(flags.listen)
	if ip := net.ParseIP(host); err != nil || host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return exit.Usagef(c, "--listen %q is no loopback address such as 127.0.0.1:8085: the sandbox takes any token", flags.listen)
	}
	if flags.lag < 0 || flags.lagTime < 0 {
		return exit.Usagef(c, "--lag and --lag-time are 0 or more")
	}
	if flags.speed < 1 || flags.speed > fastestClock {
		return exit.Usagef(c, "--clock-speed is a number from 1 to %d", fastestClock)
	}
	options, err := flags.options()
	if err != nil {
		return exit.Usagef(c, "%w", err)
	}
	tenant, err := a.OpenSandbox(ctx, options...)
	if err != nil {
		return err
	}
	defer func() { _ = tenant.Close() }() // its state is saved with every request
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", flags.listen)
	if err != nil {
		return exit.Usagef(c, "--listen %s: %w", flags.listen, err)
	}
	url := "http://" + listener.Addr().String()
	unmark, err := a.MarkServed(url)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	defer unmark()
	iostreams.Fprintln(a.IO.Out, url)
	a.IO.Note("the sandbox answers below %s/v1.0, its SCIM server below %s/scim; Ctrl-C ends it", url, url)
	return serveOn(a, ctx, listener, tenant, flags.speed)
}

// serveOn answers requests until ctx ends, or the tenant crashes.
func serveOn(a *cli.App, ctx context.Context, listener net.Listener, tenant *sandbox.Tenant, speed int) error {
	ctx, end := context.WithCancel(ctx)
	defer parallel.Go(func() { // LIFO: end comes first
		defer end() // also when it panics
		select {
		case <-tenant.Crashed():
		case <-ctx.Done():
		}
	})()
	if speed > 1 {
		defer parallel.Go(func() {
			defer end()
			if err := tenant.Run(ctx, time.Second); err != nil {
				a.IO.Warn("cycles no longer run unasked: %v", err)
				<-ctx.Done()
			}
		})()
	}
	defer end()
	server := &http.Server{
		Handler:           sandbox.Local(tenant.Handler()),
		ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 2 * time.Minute, IdleTimeout: 5 * time.Minute,
	}
	stop := parallel.After(ctx, func() {
		closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastAnswers)
		defer cancel()
		_ = server.Shutdown(closing) // who is still connected is cut off below
	})
	err := server.Serve(listener)
	end()
	stop()
	if closed := server.Close(); errors.Is(err, http.ErrServerClosed) {
		err = closed
	}
	return err
}

// lastAnswers is how long a server that ends waits for requests under way.
const lastAnswers = 500 * time.Millisecond

// fastestClock makes a cycle come each quarter of a second.
const fastestClock = 10000

func (f serveFlags) options() ([]sandbox.Option, error) {
	options := []sandbox.Option{sandbox.WithSCIMPath("/scim"), sandbox.WithLag(f.lag), sandbox.WithClockSpeed(f.speed)}
	if f.lagTime > 0 {
		options = append(options, sandbox.WithLagTime(f.lagTime))
	}
	if f.strictSecrets {
		options = append(options, sandbox.WithStrictSecrets())
	}
	for _, text := range f.faults {
		fault, err := sandbox.ParseFault(text)
		if err != nil {
			return nil, fmt.Errorf("--fault: %w", err)
		}
		options = append(options, sandbox.WithFault(fault))
	}
	habit, err := cli.HabitOf(f.habit)
	return append(options, habit...), err
}

// faultsHelp lists what can go wrong.
func faultsHelp() string {
	var b strings.Builder
	for _, kind := range sandbox.FaultKinds() {
		iostreams.Fprintf(&b, "  %-16s %s\n", kind, kind.Meaning())
	}
	return strings.TrimRight(b.String(), "\n")
}
