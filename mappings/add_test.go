package mappings_test

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/mappings"
)

// place is where adding needs nothing but the schema.
func place(s *mappings.Schema) mappings.Place {
	return mappings.Place{App: graph.App{AppID: "aaaabbbb-cccc-dddd-eeee-ffff00001111"}, Schema: s}
}

// add carries an Add out on the schema.
func add(t *testing.T, s *mappings.Schema, a mappings.Add) ([]mappings.Change, error) {
	t.Helper()
	edit, err := a.Plan(t.Context(), place(s))
	if err != nil {
		return nil, err
	}
	return carry(t, edit, s)
}

const team = "urn:ietf:params:scim:schemas:extension:contoso:2.0:User:team"

func TestAMappingIsAddedWithAllItsMembers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		mapping mappings.Mapping
		want    string
	}{
		{"direct", mappings.Mapping{Target: "title", Source: "jobTitle"}, `{
			"defaultValue": null, "exportMissingReferences": false, "flowBehavior": "FlowWhenChanged", "flowType": "Always", "matchingPriority": 0, "targetAttributeName": "title",
			"source": { "expression": "[jobTitle]", "name": "jobTitle", "type": "Attribute", "parameters": [] } }`},
		{"with everything", mappings.Mapping{Target: "externalId", Kind: mappings.Direct, Source: "mail", Default: "none", Match: 2, Apply: mappings.OnCreate}, `{
			"defaultValue": "none", "exportMissingReferences": false, "flowBehavior": "FlowWhenChanged", "flowType": "ObjectAddOnly", "matchingPriority": 2, "targetAttributeName": "externalId",
			"source": { "expression": "[mail]", "name": "mail", "type": "Attribute", "parameters": [] } }`},
		{"constant", mappings.Mapping{Target: "title", Kind: mappings.Constant, Source: `a "b"`}, `{
			"defaultValue": null, "exportMissingReferences": false, "flowBehavior": "FlowWhenChanged", "flowType": "Always", "matchingPriority": 0, "targetAttributeName": "title",
			"source": { "expression": "\"a \\\"b\\\"\"", "name": "a \"b\"", "type": "Constant", "parameters": [] } }`},
		{"none", mappings.Mapping{Target: "title", Default: "Mx"}, `{
			"defaultValue": "Mx", "exportMissingReferences": false, "flowBehavior": "FlowWhenChanged", "flowType": "Always", "matchingPriority": 0, "targetAttributeName": "title", "source": null }`},
		{"expression", mappings.Mapping{Target: "title", Kind: mappings.Expression, Source: `Join(" ",[jobTitle],[department])`}, `{
			"defaultValue": null, "exportMissingReferences": false, "flowBehavior": "FlowWhenChanged", "flowType": "Always", "matchingPriority": 0, "targetAttributeName": "title",
			"source": { "expression": "Join(\" \", [jobTitle], [department])", "name": "Join", "type": "Function", "parameters": [
				{ "key": "separator", "value": { "expression": "\" \"", "name": " ", "type": "Constant", "parameters": [] } },
				{ "key": "source", "value": { "expression": "[jobTitle]", "name": "jobTitle", "type": "Attribute", "parameters": [] } },
				{ "key": "source", "value": { "expression": "[department]", "name": "department", "type": "Attribute", "parameters": [] } } ] } }`},
		{"an expression that is an attribute", mappings.Mapping{Target: "title", Kind: mappings.Expression, Source: ` [jobTitle] `}, `{
			"defaultValue": null, "exportMissingReferences": false, "flowBehavior": "FlowWhenChanged", "flowType": "Always", "matchingPriority": 0, "targetAttributeName": "title",
			"source": { "expression": "[jobTitle]", "name": "jobTitle", "type": "Attribute", "parameters": [] } }`},
		{"an expression that is a number", mappings.Mapping{Target: "title", Kind: mappings.Expression, Source: `42`}, `{
			"defaultValue": null, "exportMissingReferences": false, "flowBehavior": "FlowWhenChanged", "flowType": "Always", "matchingPriority": 0, "targetAttributeName": "title",
			"source": { "expression": "\"42\"", "name": "42", "type": "Constant", "parameters": [] } }`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := parse(t, text(t))
			changes, err := add(t, s, mappings.Add{Mappings: []mappings.Mapping{c.mapping}})
			if err != nil || len(changes) != 1 {
				t.Fatalf("changes %v, error %v", changes, err)
			}
			if diff := cmp.Diff(decoded(t, c.want), lastMapping(t, s)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			again, err := add(t, s, mappings.Add{Mappings: []mappings.Mapping{c.mapping}})
			if err != nil || len(again) > 0 {
				t.Errorf("again: changes %v, error %v", again, err)
			}
		})
	}
}

