package schematest

import (
	"testing"

	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/mappings"
	"github.com/scimctl/scimctl/mappings/diff"
	"github.com/scimctl/scimctl/mappings/schema"
)

// Place is where adding needs nothing but the schema.
func Place(s *schema.Schema) mappings.Place {
	return mappings.Place{App: applications.App{AppID: "aaaabbbb-cccc-dddd-eeee-ffff00001111"}, Schema: s}
}

// Add carries an Add out on the schema.
func Add(t *testing.T, s *schema.Schema, a mappings.Add) ([]diff.Change, error) {
	t.Helper()
	edit, err := a.Plan(t.Context(), Place(s))
	if err != nil {
		return nil, err
	}
	return Carry(t, edit, s)
}

const Team = "urn:ietf:params:scim:schemas:extension:contoso:2.0:User:team"

// Set carries a Set out on the schema.
func Set(t *testing.T, s *schema.Schema, settings ...schema.Setting) ([]diff.Change, error) {
	t.Helper()
	edit, err := mappings.Set{Settings: settings}.Plan(t.Context(), Place(s))
	if err != nil {
		return nil, err
	}
	return Carry(t, edit, s)
}
