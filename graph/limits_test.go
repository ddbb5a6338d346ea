package graph_test

import (
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/auth"
	"github.com/scimctl/scimctl/graph/directory"
	"github.com/scimctl/scimctl/graph/internal/graphtest"
	"github.com/scimctl/scimctl/graph/synchronization"
)

// zipped answers with a JSON text that is small on the wire: begin, then size
// bytes of repeated, then end.
func zipped(begin, repeated string, size int, end string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Encoding", "gzip")
		z, _ := gzip.NewWriterLevel(w, gzip.BestSpeed)
		block := strings.Repeat(repeated, 1<<16/len(repeated))
		_, _ = io.WriteString(z, begin)
		for left := size; left > 0; left -= len(block) {
			if _, err := io.WriteString(z, block); err != nil {
				return // the client has heard enough
			}
		}
		_, _ = io.WriteString(z, end)
		_ = z.Close()
	}
}

// allocated is how much memory call takes in all, in megabytes.
func allocated(call func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	call()
	runtime.ReadMemStats(&after)
	return (after.TotalAlloc - before.TotalAlloc) >> 20
}

// It counts what is allocated, so it runs alone.
func TestAnAnswerThatIsTooLargeIsReadOnceAndNamesTheLimit(t *testing.T) {
	for name, handler := range map[string]http.HandlerFunc{
		"text":               zipped(`{"value":"`, "a", 300<<20, `"}`),
		"items":              zipped(`{"value":[{}`, ",{}", 300<<20, `]}`),
		"items below":        zipped(`{"value":[{}`, ",{}", 60<<20, `]}`),
		"depth":              zipped(`{"value":`, "[", 1<<20, ``),
		"objects":            zipped(`{"value":`, `{"a":`, 1<<20, ``),
		"objects in objects": zipped(`{"value":[{"id":"a"}`, `,{"id":"a","x":`+strings.Repeat(`{"a":`, 900)+"0"+strings.Repeat("}", 901), 60<<20, `]}`),
		"a refusal": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			w.WriteHeader(http.StatusServiceUnavailable)
			zipped(`{"error":"`, "a", 300<<20, `"}`)(w, r)
		},
		"announced": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", fmt.Sprint(1<<40))
			w.WriteHeader(http.StatusOK)
		},
	} {
		var err error
		s := graphtest.Serve(t, handler)
		took := allocated(func() { _, err = directory.ListUsers(t.Context(), s.Client(t), directory.UserQuery{}) })
		e, ok := errors.AsType[*graph.Error](err)
		if !ok || e.Code != graph.CodeLimit {
			t.Errorf("%s: got %v", name, err)
		}
		if n := len(s.Requests()); n != 1 {
			t.Errorf("%s: %d requests", name, n)
		}
		if took > 240 {
			t.Errorf("%s: %d MB", name, took)
		}
	}
}

func TestAnAnswerJustBelowTheLimitIsNotCopiedAgainAndAgain(t *testing.T) {
	s := graphtest.Serve(t, zipped(`{"value":[{"id":"`, "a", 63<<20, `"}]}`))
	var err error
	took := allocated(func() { _, err = directory.ListUsers(t.Context(), s.Client(t), directory.UserQuery{}) })
	if err != nil || took > 400 {
		t.Errorf("%d MB, %v", took, err)
	}
}

func TestALimitIsLifted(t *testing.T) {
	t.Parallel()
	s := graphtest.Serve(t, zipped(`{"value":[],"a":[{}`, ",{}", 1<<20, `]}`))
	c := s.Client(t, func(o *graph.Options) { o.NoLimits = true })
	if _, err := directory.ListUsers(t.Context(), c, directory.UserQuery{}); err != nil {
		t.Error(err)
	}
}

