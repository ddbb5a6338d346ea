package mappings_test

import (
	"errors"
	"testing"

	"github.com/scimctl/scimctl/mappings"
	"github.com/scimctl/scimctl/mappings/internal/schematest"
	"github.com/scimctl/scimctl/mappings/schema"
)

func TestNamesThatDifferByAWordAreMeant(t *testing.T) {
	t.Parallel()
	const workato = "urn:ietf:params:scim:schemas:workato:1.0:WorkatoRole:"
	for _, c := range []struct {
		listed, name string
		meant        bool
	}{
		{workato + "workato_role_uat", workato + "workato_role_qa", true},
		{workato + "workato_role_uat", workato + "workato_role_sit", true},
		{workato + "workato_role_test", workato + "workato_role_prod", true},
		{workato + "workato_role_a", workato + "workato_role_b", true},
		{workato + "workato_role", workato + "workato_role_qa", true},
		{workato + "role1", workato + "role2", true},
		{workato + "userRole", workato + "userRank", true},
		{"urn:ietf:params:scim:schemas:extension:qa:2.0:User:role", "urn:ietf:params:scim:schemas:extension:uat:2.0:User:role", true},

		{workato + "workato_role_test", workato + "workato_role_tset", false},
		{workato + "workato_role_test", workato + "workato_roel_test", false},
		{workato + "workato_role_test", workato + "workato_role_tests", false},
		{workato + "workato_role", workato + "workatorole", false},
		{workato + "workato_role", workato + "workatoRole", false},
		{workato + "workato_role", workato + "Workato_Role", false},
		{workato + "role", workato + "role_a", true},
		{workato + "department", workato + "departmnt", false},
		{workato + "workato_role", "urn:ietf:params:scim:schemas:workato:2.0:WorkatoRole:workato_role", false},
		{workato + "workato_role", "urn:ietf:params:scim:schemas:workato:1.0:WorkatoRoles:workato_role", false},
	} {
		s := schematest.Parse(t, schematest.Text(t))
		if _, err := schematest.Add(t, s, mappings.Add{Mappings: []schema.Mapping{{Target: c.listed, Source: "mail"}}}); err != nil {
			t.Fatal(err)
		}
		_, err := schematest.Add(t, s, mappings.Add{Mappings: []schema.Mapping{{Target: c.name, Source: "mail"}}})
		if _, refused := errors.AsType[*schema.UnknownAttributeError](err); refused == c.meant || !refused && err != nil {
			t.Errorf("%s beside %s: %v", c.name, c.listed, err)
		}
	}
}
