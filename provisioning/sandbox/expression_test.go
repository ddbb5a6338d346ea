package sandbox_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/mappings/expression"
	"github.com/scimctl/scimctl/provisioning/sandbox"
)

func (t *tenant) parse(job, text string, properties ...map[string]any) reply {
	t.Helper()
	body := map[string]any{"expression": text, "targetAttributeDefinition": nil, "testInputObject": nil}
	if properties != nil {
		body["testInputObject"] = map[string]any{"definition": nil, "properties": properties}
	}
	return t.must(200, "POST", job+"/schema/parseExpression", body)
}

func TestEveryDocumentedFunctionIsListedAndParsed(t *testing.T) {
	t.Parallel()
	s := newTenant(t)
	job := s.job()
	var names []string
	for _, f := range s.must(200, "GET", job+"/schema/functions", nil).list() {
		name := f["id"].(string)
		names = append(names, name)
		args, required := "", 0
		for i, p := range f["parameters"].([]any) {
			if i > 0 {
				args += ", "
			}
			if at(p, "required") == true {
				args += "[mail]"
				required++
			}
		}
		r := s.parse(job, name+"("+args+")")
		stored, _ := r.body["parsedExpression"].(map[string]any)
		if r.body["parsingSucceeded"] != true || stored["name"] != name || len(stored["parameters"].([]any)) != required {
			t.Errorf("%s: %s", name, r.text)
		}
	}
	slices.Sort(names)
	want := expression.Names()
	slices.Sort(want)
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// What is known of the stored form is expression.Stored's; the sandbox has its
// own for what is not.
func TestWhatIsParsedIsStoredAsDocumented(t *testing.T) {
	t.Parallel()
	s := newTenant(t)
	job := s.job()
	for _, text := range []string{
		`Switch([IsSoftDeleted], , "False", "True", "True", "False")`, `Replace([preferredLanguage], "-", , , "_", , )`,
		`FormatDateTime([mail], "yyyy", "MM")`, `ToLower(Mid([mail], 1, 2), )`, `Join("@", StripSpaces([mail]), "x")`,
	} {
		n, err := expression.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		stored, err := expression.Stored(n)
		if err != nil {
			t.Fatal(err)
		}
		encoded, err := json.Marshal(stored)
		if err != nil {
			t.Fatal(err)
		}
		var want any
		if err := json.Unmarshal(encoded, &want); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, s.parse(job, text).body["parsedExpression"]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
}

func TestAParsedExpressionIsSavedAndApplied(t *testing.T) {
	t.Parallel()
	s := newTenant(t, sandbox.WithLag(0))
	job := s.job()
	parsed := s.parse(job, `IIF([department]="Engineering", PCase([jobTitle]), DefaultDomain())`).body["parsedExpression"]
	s.edit(job, func(schema map[string]any) {
		at(schema, "synchronizationRules", 0, "objectMappings", 0, "attributeMappings", 3).(map[string]any)["source"] = parsed
	})
	for name, want := range map[string]string{"ada": "Principal Engineer", "jean": "contoso.com"} {
		id := s.user(name + "@contoso.com")
		s.assign(id)
		if got := s.onDemand(job, "User", id); got.Modified["title"] != "- -> "+want {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestAnExpressionThatIsNoneSaysWhere(t *testing.T) {
	t.Parallel()
	s := newTenant(t)
	job := s.job()
	for text, want := range map[string]string{
		`Join("-", Jion([mail]))`: "Jion at column 11: no function of this name is documented",
		`Left([mail])`:            "Left at column 1: it takes (String, NumChars)",
		`Now([mail])`:             "Now at column 1: it takes ()",
		`Left("` + strings.Repeat("x", 10_000) + `", 1)`: "column 10001: the expression has 10011 characters; 10000 is the most",
		`Join(" ", [givenName]`:                          "column 22: ",
		`FormatDateTime([mail], "a", "b", "c", "d")`:     "FormatDateTime at column 1: it takes (source, dateTimeStyles?, inputFormat, outputFormat)",
	} {
		r := s.parse(job, text)
		if r.body["parsingSucceeded"] != false || r.body["evaluationSucceeded"] != false || r.body["parsedExpression"] != nil ||
			r.string("error/code") != "ExpressionParsingFailed" || !strings.HasPrefix(r.string("error/message"), want) {
			t.Errorf("%.40s: %s", text, r.text)
		}
	}
}

func TestAnExpressionIsEvaluatedAsProvisioningDoes(t *testing.T) {
	t.Parallel()
	s := newTenant(t)
	job := s.job()
	mail := map[string]any{"key": "mail", "value": "Ada@Fabrikam.com"}
	r := s.parse(job, `Append(Word(ToLower([mail]), 1, "@"), Append("@", DefaultDomain()))`, mail)
	if diff := cmp.Diff([]any{"ada@contoso.com"}, r.body["evaluationResult"]); diff != "" || r.body["evaluationSucceeded"] != true {
		t.Errorf("%s (-want +got):\n%s", r.text, diff)
	}
	failed := s.parse(job, `SingleAppRoleAssignment([appRoleAssignments])`, map[string]any{"key": "appRoleAssignments", "value": []string{"a", "b"}})
	if failed.body["parsingSucceeded"] != true || failed.body["evaluationSucceeded"] != false || failed.string("error/code") != "ExpressionEvaluationFailed" {
		t.Error(failed.text)
	}
}

func TestDeletingASchemaBringsTheDefaultsBack(t *testing.T) {
	t.Parallel()
	s := newTenant(t)
	job := s.job()
	original := s.must(200, "GET", job+"/schema", nil).text
	s.edit(job, func(schema map[string]any) {
		mapRole(schema, "extension_0_workato_role", urn+"workato_role")
		at(schema, "synchronizationRules", 0, "objectMappings", 0).(map[string]any)["scope"] = filterOf("department", "IS NOT NULL")
	})
	if s.must(200, "GET", job+"/schema", nil).text == original {
		t.Fatal("nothing was changed")
	}
	s.must(204, "DELETE", job+"/schema", nil)
	if got := s.must(200, "GET", job+"/schema", nil).text; got != original {
		t.Error("the defaults are not back whole")
	}
}

func TestRolesAreNotProvisionedOnDemand(t *testing.T) {
	t.Parallel()
	s := newTenant(t, sandbox.WithLag(0))
	job := s.job()
	s.edit(job, func(schema map[string]any) {
		m := at(schema, "synchronizationRules", 0, "objectMappings", 0, "attributeMappings", 3).(map[string]any)
		m["targetAttributeName"] = "roles"
		m["source"] = map[string]any{"expression": "AppRoleAssignmentsComplex([appRoleAssignments])", "name": "AppRoleAssignmentsComplex", "type": "Function", "parameters": []any{}}
	})
	ada := s.user("ada@contoso.com")
	s.assign(ada)
	if got := s.onDemand(job, "User", ada); got.Action != "Create" || !strings.Contains(got.More, "Roles are not provisioned on demand. Property: roles") {
		t.Errorf("%+v", got)
	}
	if roles := s.snapshot().Users[0].Attributes["roles"]; roles != nil && len(roles.([]any)) > 0 {
		t.Errorf("roles are %v", roles)
	}
}
