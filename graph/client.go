package graph

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"sync"
	"time"

	azureauth "github.com/microsoft/kiota-authentication-azure-go"
	kiota "github.com/microsoft/kiota-http-go"
	msgraph "github.com/microsoftgraph/msgraph-sdk-go-core"

	"github.com/scimctl/scimctl/graph/internal/odata"
	"github.com/scimctl/scimctl/graph/internal/transport"
	"github.com/scimctl/scimctl/graph/safetext"
)

const (
	version            = "/v1.0"
	defaultWaitTimeout = 5 * time.Minute
)

// Options say how a [Client] reaches Graph. Only Credential is needed.
type Options struct {
	// Endpoint is Graph's root, with or without /v1.0; "" means that of Cloud.
	// Over plain http it must be a loopback address.
	Endpoint   string
	Cloud      Cloud
	Credential Credential
	// Transport carries the requests; nil is a copy of [http.DefaultTransport].
	// A server in memory is a transport whose DialContext and DialTLSContext
	// lead to its listener.
	Transport http.RoundTripper
	// WaitTimeout bounds each wait for replication; 0 is five minutes.
	WaitTimeout time.Duration
	// DryRun holds back every [Operation] that writes: the call answers nil,
	// and a zero entity where one is due.
	DryRun bool
	// Held is told of each write that is held back; it may be nil.
	Held func(Held)
	// Notice is given lines for the user, one at a time: what is waited for, and
	// throttling. It may be nil.
	Notice func(string)
	// Trace receives requests and answers without secrets; it may be nil.
	Trace io.Writer
	// Secrets learns the secrets that the client is given and that it is sent;
	// nil means a collection of its own.
	Secrets   *Secrets
	UserAgent string // "scimctl/1.2.3"
	// NoLimits accepts answers and collections of any size, and waits for a
	// silent server until the context ends.
	NoLimits bool
}

// Held is a write that a dry run did not send.
type Held struct {
	Method string
	Path   string // below the version
	Body   []byte // JSON, secrets struck out; nil when the request has none
}

// A Client speaks to Graph. It may be used by several goroutines at once.
type Client struct {
	adapter *msgraph.GraphRequestAdapterBase
	wire    *wire
	base    *url.URL // with the version
	cloud   Cloud
	tokens  *tokens
	secrets *Secrets
	quotas  *quotas
	dryRun  bool
	held    func(Held)
	notice  func(string)
	timeout time.Duration
	agent   string

	telling sync.Mutex // while notice is given a line

	keeping sync.Mutex
	kept    map[reflect.Type]any // see [Kept]
}

// New makes a client. It opens no connection and asks for no token. An
// endpoint that cannot be used is an [*EndpointError].
func New(o Options) (*Client, error) {
	cloud := o.Cloud.OrGlobal()
	base, err := endpoint(o.Endpoint, cloud)
	if err != nil {
		return nil, err
	}
	if o.Credential == nil {
		return nil, &SignInError{}
	}
	c := &Client{
		base: base, cloud: cloud, secrets: o.Secrets, quotas: newQuotas(),
		dryRun: o.DryRun, held: o.Held, notice: o.Notice, timeout: o.WaitTimeout, agent: o.UserAgent,
		kept: map[reflect.Type]any{},
	}
	if c.secrets == nil {
		c.secrets = NewSecrets()
	}
	if c.timeout <= 0 {
		c.timeout = defaultWaitTimeout
	}
	c.tokens = newTokens(o.Credential, cloud.Graph+"/.default", c.secrets)
	next := o.Transport
	if next == nil {
		next = transport.System()
	}
	c.wire = &wire{next: next, base: base, trace: newTracer(o.Trace, c.secrets), noLimits: o.NoLimits, say: c.Notify, large: make(chan struct{}, 1)}
	return c, c.connect()
}

// connect puts Graph's request adapter on our own HTTP client, with none of
// the middlewares that it would choose but the one which numbers requests. A
// list of hosts that is empty would send the token to any of them.
func (c *Client) connect() error {
	auth, err := azureauth.NewAzureIdentityAuthenticationProviderWithScopesAndValidHosts(
		c.tokens, []string{c.tokens.scope}, []string{c.base.Hostname()})
	if err != nil {
		return err
	}
	options := msgraph.GraphClientOptions{}
	client := &http.Client{Transport: kiota.NewCustomTransportWithParentTransport(c.wire, msgraph.NewGraphTelemetryHandler(&options))}
	c.adapter, err = msgraph.NewGraphRequestAdapterBaseWithParseNodeFactoryAndSerializationWriterFactoryAndHttpClient(
		auth, options, nil, nil, client)
	return err
}

