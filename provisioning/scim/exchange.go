package scim

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/scimctl/scimctl/graph/bounds"
)

// Most that is read of an answer, and of it kept in an error, and how long an
// exchange takes at most.
const (
	mostRead        = 16 << 20
	mostKept        = 64 << 10
	exchangeTimeout = 100 * time.Second
)

// An exchange is one request and, afterwards, what came back.
type exchange struct {
	method, path string
	body         any  // nil: none
	mayBeEmpty   bool // a success may come without a body

	url, token  string
	status      int
	contentType string
	answer      []byte
}

// do sends the exchange and decodes a success into into, unless that is nil.
func (c *Client) do(ctx context.Context, e *exchange, into any) error {
	ctx, cancel := context.WithTimeoutCause(ctx, exchangeTimeout, &bounds.Error{
		What: "the SCIM server", Bound: fmt.Sprintf("took more than %s to answer", exchangeTimeout), Silent: true,
	})
	defer cancel()
	request, err := c.request(ctx, e)
	if err != nil {
		return err
	}
	var doer Doer = http.DefaultClient
	if c.HTTP != nil {
		doer = c.HTTP
	}
	response, err := doer.Do(request)
	if err == nil {
		err = e.read(response)
	}
	if slow, ok := errors.AsType[*bounds.Error](context.Cause(ctx)); ok && err != nil {
		return slow
	}
	if err != nil {
		return err
	}
	if !e.succeeded() {
		return &Error{Method: e.method, URL: e.url, Status: e.status, Body: e.kept()}
	}
	if into == nil || e.mayBeEmpty && len(bytes.TrimSpace(e.answer)) == 0 {
		return nil
	}
	return e.decode(into)
}

// succeeded reports whether the answer has the status with which RFC 7644 says
// that the request succeeds. Others below 300, such as 202 or 206, promise less.
func (e *exchange) succeeded() bool {
	switch e.method {
	case http.MethodPost:
		return e.status == http.StatusCreated
	case http.MethodPatch:
		return e.status == http.StatusOK || e.status == http.StatusNoContent
	case http.MethodDelete:
		return e.status == http.StatusNoContent
	}
	return e.status == http.StatusOK
}

func (c *Client) request(ctx context.Context, e *exchange) (*http.Request, error) {
	base, _, err := SplitTenantURL(c.BaseURL)
	if err != nil {
		return nil, err
	}
	e.url, e.token = base+"/"+e.path, c.Token
	body, err := e.encoded()
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, e.method, e.url, body)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", "Bearer "+c.Token)
	request.Header.Set("ADSCIMVersion", c.version())
	// Entra sends no User-Agent, and firewalls that want one refuse it. An
	// empty one keeps net/http from adding its own.
	request.Header.Set("User-Agent", "")
	if e.body != nil {
		request.Header.Set("Content-Type", "application/scim+json; charset=utf-8")
	}
	return request, nil
}

// encoded is an untyped nil reader without a body, which net/http insists on.
func (e *exchange) encoded() (io.Reader, error) {
	if e.body == nil {
		return nil, nil
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(e.body); err != nil {
		return nil, fmt.Errorf("%s %s: %w", e.method, e.url, err)
	}
	return bytes.NewReader(bytes.TrimSuffix(b.Bytes(), []byte("\n"))), nil
}

func (e *exchange) read(response *http.Response) error {
	e.status = response.StatusCode
	e.contentType = response.Header.Get("Content-Type")
	answer, err := bounds.Read(response.Body, "it", mostRead)
	if err == nil {
		err = bounds.JSON(answer, "it", false)
	}
	if err := errors.Join(err, response.Body.Close()); err != nil {
		return fmt.Errorf("%s %s: read the answer: %w", e.method, e.url, err)
	}
	e.answer = answer
	return nil
}

func (e *exchange) decode(into any) error {
	decoder := json.NewDecoder(bytes.NewReader(e.answer))
	decoder.UseNumber()
	if err := decoder.Decode(into); err != nil {
		return e.undecodable(err)
	}
	return nil
}

func (e *exchange) undecodable(err error) error {
	return &DecodeError{
		Method: e.method, URL: e.url, Status: e.status,
		ContentType: e.contentType, Body: e.kept(), Err: err,
	}
}

// kept is the answer for an error, without the token: some services echo it.
func (e *exchange) kept() string {
	body := string(e.answer[:min(len(e.answer), mostKept)])
	if e.token != "" {
		body = strings.ReplaceAll(body, e.token, "***")
	}
	return body
}
