package graph_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/graph/auth"
	"github.com/scimctl/scimctl/graph/directory"
	"github.com/scimctl/scimctl/graph/internal/graphtest"
	"github.com/scimctl/scimctl/provisioning/sandbox"
)

// serially lets one request after the other through.
func serially(next http.HandlerFunc) http.HandlerFunc {
	var turn sync.Mutex
	return func(w http.ResponseWriter, r *http.Request) {
		turn.Lock()
		defer turn.Unlock()
		next(w, r)
	}
}

func done(string, string) (status int, headers, body string) { return 204, ``, "null" }

// updates are those of n users, the first u0.
func updates(n int) iter.Seq[directory.UserUpdate] {
	return func(yield func(directory.UserUpdate) bool) {
		for i := range n {
			if !yield(directory.UserUpdate{Row: i, ID: fmt.Sprintf("u%d", i), Values: map[string]any{"department": "Sales"}}) {
				return
			}
		}
	}
}

// outcome collects what a bulk run answers: how often each row came, and when.
type outcome struct {
	times  map[int]int
	errs   map[int]error
	at     map[int]time.Duration
	began  time.Time
	rounds int
}

func newOutcome() *outcome {
	return &outcome{times: map[int]int{}, errs: map[int]error{}, at: map[int]time.Duration{}, began: time.Now()}
}

func (o *outcome) take(answers []graph.BulkAnswer) error {
	o.rounds++
	for _, a := range answers {
		o.times[a.Row]++
		o.errs[a.Row], o.at[a.Row] = a.Err, time.Since(o.began)
	}
	return nil
}

// inBulk updates n users in a bubble of faked time against a server that answers
// items one by one.
func inBulk(t *testing.T, n int, one func(method, url string) (int, string, string)) (o *outcome, sizes []int, err error) {
	t.Helper()
	_, _, _, err = took(t, serially(batches(t, &sizes, one)), func(t *testing.T, s *graphtest.Server, notes *[]string) error {
		o = newOutcome()
		return directory.UpdateUsers(t.Context(), s.Client(t, noting(notes)), updates(n), o.take)
	})
	return o, sizes, err
}

func TestEveryRowOfABulkIsAnsweredOnce(t *testing.T) {
	t.Parallel()
	o, sizes, err := inBulk(t, 205, func(_, url string) (int, string, string) {
		if url == "/users/u7" {
			return 404, ``, `{"error":{"code":"Request_ResourceNotFound","message":"gone"}}`
		}
		return 204, ``, "null"
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(sizes)
	if diff := cmp.Diff([]int{5, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20}, sizes); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	for i := range 205 {
		if o.times[i] != 1 || (o.errs[i] != nil) != (i == 7) || i == 7 && !graph.IsNotFound(o.errs[i]) {
			t.Errorf("row %d: %d times, %v", i, o.times[i], o.errs[i])
		}
	}
}

// The item waits for as long as it was told to; the others do not.
func TestAThrottledItemWaitsAlone(t *testing.T) {
	t.Parallel()
	times := map[string]int{}
	o, sizes, err := inBulk(t, 100, func(_, url string) (int, string, string) {
		if times[url]++; url == "/users/u3" && times[url] == 1 {
			return 429, `"Retry-After":"30"`, `{"error":{"code":"TooManyRequests","message":""}}`
		}
		return 204, ``, "null"
	})
	if err != nil || len(sizes) != 6 {
		t.Errorf("%v after %d batches", err, len(sizes))
	}
	if at := o.at[3]; at < 30*time.Second || at > 32*time.Second {
		t.Errorf("the throttled item was done after %s", at)
	}
	for i, at := range o.at {
		if i != 3 && at >= time.Second {
			t.Errorf("row %d had to wait %s", i, at)
		}
	}
}

func TestASlowAnswerHoldsUpNobodyElse(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var sizes []int
		well := serially(batches(t, &sizes, done))
		s := graphtest.Serve(t, func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			if strings.Contains(string(body), `"/users/u0"`) {
				<-time.After(time.Minute)
			}
			r.Body = io.NopCloser(bytes.NewReader(body))
			well(w, r)
		})
		o := newOutcome()
		if err := directory.UpdateUsers(t.Context(), s.Client(t), updates(2000), o.take); err != nil || len(o.times) != 2000 {
			t.Errorf("%v, %d rows", err, len(o.times))
		}
		for i, at := range o.at {
			if slow := i < 20; slow != (at >= time.Minute) {
				t.Errorf("row %d was done after %s", i, at)
			}
		}
	})
}

