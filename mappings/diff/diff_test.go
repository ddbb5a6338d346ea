package diff_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/scimctl/scimctl/mappings/diff"
	"github.com/scimctl/scimctl/mappings/internal/schematest"
	"github.com/scimctl/scimctl/mappings/schema"
)

// with is the schema of the tests with some text replaced.
func with(t testing.TB, pairs ...string) *schema.Schema {
	t.Helper()
	whole := string(schematest.Text(t))
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(whole, pairs[i]) {
			t.Fatalf("the schema has no %s", pairs[i])
		}
		whole = strings.Replace(whole, pairs[i], pairs[i+1], 1)
	}
	return schematest.Parse(t, []byte(whole))
}

const outboundUser = "synchronizationRules[USERGROUP_OUTBOUND_USERGROUP].objectMappings[Provision Microsoft Entra ID Users]"

// Each line replaces something in the schema and says what the difference is.
func TestEveryDifferenceIsTold(t *testing.T) {
	t.Parallel()
	const title = `{ "defaultValue": null, "exportMissingReferences": false, "flowBehavior": "FlowWhenChanged", "flowType": "Always", "matchingPriority": 0, "targetAttributeName": "title", "source": { "expression": "[jobTitle]", "name": "jobTitle", "type": "Attribute", "parameters": [] } }`
	for _, c := range []struct {
		old, now string
		want     []string
	}{
		{`"attributeMappings": [
            { "defaultValue": null, "exportMissingReferences": false, "flowBehavior": "FlowWhenChanged", "flowType": "Always", "matchingPriority": 1, "targetAttributeName": "userName"`, `"attributeMappings": [ ` + title + `,
            { "defaultValue": null, "exportMissingReferences": false, "flowBehavior": "FlowWhenChanged", "flowType": "Always", "matchingPriority": 1, "targetAttributeName": "userName"`, []string{"user: mapping title: [jobTitle]"}},
		{`"defaultValue": "en-US"`, `"defaultValue": "de-DE"`, []string{`user: mapping preferredLanguage: nothing, default "en-US", apply on-create -> nothing, default "de-DE", apply on-create`}},
		{`"flowBehavior": "FlowWhenChanged", "flowType": "ObjectAddOnly"`, `"flowBehavior": "FlowAlways", "flowType": "ObjectAddOnly"`, []string{
			`user: mapping preferredLanguage: nothing, default "en-US", apply on-create -> nothing, default "en-US", apply on-create, flow always`,
		}},
		{`"exportMissingReferences": false, "flowBehavior": "FlowWhenChanged", "flowType": "ObjectAddOnly"`, `"exportMissingReferences": true, "flowBehavior": "FlowWhenChanged", "flowType": "Always"`, []string{
			`user: mapping preferredLanguage: nothing, default "en-US", apply on-create, exportMissingReferences false -> nothing, default "en-US", exportMissingReferences true`,
		}},
		{`"matchingPriority": 0, "targetAttributeName": "userType"`, `"strange": 1.50, "matchingPriority": 0, "targetAttributeName": "userType"`, []string{`user: mapping userType: "Employee", strange none -> "Employee", strange 1.50`}},
		{`{ "key": "switchValue"`, `{ "key": "switchvalue"`, []string{
			`user: mapping active: Switch([IsSoftDeleted], , "False", "True", "True", "False"), source.parameters[1].key "switchValue" -> Switch([IsSoftDeleted], , "False", "True", "True", "False"), source.parameters[1].key "switchvalue"`,
		}},
		{`"name": "title", "type": "String"`, `"name": "title", "type": "Boolean", "required": true, "caseExact": true, "multivalued": true, "mutability": "ReadOnly", "x": 1`, []string{
			`user: target attribute title: String, x none -> Boolean, required, multi-valued, case-exact, x 1`,
		}}, // the later "mutability" counts
		{`"name": "manager", "type": "Reference"`, `"name": "manager", "type": "Reference", "referencedObjects": [ { "referencedObjectName": "User", "referencedProperty": "objectId" } ]`, []string{
			`user: source attribute manager: Reference -> Reference to User`,
		}},
		{`"anchor": true, "caseExact": false`, `"anchor": false, "caseExact": false`, []string{`user: source attribute objectId: String, anchor -> String`}},
		{`{ "name": "department", "type": "String", "mutability": "ReadWrite" },`, ``, []string{`user: source attribute department: String removed`}},
		{`{ "name": "department", "type": "String", "mutability": "ReadWrite" }`, `{ "name": "department", "type": "String", "mutability": "ReadWrite", "metadata": [ { "key": "IsCustomerDefined", "value": "true" } ] }`, []string{
			`user: source attribute department: String, metadata none -> String, metadata [{"key":"IsCustomerDefined","value":"true"}]`,
		}},
		{`"enabled": true`, `"enabled": false`, []string{`group: enabled: true -> false`}},
		{`"enabled": true`, `"enabled": "yes"`, []string{`group: enabled: true -> "yes"`}},
		{`"flowTypes": "Add, Delete"`, `"flowTypes": "Rename,Delete"`, []string{`user: actions: create,delete -> delete,Rename`}},
		{`"scope": null`, `"scope": { "groups": [ { "name": "Sales", "clauses": [ { "operatorName": "EQUALS", "sourceOperandName": "department", "targetOperand": { "values": [ "Sales" ] } } ] } ] }`, []string{
			`group: filter Sales: department EQUALS Sales`,
		}},
		{`"scope": null`, `"scope": { "inputFilterGroups": [ { "name": "in", "clauses": [] } ] }`, []string{`group: synchronizationRules[USERGROUP_OUTBOUND_USERGROUP].objectMappings[Provision Microsoft Entra ID Groups].scope.inputFilterGroups: [{"name":"in","clauses":[]}]`}},
		{`"value": "\"Normal\""`, `"value": "\"Other\""`, []string{`user: ` + outboundUser + `.metadata[Disposition].value: "\"Normal\"" -> "\"Other\""`}},
		{`"targetObjectName": "urn:ietf:params:scim:schemas:core:2.0:Group"`, `"targetObjectName": "Group"`, []string{
			`group: synchronizationRules[USERGROUP_OUTBOUND_USERGROUP].objectMappings[Provision Microsoft Entra ID Groups].targetObjectName: "urn:ietf:params:scim:schemas:core:2.0:Group" -> "Group"`,
		}},
		{`{ "enabled": false, "flowTypes": "None", "name": "in", "sourceObjectName": "User", "targetObjectName": "User", "attributeMappings": [] }`, ``, []string{`user (INBOUND): object mapping User -> User: 0 mappings removed`}},
		{`"enabled": false, "flowTypes": "None"`, `"enabled": true, "flowTypes": "Add"`, []string{`user (INBOUND): enabled: false -> true`, `user (INBOUND): actions: none -> create`}},
		{`"containerFilter": null`, `"containerFilter": { "includedContainers": [ "OU=x" ] }`, []string{`schema (USERGROUP_OUTBOUND_USERGROUP): synchronizationRules[USERGROUP_OUTBOUND_USERGROUP].containerFilter: {"includedContainers":["OU=x"]}`}},
		{`"id": "11111111-0000-0000-0000-000000000000", "name": "INBOUND"`, `"id": "2", "name": "other"`, []string{`schema: rule INBOUND: 1 object mapping removed`, `schema: rule other: 1 object mapping`}},
		{`"id": "11111111-0000-0000-0000-000000000000"`, `"id": "2"`, []string{`schema (INBOUND): synchronizationRules[INBOUND].id: "11111111-0000-0000-0000-000000000000" -> "2"`}},
		{`"readOnly": false`, `"readOnly": true`, []string{`schema: directories[customappsso].readOnly: false -> true`}},
		{`{ "name": "urn:ietf:params:scim:schemas:core:2.0:Group", "attributes": [ { "name": "displayName", "type": "String" } ] }`, `{ "name": "Device" }`, []string{
			`group: attribute list urn:ietf:params:scim:schemas:core:2.0:Group: 1 attribute removed`, `device: attribute list Device: 0 attributes`,
		}},
		{`"precise": 12345678901234567890.1500`, `"precise": 12345678901234567890.15`, []string{`schema: precise: 12345678901234567890.1500 -> 12345678901234567890.15`}},
		{`"precise":`, `"exact":`, []string{`schema: exact: 12345678901234567890.1500`, `schema: precise: 12345678901234567890.1500 removed`}},
	} {
		got := diff.Diff(schematest.Parse(t, schematest.Text(t)), with(t, c.old, c.now))
		slices.SortStableFunc(got, func(a, b diff.Change) int { return strings.Compare(a.Name, b.Name) })
		want := slices.Clone(c.want)
		if diff := cmp.Diff(sorted(want), sorted(schematest.Lines(got))); diff != "" {
			t.Errorf("%s -> %s (-want +got)\n%s", c.old, c.now, diff)
		}
	}
}

