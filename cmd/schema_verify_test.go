package cmd

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/scimctl/scimctl/cmd/internal/exit"
)

// A forgetful service saves every schema but for one mapping.
type forgetful struct {
	http.RoundTripper
	target  string
	written *atomic.Bool
}

func (f forgetful) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := f.RoundTripper.RoundTrip(r)
	if err != nil || !strings.HasSuffix(r.URL.Path, "/schema") || strings.Contains(r.URL.Path, "/templates/") {
		return answer, err
	}
	if r.Method != http.MethodGet {
		f.written.Store(true)
		return answer, nil
	}
	if !f.written.Load() {
		return answer, nil
	}
	body, err := io.ReadAll(answer.Body)
	_ = answer.Body.Close()
	answer.Body = io.NopCloser(bytes.NewReader(withoutMapping(body, f.target)))
	answer.ContentLength = -1
	answer.Header.Del("Content-Length")
	return answer, err
}

// withoutMapping drops the mapping of a target from a schema.
func withoutMapping(schema []byte, target string) []byte {
	var doc map[string]any
	_ = json.Unmarshal(schema, &doc) // the sandbox wrote it
	for _, rule := range asList(doc["synchronizationRules"]) {
		for _, object := range asList(rule["objectMappings"]) {
			object["attributeMappings"] = slices.DeleteFunc(asList(object["attributeMappings"]), func(m map[string]any) bool { return m["targetAttributeName"] == target })
		}
	}
	text, _ := json.Marshal(doc)
	return text
}

func asList(v any) (list []map[string]any) {
	values, _ := v.([]any)
	for _, value := range values {
		m, _ := value.(map[string]any)
		list = append(list, m)
	}
	return list
}

// Whatever command writes a schema, a mapping that gets lost beside its edit is
// named, and so is the way back.
func TestEveryCommandThatWritesASchemaVerifiesAllOfIt(t *testing.T) {
	t.Parallel()
	const lost = "preferredLanguage"
	for _, line := range []string{
		"mapping add WORKATO:workato_role=department",
		"mapping set title --from city",
		"mapping remove title --yes",
		"mapping disable --object group",
		"mapping actions --disable delete",
		"mapping attribute add urn:ietf:params:scim:schemas:extension:contoso:2.0:User:team",
		"mapping filter add Engineers --where department~equals~Engineering --yes",
		"mapping copy --from-app Grid",
		"mapping restore latest --yes",
		"mapping reset --yes",
		"apply -f testdata/blueprint/workato.yaml --yes",
	} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				m := newMeter(t)
				for _, before := range []string{
					"ext create workato_role workato_role_test workato_role_prod", "provision setup", "mapping set nickName --from givenName",
					"app create Grid --template Workgrid", "provision setup --app Grid", "mapping set nickName --from surname --app Grid",
				} {
					if cost, said := m.run(before); cost.exit != 0 {
						t.Fatalf("%s: %s", before, said)
					}
				}
				m.through = func(next http.RoundTripper) http.RoundTripper { return forgetful{next, lost, &atomic.Bool{}} }
				cost, said := m.run(line)
				want := exit.Conflict
				if strings.HasPrefix(line, "apply") {
					want = exit.Partial
				}
				if cost.exit != int(want) || !strings.Contains(said.String(), "mapping "+lost) || !strings.Contains(said.String(), "scimctl mapping restore ") {
					t.Errorf("exit code %d, said:\n%s", cost.exit, said)
				}
			})
		})
	}
}
