package sandbox_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/provisioning/sandbox"
)

const urn = "urn:ietf:params:scim:schemas:workato:1.0:WorkatoRole:"

// edit puts a schema back after a change of its first rule and its directories.
func (t *tenant) edit(job string, change func(schema map[string]any)) {
	t.Helper()
	schema := t.must(200, "GET", job+"/schema", nil).body
	change(schema)
	t.must(204, "PUT", job+"/schema", schema)
}

func at(v any, path ...any) any {
	for _, p := range path {
		switch p := p.(type) {
		case string:
			v = v.(map[string]any)[p]
		case int:
			v = v.([]any)[p]
		}
	}
	return v
}

// mapRole adds an attribute to both directories and a mapping between them.
func mapRole(schema map[string]any, source, target string) {
	definition := func(name string) map[string]any {
		return map[string]any{
			"anchor": false, "caseExact": false, "defaultValue": nil, "flowNullValues": false, "multivalued": false, "mutability": "ReadWrite",
			"name": name, "required": false, "type": "String", "apiExpressions": []any{}, "metadata": []any{}, "referencedObjects": []any{},
		}
	}
	for i, name := range []string{source, target} {
		object := at(schema, "directories", i, "objects", 0).(map[string]any)
		object["attributes"] = append(object["attributes"].([]any), definition(name))
	}
	mapping := at(schema, "synchronizationRules", 0, "objectMappings", 0).(map[string]any)
	mapping["attributeMappings"] = append(mapping["attributeMappings"].([]any), map[string]any{
		"defaultValue": "", "exportMissingReferences": false, "flowBehavior": "FlowWhenChanged", "flowType": "Always", "matchingPriority": 0,
		"targetAttributeName": target,
		"source":              map[string]any{"expression": "[" + source + "]", "name": source, "type": "Attribute", "parameters": []any{}},
	})
}

// syncOf is the path of the synchronization that a job belongs to.
func syncOf(job string) string {
	before, _, _ := strings.Cut(job, "/jobs")
	return before
}

// job makes a job for Workato with working credentials and returns its path.
func (t *tenant) job(settings ...string) string {
	t.Helper()
	_, _, sp := t.app("Workato")
	sync := "/servicePrincipals/" + sp + "/synchronization"
	id := t.must(201, "POST", sync+"/jobs", `{"templateId":"scim"}`).string("id")
	t.configure(sync, sandbox.SCIMURL, t.token(), settings...)
	return sync + "/jobs/" + id
}

func (t *tenant) configure(sync, address, token string, settings ...string) {
	t.Helper()
	value := []map[string]string{
		{"key": "BaseAddress", "value": address},
		{"key": "SecretToken", "value": token},
		{"key": "SyncAll", "value": "false"},
		{"key": "SyncNotificationSettings", "value": "{}"},
	}
	for i := 0; i+1 < len(settings); i += 2 {
		value = append(value, map[string]string{"key": settings[i], "value": settings[i+1]})
	}
	t.must(204, "PUT", sync+"/secrets", map[string]any{"value": value})
}

