package cmd

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/scimctl/scimctl/cmd/internal/exit"
)

// A liar confirms one write and does not carry it out.
type liar struct {
	hollow
	status int // with which it is confirmed
}

func (l *liar) RoundTrip(r *http.Request) (*http.Response, error) {
	if !l.note(r) {
		return l.RoundTripper.RoundTrip(r)
	}
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
	}
	status, answer := l.status, confirmation(l.status, body)
	if strings.HasSuffix(r.URL.Path, "/$batch") {
		status, answer = http.StatusOK, batchConfirmation(body)
	}
	header := http.Header{"Content-Type": {"application/json"}}
	return &http.Response{
		StatusCode: status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: r, Header: header,
		Body: io.NopCloser(bytes.NewReader(answer)), ContentLength: int64(len(answer)),
	}, nil
}

// confirmation is what was sent, with an id, where there is a body to answer.
func confirmation(status int, sent []byte) []byte {
	if status == http.StatusNoContent {
		return nil
	}
	made := map[string]any{}
	_ = json.Unmarshal(sent, &made)
	made["id"], made["appId"] = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"
	made["application"], made["servicePrincipal"] = map[string]any{"id": made["id"]}, map[string]any{"id": made["id"]}
	answer, _ := json.Marshal(made)
	return answer
}

func batchConfirmation(sent []byte) []byte {
	var batch struct {
		Requests []struct {
			ID     string          `json:"id"`
			Method string          `json:"method"`
			Body   json.RawMessage `json:"body"`
		} `json:"requests"`
	}
	_ = json.Unmarshal(sent, &batch)
	responses := []any{}
	for _, r := range batch.Requests {
		response := map[string]any{"id": r.ID, "status": http.StatusNoContent}
		if r.Method == http.MethodPost {
			response["status"], response["body"] = http.StatusCreated, json.RawMessage(confirmation(http.StatusCreated, r.Body))
		}
		responses = append(responses, response)
	}
	answer, _ := json.Marshal(map[string]any{"responses": responses})
	return answer
}

// toldBy reports whether anything in the tenant tells afterwards that a write
// was carried out. Of a restart nothing does, and the answer to provisioning on
// demand is itself the result.
func (r asked) toldBy() bool { return !r.blind() }

// No command believes that a write was carried out because the service says so.
func TestACommandNeverBelievesAWriteThatIsNotThere(t *testing.T) {
	eachStep(t, func(t *testing.T, s step, without pair) {
		for n, request := range without.first.asked {
			r := without.first.requests()[n]
			if writes(request) == 0 || !r.toldBy() {
				continue
			}
			t.Run(fmt.Sprint(r), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					m := s.tenant(t)
					l := &liar{status: request.Status}
					l.make, l.target = func([]byte) string { return "" }, r
					m.through = func(next http.RoundTripper) http.RoundTripper { l.RoundTripper = next; return l }
					got := m.outcome(s.line, s.before)
					second := s.again(t, m, got)
					wrong := got.state != without.first.state && second.state != got.state // the second run had something to do
					if !l.hit || got.exit == exit.OK && wrong {
						t.Errorf("exit code %d, struck %t\n%s%s%s", got.exit, l.hit, m.out, got.said, m.list(got.asked))
					}
					if second.exit != exit.OK && second.exit != without.second.exit || got.exit != exit.OK && second.state != without.second.state {
						t.Errorf("the run after it ends with %d: %s", second.exit, difference(without.second.state, second.state))
					}
				})
			})
		}
	})
}