func TestAnItemThatABatchDoesNotAnswerIsSentAgain(t *testing.T) {
	t.Parallel()
	lost := 0
	var err error
	var o *outcome
	_, _, _, err = took(t, serially(func(w http.ResponseWriter, r *http.Request) {
		var doc batchDoc
		if json.NewDecoder(r.Body).Decode(&doc) != nil {
			t.Error("no batch")
		}
		text := ""
		for _, q := range doc.Requests {
			if q.URL == "/users/u2" && lost < 2 || q.URL == "/users/u5" {
				lost++
				continue
			}
			text = fmt.Sprintf(`%s,{"id":%q,"status":204}`, text, q.ID)
		}
		if text != "" {
			text = text[1:]
		}
		graphtest.Reply(w, 200, `{"responses":[`+text+`]}`)
	}), func(t *testing.T, s *graphtest.Server, _ *[]string) error {
		o = newOutcome()
		return directory.UpdateUsers(t.Context(), s.Client(t), updates(10), o.take)
	})
	if err != nil || o.errs[2] != nil || o.errs[5] == nil {
		t.Errorf("%v; %v and %v", err, o.errs[2], o.errs[5])
	}
	for i := range 10 {
		if o.times[i] != 1 {
			t.Errorf("row %d was answered %d times", i, o.times[i])
		}
	}
}

// outage answers with something else for a time.
func outage(began time.Time, lasts time.Duration, fail, well http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if since := time.Since(began); since < lasts {
			fail(w, r)
			return
		}
		well(w, r)
	}
}

func TestAServiceThatIsGoneForAMinuteIsWaitedFor(t *testing.T) {
	t.Parallel()
	for name, fail := range map[string]http.HandlerFunc{
		"503 that says when": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "1")
			graphtest.Reply(w, 503, `{"error":{"code":"serviceNotAvailable","message":""}}`)
		},
		"503":   graphtest.Says(503, `{"error":{"code":"serviceNotAvailable","message":""}}`),
		"504":   graphtest.Says(504, ``),
		"reset": graphtest.HangsUp,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var sizes []int
				well := serially(batches(t, &sizes, done))
				s := graphtest.Serve(t, outage(time.Now(), time.Minute, fail, well))
				o := newOutcome()
				err := directory.UpdateUsers(t.Context(), s.Client(t), updates(200), o.take)
				if took := time.Since(o.began); err != nil || len(o.times) != 200 || took < time.Minute || took > 3*time.Minute {
					t.Errorf("%v, %d rows after %s", err, len(o.times), took)
				}
				if asked := len(s.Requests()); asked > 40 {
					t.Errorf("%d batches were sent for 10", asked)
				}
			})
		})
	}
}

func TestAServiceThatStaysAwayEndsABulk(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := graphtest.Serve(t, graphtest.Says(503, `{"error":{"code":"serviceNotAvailable","message":""}}`))
		o := newOutcome()
		err := directory.UpdateUsers(t.Context(), s.Client(t), updates(200), o.take)
		e, ok := errors.AsType[*graph.Error](err)
		if took := time.Since(o.began); !ok || e.Status != 503 || took < 10*time.Minute || took > 20*time.Minute || len(o.times) > 0 {
			t.Errorf("%v after %s, %d rows", err, took, len(o.times))
		}
	})
}

// refusing is a network that is gone for a time: no connection can be made.
type refusing struct {
	next  http.RoundTripper
	until time.Time
}

func (r refusing) RoundTrip(req *http.Request) (*http.Response, error) {
	if time.Now().Before(r.until) {
		return nil, &net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", Name: "graph.microsoft.com", IsNotFound: true}}
	}
	return r.next.RoundTrip(req)
}

func TestANetworkThatIsGoneForAMinuteIsWaitedFor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var sizes []int
		s := graphtest.Serve(t, serially(batches(t, &sizes, done)))
		gone := func(o *graph.Options) { o.Transport = refusing{o.Transport, time.Now().Add(time.Minute)} }
		o := newOutcome()
		if err := directory.UpdateUsers(t.Context(), s.Client(t, gone), updates(100), o.take); err != nil || len(o.times) != 100 {
			t.Errorf("%v, %d rows", err, len(o.times))
		}
	})
}

// What is under way when Ctrl-C comes is still answered, and nothing more is sent.
func TestTheEndOfABulkLosesNoAnswer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var sizes []int
		well := serially(batches(t, &sizes, done))
		s := graphtest.Serve(t, func(w http.ResponseWriter, r *http.Request) {
			<-time.After(time.Second)
			well(w, r)
		})
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(2500*time.Millisecond, cancel)
		o := newOutcome()
		err := directory.UpdateUsers(ctx, s.Client(t), updates(10000), o.take)
		sent := 0
		for _, n := range sizes {
			sent += n
		}
		if !errors.Is(err, context.Canceled) || len(o.times) != sent || sent == 0 || sent > 1000 {
			t.Errorf("%v, %d rows sent and %d answered", err, sent, len(o.times))
		}
	})
}

