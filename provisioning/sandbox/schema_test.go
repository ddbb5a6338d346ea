package sandbox_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/provisioning/sandbox"
)

func TestTheDefaultSchemaIsAsDocumented(t *testing.T) {
	t.Parallel()
	s := newTenant(t)
	job := s.job()
	schema := s.must(200, "GET", job+"/schema", nil).body
	rule := at(schema, "synchronizationRules", 0).(map[string]any)
	if rule["id"] != "03f7d90d-bf71-41b1-bda6-aaf0ddbee5d8" || rule["name"] != "USERGROUP_OUTBOUND_USERGROUP" || rule["targetDirectoryName"] != "customappsso" || rule["sourceDirectoryName"] != "Microsoft Entra ID" {
		t.Error(rule)
	}
	users, groups := at(rule, "objectMappings", 0).(map[string]any), at(rule, "objectMappings", 1).(map[string]any)
	if len(users["attributeMappings"].([]any)) != 22 || len(groups["attributeMappings"].([]any)) != 3 || users["flowTypes"] != "Add,Update,Delete" {
		t.Error("the default mappings are incomplete")
	}
	want := map[string]any{
		"defaultValue": nil, "exportMissingReferences": false, "flowBehavior": "FlowWhenChanged", "flowType": "Always", "matchingPriority": 1.0,
		"targetAttributeName": "userName",
		"source":              map[string]any{"expression": "[userPrincipalName]", "name": "userPrincipalName", "type": "Attribute", "parameters": []any{}},
	}
	if diff := cmp.Diff(want, at(users, "attributeMappings", 0)); diff != "" {
		t.Error("(-want +got)\n" + diff)
	}
	if at(schema, "directories", 0, "id") != "66e4a8cc-1b7b-435e-95f8-f06cea133828" {
		t.Error("the source directory has another id")
	}
	for i, m := range []map[string]any{users, groups} {
		known := map[any]bool{}
		for _, a := range at(schema, "directories", 1, "objects", i, "attributes").([]any) {
			known[at(a, "name")] = true
		}
		for _, a := range m["attributeMappings"].([]any) {
			if !known[at(a, "targetAttributeName")] {
				t.Errorf("%v is mapped and not in the attribute list", at(a, "targetAttributeName"))
			}
		}
	}
	s.must(204, "PUT", job+"/schema", schema) // it passes its own check
}

func TestASchemaKeepsWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	s := newTenant(t)
	job := s.job()
	text := s.must(200, "GET", job+"/schema", nil).text
	text = strings.Replace(text, `"priority":1`, `"priority":1,"strange":[1.50,12345678901234567890,"<&>"]`, 1)
	s.must(204, "PUT", job+"/schema", text)
	got := s.must(200, "GET", job+"/schema", nil)
	if !strings.Contains(got.text, `"strange":[1.50,12345678901234567890,"<&>"]`) {
		t.Error("a member got lost")
	}
	if !strings.HasPrefix(got.string("version"), "Date:") || !strings.HasSuffix(job, got.string("id")) {
		t.Error(got.string("version"), got.string("id"))
	}
	s.must(204, "DELETE", job+"/schema", nil)
	if got := s.must(200, "GET", job+"/schema", nil); strings.Contains(got.text, "strange") || got.string("version") != "v1.2" {
		t.Error("the defaults are not back")
	}
}