// lastMapping is the user mapping that stands last.
func lastMapping(t *testing.T, s *mappings.Schema) any {
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
	s := parse(t, text(t))
	changes, err := add(t, s, mappings.Add{Mappings: []mappings.Mapping{
		{Target: team, Source: "IsSoftDeleted"},
		{Target: team + "s", Source: "manager"}, // near the other, and both are new
	}})
	if err != nil {
		t.Fatal(err)
	}
	want := []mappings.Change{
		{Object: "user", Kind: mappings.ChangedTargetAttribute, Name: team, New: "Boolean"},
		{Object: "user", Kind: mappings.ChangedTargetAttribute, Name: team + "s", New: "String"},
		{Object: "user", Kind: mappings.ChangedMapping, Name: team, New: "[IsSoftDeleted]"},
		{Object: "user", Kind: mappings.ChangedMapping, Name: team + "s", New: "[manager]"},
	}
	if diff := cmp.Diff(want, changes); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	const definition = `{"anchor":false,"caseExact":false,"defaultValue":null,"flowNullValues":false,"multivalued":false,"mutability":"ReadWrite","name":"` + team +
		`","required":false,"type":"Boolean","apiExpressions":[],"metadata":[],"referencedObjects":[]}`
	if !strings.Contains(string(s.Bytes()), definition) {
		t.Error("the definition does not have its twelve members")
	}
}

func TestTheAttributeListIsThatOfTheTargetObjectWhateverItsName(t *testing.T) {
	t.Parallel()
	for _, name := range []string{enterpriseUser, "urn:ietf:params:scim:schemas:core:2.0:User", "User"} {
		whole := strings.ReplaceAll(string(text(t)), strconv.Quote(enterpriseUser), strconv.Quote(name))
		s := parse(t, []byte(whole))
		if _, err := add(t, s, mappings.Add{Mappings: []mappings.Mapping{{Target: team, Source: "mail"}}}); err != nil {
			t.Fatal(err)
		}
		o := object(t, s, mappings.User)
		if list := o.TargetAttributes(); o.TargetName() != name || list[len(list)-1].Name != team {
			t.Errorf("%s: %s has %+v", name, o.TargetName(), list)
		}
	}
}

func TestASingleQuoteInATargetStandsForADoubleOne(t *testing.T) {
	t.Parallel()
	m, err := mappings.ParseMapping("emails[type eq 'work'].value=mail")
	if err != nil {
		t.Fatal(err)
	}
	changes, err := add(t, parse(t, text(t)), mappings.Add{Mappings: []mappings.Mapping{m}})
	if err != nil || len(changes) > 0 {
		t.Errorf("changes %v, error %v", changes, err)
	}
}

func TestWhatAMappingLeavesOpenIsNotCompared(t *testing.T) {
	t.Parallel()
	s := parse(t, text(t))
	for _, m := range []mappings.Mapping{
		{Target: "userName", Source: "userPrincipalName"}, // it matches
		{Target: "preferredLanguage", Default: "en-US"},   // it applies on create
		{Target: "active", Kind: mappings.Expression, Source: `Switch( [IsSoftDeleted],,"False","True","True","False" )`},
	} {
		if changes, err := add(t, s, mappings.Add{Mappings: []mappings.Mapping{m}}); err != nil || len(changes) > 0 {
			t.Errorf("%+v: changes %v, error %v", m, changes, err)
		}
	}
}

func TestWhatIsMappedOtherwiseIsNotChanged(t *testing.T) {
	t.Parallel()
	for _, m := range []mappings.Mapping{
		{Target: "userName", Source: "mail"},
		{Target: "userName", Source: "userPrincipalName", Match: 2},
		{Target: "userName", Source: "userPrincipalName", Apply: mappings.OnCreate},
		{Target: "userName", Source: "userPrincipalName", Default: "x"},
		{Target: "userName", Kind: mappings.Constant, Source: "userPrincipalName"},
	} {
		_, err := add(t, parse(t, text(t)), mappings.Add{Mappings: []mappings.Mapping{m}})
		e, ok := errors.AsType[*mappings.MappingExistsError](err)
		if !ok || e.Have.Source != "userPrincipalName" || !strings.Contains(err.Error(), "mapped already") {
			t.Errorf("%+v: got %v", m, err)
		}
	}
}

