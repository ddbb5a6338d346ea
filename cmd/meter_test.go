package cmd

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/scimctl/scimctl/cmd/internal/iostreams"
	"github.com/scimctl/scimctl/provisioning/sandbox"
)

// scimToken is that of the sandbox's SCIM server in these tests.
const scimToken = "the-token-of-the-sandbox"

// A meter runs commands on one tenant and tells what each of them cost. It
// lives in a bubble of synctest, where each request takes a second: how long a
// command takes says how many of its requests had to wait for others.
type meter struct {
	streams func(*iostreams.Streams) // changes them before a run; may be nil
	*testing.T
	ctx     context.Context // its end is Ctrl-C
	company *sandbox.Tenant
	folder  string
	out     *bytes.Buffer                             // what the last command answered
	through func(http.RoundTripper) http.RoundTripper // stands in the way of requests; may be nil
}

// A cost is what a command took. Rounds are requests one after the other:
// those that go out together are one round.
type cost struct{ exit, requests, writes, rounds int }

func newMeter(t *testing.T, options ...sandbox.Option) *meter {
	t.Helper()
	options = append([]sandbox.Option{sandbox.WithLag(0), sandbox.WithSCIMServerToken(scimToken)}, options...)
	m := &meter{T: t, ctx: t.Context(), company: sandbox.New(options...), folder: t.TempDir()}
	t.Cleanup(func() { _ = m.company.Close() })
	return m
}

func getenvIn(folder string) func(string) string {
	return func(name string) string {
		return map[string]string{
			"SCIMCTL_APP": "Workato", "SCIMCTL_STATE_DIR": folder, "XDG_CONFIG_HOME": folder, "HOME": folder,
			"WORKATO_SCIM_URL": sandbox.SCIMURL, "WORKATO_SCIM_TOKEN": scimToken,
		}[name]
	}
}

// run carries out a command line, WORKATO: standing for the application's own
// namespace.
func (m *meter) run(line string) (cost, *bytes.Buffer) {
	m.Helper()
	io, in, out, said := iostreams.Test()
	m.out = out
	in.WriteString(scimToken + "\n")
	return m.runOn(io, line), said
}

// runOn is run on streams of the caller's.
func (m *meter) runOn(io *iostreams.Streams, line string) cost {
	m.Helper()
	m.company.ForgetRequests()
	if m.streams != nil {
		m.streams(io)
	}
	a := newApp(io, getenvIn(m.folder))
	second := &aSecondEach{m.company.Transport()}
	a.Tenant = func(context.Context) (http.RoundTripper, error) {
		if m.through != nil {
			return m.through(second), nil
		}
		return second, nil
	}
	// cobra keeps what completes flags for good, and so all that a command
	// holds; a tenant for each case would be gigabytes.
	defer func() { a.Tenant, second.RoundTripper = nil, nil }()
	began := time.Now()
	line = strings.ReplaceAll(line, "WORKATO:", "urn:ietf:params:scim:schemas:workato:1.0:WorkatoRole:")
	args := strings.Fields(line)
	for i := range args {
		args[i] = strings.ReplaceAll(args[i], "~", " ") // ~ is a blank inside an argument
	}
	c := cost{exit: a.Run(m.ctx, args), rounds: int(time.Since(began) / time.Second)}
	for _, r := range m.company.Requests() {
		c.requests++
		c.writes += writes(r)
	}
	return c
}

// aMinuteLater lets the ten seconds pass in which the service takes five
// on-demand requests.
func (m *meter) aMinuteLater() { <-time.After(time.Minute) }

// aSecondEach makes each request take one second. It passes on whatever else a
// transport can do.
type aSecondEach struct{ http.RoundTripper }

func (s *aSecondEach) RoundTrip(r *http.Request) (*http.Response, error) {
	select {
	case <-time.After(time.Second):
		return s.RoundTripper.RoundTrip(r)
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
}

func (s *aSecondEach) CloseIdleConnections() {
	if c, ok := s.RoundTripper.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

// writes counts what changes something: Graph asks some questions by POST.
func writes(r sandbox.Request) int {
	if len(r.Items) > 0 {
		n := 0
		for _, item := range r.Items {
			n += writes(item)
		}
		return n
	}
	for _, question := range []string{"/getAvailableExtensionProperties", "/validateCredentials", "/parseExpression", "/$batch"} {
		if strings.HasSuffix(r.Path, question) {
			return 0
		}
	}
	if r.Method == http.MethodGet {
		return 0
	}
	return 1
}

func (c cost) String() string {
	return fmt.Sprint(c.exit, " ", c.requests, " ", c.writes, " ", c.rounds)
}

// asked lists the requests of the last command.
func (m *meter) asked() string {
	var b strings.Builder
	for _, r := range m.company.Requests() {
		fmt.Fprintf(&b, "\n  %d %s %s %s", r.Status, r.Method, r.Path, r.Query)
	}
	return b.String()
}
