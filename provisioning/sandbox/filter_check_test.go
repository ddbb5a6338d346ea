package sandbox_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/provisioning/sandbox"
)

// refusal is why a schema with a change of its user mapping is refused, ""
// when it is saved.
func (t *tenant) refusal(job, original string, change func(schema, users map[string]any)) string {
	t.Helper()
	var schema map[string]any
	if err := json.Unmarshal([]byte(original), &schema); err != nil {
		t.Fatal(err)
	}
	change(schema, at(schema, "synchronizationRules", 0, "objectMappings", 0).(map[string]any))
	r := t.ask("PUT", job+"/schema", schema)
	if r.status == 204 {
		return ""
	}
	var inner struct {
		Error struct{ Code, Message string }
	}
	if err := json.Unmarshal([]byte(r.string("error/message")), &inner); err != nil || r.status != 400 || r.string("error/code") != "UnknownError" || inner.Error.Code != "SandboxInvalidSchema" {
		t.Errorf("%d %s: %v", r.status, r.text, err)
	}
	return inner.Error.Message
}

func filterOf(attribute, operator string, values ...string) map[string]any {
	clause := map[string]any{"sourceOperandName": attribute, "operatorName": operator, "targetOperand": map[string]any{"values": append([]string{}, values...)}}
	return map[string]any{"categoryFilterGroups": []any{}, "inputFilterGroups": []any{}, "groups": []any{map[string]any{"name": "F", "clauses": []any{clause}}}}
}

func TestAScopingFilterIsCheckedBeforeItIsSaved(t *testing.T) {
	t.Parallel()
	eight, all := newTenant(t), newTenant(t, sandbox.WithAllFilterOperators())
	jobs := map[*tenant]string{eight: eight.job(), all: all.job()}
	for _, c := range []struct {
		on        *tenant
		attribute string
		operator  string
		values    []string
		want      string
	}{
		{eight, "department", "EQUALS", []string{"Sales"}, ""},
		{eight, "accountEnabled", "IS TRUE", nil, ""},
		{eight, "department", "IS NOT NULL", nil, ""},
		{eight, "mail", "REGEX MATCH", []string{`^(?!x).*\@contoso\.com$`}, ""},
		{eight, "department", "equals", []string{"x"}, `the operator "equals" is not known`},
		{eight, "department", "Includes", []string{"x"}, `the operator "Includes" is not known`},
		{eight, "department", "EQUALS", nil, "the operator EQUALS needs a value"},
		{eight, "department", "EQUALS", []string{""}, "the operator EQUALS needs a value"},
		{eight, "department", "IS NULL", []string{"x"}, "the operator IS NULL takes no value"},
		{eight, "department", "REGEX MATCH", []string{")("}, `")(" is no regular expression: unexpected ) in ` + "`)(`"},
		{eight, "division", "EQUALS", []string{"x"}, "the source attribute division is not in the attribute list of Microsoft Entra ID"},
		{eight, "proxyAddresses", "EQUALS", []string{"x"}, "proxyAddresses has several values and cannot be filtered on"},
		{eight, "manager", "IS NULL", nil, "manager cannot be filtered on"},
		{eight, "department", "IS TRUE", nil, "the operator IS TRUE does not take department, which is of type String"},
		{eight, "accountEnabled", "EQUALS", []string{"True"}, "the operator EQUALS does not take accountEnabled, which is of type Boolean"},
		{all, "department", "Includes", []string{"Sales;Mark"}, ""},
		{all, "mail", "ENDS_WITH", []string{"@contoso.com"}, ""},
		{all, "employeeId", "Greater_Than_OR_EQUALS", []string{"100"}, ""},
		{all, "employeeId", "Greater_Than", []string{"1,000"}, `the operator Greater_Than compares numbers, and "1,000" is none`},
	} {
		job := jobs[c.on]
		original := c.on.must(200, "GET", job+"/schema", nil).text
		got := c.on.refusal(job, original, func(_, users map[string]any) { users["scope"] = filterOf(c.attribute, c.operator, c.values...) })
		want := c.want
		if want != "" {
			want = `the scoping filter "F": ` + want
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s %s %q (-want +got):\n%s", c.attribute, c.operator, c.values, diff)
		}
	}
}

