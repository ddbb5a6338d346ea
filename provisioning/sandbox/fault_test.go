package sandbox_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/provisioning/sandbox"
)

const listUsers = `{"id":"%","method":"GET","url":"/users?$select=id"}`

func TestAFaultStrikesAsOftenAsItSays(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		fault sandbox.Fault
		want  string // of eight requests
	}{
		{sandbox.Fault{}, "xxxxxxxx"},
		{sandbox.Fault{First: 2}, "xx......"},
		{sandbox.Fault{Every: 3}, "..x..x.."},
		{sandbox.Fault{First: 1, Every: 3}, "x..x..x."},
		{sandbox.Fault{Skip: 2, First: 1}, "..x....."},
		{sandbox.Fault{Skip: 6}, "......xx"},
		{sandbox.Fault{Method: "POST"}, "........"},
		{sandbox.Fault{Method: "get", Path: "/ada@contoso.com", First: 1}, "x......."},
		{sandbox.Fault{Path: "/users"}, "........"},
	} {
		c.fault.Kind = sandbox.Unavailable
		s := newTenant(t, sandbox.WithFault(c.fault))
		got := ""
		for range 8 {
			got += map[int]string{200: ".", 503: "x"}[s.ask("GET", "/users/ada@contoso.com", nil).status]
		}
		if got != c.want {
			t.Errorf("%+v: %s, want %s", c.fault, got, c.want)
		}
	}
}

func TestAFaultAnswersAsGraphOrAProxyWould(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		fault  sandbox.Fault
		status int
		body   string
		header map[string]string
		done   bool // the request was carried out all the same
	}{
		{
			fault: sandbox.Fault{Kind: sandbox.Throttled, RetryAfter: 1500 * time.Millisecond}, status: 429, body: `"code":"TooManyRequests"`,
			header: map[string]string{"Retry-After": "2", "x-ms-throttle-information": "ResourceUnitLimitExceeded", "x-ms-resource-unit": "1"},
		},
		{fault: sandbox.Fault{Kind: sandbox.Throttled, RetryAfter: -1}, status: 429, header: map[string]string{"Retry-After": ""}},
		{fault: sandbox.Fault{Kind: sandbox.Unavailable}, status: 503, body: `"code":"serviceNotAvailable"`, header: map[string]string{"Retry-After": "1"}},
		{fault: sandbox.Fault{Kind: sandbox.GatewayTimeout}, status: 504, body: `"code":"UnknownError"`, done: true},
		{fault: sandbox.Fault{Kind: sandbox.BadGateway}, status: 502, body: "<html>", header: map[string]string{"Content-Type": "text/html; charset=utf-8"}},
		{fault: sandbox.Fault{Kind: sandbox.HTML}, status: 200, body: "<html>", header: map[string]string{"Content-Type": "text/html; charset=utf-8"}},
		{fault: sandbox.Fault{Kind: sandbox.Redirect}, status: 302, header: map[string]string{"Location": "https://portal.example.com/login"}},
		{
			fault: sandbox.Fault{Kind: sandbox.ExpiredToken}, status: 401,
			body: `"code":"InvalidAuthenticationToken","innerError"`,
		},
		{fault: sandbox.Fault{Kind: sandbox.CutOff}, status: 201, body: "{", done: true},
	} {
		t.Run(string(c.fault.Kind), func(t *testing.T) {
			t.Parallel()
			c.fault.Method = "POST"
			s := newTenant(t, sandbox.WithLag(0), sandbox.WithFault(c.fault))
			s.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
			application, _, _ := s.app("Workato")
			path := "/applications/" + application + "/extensionProperties"
			got := s.raw("POST", path, `{"name":"role","dataType":"String","targetObjects":["User"]}`)
			if got.status != c.status || !strings.Contains(got.text, c.body) || c.fault.Kind == sandbox.CutOff && strings.HasSuffix(got.text, "}") {
				t.Errorf("%d %s", got.status, got.text)
			}
			for name, want := range c.header {
				if got := got.header.Get(name); got != want {
					t.Errorf("%s: %q, want %q", name, got, want)
				}
			}
			if made := len(s.must(200, "GET", path, nil).list()) == 1; made != c.done {
				t.Errorf("carried out: %t", made)
			}
			if asked := s.Requests(); asked[len(asked)-2].Fault != string(c.fault.Kind) || asked[len(asked)-1].Fault != "" {
				t.Errorf("%+v", asked)
			}
		})
	}
}

