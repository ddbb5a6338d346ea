package cmd

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/scimctl/scimctl/cmd/internal/exit"
	"github.com/scimctl/scimctl/cmd/internal/iostreams"
)

// An excess is an answer that has no end, or no measure.
type excess struct {
	name   string
	answer func(r *http.Request, n int) *http.Response // to the nth request; nil never comes
	named  []string                                    // one of these names the limit in the error
	within time.Duration
}

func excesses() []excess {
	large := []string{"larger than 64 MB"}
	endless := func(part string) func(*http.Request, int) *http.Response {
		return func(r *http.Request, _ int) *http.Response {
			return answeredBy(r, http.StatusOK, &repeated{begin: `{"id":"1","value":[{"id":"`, part: part})
		}
	}
	pages := func(items string) func(*http.Request, int) *http.Response {
		return func(r *http.Request, n int) *http.Response {
			return answeredBy(r, http.StatusOK, strings.NewReader(fmt.Sprintf(
				`{"id":"1","value":[%s],"responses":[],"@odata.nextLink":"https://graph.microsoft.com/v1.0/users?p=%d"}`, items, n)))
		}
	}
	throttled := func(after string) func(*http.Request, int) *http.Response {
		return func(r *http.Request, _ int) *http.Response {
			resp := answeredBy(r, http.StatusTooManyRequests, strings.NewReader(`{"error":{"code":"TooManyRequests","message":"slow down"}}`))
			resp.Header.Set("Retry-After", after)
			return resp
		}
	}
	return []excess{
		{"endless text", endless("aaaaaaaa"), large, 10 * time.Minute},
		{"endless items", endless(`"},{"id":"`), large, 10 * time.Minute},
		{"endless depth", endless(`","a":[{"b":"`), large, 10 * time.Minute},
		{"depth", func(r *http.Request, _ int) *http.Response {
			return answeredBy(r, http.StatusOK, strings.NewReader(`{"value":`+strings.Repeat("[", 1<<16)))
		}, []string{"nested more than 1000 levels"}, 10 * time.Minute},
		{"items", func(r *http.Request, _ int) *http.Response {
			return answeredBy(r, http.StatusOK, strings.NewReader(`{"value":[{}`+strings.Repeat(",{}", 1<<17)+`]}`))
		}, []string{"more than 100000 items"}, 10 * time.Minute},
		{"pages without items", pages(""), []string{"pages in a row", "not visible yet"}, 2 * time.Hour},
		{"the same page again", pages(`{"id":"a","key":"a"}`), []string{"pages in a row", "not visible yet"}, 2 * time.Hour},
		{"silence", func(*http.Request, int) *http.Response { return nil }, []string{"took more than 3m"}, time.Hour},
		{"a trickle", func(r *http.Request, _ int) *http.Response {
			return answeredBy(r, http.StatusOK, &repeated{part: " ", pause: 10 * time.Second, ctx: r.Context()})
		}, []string{"took more than 3m"}, time.Hour},
		{"a pause of next to nothing", throttled("0.001"), []string{"429"}, time.Hour},
		{"a pause of a year", throttled("31536000"), []string{"asks to wait"}, 10 * time.Minute},
	}
}

func answeredBy(r *http.Request, status int, body io.Reader) *http.Response {
	return &http.Response{
		StatusCode: status, Status: fmt.Sprint(status), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: r, ContentLength: -1,
		Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(body),
	}
}

// repeated is a text that has a beginning and no end.
type repeated struct {
	begin, part string
	pause       time.Duration
	ctx         context.Context
}

func (r *repeated) Read(p []byte) (int, error) {
	if r.begin != "" {
		n := copy(p, r.begin)
		r.begin = r.begin[n:]
		return n, nil
	}
	if r.pause > 0 {
		select {
		case <-time.After(r.pause):
			return copy(p, r.part), nil
		case <-r.ctx.Done():
			return 0, r.ctx.Err()
		}
	}
	n := copy(p, r.part)
	for n+len(r.part) <= len(p) {
		n += copy(p[n:], r.part)
	}
	return n, nil
}

// exceeding gives the answers of an excess from a request on.
type exceeding struct {
	http.RoundTripper
	excess
	from int
	seen chan int // has the number of requests so far
}

func (e exceeding) RoundTrip(r *http.Request) (*http.Response, error) {
	n := <-e.seen
	e.seen <- n + 1
	if n < e.from {
		return e.RoundTripper.RoundTrip(r)
	}
	if r.Body != nil {
		_ = r.Body.Close()
	}
	if resp := e.answer(r, n); resp != nil {
		return resp, nil
	}
	<-r.Context().Done()
	return nil, r.Context().Err()
}