func TestWhatIsRefusedIsSaid(t *testing.T) {
	t.Parallel()
	s := newTenant(t)
	job := s.job()
	original := s.must(200, "GET", job+"/schema", nil).text
	mapping := func(users map[string]any, i int) map[string]any {
		return at(users, "attributeMappings", i).(map[string]any)
	}
	source := func(users map[string]any, i int, expression string) {
		at(users, "attributeMappings", i, "source").(map[string]any)["expression"] = expression
		at(users, "attributeMappings", i, "source").(map[string]any)["type"] = "Function"
	}
	for want, change := range map[string]func(schema, users map[string]any){
		"the target attribute id is the target's own and cannot be mapped": func(_, users map[string]any) { mapping(users, 2)["targetAttributeName"] = "id" },
		"userName and displayName have the same matching precedence 1":     func(_, users map[string]any) { mapping(users, 2)["matchingPriority"] = 1 },
		"the matching precedence of displayName is -1":                     func(_, users map[string]any) { mapping(users, 2)["matchingPriority"] = -1 },
		"the target attribute roles has several values and cannot be matched on": func(_, users map[string]any) {
			mapping(users, 2)["targetAttributeName"], mapping(users, 2)["matchingPriority"] = "roles", 2
		},
		"the mapping of displayName: the source type Mystery is not known": func(_, users map[string]any) {
			at(users, "attributeMappings", 2, "source").(map[string]any)["type"] = "Mystery"
		},
		"the mapping of displayName: Jion at column 1: no function of this name is documented": func(_, users map[string]any) {
			source(users, 2, `Jion("", [displayName])`)
		},
		"the mapping of displayName: Mid at column 10: it takes (source, start, length)": func(_, users map[string]any) {
			source(users, 2, `Join("", Mid([displayName], 1))`)
		},
		"the mapping of displayName: column 10001: the expression has 10006 characters; 10000 is the most": func(_, users map[string]any) {
			source(users, 2, `Left("`+strings.Repeat("x", 9995)+`", 1)`)
		},
		"the rule other is not one of the job's": func(schema, _ map[string]any) {
			at(schema, "synchronizationRules", 0).(map[string]any)["id"] = "other"
		},
		`the attribute "" of User in directory Microsoft Entra ID has no name or no known type`: func(schema, _ map[string]any) {
			at(schema, "directories", 0, "objects", 0, "attributes", 3).(map[string]any)["name"] = ""
		},
		`the attribute "streetAddress" of User in directory Microsoft Entra ID has no name or no known type`: func(schema, _ map[string]any) {
			at(schema, "directories", 0, "objects", 0, "attributes", 3).(map[string]any)["type"] = nil
		},
	} {
		if diff := cmp.Diff(want, s.refusal(job, original, change)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
	if s.must(200, "GET", job+"/schema", nil).text != original {
		t.Error("a refused schema left something behind")
	}
}

func TestAllOperatorsCanBeListed(t *testing.T) {
	t.Parallel()
	s := newTenant(t, sandbox.WithAllFilterOperators())
	var names []any
	for _, o := range s.must(200, "GET", s.job()+"/schema/filterOperators", nil).list() {
		names = append(names, o["id"])
	}
	want := []any{
		"EQUALS", "NOT EQUALS", "REGEX MATCH", "NOT REGEX MATCH", "IS TRUE", "IS FALSE", "IS NULL", "IS NOT NULL",
		"Greater_Than", "Greater_Than_OR_EQUALS", "Includes", "ENDS_WITH", "&", "!&",
	}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
