package mappings_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/mappings"
)

// oneSchema is a tenant with one application, whose schema it keeps.
type oneSchema struct{ schema string }

func (o *oneSchema) RoundTrip(r *http.Request) (*http.Response, error) {
	switch {
	case isRequest(r, http.MethodGet, "/schema"):
		return answer(r, http.StatusOK, o.schema), nil
	case isRequest(r, http.MethodPut, "/schema"):
		body, err := io.ReadAll(r.Body)
		o.schema = string(body)
		return answer(r, http.StatusNoContent, ""), err
	case isRequest(r, http.MethodGet, "/jobs"):
		return answer(r, http.StatusOK, `{"value":[{"id":"job"}]}`), nil
	case strings.Contains(r.URL.Path, "servicePrincipals"):
		return answer(r, http.StatusOK, `{"value":[{"id":"11112222-3333-4444-5555-666677778888","appId":"aaaabbbb-cccc-dddd-eeee-ffff00001111","displayName":"Contoso"}]}`), nil
	}
	return answer(r, http.StatusNotFound, `{"error":{"code":"Request_ResourceNotFound","message":"not here"}}`), nil
}

// The whole of "mapping add" on a large schema, but for the network.
func BenchmarkMappingAddOnALargeSchema(b *testing.B) {
	whole := string(large(b, 5<<20))
	add := mappings.Add{Mappings: []mappings.Mapping{{Target: team, Source: "department"}, {Target: "title", Source: "jobTitle"}}}
	b.SetBytes(int64(len(whole)))
	b.ReportAllocs()
	for b.Loop() {
		client, err := graph.New(graph.Options{Transport: &oneSchema{whole}, Credential: graph.StaticToken("token")})
		if err != nil {
			b.Fatal(err)
		}
		result, err := mappings.Update{Graph: client, App: "Contoso", Plan: add.Plan, History: mappings.History{Dir: b.TempDir()}}.Do(b.Context())
		if err != nil || len(result.Changes) != 3 {
			b.Fatal(result, err)
		}
	}
}
