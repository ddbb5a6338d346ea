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
)

func TestATraceShowsRequestsAndAnswers(t *testing.T) {
	t.Parallel()
	var trace bytes.Buffer
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Request-Id", "r-17")
		reply(w, 201, `{"id":"g1","principalId":"u1"}`)
	})
	c := s.client(t, func(o *graph.Options) { o.Trace = &trace })
	if _, err := c.Assign(t.Context(), "sp1", "u1", "r1"); err != nil {
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
	token := jwt(t, map[string]any{"tid": "t1"})
	other := jwt(t, map[string]any{"tid": "of somebody else"})
	secret := `se"cr<et>& /w0rd`
	short := "q7"
	var trace bytes.Buffer
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		echo := fmt.Sprintf("%s %s %s %s", secret, url.QueryEscape(secret), token, other)
		switch {
		case strings.HasSuffix(r.URL.Path, "/secrets") && r.Method == http.MethodGet:
			reply(w, 200, `{"value":[{"value":"never-masked","key":"Oauth2RefreshToken"},{"key":"BaseAddress","value":"https://app.example.com"}]}`)
		case strings.HasSuffix(r.URL.Path, "/validateCredentials"):
			refuse(w, 400, "CredentialValidationUnavailable", echo)
		case strings.HasSuffix(r.URL.Path, "/schema"):
			w.Header().Set("Content-Type", "text/html")
			_, _ = fmt.Fprintf(w, "<p>%s</p>", echo)
		case strings.HasSuffix(r.URL.Path, "/jobs/scim.t.a"):
			reply(w, 200, `{"id":"j","access_token":"opaque-1","clientSecret" : "opaque-2","Password":"opa\"que-3","client_assertion":"opaque-4"}`)
		default:
			reply(w, 204, "")
		}
	})
	c := s.client(t, using(graph.StaticToken(token)), func(o *graph.Options) { o.Trace = &trace })
	pairs := []graph.KeyValue{
		{Key: "BaseAddress", Value: "https://app.example.com/scim"}, {Key: "SecretToken", Value: secret}, {Key: "ClientSecret", Value: short}, {Key: "SyncAll", Value: "false"},
	}
	ctx := t.Context()
	_ = c.PutSecrets(ctx, "sp1", pairs)
	_ = c.ValidateCredentials(ctx, graph.Validation{ServicePrincipalID: "sp1", TemplateID: "scim", Credentials: pairs})
	_, _ = c.Secrets(ctx, "sp1")
	_, _ = c.Schema(ctx, job)
	_, _ = c.GetJob(ctx, job)
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
			s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				reply(w, 400, `{"error":{"code":"BadRequest","message":"it got `+echo+`, and refuses it"}}`)
			})
			c := s.client(t, func(o *graph.Options) { o.Trace = &trace })
			err := c.PutSecrets(t.Context(), "sp1", []graph.KeyValue{{Key: "SecretToken", Value: token}})
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
	s := serve(t, says(200, document))
	c := s.client(t, func(o *graph.Options) { o.Trace = &trace })
	got, err := c.Schema(t.Context(), job)
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
	_ = serve(t, hangsUp).client(t, func(o *graph.Options) { o.Trace = &trace }).StartJob(t.Context(), job)
	if !strings.Contains(trace.String(), "#1 < no answer: ") {
		t.Errorf("got\n%s", trace.String())
	}
}
