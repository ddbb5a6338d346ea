package cmd

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/cmd/internal/exit"
)

// A hollowing replaces the body of a success by something that cannot be what
// was asked for.
type hollowing struct {
	name   string
	make   func(body []byte) string
	schema bool // also tried on schemas, whose members [mappings] verifies
}

func hollowings() []hollowing {
	instead := func(text string) func([]byte) string { return func([]byte) string { return text } }
	const failure = `{"error":{"code":"Whatever","message":"no"}}`
	return []hollowing{
		{"an empty object", instead("{}"), true},
		{"null", instead("null"), true},
		{"an empty list", instead("[]"), true},
		{"an empty string", instead(`""`), true},
		{"an error", instead(failure), true},
		{"an error beside what was asked for", func(body []byte) string {
			rest, ok := strings.CutPrefix(strings.TrimSpace(string(body)), "{")
			if !ok || rest == "}" {
				return failure
			}
			return strings.TrimSuffix(failure, "}") + "," + rest
		}, true},
		{"nothing", instead(""), true},
		{"a page of HTML", instead("<html><body>welcome</body></html>"), true},
		{"items without their ids", func(body []byte) string { return leavingOut(body, "id", "key") }, false},
		{"no value and no id", func(body []byte) string { return leavingOut(body, "value", "id", "responses", "@odata.count") }, false},
		{"value null", instead(`{"value":null,"responses":null}`), true},
		{"items that are null", instead(`{"value":[null],"responses":[null]}`), true},
	}
}

// leavingOut removes members from a document: those at the top, else those of
// the items in its list, and in a batch those of the bodies.
func leavingOut(body []byte, names ...string) string {
	var doc map[string]any
	if json.Unmarshal(body, &doc) != nil {
		return "{}"
	}
	strip(doc, names)
	b, err := json.Marshal(doc)
	if err != nil {
		return "{}"
	}
	return string(b)
}

func strip(doc map[string]any, names []string) {
	responses, batch := doc["responses"].([]any)
	for _, r := range responses {
		item, _ := r.(map[string]any)
		if inner, ok := item["body"].(map[string]any); ok && item["status"] == 200.0 {
			strip(inner, names)
		}
	}
	if batch {
		return
	}
	for _, name := range names {
		delete(doc, name)
	}
	items, _ := doc["value"].([]any)
	for _, item := range items {
		if inner, ok := item.(map[string]any); ok {
			strip(inner, names)
		}
	}
}

// A hollow connection carries everything out, and replaces the body of one
// answer. It notes what is sent to change something.
type hollow struct {
	http.RoundTripper
	hollowing
	target asked

	mu   sync.Mutex
	seen int
	hit  bool
	same bool // the answer had nothing to lose, such as an empty list
	sent []string
}

func sameJSON(a, b []byte) bool {
	var x, y any
	return json.Unmarshal(a, &x) == nil && json.Unmarshal(b, &y) == nil && cmp.Equal(x, y)
}

func (h *hollow) RoundTrip(r *http.Request) (*http.Response, error) {
	hit := h.note(r)
	answer, err := h.RoundTripper.RoundTrip(r)
	if err != nil || !hit {
		return answer, err
	}
	body, err := io.ReadAll(answer.Body)
	_ = answer.Body.Close()
	if err != nil {
		return nil, err
	}
	text := h.make(body)
	h.same = sameJSON(body, []byte(text))
	answer.StatusCode, answer.Status = http.StatusOK, "200 OK"
	answer.Header.Del("Content-Length")
	answer.Body, answer.ContentLength = io.NopCloser(strings.NewReader(text)), int64(len(text))
	return answer, nil
}

// CloseIdleConnections passes on what a client asks for at its end.
func (h *hollow) CloseIdleConnections() {
	if c, ok := h.RoundTripper.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

func (h *hollow) note(r *http.Request) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if r.Method != http.MethodGet {
		body := []byte{}
		if r.Body != nil {
			body, _ = io.ReadAll(r.Body)
			r.Body = io.NopCloser(bytes.NewReader(body))
		}
		h.sent = append(h.sent, settled(r.Method+" "+r.URL.Path+" "+string(body)))
	}
	if h.make == nil || r.Method != h.target.method || !strings.HasSuffix(r.URL.Path, h.target.path) {
		return false
	}
	h.seen++
	h.hit = h.hit || h.seen == h.target.before+1
	return h.seen == h.target.before+1
}

// No command takes a success without content for an answer: it ends as if
// nothing had happened, or fails. It never shows what it did not read, and
// never writes anything else on the strength of it.
func TestACommandNeverBelievesAnAnswerWithoutItsContent(t *testing.T) {
	eachStep(t, func(t *testing.T, s step, without pair) {
		usual := s.writes(t)
		cells := 0
		for _, h := range hollowings() {
			for _, r := range without.first.requests() {
				if cells++; s.isRare(cells) || !h.schema && strings.HasSuffix(r.path, "/schema") {
					continue
				}
				t.Run(fmt.Sprintf("%s %s", h.name, r), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) { s.unfooled(t, h, r, without, usual) })
				})
			}
		}
	})
}

// isRare reports whether a case is left to the gate, which tries all of them:
// else one of eight is tried.
func (s step) isRare(n int) bool {
	return os.Getenv(everyFault) != "all" && n%8 != len(s.line)%8
}

// writes are what the step sends to change something.
func (s step) writes(t *testing.T) (sent []string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		m := s.tenant(t)
		h := &hollow{}
		m.through = func(next http.RoundTripper) http.RoundTripper { h.RoundTripper = next; return h }
		m.run(s.line)
		m.nothingIsLeft()
		sent = h.sent
	})
	return sent
}

func (s step) unfooled(t *testing.T, how hollowing, r asked, without pair, usual []string) {
	t.Helper()
	m := s.tenant(t)
	h := &hollow{hollowing: how, target: r}
	m.through = func(next http.RoundTripper) http.RoundTripper { h.RoundTripper = next; return h }
	got := pair{first: m.outcome(s.line, s.before), second: without.second}
	got.second = s.again(t, m, got.first)
	switch {
	case !h.hit:
		t.Fatalf("the request was not sent")
	case got.first.exit == exit.OK && strings.HasPrefix(s.line, "why "):
		// it says what it could not read
		if !h.same && got.first.answered == without.first.answered && got.first.said == without.first.said {
			t.Error("nothing says that an answer could not be read")
		}
	case got.first.exit == exit.OK:
		got.first.like(t, "the struck run", without.first)
	}
	for _, write := range h.sent {
		if !slices.Contains(usual, write) {
			t.Errorf("it sends what it never does: %.300s", write)
		}
	}
	s.heals(t, got, without)
	if t.Failed() {
		t.Logf("exit code %d\n%s%s", got.first.exit, got.first.said, m.list(got.first.asked))
	}
}
