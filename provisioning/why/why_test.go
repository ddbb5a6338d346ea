package why_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/synchronization"
	"github.com/scimctl/scimctl/mappings"
	"github.com/scimctl/scimctl/mappings/history"
	"github.com/scimctl/scimctl/mappings/schema"
	"github.com/scimctl/scimctl/provisioning/assignment"
	"github.com/scimctl/scimctl/provisioning/credentials"
	"github.com/scimctl/scimctl/provisioning/evaluate"
	"github.com/scimctl/scimctl/provisioning/internal/tenanttest"
	"github.com/scimctl/scimctl/provisioning/job"
	"github.com/scimctl/scimctl/provisioning/ondemand"
	"github.com/scimctl/scimctl/provisioning/sandbox"
	"github.com/scimctl/scimctl/provisioning/users"
	"github.com/scimctl/scimctl/provisioning/why"
)

// hasLogged has the logs hold these entries, newest first.
func hasLogged(t *tenanttest.Tenant, entries ...map[string]any) {
	t.Answer("GET provisioning", tenanttest.With(200, map[string]any{"value": append([]map[string]any{}, entries...)}))
}

// entry is one of the logs; the code is "" for a success. Changes read "name
// old new", a dash for null.
func entry(id, action, status, code string, changes ...string) map[string]any {
	e := map[string]any{
		"id": id, "activityDateTime": "2026-03-01T10:00:00Z", "provisioningAction": action, "modifiedProperties": []any{},
		"provisioningStatusInfo": map[string]any{"status": status, "errorInformation": nil}, "provisioningSteps": []any{},
	}
	if code != "" {
		e["provisioningStatusInfo"] = map[string]any{"status": status, "errorInformation": map[string]any{"errorCode": code, "reason": "told by the application"}}
	}
	null := func(text string) any {
		if text == "-" {
			return nil
		}
		return text
	}
	for _, change := range changes {
		f := strings.Fields(change)
		e["modifiedProperties"] = append(e["modifiedProperties"].([]any), map[string]any{"displayName": f[0], "oldValue": null(f[1]), "newValue": null(f[2])})
	}
	return e
}

func edit(t *tenanttest.Tenant, e mappings.Edit) {
	t.Helper()
	tenanttest.Do(t, mappings.Update{Graph: t.Client, App: "Workato", Edit: e, Reason: "test", History: history.History{Dir: t.TempDir()}})
}

func put(t *tenanttest.Tenant, document []byte) {
	t.Helper()
	if _, err := synchronization.PutSchema(t.Context(), t.Client, t.Workato().Ref(), document); err != nil {
		t.Fatal(err)
	}
}

// A verdictCase is a situation, and what is said of it.
type verdictCase struct {
	arrange  func(*tenanttest.Tenant)
	user     string // "": Ada
	state    why.State
	command  string // without the application
	sentence string // a part of it
}