func TestTheLimitsLeaveRoomForEverySchema(t *testing.T) {
	t.Parallel()
	attribute := `{"anchor":false,"caseExact":false,"name":"urn:ietf:params:scim:schemas:core:2.0:User:name","type":"String"},`
	text := `{"directories":[{"objects":[{"attributes":[` + strings.TrimSuffix(strings.Repeat(attribute, 20_000), ",") + `]}]}]}`
	s := graphtest.Serve(t, graphtest.Says(200, text))
	got, err := synchronization.Schema(t.Context(), s.Client(t), graphtest.Job())
	if err != nil || len(got) != len(text) {
		t.Errorf("%d of %d bytes, %v", len(got), len(text), err)
	}
}

func TestPagesWithoutEndAreAnError(t *testing.T) {
	t.Parallel()
	for name, page := range map[string]func(n int64) string{
		"empty":      func(int64) string { return `{"value":[]` },
		"the same":   func(int64) string { return `{"value":[{"id":"a"}]` },
		"always new": func(n int64) string { return fmt.Sprintf(`{"value":[{"id":"%d"}]`, n) },
	} {
		var n atomic.Int64
		s := graphtest.Serve(t, func(w http.ResponseWriter, _ *http.Request) {
			n.Add(1)
			graphtest.Reply(w, 200, fmt.Sprintf(`%s,"@odata.nextLink":"https://graph.microsoft.com/v1.0/users?p=%d"}`, page(n.Load()), n.Load()))
		})
		var notes []string
		_, err := directory.ListUsers(t.Context(), s.Client(t, noting(&notes)), directory.UserQuery{})
		e, ok := errors.AsType[*graph.Error](err)
		if !ok || e.Code != graph.CodeLimit && e.Code != graph.CodeNextLink || n.Load() > 10_000 {
			t.Errorf("%s: got %v after %d requests", name, err, n.Load())
		}
		if n.Load() > 200 && len(notes) == 0 {
			t.Errorf("%s: the user reads nothing for %d requests", name, n.Load())
		}
	}
}

// linked is a page of one new user that links to another page.
func linked(n int, blanks string) string {
	return fmt.Sprintf(`{"value":[{"id":"%d"}],%s"@odata.nextLink":"https://graph.microsoft.com/v1.0/users?p=%d"}`, n, blanks, n)
}

func TestACollectionThatComesSlowlyEnds(t *testing.T) {
	t.Parallel()
	n := 0
	slow := func(w http.ResponseWriter, _ *http.Request) {
		<-time.After(170 * time.Second)
		n++
		graphtest.Reply(w, 200, linked(n, ""))
	}
	elapsed, _, _, err := took(t, slow, func(t *testing.T, s *graphtest.Server, _ *[]string) error {
		_, err := directory.ListUsers(t.Context(), s.Client(t), directory.UserQuery{})
		return err
	})
	if e, ok := errors.AsType[*graph.Error](err); !ok || e.Code != graph.CodeLimit || elapsed > 7*time.Hour {
		t.Errorf("got %v after %s", err, elapsed)
	}
}

func TestACollectionThatIsTooLargeIsAnError(t *testing.T) {
	t.Parallel()
	if os.Getenv("SCIMCTL_TEST_FAULTS") != "all" {
		t.Skip("it reads a gigabyte")
	}
	n, blanks := 0, strings.Repeat(" ", 60<<20)
	transport := reads(func(*http.Request) *http.Response {
		n++
		return said(strings.NewReader(linked(n, blanks)))
	})
	c, err := graph.New(graph.Options{Credential: auth.StaticToken("opaque-token"), Transport: transport})
	if err != nil {
		t.Fatal(err)
	}
	_, err = directory.ListUsers(t.Context(), c, directory.UserQuery{})
	if e, ok := errors.AsType[*graph.Error](err); !ok || e.Code != graph.CodeLimit || n > 20 {
		t.Errorf("got %v after %d pages", err, n)
	}
	n = 0
	err = directory.EachUser(t.Context(), c, func([]directory.User) error {
		if n == 25 {
			return io.EOF
		}
		return nil
	})
	if !errors.Is(err, io.EOF) {
		t.Errorf("pages that are not kept: %v", err)
	}
}

