package graph_test

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/graph/internal/graphtest"
	"github.com/scimctl/scimctl/graph/synchronization"
)

func TestAFreshJobIsReadWhole(t *testing.T) {
	t.Parallel()
	s := graphtest.Serve(t, graphtest.Says(200, `{"@odata.context":"x","id":"scim.t.a","templateId":"scim",
		"schedule":{"expiration":null,"interval":"PT40M","state":"Active"},
		"status":{"countSuccessiveCompleteFailures":2,"escrowsPruned":false,"code":"NotRun",
			"lastExecution":{"activityIdentifier":null,"countEntitled":0,"countExported":4,"state":"Failed","timeBegan":"0001-01-01T00:00:00Z","timeEnded":"0001-01-01T00:00:00Z","error":{"code":"None","message":"","tenantActionable":false}},
			"lastSuccessfulExecution":null,"quarantine":{"currentBegan":"2025-01-01T00:00:00Z","reason":"EncounteredQuarantineException","seriesCount":1,"error":{"code":"C","message":"m","tenantActionable":true}},
			"steadyStateFirstAchievedTime":"0001-01-01T00:00:00Z","steadyStateLastAchievedTime":"2025-02-03T04:05:06.789Z",
			"troubleshootingUrl":null,"progress":[{"completedUnits":3,"totalUnits":9,"units":"users","progressObservationDateTime":"2025-01-01T00:00:00Z"}],
			"synchronizedEntryCountByType":[{"key":"user to User","value":2}]},
		"synchronizationJobSettings":[{"name":"QuarantineTooManyDeletesThreshold","value":"500"}],"unknown":1}`))
	got, err := synchronization.GetJob(t.Context(), s.Client(t), graphtest.Job())
	jan := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	want := synchronization.Job{
		ID: "scim.t.a", TemplateID: "scim", Schedule: synchronization.Schedule{Interval: "PT40M", State: "Active"},
		Status: synchronization.JobStatus{
			Code: "NotRun", CountSuccessiveCompleteFailures: 2,
			LastExecution: &synchronization.Execution{CountExported: 4, State: "Failed", Error: &synchronization.JobError{Code: "None"}},
			Quarantine: &synchronization.Quarantine{
				CurrentBegan: jan, Reason: "EncounteredQuarantineException", SeriesCount: 1,
				Error: &synchronization.JobError{Code: "C", Message: "m", TenantActionable: true},
			},
			SteadyStateLastAchievedTime:  time.Date(2025, 2, 3, 4, 5, 6, 789_000_000, time.UTC),
			Progress:                     []synchronization.Progress{{CompletedUnits: 3, TotalUnits: 9, Units: "users", ProgressObservationDateTime: jan}},
			SynchronizedEntryCountByType: []synchronization.TypeCount{{Key: "user to User", Value: 2}},
		},
		Settings: []synchronization.NameValue{{Name: "QuarantineTooManyDeletesThreshold", Value: "500"}},
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
	if !got.Status.SteadyStateFirstAchievedTime.IsZero() {
		t.Error("a time that never was is not zero")
	}
}

func TestASchemaComesAndGoesToTheLastByte(t *testing.T) {
	t.Parallel()
	document := "{\"version\":\"v1.2\",\r\n \"big\": 12345678901234567890.10, \"a\":\"<>&\\u00e9\", \"a\":2}"
	s := graphtest.Serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			graphtest.Reply(w, 200, document)
			return
		}
		w.Header().Set("request-id", "5b1c1c2e-0000-4000-8000-000000000001")
		graphtest.Reply(w, 204, "")
	})
	c := s.Client(t)
	got, err := synchronization.Schema(t.Context(), c, graphtest.Job())
	if err != nil || string(got) != document {
		t.Fatalf("got %s, %v", got, err)
	}
	if id, err := synchronization.PutSchema(t.Context(), c, graphtest.Job(), got); err != nil || id != "5b1c1c2e-0000-4000-8000-000000000001" {
		t.Fatal(id, err)
	}
	want := "PUT /v1.0/servicePrincipals/sp1/synchronization/jobs/scim.t.a/schema " + document
	if got := s.Requests()[1]; got != want {
		t.Errorf("sent %v", got)
	}
	if h := s.Header(1); h.Get("Content-Type") != "application/json" || h.Get("Content-Length") == "-1" || h.Get("Transfer-Encoding") != "" {
		t.Errorf("headers %v", h)
	}
}

