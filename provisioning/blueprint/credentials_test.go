package blueprint_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/provisioning/blueprint/planning"
	"github.com/scimctl/scimctl/provisioning/credentials"
)

func newRecorder(status int, body string) *http.Response {
	return &http.Response{
		StatusCode: status, Status: http.StatusText(status), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)),
	}
}

// A plan tells four things of the saved credentials: they work, they are
// refused, the application cannot be reached, and that it may not ask.
func TestOnlySavedCredentialsThatAreRefusedAreADifference(t *testing.T) {
	t.Parallel()
	for name, one := range map[string]struct {
		answer  func(*http.Request) *http.Response
		steps   []string
		warning string
	}{
		"they work": {func(*http.Request) *http.Response { return nil }, []string{}, ""},
		"refused": {func(r *http.Request) *http.Response {
			return trial(r, http.StatusBadRequest, "CredentialValidationUnavailable", "Response Status Code: Unauthorized. Response Content: {}")
		}, []string{"change credentials"}, ""},
		"unreachable": {func(r *http.Request) *http.Response {
			return trial(r, http.StatusBadRequest, "CredentialValidationUnavailable", "We received an unexpected response. The remote name could not be resolved")
		}, []string{}, "the saved credentials of Workato DEV do not work: We received an unexpected response"},
		"not permitted": {func(r *http.Request) *http.Response {
			return trial(r, http.StatusForbidden, "Authorization_RequestDenied", "Insufficient privileges")
		}, []string{}, "credentials: not checked"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c := newCompany(t)
				c.apply(workato)
				c.meddle(func(r *http.Request) *http.Response {
					if !strings.HasSuffix(r.URL.Path, "/validateCredentials") {
						return nil
					}
					return one.answer(r)
				})
				plan := c.plan(workato)
				if diff := cmp.Diff(one.steps, steps(plan)); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
				if got := strings.Join(plan.Applications[0].Warnings, "\n"); one.warning == "" && got != "" || !strings.Contains(got, one.warning) {
					t.Errorf("warnings %q", got)
				}
			})
		})
	}
}

func trial(r *http.Request, status int, code, message string) *http.Response {
	a := newRecorder(status, `{"error":{"code":"`+code+`","message":"`+message+`"}}`)
	a.Request = r
	return a
}

func TestATokenThatIsAnotherThanThisMachineSavedIsWritten(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCompany(t)
		c.apply(workato)
		app, err := applications.Find(t.Context(), c.graph, "Workato DEV")
		if err != nil {
			t.Fatal(err)
		}
		// Somebody saved another one from here, which works as well.
		keeper := credentials.FingerprintsIn(c.state)
		kept, err := keeper.Recall(app.ServicePrincipalID)
		if err != nil || !kept.Of(scimToken) {
			t.Fatalf("kept %v, %v", kept, err)
		}
		kept.Hash[0]++
		if err := keeper.Keep(app.ServicePrincipalID, kept); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{}, steps(c.plan(workato))); diff != "" {
			t.Errorf("a plan reads no secret (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]string{"change credentials"}, steps(c.applying(workato).Plan)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		c.apply(workato)
		if diff := cmp.Diff([]string{}, steps(c.applying(workato).Plan)); diff != "" {
			t.Errorf("once it is written (-want +got):\n%s", diff)
		}
	})
}

func TestAnUnchangedTokenIsWrittenOnlyWhenThatIsAsked(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCompany(t)
		c.apply(workato)
		plan, err := planning.Make{Graph: c.graph, Blueprints: c.read(workato), UpdateSecrets: true}.Do(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"change credentials"}, steps(plan)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		c.state = t.TempDir() // another runner, which has no fingerprint
		delete(c.env, "WORKATO_SCIM_TOKEN")
		if diff := cmp.Diff([]string{}, steps(c.applying(workato).Plan)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

func TestAnotherHostIsADangerWithAName(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCompany(t)
		c.apply(workato)
		elsewhere := strings.Replace(workato, "env:WORKATO_SCIM_URL", "https://scim.fabrikam.com/scim", 1)
		risks := c.plan(elsewhere).Applications[0].Risks()
		want := []planning.Risk{{Name: planning.RiskCredentialsHost, What: "people's data and the token go to scim.fabrikam.com instead of scim.sandbox.invalid"}}
		if diff := cmp.Diff(want, risks); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		// A reference is followed when it is applied, before anybody is asked.
		c.env["WORKATO_SCIM_URL"] = "https://scim.fabrikam.com/scim"
		if diff := cmp.Diff(want, c.applying(workato).Plan.Applications[0].Risks()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}
