package doctor_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/auth"
	"github.com/scimctl/scimctl/provisioning/apps"
	"github.com/scimctl/scimctl/provisioning/doctor"
	"github.com/scimctl/scimctl/provisioning/internal/tenanttest"
)

// examined runs a doctor whose token has these claims; nil has an opaque one.
func examined(t *tenanttest.Tenant, claims map[string]any, diagnosis doctor.Doctor) (map[string]doctor.Diagnosis, error) {
	t.Helper()
	options := graph.Options{Transport: t, Credential: auth.StaticToken("opaque")}
	if claims != nil {
		claims["exp"] = time.Now().Add(time.Hour).Unix()
		body, err := json.Marshal(claims)
		if err != nil {
			t.Fatal(err)
		}
		options.Credential = auth.StaticToken("e30." + base64.RawURLEncoding.EncodeToString(body) + ".c2ln")
	}
	client, err := graph.New(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	diagnosis.Graph = client
	found, err := diagnosis.Do(t.Context())
	byName := map[string]doctor.Diagnosis{}
	for _, d := range found {
		byName[d.Name] = d
	}
	return byName, err
}

func conditions(found map[string]doctor.Diagnosis) map[string]doctor.Condition {
	of := map[string]doctor.Condition{}
	for name, d := range found {
		of[name] = d.Condition
	}
	return of
}

func groupsOfCommands() map[string][]graph.Operation {
	return map[string][]graph.Operation{
		"app list":             {graph.OpReadApps},
		"mapping set":          {graph.OpReadApps, graph.OpReadJobs, graph.OpWriteSchema},
		"provision logs":       {graph.OpReadLogs},
		"provision logs stats": {graph.OpReadLogs, graph.OpReadUsers},
		"provision start":      {graph.OpStartJob},
	}
}

const elsie = "1d0e6b5c-0000-4000-8000-000000000001"

func person(scopes string) map[string]any {
	return map[string]any{"tid": "t1", "upn": "elsie@contoso.com", "oid": elsie, "appid": "c1", "scp": scopes}
}

func TestADoctorFindsASimulatedTenantWell(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	tenant.Provisioned()
	tenant.ForgetRequests()
	found, err := examined(tenant, nil, doctor.Doctor{App: "Workato", Commands: groupsOfCommands()})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]doctor.Condition{
		"version": "ok", "sign-in": "notChecked", "token": "notChecked", "graph": "ok", "clock": "ok", "directory roles": "ok", "licences": "ok",
		"provisioning": "ok", "ownership": "ok", "tenant url": "notChecked", "commands app": "ok", "commands mapping": "ok", "commands provision logs": "ok", "commands provision": "notChecked",
	}
	if diff := cmp.Diff(want, conditions(found)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if tenant.Writes() != 0 {
		t.Errorf("wrote: %d", tenant.Writes())
	}
}

func TestADoctorNamesTheScopesThatLackWithTheLink(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	consent := func(scopes []string) string { return "https://consent.example.com/" + strings.Join(scopes, "+") }
	found, err := examined(tenant, person("Application.Read.All Synchronization.Read.All User.Read.All AuditLog.Read.All"),
		doctor.Doctor{App: "Workato", Commands: groupsOfCommands(), Consent: consent})
	sick, ok := errors.AsType[*doctor.Error](err)
	if !ok || !slices.Equal(sick.Failed, []string{"commands mapping", "commands provision"}) {
		t.Fatalf("%v", err)
	}
	mapping := found["commands mapping"]
	if !slices.Equal(mapping.Missing, []string{"Synchronization.ReadWrite.All"}) || mapping.ConsentURL != "https://consent.example.com/Synchronization.ReadWrite.All" ||
		!strings.Contains(mapping.Detail, "write the schema") || !strings.Contains(tenanttest.RemedyLines(mapping.Remedy...), mapping.ConsentURL) {
		t.Errorf("%+v", mapping)
	}
	if logs := found["commands provision logs"]; logs.Condition != doctor.ConditionOK {
		t.Errorf("%+v", logs)
	}
}

// The token has the scope, and Graph refuses all the same.
func TestADoctorTriesWhatReadsInsteadOfTrustingTheToken(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	tenant.Answer("GET jobs", tenanttest.With(401, tenanttest.GraphError("UnknownError", "")))
	tenant.Answer("GET transitiveMemberOf", tenanttest.With(200, tenanttest.Object{"value": []any{}}))
	found, err := examined(tenant, person("Application.Read.All Synchronization.ReadWrite.All User.Read.All ProvisioningLog.Read.All"),
		doctor.Doctor{App: "Workato", Commands: groupsOfCommands()})
	if _, ok := errors.AsType[*doctor.Error](err); !ok {
		t.Fatalf("%v", err)
	}
	mapping := found["commands mapping"]
	if mapping.Condition != doctor.ConditionFailed || len(mapping.Missing) != 0 || !strings.Contains(tenanttest.RemedyLines(mapping.Remedy...), "role in the directory") {
		t.Errorf("%+v", mapping)
	}
	if roles := found["directory roles"]; roles.Condition != doctor.ConditionWarning {
		t.Errorf("%+v", roles)
	}
}

func TestAnApplicationThatOwnsNothingCannotWorkWithOwnedBy(t *testing.T) {
	t.Parallel()
	service := func(roles ...string) map[string]any {
		return map[string]any{"tid": "t1", "oid": "stranger", "appid": "c1", "app_displayname": "Pipeline", "roles": roles}
	}
	tenant := tenanttest.NewTenant(t)
	for name, c := range map[string]struct {
		claims map[string]any
		want   doctor.Condition
	}{
		"with OwnedBy":                  {service("Application.ReadWrite.OwnedBy", "Application.Read.All"), doctor.ConditionFailed},
		"with a permission for all":     {service("Application.ReadWrite.OwnedBy", "Synchronization.ReadWrite.All"), doctor.ConditionOK},
		"without any such permission":   {service("Application.Read.All"), doctor.ConditionOK},
		"as owner, with OwnedBy enough": {map[string]any{"oid": ownerOf(tenant), "appid": "c1", "roles": []string{"Application.ReadWrite.OwnedBy"}}, doctor.ConditionOK},
	} {
		found, _ := examined(tenant, c.claims, doctor.Doctor{App: "Workato"})
		if got := found["ownership"]; got.Condition != c.want {
			t.Errorf("%s: %+v", name, got)
		}
		if got := found["directory roles"]; got.Condition != doctor.ConditionNotChecked {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func ownerOf(t *tenanttest.Tenant) string {
	t.Helper()
	return tenanttest.Do(t, apps.Show{Graph: t.Client, App: "Workato"}).Owners[0].ID
}

func TestLicencesDecideOnGroupsAndLogs(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	sku := func(status, plan, provisioned string) http.HandlerFunc {
		return tenanttest.With(200, tenanttest.Object{"value": []any{tenanttest.Object{"capabilityStatus": status, "servicePlans": []any{tenanttest.Object{"servicePlanName": plan, "provisioningStatus": provisioned}}}}})
	}
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		want   doctor.Condition
	}{
		"P1":               {sku("Enabled", "AAD_PREMIUM", "Success"), doctor.ConditionOK},
		"P2 about to end":  {sku("Warning", "AAD_PREMIUM_P2", "Success"), doctor.ConditionOK},
		"P1, switched off": {sku("Enabled", "AAD_PREMIUM", "Disabled"), doctor.ConditionWarning},
		"P1, suspended":    {sku("Suspended", "AAD_PREMIUM", "Success"), doctor.ConditionWarning},
		"another one":      {sku("Enabled", "EXCHANGE_S_STANDARD", "Success"), doctor.ConditionWarning},
		"not to be read":   {tenanttest.With(403, tenanttest.GraphError("Authorization_RequestDenied", "Insufficient privileges to complete the operation.")), doctor.ConditionNotChecked},
	} {
		tenant.Answer("GET subscribedSkus", c.answer)
		found, err := examined(tenant, nil, doctor.Doctor{})
		if got := found["licences"]; err != nil || got.Condition != c.want {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

func TestAClockThatIsOffIsToldOf(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tenant := tenanttest.NewTenant(t)
		for off, want := range map[time.Duration]doctor.Condition{
			0: doctor.ConditionOK, time.Minute: doctor.ConditionOK,
			-10 * time.Minute: doctor.ConditionWarning, 10 * time.Minute: doctor.ConditionWarning,
		} {
			tenant.Answer("GET applicationTemplates", func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Date", time.Now().Add(off).UTC().Format(http.TimeFormat))
				tenanttest.With(200, tenanttest.Object{"value": []any{}})(w, r)
			})
			found, err := examined(tenant, nil, doctor.Doctor{})
			if got := found["clock"]; err != nil || got.Condition != want {
				t.Errorf("%s off: %+v, %v", off, got, err)
			}
		}
	})
}

func TestWithoutGraphNothingElseIsLookedAt(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	tenant.Answer("GET applicationTemplates", tenanttest.With(401, tenanttest.GraphError("InvalidAuthenticationToken", "Access token validation failure. Invalid audience.")))
	found, err := examined(tenant, nil, doctor.Doctor{App: "Workato", Commands: groupsOfCommands()})
	sick, ok := errors.AsType[*doctor.Error](err)
	if !ok || sick.Err == nil || !slices.Equal(sick.Failed, []string{"graph"}) || len(found) != 5 || len(tenant.Requests()) != 0 {
		t.Errorf("%+v, %v", found, err)
	}
}

func TestTheTenantURLIsTriedWithoutCredentialsAndQuery(t *testing.T) {
	t.Parallel()
	asked := make(chan *http.Request, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked <- r
		w.WriteHeader(http.StatusUnauthorized)
	}))
	tenant := tenanttest.NewTenant(t)
	tenant.Provisioned()
	tenant.Answer("GET secrets", tenanttest.With(200, tenanttest.Object{"value": []any{
		tenanttest.Object{"key": "BaseAddress", "value": server.URL + "/scim?key=hidden"}, tenanttest.Object{"key": "SecretToken", "value": "*"},
	}}))
	found, err := examined(tenant, nil, doctor.Doctor{App: "Workato", Web: http.DefaultTransport})
	r := <-asked
	if got := found["tenant url"]; err != nil || got.Condition != doctor.ConditionOK || !strings.Contains(got.Detail, "401") || strings.Contains(got.Detail, "hidden") {
		t.Errorf("%+v, %v", got, err)
	}
	if r.Method != http.MethodHead || r.URL.RawQuery != "" || r.Header.Get("Authorization") != "" {
		t.Errorf("%s %s %v", r.Method, r.URL, r.Header)
	}
	server.Close()
	found, err = examined(tenant, nil, doctor.Doctor{App: "Workato", Web: http.DefaultTransport})
	if got := found["tenant url"]; err != nil || got.Condition != doctor.ConditionWarning {
		t.Errorf("gone: %+v, %v", got, err)
	}
}

func TestADoctorOfAnApplicationThatIsNotThereSaysSo(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	found, err := examined(tenant, nil, doctor.Doctor{App: "Absent"})
	if _, ok := errors.AsType[*graph.NotFoundError](err); !ok || len(found) != 0 {
		t.Errorf("%+v, %v", found, err)
	}
}
