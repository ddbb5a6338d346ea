package check_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/graph/synchronization"
	schemacheck "github.com/scimctl/scimctl/mappings/check"
	"github.com/scimctl/scimctl/mappings/internal/schematest"
)

// sound is a schema with nothing wrong. Tests put in what is.
const sound = `{
	"synchronizationRules": [{
		"id": "03f7d90d-bf71-41b1-bda6-aaf0ddbee5d8", "sourceDirectoryName": "Microsoft Entra ID", "targetDirectoryName": "customappsso",
		"objectMappings": [
			{"enabled": true, "flowTypes": "Add,Update,Delete", "sourceObjectName": "User", "targetObjectName": "urn:user", "scope": {"groups": [FILTER]},
			"attributeMappings": [
				{"targetAttributeName": "userName", "matchingPriority": 1, "source": {"type": "Attribute", "name": "userPrincipalName", "expression": "[userPrincipalName]", "parameters": []}},
				{"targetAttributeName": "active", "flowType": "Always", "flowBehavior": "FlowWhenChanged", "source": {"type": "Function", "name": "Not", "expression": "Not([IsSoftDeleted])", "parameters": [{"key": "source", "value": {"type": "Attribute", "name": "IsSoftDeleted", "expression": "[IsSoftDeleted]", "parameters": []}}]}}
				MORE
			]},
			{"enabled": true, "flowTypes": "Add, Update, Delete", "sourceObjectName": "Group", "targetObjectName": "urn:group", "scope": null,
			"attributeMappings": [{"targetAttributeName": "displayName", "matchingPriority": 1, "source": {"type": "Attribute", "name": "displayName", "expression": "[displayName]", "parameters": []}}]}
		]}],
	"directories": [
		{"name": "Microsoft Entra ID", "objects": [
			{"name": "User", "attributes": [
				{"name": "objectId", "type": "String", "anchor": true}, {"name": "userPrincipalName", "type": "String", "required": true}, {"name": "IsSoftDeleted", "type": "Boolean", "required": true},
				{"name": "mail", "type": "String"}, {"name": "department", "type": "String"}, {"name": "badge", "type": "Integer"}, {"name": "hired", "type": "DateTime"}, {"name": "manager", "type": "Reference"},
				{"name": "otherMails", "type": "String", "multivalued": true}, {"name": "extension_aaaabbbbccccddddeeeeffff00001111_teams", "type": "String", "multivalued": true}]},
			{"name": "Group", "attributes": [{"name": "displayName", "type": "String", "required": true}]}]},
		{"name": "customappsso", "objects": [
			{"name": "urn:user", "attributes": [
				{"name": "id", "type": "String", "anchor": true, "required": true}, {"name": "userName", "type": "String", "required": true}, {"name": "active", "type": "Boolean"}, {"name": "title", "type": "String"},
				{"name": "name.formatted", "type": "String"}, {"name": "level", "type": "Integer"}, {"name": "boss", "type": "Reference"}, {"name": "tags", "type": "String", "multivalued": true},
				{"name": "urn:ietf:params:scim:schemas:extension:contoso:2.0:User:team", "type": "String"},
				{"name": "urn:ietf:params:scim:schemas:extension:contoso:2.0:User:teams", "type": "String", "multivalued": true},
				{"name": "urn:ietf:params:scim:schemas:workato:1.0:WorkatoRole:workato_role", "type": "String"}]},
			{"name": "urn:group", "attributes": [{"name": "displayName", "type": "String", "required": true}]}]}
	]}`

// soundWith is the sound schema with more mappings of users, and a filter.
func soundWith(more, filter string) string {
	if more != "" {
		more = "," + more
	}
	return strings.NewReplacer("MORE", more, "FILTER", filter).Replace(sound)
}

// stored is a mapping of an attribute, or of an expression when it has
// parentheses, as a document holds it. More members follow the last comma.
func stored(target, source, more string) string {
	kind, name := "Attribute", strings.Trim(source, "[]")
	switch {
	case strings.HasPrefix(source, `"`):
		kind, name = "Constant", strings.Trim(source, `"`)
	case strings.Contains(source, "("):
		kind, name = "Function", source[:strings.Index(source, "(")]
	}
	return fmt.Sprintf(`{"targetAttributeName": %q, "source": {"type": %q, "name": %q, "expression": %q, "parameters": []}%s}`, target, kind, name, source, more)
}

