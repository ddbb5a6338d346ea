package mappings_test

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/mappings"
	"github.com/scimctl/scimctl/mappings/diff"
	"github.com/scimctl/scimctl/mappings/internal/schematest"
	"github.com/scimctl/scimctl/mappings/schema"
)

func TestAMappingIsAddedWithAllItsMembers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		mapping schema.Mapping
		want    string
	}{
		{"direct", schema.Mapping{Target: "title", Source: "jobTitle"}, `{
			"defaultValue": null, "exportMissingReferences": false, "flowBehavior": "FlowWhenChanged", "flowType": "Always", "matchingPriority": 0, "targetAttributeName": "title",
			"source": { "expression": "[jobTitle]", "name": "jobTitle", "type": "Attribute", "parameters": [] } }`},
		{"with everything", schema.Mapping{Target: "externalId", Kind: schema.Direct, Source: "mail", Default: "none", Match: 2, Apply: schema.OnCreate}, `{
			"defaultValue": "none", "exportMissingReferences": false, "flowBehavior": "FlowWhenChanged", "flowType": "ObjectAddOnly", "matchingPriority": 2, "targetAttributeName": "externalId",
			"source": { "expression": "[mail]", "name": "mail", "type": "Attribute", "parameters": [] } }`},
		{"constant", schema.Mapping{Target: "title", Kind: schema.Constant, Source: `a "b"`}, `{
			"defaultValue": null, "exportMissingReferences": false, "flowBehavior": "FlowWhenChanged", "flowType": "Always", "matchingPriority": 0, "targetAttributeName": "title",
			"source": { "expression": "\"a \\\"b\\\"\"", "name": "a \"b\"", "type": "Constant", "parameters": [] } }`},
		{"none", schema.Mapping{Target: "title", Default: "Mx"}, `{
			"defaultValue": "Mx", "exportMissingReferences": false, "flowBehavior": "FlowWhenChanged", "flowType": "Always", "matchingPriority": 0, "targetAttributeName": "title", "source": null }`},
		{"expression", schema.Mapping{Target: "title", Kind: schema.Expression, Source: `Join(" ",[jobTitle],[department])`}, `{
			"defaultValue": null, "exportMissingReferences": false, "flowBehavior": "FlowWhenChanged", "flowType": "Always", "matchingPriority": 0, "targetAttributeName": "title",
			"source": { "expression": "Join(\" \", [jobTitle], [department])", "name": "Join", "type": "Function", "parameters": [
				{ "key": "separator", "value": { "expression": "\" \"", "name": " ", "type": "Constant", "parameters": [] } },
				{ "key": "source", "value": { "expression": "[jobTitle]", "name": "jobTitle", "type": "Attribute", "parameters": [] } },
				{ "key": "source", "value": { "expression": "[department]", "name": "department", "type": "Attribute", "parameters": [] } } ] } }`},
		{"an expression that is an attribute", schema.Mapping{Target: "title", Kind: schema.Expression, Source: ` [jobTitle] `}, `{
			"defaultValue": null, "exportMissingReferences": false, "flowBehavior": "FlowWhenChanged", "flowType": "Always", "matchingPriority": 0, "targetAttributeName": "title",
			"source": { "expression": "[jobTitle]", "name": "jobTitle", "type": "Attribute", "parameters": [] } }`},
		{"an expression that is a number", schema.Mapping{Target: "title", Kind: schema.Expression, Source: `42`}, `{
			"defaultValue": null, "exportMissingReferences": false, "flowBehavior": "FlowWhenChanged", "flowType": "Always", "matchingPriority": 0, "targetAttributeName": "title",
			"source": { "expression": "\"42\"", "name": "42", "type": "Constant", "parameters": [] } }`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := schematest.Parse(t, schematest.Text(t))
			changes, err := schematest.Add(t, s, mappings.Add{Mappings: []schema.Mapping{c.mapping}})
			if err != nil || len(changes) != 1 {
				t.Fatalf("changes %v, error %v", changes, err)
			}
			if diff := cmp.Diff(decoded(t, c.want), lastMapping(t, s)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			again, err := schematest.Add(t, s, mappings.Add{Mappings: []schema.Mapping{c.mapping}})
			if err != nil || len(again) > 0 {
				t.Errorf("again: changes %v, error %v", again, err)
			}
		})
	}
}

// lastMapping is the user mapping that stands last.
func lastMapping(t *testing.T, s *schema.Schema) any {
	t.Helper()
	v := decoded(t, string(s.Bytes())).(map[string]any)
	rule := v["synchronizationRules"].([]any)[1].(map[string]any)
	list := rule["objectMappings"].([]any)[1].(map[string]any)["attributeMappings"].([]any)
	return list[len(list)-1]
}

