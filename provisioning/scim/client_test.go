package scim_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/graph/bounds"
	"github.com/scimctl/scimctl/provisioning/scim"
)

const (
	emptyList = `{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":0,"Resources":[],"startIndex":1,"itemsPerPage":20}`
	secret    = "s3cret-t0ken"
)

// A request is what a service saw of one.
type request struct {
	Line, Body string
	Header     http.Header
}

// service answers the given answers in turn, "200 body" each, and keeps what it saw.
type service struct {
	*httptest.Server
	answers []string
	saw     []request
}

func serve(t *testing.T, answers ...string) (*service, *scim.Client) {
	t.Helper()
	s := &service{answers: answers}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		s.saw = append(s.saw, request{r.Method + " " + r.URL.RequestURI(), string(body), r.Header})
		if len(s.answers) == 0 {
			t.Errorf("an unexpected %s %s", r.Method, r.URL)
			return
		}
		status, answer, _ := strings.Cut(s.answers[0], " ")
		s.answers = s.answers[1:]
		w.Header().Set("Content-Type", "application/scim+json")
		w.WriteHeader(map[string]int{"200": 200, "201": 201, "204": 204, "404": 404, "409": 409}[status])
		if _, err := io.WriteString(w, answer); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(s.Close)
	return s, &scim.Client{BaseURL: s.URL + "/scim/?aadOptscim062020", Token: secret, HTTP: s.Client()}
}

func (s *service) lines() []string {
	var lines []string
	for _, r := range s.saw {
		lines = append(lines, strings.TrimSpace(r.Line+" "+r.Body))
	}
	return lines
}

