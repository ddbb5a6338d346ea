package auth_test

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"math/big"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/auth"
	"github.com/scimctl/scimctl/graph/internal/graphtest"
	"github.com/scimctl/scimctl/graph/synchronization"
)

const wrongSecret = "AADSTS7000215: Invalid client secret provided: very-secret-word. Ensure it is right."

// application are the variables of an application with a secret.
func application() map[string]string {
	return map[string]string{"AZURE_TENANT_ID": "tenant1", "AZURE_CLIENT_ID": "client1", "AZURE_CLIENT_SECRET": "very-secret-word"}
}

func TestAClientSecretGetsAToken(t *testing.T) {
	t.Parallel()
	for name, method := range map[string]string{"by name": auth.MethodClientSecret, "from the environment": auth.MethodEnv, "by itself": ""} {
		e := newEntra(t, gives("from-secret", 3600))
		s := e.signIn(method, application())
		cred, err := s.Credential(t.Context())
		if err != nil || len(e.Requests()) != 0 {
			t.Fatalf("%s: got %v after %d requests", name, err, len(e.Requests()))
		}
		if token, err := tokenOf(t, cred); token != "from-secret" || err != nil {
			t.Errorf("%s: got %q, %v", name, token, err)
		}
		asked := e.Requests()[0]
		if asked.Get("client_secret") != "very-secret-word" || asked.Get("client_id") != "client1" ||
			!strings.Contains(asked.Get("scope"), "https://graph.microsoft.com/.default") {
			t.Errorf("%s: asked with %v", name, asked)
		}
	}
}

func TestAWrongClientSecretIsOneLineWithoutIt(t *testing.T) {
	t.Parallel()
	e := newEntra(t, refuses(wrongSecret))
	got := fails(t, e.signIn(auth.MethodClientSecret, application()), "very-secret-word")
	want := &graph.SignInError{Tried: []graph.Attempt{{Method: "client-secret", Reason: "AADSTS7000215: Invalid client secret provided: ***. Ensure it is right"}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// A refusal is the end: the next way would be somebody else.
func TestARefusedSecretNeverEndsInAnotherIdentity(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the stand-in for az is a shell script")
	}
	folder := noTools(t)
	ran := filepath.Join(folder, "ran")
	az := "#!/bin/sh\n: > " + ran + "\necho '{\"accessToken\":\"from-cli\",\"expires_on\":4102444800}'\n"
	if err := os.WriteFile(filepath.Join(folder, "az"), []byte(az), 0o700); err != nil {
		t.Fatal(err)
	}
	e := newEntra(t, refuses(wrongSecret))
	got := fails(t, e.signIn("", application()), "very-secret-word")
	if last := got.Tried[len(got.Tried)-1]; last.Method != auth.MethodEnv || len(got.Tried) != 3 {
		t.Errorf("tried %v", got.Tried)
	}
	if _, err := os.Stat(ran); err == nil {
		t.Error("az was asked")
	}
}

// selfSigned makes a key and a certificate, as PEM.
func selfSigned(t *testing.T) (*rsa.PrivateKey, []byte) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "scimctl"}, NotAfter: time.Now().Add(time.Hour)}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return key, slices.Concat(
		pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}))
}

func TestACertificateSignsForItsClient(t *testing.T) {
	t.Parallel()
	key, text := selfSigned(t)
	file := filepath.Join(t.TempDir(), "client.pem")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	env := map[string]string{"AZURE_TENANT_ID": "tenant1", "AZURE_CLIENT_ID": "client1", "AZURE_CLIENT_CERTIFICATE_PATH": file}
	for _, method := range []string{auth.MethodClientCertificate, ""} {
		e := newEntra(t, gives("from-certificate", 3600))
		signsIn(t, e.signIn(method, env), "from-certificate")
		asked := e.Requests()[0]
		signed, signature, _ := cutLast(asked.Get("client_assertion"), ".")
		digest := sha256.Sum256([]byte(signed))
		raw, err := base64.RawURLEncoding.DecodeString(signature)
		if err != nil || rsa.VerifyPSS(&key.PublicKey, crypto.SHA256, digest[:], raw, nil) != nil {
			t.Errorf("the assertion is not signed with the key: %v %v", err, asked)
		}
	}
}

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

func TestACertificateInAPFXFileNeedsItsPassword(t *testing.T) {
	t.Parallel()
	e := newEntra(t, gives("from-pfx", 3600))
	s := e.signIn(auth.MethodClientCertificate, nil)
	s.TenantID, s.ClientID, s.Certificate, s.CertificatePassword = "tenant1", "client1", "testdata/client.pfx", "pfx pass word"
	signsIn(t, s, "from-pfx")
	s.CertificatePassword = "not-the-password"
	got := fails(t, s, "not-the-password")
	if !strings.Contains(got.Error(), "client.pfx cannot be used") {
		t.Errorf("got %v", got)
	}
	s.Certificate = "testdata/absent.pem"
	if got := fails(t, s); !strings.Contains(got.Error(), "absent.pem") {
		t.Errorf("got %v", got)
	}
}

