package tenanttest

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/directory"
	"github.com/scimctl/scimctl/graph/synchronization"
	"github.com/scimctl/scimctl/provisioning"
	"github.com/scimctl/scimctl/provisioning/job"
	"github.com/scimctl/scimctl/provisioning/ondemand"
	"github.com/scimctl/scimctl/provisioning/sandbox"
	"github.com/scimctl/scimctl/provisioning/why"
)

// Assigning takes an assignment and shows it afterwards.
func (t *Tenant) Assigning(w http.ResponseWriter, r *http.Request) {
	row := Object{}
	if err := json.NewDecoder(r.Body).Decode(&row); err != nil {
		t.Error(err)
	}
	row["id"] = "new"
	t.Answer("GET appRoleAssignments", With(200, Object{"value": []any{row}}))
	With(201, row)(w, r)
}

// Connected is the client, for what connects by itself.
func (t *Tenant) Connected(context.Context) (*graph.Client, error) { return t.Client, nil }

// Schema reads the schema of Workato as Graph has it, with clauses in the place
// of the filters of one object: each its own filter, as JSON. None leaves it as
// it is.
func (t *Tenant) Schema(object string, filters ...string) []byte {
	t.Helper()
	target := t.Workato()
	text, err := synchronization.Schema(t.Context(), t.Client, target.Ref())
	if err != nil {
		t.Fatal(err)
	}
	if len(filters) == 0 {
		return text
	}
	var document map[string]any
	if err := json.Unmarshal(text, &document); err != nil {
		t.Fatal(err)
	}
	for _, rule := range document["synchronizationRules"].([]any) {
		for _, mapping := range rule.(map[string]any)["objectMappings"].([]any) {
			if m := mapping.(map[string]any); m["sourceObjectName"] == object {
				m["scope"] = map[string]any{"groups": groupsOf(t.T, filters)}
			}
		}
	}
	edited, err := json.Marshal(document)
	if err != nil {
		t.Fatal(err)
	}
	return edited
}

func groupsOf(t *testing.T, filters []string) []any {
	t.Helper()
	groups := []any{}
	for i, filter := range filters {
		attribute, rest, _ := strings.Cut(filter, " ")
		operator, value, _ := strings.Cut(rest, " = ")
		values := []string{}
		if value != "" {
			values = []string{value}
		}
		groups = append(groups, map[string]any{"name": fmt.Sprint("Filter ", i+1), "clauses": []any{map[string]any{
			"operatorName": operator, "sourceOperandName": attribute, "targetOperand": map[string]any{"values": values},
		}}})
	}
	return groups
}

func (t *Tenant) Workato() provisioning.Target {
	t.Helper()
	target, err := provisioning.FindJob(t.Context(), t.Client, "Workato", "")
	if err != nil {
		t.Fatal(err)
	}
	return target
}

// Crowd puts so many more users into the tenant, half of them in Sales, and
// assigns them.
func (t *Tenant) Crowd(n int) {
	t.Helper()
	var state map[string]any
	data, err := t.State()
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &state); err != nil {
		t.Fatal(err)
	}
	users, assignments := state["users"].([]any), []any{}
	app := t.Workato().App
	for i := range n {
		id := fmt.Sprintf("00000000-0000-4000-8000-%012d", i)
		users = append(users, map[string]any{"id": id, "created": "2020-01-01T00:00:00Z", "properties": map[string]any{
			"userPrincipalName": fmt.Sprintf("user%d@contoso.com", i), "displayName": fmt.Sprint("User ", i),
			"accountEnabled": true, "department": []string{"Sales", "Finance"}[i%2],
		}})
		assignments = append(assignments, map[string]any{
			"id": fmt.Sprint("assignment-", i), "principal": id, "type": "User", "servicePrincipal": app.ServicePrincipalID,
			"role": app.Roles[0].ID, "created": "2020-01-01T00:00:00Z",
		})
	}
	state["users"], state["assignments"] = users, assignments
	if data, err = json.Marshal(state); err != nil {
		t.Fatal(err)
	}
	crowded, err := sandbox.From(data, sandbox.WithLag(0))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = crowded.Close() })
	t.Tenant = crowded
}

func (t *Tenant) OnDemand() ondemand.User {
	return ondemand.User{Graph: t.Client, App: "Workato", User: "ada@contoso.com"}
}

func (t *Tenant) ShowsJob(state, code string, status map[string]any) {
	t.Answer("GET jobs", With(200, map[string]any{"value": []any{JobAnswer(state, code, status)}}))
	t.Answer("GET scim.1111.2222", With(200, JobAnswer(state, code, status)))
}

func (t *Tenant) Why(user string) why.Report {
	t.Helper()
	return Do(t, why.Why{Graph: t.Client, App: "Workato", User: user})
}

// Amend lets the simulation answer, and changes what it says.
func (t *Tenant) Amend(request string, change func(body map[string]any)) {
	t.Answer(request, func(w http.ResponseWriter, r *http.Request) {
		answer, err := t.Transport().RoundTrip(r)
		if err != nil {
			t.Error(err)
			return
		}
		defer func() { _ = answer.Body.Close() }()
		var body map[string]any
		if err := json.NewDecoder(answer.Body).Decode(&body); err != nil {
			t.Error(err)
		}
		change(body)
		With(answer.StatusCode, body)(w, r)
	})
}

// AmendJob changes members of the status of the job.
func (t *Tenant) AmendJob(status map[string]any) {
	t.Amend("GET jobs", func(body map[string]any) {
		job := body["value"].([]any)[0].(map[string]any)
		maps.Copy(job["status"].(map[string]any), status)
	})
}

func (t *Tenant) Start() { t.Helper(); Do(t, job.Start{Graph: t.Client, App: "Workato"}) }

// Running has Ada assigned and the job started; its first cycle has run.
func (t *Tenant) Running() {
	t.Helper()
	t.Provisioned()
	t.Assign("ada@contoso.com")
	t.Start()
	t.Workato()
}

func (t *Tenant) Patch(user string, values map[string]any) {
	t.Helper()
	if err := directory.UpdateUser(t.Context(), t.Client, user, values); err != nil {
		t.Fatal(err)
	}
}