func (e exceeding) CloseIdleConnections() {
	if c, ok := e.RoundTripper.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

// Every command of the guide meets every excess, from its first request on and
// at its last one.
func TestACommandEndsWhateverAServerAnswers(t *testing.T) {
	cells := 0
	eachStep(t, func(t *testing.T, s step, without pair) {
		for i, e := range excesses() {
			for _, from := range slices.Compact([]int{0, len(without.first.asked) - 1}) {
				if cells++; os.Getenv(everyFault) != "all" && (len(s.line)+i+from)%17 != 0 {
					continue
				}
				t.Run(fmt.Sprintf("%s from request %d on", e.name, from), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) { s.exceeded(t, e, from) })
				})
			}
		}
	})
}

func (s step) exceeded(t *testing.T, e excess, from int) {
	t.Helper()
	m := s.tenant(t)
	seen := make(chan int, 1)
	seen <- 0
	m.through = func(next http.RoundTripper) http.RoundTripper {
		return exceeding{RoundTripper: next, excess: e, from: from, seen: seen}
	}
	began := time.Now()
	cost, said := m.run(s.line)
	took, n := time.Since(began), <-seen
	switch code := exit.Code(cost.exit); {
	case (code == exit.OK || code == exit.Conflict) && from > 0:
		// it does without its last request, or cannot verify what it wrote
	case code != exit.Failure && code != exit.Unavailable && code != exit.Partial && code != exit.Unexpected:
		t.Errorf("exit code %d", code)
	case !slices.ContainsFunc(e.named, func(name string) bool { return strings.Contains(said.String(), name) }) && from == 0:
		t.Errorf("the error does not name the limit")
	}
	if took > e.within || n > 2000 {
		t.Errorf("it ends after %s and %d requests", took, n)
	}
	if t.Failed() {
		t.Logf("exit code %d after %s and %d requests:\n%s", cost.exit, took, n, said)
	}
	m.through = nil
	m.nothingIsLeft()
}

// Inputs that have no end, or explode, are refused at once by every command
// that reads one.
func TestACommandEndsWhateverItIsGiven(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	brackets := file("brackets.yaml", strings.Repeat("[", 200_000))
	laughs := file("laughs.yaml", "- &a x\n"+strings.Repeat("- *a\n", 10_000))
	deep := file("deep.json", strings.Repeat(`{"a":`, 200_000))
	endless := "/dev/zero"
	if runtime.GOOS == "windows" {
		endless = file("endless", strings.Repeat("\x00", 65<<20))
	}
	for i, line := range []string{
		"mapping add -f " + brackets, "mapping add -f " + laughs, "mapping add -f " + deep, "mapping add -f " + endless, "mapping add -f -",
		"mapping import -f " + endless, "mapping import -f " + deep, "mapping import -f -", "mapping diff -f " + endless, "mapping diff -f -",
		"mapping check -f " + endless, "mapping eval --expression-file " + endless, "mapping eval --expression-file -",
		"mapping set nickName --expression-file " + endless, "credentials set --url https://scim.example.com --token-file " + endless,
		"credentials set --url https://scim.example.com --token-stdin", "credentials rotate --token-file " + endless, "apply " + endless,
		"plan -f " + endless, "plan -f " + brackets, "plan -f " + laughs, "plan -f -", "apply -f " + endless,
		"user set-role --file " + endless, "user set-role --file -", "assignment add --file " + endless, "assignment add --file -",
		"app list --config " + endless, "app list --config " + brackets, "config set app x --config " + brackets, "config list --config " + laughs,
	} {
		if os.Getenv(everyFault) != "all" && i%3 != 0 {
			continue
		}
		t.Run(line, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := newMeter(t)
				io, _, _, said := iostreams.Test()
				io.In = &repeated{part: "\x00"}
				code := exit.Code(m.runOn(io, line).exit)
				if code != exit.Failure && code != exit.Usage {
					t.Errorf("exit code %d", code)
				}
				named := []string{"MB", "kB", "zero byte", "levels deep", "aliases", "control characters"}
				if !slices.ContainsFunc(named, func(name string) bool { return strings.Contains(said.String(), name) }) {
					t.Errorf("the error does not say what is wrong: %s", said)
				}
			})
		})
	}
}

func TestATokenOfAnyAgeHasAStatus(t *testing.T) {
	t.Parallel()
	for _, expires := range []string{"1e300", "253402300800", "-62135596801", "99999999999999999999", `"1e999"`} {
		claims := base64.RawURLEncoding.EncodeToString([]byte(`{"tid":"t","upn":"ada@contoso.com","exp":` + expires + `}`))
		for _, format := range []string{"json", "yaml", "csv", "table"} {
			io, _, out, said := iostreams.Test()
			a := newApp(io, func(name string) string {
				return map[string]string{"SCIMCTL_ACCESS_TOKEN": "eyJhbGciOiJub25lIn0." + claims + ".x"}[name]
			})
			code := exit.Code(a.Run(t.Context(), []string{"auth", "status", "-o", format}))
			if code != exit.OK || !strings.Contains(out.String(), "ada@contoso.com") {
				t.Errorf("%s as %s: exit code %d, %s%s", expires, format, code, out, said)
			}
		}
	}
}
