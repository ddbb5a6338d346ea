package cmd

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/scimctl/scimctl/cmd/internal/cli"
	"github.com/scimctl/scimctl/cmd/internal/iostreams"
)

// A page that has rebound its name to this machine cannot change where the token
// of the environment is sent, and not even a client that may changes it.
func TestAServedSandboxKeepsItsToken(t *testing.T) {
	t.Parallel()
	const token = "real-token-of-a-real-application"
	var stolen atomic.Int32
	attacker := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.Header.Get("Authorization"), token) {
			stolen.Add(1)
		}
	}))
	t.Cleanup(attacker.Close)
	base := getenvIn(t.TempDir())
	env := func(name string) string {
		switch name {
		case cli.SandboxTokenVariable:
			return token
		case "SCIMCTL_SANDBOX_SCIM_URL":
			return "https://scim.example.com/scim"
		}
		return base(name)
	}
	sp := prepared(t, env)
	served := serving(t, env)
	secrets := "/v1.0/servicePrincipals/" + sp + "/synchronization/secrets"
	body := `{"value":[{"key":"BaseAddress","value":"` + attacker.URL + `"}]}`
	if got := requested(t, http.MethodPut, served+secrets, "attacker.example.com", body); got != http.StatusForbidden {
		t.Errorf("a rebound name is answered %d", got)
	}
	if got := requested(t, http.MethodPut, served+secrets, "", body); got != http.StatusNoContent {
		t.Errorf("a client of this machine is answered %d", got)
	}
	validate := "/v1.0/servicePrincipals/" + sp + "/synchronization/jobs/validateCredentials"
	_ = requested(t, http.MethodPost, served+validate, "", `{"templateId":"scim","useSavedCredentials":true}`)
	if stolen.Load() > 0 {
		t.Error("the token was sent to an address that it was not given for")
	}
}

// prepared saves a token for an application of the kept sandbox, and returns the
// id of its service principal.
func prepared(t *testing.T, env func(string) string) string {
	t.Helper()
	var id string
	for _, line := range []string{
		"provision setup --sandbox",
		"credentials set --sandbox --url https://scim.example.com/scim --token-stdin --no-validate",
		"app show --sandbox --jq .servicePrincipalId",
	} {
		streams, in, out, said := iostreams.Test()
		in.WriteString("another-token-of-no-interest")
		if code := newApp(streams, env).Run(t.Context(), strings.Fields(line)); code != 0 {
			t.Fatalf("%s: %d, %s", line, code, said)
		}
		id = strings.TrimSpace(out.String())
	}
	return id
}

// serving runs sandbox serve until the test ends, and returns its URL.
func serving(t *testing.T, env func(string) string) string {
	t.Helper()
	streams := iostreams.Discard()
	first, out := io.Pipe()
	streams.Out = out
	ctx, interrupt := context.WithCancel(t.Context())
	ended := make(chan int, 1)
	go func() {
		ended <- newApp(streams, env).Run(ctx, []string{"sandbox", "serve", "--listen", "127.0.0.1:0"})
		_ = out.Close()
	}()
	t.Cleanup(func() { interrupt(); <-ended })
	url, err := bufio.NewReader(first).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(url)
}

// requested sends a request with a Host of its own, and returns the status.
func requested(t *testing.T, method, url, host, body string) int {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, bytes.NewBufferString(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Host = host
	r.Header.Set("Authorization", "Bearer any")
	r.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	return resp.StatusCode
}
