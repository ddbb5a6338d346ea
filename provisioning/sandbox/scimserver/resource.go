package scimserver

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/elimity-com/scim/schema"
)

// meta is RFC 7643's meta, as far as this server keeps it.
type meta struct {
	ResourceType string    `json:"resourceType"`
	Created      time.Time `json:"created"`
	LastModified time.Time `json:"lastModified"`
}

// MarshalJSON writes the resource in the form of RFC 7643: id, schemas and meta
// beside the attributes.
func (r Resource) MarshalJSON() ([]byte, error) {
	flat := maps.Clone(r.Attributes)
	if flat == nil {
		flat = map[string]any{}
	}
	flat["id"] = r.ID
	flat["schemas"] = r.schemas()
	flat["meta"] = meta{ResourceType: r.Type, Created: r.Created.UTC(), LastModified: r.LastModified.UTC()}
	return encode(flat)
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (r *Resource) UnmarshalJSON(data []byte) error {
	var head struct {
		ID   string `json:"id"`
		Meta meta   `json:"meta"`
	}
	if err := json.Unmarshal(data, &head); err != nil {
		return err
	}
	attributes := map[string]any{}
	if err := decode(data, &attributes); err != nil {
		return err
	}
	for _, common := range []string{"id", "schemas", "meta"} {
		delete(attributes, common)
	}
	*r = Resource{
		ID: head.ID, Type: head.Meta.ResourceType, Attributes: attributes,
		Created: head.Meta.Created, LastModified: head.Meta.LastModified,
	}
	return nil
}

// schemas lists the core schema and the extensions that have values.
func (r Resource) schemas() []string {
	core := schema.UserSchema
	if r.Type == "Group" {
		core = schema.GroupSchema
	}
	extensions := slices.Sorted(maps.Keys(r.Attributes))
	return append([]string{core}, slices.DeleteFunc(extensions, func(name string) bool {
		return !strings.Contains(name, ":")
	})...)
}

func (r Resource) clone() Resource {
	r.Attributes, _ = cloneValue(r.Attributes).(map[string]any)
	return r
}

// cloneValue copies a JSON value deeply. The library's numbers become
// json.Number, which is what a store that was read from its file holds too.
func cloneValue(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for name, value := range v {
			out[name] = cloneValue(value)
		}
		return out
	case []any:
		out := make([]any, 0, len(v))
		for _, value := range v {
			out = append(out, cloneValue(value))
		}
		return out
	case int64, float64:
		text, err := json.Marshal(v)
		if err != nil { // an infinite number, which JSON cannot have sent
			return nil
		}
		return json.Number(text)
	default:
		return v
	}
}