func TestATokenThatEndsInTheMiddleOfACommandIsReplaced(t *testing.T) {
	t.Parallel()
	e := newEntra(t, gives("short", 60), gives("long", 3600))
	cred, err := e.signIn("", application()).Credential(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	g := graphtest.Serve(t, graphtest.Says(204, ""))
	c := g.Client(t, graphtest.Using(cred))
	for range 3 {
		if err := synchronization.StartJob(t.Context(), c, graphtest.Job()); err != nil {
			t.Fatal(err)
		}
	}
	got := []string{g.Header(0).Get("Authorization"), g.Header(1).Get("Authorization"), g.Header(2).Get("Authorization")}
	if diff := cmp.Diff([]string{"Bearer short", "Bearer long", "Bearer long"}, got); diff != "" || len(e.Requests()) != 2 {
		t.Errorf("%d requests (-want +got)\n%s", len(e.Requests()), diff)
	}
}

func TestAClaimsChallengeReachesTheAuthority(t *testing.T) {
	t.Parallel()
	claims := `{"access_token":{"nbf":{"essential":true,"value":"1652813508"}}}`
	e := newEntra(t, gives("revoked", 3600), gives("fresh", 3600))
	cred, err := e.signIn("", application()).Credential(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	g := graphtest.Serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") == "Bearer fresh" {
			graphtest.Reply(w, 204, "")
			return
		}
		w.Header().Set("Www-Authenticate", `Bearer realm="", error="insufficient_claims", claims="`+base64.StdEncoding.EncodeToString([]byte(claims))+`"`)
		graphtest.Refuse(w, 401, "InvalidAuthenticationToken", "Continuous access evaluation resulted in challenge")
	})
	if err := synchronization.StartJob(t.Context(), g.Client(t, graphtest.Using(cred)), graphtest.Job()); err != nil {
		t.Fatal(err)
	}
	asked := e.Requests()
	if len(asked) != 2 || !strings.Contains(asked[1].Get("claims"), "1652813508") || !strings.Contains(asked[0].Get("claims"), `"cp1"`) && !strings.Contains(asked[0].Get("claims"), "CP1") {
		t.Errorf("asked %v", asked)
	}
}

func TestAnAuthorityThatIsNotReachedIsToldApart(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := auth.SignIn{TenantID: "tenant1", ClientID: "client1", ClientSecret: "very-secret-word", Method: auth.MethodClientSecret, Transport: offline{}}
		cred, err := s.Credential(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		c, err := graph.New(graph.Options{Credential: cred, Transport: offline{}})
		if err != nil {
			t.Fatal(err)
		}
		e := signInError(t, synchronization.StartJob(t.Context(), c, graphtest.Job()))
		if e.Unreachable == nil || e.Unreachable.Host != "login.microsoftonline.com" {
			t.Errorf("got %v", e)
		}
	})
}

func TestNothingConfiguredIsALineForEachWay(t *testing.T) {
	noTools(t)
	want := []graph.Attempt{
		{Method: "token", Reason: "no access token given"},
		{Method: "login", Reason: "nobody has signed in with auth login"},
		{Method: "env", Reason: "neither a client secret nor a client certificate is set"},
		{Method: "workload-identity", Reason: "no file with a federated token is named"},
		{Method: "github-oidc", Reason: "this is no GitHub Actions job"},
		{Method: "azure-pipelines", Reason: "this is no Azure Pipelines job"},
		{Method: "managed-identity", Reason: "this machine is not in Azure, or has no managed identity"},
		{Method: "cli", Reason: "the Azure CLI is not installed"},
		{Method: "azd", Reason: "the Azure Developer CLI is not installed"},
	}
	got := fails(t, auth.SignIn{Transport: offline{}})
	if diff := cmp.Diff(want, got.Tried); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if lines := strings.Count(got.Error(), "\n"); lines != len(want) {
		t.Errorf("%d lines: %v", lines, got)
	}
}