func TestADoneThatFailsEndsABulk(t *testing.T) {
	t.Parallel()
	var sizes []int
	s := graphtest.Serve(t, serially(batches(t, &sizes, done)))
	full := errors.New("no space left on device")
	if err := directory.UpdateUsers(t.Context(), s.Client(t), updates(10000), func([]graph.BulkAnswer) error { return full }); !errors.Is(err, full) {
		t.Error(err)
	}
	if len(sizes) > 20 {
		t.Errorf("%d batches went out", len(sizes))
	}
}

// crowd is a tenant of so many people, in faked time.
func crowd(t *testing.T, n int, o graph.Options, faults ...sandbox.Fault) (*sandbox.Tenant, *graph.Client, string) {
	t.Helper()
	options := []sandbox.Option{sandbox.WithLag(0), sandbox.WithPeople(n)}
	for _, f := range faults {
		options = append(options, sandbox.WithFault(f))
	}
	tenant := sandbox.New(options...)
	t.Cleanup(func() { _ = tenant.Close() })
	if o.Credential == nil {
		o.Credential = auth.StaticToken("token")
	}
	o.Transport = slowly{tenant.Transport()}
	c, err := graph.New(o)
	if err != nil {
		t.Fatal(err)
	}
	app, err := applications.FindRegistration(t.Context(), c, "Workato")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := applications.CreateExtension(t.Context(), c, app.ApplicationID, applications.ExtensionProperty{Name: "workato_role", DataType: "String", TargetObjects: []string{"User"}}); err != nil {
		t.Fatal(err)
	}
	return tenant, c, "extension_" + strings.ReplaceAll(app.AppID, "-", "") + "_workato_role"
}

// slowly makes each request take a tenth of a second, more or less.
type slowly struct{ next http.RoundTripper }

func (s slowly) RoundTrip(r *http.Request) (*http.Response, error) {
	<-time.After(50*time.Millisecond + rand.N(100*time.Millisecond))
	return s.next.RoundTrip(r)
}

// grants a role to n of the crowd.
func grants(name string, n int) iter.Seq[directory.UserUpdate] {
	return func(yield func(directory.UserUpdate) bool) {
		for i := range n {
			if !yield(directory.UserUpdate{Row: i, ID: fmt.Sprintf("person%06d@contoso.com", i+1), Values: map[string]any{name: "Admin"}}) {
				return
			}
		}
	}
}

// tally counts the batches, and the items that were throttled.
func tally(tenant *sandbox.Tenant) (batches, items, throttled int) {
	for _, r := range tenant.Requests() {
		if r.Path == "/$batch" {
			batches++
		}
		for _, item := range r.Items {
			if items++; item.Status == http.StatusTooManyRequests {
				throttled++
			}
		}
	}
	return batches, items, throttled
}

// The quota lets 3,000 writes through in 150 seconds, so that 10,000 take at
// least three times as long: https://learn.microsoft.com/graph/throttling-limits.
func TestABulkTakesAsLongAsTheQuotaMakesItAndIsNotThrottled(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		rows, writes int // the quota
		floor        time.Duration
		within       float64
	}{
		{10000, 3000, 450 * time.Second, 1.05},
		{3000, 500, 750 * time.Second, 1.25}, // another quota than documented is learned
	} {
		t.Run(fmt.Sprint(test.writes), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				tenant, c, name := crowd(t, test.rows, graph.Options{}, sandbox.Fault{Kind: sandbox.Quota, Writes: test.writes})
				tenant.ForgetRequests()
				o := newOutcome()
				err := directory.UpdateUsers(t.Context(), c, grants(name, test.rows), o.take)
				took := time.Since(o.began)
				batches, items, throttled := tally(tenant)
				t.Logf("%d rows in %s (floor %s), %d batches, %d of %d items throttled", test.rows, took.Round(time.Second), test.floor, batches, throttled, items)
				if err != nil || len(o.times) != test.rows || took < test.floor || took > time.Duration(float64(test.floor)*test.within) {
					t.Errorf("%v, %d rows in %s, of which the quota takes %s", err, len(o.times), took, test.floor)
				}
				if test.writes == 3000 && (100*throttled > items || batches > 525) {
					t.Errorf("%d of %d items were throttled, %d batches", throttled, items, batches)
				}
				for i, n := range o.times {
					if n != 1 || o.errs[i] != nil {
						t.Errorf("row %d: %d answers, %v", i, n, o.errs[i])
					}
				}
			})
		})
	}
}

func TestABulkSignsInOnceMoreWhenTheTokenRanOut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		renewed := &credential{tokens: []string{"first-token", "second-token"}}
		_, c, name := crowd(t, 200, graph.Options{Credential: renewed}, sandbox.Fault{Kind: sandbox.ExpiredToken, Path: "/$batch", Skip: 3, First: 1})
		o := newOutcome()
		if err := directory.UpdateUsers(t.Context(), c, grants(name, 200), o.take); err != nil || len(o.times) != 200 || len(renewed.asked) != 2 {
			t.Errorf("%v, %d rows, %d tokens", err, len(o.times), len(renewed.asked))
		}
	})
}
