// Package tenanttest has the simulated tenant that the tests of provisioning
// share.
package tenanttest

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"testing"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/graph/directory"
	"github.com/scimctl/scimctl/graph/synchronization"
	"github.com/scimctl/scimctl/mappings"
	"github.com/scimctl/scimctl/mappings/history"
	"github.com/scimctl/scimctl/mappings/schema"
	"github.com/scimctl/scimctl/provisioning/job"
	"github.com/scimctl/scimctl/provisioning/sandbox"
)

// RefuseSCIM answers a trial as the service does when the application turns a
// token down.
func RefuseSCIM(w http.ResponseWriter, r *http.Request) {
	With(400, GraphError("CredentialValidationUnavailable", "Response Status Code: Unauthorized Response Headers:  Response Content: "))(w, r)
}

func Sorted(list []string) []string {
	list = slices.Clone(list)
	slices.Sort(list)
	return list
}

// SentSecrets reads the last PUT of secrets.
func SentSecrets(t *Tenant) map[string]string {
	t.Helper()
	bodies := t.Sent("PUT secrets")
	if len(bodies) == 0 {
		t.Fatal("no secrets were sent")
	}
	var sent struct{ Value []synchronization.KeyValue }
	if err := json.Unmarshal([]byte(bodies[len(bodies)-1]), &sent); err != nil {
		t.Fatal(err)
	}
	keys := map[string]string{}
	for _, kv := range sent.Value {
		keys[kv.Key] = kv.Value
	}
	return keys
}

const RoleURN = "urn:ietf:params:scim:schemas:workato:1.0:WorkatoRole:workato_role"

// WithRole is the Workato application with a mapped role, held by Ada.
func WithRole(t *testing.T, opts ...sandbox.Option) (tenant *Tenant, setRole func(string)) {
	t.Helper()
	tenant = NewTenant(t, opts...)
	tenant.Provisioned()
	app, err := applications.FindRegistration(t.Context(), tenant.Client, "Workato")
	if err != nil {
		t.Fatal(err)
	}
	extension, err := applications.CreateExtension(t.Context(), tenant.Client, app.ApplicationID,
		applications.ExtensionProperty{Name: "workato_role", DataType: "String", TargetObjects: []string{"User"}})
	if err != nil {
		t.Fatal(err)
	}
	ada, err := directory.FindUser(t.Context(), tenant.Client, "ada@contoso.com")
	if err != nil {
		t.Fatal(err)
	}
	setRole = func(role string) {
		t.Helper()
		err := tenant.Client.Wait(t.Context(), "the role can be set", func(ctx context.Context) (bool, error) {
			err := directory.UpdateUser(ctx, tenant.Client, ada.ID, map[string]any{extension.Name: role})
			return err == nil, notAvailableYet(err)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	setRole("Admin")
	add := mappings.Add{Mappings: []schema.Mapping{{Target: RoleURN, Source: extension.Name}}, NewSource: true}
	Do(tenant, mappings.Update{Graph: tenant.Client, App: "Workato", Plan: add.Plan, Reason: "test", History: history.History{Dir: t.TempDir()}})
	return tenant, setRole
}

func notAvailableYet(err error) error {
	if graph.IsNotAvailable(err) {
		return nil
	}
	return err
}

type Object = map[string]any

func Step(name, kind, status string, details any) Object {
	return Object{"name": name, "type": kind, "status": status, "description": name + " was done", "timestamp": "2026-03-01T10:00:00Z", "details": details}
}

var (
	Imported = Step("EntryImportAdd", "Import", "Success", Object{"objectId": "1", "accountEnabled": "True"})
	InScope  = Step("EntrySynchronizationScoping", "Scoping", "Success", Object{
		"Assigned to the application": "True", "ScopeEvaluationResult": `{"Marketing.department EQUALS 'Marketing'":true}`,
	})
	OutOfScope = Step("EntrySynchronizationScoping", "Scoping", "Success", Object{"IsActive": "True", "Assigned": "False"})
)

func Event(action, status string, steps ...any) Object {
	return Object{
		"action": action, "modifiedProperties": []any{}, "provisioningSteps": steps,
		"statusInfo":     Object{"status": status, "errorCode": nil, "reason": nil, "additionalDetails": nil, "recommendedAction": nil},
		"sourceIdentity": Object{"id": "1", "type": "User"}, "targetIdentity": Object{"id": "2", "type": "U"},
		"sourceSystem": Object{"name": "Azure Active Directory"}, "targetSystem": Object{"name": "customappsso"},
	}
}

func Said(result, code, message string) Object {
	return Object{"result": result, "details": Object{"errorCode": code, "errorMessage": message}}
}

const LiteralKey = "Microsoft.Identity.Health.CPP.Common.DataContracts.SyncFabric.StatusInfo"

// Ready is a tenant with a job to which Ada is assigned.
func Ready(t *testing.T) *Tenant {
	t.Helper()
	tenant := NewTenant(t)
	Do(tenant, job.Create{Graph: tenant.Client, App: "Workato"})
	tenant.Assign("ada@contoso.com")
	return tenant
}

// JobAnswer is a job as Graph shows it, with some members of its status.
func JobAnswer(state, code string, status map[string]any) map[string]any {
	all := map[string]any{"code": code, "steadyStateFirstAchievedTime": "0001-01-01T00:00:00Z"}
	maps.Copy(all, status)
	return map[string]any{
		"id": "scim.1111.2222", "templateId": "scim",
		"schedule": map[string]any{"interval": "PT40M", "state": state}, "status": all,
	}
}

var PlaceholderExecution = map[string]any{
	"state": "Failed", "timeBegan": "0001-01-01T00:00:00Z", "timeEnded": "0001-01-01T00:00:00Z",
	"error": map[string]any{"code": "None", "message": "", "tenantActionable": false},
}

var EndedExecution = map[string]any{
	"state": "Succeeded", "timeBegan": "2026-03-01T10:00:00Z", "timeEnded": "2026-03-01T10:05:00Z",
	"countEntitledForProvisioning": 12, "countImported": 30, "countExported": 4, "error": nil,
}

var QuarantineAnswer = map[string]any{
	"reason": "EncounteredQuarantineException", "currentBegan": "2026-03-01T10:05:00Z", "nextAttempt": "2026-03-01T16:05:00Z",
	"error": map[string]any{"code": "SystemForCrossDomainIdentityManagementInvalidCredentials", "message": "no", "tenantActionable": true},
}

const ManyDeletes = "TooManyDeletes"