func beforeTheApplication() map[string]verdictCase {
	return map[string]verdictCase{
		"no job": {func(*tenanttest.Tenant) {}, "", why.UserNoJob, "scimctl provision setup", "it has no job"},
		"not assigned": {
			(*tenanttest.Tenant).Running, "betty@contoso.com", why.UserNotAssigned,
			"scimctl assignment add betty@contoso.com", "is not assigned to Workato, neither directly nor by a group",
		},
		"nested": {
			func(t *tenanttest.Tenant) {
				t.Running()
				tenanttest.Do(t, assignment.Add{Graph: t.Client, App: "Workato", Groups: []string{"Sales"}})
			}, "hedy@contoso.com", why.UserNested, "scimctl assignment add hedy@contoso.com",
			"Sales is assigned, and they are in a group within it (Sales Field Team)",
		},
		"not security-enabled": {func(t *tenanttest.Tenant) {
			t.Running()
			tenanttest.Do(t, assignment.Add{Graph: t.Client, App: "Workato", Groups: []string{"Sales"}})
			t.Amend("GET transitiveMemberOf", func(body map[string]any) { body["value"].([]any)[0].(map[string]any)["securityEnabled"] = false })
		}, "dorothy@contoso.com", why.UserByNoSecurity, "scimctl assignment add dorothy@contoso.com", "only by Sales, which does not count"},
		"disabled": {
			func(t *tenanttest.Tenant) { t.Running(); t.Assign("alan@contoso.com") }, "alan@contoso.com", why.UserDisabled,
			"az ad user update --id 33d7fce0-055f-5e0b-abe6-4dccc0bfcb61 --account-enabled true", "is disabled in Entra",
		},
		"disabled on premises": {func(t *tenanttest.Tenant) {
			t.Running()
			t.Assign("grace@contoso.com")
			t.Amend("GET grace@contoso.com", func(body map[string]any) { body["accountEnabled"] = false })
		}, "grace@contoso.com", why.UserDisabled, "", "mastered on premises: it is enabled there"},
		"deleted": {func(t *tenanttest.Tenant) {
			t.Running()
			tenanttest.Do(t, users.Delete{Graph: t.Client, User: "ada@contoso.com"})
		}, "", why.UserDeleted, "scimctl user restore ada@contoso.com", "was deleted in Entra 20"},
		"filtered out": {
			func(t *tenanttest.Tenant) { t.Running(); put(t, t.Schema("User", "department EQUALS = Sales")) }, "", why.UserFilteredOut,
			"scimctl mapping filter list", "Filter 1.department EQUALS 'Sales' (has Engineering)",
		},
		"an operator that nobody knows": {
			func(t *tenanttest.Tenant) { t.Running(); showsSchema(t, t.Schema("User", "department & = 1")) }, "", why.UserUndecided,
			"scimctl provision on-demand ada@contoso.com", "scimctl cannot tell whether ada@contoso.com is in scope",
		},
		"nothing to match by": {func(t *tenanttest.Tenant) {
			t.Running()
			matchedBy(t, "employeeId")
			t.Patch("ada@contoso.com", map[string]any{"employeeId": nil})
		}, "", why.UserUnmatchable, "scimctl mapping set userName --from userPrincipalName --match 1", "userName from [employeeId]"},
		"mapping disabled": {
			func(t *tenanttest.Tenant) {
				t.Running()
				showsSchema(t, remapped(t, func(m map[string]any) { m["enabled"] = false }))
			}, "", why.UserNotMapped,
			"scimctl mapping enable --object user", "their mapping is disabled",
		},
		"create off": {
			func(t *tenanttest.Tenant) {
				t.Running()
				edit(t, mappings.ChangeActions(schema.User, nil, []string{"create"}))
				hasLogged(t)
			}, "",
			why.UserCreateOff, "scimctl mapping actions --enable create", "create is not among the actions",
		},
	}
}

