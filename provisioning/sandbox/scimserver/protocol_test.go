package scimserver_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/scimctl/scimctl/provisioning/sandbox/scimserver"
)

func TestTheConnectionTestFindsNobody(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	empty := object{
		"schemas":      []any{"urn:ietf:params:scim:api:messages:2.0:ListResponse"},
		"totalResults": 0.0, "Resources": []any{}, "startIndex": 1.0, "itemsPerPage": 100.0,
	}
	probe := func() {
		t.Helper()
		a.same("users", a.must(200, "GET", "/Users?filter=userName+eq+%22"+nobody+"%22", ""), empty)
		a.same("groups", a.must(200, "GET", "/Groups?excludedAttributes=members&filter=displayName+eq+%22"+nobody+"%22", ""), empty)
	}
	probe()
	a.ada()
	probe()
}

func TestTheCompatibilityFlagMayStandInTheQuery(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	a.ada()
	for _, query := range []string{"aadOptscim062020&filter=userName+eq+%22ada@contoso.com%22", "filter=userName+eq+%22ada@contoso.com%22&aadOptscim062020="} {
		a.same(query, a.must(200, "GET", "/Users?"+query, "")["totalResults"], 1.0)
	}
}

func TestOnlyTheTokenLetsIn(t *testing.T) {
	t.Parallel()
	handler := scimserver.New(new(scimserver.Store), scimserver.Options{Token: func() string { return "s3cret" }})
	locked := scimserver.New(new(scimserver.Store), scimserver.Options{})
	for _, test := range []struct {
		name, header string
		handler      http.Handler
		want         int
	}{
		{"the token", "Bearer s3cret", handler, 200},
		{"the scheme in lower case", "bearer s3cret", handler, 200},
		{"another token", "Bearer s3cre", handler, 401},
		{"no header", "", handler, 401},
		{"another scheme", "Basic s3cret", handler, 401},
		{"a server without a token", "Bearer ", locked, 401},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			for _, path := range []string{"/Users", "/Schemas"} {
				r := httptest.NewRequestWithContext(t.Context(), "GET", path, nil)
				r.Header.Set("Authorization", test.header)
				w := httptest.NewRecorder()
				test.handler.ServeHTTP(w, r)
				if w.Code != test.want {
					t.Errorf("GET %s answered %d, want %d", path, w.Code, test.want)
				}
				if w.Code == 401 && !strings.Contains(w.Body.String(), `"urn:ietf:params:scim:api:messages:2.0:Error"`) {
					t.Errorf("the refusal is no SCIM error: %s", w.Body)
				}
			}
		})
	}
}

func TestSchemasAreAList(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	user := a.ada()
	a.patch(user, `{"op":"Add","path":"urn:scim:schemas:extension:fabrikam-crm:1.0:seat","value":"12"}`)
	list := a.must(200, "GET", "/Schemas", "")
	var ids []any
	for _, s := range list["Resources"].([]any) {
		ids = append(ids, s.(object)["id"])
	}
	a.same("the schemas", ids, []any{userURN, enterpriseURN, "urn:scim:schemas:extension:fabrikam-crm:1.0", groupURN})
	a.must(403, "GET", "/Schemas?filter=id+eq+%22x%22", "")
	a.must(200, "GET", "/ServiceProviderConfig", "")
	a.must(200, "GET", "/ResourceTypes", "")
}

func TestAListComesInPages(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	for _, name := range []string{"ada", "ben", "cleo"} {
		a.create("/Users", `{"schemas":["`+userURN+`"],"userName":"`+name+`"}`)
	}
	for _, test := range []struct {
		query string
		want  []any
	}{
		{"startIndex=1&count=2", []any{"ada", "ben"}},
		{"startIndex=3&count=2", []any{"cleo"}},
		{"startIndex=4&count=2", nil},
		{"count=0", nil},
	} {
		list := a.must(200, "GET", "/Users?"+test.query, "")
		var got []any
		for _, u := range list["Resources"].([]any) {
			got = append(got, u.(object)["userName"])
		}
		a.same(test.query, got, test.want)
		a.same("totalResults", list["totalResults"], 3.0)
	}
	a.must(400, "GET", "/Users?count=many", "")
}

func TestWhatIsNoRequestIsRefused(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, method, path, body string
		want                     int
	}{
		{"no JSON", "POST", "/Users", `{"userName":`, 400},
		{"two values", "POST", "/Users", `{"userName":"a"}{}`, 400},
		{"null", "POST", "/Users", `null`, 400},
		{"no userName", "POST", "/Users", `{"displayName":"Ada"}`, 400},
		{"a number for a name", "POST", "/Users", `{"userName":"a","title":7}`, 400},
		{"an extension attribute with a blank", "POST", "/Users", `{"userName":"a","urn:a:b":{"my role":"x"}}`, 400},
		{"an object two levels down", "POST", "/Users", `{"userName":"a","urn:a:b":{"x":{"y":{"z":1}}}}`, 400},
		{"too much", "POST", "/Users", `{"userName":"` + strings.Repeat("a", 1<<20) + `"}`, 413},
		{"an unknown path", "PATCH", "/Users/1", patchBody(`{"op":"Add","path":"shoeSize","value":"44"}`), 400},
		{"a path with a blank", "PATCH", "/Users/1", patchBody(`{"op":"Add","path":"urn:a:b:my role","value":"x"}`), 400},
		{"an open bracket", "PATCH", "/Users/1", patchBody(`{"op":"Add","path":"emails[type eq","value":"x"}`), 400},
		{"an unknown operation", "PATCH", "/Users/1", patchBody(`{"op":"Move","path":"title","value":"x"}`), 400},
		{"a removal of nothing", "PATCH", "/Users/1", patchBody(`{"op":"Remove"}`), 400},
		{"a value without a path", "PATCH", "/Users/1", patchBody(`{"op":"Add","value":"x"}`), 400},
		{"no operations", "PATCH", "/Users/1", patchBody(), 400},
		{"an operation that is text", "PATCH", "/Users/1", patchBody(`"Add"`), 400},
		{"an unknown user", "PATCH", "/Users/1", patchBody(`{"op":"Add","path":"title","value":"x"}`), 404},
		{"an unknown user, read", "GET", "/Users/1", "", 404},
		{"an unknown user, deleted", "DELETE", "/Users/1", "", 404},
		{"an unknown user, replaced", "PUT", "/Users/1", `{"userName":"a"}`, 404},
		{"an unknown place", "GET", "/Printers", "", 404},
		{"a filter that does not end", "GET", `/Users?filter=userName+eq+%22a`, "", 400},
		{"a filter on what is not", "GET", `/Users?filter=shoeSize+eq+%2244%22`, "", 400},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			a := newApp(t)
			got, body := a.send(test.method, test.path, test.body)
			if got != test.want {
				t.Errorf("answered %d, want %d: %v", got, test.want, body)
			}
			a.same("schemas", body["schemas"], []any{"urn:ietf:params:scim:api:messages:2.0:Error"})
			if a.changes != 0 || len(a.store.Users()) != 0 {
				t.Error("the store was changed")
			}
		})
	}
}
