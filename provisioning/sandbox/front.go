package sandbox

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"

	"github.com/google/uuid"

	"github.com/scimctl/scimctl/graph/bounds"
	"github.com/scimctl/scimctl/provisioning/sandbox/internal/odata"
)

// largestBody bounds what is read of a request, unpacked.
const largestBody = 64 << 20

// front is the outermost handler: it tells Graph from SCIM, checks the token,
// and turns HTTP into calls and answers into HTTP.
func (t *Tenant) front() http.Handler {
	scim := strings.TrimSuffix(t.options.scimPath, "/")
	return t.crash.guard(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasPrefix(r.URL.Path, "/v1.0/"):
			t.graph(w, r)
		case scim != "" && strings.HasPrefix(r.URL.Path, scim+"/"):
			http.StripPrefix(scim, t.scim).ServeHTTP(w, r)
		default:
			version, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
			t.answer(w, r, &odata.Call{Now: t.now()}, odata.Fail(http.StatusBadRequest, "BadRequest", "Invalid version: "+version))
		}
	}))
}

func (t *Tenant) graph(w http.ResponseWriter, r *http.Request) {
	c := &odata.Call{
		Ctx: r.Context(), Method: r.Method, Header: r.Header, Now: t.now(),
		Path: strings.TrimPrefix(r.URL.EscapedPath(), "/v1.0"), Query: r.URL.Query(),
		Base: root(r) + "/v1.0",
	}
	a := t.read(c, r)
	if a == nil {
		a = t.serve(c)
	}
	t.remember(Request{
		Method: r.Method, Path: strings.TrimPrefix(r.URL.Path, "/v1.0"), Query: plain(r.URL.RawQuery), Status: a.Told(), Fault: c.Fault, Items: c.Items,
	})
	t.answer(w, r, c, a)
}

// read checks the token and unpacks the body.
func (t *Tenant) read(c *odata.Call, r *http.Request) *odata.Answer {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") || strings.TrimSpace(token) == "" {
		return odata.Fail(http.StatusUnauthorized, "InvalidAuthenticationToken", "Access token is empty.").With("WWW-Authenticate", `Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize"`)
	}
	var body io.Reader = r.Body
	if strings.EqualFold(r.Header.Get("Content-Encoding"), "gzip") {
		unpacked, err := gzip.NewReader(r.Body)
		if err != nil {
			return odata.Fail(http.StatusBadRequest, "BadRequest", "The request body is not gzip although Content-Encoding says so.")
		}
		body = unpacked
	}
	var err error
	if c.Body, err = bounds.Read(body, "the request body", largestBody); err == nil {
		err = bounds.JSON(c.Body, "the request body", false)
	}
	_, tooLarge := errors.AsType[*bounds.Error](err)
	switch {
	case tooLarge:
		return odata.Fail(http.StatusRequestEntityTooLarge, "RequestEntityTooLarge", "The request body is too large.")
	case err != nil:
		return odata.Fail(http.StatusBadRequest, "BadRequest", "The request body could not be read.")
	case len(c.Body) > 0 && !c.IsJSON() && r.Method != http.MethodGet && r.Method != http.MethodDelete:
		return odata.Fail(http.StatusBadRequest, "BadRequest", "Write requests (excluding DELETE) must contain the Content-Type header declaration.")
	}
	return nil
}

// answer writes a to the client, packed when the client takes that.
func (t *Tenant) answer(w http.ResponseWriter, r *http.Request, c *odata.Call, a *odata.Answer) {
	if a.Ending == odata.Dropped {
		drop(w)
		return
	}
	request, client := uuid.NewString(), r.Header.Get("client-request-id")
	if client == "" {
		client = request
	}
	h := w.Header()
	maps.Copy(h, a.Header)
	h.Set("request-id", request)
	h.Set("client-request-id", client)
	h.Set("x-ms-resource-unit", strconv.Itoa(units(c)))
	h.Set("Cache-Control", "no-cache")
	if body := a.Bytes(c.Now, request, client); body != nil {
		t.send(w, r, a, body)
		return
	}
	if a.Ending == odata.BrokenOff {
		drop(w)
		return
	}
	w.WriteHeader(a.Status)
}

// send writes a body, or as much of it as there is to be.
func (t *Tenant) send(w http.ResponseWriter, r *http.Request, a *odata.Answer, body []byte) {
	h := w.Header()
	h.Set("Content-Type", contentType)
	if a.Page != "" {
		h.Set("Content-Type", "text/html; charset=utf-8")
	}
	if a.Ending == odata.CutOff {
		body = body[:len(body)/2]
	}
	h.Set("Vary", "Accept-Encoding")
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		body = zip(body)
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(a.Status)
	switch {
	case r.Method == http.MethodHead:
	case a.Ending == odata.BrokenOff:
		breakOff(w, body)
	default:
		_, _ = w.Write(body) // a client that has left is no concern of ours
	}
}

const contentType = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"

// zips are writers that are free: a new one costs most of a megabyte, and tests
// make thousands of tenants.
var zips sync.Pool

func zip(body []byte) []byte {
	var b bytes.Buffer
	z, _ := zips.Get().(*gzip.Writer)
	if z == nil {
		z, _ = gzip.NewWriterLevel(nil, gzip.BestSpeed) // fails for unknown levels only
	}
	z.Reset(&b)
	_, _ = z.Write(body) // a bytes.Buffer takes everything
	_ = z.Close()
	zips.Put(z)
	return b.Bytes()
}

// secure marks connections on which the client believes to speak TLS.
type secure struct{}

// root is the scheme and host as the client wrote them.
func root(r *http.Request) string {
	if r.TLS != nil || r.Context().Value(secure{}) != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// plain is a query as people read it.
func plain(query string) string {
	if out, err := url.QueryUnescape(query); err == nil {
		return out
	}
	return query
}
