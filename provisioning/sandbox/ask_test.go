package sandbox_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/scimctl/scimctl/provisioning/sandbox"
)

// tenant is a sandbox and a client of it that knows nothing but HTTP.
type tenant struct {
	*testing.T
	*sandbox.Tenant
	client *http.Client
	root   string
}

func newTenant(t *testing.T, opts ...sandbox.Option) *tenant {
	t.Helper()
	return over(t, sandbox.New(opts...))
}

func over(t *testing.T, s *sandbox.Tenant) *tenant {
	t.Helper()
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return &tenant{t, s, &http.Client{Transport: s.Transport()}, "https://graph.microsoft.com"}
}

// reply is an answer, read to its end.
type reply struct {
	status int
	header http.Header
	text   string
	body   map[string]any
}

// ask sends a request below /v1.0; body is JSON text or a value for it.
func (t *tenant) ask(method, path string, body any, headers ...string) reply {
	t.Helper()
	var reader io.Reader
	if body != nil {
		text, isText := body.(string)
		if !isText {
			data, err := json.Marshal(body)
			if err != nil {
				t.Fatal(err)
			}
			text = string(data)
		}
		reader = strings.NewReader(text)
	}
	address := path
	if !strings.HasPrefix(path, "http") {
		address = t.root + "/v1.0" + path
	}
	r, err := http.NewRequestWithContext(t.Context(), method, address, reader)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer any")
	if reader != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return t.send(r)
}

func (t *tenant) send(r *http.Request) reply {
	t.Helper()
	response, err := t.client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	if err := response.Body.Close(); err != nil {
		t.Fatal(err)
	}
	out := reply{status: response.StatusCode, header: response.Header, text: string(data)}
	if len(bytes.TrimSpace(data)) > 0 && bytes.TrimSpace(data)[0] == '{' {
		if err := json.Unmarshal(data, &out.body); err != nil {
			t.Fatalf("%s %s: %v: %s", r.Method, r.URL, err, data)
		}
	}
	return out
}

// must asks and wants a status.
func (t *tenant) must(status int, method, path string, body any, headers ...string) reply {
	t.Helper()
	r := t.ask(method, path, body, headers...)
	if r.status != status {
		t.Fatalf("%s %s: %d, want %d: %s", method, path, r.status, status, r.text)
	}
	return r
}

func (r reply) list() []map[string]any {
	raw, _ := r.body["value"].([]any)
	out := make([]map[string]any, 0, len(raw))
	for _, v := range raw {
		o, _ := v.(map[string]any)
		out = append(out, o)
	}
	return out
}

func (r reply) string(path string) string {
	var v any = r.body
	for part := range strings.SplitSeq(path, "/") {
		o, _ := v.(map[string]any)
		v = o[part]
	}
	s, _ := v.(string)
	return s
}

// fault is "status code: message" of an error.
func (r reply) fault() string {
	return http.StatusText(r.status) + " " + r.string("error/code") + ": " + r.string("error/message")
}

// app finds an application of the company by name.
func (t *tenant) app(name string) (application, appID, principal string) {
	t.Helper()
	found := t.must(200, "GET", "/applications?$filter=displayName%20eq%20'"+strings.ReplaceAll(name, " ", "%20")+"'", nil).list()
	if len(found) != 1 {
		t.Fatalf("%d applications are named %s", len(found), name)
	}
	application, appID = found[0]["id"].(string), found[0]["appId"].(string)
	sp := t.must(200, "GET", "/servicePrincipals(appId='"+appID+"')", nil)
	return application, appID, sp.string("id")
}

func (t *tenant) user(name string) string {
	t.Helper()
	return t.must(200, "GET", "/users/"+name+"?$select=id", nil).string("id")
}
