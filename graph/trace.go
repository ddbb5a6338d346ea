package graph

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/scimctl/scimctl/graph/internal/redact"
)

// longestTraced bounds how much of a body is shown.
const longestTraced = 64 << 10

// tracer writes requests and answers for --debug. A nil tracer is silent.
type tracer struct {
	secrets *Secrets

	mu    sync.Mutex
	out   io.Writer
	count int
}

func newTracer(out io.Writer, s *Secrets) *tracer {
	if out == nil {
		return nil
	}
	return &tracer{out: out, secrets: s}
}

// request shows a request that is about to be sent, and returns its number.
func (t *tracer) request(r *http.Request, body []byte) int {
	if t == nil {
		return 0
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.count++
	mark := fmt.Sprintf("#%d > ", t.count)
	t.lines(mark, r.Method+" "+r.URL.String(), headerLines(r.Header), t.body(r.URL.Path, body))
	return t.count
}

// answer shows what came back on the request of that number.
func (t *tracer) answer(number int, r *http.Request, resp *http.Response, body []byte, took time.Duration) {
	if t == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	mark := fmt.Sprintf("#%d < ", number)
	shown := http.Header{}
	for _, name := range []string{"Request-Id", "Content-Type", "Location", "Retry-After", "Www-Authenticate"} {
		if values := resp.Header[name]; values != nil {
			shown[name] = values
		}
	}
	t.lines(mark, resp.Status+", "+took.Round(time.Millisecond).String(), headerLines(shown), t.body(r.URL.Path, body))
}

// failure shows that no answer came.
func (t *tracer) failure(number int, err error) {
	if t == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.lines(fmt.Sprintf("#%d < ", number), "no answer: "+OneLine(err.Error()), "", "")
}

// lines writes everything at once, each line marked. A trace that cannot be
// written is no reason to stop the work.
func (t *tracer) lines(mark, head, header, body string) {
	text := t.secrets.Text(head+"\n"+header) + body
	var b strings.Builder
	for line := range strings.Lines(strings.TrimRight(text, "\n") + "\n") {
		b.WriteString(mark + line)
	}
	_, _ = io.WriteString(t.out, b.String())
}

func headerLines(h http.Header) string {
	var b strings.Builder
	names := make([]string, 0, len(h))
	for name := range h {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		value := strings.Join(h[name], ", ")
		if strings.EqualFold(name, "Authorization") {
			value = "Bearer " + redact.Mark
		}
		fmt.Fprintf(&b, "%s: %s\n", name, value)
	}
	return b.String()
}

// body is what may be shown of a body: a little more than that is looked
// through, so that no secret is cut in two before it is found.
func (t *tracer) body(path string, body []byte) string {
	if len(body) == 0 {
		return ""
	}
	total := len(body)
	if total > 2*longestTraced {
		body = body[:2*longestTraced]
	} else {
		body = pretty(body)
	}
	text := t.secrets.document(path, body)
	if total > longestTraced && len(text) > longestTraced {
		text = strings.ToValidUTF8(text[:longestTraced], "") + fmt.Sprintf("\n… left out: the rest of %d bytes", total)
	}
	return text
}

func pretty(body []byte) []byte {
	var b bytes.Buffer
	if json.Indent(&b, body, "", "  ") != nil {
		return body
	}
	return b.Bytes()
}