func ofTheJob() map[string]verdictCase {
	quarantined := func(reason, code string) func(*tenanttest.Tenant) {
		return func(t *tenanttest.Tenant) {
			t.Running()
			hasLogged(t)
			t.AmendJob(map[string]any{"code": "Quarantine", "quarantine": map[string]any{
				"reason": reason, "nextAttempt": "2026-03-01T16:05:00Z", "error": map[string]any{"code": code, "message": "said by the service."},
			}})
		}
	}
	return map[string]verdictCase{
		"no credentials": {func(t *tenanttest.Tenant) {
			tenanttest.Do(t, job.Create{Graph: t.Client, App: "Workato"})
			t.Assign("ada@contoso.com")
		}, "", why.UserNoCredentials, "scimctl credentials set --url URL --token-stdin", "is in scope of Workato, but no credentials are saved"},
		"stopped": {
			func(t *tenanttest.Tenant) { t.Provisioned(); t.Assign("ada@contoso.com") }, "", why.UserStopped,
			"scimctl provision start", "but provisioning of Workato is stopped",
		},
		"quarantine of credentials": {
			quarantined("EncounteredQuarantineException", "SystemForCrossDomainIdentityManagementInvalidCredentials"), "",
			why.UserQuarantine, "scimctl credentials rotate --token-stdin", "said by the service; the service tries again 2026-03-01T16:05:00Z",
		},
		"quarantine of an application that is no SCIM": {
			quarantined("EncounteredQuarantineException", "SystemForCrossDomainIdentityManagementServiceIncompatible"), "",
			why.UserQuarantine, "scimctl credentials test", "answers that are not SCIM",
		},
		"quarantine of deletes": {
			quarantined(tenanttest.ManyDeletes, tenanttest.ManyDeletes), "", why.UserQuarantine,
			"scimctl provision restart --allow-deletes", "more deletions were due",
		},
		"quarantine of failures": {
			quarantined("EncounteredEscrowProportionThreshold", ""), "", why.UserQuarantine,
			"scimctl provision logs --status failure --since 24h", "more than 40 percent",
		},
		"not run yet": {func(t *tenanttest.Tenant) {
			t.Running()
			hasLogged(t)
			t.AmendJob(map[string]any{"lastExecution": tenanttest.PlaceholderExecution, "lastSuccessfulExecution": nil, "steadyStateFirstAchievedTime": "0001-01-01T00:00:00Z", "progress": []any{}})
		}, "", why.UserDue, "scimctl provision on-demand ada@contoso.com", "due to be provisioned in the first cycle, which begins soon"},
		"initial cycle": {func(t *tenanttest.Tenant) {
			t.Running()
			hasLogged(t)
			t.AmendJob(map[string]any{"lastExecution": tenanttest.PlaceholderExecution, "steadyStateFirstAchievedTime": "0001-01-01T00:00:00Z", "progress": []any{
				map[string]any{"completedUnits": 40, "totalUnits": 90, "units": "users"},
			}})
		}, "", why.UserDue, "scimctl provision on-demand ada@contoso.com", "in the initial cycle, which is under way (40 of 90 users)"},
		"assigned since the last cycle": {
			func(t *tenanttest.Tenant) {
				t.Running()
				t.Assign("betty@contoso.com")
				assignedIn(t, "2099-01-01T00:00:00Z")
			},
			"betty@contoso.com", why.UserDue, "scimctl provision on-demand betty@contoso.com", "in the cycle that begins about 20",
		},
		"a cycle that is late": {
			func(t *tenanttest.Tenant) {
				t.Running()
				hasLogged(t)
				t.AmendJob(map[string]any{"lastExecution": tenanttest.EndedExecution})
			}, "", why.UserDue,
			"scimctl provision on-demand ada@contoso.com", "in a cycle that is due now",
		},
		"longer ago than logs are kept": {
			func(t *tenanttest.Tenant) { t.Running(); hasLogged(t); assignedIn(t, "2020-01-01T00:00:00Z") }, "", why.UserUnlogged,
			"scimctl provision on-demand ada@contoso.com", "the logs hold nothing of them",
		},
		"scope all": {func(t *tenanttest.Tenant) {
			t.Provisioned()
			tenanttest.Do(t, credentials.ChangeSettings{Graph: t.Client, App: "Workato", Scope: credentials.ScopeAll, Token: tenanttest.SCIMToken})
			t.Start()
			t.Workato()
		}, "betty@contoso.com", why.UserProvisioned, "", "is provisioned to Workato: created 20"},
	}
}