func TestExpressionsAreParsedByTheService(t *testing.T) {
	t.Parallel()
	s := graphtest.Serve(t, graphtest.InTurn(
		graphtest.Says(200, `{"error":null,"parsingSucceeded":true,"parsedExpression":{"expression":"[mail]","name":"mail","parameters":[],"type":"Attribute"}}`),
		graphtest.Says(200, `{"error":{"code":"BadExpression","message":"missing )"},"parsingSucceeded":false,"parsedExpression":null}`)))
	c := s.Client(t)
	got, err := synchronization.ParseExpression(t.Context(), c, graphtest.Job(), "[mail]")
	if err != nil || string(got) != `{"expression":"[mail]","name":"mail","parameters":[],"type":"Attribute"}` {
		t.Errorf("got %s, %v", got, err)
	}
	_, err = synchronization.ParseExpression(t.Context(), c, graphtest.Job(), "Join(")
	want := &synchronization.ExpressionError{Expression: "Join(", Code: "BadExpression", Message: "missing )"}
	e, _ := errors.AsType[*synchronization.ExpressionError](err)
	if diff := cmp.Diff(want, e); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestOperatorsAndFunctionsHaveNamesWhereverTheyStand(t *testing.T) {
	t.Parallel()
	c := graphtest.Serve(t, graphtest.Says(200, `{"value":[{"name":"EQUALS","arity":"Binary","supportedAttributeTypes":["String"]},{"id":"IS NULL","arity":"Unary"}]}`)).Client(t)
	got, err := synchronization.FilterOperators(t.Context(), c, graphtest.Job())
	want := []synchronization.FilterOperator{{Name: "EQUALS", Arity: "Binary", SupportedAttributeTypes: []string{"String"}}, {Name: "IS NULL", Arity: "Unary"}}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
	c = graphtest.Serve(t, graphtest.Says(200, `{"value":[{"name":"Join","parameters":[{"allowMultipleOccurrences":true,"name":"source","required":true,"type":"String"}]},{"id":"Not"}]}`)).Client(t)
	functions, err := synchronization.Functions(t.Context(), c, graphtest.Job())
	join := []synchronization.Function{{Name: "Join", Parameters: []synchronization.Parameter{{Name: "source", Type: "String", Required: true, AllowMultipleOccurrences: true}}}, {Name: "Not"}}
	if diff := cmp.Diff(join, functions); diff != "" || err != nil {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
}

func TestAssignmentsOfOnePrincipalAreAskedForFromItsSide(t *testing.T) {
	t.Parallel()
	s := graphtest.Serve(t, graphtest.Says(200, `{"value":[{"id":"g1","appRoleId":"r1","principalId":"u1","principalType":"User","resourceId":"sp1","createdDateTime":"2021-02-02T04:22:45.9480566Z"}]}`))
	c := s.Client(t)
	got, err := applications.UserAssignments(t.Context(), c, "u1", guid)
	if err != nil || len(got) != 1 || got[0].CreatedDateTime.Year() != 2021 {
		t.Errorf("got %v, %v", got, err)
	}
	if _, err := applications.GroupAssignments(t.Context(), c, "g1", guid); err != nil {
		t.Error(err)
	}
	want := []string{
		"GET /v1.0/users/u1/appRoleAssignments?$filter=resourceId%20eq%20" + guid,
		"GET /v1.0/groups/g1/appRoleAssignments?$filter=resourceId%20eq%20" + guid,
	}
	if diff := cmp.Diff(want, s.Requests()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestOperationsAreNamedOnceAndSorted(t *testing.T) {
	t.Parallel()
	all := graph.Operations()
	names := []string{}
	for _, op := range all {
		names = append(names, op.Name)
		if strings.HasSuffix(op.Name, ".") || strings.ToLower(op.Name[:1]) != op.Name[:1] {
			t.Errorf("%q does not fit into a sentence", op.Name)
		}
		forPeople, forApps := op.Name != graph.OpReadTemplates.Name, op.Name != graph.OpReadTemplates.Name && op.Name != graph.OpReadSelf.Name
		if len(op.Delegated) > 0 != forPeople || len(op.AppOnly) > 0 != forApps {
			t.Errorf("%s: permissions %v and %v", op.Name, op.Delegated, op.AppOnly)
		}
	}
	if !slices.IsSorted(names) || len(slices.Compact(slices.Clone(names))) != len(names) || len(names) < 30 {
		t.Errorf("names %q", names)
	}
}
