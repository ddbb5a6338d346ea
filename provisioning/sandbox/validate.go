package sandbox

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/scimctl/scimctl/provisioning/engine"
	"github.com/scimctl/scimctl/provisioning/sandbox/internal/odata"
	"github.com/scimctl/scimctl/provisioning/scim"
)

// A connection is where and how the service speaks SCIM.
type connection struct {
	address, token        string
	userMatch, groupMatch string
	dialect               scim.Dialect
	tokenGone             bool // it was set, and is not to be had here
}

// validate sends the service's probe to a SCIM server and saves nothing.
// https://learn.microsoft.com/graph/api/synchronization-synchronizationjob-validatecredentials
func (t *Tenant) validate(c *odata.Call) *odata.Answer {
	var body struct {
		Template string `json:"templateId"`
		UseSaved bool   `json:"useSavedCredentials"`
		Given    []struct {
			Key   string `json:"key"`
			Value string `json:"value"`
		} `json:"credentials"`
	}
	if a := c.Decode(&body); a != nil {
		return a
	}
	var link connection
	var out *odata.Answer
	var ours string
	err := t.with(func(s *state) {
		var a *app
		if a, out = s.syncApp(c); out != nil {
			return
		}
		var schema []byte
		if schema, out = s.validationSchema(c, a, body.Template); out != nil {
			return
		}
		link, out = t.probing(s, a, schema)
		ours = s.SCIMToken
	})
	if err != nil {
		return stateFailure(err)
	}
	if out != nil {
		return out
	}
	if !body.UseSaved {
		given := map[string]string{}
		for _, pair := range body.Given {
			if !knownKey(pair.Key) {
				return unknownKey(pair.Key)
			}
			given[pair.Key] = pair.Value
		}
		link.address, link.token = given["BaseAddress"], given["SecretToken"]
		if secret := given["Oauth2ClientSecret"]; secret != "" && link.token == "" {
			link.token = exchanged(ours, given["Oauth2TokenExchangeUri"], secret == ours)
		}
	}
	if link.address == "" || link.token == "" && !body.UseSaved {
		return odata.Fail(http.StatusBadRequest, "RequestMissingRequiredParameter", "The request is missing the required credentials BaseAddress and SecretToken.")
	}
	return validation(t.probe(c.Ctx, link))
}

// validationSchema is the schema whose matching attributes the probe uses.
func (s *state) validationSchema(c *odata.Call, a *app, template string) ([]byte, *odata.Answer) {
	if id := c.Param("job"); id != "" {
		j := s.job(a, id)
		if j == nil {
			return nil, noJob(id)
		}
		return j.schema(a), nil
	}
	if template == "" {
		return nil, odata.Fail(http.StatusBadRequest, "RequestMissingRequiredParameter", "The request is missing the required parameter 'templateId'.")
	}
	k, known := a.connector(template)
	if !known {
		return nil, odata.Fail(http.StatusBadRequest, "RequestParameterInvalid", "The synchronization template '"+template+"' is not one of the application's.")
	}
	for _, j := range s.Jobs {
		if j.SP == a.SP && j.Template == template {
			return j.schema(a), nil
		}
	}
	return k.Schema(template), nil
}

// probing is the connection by the saved credentials.
func (t *Tenant) probing(s *state, a *app, schema []byte) (connection, *odata.Answer) {
	rules, err := engine.Load(schema)
	if err != nil {
		return connection{}, wrapped(http.StatusBadRequest, odata.Object{"error": odata.Object{"code": "SandboxSchema", "message": err.Error()}})
	}
	return t.connect(s, a, rules), nil
}

// connect reads what the service needs to speak to the application.
func (t *Tenant) connect(s *state, a *app, rules *engine.Rules) connection {
	link := connection{}
	link.address, link.token = t.credentials(s, a)
	link.tokenGone = link.token == "" && a.hasToken()
	if _, dialect, err := scim.SplitTenantURL(link.address); err == nil {
		link.dialect = dialect
	}
	link.userMatch = firstOf(rules.MatchingTargets(engine.User))
	if _, enabled := rules.Has(engine.Group); enabled {
		link.groupMatch = firstOf(rules.MatchingTargets(engine.Group))
	}
	return link
}

func firstOf(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

func (t *Tenant) client(link connection) *scim.Client {
	return &scim.Client{BaseURL: link.address, Token: link.token, HTTP: t.scim.client}
}

func (t *Tenant) probe(ctx context.Context, link connection) error {
	if link.tokenGone && link.token == "" {
		return &tokenGoneError{}
	}
	return t.client(link).Probe(ctx, link.userMatch, link.groupMatch)
}

// A tokenGoneError is a token for a server outside that this process was not given.
type tokenGoneError struct{}

func (*tokenGoneError) Error() string {
	return "the sandbox has no token for this SCIM server: set SCIMCTL_SANDBOX_SCIM_TOKEN and, to its address, SCIMCTL_SANDBOX_SCIM_URL; or save address and token again while the sandbox is served"
}

// validation is what Graph answers when a probe ended so.
func validation(err error) *odata.Answer {
	if err == nil {
		return odata.NoContent()
	}
	return odata.Fail(http.StatusBadRequest, "CredentialValidationUnavailable", unexpected(err))
}

// unexpected says in the service's words how a SCIM server answered. Neither
// it nor the errors below hold the token.
func unexpected(err error) string {
	const form = "We received this unexpected response from your application: Received response from Web resource. Resource: %s Operation: %s Response Status Code: %s Response Headers:  Response Content: %s. Please check the service and try again."
	if e, ok := errors.AsType[*scim.Error](err); ok {
		return fmt.Sprintf(form, e.URL, e.Method, statusName(e.Status), e.Body)
	}
	if e, ok := errors.AsType[*scim.DecodeError](err); ok {
		return fmt.Sprintf(form, e.URL, e.Method, statusName(e.Status), e.Body)
	}
	if e, ok := errors.AsType[*scim.FilterIgnoredError](err); ok {
		return fmt.Sprintf(form, e.URL, http.MethodGet, "OK", e.Error())
	}
	return "We are not able to connect to your application while attempting to validate our authorization to access your application. Please ensure that you have provided valid credentials. (" + err.Error() + ")"
}

// statusName is a status as .NET names it: Unauthorized, NotFound.
func statusName(status int) string {
	if name := strings.ReplaceAll(http.StatusText(status), " ", ""); name != "" {
		return name
	}
	return fmt.Sprint(status)
}
