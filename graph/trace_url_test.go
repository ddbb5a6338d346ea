package graph_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/internal/graphtest"
	"github.com/scimctl/scimctl/graph/synchronization"
)

// Some vendors have a secret put into the query of the tenant URL.
func TestATraceShowsOfTheQueryOfATenantURLTheNamesAlone(t *testing.T) {
	t.Parallel()
	var trace bytes.Buffer
	s := graphtest.Serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			graphtest.Reply(w, 200, `{"value":[{"key":"BaseAddress","value":"https://app.example.com/scim?key=hidden-one\u0026aadOptscim062020\u0026x=hidden-two"},{"value":"https://app.example.com/?a=hidden-three&b=q9z","key":"BaseAddress"}]}`)
			return
		}
		graphtest.Refuse(w, 400, "CredentialValidationUnavailable", "no answer from https://app.example.com/scim?key=hidden-four")
	})
	c := s.Client(t, func(o *graph.Options) { o.Trace = &trace })
	if _, err := synchronization.Secrets(t.Context(), c, "sp1"); err != nil {
		t.Fatal(err)
	}
	err := synchronization.PutSecrets(t.Context(), c, "sp1", []synchronization.KeyValue{{Key: "BaseAddress", Value: "https://app.example.com/scim?key=hidden-four&aadOptscim062020"}})
	if err == nil || strings.Contains(err.Error(), "hidden") {
		t.Errorf("got %v", err)
	}
	for _, gone := range []string{"hidden", "q9z"} {
		if strings.Contains(trace.String(), gone) {
			t.Errorf("%q is in\n%s", gone, trace.String())
		}
	}
	for _, want := range []string{"https://app.example.com/scim?key=***", "aadOptscim062020"} {
		if !strings.Contains(trace.String(), want) {
			t.Errorf("%q is missing in\n%s", want, trace.String())
		}
	}
}
