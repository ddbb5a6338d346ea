package graph

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"

	abstractions "github.com/microsoft/kiota-abstractions-go"
)

// A Request is one call of Graph, as the methods describe it.
type Request struct {
	Op     Operation
	Method string
	Path   string // below the version, escaped, with the query
	next   string // a link to a later page of what path names, whole; "": the first
	Body   []byte // JSON; nil: none
	Header map[string]string
	Due    bool // the answer carries JSON
	kept   bool // all pages of the collection stay in memory
	// ownError says that the answer documents an error member of its own.
	OwnError bool
	Ready    func(context.Context) error // waits until an attempt may go out; may be nil
	Taken    func(http.Header)           // is given the head of the answer that is taken; may be nil
}

// Do sends a request until it is answered for good, and returns the body of
// the answer. A write in a dry run is not sent and has none.
func (c *Client) Do(ctx context.Context, r Request) ([]byte, error) {
	if c.dryRun && r.Op.Writes {
		c.hold(r.Method, r.Path, r.Body)
		return nil, nil
	}
	body, unseen, err := c.insist(ctx, r)
	if unseen && r.Method == http.MethodDelete && IsNotFound(err) {
		return nil, nil
	}
	return body, err
}

// insist is do for what is sent in any case. It also tells whether an attempt
// before the last one may have been carried out unseen.
func (c *Client) insist(ctx context.Context, r Request) (body []byte, unseen bool, err error) {
	if err := c.cloud.Offers(r.Op); err != nil {
		return nil, false, err
	}
	began := time.Now()
	for try := 1; ; try++ {
		body, err := c.attempt(ctx, r)
		if err == nil {
			return body, unseen, nil
		}
		if final := c.beforeNext(ctx, r.Op, err, try, began); final != nil {
			return nil, unseen, final
		}
		unseen = unseen || IsUncertain(err)
	}
}

// hold tells of a write that a dry run does not send.
func (c *Client) hold(method, path string, body []byte) {
	if c.held == nil {
		return
	}
	bare, _, _ := strings.Cut(path, "?")
	switch {
	case body == nil:
	case carriesSecrets(bare) || len(body) <= longestTraced:
		body = []byte(c.secrets.document(bare, body))
	default: // a schema, which is large and has none of its own
		body = []byte(c.secrets.known.Text(string(body)))
	}
	c.held(Held{Method: method, Path: c.secrets.Text(path), Body: body})
}

// attempt sends a request once, or twice when the token ran out.
func (c *Client) attempt(ctx context.Context, r Request) ([]byte, error) {
	body, token, err := c.once(ctx, r)
	if !isTokenRefused(err) {
		return body, err
	}
	if another, renewal := c.tokens.renew(ctx, token); renewal != nil || !another {
		return nil, err
	}
	body, _, err = c.once(ctx, r)
	return body, err
}

// once sends a request through Graph's adapter, and tells with which token.
// The answer is taken as it is: the adapter's own reading of it drops status
// and request-id.
func (c *Client) once(ctx context.Context, r Request) (body []byte, token string, err error) {
	u, err := c.resolve(r)
	if err != nil {
		return nil, "", err
	}
	if r.Ready != nil {
		if err := r.Ready(ctx); err != nil {
			return nil, "", interrupted(ctx, r.Op, err)
		}
	}
	info := abstractions.NewRequestInformation()
	info.Method = adapterMethod(r.Method)
	info.SetUri(*u)
	c.addHeaders(info, r)
	var resp *http.Response
	handler := abstractions.NewRequestHandlerOption()
	handler.SetResponseHandler(func(response any, _ abstractions.ErrorMappings) (any, error) {
		resp, _ = response.(*http.Response)
		return nil, nil
	})
	info.AddRequestOptions([]abstractions.RequestOption{handler, payload{r.Body}})
	if err := c.adapter.SendNoContent(ctx, info, nil); err != nil {
		return nil, "", c.unanswered(ctx, r, err)
	}
	body, err = c.answer(r, resp)
	return body, strings.TrimPrefix(strings.Join(info.Headers.Get("Authorization"), ""), "Bearer "), err
}

// resolve makes the address of a request. A link to another page is followed
// as it is, and only to the server that gave it.
func (c *Client) resolve(r Request) (*url.URL, error) {
	u, err := url.Parse(cmp.Or(r.next, c.base.String()+r.Path))
	if err != nil || !sameServer(u, c.base) {
		return nil, r.unusable(CodeNextLink, "the link to the next page does not lead to "+c.base.Host)
	}
	return u, nil
}

func (c *Client) addHeaders(info *abstractions.RequestInformation, r Request) {
	info.Headers.Add("Accept", "application/json")
	if r.Body != nil {
		info.Headers.Add("Content-Type", "application/json")
	}
	if c.agent != "" {
		info.Headers.Add("User-Agent", c.agent)
	}
	for name, value := range r.Header {
		info.Headers.Add(name, value)
	}
}

func adapterMethod(method string) abstractions.HttpMethod {
	switch method {
	case http.MethodPost:
		return abstractions.POST
	case http.MethodPut:
		return abstractions.PUT
	case http.MethodPatch:
		return abstractions.PATCH
	case http.MethodDelete:
		return abstractions.DELETE
	}
	return abstractions.GET
}

// Encode writes JSON as Graph does: without escaping < and >.
func Encode(v any) ([]byte, error) {
	if v == nil {
		return nil, nil
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}
