package scimserver_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// The library panics on attribute names and values that its schemas cannot
// have: none of them may get so far.
func FuzzNoRequestPanics(f *testing.F) {
	f.Add("PATCH", `emails[type eq "x"].value eq "y"`, patchBody(`{"op":"Add","path":"urn:a-b:c[type eq \"x\"].d","value":[{"value":"1","x":null}]}`))
	f.Add("POST", `not (title pr)`, `{"userName":"a","urn:a:b":{"c":[1,"x",{"y":2}]},"roles":[{"value":"{\"value\":1}"}]}`)
	f.Add("PATCH", `members[value eq 3]`, patchBody(`{"op":"remove","path":"emails","value":[{"value":{"a":1}}]}`))
	f.Add("PUT", `id eq null`, `{"userName":"a","name":[],"emails":{"value":null},"urn::":{"a":[]},":x":1}`)
	f.Fuzz(func(t *testing.T, method, filter, body string) {
		a := newApp(t)
		user := a.ada()
		for _, path := range []string{"/Users", user, "/Groups"} {
			for _, method := range []string{method, http.MethodGet} {
				r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, path+"?filter="+url.QueryEscape(filter), strings.NewReader(body))
				r.Method = method
				r.Header.Set("Authorization", "Bearer s3cret")
				w := httptest.NewRecorder()
				a.handler.ServeHTTP(w, r)
				if w.Body.Len() > 0 && !json.Valid(w.Body.Bytes()) {
					t.Errorf("%s %s: the answer is no JSON: %s", method, path, w.Body)
				}
			}
		}
	})
}
