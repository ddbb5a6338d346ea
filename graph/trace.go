package graph

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
)

// longestTraced bounds how much of a body is shown.
const longestTraced = 64 << 10

// tracer writes requests and answers for --debug. A nil tracer is silent.
type tracer struct {
	strike *strike
	shape  *shape

	mu    sync.Mutex
	out   io.Writer
	count int
}

func newTracer(out io.Writer, s *strike) *tracer {
	if out == nil {
		return nil
	}
	return &tracer{out: out, strike: s, shape: newShape()}
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
	t.lines(fmt.Sprintf("#%d < ", number), "no answer: "+oneLine(err.Error()), "", "")
}

// lines writes everything at once, each line marked. A trace that cannot be
// written is no reason to stop the work.
func (t *tracer) lines(mark, head, header, body string) {
	text := t.shape.tokens(t.strike.text(head+"\n"+header)) + body
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
			value = "Bearer " + struckOut
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
	text := string(t.shape.body(path, body, t.strike))
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

// shape knows secrets by what they look like.
type shape struct{ member, jwt, pair, query *regexp.Regexp }

func newShape() *shape {
	return &shape{
		member: regexp.MustCompile(`(?i)("(?:access_?token|refresh_?token|id_?token|client_?secret|client_?assertion|assertion|password|secret_?text|secret_?token)"\s*:\s*)"(?:[^"\\]|\\.)*"`),
		jwt:    regexp.MustCompile(`eyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*`),
		// A pair of key and value, in either order.
		pair: regexp.MustCompile(`(?i)("key"\s*:\s*"((?:[^"\\]|\\.)*)"\s*,\s*"value"\s*:\s*)"(?:[^"\\]|\\.)*"|("value"\s*:\s*)"(?:[^"\\]|\\.)*"(\s*,\s*"key"\s*:\s*"((?:[^"\\]|\\.)*)")`),
		// A value in the query of a URL, whose & may be escaped.
		query: regexp.MustCompile(`((?:[?&]|\\u0026)[^=&?"\\]*=)[^&"\\]+`),
	}
}

// tokens strikes out what looks like a token.
func (s *shape) tokens(text string) string { return s.jwt.ReplaceAllString(text, struckOut) }

// body strikes secrets out of a JSON document, or of any other text, without
// touching the rest of it.
func (s *shape) body(path string, body []byte, known *strike) []byte {
	text := s.member.ReplaceAllString(s.tokens(known.text(string(body))), `${1}"`+struckOut+`"`)
	if carriesSecrets(path) {
		text = s.pair.ReplaceAllStringFunc(text, s.strikePair)
	}
	return []byte(text)
}

func (s *shape) strikePair(pair string) string {
	m := s.pair.FindStringSubmatch(pair)
	switch {
	case m[1] != "" && !inClear(m[2]):
		return m[1] + `"` + struckOut + `"`
	case m[3] != "" && !inClear(m[5]):
		return m[3] + `"` + struckOut + `"` + m[4]
	case strings.Contains(pair, "://"): // the URL of a SCIM server: some vendors have a secret put there
		return s.query.ReplaceAllString(pair, "${1}"+struckOut)
	}
	return pair
}

// carriesSecrets tells requests about credentials from those in whose pairs
// of key and value nothing is secret.
func carriesSecrets(path string) bool {
	for _, end := range []string{"/secrets", "/validateCredentials", "/acquireAccessToken", "/$batch"} {
		if strings.HasSuffix(path, end) {
			return true
		}
	}
	return false
}
