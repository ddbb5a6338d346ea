package scimserver

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/elimity-com/scim/errors"
)

// answer holds back what the library writes, to put right what it gets wrong:
// it lists every extension that it knows in the schemas of every resource, and
// it knows some by an alias.
type answer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// Header implements http.ResponseWriter.
func (a *answer) Header() http.Header {
	if a.header == nil {
		a.header = http.Header{}
	}
	return a.header
}

// WriteHeader implements http.ResponseWriter.
func (a *answer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
}

// Write implements http.ResponseWriter.
func (a *answer) Write(p []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.body.Write(p)
}

func (a *answer) send(w http.ResponseWriter) {
	a.WriteHeader(http.StatusOK)
	body := a.body.Bytes()
	var v any
	if len(body) > 0 && decode(body, &v) == nil {
		if mended, err := encode(mend(v)); err == nil {
			body = mended
		}
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(body) // who asked may be gone
}

func mend(v any) any {
	switch v := v.(type) {
	case string:
		return unalias(v)
	case []any:
		for i, element := range v {
			v[i] = mend(element)
		}
	case map[string]any:
		for name, value := range v {
			v[name] = mend(value)
		}
		if schemas, ok := v["schemas"].([]any); ok && v["meta"] != nil {
			v["schemas"] = present(schemas, v)
		}
	}
	return v
}

// present keeps the core schemas and the extensions that the resource has
// values of.
func present(schemas []any, resource map[string]any) []any {
	return slices.DeleteFunc(schemas, func(s any) bool {
		urn, _ := s.(string)
		_, has := resource[urn]
		return !has && !strings.HasPrefix(urn, "urn:ietf:params:scim:schemas:core:")
	})
}

func writeError(w http.ResponseWriter, scimErr errors.ScimError) {
	body, err := json.Marshal(scimErr)
	if err != nil {
		body = nil // the status says it
	}
	w.WriteHeader(scimErr.Status)
	_, _ = w.Write(body)
}