func TestWhatIsHalfConfiguredEndsTheSearch(t *testing.T) {
	noTools(t)
	for name, c := range map[string]struct {
		in   auth.SignIn
		want string // the last attempt; "": a credential comes
	}{
		"a token":               {auth.SignIn{AccessToken: "t", ClientSecret: "s"}, ""},
		"a secret":              {auth.SignIn{TenantID: "t", ClientID: "c", ClientSecret: "s"}, ""},
		"half a secret":         {auth.SignIn{Method: "auto", ClientSecret: "s"}, "env: a client secret needs a tenant and a client id"},
		"token by name":         {auth.SignIn{Method: "token", AccessToken: "  "}, "token: no access token given"},
		"secret by name":        {auth.SignIn{Method: "client-secret", AccessToken: "t"}, "client-secret: no client secret given"},
		"certificate by name":   {auth.SignIn{Method: "client-certificate"}, "client-certificate: no client certificate given"},
		"cli by name":           {auth.SignIn{Method: "cli", AccessToken: "t"}, "cli: the Azure CLI is not installed"},
		"azd by name":           {auth.SignIn{Method: "azd"}, "azd: the Azure Developer CLI is not installed"},
		"a way nobody knows":    {auth.SignIn{Method: "pigeon"}, "pigeon: no such way to sign in"},
		"a tenant that is no":   {auth.SignIn{Method: "client-secret", TenantID: "/", ClientID: "c", ClientSecret: "s"}, "client-secret: invalid tenantID"},
		"a person's password":   {auth.SignIn{Getenv: variables("AZURE_USERNAME", "ada", "AZURE_PASSWORD", "very-secret-word")}, "env: a user name and password are no way"},
		"a file that is absent": {auth.SignIn{TenantID: "t", ClientID: "c", FederatedToken: "absent"}, "workload-identity: the file with the federated token cannot be read"},
	} {
		c.in.Transport = offline{}
		if c.want == "" {
			if cred, err := c.in.Credential(t.Context()); err != nil || cred == nil {
				t.Errorf("%s: got %v", name, err)
			}
			continue
		}
		got := fails(t, c.in, "very-secret-word")
		last := got.Tried[len(got.Tried)-1]
		if !strings.HasPrefix(last.Method+": "+last.Reason, c.want) {
			t.Errorf("%s: got %v", name, last)
		}
	}
}

func variables(pairs ...string) func(string) string {
	return func(name string) string {
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1]
			}
		}
		return ""
	}
}

func TestTheAzureCLIGivesATokenOrAReason(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the stand-in for az is a shell script")
	}
	dir := noTools(t)
	az := func(script string) {
		if err := os.WriteFile(filepath.Join(dir, "az"), []byte("#!/bin/sh\n"+script), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	az(`echo '{"accessToken":"from-cli","expires_on":4102444800}'`)
	s := auth.SignIn{Transport: offline{}, Getenv: variables("HOME", dir)}
	signsIn(t, s, "from-cli")
	az(`echo "ERROR: Please run 'az login' to setup account." >&2; exit 1`)
	got := fails(t, s)
	if last := got.Tried[len(got.Tried)-1]; last != (graph.Attempt{Method: "cli", Reason: "Please run 'az login' to setup account"}) {
		t.Errorf("got %v", got)
	}
	profile := filepath.Join(dir, ".azure", "azureProfile.json")
	if err := os.MkdirAll(filepath.Dir(profile), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(profile, []byte("\ufeff{\"installationId\":\"x\",\"subscriptions\":[]}"), 0o600); err != nil {
		t.Fatal(err)
	}
	got = fails(t, s)
	if last := got.Tried[len(got.Tried)-1]; last.Method != "azd" {
		t.Errorf("an Azure CLI where nobody is signed in ends the search: %v", got)
	}
}

func TestTheAzureDeveloperCLIGivesAToken(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the stand-in for azd is a shell script")
	}
	dir := noTools(t)
	azd := "#!/bin/sh\necho '{\"token\":\"from-azd\",\"expiresOn\":\"2100-01-01T00:00:00Z\"}'\n"
	if err := os.WriteFile(filepath.Join(dir, "azd"), []byte(azd), 0o700); err != nil {
		t.Fatal(err)
	}
	signsIn(t, auth.SignIn{Transport: offline{}}, "from-azd")
}

func TestEveryWayHasAName(t *testing.T) {
	t.Parallel()
	want := []string{
		"auto", "token", "login", "env", "client-secret", "client-certificate", "workload-identity", "github-oidc", "azure-pipelines", "managed-identity", "cli", "azd",
	}
	if diff := cmp.Diff(want, auth.Methods()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestTheWayIsToldByTheClient(t *testing.T) {
	t.Parallel()
	cred, err := auth.SignIn{AccessToken: "t"}.Credential(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s := graphtest.Serve(t, graphtest.Says(204, ""))
	if got := s.Client(t, graphtest.Using(cred)).Way(); got != auth.MethodToken {
		t.Errorf("got %q", got)
	}
	if got := s.Client(t).Way(); got != "" {
		t.Errorf("got %q for a credential of the caller's own", got)
	}
}

func TestAnEndedContextIsNoFailureToSignIn(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := (auth.SignIn{}).Credential(ctx); err != context.Canceled { //nolint:errorlint // it is passed on as it is
		t.Errorf("got %v", err)
	}
}
