package cmd

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/scimctl/scimctl/cmd/internal/exit"
	"github.com/scimctl/scimctl/cmd/internal/hint"
	"github.com/scimctl/scimctl/cmd/internal/iostreams"
	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/provisioning/credentials"
	"github.com/scimctl/scimctl/provisioning/ondemand"
)

// Nobody can read the token before back, so that the way back is said at once.
func TestARotationThatDoesNotHoldNamesTheWayBack(t *testing.T) {
	t.Parallel()
	shown := exit.Advise(&ondemand.RotationError{App: "Contoso SCIM", URL: "https://app.example.com/scim", Err: &credentials.RefusedError{Saved: true}}).Hint
	for _, want := range []string{"scimctl credentials test --app 'Contoso SCIM'", "--url https://app.example.com/scim", "the old token"} {
		if !strings.Contains(hint.Hinter{}.Text(shown), want) {
			t.Errorf("%v lacks %q", shown, want)
		}
	}
}

func TestWhatTheServiceSaysOfCredentialsIsExplained(t *testing.T) {
	t.Parallel()
	for want, err := range map[string]error{
		"shorter token": &graph.Error{Op: graph.OpWriteSecrets, Status: 400, Code: "UnknownError", Message: "Size of input ExternalSecret data is invalid"},
		"in the portal": &credentials.RefusedError{App: "Workato", Answer: "Supported CredentialLocationInRequest is required"},
		"--url https://app.example.com/scim --token-stdin": &credentials.SecretDroppedError{App: "Workato", URL: "https://app.example.com/scim"},
	} {
		if hint := (hint.Hinter{}).Text(exit.Advise(err).Hint); !strings.Contains(hint, want) {
			t.Errorf("%v: %q lacks %q", err, hint, want)
		}
	}
}

func TestARestartIsOfferedWhereSomebodyCanBeAsked(t *testing.T) {
	t.Parallel()
	for answer, want := range map[string]string{
		"y\n": "provisioning of Workato restarted",
		"n\n": "users who are not assigned stay in the application until it is restarted:\n    scimctl provision restart --app Workato",
	} {
		synctest.Test(t, func(t *testing.T) { offered(t, answer, want) })
	}
}

func offered(t *testing.T, answer, want string) {
	t.Helper()
	m := newMeter(t)
	for _, line := range []string{
		"provision setup", "credentials set --url https://scim.sandbox.invalid/scim --token-stdin", "assignment add ada@contoso.com",
		"provision settings --scope all --yes", "provision start --yes",
	} {
		if got, said := m.run(line); got.exit != 0 {
			t.Fatalf("%s: %v\n%s", line, got, said)
		}
	}
	if err := m.company.Tick(t.Context()); err != nil {
		t.Fatal(err)
	}
	io, in, _, said := iostreams.Test()
	io.Pretend(true, true, true)
	in.WriteString(answer)
	a := newApp(io, getenvIn(m.folder))
	a.Tenant = func(context.Context) (http.RoundTripper, error) { return m.company.Transport(), nil }
	if code := a.Run(t.Context(), strings.Fields("provision settings --scope assigned")); code != 0 {
		t.Errorf("exit code %d\n%s", code, said)
	}
	if !strings.Contains(said.String(), "and who is not assigned is removed") || !strings.Contains(said.String(), want) {
		t.Errorf("%q lacks %q", said, want)
	}
}