func TestPatchingASchemaIsNotFound(t *testing.T) {
	t.Parallel()
	s := newTenant(t)
	_, _, sp := s.app("Workato")
	job := s.job()
	id := job[strings.LastIndex(job, "/")+1:]
	want := `Not Found UnknownError: {"Message":"No HTTP resource was found that matches the request URI 'https://syncfabric.windowsazure.com/api/servicePrincipals('` + sp + `')/synchronization/jobs('` + id + `')/schema?api-version=2.0'."}`
	if got := s.ask("PATCH", job+"/schema", `{}`).fault(); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

func TestABadSchemaIsRefused(t *testing.T) {
	t.Parallel()
	s := newTenant(t)
	job := s.job()
	original := s.must(200, "GET", job+"/schema", nil).text
	for name, change := range map[string]func(map[string]any){
		"no matching attribute": func(m map[string]any) { at(m, "attributeMappings", 0).(map[string]any)["matchingPriority"] = 0 },
		"an unknown target": func(m map[string]any) {
			at(m, "attributeMappings", 2).(map[string]any)["targetAttributeName"] = "nonsense"
		},
		"an unknown source": func(m map[string]any) {
			at(m, "attributeMappings", 2, "source").(map[string]any)["expression"] = "[nonsense]"
		},
		"a bad expression": func(m map[string]any) {
			at(m, "attributeMappings", 1, "source").(map[string]any)["expression"] = "Switch([IsSoftDeleted]"
		},
		"a target twice": func(m map[string]any) {
			at(m, "attributeMappings", 3).(map[string]any)["targetAttributeName"] = "displayName"
		},
		"disabled users":     func(m map[string]any) { m["enabled"] = false },
		"another object":     func(m map[string]any) { m["sourceObjectName"] = "user" },
		"unknown flow types": func(m map[string]any) { m["flowTypes"] = "Add,Nonsense" },
	} {
		var schema map[string]any
		if err := json.Unmarshal([]byte(original), &schema); err != nil {
			t.Fatal(err)
		}
		change(at(schema, "synchronizationRules", 0, "objectMappings", 0).(map[string]any))
		r := s.ask("PUT", job+"/schema", schema)
		if r.status != 400 || r.string("error/code") != "UnknownError" || !json.Valid([]byte(r.string("error/message"))) {
			t.Errorf("%s: %d %s", name, r.status, r.text)
		}
	}
	for _, body := range []string{`{}`, `[]`, `{"synchronizationRules":[]}`, `{"synchronizationRules":`, ``} {
		s.must(400, "PUT", job+"/schema", body)
	}
	if s.must(200, "GET", job+"/schema", nil).text != original {
		t.Error("a refused schema left something behind")
	}
}

func TestExpressionsAreParsedAndTried(t *testing.T) {
	t.Parallel()
	s := newTenant(t)
	job := s.job()
	r := s.must(200, "POST", job+"/schema/parseExpression", `{"expression":"Join(\" \", [givenName], [surname])","targetAttributeDefinition":null,
		"testInputObject":{"definition":null,"properties":[{"key":"givenName","value":"Ada"},{"key":"surname","value":"Lovelace"}]}}`)
	if diff := cmp.Diff([]any{"Ada Lovelace"}, r.body["evaluationResult"]); diff != "" || r.body["parsingSucceeded"] != true || r.string("parsedExpression/name") != "Join" {
		t.Error(r.text)
	}
	bad := s.must(200, "POST", job+"/schema/parseExpression", `{"expression":"Join(\" \", [givenName"}`)
	if bad.body["parsingSucceeded"] != false || bad.string("error/code") == "" {
		t.Error(bad.text)
	}
	var names []any
	for _, o := range s.must(200, "GET", job+"/schema/filterOperators", nil).list() {
		names = append(names, o["id"])
	}
	if diff := cmp.Diff([]any{"EQUALS", "NOT EQUALS", "REGEX MATCH", "NOT REGEX MATCH", "IS TRUE", "IS FALSE", "IS NULL", "IS NOT NULL"}, names); diff != "" {
		t.Error("(-want +got)\n" + diff)
	}
	if got := s.must(200, "GET", job+"/schema/functions", nil).list(); len(got) < 10 {
		t.Error(got)
	}
}

func TestOnDemandRefusesWhatItCannotDo(t *testing.T) {
	t.Parallel()
	const rule = "03f7d90d-bf71-41b1-bda6-aaf0ddbee5d8"
	subject := func(rule, id, kind string, members int) map[string]any {
		var list []any
		for range members {
			list = append(list, map[string]any{"objectId": id, "objectTypeName": "User"})
		}
		return map[string]any{"parameters": []any{map[string]any{"ruleId": rule, "subjects": []any{map[string]any{
			"objectId": id, "objectTypeName": kind, "links": map[string]any{"members": list},
		}}}}}
	}
	for name, c := range map[string]struct {
		body func(id string) any
		want string
	}{
		"another rule": {
			func(id string) any { return subject("other#V2", id, "User", 0) },
			"RequestParameterInvalid: The request identified this synchronization job: {job}.  The request also identified this synchronization rule: other#V2.  However, the job does not include the rule.",
		},
		"another case":   {func(id string) any { return subject(rule, id, "user", 0) }, "RequestParameterInvalid"},
		"six members":    {func(id string) any { return subject(rule, id, "Group", 6) }, "RequestParameterInvalid"},
		"no such object": {func(string) any { return subject(rule, "nobody", "User", 0) }, "RequestParameterInvalid"},
		"no wrapper":     {func(string) any { return map[string]any{"ruleId": rule} }, "RequestMissingRequiredParameter"},
	} {
		s := newTenant(t)
		job := s.job()
		r := s.ask("POST", job+"/provisionOnDemand", c.body(s.user("ada@contoso.com")))
		want := strings.ReplaceAll("Bad Request "+c.want, "{job}", job[strings.LastIndex(job, "/")+1:])
		if got := r.fault(); !strings.HasPrefix(got, want+":") && got != want {
			t.Errorf("%s: got %s\nwant %s", name, got, want)
		}
	}
}

func TestOnDemandIsLimited(t *testing.T) {
	t.Parallel()
	s := newTenant(t)
	job := s.job()
	ada := s.user("ada@contoso.com")
	for range 5 {
		s.onDemand(job, "User", ada)
	}
	r := s.must(429, "POST", job+"/provisionOnDemand", map[string]any{"parameters": []any{map[string]any{
		"ruleId": "03f7d90d-bf71-41b1-bda6-aaf0ddbee5d8", "subjects": []any{map[string]any{"objectId": ada, "objectTypeName": "User"}},
	}}})
	if r.header.Get("Retry-After") == "" {
		t.Error(r.header)
	}
}

func TestAGroupIsProvisionedWithTheMembersNamed(t *testing.T) {
	t.Parallel()
	s := newTenant(t, sandbox.WithLag(0))
	job := s.job()
	group := s.must(200, "GET", "/groups?$filter=displayName%20eq%20'Workato%20Pilots'", nil).list()[0]["id"].(string)
	s.assign(group)
	edsger, barbara := s.user("edsger@contoso.com"), s.user("barbara@contoso.com")
	for _, id := range []string{edsger, barbara} {
		if got := s.onDemand(job, "User", id); got.Result != "Success" {
			t.Fatalf("%+v", got)
		}
	}
	members := func() int {
		list, _ := s.snapshot().Groups[0].Attributes["members"].([]any)
		return len(list)
	}
	if got := s.onDemand(job, "Group", group, edsger); got.Action != "Create" || members() != 1 {
		t.Errorf("%+v, %d members", got, members())
	}
	if got := s.onDemand(job, "Group", group, edsger, barbara); got.Action != "Update" || members() != 2 {
		t.Errorf("%+v, %d members", got, members())
	}
	s.must(204, "DELETE", "/groups/"+group+"/members/"+edsger+"/$ref", nil)
	if got := s.onDemand(job, "Group", group, edsger); got.Action != "Update" || members() != 1 {
		t.Errorf("%+v, %d members", got, members())
	}
}

func TestFailuresAreAnsweredAsSuchWith200(t *testing.T) {
	t.Parallel()
	s := newTenant(t, sandbox.WithLag(0))
	job := s.job()
	broken, _ := scimStub(t, 503)
	s.configure(syncOf(job), broken, "abc")
	ada := s.user("ada@contoso.com")
	s.assign(ada)
	if got := s.onDemand(job, "User", ada); got.Result != "Failure" || got.Code != "SystemForCrossDomainIdentityManagementCredentialValidationUnavailable" {
		t.Errorf("%+v", got)
	}
}

func TestTheObservedAnswerIsAList(t *testing.T) {
	t.Parallel()
	s := newTenant(t, sandbox.WithObservedOnDemandAnswer())
	job := s.job()
	r := s.must(200, "POST", job+"/provisionOnDemand", map[string]any{"parameters": []any{map[string]any{
		"ruleId": "03f7d90d-bf71-41b1-bda6-aaf0ddbee5d8", "subjects": []any{map[string]any{"objectId": s.user("ada@contoso.com"), "objectTypeName": "User"}},
	}}})
	var list []map[string]any
	if err := json.Unmarshal([]byte(r.string("value")), &list); err != nil || len(list) != 1 || r.string("key") != "Microsoft.Identity.Health.CPP.Common.DataContracts.SyncFabric.StatusInfo" {
		t.Error(err, r.text)
	}
}

func TestTheAnswerForAGroupCanBeBare(t *testing.T) {
	t.Parallel()
	s := newTenant(t, sandbox.WithLag(0), sandbox.WithBareGroupAnswer())
	job := s.job()
	sales := s.must(200, "GET", "/groups?$filter=displayName%20eq%20'Sales'", nil).list()[0]["id"].(string)
	for kind, id := range map[string]string{"Group": sales, "User": s.user("ada@contoso.com")} {
		r := s.must(200, "POST", job+"/provisionOnDemand", map[string]any{"parameters": []any{map[string]any{
			"ruleId": "03f7d90d-bf71-41b1-bda6-aaf0ddbee5d8", "subjects": []any{map[string]any{"objectId": id, "objectTypeName": kind}},
		}}})
		if bare := r.string("value") == "{}"; bare != (kind == "Group") || !strings.HasPrefix(r.string("key"), `{"details":`) {
			t.Errorf("%s: %s", kind, r.text)
		}
	}
}

func TestLogsTellWhatWasDone(t *testing.T) {
	t.Parallel()
	s := newTenant(t)
	job := s.job()
	ada := s.user("ada@contoso.com")
	s.assign(ada)
	s.onDemand(job, "User", ada)
	s.onDemand(job, "User", ada)
	if got := s.must(200, "GET", "/auditLogs/provisioning", nil).list(); len(got) != 0 {
		t.Error("the logs are there at once")
	}
	id := job[strings.LastIndex(job, "/")+1:]
	list := s.must(200, "GET", "/auditLogs/provisioning?$filter=jobId%20eq%20'"+id+"'%20and%20sourceIdentity/id%20eq%20'"+ada+"'%20and%20provisioningAction%20eq%20'Create'&$orderby=activityDateTime%20desc&$top=1", nil).list()
	if len(list) != 1 || list[0]["provisioningAction"] != "create" || at(list[0], "provisioningStatusInfo", "status") != "success" || at(list[0], "provisioningSteps", 0, "provisioningStepType") != "import" {
		t.Fatal(list)
	}
	s.must(200, "GET", "/auditLogs/provisioning/"+list[0]["id"].(string), nil)
	for range 2 {
		s.must(200, "GET", "/auditLogs/provisioning?$filter=servicePrincipal/displayName%20eq%20'workato'", nil)
	}
	s.must(429, "GET", "/auditLogs/provisioning", nil)
}