func TestSomeEmptyPagesAreNoEnd(t *testing.T) {
	t.Parallel()
	var n atomic.Int64
	s := graphtest.Serve(t, func(w http.ResponseWriter, _ *http.Request) {
		if n.Add(1) > 50 {
			graphtest.Reply(w, 200, `{"value":[{"id":"a"}]}`)
			return
		}
		graphtest.Reply(w, 200, fmt.Sprintf(`{"value":[],"@odata.nextLink":"https://graph.microsoft.com/v1.0/users?p=%d"}`, n.Load()))
	})
	all, err := directory.ListUsers(t.Context(), s.Client(t), directory.UserQuery{})
	if err != nil || len(all) != 1 {
		t.Errorf("got %v, %v", all, err)
	}
}

// trickles answers a byte after each pause, for ever.
func trickles(pause time.Duration) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusOK)
		for {
			if _, err := io.WriteString(w, " "); err != nil {
				return
			}
			w.(http.Flusher).Flush()
			select {
			case <-time.After(pause):
			case <-r.Context().Done():
				return
			}
		}
	}
}

func TestASilentServerIsWaitedForOnceAndTheUserReadsSo(t *testing.T) {
	t.Parallel()
	silent := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	for name, test := range map[string]struct {
		handler http.HandlerFunc
		most    time.Duration
	}{
		"silent":             {silent, 3 * time.Minute},
		"silent in the body": {trickles(2 * time.Minute), time.Minute},
		"slow":               {trickles(10 * time.Second), 3 * time.Minute},
	} {
		var notes []string
		elapsed, asked, _, err := took(t, test.handler, func(t *testing.T, s *graphtest.Server, _ *[]string) error {
			began := time.Now()
			_, err := synchronization.GetJob(t.Context(), s.Client(t, func(o *graph.Options) {
				o.Notice = func(line string) { notes = append(notes, fmt.Sprintf("%s %s", time.Since(began), line)) }
			}), graphtest.Job())
			return err
		})
		if _, ok := errors.AsType[*graph.UnreachableError](err); !ok || len(asked) != 1 || elapsed > test.most {
			t.Errorf("%s: got %v after %s and %d requests", name, err, elapsed, len(asked))
		}
		if len(notes) == 0 || !strings.HasPrefix(notes[0], "5s ") {
			t.Errorf("%s: the user reads %q", name, notes)
		}
	}
}

func TestASlowAnswerThatGoesOnIsRead(t *testing.T) {
	t.Parallel()
	_, asked, _, err := took(t, func(w http.ResponseWriter, _ *http.Request) {
		for _, part := range []string{`{"id"`, `:"j"`, `}`} {
			_, _ = io.WriteString(w, part)
			w.(http.Flusher).Flush()
			<-time.After(50 * time.Second)
		}
	}, readJob)
	if err != nil || len(asked) != 1 {
		t.Errorf("%v after %d requests", err, len(asked))
	}
}

func TestAPauseOfNextToNothingGrows(t *testing.T) {
	t.Parallel()
	for _, after := range []string{"0.001", "1e-300", "0", "-5", "NaN", "-Inf", "Fri, 31 Dec 1999 23:59:59 GMT", "soon", "0x1p-9"} {
		elapsed, asked, _, err := took(t, graphtest.Throttles(after), startJob)
		if e, ok := errors.AsType[*graph.Error](err); !ok || e.Status != 429 || len(asked) > 8 {
			t.Errorf("%s: got %v after %d requests", after, err, len(asked))
		}
		if elapsed < 10*time.Second || elapsed > 2*time.Minute {
			t.Errorf("%s: %s", after, elapsed)
		}
	}
}