func (t *tenant) snapshot() sandbox.View {
	t.Helper()
	v, err := t.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func (t *tenant) token() string {
	t.Helper()
	return t.snapshot().Token
}

// assign gives someone the role User of Workato.
func (t *tenant) assign(principal string) string {
	t.Helper()
	_, _, sp := t.app("Workato")
	return t.must(201, "POST", "/servicePrincipals/"+sp+"/appRoleAssignedTo", map[string]string{
		"principalId": principal, "resourceId": sp, "appRoleId": "18d14569-c3bd-439b-9a66-3a2aee01d14f",
	}).string("id")
}

// onDemand is an answer of provisioning on demand, unpacked.
type onDemand struct {
	Result, Code, Action string
	Steps                []string
	Modified             map[string]string
	More                 string
}

func (t *tenant) onDemand(job, kind, id string, members ...string) onDemand {
	t.Helper()
	subject := map[string]any{"objectId": id, "objectTypeName": kind}
	if members != nil {
		var list []map[string]string
		for _, m := range members {
			list = append(list, map[string]string{"objectId": m, "objectTypeName": "User"})
		}
		subject["links"] = map[string]any{"members": list}
	}
	r := t.must(200, "POST", job+"/provisionOnDemand", map[string]any{"parameters": []any{
		map[string]any{"ruleId": "03f7d90d-bf71-41b1-bda6-aaf0ddbee5d8", "subjects": []any{subject}},
	}})
	var key struct {
		Result  string
		Details struct{ ErrorCode string }
	}
	var value struct {
		Action             string
		ProvisioningSteps  []struct{ Name, Type, Status string }
		ModifiedProperties []struct {
			DisplayName        string
			OldValue, NewValue *string
		}
		StatusInfo struct{ AdditionalDetails string }
	}
	if err := json.Unmarshal([]byte(r.string("key")), &key); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(r.string("value")), &value); err != nil {
		t.Fatal(err)
	}
	out := onDemand{Result: key.Result, Code: key.Details.ErrorCode, Action: value.Action, Modified: map[string]string{}, More: value.StatusInfo.AdditionalDetails}
	for _, s := range value.ProvisioningSteps {
		out.Steps = append(out.Steps, s.Name+" "+s.Type+" "+s.Status)
	}
	for _, p := range value.ModifiedProperties {
		text := func(s *string) string {
			if s == nil {
				return "-"
			}
			return *s
		}
		out.Modified[p.DisplayName] = text(p.OldValue) + " -> " + text(p.NewValue)
	}
	return out
}

func TestTheWholeGuideWorks(t *testing.T) {
	t.Parallel()
	s := newTenant(t, sandbox.WithLag(0))
	application, appID, _ := s.app("Workato")
	ada := s.user("ada@contoso.com")
	prefix := "extension_" + strings.ReplaceAll(appID, "-", "") + "_"
	for _, name := range []string{"workato_role", "workato_role_test"} {
		got := s.must(201, "POST", "/applications/"+application+"/extensionProperties", `{"name":"`+name+`","dataType":"string","targetObjects":["User"]}`)
		if got.string("name") != prefix+name || got.string("dataType") != "String" {
			t.Error(got.text)
		}
	}
	s.must(204, "PATCH", "/users/"+ada, `{"`+prefix+`workato_role":"Admin","`+prefix+`workato_role_test":"Analyst"}`)
	job := s.job()
	s.edit(job, func(schema map[string]any) {
		mapRole(schema, prefix+"workato_role", urn+"workato_role")
		mapRole(schema, prefix+"workato_role_test", urn+"workato_role_test")
	})
	assignment := s.assign(ada)

	created := s.onDemand(job, "User", ada)
	want := []string{"EntryImport Import Success", "EntrySynchronizationScoping Scoping Success", "EntrySynchronizationAdd Matching Success", "EntryExportAdd Export Success"}
	if diff := cmp.Diff(want, created.Steps); diff != "" || created.Result != "Success" || created.Action != "Create" {
		t.Errorf("%+v (-want +got)\n%s", created, diff)
	}
	if !strings.Contains(created.More, urn+"workato_role") {
		t.Errorf("nothing says that the role was left out: %q", created.More)
	}
	updated := s.onDemand(job, "User", ada)
	if diff := cmp.Diff(map[string]string{urn + "workato_role": "- -> Admin", urn + "workato_role_test": "- -> Analyst"}, updated.Modified); diff != "" {
		t.Error("(-want +got)\n" + diff)
	}
	same := s.onDemand(job, "User", ada)
	if same.Result != "Skipped" || same.Code != "RedundantExport" {
		t.Errorf("%+v", same)
	}
	s.must(204, "DELETE", strings.Split(job, "/synchronization")[0]+"/appRoleAssignedTo/"+assignment, nil)
	left := s.onDemand(job, "User", ada)
	if left.Action != "Disable" || left.Modified["active"] != "True -> False" {
		t.Errorf("%+v", left)
	}
	users := s.snapshot().Users
	if len(users) != 1 || users[0].Attributes["active"] != false || users[0].Attributes["userName"] != "ada@contoso.com" {
		t.Errorf("%+v", users)
	}
	role := at(users[0].Attributes, strings.TrimSuffix(urn, ":"))
	if diff := cmp.Diff(map[string]any{"workato_role": "Admin", "workato_role_test": "Analyst"}, role); diff != "" {
		t.Error("(-want +got)\n" + diff)
	}
}
