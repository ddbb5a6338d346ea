package sandbox_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/scimctl/scimctl/provisioning/sandbox"
)

// A reader asks, and compares what is answered with a type.
type reader struct {
	*tenant
	typist *typist
}

// entity, list and fault ask for an object, a list of objects and an error.
func (r *reader) entity(kind string, status int, method, path string, body any) reply {
	r.Helper()
	got := r.must(status, method, path, body)
	r.typist.check(kind, kind, got.body)
	return got
}

func (r *reader) list(kind, method, path string, body any) {
	r.Helper()
	got := r.must(200, method, path, body)
	if len(got.list()) == 0 {
		r.Errorf("%s %s lists nothing", method, path)
	}
	for name, value := range got.body {
		if name == "value" {
			r.typist.check(kind, "[]"+kind, value)
			continue
		}
		r.typist.check(path+" "+name, "text", value)
	}
}

func (r *reader) fault(status int, method, path string, body any) {
	r.Helper()
	r.entity("odataError", status, method, path, body)
}

// The answers along the guide, and a few beside it, are of Graph's types.
func TestAnswersAreOfGraphsTypes(t *testing.T) {
	t.Parallel()
	r := &reader{newTenant(t, sandbox.WithLag(0)), newTypist()}
	r.application()
	r.directory()
	job := r.provisioning()
	r.schema(job)
	r.running(job)
	r.batch()
	for _, wrong := range slices.Sorted(maps.Keys(r.typist.wrong)) {
		t.Error(wrong)
	}
	for kind := range r.typist.types {
		unseen := []string{"attributeDefinitionMetadataEntry", "directoryObject", "implicitGrantSettings", "synchronization", "synchronizationProgress"}
		if !r.typist.seen[kind] && !slices.Contains(unseen, kind) {
			t.Errorf("no answer has a %s", kind)
		}
	}
}

func (r *reader) application() {
	r.Helper()
	r.entity("applicationServicePrincipal", 201, "POST", "/applicationTemplates/8adf8e6e-67b2-4cf2-a259-e3dc5476c621/instantiate", `{"displayName":"Fabrikam"}`)
	r.list("applicationTemplate", "GET", "/applicationTemplates", nil)
	application, _, sp := r.app("Workato")
	r.entity("application", 200, "GET", "/applications/"+application, nil)
	r.list("application", "GET", "/applications", nil)
	r.entity("servicePrincipal", 200, "GET", "/servicePrincipals/"+sp, nil)
	r.list("servicePrincipal", "GET", "/servicePrincipals", nil)
	r.entity("extensionProperty", 201, "POST", "/applications/"+application+"/extensionProperties", `{"name":"role","dataType":"String","targetObjects":["User"]}`)
	r.fault(400, "POST", "/applications/"+application+"/extensionProperties", `{"name":"role","dataType":"String","targetObjects":["User"]}`)
	r.list("extensionProperty", "GET", "/applications/"+application+"/extensionProperties", nil)
	r.list("extensionProperty", "POST", "/directoryObjects/getAvailableExtensionProperties", `{}`)
}

// everything is what can be selected of a user.
func (r *reader) everything() string {
	var names []string
	for name := range r.typist.types["user"] {
		if name != "manager" && name != "extension_" {
			names = append(names, name)
		}
	}
	return strings.Join(slices.Sorted(slices.Values(names)), ",")
}

func (r *reader) directory() {
	r.Helper()
	_, appID, _ := r.app("Workato")
	role := "extension_" + strings.ReplaceAll(appID, "-", "") + "_role"
	r.must(204, "PATCH", "/users/ada@contoso.com", `{"`+role+`":"Admin","employeeOrgData":{"division":"Engines"}}`)
	r.entity("user", 200, "GET", "/users/ada@contoso.com?$select=id,"+role, nil)
	r.list("user", "GET", "/users?$select="+r.everything(), nil)
	r.entity("user", 200, "GET", "/users/ada@contoso.com?$expand=manager", nil)
	r.entity("directoryObject", 200, "GET", "/users/ada@contoso.com/manager", nil)
	r.fault(404, "GET", "/users/nobody@contoso.com", nil)
	r.fault(400, "GET", "/users?$filter=nonsense%20eq%201", nil)
	r.list("group", "GET", "/groups", nil)
	for _, group := range r.must(200, "GET", "/groups?$filter=displayName%20eq%20'Sales'", nil).list() {
		r.list("directoryObject", "GET", "/groups/"+group["id"].(string)+"/members", nil)
	}
	betty := r.user("betty@contoso.com")
	r.must(204, "DELETE", "/users/"+betty, nil)
	r.list("user", "GET", "/directory/deletedItems/microsoft.graph.user", nil)
	r.entity("directoryObject", 200, "POST", "/directory/deletedItems/"+betty+"/restore", nil)
}

// provisioning sets the job up and returns its path.
func (r *reader) provisioning() string {
	r.Helper()
	_, _, sp := r.app("Workato")
	sync := "/servicePrincipals/" + sp + "/synchronization"
	r.list("synchronizationTemplate", "GET", sync+"/templates", nil)
	job := sync + "/jobs/" + r.entity("synchronizationJob", 201, "POST", sync+"/jobs", `{"templateId":"scim"}`).string("id")
	r.fault(409, "POST", sync+"/jobs", `{"templateId":"scim"}`)
	r.fault(400, "POST", job+"/validateCredentials", `{"templateId":"scim","credentials":[{"key":"BaseAddress","value":"`+sandbox.SCIMURL+`"},{"key":"SecretToken","value":"none"}]}`)
	r.configure(sync, sandbox.SCIMURL, r.token(), "SyncAll", "false")
	r.list("synchronizationSecretKeyStringValuePair", "GET", sync+"/secrets", nil)
	r.assign(r.user("ada@contoso.com"))
	r.list("appRoleAssignment", "GET", "/servicePrincipals/"+sp+"/appRoleAssignedTo", nil)
	r.list("appRoleAssignment", "GET", "/users/ada@contoso.com/appRoleAssignments", nil)
	return job
}