func TestAWaitThatIsTooLongSaysHowLongAndUntilWhen(t *testing.T) {
	t.Parallel()
	for after, want := range map[string]string{"7200": "2h", "+Inf": "24h", "Sat, 01 Jan 2000 01:00:00 GMT": "1h", "1e300": "24h"} {
		elapsed, asked, _, err := took(t, graphtest.Throttles(after), readJob)
		if len(asked) != 1 || elapsed != 0 || err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "2000-01-0") {
			t.Errorf("%s: got %v after %s and %d requests", after, err, elapsed, len(asked))
		}
	}
}

func TestThrottlingHasAnEnd(t *testing.T) {
	t.Parallel()
	elapsed, asked, _, err := took(t, graphtest.Throttles("899"), readJob)
	if err == nil || elapsed > 31*time.Minute || len(asked) > 3 {
		t.Errorf("got %v after %s and %d requests", err, elapsed, len(asked))
	}
}

func said(body io.Reader) *http.Response {
	return &http.Response{
		Status: "200 OK", StatusCode: http.StatusOK, Body: io.NopCloser(body),
		Header: http.Header{"Content-Type": {"application/json"}},
	}
}

func TestATimeThatNoTokenCanHaveIsNone(t *testing.T) {
	t.Parallel()
	for _, exp := range []string{"1e300", "-1", "253402300800", "0", "1e-5", "-9223372036854775808", "18446744073709551616", `"1e400"`, "null"} {
		token := "eyJhbGciOiJub25lIn0." + base64.RawURLEncoding.EncodeToString([]byte(`{"tid":"t","exp":`+exp+`}`)) + ".x"
		s := graphtest.Serve(t, graphtest.Says(200, "{}"))
		c := s.Client(t, func(o *graph.Options) { o.Credential = auth.StaticToken(token) })
		who, err := c.Identity(t.Context())
		if err != nil || who.Expires.Year() > 9999 || !who.Expires.IsZero() && who.Expires.Year() < 1970 {
			t.Errorf("%s: %v, %v", exp, who.Expires, err)
		}
		if _, err := json.Marshal(who); err != nil {
			t.Errorf("%s: %v", exp, err)
		}
	}
}

// Whatever a server answers to a list, it is read within its limits.
func FuzzAnAnswerIsRead(f *testing.F) {
	for _, text := range []string{
		`{"value":[]}`, `{"value":[{"id":"a"}],"@odata.nextLink":"https://graph.microsoft.com/v1.0/users?p=2"}`, `{"error":{"code":"a"}}`, "[[[[", `{"value":[[]]}`,
		`{"value":[{"id":1e999,"deletedDateTime":"9999-12-31T23:59:59-12:00"}]}`, "<html>", `"`, `{"value":[{"id":"a","mail":"\ud800"}]}`,
	} {
		f.Add(200, "", text)
	}
	f.Add(429, "0.001", "{}")
	f.Add(503, "-1", "")
	f.Add(302, "NaN", "")
	f.Fuzz(func(t *testing.T, status int, after, text string) {
		synctest.Test(t, func(t *testing.T) {
			requests := 0
			transport := reads(func(r *http.Request) *http.Response {
				requests++
				resp := said(strings.NewReader(text))
				resp.StatusCode, resp.Request = 200+(status%400+400)%400, r
				resp.Header.Set("Retry-After", after)
				return resp
			})
			c, err := graph.New(graph.Options{Credential: auth.StaticToken("opaque-token"), Transport: transport})
			if err != nil {
				t.Fatal(err)
			}
			began := time.Now()
			users, err := directory.ListUsers(t.Context(), c, directory.UserQuery{})
			if took := time.Since(began); took > time.Hour || requests > 200 {
				t.Errorf("%s and %d requests", took, requests)
			}
			if _, encoding := json.Marshal(users); encoding != nil || err == nil && users == nil {
				t.Errorf("%v, %v", users, encoding)
			}
		})
	})
}

type reads func(*http.Request) *http.Response

func (f reads) RoundTrip(r *http.Request) (*http.Response, error) { return f(r), nil }
