package cmd

import (
	"context"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"

	"github.com/scimctl/scimctl/cmd/internal/exit"
	"github.com/scimctl/scimctl/cmd/internal/iostreams"
)

// A wire answers requests as it likes.
type wire func(*http.Request) (*http.Response, error)

func (w wire) RoundTrip(r *http.Request) (*http.Response, error) { return w(r) }

func answering(status int, header map[string]string, body string) wire {
	return func(r *http.Request) (*http.Response, error) {
		answer := &http.Response{
			StatusCode: status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: r,
			Header: http.Header{"Content-Type": {"text/html"}}, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)),
		}
		for name, value := range header {
			answer.Header.Set(name, value)
		}
		return answer, nil
	}
}

func TestAServerThatIsNotGraphIsToldSo(t *testing.T) {
	t.Parallel()
	const page = "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"
	notGraph := "hint: this is not how Graph answers: check --graph-endpoint, and whether there is a proxy in between"
	for _, c := range []struct {
		name string
		wire wire
		code exit.Code
		said []string
	}{
		{
			"a proxy's page with 502", answering(http.StatusBadGateway, nil, page), exit.Unavailable,
			[]string{"Graph answered 502", "hint: run the command again in a while"},
		},
		{
			"a portal's page with 200", answering(http.StatusOK, nil, page), exit.Failure,
			[]string{"Graph answered 200 NotJSON", notGraph},
		},
		{
			"JSON that ends too early", answering(http.StatusOK, map[string]string{"Content-Type": "application/json"}, `{"value":[`), exit.Failure,
			[]string{"Graph answered 200 NotJSON", notGraph},
		},
		{
			"a redirect", answering(http.StatusFound, map[string]string{"Location": "https://login.example.com/"}, ""), exit.Failure,
			[]string{"Graph answered 302 Redirect", "login.example.com", notGraph},
		},
		{
			"a connection that drops", func(*http.Request) (*http.Response, error) { return nil, syscall.ECONNRESET }, exit.Unavailable,
			[]string{"no answer from ", "connection reset by peer", "hint: check that "},
		},
		{
			"an answer that drops", func(r *http.Request) (*http.Response, error) {
				answer, err := answering(http.StatusOK, map[string]string{"Content-Type": "application/json"}, "")(r)
				answer.Body, answer.ContentLength = io.NopCloser(io.MultiReader(strings.NewReader(`{"value":`), failing{})), -1
				return answer, err
			}, exit.Unavailable,
			[]string{"no answer from ", "unexpected EOF"},
		},
		{
			"a refusal", answering(http.StatusForbidden, map[string]string{"Content-Type": "application/json", "Request-Id": "17"},
				`{"error":{"code":"Authorization_RequestDenied","message":"Insufficient privileges to complete the operation."}}`), exit.Auth,
			[]string{"Authorization_RequestDenied: Insufficient privileges", "(request-id 17)", "Application.Read", "an administrator has to grant it"},
		},
	} {
		for _, args := range [][]string{{"app", "list"}, {"ext", "create", "workato_role", "--app", "Workato"}} {
			t.Run(c.name+": "+args[0], func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					streams, _, out, said := iostreams.Test()
					a := newApp(streams, func(string) string { return "" })
					a.Tenant = func(context.Context) (http.RoundTripper, error) { return c.wire, nil }
					if code := a.Run(t.Context(), args); code != int(c.code) {
						t.Errorf("exit code %d, want %d", code, c.code)
					}
					for _, want := range c.said {
						if !strings.Contains(said.String(), want) {
							t.Errorf("%q is missing in:\n%s", want, said)
						}
					}
					if strings.Contains(said.String(), "<html") || out.Len() > 0 {
						t.Errorf("answered %q, said %q", out, said)
					}
				})
			})
		}
	}
}

// failing is the rest of an answer that never comes.
type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