func clause(attribute, operator string, values ...string) string {
	return fmt.Sprintf(`{"name": "Sales", "clauses": [{"sourceOperandName": %q, "operatorName": %q, "targetOperand": {"values": [%s]}}]}`, attribute, operator, strings.Join(values, ","))
}

func findings(list []schemacheck.Finding) []string {
	lines := []string{}
	for _, f := range list {
		lines = append(lines, string(f.Code)+": "+f.String())
	}
	return lines
}

func TestADefaultSchemaHasNothingWrong(t *testing.T) {
	schematest.InCompany(t, func(c *schematest.Company) {
		if diff := cmp.Diff([]string{}, findings(schemacheck.Against(c.Schema(), c.Schema()))); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	})
}

func TestASoundSchemaHasNothingWrong(t *testing.T) {
	t.Parallel()
	whole := soundWith(strings.Join([]string{
		stored("title", "[badge]", ""), stored("name.formatted", `Join(" ", [mail], [otherMails])`, ""), stored("level", "[department]", ""), stored("boss", "[manager]", ""),
		stored("tags", "[otherMails]", ""), stored("urn:ietf:params:scim:schemas:extension:contoso:2.0:User:team", "[department]", ""),
	}, ","), clause("department", "EQUALS", `"Sales"`)+","+clause("department", "IS NOT NULL"))
	if diff := cmp.Diff([]string{}, findings(schemacheck.Check(schematest.Parse(t, []byte(whole))))); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestWhatIsWrongWithAMappingIsFound(t *testing.T) {
	t.Parallel()
	const extension = "extension_aaaabbbbccccddddeeeeffff00001111_teams"
	for _, c := range []struct {
		mapping string
		want    []string
	}{
		{stored("userName", "[mail]", ""), []string{"mappedTwice: error: user: userName: another mapping writes it too"}},
		{stored("titel", "[mail]", ""), []string{"unknownTarget: error: user: titel: the application's attribute list lacks it; near it: title"}},
		{stored("", "[mail]", ""), []string{"noTarget: error: user: a mapping from [mail] names no target attribute"}},
		{stored("id", "[objectId]", ""), []string{"targetId: error: user: id: the application itself gives the id: it cannot be mapped"}},
		{stored("title", "[departmnt]", ""), []string{"unknownSource: error: user: title: the source attribute list lacks departmnt; near it: department"}},
		{stored("title", `Join(" ", [mail], [departmnt])`, ""), []string{"unknownSource: error: user: title, column 19: the source attribute list lacks departmnt; near it: department"}},
		{stored("title", "Join(\" \",\n  [mial])", ""), []string{"unknownSource: error: user: title, line 2, column 3: the source attribute list lacks mial; near it: mail"}},
		{stored("title", `Join(" ", [mail]`, ""), []string{"syntax: error: user: title, column 17: the parenthesis of Join, opened at column 5, is not closed"}},
		{stored("title", `Jion(" ", [mail])`, ""), []string{"unknownFunction: error: user: title, column 1: there is no function Jion; near it: Join"}},
		{stored("title", `Append([mail], "`+strings.Repeat("x", 10_000)+`")`, ""), []string{"syntax: error: user: title, column 10001: the expression has 10018 characters; 10000 is the most"}},
		{stored("title", "[mail]", `, "matchingPriority": 1`), []string{"matchTaken: error: user: title: matching priority 1 belongs to userName too"}},
		{stored("title", "[mail]", `, "matchingPriority": -1`), []string{"unknownValue: error: user: title: matchingPriority is no number from 0: -1"}},
		{stored("title", "[mail]", `, "matchingPriority": "first"`), []string{`unknownValue: error: user: title: matchingPriority is no number from 0: "first"`}},
		{stored("title", "[mail]", `, "flowType": "Sometimes"`), []string{`unknownValue: error: user: title: flowType is "Sometimes", none of Always, ObjectAddOnly, MultiValueAddOnly, ValueAddOnly, AttributeAddOnly`}},
		{stored("title", "[mail]", `, "flowBehavior": "Flow"`), []string{`unknownValue: error: user: title: flowBehavior is "Flow", none of FlowWhenChanged, FlowAlways`}},
		{strings.Replace(stored("title", "[mail]", ""), "Attribute\"", "Property\"", 1), []string{`unknownValue: error: user: title: type is "Property", none of Attribute, Constant, Function`}},
		{stored("title", `"Employee"`, `, "matchingPriority": 2`), []string{"matching: warning: user: title: it matches by a constant, which is the same for everyone"}},
		{`{"targetAttributeName": "title", "source": null, "matchingPriority": 2, "defaultValue": "x"}`, []string{"matching: error: user: title: it is a matching attribute, and has no source to match by"}},
		{stored("tags", "[mail]", `, "matchingPriority": 2`), []string{"matching: warning: user: tags: it is a matching attribute, and one that is multi-valued cannot be looked for with eq"}},
		{`{"targetAttributeName": "title", "source": null}`, []string{"noSource: warning: user: title: it has neither a source nor a default value: nothing flows"}},
		{`{"targetAttributeName": "title", "source": {"type": "Attribute", "name": "", "expression": ""}}`, []string{"noSource: error: user: title: the direct is empty"}},
		{stored("title", "[mail]", `, "defaultValue": "x", "flowType": "Always"`), []string{`defaultOnCreate: info: user: title: the default "x" is sent when an account is created, not when it is updated`}},
		{stored("level", "[IsSoftDeleted]", ""), []string{"typeClash: warning: user: level: IsSoftDeleted is Boolean, and the application's attribute is Integer"}},
		{stored("title", "[manager]", ""), []string{"typeClash: warning: user: title: manager is Reference, and the application's attribute is String"}},
		{stored("boss", "[mail]", ""), []string{"typeClash: warning: user: boss: mail is String, and the application's attribute is Reference"}},
		{stored("level", `"high"`, ""), []string{`typeClash: warning: user: level: the constant "high" is no Integer, which the application's attribute is`}},
		{`{"targetAttributeName": "level", "source": null, "defaultValue": "low"}`, []string{`typeClash: warning: user: level: the default "low" is no Integer, which the application's attribute is`}},
		{stored("title", "[otherMails]", ""), []string{"multivalued: warning: user: title: otherMails has several values, and the application's attribute takes one: the service fails with SchemaPropertyCanOnlyAcceptValue"}},
		{stored("title", `Split([mail], "@")`, ""), []string{"multivalued: warning: user: title: Split yields several values, and the application's attribute takes one: the service fails with SchemaPropertyCanOnlyAcceptValue"}},
		{stored("tags", "["+extension+"]", ""), []string{"extension: warning: user: tags: provisioning does not take extension properties with several values, such as " + extension}},
		{stored("urn:ietf:params:scim:schemas:workato:1.0:WorkatoRole:workato_role", "[mail]", ""), []string{"namingPattern: warning: user: urn:ietf:params:scim:schemas:workato:1.0:WorkatoRole:workato_role: an account is created without it, and gets it with the next update: a create carries only names of the form urn:ietf:params:scim:schemas:extension:NAME:2.0:User:ATTRIBUTE"}},
		{stored("urn:ietf:params:scim:schemas:extension:contoso:2.0:User:teams", "[otherMails]", ""), []string{"customAttribute: warning: user: urn:ietf:params:scim:schemas:extension:contoso:2.0:User:teams: a custom attribute of a non-gallery application cannot be a reference or have several values"}},
		{stored("title", `IIF([mail] = "", "none", [mail])`, ""), []string{`expression: error: user: title, column 5: IIF cannot compare with ""...`}},
		{stored("title", `IIF([mail] = "a", "b", "c")`, ""), []string{"expression: warning: user: title, column 5: when mail is null or empty the check fails..."}},
		{stored("title", `SelectUniqueValue([mail], [department])`, ""), []string{"expression: error: user: title, column 1: SelectUniqueValue is not for SCIM applications"}},
		{stored("title", `IIF([IsSoftDeleted] = "True", "gone", "here")`, ""), []string{}},
		{stored("title", `Append(Switch([department], "x", "Sales", "S"), "y")`, ""), []string{"expression: warning: user: title, column 8: the service has set attributes to null by mistake..."}},
		{stored("title", `IgnoreFlowIfNullOrEmpty(Switch([department], [mail], "Sales", "S"))`, ""), []string{}},
		{strings.Replace(stored("title", "[mail]", ""), `"name": "mail"`, `"name": "department"`, 1), []string{"sourceForm: warning: user: title: its expression says [mail], its name department: it is not documented which one counts"}},
		{strings.Replace(stored("title", `Append([mail], "x")`, ""), `"name": "Append"`, `"name": "Join"`, 1), []string{`sourceForm: warning: user: title: its expression says Append([mail], "x"), its name Join: it is not documented which one counts`}},
		{strings.Replace(stored("title", `Append([mail], "x")`, ""), `"parameters": []`, `"parameters": [{"key": "source", "value": {"type": "Attribute", "name": "department"}}]`, 1), []string{"sourceForm: warning: user: title: its expression reads mail, its parameters department: it is not documented which one counts"}},
	} {
		got := findings(schemacheck.Check(schematest.Parse(t, []byte(soundWith(c.mapping, "")))))
		for i, want := range c.want { // of sentences of package expression, the beginning will do
			if beginning, cut := strings.CutSuffix(want, "..."); cut && i < len(got) && strings.HasPrefix(got[i], beginning) {
				got[i] = want
			}
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%.200s (-want +got)\n%s", c.mapping, diff)
		}
	}
}

func TestWhatIsWrongWithAFilterIsFound(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ filter, want string }{
		{clause("departmnt", "EQUALS", `"Sales"`), "filterAttribute: error: user: filter Sales: departmnt EQUALS Sales: the source attribute list lacks departmnt; near it: department"},
		{clause("manager", "IS NOT NULL"), "filterAttribute: error: user: filter Sales: manager IS NOT NULL: scoping filters do not take this attribute"},
		{clause("otherMails", "EQUALS", `"x"`), "filterOperator: error: user: filter Sales: otherMails EQUALS x: it has several values, which scoping filters do not take"},
		{clause("hired", "EQUALS", `"x"`), "filterOperator: error: user: filter Sales: hired EQUALS x: it is a date, which scoping filters do not take"},
		{clause("department", "EQUALZ", `"x"`), `filterOperator: error: user: filter Sales: department EQUALZ x: there is no operator "EQUALZ"; near it: equals`},
		{clause("department", "EQUALS"), "filterOperator: error: user: filter Sales: department EQUALS: EQUALS needs a value to compare with"},
		{clause("department", "IS NULL", `"x"`), "filterOperator: error: user: filter Sales: department IS NULL x: IS NULL compares with nothing"},
		{clause("department", "IS TRUE"), "filterOperator: error: user: filter Sales: department IS TRUE: it is String, and is-true takes Boolean; for it there is "},
		{clause("badge", "EQUALS", `"x"`), `filterOperator: error: user: filter Sales: badge EQUALS x: "x" is no whole number`},
		{`{"name": "Sales", "clauses": []}`, "filterEmpty: error: user: filter Sales: it has no clause"},
		{
			`{"name": "Sales", "clauses": [{"sourceOperandName": "department", "operatorName": "EQUALS", "targetOperand": {"values": ["A"]}}, {"sourceOperandName": "department", "operatorName": "EQUALS", "targetOperand": {"values": ["B"]}}]}`,
			"filterAttribute: warning: user: filter Sales: nobody passes it: ",
		},
		{clause("department", "NOT EQUALS", `"x"`), "filterOperator: info: user: filter Sales: department NOT EQUALS x: whoever has no department does not pass either"},
	} {
		got := findings(schemacheck.Check(schematest.Parse(t, []byte(soundWith("", c.filter)))))
		if len(got) != 1 || !strings.HasPrefix(got[0], c.want) {
			t.Errorf("%s\ngot  %q\nwant %q", c.filter, got, c.want)
		}
	}
}

