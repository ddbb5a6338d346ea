package cmd

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"
)

// lasting is what of a tenant's state was asked for, and not how often and
// when: counters, delays, logs and the history of cycles are left out, and so
// is what the cycles of a running job do.
func lasting(t *testing.T, state []byte) string {
	t.Helper()
	var all struct {
		Apps, Extensions, Groups, SCIM json.RawMessage
		Assignments                    []json.RawMessage // in whatever order they were made
		Users, Jobs                    []map[string]json.RawMessage
	}
	if err := json.Unmarshal(state, &all); err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(all.Assignments, func(a, b json.RawMessage) int { return bytes.Compare(a, b) })
	var b strings.Builder
	for _, part := range slices.Concat([]json.RawMessage{all.Apps, all.Extensions, all.Groups}, all.Assignments) {
		b.Write(part)
	}
	for _, user := range all.Users {
		members(&b, user, "id", "deleted", "properties", "values", "manager")
	}
	cycles := false
	for _, job := range all.Jobs {
		cycles = cycles || string(job["active"]) == "true"
		members(&b, job, "id", "servicePrincipal", "active", "schema", "quarantine")
	}
	if !cycles {
		b.Write(all.SCIM)
		for _, job := range all.Jobs {
			members(&b, job, "links", "escrows")
		}
	}
	return settled(b.String())
}

func members(b *strings.Builder, of map[string]json.RawMessage, names ...string) {
	for _, name := range names {
		b.WriteString("\n" + name + " ")
		b.Write(of[name])
	}
	b.WriteString("\n")
}

// settled takes out what another run has otherwise: times, and ids made at
// random.
func settled(text string) string {
	text = without(text, "-4", "00000000-0000-4000-0000-000000000000", "ID")
	return without(text, "T", "2006-01-02T15:04:05", "TIME")
}

// without replaces what has the form of a sample, its digits any, by a word.
// The mark is where such a thing is looked for: in the sample it stands once,
// or first.
func without(text, mark, sample, word string) string {
	var b strings.Builder
	before, copied, looked := strings.Index(sample, mark), 0, 0
	for {
		i := strings.Index(text[looked:], mark)
		if i < 0 {
			return b.String() + text[copied:]
		}
		looked += i + 1
		begin := looked - 1 - before
		end := begin + len(sample)
		if begin >= copied && end <= len(text) && alike(text[begin:end], sample) {
			b.WriteString(text[copied:begin] + word)
			for word == "TIME" && end < len(text) && strings.IndexByte(".0123456789", text[end]) >= 0 {
				end++ // the rest of the second
			}
			copied, looked = end, end
		}
	}
}

func alike(text, sample string) bool {
	for i := range len(sample) {
		isDigit := strings.IndexByte("0123456789abcdef", text[i]) >= 0
		if isDigit != (sample[i] >= '0' && sample[i] <= '9') || !isDigit && text[i] != sample[i] {
			return false
		}
	}
	return true
}

func TestStatesAreComparedWithoutTimesAndRandomIDs(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{"at":"2000-01-01T00:00:03.25Z","by":"T-41"}`:                   `{"at":"TIMEZ","by":"T-41"}`,
		`Date:2000-01-01T00:00:03Z d12e514b-0ae8-4eba-b1cc-1e2fc8fd34da`: `Date:TIMEZ ID`,
		`d12e514b-0ae8-5eba-b1cc-1e2fc8fd34da -4`:                        `d12e514b-0ae8-5eba-b1cc-1e2fc8fd34da -4`,
		`ec96549e-42fe-4e31-9479-5b5049bb8b13 ` + time.DateTime:          `ID ` + time.DateTime,
	} {
		if got := settled(text); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}