func ofTheLogs() map[string]verdictCase {
	const id = "75b5b0ae-9fc5-8d0e-e0a9-000000000001"
	logged := func(entries ...map[string]any) func(*tenanttest.Tenant) {
		return func(t *tenanttest.Tenant) { t.Running(); hasLogged(t, entries...) }
	}
	created := entry("2", "create", "success", "", "userName - ada@contoso.com", "title - Countess")
	return map[string]verdictCase{
		"created": {(*tenanttest.Tenant).Running, "", why.UserProvisioned, "", "is provisioned to Workato: created 20"},
		"updated": {logged(entry(id, "update", "success", "", "title Miss Countess")), "", why.UserProvisioned, "", "updated 2026-03-01T10:00:00Z"},
		"failed": {
			logged(entry(id, "create", "failure", "EntryConflict")), "", why.UserFailed,
			"scimctl provision logs show " + id, "EntryConflict, a value collides with another account",
		},
		"failed for now": {logged(entry(id, "create", "failure", "Timeout")), "", why.UserFailed, "scimctl provision on-demand ada@contoso.com", "Timeout"},
		"failed with a code that nobody knows": {
			logged(entry(id, "create", "failure", "Strange")), "", why.UserFailed,
			"scimctl provision logs show " + id, "Strange, told by the application",
		},
		"lost in the application": {
			logged(entry(id, "update", "failure", "InvalidAnchor"), created), "", why.UserFailed,
			"scimctl provision restart --reset Full", "InvalidAnchor",
		},
		"a text for a boolean": {
			logged(entry(id, "update", "failure", "SystemForCrossDomainIdentityManagementBadRequest", "active True False"), created), "",
			why.UserFailed, "scimctl credentials set --url " + sandbox.SCIMURL + "?aadOptscim062020 --token-stdin", "with aadOptscim062020 at the end of the tenant URL cycles write a boolean, which provisioning on demand ignores",
		},
		"a text for a boolean, on demand": {
			func(t *tenanttest.Tenant) {
				t.Running()
				tenanttest.Do(t, credentials.Set{Graph: t.Client, App: "Workato", URL: sandbox.SCIMURL + "?aadOptscim062020", Token: tenanttest.SCIMToken})
				hasLogged(t, entry(id, "update", "failure", "SystemForCrossDomainIdentityManagementBadRequest", "active True False"), created)
			}, "",
			why.UserFailed, "scimctl provision restart --reset Escrows", "provisioning on demand ignores it",
		},
		"a conflict is not about the text": {
			logged(entry(id, "update", "failure", "EntryConflict", "active True False"), created), "",
			why.UserFailed, "scimctl provision logs show " + id, "a value collides with another account",
		},
		"taken and not kept": {
			logged(entry(id, "update", "success", "", "title - Countess"), created), "", why.UserNotKept,
			"scimctl provision logs show " + id, "it took title of ada@contoso.com, and did not keep it",
		},
		"there and back": {
			logged(entry(id, "update", "success", "", "title Miss Countess"), entry("1", "update", "success", "", "title Countess Miss"), created), "",
			why.UserProvisioned, "", "updated",
		},
		"disabled, and in scope again": {
			logged(entry(id, "disable", "success", "", "active True False"), created), "", why.UserDue,
			"scimctl provision on-demand ada@contoso.com", "due to be provisioned",
		},
	}
}

func TestEverySituationHasItsVerdict(t *testing.T) {
	t.Parallel()
	for _, table := range []map[string]verdictCase{beforeTheApplication(), ofTheJob(), ofTheLogs()} {
		for name, c := range table {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				tenant := tenanttest.NewTenant(t, sandbox.WithLag(0))
				c.arrange(tenant)
				if c.user == "" {
					c.user = "ada@contoso.com"
				}
				c.compare(tenant, tenant.Why(c.user))
			})
		}
	}
}

func (c verdictCase) compare(t *tenanttest.Tenant, r why.Report) {
	t.Helper()
	v := r.Verdict
	if v.State != c.state || !strings.Contains(v.Sentence, c.sentence) {
		t.Errorf("%s: %s; want %s: …%s…", v.State, v.Sentence, c.state, c.sentence)
	}
	if got := strings.TrimPrefix(tenanttest.RemedyLines(v.Fix), ": "); got != c.command {
		t.Errorf("command %q, want %q", got, c.command)
	}
	good := []why.State{why.UserProvisioned, why.UserIncomplete, why.UserDue, why.UserUnlogged}
	if want := slices.Contains(good, c.state); r.Provisioned != want || (r.Check() == nil) != want {
		t.Errorf("provisioned %t, checked %v", r.Provisioned, r.Check())
	}
	if e, ok := errors.AsType[*why.NotProvisionedError](r.Check()); ok && e.Error() != v.Sentence {
		t.Error(e)
	}
}

