package graph_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/internal/graphtest"
)

type batchDoc struct {
	Requests []struct {
		ID, Method, URL string
		Headers         map[string]string
		Body            json.RawMessage
	}
}

// batches answers each request of a batch with what one says, in reverse.
func batches(t *testing.T, sizes *[]int, one func(method, url string) (status int, headers, body string)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var doc batchDoc
		if err := json.NewDecoder(r.Body).Decode(&doc); err != nil {
			t.Error(err)
		}
		*sizes = append(*sizes, len(doc.Requests))
		items := []string{}
		for _, q := range doc.Requests {
			if q.Body != nil && q.Headers["Content-Type"] != "application/json" {
				t.Errorf("%s has a body and no content type", q.URL)
			}
			status, headers, body := one(q.Method, q.URL)
			items = append(items, fmt.Sprintf(`{"id":%q,"status":%d,"headers":{%s},"body":%s}`, q.ID, status, headers, body))
		}
		slices.Reverse(items)
		graphtest.Reply(w, 200, `{"responses":[`+strings.Join(items, ",")+`]}`)
	}
}

func patches(n int) []graph.BatchRequest {
	requests := []graph.BatchRequest{}
	for i := range n {
		requests = append(requests, graph.BatchRequest{
			Op: graph.OpUpdateUser, Method: http.MethodPatch, Path: fmt.Sprintf("/users/u%d", i), Body: map[string]any{"department": i},
		})
	}
	return requests
}

func TestABatchAnswersInTheOrderAskedTwentyAtATime(t *testing.T) {
	t.Parallel()
	var sizes []int
	s := graphtest.Serve(t, batches(t, &sizes, func(_, url string) (int, string, string) {
		if url == "/users/u3" {
			return 400, `"request-id":"r3"`, `{"error":{"code":"Request_BadRequest","message":"The following extension properties are not available: x."}}`
		}
		return 200, `"content-type":"application/json"`, fmt.Sprintf("%q", url)
	}))
	answers, err := s.Client(t).Batch(t.Context(), patches(45))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int{20, 20, 5}, sizes); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	for i, a := range answers {
		if want := fmt.Sprintf(`"/users/u%d"`, i); i != 3 && (a.Err != nil || string(a.Body) != want || a.Header.Get("Content-Type") != "application/json") {
			t.Errorf("%d: got %s, %v", i, a.Body, a.Err)
		}
	}
	if e, ok := errors.AsType[*graph.Error](answers[3].Err); !ok || !graph.IsNotAvailable(e) || e.Op.Name != graph.OpUpdateUser.Name || e.Path != "/users/u3" || e.RequestID != "r3" {
		t.Errorf("got %#v", answers[3].Err)
	}
}

func TestOnlyThrottledRequestsOfABatchAreSentAgain(t *testing.T) {
	t.Parallel()
	var sizes []int
	times := map[string]int{}
	one := func(_, url string) (int, string, string) {
		times[url]++
		switch {
		case url == "/users/u1" && times[url] == 1:
			return 429, `"Retry-After":"7"`, `{"error":{"code":"TooManyRequests","message":""}}`
		case url == "/users/u2" && times[url] < 3:
			return 429, `"Retry-After":"20"`, "null"
		case url == "/users/u4" && times[url] == 1:
			return 503, ``, "null"
		}
		return 204, ``, "null"
	}
	var answers []graph.BatchResponse
	elapsed, _, notes, err := took(t, func(w http.ResponseWriter, r *http.Request) { batches(t, &sizes, one)(w, r) },
		func(t *testing.T, s *graphtest.Server, notes *[]string) (err error) {
			answers, err = s.Client(t, noting(notes)).Batch(t.Context(), patches(5))
			return err
		})
	if err != nil || elapsed != 40*time.Second || len(notes) != 2 {
		t.Errorf("got %v after %s, %q", err, elapsed, notes)
	}
	if diff := cmp.Diff([]int{5, 3, 1}, sizes); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	for i, a := range answers {
		if a.Err != nil || a.Status != 204 || a.Body != nil {
			t.Errorf("%d: got %+v", i, a)
		}
	}
}