func sorted(list []string) []string { return slices.Sorted(slices.Values(list)) }

func TestWhatMeansTheSameIsNoDifference(t *testing.T) {
	t.Parallel()
	for _, c := range [][2]string{
		{`"version": "v1.2"`, `"version": "Date:2025-03-30T07:00:28.2095357Z"`},
		{`"id": "scim.11112222333344445555666677778888.aaaabbbb-cccc-dddd-eeee-ffff00001111"`, `"id": "other"`},
		{`"directories@odata.context": "https://graph.microsoft.com/v1.0/$metadata#directories",`, ``},
		{`"discoverabilities": "None", "readOnly": false`, `"readOnly": false, "discoverabilities":"\u004eone", "version": "7", "discoveryDateTime": "2026-01-01T00:00:00Z"`},
		{`"flowTypes": "Add,Update,Delete"`, `"flowTypes": "Delete, Update, Add"`},
		{`"sourceDirectoryName": "Azure Active Directory"`, `"sourceDirectoryName": "Microsoft Entra ID"`},
		{`"name": "Microsoft Entra ID", "disc`, `"name": "Azure Active Directory", "disc`},
		{`"expression": "Switch([IsSoftDeleted], , \"False\"`, `"expression": "Switch( [IsSoftDeleted],,\"False\"`},
		{`"defaultValue": ""`, `"defaultValue": null`},
		{`"defaultValue": null, "exportMissingReferences": false, "flowBehavior": "FlowWhenChanged", "flowType": "Always", "matchingPriority": 1`, `"matchingPriority": 1`},
		{`"type": "Boolean", "mutability": "ReadWrite"`, `"type": "boolean", "required": false, "referencedObjects": []`},
		{`"scope": null`, `"scope": { "groups": [], "inputFilterGroups": [], "categoryFilterGroups": [] }`},
		{`"scope": null,`, ``},
		{`"containerFilter": null,`, `"groupFilter": null,`},
		{`"source": null`, `"source": {}`},
	} {
		if got := diff.Diff(schematest.Parse(t, schematest.Text(t)), with(t, c[0], c[1])); len(got) > 0 {
			t.Errorf("%s -> %s: %v", c[0], c[1], got)
		}
	}
}