func decoded(t *testing.T, text string) any {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestANewURNBecomesATargetOfItsSourcesType(t *testing.T) {
	t.Parallel()
	s := schematest.Parse(t, schematest.Text(t))
	changes, err := schematest.Add(t, s, mappings.Add{Mappings: []schema.Mapping{
		{Target: schematest.Team, Source: "IsSoftDeleted"},
		{Target: schematest.Team + "s", Source: "manager"}, // near the other, and both are new
	}})
	if err != nil {
		t.Fatal(err)
	}
	want := []diff.Change{
		{Object: "user", Kind: diff.ChangedTargetAttribute, Name: schematest.Team, New: "Boolean"},
		{Object: "user", Kind: diff.ChangedTargetAttribute, Name: schematest.Team + "s", New: "String"},
		{Object: "user", Kind: diff.ChangedMapping, Name: schematest.Team, New: "[IsSoftDeleted]"},
		{Object: "user", Kind: diff.ChangedMapping, Name: schematest.Team + "s", New: "[manager]"},
	}
	if diff := cmp.Diff(want, changes); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	const definition = `{"anchor":false,"caseExact":false,"defaultValue":null,"flowNullValues":false,"multivalued":false,"mutability":"ReadWrite","name":"` + schematest.Team +
		`","required":false,"type":"Boolean","apiExpressions":[],"metadata":[],"referencedObjects":[]}`
	if !strings.Contains(string(s.Bytes()), definition) {
		t.Error("the definition does not have its twelve members")
	}
}

func TestTheAttributeListIsThatOfTheTargetObjectWhateverItsName(t *testing.T) {
	t.Parallel()
	for _, name := range []string{schematest.EnterpriseUser, "urn:ietf:params:scim:schemas:core:2.0:User", "User"} {
		whole := strings.ReplaceAll(string(schematest.Text(t)), strconv.Quote(schematest.EnterpriseUser), strconv.Quote(name))
		s := schematest.Parse(t, []byte(whole))
		if _, err := schematest.Add(t, s, mappings.Add{Mappings: []schema.Mapping{{Target: schematest.Team, Source: "mail"}}}); err != nil {
			t.Fatal(err)
		}
		o := schematest.Object(t, s, schema.User)
		if list := o.TargetAttributes(); o.TargetName() != name || list[len(list)-1].Name != schematest.Team {
			t.Errorf("%s: %s has %+v", name, o.TargetName(), list)
		}
	}
}

func TestASingleQuoteInATargetStandsForADoubleOne(t *testing.T) {
	t.Parallel()
	m, err := schema.ParseMapping("emails[type eq 'work'].value=mail")
	if err != nil {
		t.Fatal(err)
	}
	changes, err := schematest.Add(t, schematest.Parse(t, schematest.Text(t)), mappings.Add{Mappings: []schema.Mapping{m}})
	if err != nil || len(changes) > 0 {
		t.Errorf("changes %v, error %v", changes, err)
	}
}

func TestWhatAMappingLeavesOpenIsNotCompared(t *testing.T) {
	t.Parallel()
	s := schematest.Parse(t, schematest.Text(t))
	for _, m := range []schema.Mapping{
		{Target: "userName", Source: "userPrincipalName"}, // it matches
		{Target: "preferredLanguage", Default: "en-US"},   // it applies on create
		{Target: "active", Kind: schema.Expression, Source: `Switch( [IsSoftDeleted],,"False","True","True","False" )`},
	} {
		if changes, err := schematest.Add(t, s, mappings.Add{Mappings: []schema.Mapping{m}}); err != nil || len(changes) > 0 {
			t.Errorf("%+v: changes %v, error %v", m, changes, err)
		}
	}
}

func TestWhatIsMappedOtherwiseIsNotChanged(t *testing.T) {
	t.Parallel()
	for _, m := range []schema.Mapping{
		{Target: "userName", Source: "mail"},
		{Target: "userName", Source: "userPrincipalName", Match: 2},
		{Target: "userName", Source: "userPrincipalName", Apply: schema.OnCreate},
		{Target: "userName", Source: "userPrincipalName", Default: "x"},
		{Target: "userName", Kind: schema.Constant, Source: "userPrincipalName"},
	} {
		_, err := schematest.Add(t, schematest.Parse(t, schematest.Text(t)), mappings.Add{Mappings: []schema.Mapping{m}})
		e, ok := errors.AsType[*schema.MappingExistsError](err)
		if !ok || e.Have.Source != "userPrincipalName" || !strings.Contains(err.Error(), "mapped already") {
			t.Errorf("%+v: got %v", m, err)
		}
	}
}

func TestATargetThatMayBeMisspeltIsNotAdded(t *testing.T) {
	t.Parallel()
	const department = schematest.EnterpriseUser + ":department"
	for _, c := range []struct {
		target string
		near   []string // nil: it is added
	}{
		{"titel", []string{"title"}},
		{"Title", []string{"title"}},
		{"nickName", []string{}},
		{schematest.EnterpriseUser + ":depatment", []string{department}},
		{schematest.EnterpriseUser + ":Department", []string{department}},
		{"urn:ietf:params:scim:schemas:extension:enterprose:2.0:User:department", []string{department}},
		{schematest.EnterpriseUser + ":department2", nil},
		{schematest.EnterpriseUser + ":division", nil},
		{schematest.EnterpriseUser + ":departmentName", nil},
		{schematest.EnterpriseUser + ":depart-ment", []string{department}},
		{schematest.Team, nil},
	} {
		m := schema.Mapping{Target: c.target, Source: "department"}
		_, err := schematest.Add(t, schematest.Parse(t, schematest.Text(t)), mappings.Add{Mappings: []schema.Mapping{m}})
		if c.near == nil {
			if err != nil {
				t.Errorf("%s: got %v", c.target, err)
			}
			continue
		}
		e, ok := errors.AsType[*schema.UnknownAttributeError](err)
		if !ok || e.Side != schema.Target || e.Name != c.target {
			t.Errorf("%s: got %v", c.target, err)
			continue
		}
		if diff := cmp.Diff(c.near, e.Near); diff != "" {
			t.Errorf("%s (-want +got)\n%s", c.target, diff)
		}
		if _, err := schematest.Add(t, schematest.Parse(t, schematest.Text(t)), mappings.Add{Mappings: []schema.Mapping{m}, NewTarget: true}); err != nil {
			t.Errorf("%s, forced: %v", c.target, err)
		}
	}
}

func TestExtensionsWithSeveralValuesAreRefused(t *testing.T) {
	t.Parallel()
	_, err := schematest.Add(t, schematest.Parse(t, schematest.Text(t)), mappings.Add{Mappings: []schema.Mapping{{Target: "title", Source: "badges"}}})
	if _, ok := errors.AsType[*schema.RefusedError](err); !ok {
		t.Errorf("got %v", err)
	}
}

func TestAMatchingPriorityIsGivenOnce(t *testing.T) {
	t.Parallel()
	_, err := schematest.Add(t, schematest.Parse(t, schematest.Text(t)), mappings.Add{Mappings: []schema.Mapping{{Target: "externalId", Source: "mail", Match: 1}}})
	if diff := cmp.Diff(&schema.MatchTakenError{Match: 1, By: "userName"}, err); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestMappingsWithoutSenseAreRefused(t *testing.T) {
	t.Parallel()
	for _, m := range []schema.Mapping{
		{Source: "mail"},
		{Target: "id", Source: "mail"},
		{Target: "title"},
		{Target: "title", Kind: schema.Direct},
		{Target: "title", Source: "mail", Match: -1},
		{Target: "title", Source: "mail", Apply: "sometimes"},
	} {
		_, err := schematest.Add(t, schematest.Parse(t, schematest.Text(t)), mappings.Add{Mappings: []schema.Mapping{m}})
		if _, ok := errors.AsType[*schema.InvalidMappingError](err); !ok {
			t.Errorf("%.80v: got %v", m, err)
		}
	}
	_, err := schematest.Add(t, schematest.Parse(t, schematest.Text(t)), mappings.Add{Mappings: []schema.Mapping{{Target: "title", Kind: schema.Expression, Source: `Join(" ", [mail]`}}})
	if _, ok := errors.AsType[*schema.InvalidExpressionError](err); !ok {
		t.Errorf("got %v", err)
	}
	_, err = schematest.Add(t, schematest.Parse(t, schematest.Text(t)), mappings.Add{Mappings: []schema.Mapping{{Target: "title", Source: "mail"}, {Target: "title", Source: "jobTitle"}}})
	if _, ok := errors.AsType[*schema.InvalidMappingError](err); !ok {
		t.Errorf("one target twice: got %v", err)
	}
	for _, text := range []string{"", "title", "=mail", "title="} {
		if m, err := schema.ParseMapping(text); err == nil {
			t.Errorf("%q: got %+v", text, m)
		}
	}
}

func TestAChangeReadsAsOneLine(t *testing.T) {
	t.Parallel()
	s := schematest.Parse(t, schematest.Text(t))
	changes, err := schematest.Add(t, s, mappings.Add{Mappings: []schema.Mapping{{Target: "title", Source: "jobTitle", Default: "Mx", Match: 2, Apply: schema.OnCreate}}})
	if err != nil {
		t.Fatal(err)
	}
	more, err := schematest.Carry(t, mappings.ChangeActions(schema.User, []string{"update"}, nil), s)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		`user: mapping title: [jobTitle], default "Mx", match 2, apply on-create`,
		`user: actions: create,delete -> create,update,delete`,
	}
	if diff := cmp.Diff(want, []string{changes[0].String(), more[0].String()}); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if diff := cmp.Diff("user: mapping x: [y] removed", diff.Change{Object: "user", Kind: diff.ChangedMapping, Name: "x", Old: "[y]"}.String()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
