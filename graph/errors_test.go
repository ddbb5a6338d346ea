package graph_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/internal/graphtest"
	"github.com/scimctl/scimctl/graph/synchronization"
)

// RestartJob is a POST that is not sent again, and expects no answer.
func TestAnAnswerThatIsNoSuccessKeepsWhatGraphSaid(t *testing.T) {
	t.Parallel()
	html := func(status int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.Header().Set("Request-Id", "r1")
			w.WriteHeader(status)
			_, _ = w.Write([]byte("<html><body>Sign in to the guest network</body></html>"))
		}
	}
	cases := map[string]struct {
		handler http.HandlerFunc
		want    graph.Error
		message string // a part of it
	}{
		"the documented form": {
			graphtest.Says(404, `{"error":{"code":"Request_ResourceNotFound","message":"Resource 'x' does not exist.","innerError":{"request-id":"r1","client-request-id":"r2"}}}`),
			graph.Error{Status: 404, Code: "Request_ResourceNotFound", RequestID: "r1"},
			"Resource 'x' does not exist.",
		},
		"innererror in small letters": {
			graphtest.Says(400, `{"error":{"code":"BadRequest","message":"no","innererror":{"request-id":"r1"}}}`),
			graph.Error{Status: 400, Code: "BadRequest", RequestID: "r1"},
			"no",
		},
		"a null message": {
			graphtest.Says(400, `{"error":{"code":"InvalidNotificationSettings","message":null}}`),
			graph.Error{Status: 400, Code: "InvalidNotificationSettings"},
			"",
		},
		"no content type": {
			func(w http.ResponseWriter, _ *http.Request) {
				w.Header()["Content-Type"] = nil
				w.WriteHeader(http.StatusForbidden)
				_, _ = w.Write([]byte(`{"error":{"code":"Authorization_RequestDenied","message":"Insufficient privileges to complete the operation."}}`))
			},
			graph.Error{Status: 403, Code: "Authorization_RequestDenied"},
			"Insufficient privileges",
		},
		"an error wrapped in the message": {
			graphtest.Says(400, `{"error":{"code":"UnknownError","message":"{\r\n  \"error\":{\r\n    \"code\":\"InvalidNotificationSettings\",\"message\":null,\"target\":null,\"details\":[\r\n      \r\n    ],\"innerError\":null\r\n  }\r\n}","innerError":{"request-id":"r1"}}}`),
			graph.Error{Status: 400, Code: "InvalidNotificationSettings", RequestID: "r1"},
			"",
		},
		"a message wrapped in the message": {
			graphtest.Says(404, `{"error":{"code":"UnknownError","message":"{\"Message\":\"No HTTP resource was found that matches the request URI 'https://syncfabric.windowsazure.com/api'.\"}"}}`),
			graph.Error{Status: 404, Code: "UnknownError"},
			"No HTTP resource was found",
		},
		"an error that is a word": {
			graphtest.Says(400, `{"error":"invalid_request","message":"what?"}`),
			graph.Error{Status: 400, Code: "invalid_request"},
			"what?",
		},
		"a code that is a number": {
			graphtest.Says(400, `{"error":{"code":17,"message":"odd"}}`),
			graph.Error{Status: 400, Code: "17"},
			"odd",
		},
		"JSON that is no object": {graphtest.Says(500, `"oops"`), graph.Error{Status: 500}, "oops"},
		"an empty 401":           {graphtest.Says(401, ""), graph.Error{Status: 401}, ""},
		"HTML with 502":          {html(502), graph.Error{Status: 502, Code: graph.CodeNotJSON, RequestID: "r1"}, "https://graph.microsoft.com/v1.0 answered text/html"},
		"HTML with 200":          {html(200), graph.Error{Status: 200, Code: graph.CodeNotJSON, RequestID: "r1"}, "https://graph.microsoft.com/v1.0 answered text/html"},
		"JSON cut off with 400":  {graphtest.Says(400, `{"error":{"code":"Bad`), graph.Error{Status: 400, Code: graph.CodeNotJSON}, "ends too early"},
		"a redirect": {
			func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, "https://login.example.com/in?token=abc", http.StatusFound)
			},
			graph.Error{Status: 302, Code: graph.CodeRedirect},
			"https://graph.microsoft.com/v1.0 redirects to https://login.example.com/in,",
		},
		"a redirect that keeps the method": {
			func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, "/elsewhere", http.StatusPermanentRedirect)
			},
			graph.Error{Status: 308, Code: graph.CodeRedirect},
			"check the endpoint",
		},
		"a redirect to nowhere": {graphtest.Says(301, ""), graph.Error{Status: 301, Code: graph.CodeRedirect}, "redirects to nowhere"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := graphtest.Serve(t, c.handler)
			err := synchronization.RestartJob(t.Context(), s.Client(t), graphtest.Job(), "")
			got, ok := errors.AsType[*graph.Error](err)
			if !ok {
				t.Fatalf("got %v, want a *graph.Error", err)
			}
			want := c.want
			want.Op, want.Method, want.Path = graph.OpRestartJob, "POST", "/servicePrincipals/sp1/synchronization/jobs/scim.t.a/restart"
			if diff := cmp.Diff(&want, got, cmpopts.IgnoreFields(graph.Error{}, "Message")); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if c.message == "" && got.Message != "" || !strings.Contains(got.Message, c.message) {
				t.Errorf("message %q, want %q", got.Message, c.message)
			}
			if text := err.Error(); strings.Contains(text, "\n") || !strings.HasPrefix(text, "restart provisioning: Graph answered ") {
				t.Errorf("text %q", text)
			}
			if n := len(s.Requests()); n != 1 {
				t.Errorf("asked %d times", n)
			}
		})
	}
}