// Mappings of one target are told apart by what they say, and those that say
// something else by their order.
func TestSeveralMappingsOfOneTargetArePairedByOccurrence(t *testing.T) {
	t.Parallel()
	document := func(sources ...string) *schema.Schema {
		var list []string
		for _, s := range sources {
			list = append(list, fmt.Sprintf(`{"targetAttributeName":"title","source":{"type":"Attribute","name":%q,"expression":"[%s]"}}`, s, s))
		}
		return schematest.Parse(t, []byte(`{"synchronizationRules":[{"sourceDirectoryName":"Microsoft Entra ID","objectMappings":[{"sourceObjectName":"User","attributeMappings":[`+strings.Join(list, ",")+`]}]}]}`))
	}
	for _, c := range []struct{ before, after, want []string }{
		{[]string{"a", "b"}, []string{"b", "a"}, []string{}},
		{[]string{"a", "b"}, []string{"b", "c"}, []string{"user: mapping title: [a] -> [c]"}},
		{[]string{"a", "a", "b"}, []string{"a", "b"}, []string{"user: mapping title: [a] removed"}},
		{[]string{"a"}, []string{"a", "a"}, []string{"user: mapping title: [a]"}},
		{[]string{"a", "b", "c"}, []string{"d", "c", "e"}, []string{"user: mapping title: [a] -> [d]", "user: mapping title: [b] -> [e]"}},
	} {
		if diff := cmp.Diff(c.want, schematest.Lines(diff.Diff(document(c.before...), document(c.after...)))); diff != "" {
			t.Errorf("%v -> %v (-want +got)\n%s", c.before, c.after, diff)
		}
	}
}

// rewritten writes JSON anew: members in any order, lists shuffled, each
// string escaped or not, other blanks, a new version.
func rewritten(t *rapid.T, v any) string {
	gap := rapid.SampledFrom([]string{"", " ", "\n "})
	random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
	var write func(v any, ordered bool) string
	write = func(v any, ordered bool) string {
		var items []string
		switch v := v.(type) {
		case map[string]any:
			for name, member := range v {
				if name != "version" && name != "id" || len(v) > 6 {
					items = append(items, gap.Draw(t, "gap")+fmt.Sprintf("%q:", name)+write(member, name == "parameters"))
				}
			}
			random.Shuffle(len(items), func(i, j int) { items[i], items[j] = items[j], items[i] })
			return "{" + strings.Join(items, ",") + "}"
		case []any:
			for _, item := range v {
				items = append(items, write(item, false))
			}
			if !ordered {
				random.Shuffle(len(items), func(i, j int) { items[i], items[j] = items[j], items[i] })
			}
			return "[" + strings.Join(items, gap.Draw(t, "gap")+",") + "]"
		case string:
			if v != "" && v[0] >= 'a' && random.IntN(4) == 0 {
				return fmt.Sprintf(`"\u%04x%s`, v[0], strings.TrimPrefix(schematest.MustEncode(v), `"`+v[:1]))
			}
		}
		return schematest.MustEncode(v)
	}
	return write(v, false)
}