func TestTheProbeFiltersByARandomGUID(t *testing.T) {
	t.Parallel()
	s, client := serve(t, "200 "+emptyList, "200 "+emptyList, "200 "+emptyList)
	if err := client.Probe(t.Context(), "userName", "displayName"); err != nil {
		t.Fatal(err)
	}
	if err := client.Probe(t.Context(), "externalId", ""); err != nil {
		t.Fatal(err)
	}
	guid := regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}`)
	var lines, guids []string
	for _, line := range s.lines() {
		guids = append(guids, guid.FindString(line))
		lines = append(lines, guid.ReplaceAllString(line, "GUID"))
	}
	want := []string{
		"GET /scim/Users?filter=userName+eq+%22GUID%22",
		"GET /scim/Groups?excludedAttributes=members&filter=displayName+eq+%22GUID%22",
		"GET /scim/Users?filter=externalId+eq+%22GUID%22",
	}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
	if guids[0] == guids[1] || guids[1] == guids[2] {
		t.Errorf("the GUIDs %v are not new each time", guids)
	}
}

func TestTheProbeFailsOnAServiceThatIsNone(t *testing.T) {
	t.Parallel()
	for answer, check := range map[string]func(error) bool{
		`404 {"detail":"no"}`: is[*scim.Error],
		`201 ` + emptyList:    is[*scim.Error], // nothing but 200 will do
		`200 <html>`:          is[*scim.DecodeError],
		`200 {}`:              is[*scim.DecodeError],
		`200 {"totalResults":1,"Resources":[{"id":"1"}]}`: is[*scim.FilterIgnoredError],
	} {
		_, client := serve(t, answer)
		if err := client.Probe(t.Context(), "userName", ""); !check(err) {
			t.Errorf("%s: %T %v", answer, err, err)
		}
	}
}

// A status such as 206 says that the answer is only a part of what was asked
// for, 202 that nothing has been done yet.
func TestOnlyTheStatusOfARequestIsItsSuccess(t *testing.T) {
	t.Parallel()
	for name, request := range map[string]struct {
		successes []int
		answer    string
		do        func(*scim.Client) error
	}{
		"find": {[]int{200}, emptyList, func(c *scim.Client) error {
			_, err := c.Find(t.Context(), scim.Users, "userName", "ada")
			return err
		}},
		"get": {[]int{200}, `{"id":"42"}`, func(c *scim.Client) error {
			_, err := c.Get(t.Context(), scim.Users, "42")
			return err
		}},
		"create": {[]int{201}, `{"id":"42"}`, func(c *scim.Client) error {
			_, err := c.Create(t.Context(), scim.Users, scim.Resource{})
			return err
		}},
		"patch": {[]int{200, 204}, `{"id":"42"}`, func(c *scim.Client) error {
			_, err := c.Patch(t.Context(), scim.Users, "42", nil)
			return err
		}},
		"delete": {[]int{204}, "", func(c *scim.Client) error { return c.Delete(t.Context(), scim.Users, "42") }},
	} {
		for status := 200; status < 300; status++ {
			client := &scim.Client{BaseURL: "https://example.com/scim", Token: secret, HTTP: answering{status, request.answer}}
			err := request.do(client)
			if slices.Contains(request.successes, status) {
				if err != nil {
					t.Errorf("%s, answered %d: %v", name, status, err)
				}
				continue
			}
			if e, ok := errors.AsType[*scim.Error](err); !ok || e.Status != status {
				t.Errorf("%s, answered %d: %v", name, status, err)
			}
		}
	}
}

// answering gives every request the same answer.
type answering struct {
	status int
	body   string
}

func (a answering) Do(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: a.status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(a.body))}, nil
}

func TestHeadersAreEntras(t *testing.T) {
	t.Parallel()
	s, client := serve(t, `201 {"id":"42"}`, `200 {"id":"42"}`)
	if _, err := client.Create(t.Context(), scim.Users, scim.Resource{"userName": "a<b"}); err != nil {
		t.Fatal(err)
	}
	if _, err := client.Get(t.Context(), scim.Users, "42"); err != nil {
		t.Fatal(err)
	}
	for i, contentType := range []string{"application/scim+json; charset=utf-8", ""} {
		h := s.saw[i].Header
		got := []string{h.Get("Authorization"), h.Get("ADSCIMVersion"), h.Get("Content-Type")}
		if diff := cmp.Diff([]string{"Bearer " + secret, "5.0", contentType}, got); diff != "" {
			t.Errorf("request %d (-want +got):\n%s", i, diff)
		}
		if agent, sent := h["User-Agent"]; sent {
			t.Errorf("request %d has the User-Agent %q", i, agent)
		}
	}
	if diff := cmp.Diff(`POST /scim/Users {"userName":"a<b"}`, s.lines()[0]); diff != "" {
		t.Errorf("create (-want +got):\n%s", diff)
	}
}

func TestFindTellsNoneFromOneFromSeveral(t *testing.T) {
	t.Parallel()
	s, client := serve(
		t, "200 "+emptyList,
		`200 {"totalResults":1,"Resources":[{"id":"1","userName":"ada"}]}`,
		`200 {"totalResults":2,"Resources":[{"id":"1"},{"id":"2"}]}`,
	)
	find := func() (scim.Resource, error) {
		return client.Find(t.Context(), scim.Users, "userName", `o'neil+"x"\@contoso.com`)
	}
	if r, err := find(); r != nil || err != nil {
		t.Errorf("none: %v, %v", r, err)
	}
	if r, err := find(); r.ID() != "1" || err != nil {
		t.Errorf("one: %v, %v", r, err)
	}
	_, err := find()
	duplicate, ok := errors.AsType[*scim.DuplicateError](err)
	if !ok || duplicate.Count != 2 || err.Error() != `2 Users have the userName "o'neil+\"x\"\\@contoso.com", which must be one's alone` {
		t.Errorf("several: %v", err)
	}
	want := `GET /scim/Users?filter=userName+eq+%22o%27neil%2B%5C%22x%5C%22%5C%5C%40contoso.com%22`
	if diff := cmp.Diff(want, s.lines()[0]); diff != "" {
		t.Errorf("request (-want +got):\n%s", diff)
	}
}

