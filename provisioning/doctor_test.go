package provisioning_test

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
	"github.com/scimctl/scimctl/provisioning"
)

// examined runs a doctor whose token has these claims; nil has an opaque one.
func (t *tenant) examined(claims map[string]any, doctor provisioning.Doctor) (map[string]provisioning.Diagnosis, error) {
	t.Helper()
	options := graph.Options{Transport: t, Credential: graph.StaticToken("opaque")}
	if claims != nil {
		claims["exp"] = time.Now().Add(time.Hour).Unix()
		body, err := json.Marshal(claims)
		if err != nil {
			t.Fatal(err)
		}
		options.Credential = graph.StaticToken("e30." + base64.RawURLEncoding.EncodeToString(body) + ".c2ln")
	}
	client, err := graph.New(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	doctor.Graph = client
	found, err := doctor.Do(t.Context())
	byName := map[string]provisioning.Diagnosis{}
	for _, d := range found {
		byName[d.Name] = d
	}
	return byName, err
}

func conditions(found map[string]provisioning.Diagnosis) map[string]provisioning.Condition {
	of := map[string]provisioning.Condition{}
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
	tenant := newTenant(t)
	tenant.provisioned()
	tenant.ForgetRequests()
	found, err := tenant.examined(nil, provisioning.Doctor{App: "Workato", Commands: groupsOfCommands()})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]provisioning.Condition{
		"version": "ok", "sign-in": "notChecked", "token": "notChecked", "graph": "ok", "clock": "ok", "directory roles": "ok", "licences": "ok",
		"provisioning": "ok", "ownership": "ok", "tenant url": "notChecked", "commands app": "ok", "commands mapping": "ok", "commands provision logs": "ok", "commands provision": "notChecked",
	}
	if diff := cmp.Diff(want, conditions(found)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if tenant.writes() != 0 {
		t.Errorf("wrote: %d", tenant.writes())
	}
}

func TestADoctorNamesTheScopesThatLackWithTheLink(t *testing.T) {
	t.Parallel()
	tenant := newTenant(t)
	consent := func(scopes []string) string { return "https://consent.example.com/" + strings.Join(scopes, "+") }
	found, err := tenant.examined(person("Application.Read.All Synchronization.Read.All User.Read.All AuditLog.Read.All"),
		provisioning.Doctor{App: "Workato", Commands: groupsOfCommands(), Consent: consent})
	sick, ok := errors.AsType[*provisioning.DoctorError](err)
	if !ok || !slices.Equal(sick.Failed, []string{"commands mapping", "commands provision"}) {
		t.Fatalf("%v", err)
	}
	mapping := found["commands mapping"]
	if !slices.Equal(mapping.Missing, []string{"Synchronization.ReadWrite.All"}) || mapping.ConsentURL != "https://consent.example.com/Synchronization.ReadWrite.All" ||
		!strings.Contains(mapping.Detail, "write the schema") || !strings.Contains(lines(mapping.Remedy...), mapping.ConsentURL) {
		t.Errorf("%+v", mapping)
	}
	if logs := found["commands provision logs"]; logs.Condition != provisioning.ConditionOK {
		t.Errorf("%+v", logs)
	}
}

// The token has the scope, and Graph refuses all the same.
func TestADoctorTriesWhatReadsInsteadOfTrustingTheToken(t *testing.T) {
	t.Parallel()
	tenant := newTenant(t)
	tenant.answer("GET jobs", with(401, graphError("UnknownError", "")))
	tenant.answer("GET transitiveMemberOf", with(200, object{"value": []any{}}))
	found, err := tenant.examined(person("Application.Read.All Synchronization.ReadWrite.All User.Read.All ProvisioningLog.Read.All"),
		provisioning.Doctor{App: "Workato", Commands: groupsOfCommands()})
	if _, ok := errors.AsType[*provisioning.DoctorError](err); !ok {
		t.Fatalf("%v", err)
	}
	mapping := found["commands mapping"]
	if mapping.Condition != provisioning.ConditionFailed || len(mapping.Missing) != 0 || !strings.Contains(lines(mapping.Remedy...), "role in the directory") {
		t.Errorf("%+v", mapping)
	}
	if roles := found["directory roles"]; roles.Condition != provisioning.ConditionWarning {
		t.Errorf("%+v", roles)
	}
}

func TestAnApplicationThatOwnsNothingCannotWorkWithOwnedBy(t *testing.T) {
	t.Parallel()
	service := func(roles ...string) map[string]any {
		return map[string]any{"tid": "t1", "oid": "stranger", "appid": "c1", "app_displayname": "Pipeline", "roles": roles}
	}
	tenant := newTenant(t)
	for name, c := range map[string]struct {
		claims map[string]any
		want   provisioning.Condition
	}{
		"with OwnedBy":                  {service("Application.ReadWrite.OwnedBy", "Application.Read.All"), provisioning.ConditionFailed},
		"with a permission for all":     {service("Application.ReadWrite.OwnedBy", "Synchronization.ReadWrite.All"), provisioning.ConditionOK},
		"without any such permission":   {service("Application.Read.All"), provisioning.ConditionOK},
		"as owner, with OwnedBy enough": {map[string]any{"oid": ownerOf(tenant), "appid": "c1", "roles": []string{"Application.ReadWrite.OwnedBy"}}, provisioning.ConditionOK},
	} {
		found, _ := tenant.examined(c.claims, provisioning.Doctor{App: "Workato"})
		if got := found["ownership"]; got.Condition != c.want {
			t.Errorf("%s: %+v", name, got)
		}
		if got := found["directory roles"]; got.Condition != provisioning.ConditionNotChecked {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func ownerOf(t *tenant) string {
	t.Helper()
	return do(t, provisioning.ShowApp{Graph: t.client, App: "Workato"}).Owners[0].ID
}

func TestLicencesDecideOnGroupsAndLogs(t *testing.T) {
	t.Parallel()
	tenant := newTenant(t)
	sku := func(status, plan, provisioned string) http.HandlerFunc {
		return with(200, object{"value": []any{object{"capabilityStatus": status, "servicePlans": []any{object{"servicePlanName": plan, "provisioningStatus": provisioned}}}}})
	}
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		want   provisioning.Condition
	}{
		"P1":               {sku("Enabled", "AAD_PREMIUM", "Success"), provisioning.ConditionOK},
		"P2 about to end":  {sku("Warning", "AAD_PREMIUM_P2", "Success"), provisioning.ConditionOK},
		"P1, switched off": {sku("Enabled", "AAD_PREMIUM", "Disabled"), provisioning.ConditionWarning},
		"P1, suspended":    {sku("Suspended", "AAD_PREMIUM", "Success"), provisioning.ConditionWarning},
		"another one":      {sku("Enabled", "EXCHANGE_S_STANDARD", "Success"), provisioning.ConditionWarning},
		"not to be read":   {with(403, graphError("Authorization_RequestDenied", "Insufficient privileges to complete the operation.")), provisioning.ConditionNotChecked},
	} {
		tenant.answer("GET subscribedSkus", c.answer)
		found, err := tenant.examined(nil, provisioning.Doctor{})
		if got := found["licences"]; err != nil || got.Condition != c.want {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

func TestAClockThatIsOffIsToldOf(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tenant := newTenant(t)
		for off, want := range map[time.Duration]provisioning.Condition{
			0: provisioning.ConditionOK, time.Minute: provisioning.ConditionOK,
			-10 * time.Minute: provisioning.ConditionWarning, 10 * time.Minute: provisioning.ConditionWarning,
		} {
			tenant.answer("GET applicationTemplates", func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Date", time.Now().Add(off).UTC().Format(http.TimeFormat))
				with(200, object{"value": []any{}})(w, r)
			})
			found, err := tenant.examined(nil, provisioning.Doctor{})
			if got := found["clock"]; err != nil || got.Condition != want {
				t.Errorf("%s off: %+v, %v", off, got, err)
			}
		}
	})
}

func TestWithoutGraphNothingElseIsLookedAt(t *testing.T) {
	t.Parallel()
	tenant := newTenant(t)
	tenant.answer("GET applicationTemplates", with(401, graphError("InvalidAuthenticationToken", "Access token validation failure. Invalid audience.")))
	found, err := tenant.examined(nil, provisioning.Doctor{App: "Workato", Commands: groupsOfCommands()})
	sick, ok := errors.AsType[*provisioning.DoctorError](err)
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
	tenant := newTenant(t)
	tenant.provisioned()
	tenant.answer("GET secrets", with(200, object{"value": []any{
		object{"key": "BaseAddress", "value": server.URL + "/scim?key=hidden"}, object{"key": "SecretToken", "value": "*"},
	}}))
	found, err := tenant.examined(nil, provisioning.Doctor{App: "Workato", Web: http.DefaultTransport})
	r := <-asked
	if got := found["tenant url"]; err != nil || got.Condition != provisioning.ConditionOK || !strings.Contains(got.Detail, "401") || strings.Contains(got.Detail, "hidden") {
		t.Errorf("%+v, %v", got, err)
	}
	if r.Method != http.MethodHead || r.URL.RawQuery != "" || r.Header.Get("Authorization") != "" {
		t.Errorf("%s %s %v", r.Method, r.URL, r.Header)
	}
	server.Close()
	found, err = tenant.examined(nil, provisioning.Doctor{App: "Workato", Web: http.DefaultTransport})
	if got := found["tenant url"]; err != nil || got.Condition != provisioning.ConditionWarning {
		t.Errorf("gone: %+v, %v", got, err)
	}
}

func TestADoctorOfAnApplicationThatIsNotThereSaysSo(t *testing.T) {
	t.Parallel()
	tenant := newTenant(t)
	found, err := tenant.examined(nil, provisioning.Doctor{App: "Absent"})
	if _, ok := errors.AsType[*graph.NotFoundError](err); !ok || len(found) != 0 {
		t.Errorf("%+v, %v", found, err)
	}
}