// raw asks, and takes what comes for text.
func (t *tenant) raw(method, path, body string) reply {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, t.root+"/v1.0"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer any")
	r.Header.Set("Content-Type", "application/json")
	response, err := t.client.Do(r)
	if err != nil {
		return reply{text: err.Error()}
	}
	data, err := io.ReadAll(response.Body)
	if err != nil {
		return reply{text: err.Error()}
	}
	if err := response.Body.Close(); err != nil {
		t.Fatal(err)
	}
	return reply{status: response.StatusCode, header: response.Header, text: string(data)}
}

// In memory and over TCP: the client sees that the connection is gone, and no
// connection stays behind.
func TestAConnectionCanBeLost(t *testing.T) {
	t.Parallel()
	for kind, done := range map[sandbox.FaultKind]bool{sandbox.ResetBefore: false, sandbox.ResetAfter: true, sandbox.BrokenOff: true} {
		for _, network := range []bool{false, true} {
			s := newTenant(t, sandbox.WithLag(0), sandbox.WithFault(sandbox.Fault{Kind: kind, Method: "POST"}))
			if network {
				server := httptest.NewServer(s.Handler())
				t.Cleanup(server.Close)
				s.client, s.root = server.Client(), server.URL
			}
			application, _, _ := s.app("Workato")
			path := "/applications/" + application + "/extensionProperties"
			got := s.raw("POST", path, `{"name":"role","dataType":"String","targetObjects":["User"]}`)
			if got.status != 0 || !strings.Contains(got.text, "EOF") && !strings.Contains(got.text, "reset by peer") && !strings.Contains(got.text, "forcibly closed") {
				t.Errorf("%s: %+v", kind, got)
			}
			if made := len(s.must(200, "GET", path, nil).list()) == 1; made != done {
				t.Errorf("%s: carried out: %t", kind, made)
			}
		}
	}
}

func TestThrottlingStrikesItemsOfABatchAndALostConnectionAllOfIt(t *testing.T) {
	t.Parallel()
	batch := `{"requests":[` + strings.ReplaceAll(listUsers, "%", "1") + `,` + strings.ReplaceAll(listUsers, "%", "2") + `,` + strings.ReplaceAll(listUsers, "%", "3") + `]}`
	s := newTenant(t, sandbox.WithFault(sandbox.Fault{Kind: sandbox.Throttled, Every: 3}))
	b := s.must(200, "POST", "/$batch", batch)
	if diff := cmp.Diff(map[string]float64{"1": 200, "2": 200, "3": 429}, statuses(b)); diff != "" {
		t.Error("(-want +got)\n" + diff)
	}
	for _, header := range []string{"Retry-After", "x-ms-resource-unit"} {
		if got := at(b.body, "responses", 0, "headers", header); got != "1" {
			t.Errorf("%s: %v", header, got)
		}
	}
	if items := s.Requests()[0].Items; items[2].Fault != string(sandbox.Throttled) || items[1].Fault != "" {
		t.Errorf("%+v", items)
	}
	s = newTenant(t, sandbox.WithFault(sandbox.Fault{Kind: sandbox.BadGateway, First: 1}))
	if got := s.raw("POST", "/$batch", batch); got.status != 502 {
		t.Errorf("%+v", got)
	}
	s.must(200, "POST", "/$batch", batch)
}

func TestQuotasAreThoseDocumented(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	s := newTenant(t, sandbox.WithFault(sandbox.Fault{Kind: sandbox.Quota, Units: 10, Writes: 2}), sandbox.WithClock(func() time.Time { return now }))
	for range 4 { // two units each
		if got := s.must(200, "GET", "/users", nil).header.Get("x-ms-throttle-limit-percentage"); got != "" {
			t.Error(got)
		}
	}
	now = now.Add(4 * time.Second)
	if got := s.must(200, "GET", "/users?$select=id", nil).header.Get("x-ms-throttle-limit-percentage"); got != "0.90" {
		t.Error(got)
	}
	refused := s.must(429, "GET", "/users", nil)
	if got := refused.header; got.Get("Retry-After") != "6" || got.Get("x-ms-throttle-information") != "ResourceUnitLimitExceeded" ||
		!strings.HasPrefix(got.Get("x-ms-throttle-scope"), "Tenant_Application/ReadWrite/") {
		t.Error(got)
	}
	b := s.must(200, "POST", "/$batch", `{"requests":[`+strings.ReplaceAll(listUsers, "%", "1")+`,`+strings.ReplaceAll(listUsers, "%", "2")+`]}`)
	if diff := cmp.Diff(map[string]float64{"1": 200, "2": 429}, statuses(b)); diff != "" {
		t.Error("(-want +got)\n" + diff)
	}
	now = now.Add(6 * time.Second)
	s.must(200, "GET", "/users", nil)
	s.must(204, "PATCH", "/users/ada@contoso.com", `{"jobTitle":"x"}`)
	s.must(204, "PATCH", "/users/ada@contoso.com", `{"jobTitle":"y"}`)
	refused = s.must(429, "PATCH", "/users/ada@contoso.com", `{"jobTitle":"z"}`)
	if got := refused.header; got.Get("Retry-After") != "150" || got.Get("x-ms-throttle-information") != "WriteLimitExceeded" {
		t.Error(got)
	}
	_, _, sp := s.app("Workato")
	s.must(201, "POST", "/servicePrincipals/"+sp+"/synchronization/jobs", `{"templateId":"scim"}`) // has no such quota
	now = now.Add(150 * time.Second)
	s.must(204, "PATCH", "/users/ada@contoso.com", `{"jobTitle":"z"}`)
}