// remapped is the schema with a change of the object mapping of users.
func remapped(t *tenanttest.Tenant, change func(mapping map[string]any)) []byte {
	t.Helper()
	var document map[string]any
	if err := json.Unmarshal(t.Schema("User"), &document); err != nil {
		t.Fatal(err)
	}
	for _, rule := range document["synchronizationRules"].([]any) {
		for _, mapping := range rule.(map[string]any)["objectMappings"].([]any) {
			if m := mapping.(map[string]any); m["sourceObjectName"] == "User" {
				change(m)
			}
		}
	}
	edited, err := json.Marshal(document)
	if err != nil {
		t.Fatal(err)
	}
	return edited
}

// showsSchema has Graph show a schema that it would not take.
func showsSchema(t *tenanttest.Tenant, document []byte) {
	t.Answer("GET schema", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(document)
	})
}

// matchedBy has users matched by an attribute of Entra in the place of the user
// principal name.
func matchedBy(t *tenanttest.Tenant, attribute string) {
	t.Helper()
	put(t, remapped(t, func(mapping map[string]any) {
		for _, a := range mapping["attributeMappings"].([]any) {
			if m := a.(map[string]any); m["targetAttributeName"] == "userName" {
				m["source"] = map[string]any{"expression": "[" + attribute + "]", "name": attribute, "type": "Attribute", "parameters": []any{}}
			}
		}
	}))
}

// assignedIn gives every assignment of the user this time.
func assignedIn(t *tenanttest.Tenant, created string) {
	t.Amend("GET appRoleAssignments", func(body map[string]any) {
		for _, row := range body["value"].([]any) {
			row.(map[string]any)["createdDateTime"] = created
		}
	})
}

func TestACustomAttributeThatACreateLeavesOutIsDue(t *testing.T) {
	t.Parallel()
	tenant, setRole := tenanttest.WithRole(t, sandbox.WithLag(0))
	setRole("Admin")
	tenant.Assign("ada@contoso.com")
	tenant.Start()
	hasLogged(tenant, entry("1", "create", "success", "", "userName - ada@contoso.com"))
	got := tenant.Why("ada@contoso.com")
	if got.Verdict.State != why.UserIncomplete || !got.Provisioned || !strings.Contains(got.Verdict.Sentence, "a create leaves out "+tenanttest.RoleURN) {
		t.Errorf("%+v", got.Verdict)
	}
}

func TestTheAccountOfSomebodyOutOfScopeIsAccountedFor(t *testing.T) {
	t.Parallel()
	skip := true
	for name, c := range map[string]struct {
		arrange func(*tenanttest.Tenant)
		want    string
	}{
		"to be disabled": {func(*tenanttest.Tenant) {}, "; their account in Workato is to be disabled in the cycle that begins about 20"},
		"stays": {func(t *tenanttest.Tenant) {
			tenanttest.Do(t, credentials.ChangeSettings{Graph: t.Client, App: "Workato", SkipOutOfScopeDeletions: &skip, Token: tenanttest.SCIMToken})
		}, "; their account in Workato stays as it is, because SkipOutOfScopeDeletions is set"},
		"not told": {func(t *tenanttest.Tenant) {
			edit(t, mappings.ChangeActions(schema.User, nil, []string{"update"}))
			hasLogged(t, entry("1", "create", "success", ""))
		}, "; their account in Workato stays as it is, because nothing that is mapped tells the application"},
		"disabled": {func(t *tenanttest.Tenant) { hasLogged(t, entry("1", "disable", "success", "")) }, "; their account in Workato was disabled 2026-03-01T10:00:00Z"},
		"gone":     {func(t *tenanttest.Tenant) { hasLogged(t, entry("1", "delete", "success", "")) }, "; their account in Workato was deleted 2026-03-01T10:00:00Z"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tenant := tenanttest.NewTenant(t, sandbox.WithLag(0))
			tenant.Running()
			c.arrange(tenant)
			tenanttest.Do(tenant, assignment.Remove{Graph: tenant.Client, App: "Workato", Users: []string{"ada@contoso.com"}})
			got := tenant.Why("ada@contoso.com")
			if got.Verdict.State != why.UserNotAssigned || !strings.HasSuffix(got.Verdict.Sentence, c.want[:min(len(c.want), 60)]) && !strings.Contains(got.Verdict.Sentence, c.want) {
				t.Errorf("%s: %s", got.Verdict.State, got.Verdict.Sentence)
			}
		})
	}
}