func TestWhatIsWrongWithAnObjectIsFound(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		old, now string
		want     []string
	}{
		{`"matchingPriority": 1, "source": {"type": "Attribute", "name": "userP`, `"source": {"type": "Attribute", "name": "userP`, []string{"noMatching: error: user: no mapping has a matching priority: nothing tells which account is whose"}},
		{`Not([IsSoftDeleted])`, `Not([department])`, []string{
			"sourceForm: warning: user: active: its expression reads department, its parameters IsSoftDeleted: it is not documented which one counts",
			"nobodyDisabled: warning: user: active: nothing is mapped from IsSoftDeleted: who is unassigned, disabled or filtered out keeps an active account",
		}},
		{`"enabled": true, "flowTypes": "Add,Update,Delete"`, `"enabled": false, "flowTypes": "Add,Update,Delete"`, []string{"disabled: warning: user: the mapping of users is turned off, which the portal does not allow: nobody is provisioned"}},
		{`Add,Update,Delete`, `Add,Update`, []string{"actions: info: user: the action delete is off: nothing is deleted in the application"}},
		{`Add,Update,Delete`, `Add,Update,Delete,Rename`, []string{`unknownValue: error: user: flowTypes has "Rename", none of Add, Update, Delete`}},
		{`{"name": "level", "type": "Integer"}`, `{"name": "level", "type": "Integer", "required": true}`, []string{"required: warning: user: level: the application requires it, and nothing is mapped to it"}},
		{`{"name": "userPrincipalName", "type": "String", "required": true}`, `{"name": "userPrincipalName", "type": "String"}`, []string{"required: warning: user: userName: the application requires it, and who has no userPrincipalName gets no account"}},
		{`{"name": "mail", "type": "String"}`, `{"name": "mail", "type": "String"}, {"name": "mail", "type": "String"}`, []string{"attributeTwice: error: user: attribute mail: the attribute list of Microsoft Entra ID has it twice"}},
		{`{"name": "mail", "type": "String"}`, `{"name": "mail"}`, []string{"attributeNameless: error: user: attribute mail: the attribute list of Microsoft Entra ID has it without a type"}},
		{`{"name": "mail", "type": "String"}`, `{"type": "String"}`, []string{"attributeNameless: error: user: the attribute list of Microsoft Entra ID has one without a name"}},
		{`{"name": "mail", "type": "String"}`, `{"name": "mail", "type": "Text"}`, []string{`unknownValue: error: user: attribute mail: its type is "Text", none of String, Integer, Reference, Binary, Boolean, DateTime`}},
		{`{"name": "mail", "type": "String"}`, `{"name": "mail", "type": "String", "mutability": "Maybe"}`, []string{`unknownValue: error: user: attribute mail: its mutability is "Maybe", none of ReadWrite, ReadOnly, Immutable, WriteOnly`}},
		{`"targetObjectName": "urn:group"`, `"targetObjectName": "urn:team"`, []string{`noAttributeList: error: group: the schema has no list of the target attributes of "urn:team"`}},
	} {
		whole := soundWith("", "")
		if !strings.Contains(whole, c.old) {
			t.Fatalf("%s is not in the schema", c.old)
		}
		got := findings(schemacheck.Check(schematest.Parse(t, []byte(strings.Replace(whole, c.old, c.now, 1)))))
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", c.now, diff)
		}
	}
}

