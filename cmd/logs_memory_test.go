package cmd

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"

	"github.com/scimctl/scimctl/cmd/internal/iostreams"
	"github.com/scimctl/scimctl/provisioning/sandbox"
)

const perPage = 500

// manyLogs answers for the provisioning logs with many pages, and for all else
// as the sandbox does.
type manyLogs struct {
	http.RoundTripper
	pages, page int
	first, last uint64 // bytes held after a tenth of the pages, and before the last
}

func (m *manyLogs) RoundTrip(r *http.Request) (*http.Response, error) {
	if !strings.HasSuffix(r.URL.Path, "/auditLogs/provisioning") {
		return m.RoundTripper.RoundTrip(r)
	}
	switch m.page++; m.page {
	case m.pages/10 + 1:
		m.first = heldNow()
	case m.pages:
		m.last = heldNow()
	}
	var body strings.Builder
	body.WriteString(`{"value":[`)
	for i := range perPage {
		fmt.Fprintf(&body, `%s{"id":"entry-%d-%d","activityDateTime":"2026-03-30T07:00:00Z","provisioningAction":"create","provisioningStatusInfo":{"status":"success"},`+
			`"sourceIdentity":{"id":"%d","identityType":"User","details":{"UserPrincipalName":"user%d@contoso.com"}},"provisioningSteps":[{"name":"EntryExportAdd","provisioningStepType":"export",`+
			`"status":"success","description":"%s"}]}`, strings.Repeat(",", min(i, 1)), m.page, i, i, i, strings.Repeat("x", 200))
	}
	body.WriteString("]")
	if m.page < m.pages {
		fmt.Fprintf(&body, `,"@odata.nextLink":"https://graph.microsoft.com/v1.0/auditLogs/provisioning?$skiptoken=%d"`, m.page)
	}
	body.WriteString("}")
	w := httptest.NewRecorder()
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.WriteString(body.String()) // it never fails
	answer := w.Result()
	answer.Request = r
	return answer, nil
}

func heldNow() uint64 {
	var now runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&now)
	return now.HeapAlloc
}

// lines counts what it is given instead of keeping it.
type lines struct{ n int }

func (l *lines) Write(b []byte) (int, error) {
	l.n += strings.Count(string(b), "entry-")
	return len(b), nil
}

// readLogs runs a command over so many pages of logs and tells the memory held
// after a tenth of them and before the last.
func readLogs(tb testing.TB, line string, pages int) {
	tb.Helper()
	company := sandbox.New()
	logs := &manyLogs{RoundTripper: company.Transport(), pages: pages}
	streams, _, _, said := iostreams.Test()
	written := &lines{}
	streams.Out = written
	a := newApp(streams, func(name string) string { return map[string]string{"SCIMCTL_APP": "Workato"}[name] })
	a.Tenant = func(context.Context) (http.RoundTripper, error) { return logs, nil }
	if code := a.Run(tb.Context(), strings.Fields(line)); code != 0 || !strings.HasSuffix(line, "stats") && written.n != pages*perPage {
		tb.Fatalf("%s: exit code %d, %d entries: %s", line, code, written.n, said)
	}
	if err := company.Close(); err != nil {
		tb.Error(err)
	}
	if mostMore := uint64(1 << 20); logs.last > logs.first+mostMore {
		tb.Errorf("%s: %d bytes are held after %d entries, %d after %d", line, logs.first, pages*perPage/10, logs.last, pages*perPage)
	}
}

// Memory is this process's alone as long as no other test runs: this one is not
// parallel. Ten thousand entries held would be more than ten megabytes.
func TestEntriesOfTheLogsAreNotHeld(t *testing.T) {
	for _, line := range []string{"provision logs --limit 0 -o json", "provision logs --limit 0", "provision logs stats"} {
		readLogs(t, line, 20)
	}
}

// BenchmarkLogs is the same with a hundred thousand.
func BenchmarkLogs(b *testing.B) {
	for b.Loop() {
		readLogs(b, "provision logs --limit 0 -o json", 200)
	}
}