func TestAllThatStandsInTheWayIsTold(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t, sandbox.WithLag(0))
	tenanttest.Do(tenant, job.Create{Graph: tenant.Client, App: "Workato"})
	got := tenant.Why("alan@contoso.com").Verdict
	states := []why.State{got.State}
	for _, also := range got.Also {
		states = append(states, also.State)
	}
	want := []why.State{why.UserDisabled, why.UserNotAssigned, why.UserNoCredentials, why.UserStopped}
	if diff := cmp.Diff(want, states); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestDefaultAccessIsForInformation(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t, sandbox.WithLag(0))
	tenant.Running()
	tenant.Amend("GET appRoleAssignments", func(body map[string]any) {
		for _, row := range body["value"].([]any) {
			row.(map[string]any)["appRoleId"] = "00000000-0000-0000-0000-000000000000"
		}
	})
	got := tenant.Why("ada@contoso.com")
	if !got.Assignment.DefaultAccessOnly || !got.Assignment.Assigned || !got.InScope || !got.Provisioned {
		t.Errorf("%+v", got)
	}
}

func TestLogsThatCannotBeReadStopNothing(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t, sandbox.WithLag(0))
	tenant.Running()
	assignedIn(tenant, "2020-01-01T00:00:00Z")
	tenant.Answer("GET provisioning", tenanttest.With(403, tenanttest.GraphError("Authentication_RequestFromNonPremiumTenantOrB2CTenant", "Neither tenant is B2C or tenant doesn't have premium license")))
	got := tenant.Why("ada@contoso.com")
	if !strings.Contains(got.LogsNotRead, "premium license") || got.Verdict.State != why.UserUnlogged || !strings.Contains(got.Verdict.Sentence, "the logs cannot be read") {
		t.Errorf("%q %+v", got.LogsNotRead, got.Verdict)
	}
}

func TestMembershipsThatCannotBeReadLeaveTheReasonOpen(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t, sandbox.WithLag(0))
	tenant.Running()
	tenant.Answer("GET transitiveMemberOf", tenanttest.With(403, tenanttest.GraphError("Authorization_RequestDenied", "Insufficient privileges to complete the operation.")))
	got := tenant.Why("hedy@contoso.com")
	if !strings.Contains(got.Assignment.NotRead, "Insufficient privileges") || !strings.HasSuffix(got.Verdict.Sentence, ", as far as was looked") {
		t.Errorf("%q %+v", got.Assignment.NotRead, got.Verdict)
	}
}

// A server that answers 200 to a change and keeps nothing of it.
func TestAnApplicationThatKeepsNothingIsFoundOut(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t, sandbox.WithLag(0), sandbox.WithSCIMPath("/scim"))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPatch {
			_, _ = io.Copy(io.Discard, r.Body)
			r.Method = http.MethodGet
		}
		tenant.Handler().ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	tenanttest.Do(tenant, job.Create{Graph: tenant.Client, App: "Workato"})
	tenanttest.Do(tenant, credentials.Set{Graph: tenant.Client, App: "Workato", URL: server.URL + "/scim", Token: tenanttest.SCIMToken})
	tenant.Assign("ada@contoso.com")
	tenanttest.Do(tenant, tenant.OnDemand())
	tenant.Patch("ada@contoso.com", map[string]any{"jobTitle": "Countess"})
	for range 2 {
		tenanttest.Do(tenant, tenant.OnDemand())
	}
	got := tenant.Why("ada@contoso.com")
	if got.Verdict.State != why.UserNotKept || !strings.Contains(got.Verdict.Sentence, "it took title of ada@contoso.com") {
		t.Errorf("%s: %s", got.Verdict.State, got.Verdict.Sentence)
	}
}

