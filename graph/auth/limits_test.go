package auth_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/scimctl/scimctl/graph/auth"
)

// authority plays the sign-in in memory: answer is what the token endpoint
// says, after which it is silent.
type authority func(r *http.Request) (body io.Reader)

func (a authority) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.Contains(r.URL.Path, ".well-known") {
		base := "https://login.example.com/tenant1"
		return said(strings.NewReader(fmt.Sprintf(`{"issuer":"%s/v2.0","authorization_endpoint":"%s/authorize","token_endpoint":"%s/token"}`, base, base, base))), nil
	}
	if body := a(r); body != nil {
		return said(body), nil
	}
	<-r.Context().Done()
	return nil, r.Context().Err()
}

func said(body io.Reader) *http.Response {
	return &http.Response{
		Status: "200 OK", StatusCode: http.StatusOK, Body: io.NopCloser(body),
		Header: http.Header{"Content-Type": {"application/json"}},
	}
}

// endless is a text that never ends.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

func TestASignInEndsWhateverTheAuthorityDoes(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]authority{
		"silent":  func(*http.Request) io.Reader { return nil },
		"endless": func(*http.Request) io.Reader { return endless{} },
	} {
		synctest.Test(t, func(t *testing.T) {
			var asked atomic.Int64
			s := auth.SignIn{
				Method: auth.MethodClientSecret, AuthorityHost: "https://login.example.com",
				Getenv: func(name string) string { return application()[name] },
				Transport: authority(func(r *http.Request) io.Reader {
					asked.Add(1)
					return answer(r)
				}),
			}
			began := time.Now()
			got := fails(t, s, "very-secret-word")
			if took := time.Since(began); took > 3*time.Minute || asked.Load() != 1 {
				t.Errorf("%s: %v after %s and %d requests", name, got, took, asked.Load())
			}
			if reason := got.Tried[len(got.Tried)-1].Reason; !strings.Contains(reason, "sent nothing for") && !strings.Contains(reason, "1 MB") {
				t.Errorf("%s: %q does not name the limit", name, reason)
			}
		})
	}
}