func TestAPostInABatchIsNotRepeatedAfterADoubtfulEnd(t *testing.T) {
	t.Parallel()
	var sizes []int
	s := graphtest.Serve(t, batches(t, &sizes, func(string, string) (int, string, string) { return 504, ``, "null" }))
	answers, err := s.Client(t).Batch(t.Context(), []graph.BatchRequest{{Op: graph.OpAssign, Method: http.MethodPost, Path: "/x", Body: map[string]string{}}})
	if e, ok := errors.AsType[*graph.Error](answers[0].Err); err != nil || !ok || e.Status != 504 || len(sizes) != 1 {
		t.Errorf("got %v, %v after %d batches", answers, err, len(sizes))
	}
}

func TestADeletionInABatchWhoseAnswerWasLostIsASuccess(t *testing.T) {
	t.Parallel()
	var sizes []int
	gone := batches(t, &sizes, func(method, _ string) (int, string, string) {
		return 404, ``, `{"error":{"code":"Request_ResourceNotFound","message":"gone from ` + method + `"}}`
	})
	requests := []graph.BatchRequest{
		{Op: graph.OpUnassign, Method: http.MethodDelete, Path: "/x/1"}, {Op: graph.OpReadUsers, Method: http.MethodGet, Path: "/users/u1"},
	}
	for what, c := range map[string]struct {
		handler http.HandlerFunc
		deleted bool
	}{"lost": {graphtest.InTurn(graphtest.HangsUp, gone), true}, "answered": {gone, false}} {
		var answers []graph.BatchResponse
		_, _, _, err := took(t, c.handler, func(t *testing.T, s *graphtest.Server, _ *[]string) (err error) {
			answers, err = s.Client(t).Batch(t.Context(), requests)
			return err
		})
		if err != nil || (answers[0].Err == nil) != c.deleted || !graph.IsNotFound(answers[1].Err) {
			t.Errorf("%s: got %v, %v", what, err, answers)
		}
	}
}

func TestThrottlingThatDoesNotEndStaysWithItsRequest(t *testing.T) {
	t.Parallel()
	var sizes []int
	var answers []graph.BatchResponse
	_, _, _, err := took(t, batches(t, &sizes, func(_, url string) (int, string, string) {
		if url == "/users/u0" {
			return 429, `"Retry-After":"1"`, "null"
		}
		return 204, ``, "null"
	}), func(t *testing.T, s *graphtest.Server, _ *[]string) (err error) {
		answers, err = s.Client(t).Batch(t.Context(), patches(2))
		return err
	})
	if e, ok := errors.AsType[*graph.Error](answers[0].Err); err != nil || !ok || e.Status != 429 || answers[1].Err != nil || len(sizes) != 8 {
		t.Errorf("got %v, %+v after %d batches", err, answers, len(sizes))
	}
}

func TestAnAnswerThatIsMissingFromABatchIsAnError(t *testing.T) {
	t.Parallel()
	answers, err := graphtest.Serve(t, graphtest.Says(200, `{"responses":[{"id":"1","status":204}]}`)).Client(t).Batch(t.Context(), patches(2))
	if err != nil || answers[0].Err == nil || answers[1].Err != nil {
		t.Errorf("got %v, %+v", err, answers)
	}
}

func TestARefusedBatchIsOneError(t *testing.T) {
	t.Parallel()
	s := graphtest.Serve(t, func(w http.ResponseWriter, _ *http.Request) { graphtest.Refuse(w, 400, "BadRequest", "no") })
	_, err := s.Client(t).Batch(t.Context(), patches(2))
	if e, ok := errors.AsType[*graph.Error](err); !ok || e.Status != 400 || e.Path != "/$batch" {
		t.Errorf("got %v", err)
	}
}

func TestABatchInADryRunOnlyReads(t *testing.T) {
	t.Parallel()
	var sizes []int
	var held []string
	s := graphtest.Serve(t, batches(t, &sizes, func(string, string) (int, string, string) { return 200, ``, `{"id":"u9"}` }))
	c := s.Client(t, func(o *graph.Options) {
		o.DryRun = true
		o.Held = func(h graph.Held) { held = append(held, h.Method+" "+h.Path+" "+string(h.Body)) }
	})
	requests := append(patches(2), graph.BatchRequest{Op: graph.OpReadUsers, Method: http.MethodGet, Path: "/users/u9"})
	answers, err := c.Batch(t.Context(), requests)
	if err != nil || answers[0].Status != 0 || answers[0].Err != nil || answers[2].Status != 200 {
		t.Errorf("got %v, %+v", err, answers)
	}
	if diff := cmp.Diff([]string{`PATCH /users/u0 {"department":0}`, `PATCH /users/u1 {"department":1}`}, held); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]int{1}, sizes); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
