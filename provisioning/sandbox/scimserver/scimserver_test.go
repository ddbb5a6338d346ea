package scimserver_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/provisioning/sandbox/scimserver"
)

const (
	userURN       = "urn:ietf:params:scim:schemas:core:2.0:User"
	groupURN      = "urn:ietf:params:scim:schemas:core:2.0:Group"
	enterpriseURN = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
	workatoURN    = "urn:ietf:params:scim:schemas:workato:1.0:WorkatoRole"
	patchURN      = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
	nobody        = "7d420df3-4b65-4ed7-9a7a-3c2f2ad9a2a5"
)

type object = map[string]any

// app is a server with a client that has its token.
type app struct {
	t       *testing.T
	store   *scimserver.Store
	handler http.Handler
	changes int
}

func newApp(t *testing.T) *app {
	t.Helper()
	a := &app{t: t, store: new(scimserver.Store)}
	a.handler = scimserver.New(a.store, scimserver.Options{
		Token:   func() string { return "s3cret" },
		Now:     func() time.Time { return time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC) },
		Changed: func() { a.changes++ },
	})
	return a
}

// send makes a request as Entra does and returns status and decoded body.
func (a *app) send(method, path, body string) (int, object) {
	a.t.Helper()
	r := httptest.NewRequestWithContext(a.t.Context(), method, path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer s3cret")
	if body != "" {
		r.Header.Set("Content-Type", "application/scim+json; charset=utf-8")
	}
	w := httptest.NewRecorder()
	a.handler.ServeHTTP(w, r)
	var out object
	if w.Body.Len() > 0 {
		if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
			a.t.Fatalf("%s %s: the body is no JSON: %v\n%s", method, path, err, w.Body)
		}
	}
	if got := w.Header().Get("Content-Type"); got != "application/scim+json" {
		a.t.Errorf("%s %s: Content-Type is %q", method, path, got)
	}
	return w.Code, out
}

// must sends and fails the test at any other status.
func (a *app) must(status int, method, path, body string) object {
	a.t.Helper()
	got, out := a.send(method, path, body)
	if got != status {
		a.t.Fatalf("%s %s answered %d, want %d: %v", method, path, got, status, out)
	}
	return out
}

// create makes a user or group and returns its path.
func (a *app) create(collection, body string) string {
	a.t.Helper()
	id, _ := a.must(http.StatusCreated, "POST", collection, body)["id"].(string)
	return collection + "/" + id
}

// ada makes a user as the default mapping does.
func (a *app) ada() string {
	a.t.Helper()
	return a.create("/Users", `{"schemas":["`+userURN+`","`+enterpriseURN+`"],
		"externalId":"ada","userName":"Ada@contoso.com","active":true,"displayName":"Ada Lovelace",
		"emails":[{"primary":true,"type":"work","value":"ada@contoso.com"}],
		"phoneNumbers":[{"type":"mobile","value":"+44 1"},{"type":"work","value":"+44 2"}],
		"addresses":[{"type":"work","locality":"London","country":"GB"}],
		"meta":{"resourceType":"User"},"name":{"formatted":"Ada Lovelace","familyName":"Lovelace","givenName":"Ada"},
		"roles":[],"`+enterpriseURN+`":{"employeeNumber":"701","department":"Engines"}}`)
}

// patch applies operations and returns the resource as answered.
func (a *app) patch(path string, operations ...string) object {
	a.t.Helper()
	return a.must(http.StatusOK, "PATCH", path, patchBody(operations...))
}

func patchBody(operations ...string) string {
	return fmt.Sprintf(`{"schemas":[%q],"Operations":[%s]}`, patchURN, strings.Join(operations, ","))
}

// found returns how many resources a filter finds.
func (a *app) found(collection, filter string) float64 {
	a.t.Helper()
	n, _ := a.must(http.StatusOK, "GET", collection+"?filter="+url.QueryEscape(filter), "")["totalResults"].(float64)
	return n
}

func (a *app) same(what string, got, want any) {
	a.t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		a.t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}