func TestARuleThatTheJobLacksIsAnError(t *testing.T) {
	t.Parallel()
	live := schematest.Parse(t, []byte(soundWith("", "")))
	other := schematest.Parse(t, []byte(strings.Replace(soundWith("", ""), "03f7d90d", "11111111", 1)))
	want := []string{
		`unknownRule: error: user: the job has no rule "11111111-bf71-41b1-bda6-aaf0ddbee5d8" with an object User for urn:user`,
		`unknownRule: error: group: the job has no rule "11111111-bf71-41b1-bda6-aaf0ddbee5d8" with an object Group for urn:group`,
	}
	if diff := cmp.Diff(want, findings(schemacheck.Against(other, live))); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// A schema that was exported can be imported again.
func TestWhatTheJobHasInAnExpressionIsNoError(t *testing.T) {
	t.Parallel()
	s := schematest.Parse(t, []byte(soundWith(stored("title", `IIF([mail] = "", "none", [mail])`, "")+","+stored("level", "Rot13([mail])", ""), "")))
	for _, f := range schemacheck.Against(s, s) {
		if f.Severity == schemacheck.Error {
			t.Error(f)
		}
	}
	errs, _ := schemacheck.CountFindings(schemacheck.Against(s, schematest.Parse(t, []byte(soundWith("", "")))))
	if errs != 2 {
		t.Errorf("%d errors against another schema", errs)
	}
}

func TestWhatTheServiceKnowsIsNoError(t *testing.T) {
	t.Parallel()
	s := schematest.Parse(t, []byte(soundWith(stored("title", "Rot13([mail])", ""), clause("department", "SOUNDS LIKE", `"x"`))))
	if got := findings(schemacheck.Check(s)); len(got) != 2 {
		t.Errorf("got %q", got)
	}
	known := schemacheck.Known{Functions: []string{"Rot13"}, Operators: []synchronization.FilterOperator{{Name: "SOUNDS LIKE", Arity: "Binary"}}}
	if diff := cmp.Diff([]string{}, findings(known.Check(s))); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestEveryErrorAndWarningTellsWhatToDo(t *testing.T) {
	t.Parallel()
	whole := soundWith(stored("titel", "[departmnt]", "")+","+stored("title", "[otherMails]", ""), clause("manager", "IS NULL"))
	for _, f := range schemacheck.Check(schematest.Parse(t, []byte(whole))) {
		if len(f.Remedy) == 0 {
			t.Errorf("%v has no remedy", f)
		}
	}
}

func TestFindingsAreJudged(t *testing.T) {
	t.Parallel()
	warning, grave := schemacheck.Finding{Severity: schemacheck.Warning}, schemacheck.Finding{Severity: schemacheck.Error}
	for _, c := range []struct {
		findings []schemacheck.Finding
		strict   bool
		want     string
	}{
		{nil, true, ""},
		{[]schemacheck.Finding{{Severity: schemacheck.Info}}, true, ""},
		{[]schemacheck.Finding{warning}, false, ""},
		{[]schemacheck.Finding{warning}, true, "the mappings have 0 errors and 1 warning"},
		{[]schemacheck.Finding{warning, warning, grave}, false, "the mappings have 1 error and 2 warnings"},
	} {
		got := ""
		if err := schemacheck.Judge(c.findings, c.strict); err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%v: got %q, want %q", c.findings, got, c.want)
		}
	}
}

// Nothing in the large schema is wrong in the first run, and nothing fits in
// the second: neither may take more than its share of time at ten times the
// size.
func BenchmarkCheck(b *testing.B) {
	for _, wrong := range []bool{false, true} {
		for _, n := range []int{200, 2000, 20000} {
			whole := manyMappings(n, wrong)
			b.Run(fmt.Sprintf("%d mappings, wrong %v", n, wrong), func(b *testing.B) {
				b.SetBytes(int64(len(whole)))
				b.ReportAllocs()
				for b.Loop() {
					if got := schemacheck.Check(schematest.Parse(b, []byte(whole))); (len(got) > 0) != wrong {
						b.Fatal(len(got))
					}
				}
			})
		}
	}
}

// manyMappings is a schema with that many more mappings, expressions and
// attributes of about 2.5 kB each, as a mapping of a 5 MB schema has.
func manyMappings(n int, wrong bool) string {
	var more, sources, targets []string
	filler := strings.Repeat("x", 2000)
	for i := range n {
		source := fmt.Sprintf("source%06d", i)
		if wrong {
			source += "misspelt"
		}
		more = append(more, stored(fmt.Sprintf("target%06d", i), fmt.Sprintf(`Append([%s], "%s")`, source, filler), ""))
		sources = append(sources, fmt.Sprintf(`{"name": "source%06d", "type": "String"},`, i))
		targets = append(targets, fmt.Sprintf(`{"name": "target%06d", "type": "String"},`, i))
	}
	whole := soundWith(strings.Join(more, ","), "")
	whole = strings.Replace(whole, `{"name": "objectId"`, strings.Join(sources, "")+`{"name": "objectId"`, 1)
	return strings.Replace(whole, `{"name": "id"`, strings.Join(targets, "")+`{"name": "id"`, 1)
}