func (r *reader) schema(job string) {
	r.Helper()
	_, appID, _ := r.app("Workato")
	role := "extension_" + strings.ReplaceAll(appID, "-", "") + "_role"
	r.edit(job, func(schema map[string]any) {
		mapRole(schema, role, urn+"workato_role")
		mapping := at(schema, "synchronizationRules", 0, "objectMappings", 0).(map[string]any)
		mapping["scope"] = map[string]any{"categoryFilterGroups": []any{}, "inputFilterGroups": []any{}, "groups": []any{map[string]any{
			"name": "Engineers", "clauses": []any{map[string]any{
				"operatorName": "EQUALS", "sourceOperandName": "department", "targetOperand": map[string]any{"values": []any{"Engineering"}},
			}},
		}}}
	})
	r.entity("synchronizationSchema", 200, "GET", job+"/schema", nil)
	r.entity("synchronizationSchema", 200, "GET", syncOf(job)+"/templates/scim/schema", nil)
	r.fault(404, "PATCH", job+"/schema", `{}`)
	r.list("filterOperatorSchema", "GET", job+"/schema/filterOperators", nil)
	r.list("attributeMappingFunctionSchema", "GET", job+"/schema/functions", nil)
	r.entity("parseExpressionResponse", 200, "POST", job+"/schema/parseExpression", `{"expression":"Join(\" \", [givenName], \"x\")"}`)
	r.entity("parseExpressionResponse", 200, "POST", job+"/schema/parseExpression", `{"expression":"Join("}`)
}

func (r *reader) running(job string) {
	r.Helper()
	demand := map[string]any{"parameters": []any{map[string]any{
		"ruleId": "03f7d90d-bf71-41b1-bda6-aaf0ddbee5d8", "subjects": []any{map[string]any{"objectId": r.user("ada@contoso.com"), "objectTypeName": "User"}},
	}}}
	r.entity("stringKeyStringValuePair", 200, "POST", job+"/provisionOnDemand", demand)
	r.must(204, "POST", job+"/start", nil)
	r.entity("synchronizationJob", 200, "GET", job, nil)
	r.typist.check("synchronizationJob", "synchronizationJob", r.cycle(job).body)
	r.list("synchronizationJob", "GET", syncOf(job)+"/jobs", nil)
	r.configure(syncOf(job), sandbox.SCIMURL, "no token of its")
	r.typist.check("synchronizationJob", "synchronizationJob", r.cycle(job).body) // in quarantine now
	r.entity("stringKeyStringValuePair", 200, "POST", job+"/provisionOnDemand", demand)
	r.list("provisioningObjectSummary", "GET", "/auditLogs/provisioning", nil)
	entry := r.must(200, "GET", "/auditLogs/provisioning?$filter=provisioningStatusInfo/status%20eq%20'failure'", nil).list()[0]
	r.entity("provisioningObjectSummary", 200, "GET", "/auditLogs/provisioning/"+entry["id"].(string), nil)
	r.fault(404, "GET", "/auditLogs/provisioning/"+r.user("ada@contoso.com"), nil)
	r.must(200, "GET", "/auditLogs/provisioning", nil)
	r.fault(429, "GET", "/auditLogs/provisioning", nil) // five in ten seconds
}

// Errors that are made on purpose are of the same type, in a batch too.
func TestFaultsAreOfGraphsTypes(t *testing.T) {
	t.Parallel()
	for kind, status := range map[sandbox.FaultKind]int{
		sandbox.Throttled: 429, sandbox.Quota: 429, sandbox.Unavailable: 503, sandbox.GatewayTimeout: 504, sandbox.ExpiredToken: 401,
	} {
		fault := sandbox.Fault{Kind: kind, Units: 1, Path: "/ada@contoso.com"}
		r := &reader{newTenant(t, sandbox.WithFault(fault)), newTypist()}
		if kind == sandbox.Quota {
			r.must(200, "GET", "/users/ada@contoso.com", nil)
		}
		r.fault(status, "GET", "/users/ada@contoso.com", nil)
		if kind != sandbox.ExpiredToken { // the token is the batch's
			got := r.entity("batchResponse", 200, "POST", "/$batch", `{"requests":[{"id":"1","method":"GET","url":"/users/ada@contoso.com"}]}`)
			if at(got.body, "responses", 0, "status") != float64(status) {
				t.Errorf("%s: %s", kind, got.text)
			}
			r.typist.check("odataError", "odataError", at(got.body, "responses", 0, "body"))
		}
		for _, wrong := range slices.Sorted(maps.Keys(r.typist.wrong)) {
			t.Errorf("%s: %s", kind, wrong)
		}
	}
}

func (r *reader) batch() {
	r.Helper()
	got := r.entity("batchResponse", 200, "POST", "/$batch", `{"requests":[{"id":"1","method":"GET","url":"/users/ada@contoso.com"},{"id":"2","method":"GET","url":"/users/nobody@contoso.com"}]}`)
	for _, item := range got.body["responses"].([]any) {
		kind := map[any]string{"1": "user", "2": "odataError"}[at(item, "id")]
		r.typist.check(kind, kind, at(item, "body"))
	}
}