func TestNeitherOrderNorSpellingIsADifference(t *testing.T) {
	t.Parallel()
	decoder := json.NewDecoder(strings.NewReader(string(schematest.Text(t))))
	decoder.UseNumber()
	var document map[string]any
	if err := decoder.Decode(&document); err != nil {
		t.Fatal(err)
	}
	// In an order of their own, both rules have objects called User.
	rapid.Check(t, func(r *rapid.T) {
		other := rewritten(r, document)
		s, err := schema.Parse([]byte(other))
		if err != nil {
			r.Fatal(err)
		}
		for _, got := range [][]diff.Change{diff.Diff(schematest.Parse(t, schematest.Text(t)), s), diff.Diff(s, schematest.Parse(t, schematest.Text(t))), diff.Diff(s, s)} {
			if len(got) > 0 {
				r.Fatalf("%v\n%s", schematest.Lines(got), other)
			}
		}
	})
}

// Whatever else is in the document, the difference is the edit and no more,
// and backwards it is the same with old and new exchanged.
func TestADiffNamesOnlyWhatWasEdited(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		document := strings.Replace(schematest.StrangeSchema(r), "MARK", "false", 1)
		before, err := schema.Parse([]byte(document))
		if err != nil {
			r.Fatal(err)
		}
		after, _ := schema.Parse([]byte(document))
		var want []string
		o, err := after.Object(schema.User)
		if err != nil {
			r.Fatal(err)
		}
		if rapid.Bool().Draw(r, "enable") {
			_ = o.SetEnabled(true)
			want = append(want, "enabled false true")
		}
		if rapid.Bool().Draw(r, "act") {
			_ = o.SetActions([]string{"create"})
			want = append(want, "actions none create")
		}
		if rapid.Bool().Draw(r, "map") {
			if err := o.AddMapping(schema.Mapping{Target: "a<b", Source: "x"}); err != nil {
				r.Fatal(err)
			}
			want = append(want, "mapping  [x]")
		}
		var got, back []string
		for _, c := range diff.Diff(before, after) {
			got = append(got, fmt.Sprintf("%s %s %s", c.Kind, c.Old, c.New))
		}
		for _, c := range diff.Diff(after, before) {
			back = append(back, fmt.Sprintf("%s %s %s", c.Kind, c.New, c.Old))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			r.Fatalf("(-want +got)\n%s\n%s", diff, document)
		}
		if diff := cmp.Diff(want, back); diff != "" {
			r.Fatalf("backwards (-want +got)\n%s", diff)
		}
		if again := diff.Diff(before, before); len(again) > 0 {
			r.Fatalf("a document differs from itself: %v", again)
		}
	})
}

// Every value of the document is changed in turn, wherever it stands, known or
// not: each time that is told.
func TestNoChangedValueIsMissed(t *testing.T) {
	t.Parallel()
	var document any
	decoder := json.NewDecoder(strings.NewReader(string(schematest.Text(t))))
	decoder.UseNumber()
	if err := decoder.Decode(&document); err != nil {
		t.Fatal(err)
	}
	count := 0
	try := func(path string, set func(any), old any) {
		defer set(old)
		switch v := old.(type) {
		case string:
			set(v + "x")
		case bool:
			set(!v)
		case json.Number:
			set(json.Number("1" + v.String()))
		default: // null, a list or an object
			set("x")
		}
		count++
		other := schematest.MustEncode(document)
		if other == "" {
			t.Fatalf("%s cannot be encoded", path)
		}
		changes := diff.Diff(schematest.Parse(t, schematest.Text(t)), schematest.Parse(t, []byte(other)))
		said := len(changes) > 0
		if silent := path == "/id" || path == "/version" || strings.Contains(path, "@odata") || strings.HasPrefix(path, "/directories/") && strings.HasSuffix(path, "/id"); said == silent {
			t.Errorf("%s: %v", path, schematest.Lines(changes))
		}
	}
	var visit func(path string, v any, set func(any))
	visit = func(path string, v any, set func(any)) {
		if path != "" && path != "/synchronizationRules" { // without these two it is no schema
			try(path, set, v)
		}
		switch v := v.(type) {
		case map[string]any:
			for _, name := range slices.Sorted(maps.Keys(v)) {
				visit(path+"/"+name, v[name], func(value any) { v[name] = value })
			}
		case []any:
			for i := range v {
				visit(fmt.Sprintf("%s/%d", path, i), v[i], func(value any) { v[i] = value })
			}
		}
	}
	visit("", document, nil)
	if count < 200 {
		t.Errorf("%d values were changed", count)
	}
}