func TestRequestsCostWhatIsDocumented(t *testing.T) {
	t.Parallel()
	s := newTenant(t)
	application, _, sp := s.app("Workato")
	group := s.must(200, "GET", "/groups", nil).list()[0]["id"].(string)
	for path, want := range map[string]string{
		"/users": "2", "/users?$select=id": "1", "/users?$top=5": "1", "/users?$top=50": "2", "/users?$select=id&$top=5": "1",
		"/users/ada@contoso.com": "1", "/users/ada@contoso.com?$expand=manager": "2", "/applications": "2", "/applications/" + application: "1",
		"/applications/" + application + "/extensionProperties": "2", "/servicePrincipals": "1", "/servicePrincipals/" + sp + "/appRoleAssignedTo": "1",
		"/groups/" + group + "/members": "3", "/users/ada@contoso.com/memberOf": "2",
	} {
		if got := s.must(200, "GET", path, nil).header.Get("x-ms-resource-unit"); got != want {
			t.Errorf("%s costs %s, want %s", path, got, want)
		}
	}
}

func TestASlowAnswerTakesItsTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newTenant(t, sandbox.WithFault(sandbox.Fault{Kind: sandbox.Slow, Delay: 20 * time.Second}))
		began := time.Now()
		s.must(200, "GET", "/users", nil)
		if took := time.Since(began); took != 20*time.Second {
			t.Errorf("it took %s", took)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
}

func TestFaultsAreReadFromText(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]sandbox.Fault{
		"redirect":            {Kind: sandbox.Redirect},
		"throttled:every=3":   {Kind: sandbox.Throttled, Every: 3},
		"quota:units=100":     {Kind: sandbox.Quota, Units: 100},
		"quota:writes=2":      {Kind: sandbox.Quota, Writes: 2},
		"slow:delay=1m30s":    {Kind: sandbox.Slow, Delay: 90 * time.Second},
		"unavailable:first=2": {Kind: sandbox.Unavailable, First: 2},
		"reset-after:method=post:path=/jobs/:skip=1:first=1": {Kind: sandbox.ResetAfter, Method: "POST", Path: "/jobs", Skip: 1, First: 1},
		"throttled:retry-after=none":                         {Kind: sandbox.Throttled, RetryAfter: -1},
		"unavailable:retry-after=5s":                         {Kind: sandbox.Unavailable, RetryAfter: 5 * time.Second},
	} {
		got, err := sandbox.ParseFault(text)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got)\n%s", text, err, diff)
		}
	}
	for text, want := range map[string]string{
		"":                        "a kind is throttled, quota, unavailable, bad-gateway, gateway-timeout, reset-before, reset-after, broken-off, cut-off, html, redirect, expired-token or slow",
		"reset":                   "a kind is throttled, quota, unavailable, bad-gateway, gateway-timeout, reset-before, reset-after, broken-off, cut-off, html, redirect, expired-token or slow",
		"redirect:":               "after redirect comes method, path, skip, first or every",
		"redirect:retry-after=5s": "after redirect comes method, path, skip, first or every",
		"quota:every=2":           "after quota comes method, path, units or writes",
		"slow:often":              "after slow comes method, path, skip, first, every or delay",
		"slow:delay=5":            "delay is a duration such as 5s",
		"slow:every=-1":           "every is a number from 1",
		"throttled:retry-after=":  "retry-after is a duration such as 5s, or none",
		"html:method=FETCH":       "method is GET, POST, PUT, PATCH or DELETE",
		"html:path=start":         "path is the end of a path, such as /start",
	} {
		_, err := sandbox.ParseFault(text)
		if e, ok := errors.AsType[*sandbox.FaultError](err); !ok || e.Reason != want || e.Text != text {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

func TestEveryKindOfFaultIsExplained(t *testing.T) {
	t.Parallel()
	for _, kind := range sandbox.FaultKinds() {
		if _, err := sandbox.ParseFault(string(kind)); err != nil || kind.Meaning() == "" {
			t.Errorf("%s: %q, %v", kind, kind.Meaning(), err)
		}
	}
}
