package graph_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/graph/auth"
	"github.com/scimctl/scimctl/graph/internal/graphtest"
	"github.com/scimctl/scimctl/graph/synchronization"
)

func TestATraceShowsRequestsAndAnswers(t *testing.T) {
	t.Parallel()
	var trace bytes.Buffer
	s := graphtest.Serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Request-Id", "r-17")
		graphtest.Reply(w, 201, `{"id":"g1","principalId":"u1"}`)
	})
	c := s.Client(t, func(o *graph.Options) { o.Trace = &trace })
	if _, err := applications.Assign(t.Context(), c, "sp1", "u1", "r1"); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"#1 > POST https://graph.microsoft.com/v1.0/servicePrincipals/sp1/appRoleAssignedTo\n",
		"#1 > Authorization: Bearer ***\n", "#1 > User-Agent: scimctl/test\n", "#1 >   \"principalId\": \"u1\",\n",
		"#1 < 201 Created, ", "#1 < Request-Id: r-17\n", "#1 <   \"id\": \"g1\",\n",
	} {
		if !strings.Contains(trace.String(), want) {
			t.Errorf("%q is missing in\n%s", want, trace.String())
		}
	}
}

func TestATraceNeverShowsASecret(t *testing.T) {
	t.Parallel()
	token := graphtest.JWT(t, map[string]any{"tid": "t1"})
	other := graphtest.JWT(t, map[string]any{"tid": "of somebody else"})
	secret := `se"cr<et>& /w0rd`
	short := "q7"
	var trace bytes.Buffer
	s := graphtest.Serve(t, func(w http.ResponseWriter, r *http.Request) {
		echo := fmt.Sprintf("%s %s %s %s", secret, url.QueryEscape(secret), token, other)
		switch {
		case strings.HasSuffix(r.URL.Path, "/secrets") && r.Method == http.MethodGet:
			graphtest.Reply(w, 200, `{"value":[{"value":"never-masked","key":"Oauth2RefreshToken"},{"key":"BaseAddress","value":"https://app.example.com"}]}`)
		case strings.HasSuffix(r.URL.Path, "/validateCredentials"):
			graphtest.Refuse(w, 400, "CredentialValidationUnavailable", echo)
		case strings.HasSuffix(r.URL.Path, "/schema"):
			w.Header().Set("Content-Type", "text/html")
			_, _ = fmt.Fprintf(w, "<p>%s</p>", echo)
		case strings.HasSuffix(r.URL.Path, "/jobs/scim.t.a"):
			graphtest.Reply(w, 200, `{"id":"j","access_token":"opaque-1","clientSecret" : "opaque-2","Password":"opa\"que-3","client_assertion":"opaque-4"}`)
		default:
			graphtest.Reply(w, 204, "")
		}
	})
	c := s.Client(t, graphtest.Using(auth.StaticToken(token)), func(o *graph.Options) { o.Trace = &trace })
	pairs := []synchronization.KeyValue{
		{Key: "BaseAddress", Value: "https://app.example.com/scim"}, {Key: "SecretToken", Value: secret}, {Key: "ClientSecret", Value: short}, {Key: "SyncAll", Value: "false"},
	}
	ctx := t.Context()
	_ = synchronization.PutSecrets(ctx, c, "sp1", pairs)
	_ = synchronization.ValidateCredentials(ctx, c, synchronization.Validation{ServicePrincipalID: "sp1", TemplateID: "scim", Credentials: pairs})
	_, _ = synchronization.Secrets(ctx, c, "sp1")
	_, _ = synchronization.Schema(ctx, c, graphtest.Job())
	_, _ = synchronization.GetJob(ctx, c, graphtest.Job())
	text := trace.String()
	for _, hidden := range []string{
		secret, `se\"cr`, "w0rd", url.QueryEscape(secret), token, other, "eyJ", `"` + short + `"`, "never-masked", "opaque-", "que-3",
	} {
		if strings.Contains(text, hidden) {
			t.Errorf("%q is in the trace\n%s", hidden, text)
		}
	}
	for _, shown := range []string{"https://app.example.com/scim", `"SecretToken"`, `"value": "false"`, `"Oauth2RefreshToken"`, "<p>*** *** *** ***</p>"} {
		if !strings.Contains(text, shown) {
			t.Errorf("%q is missing in\n%s", shown, text)
		}
	}
}

// A service may echo a token escaped in any way that its JSON allows, in a trace
// and in its errors.
func TestATokenThatIsEchoedWithEscapesIsRedacted(t *testing.T) {
	t.Parallel()
	const token = "k7+Lm9/Xy2Kd8=Rt4Vb"
	for name, echo := range map[string]string{
		"JSON, plus sign":  strings.ReplaceAll(token, "+", `\u002B`),
		"JSON, solidus":    strings.ReplaceAll(token, "/", `\/`),
		"JSON, both":       strings.NewReplacer("+", `\u002b`, "/", `\/`, "=", `\u003D`).Replace(token),
		"URL":              url.QueryEscape(token),
		"base64":           base64.StdEncoding.EncodeToString([]byte("user:" + token)),
		"HTML":             strings.NewReplacer("+", "&#43;", "/", "&#x2F;", "=", "&equals;").Replace(token),
		"JSON in its text": `{\"token\":\"` + strings.ReplaceAll(token, "+", `\\u002B`) + `\"}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var trace bytes.Buffer
			s := graphtest.Serve(t, func(w http.ResponseWriter, _ *http.Request) {
				graphtest.Reply(w, 400, `{"error":{"code":"BadRequest","message":"it got `+echo+`, and refuses it"}}`)
			})
			c := s.Client(t, func(o *graph.Options) { o.Trace = &trace })
			err := synchronization.PutSecrets(t.Context(), c, "sp1", []synchronization.KeyValue{{Key: "SecretToken", Value: token}})
			if err == nil || !strings.Contains(err.Error(), "***") {
				t.Errorf("got %v", err)
			}
			for _, text := range []string{trace.String(), fmt.Sprint(err)} {
				if strings.Contains(text, "Lm9") || strings.Contains(text, "Xy2Kd8") || strings.Contains(text, echo) {
					t.Errorf("the token is in %s", text)
				}
			}
		})
	}
}

func TestATraceOfALargeBodyIsBounded(t *testing.T) {
	t.Parallel()
	var trace bytes.Buffer
	document := `{"rules":["` + strings.Repeat("x", 5<<20) + `"]}`
	s := graphtest.Serve(t, graphtest.Says(200, document))
	c := s.Client(t, func(o *graph.Options) { o.Trace = &trace })
	got, err := synchronization.Schema(t.Context(), c, graphtest.Job())
	if err != nil || string(got) != document {
		t.Fatalf("got %d bytes, %v", len(got), err)
	}
	if trace.Len() > 70<<10 || !strings.Contains(trace.String(), fmt.Sprintf("left out: the rest of %d bytes", len(document))) {
		t.Errorf("%d bytes, ending in %q", trace.Len(), trace.String()[trace.Len()-80:])
	}
}

func TestATraceTellsOfALostConnection(t *testing.T) {
	t.Parallel()
	var trace bytes.Buffer
	_ = synchronization.StartJob(t.Context(), graphtest.Serve(t, graphtest.HangsUp).Client(t, func(o *graph.Options) { o.Trace = &trace }), graphtest.Job())
	if !strings.Contains(trace.String(), "#1 < no answer: ") {
		t.Errorf("got\n%s", trace.String())
	}
}