func TestATargetThatMayBeMisspeltIsNotAdded(t *testing.T) {
	t.Parallel()
	const department = enterpriseUser + ":department"
	for _, c := range []struct {
		target string
		near   []string // nil: it is added
	}{
		{"titel", []string{"title"}},
		{"Title", []string{"title"}},
		{"nickName", []string{}},
		{enterpriseUser + ":depatment", []string{department}},
		{enterpriseUser + ":Department", []string{department}},
		{"urn:ietf:params:scim:schemas:extension:enterprose:2.0:User:department", []string{department}},
		{enterpriseUser + ":department2", nil},
		{enterpriseUser + ":division", nil},
		{enterpriseUser + ":departmentName", nil},
		{enterpriseUser + ":depart-ment", []string{department}},
		{team, nil},
	} {
		m := mappings.Mapping{Target: c.target, Source: "department"}
		_, err := add(t, parse(t, text(t)), mappings.Add{Mappings: []mappings.Mapping{m}})
		if c.near == nil {
			if err != nil {
				t.Errorf("%s: got %v", c.target, err)
			}
			continue
		}
		e, ok := errors.AsType[*mappings.UnknownAttributeError](err)
		if !ok || e.Side != mappings.Target || e.Name != c.target {
			t.Errorf("%s: got %v", c.target, err)
			continue
		}
		if diff := cmp.Diff(c.near, e.Near); diff != "" {
			t.Errorf("%s (-want +got)\n%s", c.target, diff)
		}
		if _, err := add(t, parse(t, text(t)), mappings.Add{Mappings: []mappings.Mapping{m}, NewTarget: true}); err != nil {
			t.Errorf("%s, forced: %v", c.target, err)
		}
	}
}

func TestExtensionsWithSeveralValuesAreRefused(t *testing.T) {
	t.Parallel()
	_, err := add(t, parse(t, text(t)), mappings.Add{Mappings: []mappings.Mapping{{Target: "title", Source: "badges"}}})
	if _, ok := errors.AsType[*mappings.RefusedError](err); !ok {
		t.Errorf("got %v", err)
	}
}

func TestAMatchingPriorityIsGivenOnce(t *testing.T) {
	t.Parallel()
	_, err := add(t, parse(t, text(t)), mappings.Add{Mappings: []mappings.Mapping{{Target: "externalId", Source: "mail", Match: 1}}})
	if diff := cmp.Diff(&mappings.MatchTakenError{Match: 1, By: "userName"}, err); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestMappingsWithoutSenseAreRefused(t *testing.T) {
	t.Parallel()
	for _, m := range []mappings.Mapping{
		{Source: "mail"},
		{Target: "id", Source: "mail"},
		{Target: "title"},
		{Target: "title", Kind: mappings.Direct},
		{Target: "title", Source: "mail", Match: -1},
		{Target: "title", Source: "mail", Apply: "sometimes"},
	} {
		_, err := add(t, parse(t, text(t)), mappings.Add{Mappings: []mappings.Mapping{m}})
		if _, ok := errors.AsType[*mappings.InvalidMappingError](err); !ok {
			t.Errorf("%.80v: got %v", m, err)
		}
	}
	_, err := add(t, parse(t, text(t)), mappings.Add{Mappings: []mappings.Mapping{{Target: "title", Kind: mappings.Expression, Source: `Join(" ", [mail]`}}})
	if _, ok := errors.AsType[*mappings.InvalidExpressionError](err); !ok {
		t.Errorf("got %v", err)
	}
	_, err = add(t, parse(t, text(t)), mappings.Add{Mappings: []mappings.Mapping{{Target: "title", Source: "mail"}, {Target: "title", Source: "jobTitle"}}})
	if _, ok := errors.AsType[*mappings.InvalidMappingError](err); !ok {
		t.Errorf("one target twice: got %v", err)
	}
	for _, text := range []string{"", "title", "=mail", "title="} {
		if m, err := mappings.ParseMapping(text); err == nil {
			t.Errorf("%q: got %+v", text, m)
		}
	}
}

func TestAChangeReadsAsOneLine(t *testing.T) {
	t.Parallel()
	s := parse(t, text(t))
	changes, err := add(t, s, mappings.Add{Mappings: []mappings.Mapping{{Target: "title", Source: "jobTitle", Default: "Mx", Match: 2, Apply: mappings.OnCreate}}})
	if err != nil {
		t.Fatal(err)
	}
	more, err := carry(t, mappings.ChangeActions(mappings.User, []string{"update"}, nil), s)
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
	if diff := cmp.Diff("user: mapping x: [y] removed", mappings.Change{Object: "user", Kind: mappings.ChangedMapping, Name: "x", Old: "[y]"}.String()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
