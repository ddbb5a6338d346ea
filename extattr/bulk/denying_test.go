package bulk_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// denying answers every write in a batch as Graph answers those who may not.
type denying struct {
	next   http.RoundTripper
	answer string // another answer, such as "status":204
}

const denied = `"status":403,"body":{"error":{"code":"Authorization_RequestDenied",` +
	`"message":"Insufficient privileges to complete the operation."}}`

func (d denying) RoundTrip(r *http.Request) (*http.Response, error) {
	if !strings.HasSuffix(r.URL.Path, "/$batch") {
		return d.next.RoundTrip(r)
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	var batch struct {
		Requests []struct{ ID, Method string } `json:"requests"`
	}
	if err := json.Unmarshal(body, &batch); err != nil {
		return nil, err
	}
	var answers []string
	for _, item := range batch.Requests {
		if item.Method != http.MethodPatch {
			r.Body = io.NopCloser(bytes.NewReader(body))
			return d.next.RoundTrip(r)
		}
		answers = append(answers, fmt.Sprintf(`{"id":%q,%s}`, item.ID, cmp.Or(d.answer, denied)))
	}
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}},
		Body: io.NopCloser(strings.NewReader(`{"responses":[` + strings.Join(answers, ",") + `]}`)), Request: r,
	}, nil
}
