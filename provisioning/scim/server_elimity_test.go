package scim_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	elimity "github.com/elimity-com/scim"
	scimerrors "github.com/elimity-com/scim/errors"
	"github.com/elimity-com/scim/schema"
	"github.com/scim2/filter-parser/v2"
)

// The library parses and checks requests, by the schemas of RFC 7643, and
// filters. What a PATCH does is the store's, which goes by the letter of RFC
// 7644: a removal has no value, so that the path "members" empties a group,
// whatever is listed beside it.
func TestEntrasRequestsMeetAServerOnElimity(t *testing.T) {
	t.Parallel()
	library, err := elimity.NewServer(&elimity.ServerArgs{
		ServiceProviderConfig: &elimity.ServiceProviderConfig{SupportFiltering: true, SupportPatch: true},
		ResourceTypes: []elimity.ResourceType{
			{
				Name: "User", Endpoint: "/Users", Schema: schema.CoreUserSchema(), Handler: newStore("userName"),
				SchemaExtensions: []elimity.SchemaExtension{{Schema: schema.ExtensionEnterpriseUser()}, {Schema: levels()}},
			},
			{Name: "Group", Endpoint: "/Groups", Schema: schema.CoreGroupSchema(), Handler: newStore("displayName")},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+secret {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		library.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	newPeer(t, server.URL).compare(func(e exchange) string { return e.elimity })
}

// levels are a custom extension.
func levels() schema.Schema {
	return schema.Schema{ID: strings.TrimSuffix(declared, ":level"), Attributes: schema.Attributes{
		schema.SimpleCoreAttribute(schema.SimpleStringParams(schema.StringParams{Name: "level"})),
	}}
}

// store keeps resources of a kind as JSON objects, by their ids.
type store struct {
	unique string // an attribute
	mu     sync.Mutex
	kept   map[string]map[string]any
}

func newStore(unique string) *store { return &store{unique: unique, kept: map[string]map[string]any{}} }

// resource is a copy: the library writes into what it is given.
func resource(id string, attributes map[string]any) elimity.Resource {
	return elimity.Resource{ID: id, Attributes: maps.Clone(attributes)}
}

// plain turns what the library has checked into JSON of its own.
func plain(v any) (out map[string]any, err error) {
	text, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return out, json.Unmarshal(text, &out)
}

func (s *store) Create(_ *http.Request, attributes elimity.ResourceAttributes) (elimity.Resource, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	made, err := plain(attributes)
	if err != nil {
		return elimity.Resource{}, err
	}
	for _, other := range s.kept {
		if strings.EqualFold(fmt.Sprint(other[s.unique]), fmt.Sprint(made[s.unique])) {
			return elimity.Resource{}, scimerrors.ScimErrorUniqueness
		}
	}
	id := fmt.Sprintf("id-%d", len(s.kept)+1)
	s.kept[id] = made
	return resource(id, made), nil
}

func (s *store) Get(_ *http.Request, id string) (elimity.Resource, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if has, ok := s.kept[id]; ok && has != nil {
		return resource(id, has), nil
	}
	return elimity.Resource{}, scimerrors.ScimErrorResourceNotFound(id)
}

func (s *store) GetAll(_ *http.Request, params elimity.ListRequestParams) (elimity.Page, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	page := elimity.Page{Resources: []elimity.Resource{}}
	for id, has := range s.kept {
		if has != nil && (params.FilterValidator == nil || params.FilterValidator.PassesFilter(has) == nil) {
			page.Resources = append(page.Resources, resource(id, has))
		}
	}
	page.TotalResults = len(page.Resources)
	return page, nil
}

// Replace is not among the requests that Entra makes.
func (s *store) Replace(*http.Request, string, elimity.ResourceAttributes) (elimity.Resource, error) {
	return elimity.Resource{}, scimerrors.ScimError{Status: http.StatusNotImplemented}
}

// Delete leaves the key: ids are not used again.
func (s *store) Delete(_ *http.Request, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.kept[id] == nil {
		return scimerrors.ScimErrorResourceNotFound(id)
	}
	s.kept[id] = nil
	return nil
}

func (s *store) Patch(_ *http.Request, id string, operations []elimity.PatchOperation) (elimity.Resource, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.kept[id] == nil {
		return elimity.Resource{}, scimerrors.ScimErrorResourceNotFound(id)
	}
	changed, err := plain(s.kept[id])
	if err != nil {
		return elimity.Resource{}, err
	}
	for _, o := range operations {
		if err := apply(changed, o); err != nil {
			return elimity.Resource{}, err
		}
	}
	s.kept[id] = changed
	return resource(id, changed), nil
}

// apply takes an operation without a path apart: its keys are paths.
func apply(to map[string]any, o elimity.PatchOperation) error {
	if o.Path != nil {
		return applyAt(to, o)
	}
	values, _ := o.Value.(map[string]any)
	for _, key := range slices.Sorted(maps.Keys(values)) {
		path, err := filter.ParsePath([]byte(key))
		if err != nil {
			return scimerrors.ScimErrorInvalidPath
		}
		if err := applyAt(to, elimity.PatchOperation{Op: o.Op, Path: &path, Value: values[key]}); err != nil {
			return err
		}
	}
	return nil
}

func applyAt(to map[string]any, o elimity.PatchOperation) error {
	attribute := o.Path.AttributePath
	if urn := attribute.URI(); strings.Contains(urn, ":extension:") {
		to = objectIn(to, urn)
	}
	switch {
	case o.Path.ValueExpression != nil:
		return applyWhere(to, o)
	case attribute.SubAttributeName() != "":
		put(objectIn(to, attribute.AttributeName), attribute.SubAttributeName(), o)
	default:
		put(to, attribute.AttributeName, o)
	}
	return nil
}

func objectIn(of map[string]any, name string) map[string]any {
	inner, ok := of[name].(map[string]any)
	if !ok {
		inner = map[string]any{}
		of[name] = inner
	}
	return inner
}

func put(in map[string]any, name string, o elimity.PatchOperation) {
	has, _ := in[name].([]any)
	more, several := o.Value.([]any)
	switch {
	case o.Op == elimity.PatchOperationRemove:
		delete(in, name)
	case several && o.Op == elimity.PatchOperationAdd:
		in[name] = append(has, more...)
	default:
		in[name] = o.Value
	}
}

// applyWhere changes the elements that fit a condition such as type eq "work".
// One that is to be added to and is not there is made.
func applyWhere(to map[string]any, o elimity.PatchOperation) error {
	where, ok := o.Path.ValueExpression.(*filter.AttributeExpression)
	if !ok || where.Operator != filter.EQ {
		return scimerrors.ScimErrorInvalidFilter
	}
	name, condition := o.Path.AttributePath.AttributeName, where.AttributePath.AttributeName
	fits := func(element any) bool { return element.(map[string]any)[condition] == where.CompareValue }
	list, _ := to[name].([]any)
	switch sub := o.Path.SubAttributeName(); {
	case o.Op == elimity.PatchOperationRemove:
		to[name] = slices.DeleteFunc(list, fits)
	case slices.ContainsFunc(list, fits):
		put(list[slices.IndexFunc(list, fits)].(map[string]any), sub, o)
	case o.Op == elimity.PatchOperationAdd:
		to[name] = append(list, map[string]any{condition: where.CompareValue, sub: o.Value})
	default:
		return scimerrors.ScimErrorNoTarget
	}
	return nil
}