func TestAResourceIsReadChangedAndDeletedByItsID(t *testing.T) {
	t.Parallel()
	s, client := serve(t, `200 {"id":"a/b"}`, `200 {"id":"a/b"}`, `204 `, `200 {"id":"42","active":false}`, `204 `)
	ctx := t.Context()
	ops := []scim.Operation{{Op: "Replace", Path: "active", Value: "False"}}
	_, err1 := client.Get(ctx, scim.Users, "a/b")
	_, err2 := client.Get(ctx, scim.Groups, "a/b")
	empty, err3 := client.Patch(ctx, scim.Users, "42", ops)
	full, err4 := client.Patch(ctx, scim.Users, "42", ops)
	if err := errors.Join(err1, err2, err3, err4, client.Delete(ctx, scim.Users, "42")); err != nil {
		t.Fatal(err)
	}
	if empty != nil || full.ID() != "42" {
		t.Errorf("answers %v and %v", empty, full)
	}
	patch := `PATCH /scim/Users/42 {"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"Replace","path":"active","value":"False"}]}`
	want := []string{
		"GET /scim/Users/a%2Fb", "GET /scim/Groups/a%2Fb?excludedAttributes=members", patch, patch, "DELETE /scim/Users/42",
	}
	if diff := cmp.Diff(want, s.lines()); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

func TestARefusalKeepsStatusAndBodyButNotTheToken(t *testing.T) {
	t.Parallel()
	s, client := serve(t, `409 {"detail":"taken, said Bearer `+secret+`"}`)
	_, err := client.Create(t.Context(), scim.Users, scim.Resource{})
	refusal, ok := errors.AsType[*scim.Error](err)
	if !ok {
		t.Fatalf("got %v, want an *Error", err)
	}
	want := &scim.Error{Method: "POST", URL: s.URL + "/scim/Users", Status: 409, Body: `{"detail":"taken, said Bearer ***"}`}
	if diff := cmp.Diff(want, refusal); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if strings.Contains(err.Error(), secret) {
		t.Errorf("%v has the token", err)
	}
}

func TestAResourceWithoutAnIDIsUseless(t *testing.T) {
	t.Parallel()
	for _, answer := range []string{`201 {"userName":"ada"}`, `201 null`, `201 `, `201 []`} {
		_, client := serve(t, answer)
		if _, err := client.Create(t.Context(), scim.Users, scim.Resource{}); !is[*scim.DecodeError](err) {
			t.Errorf("%s: %v, want a *DecodeError", answer, err)
		}
	}
}

func TestARequestEndsWithItsContext(t *testing.T) {
	t.Parallel()
	_, client := serve(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := client.Get(ctx, scim.Users, "42"); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestATenantURLTellsItsDialect(t *testing.T) {
	t.Parallel()
	type split struct {
		Base    string
		Dialect scim.Dialect
	}
	for raw, want := range map[string]split{
		"https://example.com/scim":                             {"https://example.com/scim", scim.Legacy},
		" https://example.com/scim/ ":                          {"https://example.com/scim", scim.Legacy},
		"https://example.com/scim?aadOptscim062020":            {"https://example.com/scim", scim.Compliant},
		"https://example.com/scim/?aadOptscim062020":           {"https://example.com/scim", scim.Compliant},
		"https://example.com?x=1&AzureAdScimPatch062020=":      {"https://example.com", scim.Compliant},
		"https://example.com/a%2Fb/v2/?AzureAdScimPatch2017#x": {"https://example.com/a%2Fb/v2", scim.Legacy},
	} {
		base, dialect, err := scim.SplitTenantURL(raw)
		if err != nil {
			t.Errorf("%s: %v", raw, err)
		}
		if diff := cmp.Diff(want, split{base, dialect}); diff != "" {
			t.Errorf("%s (-want +got):\n%s", raw, diff)
		}
	}
	for _, raw := range []string{"", "example.com/scim", "ftp://example.com", "https://", "https://ada:pw@example.com", "https://exa mple.com"} {
		if _, _, err := scim.SplitTenantURL(raw); !is[*scim.TenantURLError](err) {
			t.Errorf("%q: %v, want a *TenantURLError", raw, err)
		}
	}
}

func is[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}

// doer answers without a server.
type doer func(*http.Request) (*http.Response, error)

func (d doer) Do(r *http.Request) (*http.Response, error) { return d(r) }

// endless is a text that never ends, with a pause after each piece.
type endless struct {
	text  string
	pause time.Duration
	ctx   context.Context
}

func (e endless) Read(p []byte) (int, error) {
	select {
	case <-time.After(e.pause):
		return copy(p, e.text), nil
	case <-e.ctx.Done():
		return 0, e.ctx.Err()
	}
}

func TestAnExchangeEndsWhateverTheServerDoes(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]func(ctx context.Context) io.Reader{
		"silent":  func(ctx context.Context) io.Reader { return endless{"", time.Hour, ctx} },
		"slow":    func(ctx context.Context) io.Reader { return endless{" ", time.Second, ctx} },
		"endless": func(ctx context.Context) io.Reader { return endless{strings.Repeat(" ", 4096), 0, ctx} },
		"deep":    func(context.Context) io.Reader { return strings.NewReader(strings.Repeat("[", 100_000)) },
		"many": func(context.Context) io.Reader {
			return strings.NewReader("[" + strings.Repeat("{},", 200_000) + "{}]")
		},
	} {
		synctest.Test(t, func(t *testing.T) {
			c := &scim.Client{BaseURL: "https://scim.example.com", Token: secret, HTTP: doer(func(r *http.Request) (*http.Response, error) {
				return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(body(r.Context()))}, nil
			})}
			began := time.Now()
			_, err := c.Get(t.Context(), scim.Users, "1")
			if limit, ok := errors.AsType[*bounds.Error](err); !ok || limit.Bound == "" || time.Since(began) > 2*time.Minute {
				t.Errorf("%s: %v after %s", name, err, time.Since(began))
			}
		})
	}
}