func TestASuccessWithoutTheJSONThatIsDueIsAnError(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{"nothing": "", "cut off": `{"id":"scim","templ`, "HTML": "<p>hello</p>"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := synchronization.GetJob(t.Context(), graphtest.Serve(t, graphtest.Says(200, body)).Client(t), graphtest.Job())
			if e, ok := errors.AsType[*graph.Error](err); !ok || e.Code != graph.CodeNotJSON || e.Status != 200 {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestJSONOfAnotherShapeIsAnErrorAndNoPanic(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`[]`, `{"status":7}`, `{"value":{}}`, `"x"`} {
		_, err := synchronization.GetJob(t.Context(), graphtest.Serve(t, graphtest.Says(200, body)).Client(t), graphtest.Job())
		if e, ok := errors.AsType[*graph.Error](err); body != `{"value":{}}` && (!ok || e.Code != graph.CodeNotJSON) {
			t.Errorf("%s: got %v", body, err)
		}
	}
}

func TestErrorsReadAsSentences(t *testing.T) {
	t.Parallel()
	for want, err := range map[string]error{
		"read the schema: Graph answered 404 Request_ResourceNotFound: Resource does not exist. (request-id r1)": &graph.Error{
			Op: graph.OpReadSchema, Status: 404, Code: "Request_ResourceNotFound", Message: "Resource does\r\n not exist.", RequestID: "r1",
		},
		"read the schema: Graph answered 401 Unauthorized": &graph.Error{Op: graph.OpReadSchema, Status: 401},
		`no application named "Workat" (near: Workato)`:    &graph.NotFoundError{Kind: "application", Name: "Workat", Near: []string{"Workato"}},
		`2 matches for group "Sales": a, b`: &graph.AmbiguousError{
			Kind: "group", Name: "Sales", Matches: []graph.Match{{ID: "a"}, {ID: "b"}},
		},
		"not signed in:\n  token: no access token given\n  cli: the Azure CLI is not installed": &graph.SignInError{Tried: []graph.Attempt{
			{Method: "token", Reason: "no access token given"}, {Method: "cli", Reason: "the Azure CLI is not installed"},
		}},
	} {
		if got := err.Error(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestWhatAnErrorMeans(t *testing.T) {
	t.Parallel()
	type meaning struct{ NotFound, Exists, NotAvailable, NotReady bool }
	for _, c := range []struct {
		err  error
		want meaning
	}{
		{&graph.Error{Status: 404, Code: "Request_ResourceNotFound"}, meaning{NotFound: true, NotReady: true}},
		{&graph.Error{Status: 404, Code: graph.CodeNotJSON}, meaning{}},
		{&graph.NotFoundError{Kind: "user"}, meaning{NotFound: true}},
		{&graph.Error{Status: 401, Code: "UnknownError"}, meaning{NotReady: true}},
		{&graph.Error{Status: 401}, meaning{NotReady: true}},
		{&graph.Error{Status: 401, Message: "Access token is empty."}, meaning{}},
		{&graph.Error{Status: 403}, meaning{}},
		{&graph.Error{Status: 400, Code: "Request_MultipleObjectsWithSameKeyValue", Message: "EntitlementGrant entry already exists."}, meaning{Exists: true}},
		{&graph.Error{Status: 400, Code: "Request_BadRequest", Message: "Permission being assigned already exists on the object"}, meaning{Exists: true}},
		{&graph.Error{Status: 400, Message: "An extension property exists with the name extension_ab_role."}, meaning{Exists: true}},
		{&graph.Error{Status: 409, Code: "Request_MultipleObjectsWithSameKeyValue"}, meaning{Exists: true}},
		{&graph.Error{Op: graph.OpCreateJob, Status: 409, Code: "Conflict"}, meaning{Exists: true}},
		{&graph.Error{Op: graph.OpUpdateUser, Status: 409, Code: "Directory_ConcurrencyViolation"}, meaning{}},
		{&graph.Error{Status: 403, Message: "already exists"}, meaning{}},
		{&graph.Error{Status: 400, Message: "The following extension properties are not available: extension_ab_role."}, meaning{NotAvailable: true}},
		{&graph.Error{Status: 400, Message: "EntitlementGrant being updated or deleted is not found."}, meaning{NotFound: true}},
		{errors.New("404"), meaning{}},
		{nil, meaning{}},
	} {
		got := meaning{graph.IsNotFound(c.err), graph.IsAlreadyExists(c.err), graph.IsNotAvailable(c.err), graph.IsNotReady(c.err)}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%v (-want +got)\n%s", c.err, diff)
		}
	}
}

func TestASecretEchoedInAnErrorIsStruckOut(t *testing.T) {
	t.Parallel()
	secret := `p"ss<word>&7`
	s := graphtest.Serve(t, func(w http.ResponseWriter, _ *http.Request) {
		graphtest.Refuse(w, 400, "CredentialValidationUnavailable", "Resource: https://app.example.com/scim?t="+secret+" Response Content: "+secret)
	})
	err := synchronization.ValidateCredentials(t.Context(), s.Client(t), synchronization.Validation{
		ServicePrincipalID: "sp1", TemplateID: "scim", Credentials: []synchronization.KeyValue{
			{Key: "BaseAddress", Value: "https://app.example.com/scim"}, {Key: "SecretToken", Value: secret},
		},
	})
	if text := err.Error(); strings.Contains(text, secret) || !strings.Contains(text, "https://app.example.com/scim?t=***") {
		t.Errorf("got %q", text)
	}
}