// DryRun reports whether writes are held back.
func (c *Client) DryRun() bool { return c.dryRun }

// Kept returns what a package keeps with a client, such as what it has learned:
// one value of each type. It is made when it is asked for the first time.
func Kept[T any](c *Client, create func() *T) *T {
	c.keeping.Lock()
	defer c.keeping.Unlock()
	t := reflect.TypeFor[T]()
	if _, has := c.kept[t]; !has {
		c.kept[t] = create()
	}
	kept, _ := c.kept[t].(*T)
	return kept
}

// KnownSecrets are the secrets that the client redacts.
func (c *Client) KnownSecrets() *Secrets { return c.secrets }

// Endpoint is Graph's root as the client asks it, version included.
func (c *Client) Endpoint() string { return c.base.String() }

// Cloud returns the cloud that the client speaks to.
func (c *Client) Cloud() Cloud { return c.cloud }

// Tenant returns the id of the tenant that the token is for, and "" when the
// token does not say.
func (c *Client) Tenant(ctx context.Context) (string, error) {
	who, err := c.Identity(ctx)
	return who.TenantID, err
}

// SignedInTo returns the tenant that the token at hand is for, as [Client.Tenant]
// does, without asking for one. ok is false when there is no token yet.
func (c *Client) SignedInTo() (tenant string, ok bool) {
	token := c.tokens.current().Token
	return ReadToken(token).TenantID, token != ""
}

// Close ends connections that are idle.
func (c *Client) Close() { c.wire.closeIdle() }

// Notify gives the user a line, one at a time: see [Options].
func (c *Client) Notify(line string) {
	if c.notice == nil {
		return
	}
	c.telling.Lock()
	defer c.telling.Unlock()
	c.notice(line)
}

// endpoint returns the root of all requests, version included.
func endpoint(raw string, cloud Cloud) (*url.URL, error) {
	if raw == "" {
		raw = cloud.Graph
	}
	u, err := url.Parse(raw)
	if err != nil {
		return nil, &EndpointError{safetext.Address(raw), "is no URL"}
	}
	switch {
	case u.Scheme != "https" && u.Scheme != "http" || u.Host == "":
		return nil, &EndpointError{safetext.Address(raw), "must begin with https:// and name a host"}
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return nil, &EndpointError{safetext.Address(raw), "must be a host and at most a path"}
	case u.Scheme == "http" && !IsLoopback(u.Hostname()):
		return nil, &EndpointError{safetext.Address(raw), "a token goes over plain http to a loopback address only"}
	}
	u.Path = strings.TrimSuffix(strings.TrimRight(u.Path, "/"), version) + version
	u.RawPath = ""
	return u, nil
}

// IsLoopback knows the names of this machine that the sign-in bridge gives a
// token over plain http.
func IsLoopback(host string) bool {
	return strings.EqualFold(host, "localhost") || host == "127.0.0.1" || host == "::1"
}

// sameServer reports whether two URLs lead to one server: scheme, host, port.
func sameServer(a, b *url.URL) bool {
	return strings.EqualFold(a.Scheme, b.Scheme) && strings.EqualFold(hostPort(a), hostPort(b))
}

func hostPort(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"https": "443", "http": "80"}[strings.ToLower(u.Scheme)]
	}
	return net.JoinHostPort(u.Hostname(), port)
}

// Ping asks Graph something that every token may ask, and returns Graph's own
// time, to the second; it is zero when the answer has none. An error tells why
// Graph is not reached, or that it does not take the token.
func (c *Client) Ping(ctx context.Context) (now time.Time, err error) {
	r := Request{
		Op: OpReadTemplates, Method: http.MethodGet, Path: odata.Query("/applicationTemplates", "$top", "1"), Due: true,
		Taken: func(head http.Header) { now, _ = http.ParseTime(head.Get("Date")) },
	}
	body, err := c.Do(ctx, r)
	if err == nil {
		_, err = Decode[Page[Entity]](r, body)
	}
	return now, err
}