// A server that takes active only as a boolean.
func TestAnApplicationThatRefusesTextForABooleanIsFoundOut(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t, sandbox.WithLag(0), sandbox.WithSCIMPath("/scim"))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPatch {
			body, _ := io.ReadAll(r.Body)
			if strings.Contains(string(body), `"False"`) {
				http.Error(w, `{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"400","detail":"active is a boolean"}`, http.StatusBadRequest)
				return
			}
			r.Body = io.NopCloser(strings.NewReader(string(body)))
		}
		tenant.Handler().ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	tenanttest.Do(tenant, job.Create{Graph: tenant.Client, App: "Workato"})
	tenanttest.Do(tenant, credentials.Set{Graph: tenant.Client, App: "Workato", URL: server.URL + "/scim", Token: tenanttest.SCIMToken})
	tenant.Assign("ada@contoso.com")
	tenanttest.Do(tenant, tenant.OnDemand())
	tenanttest.Do(tenant, assignment.Remove{Graph: tenant.Client, App: "Workato", Users: []string{"ada@contoso.com"}})
	refused := tenanttest.Fails(tenant, ondemand.User{Graph: tenant.Client, App: "Workato", User: "ada@contoso.com", Expect: ondemand.ExpectDeprovisioned})
	if _, ok := errors.AsType[*ondemand.NotReachedError](refused); !ok {
		t.Error(refused)
	}
	got := tenant.Why("ada@contoso.com").Verdict
	if len(got.Also) == 0 {
		t.Fatalf("%+v", got)
	}
	also := got.Also[len(got.Also)-1]
	if also.State != why.UserFailed || !slices.Contains(also.Fix.Args, "--url="+server.URL+"/scim?aadOptscim062020") {
		t.Errorf("%s: %s\n%v", also.State, also.Sentence, also.Fix.Args)
	}
}

// The worst is somebody named by mail address whom a group reaches only
// through another.
func TestWhyTakesTwelveRequestsAtMost(t *testing.T) {
	t.Parallel()
	for user, most := range map[string]int{"ada@contoso.com": 10, "betty@contoso.com": 10, "hedy@contoso.com": 11, "annie.easley@contoso.com": 12} {
		tenant := tenanttest.NewTenant(t, sandbox.WithLag(0))
		tenant.Running()
		tenanttest.Do(tenant, assignment.Add{Graph: tenant.Client, App: "Workato", Groups: []string{"Sales"}})
		tenant.ForgetRequests()
		tenant.Why(user)
		if n := len(tenant.Requests()); n > most {
			t.Errorf("%s: %d requests, want %d at most", user, n, most)
			for _, r := range tenant.Requests() {
				t.Log(r.Method, r.Path)
			}
		}
	}
}

func TestWhyReportsWhatIsMappedAndFiltered(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t, sandbox.WithLag(0))
	tenant.Running()
	put(tenant, tenant.Schema("User", "department EQUALS = Sales", "city EQUALS = London"))
	got := tenant.Why("ada@contoso.com")
	want := []why.FilterAnswer{
		{Filter: "Filter 1", Attribute: "department", Operator: "EQUALS", Values: []string{"Sales"}, Has: []string{"Engineering"}},
		{Filter: "Filter 2", Attribute: "city", Operator: "EQUALS", Values: []string{"London"}, Has: []string{"London"}, Passed: true},
	}
	if diff := cmp.Diff(want, got.Filters); diff != "" {
		t.Errorf("filters (-want +got)\n%s", diff)
	}
	if len(got.Matching) != 1 || got.Matching[0].Target != "userName" || got.Matching[0].Values[0] != "ada@contoso.com" {
		t.Errorf("matched by %+v", got.Matching)
	}
	preview := tenanttest.Do(tenant, evaluate.Preview{Graph: tenant.Client, App: "Workato", User: "ada@contoso.com"})
	if diff := cmp.Diff(preview.Attributes, got.Attributes); diff != "" {
		t.Errorf("attributes (-previewed +got)\n%s", diff)
	}
}

func TestWhyOfNobodyIsAnError(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t, sandbox.WithLag(0))
	for _, w := range []why.Why{{User: "nobody@contoso.com", App: "Workato"}, {User: "ada@contoso.com", App: "Absent"}} {
		w.Graph = tenant.Client
		if err := tenanttest.Fails(tenant, w); !graph.IsNotFound(err) {
			t.Error(err)
		}
	}
}
