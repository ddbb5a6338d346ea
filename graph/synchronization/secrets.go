package synchronization

import (
	"context"
	"net/http"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/internal/redact"
)

// Secrets reads the credentials and settings of provisioning, which all jobs
// of a service principal share. The service masks credentials with "*".
func Secrets(ctx context.Context, c *graph.Client, servicePrincipalID string) ([]KeyValue, error) {
	pairs, err := graph.List[KeyValue](ctx, c, graph.OpReadSecrets, pathOf(servicePrincipalID, "secrets"))
	for _, p := range pairs {
		if redact.IsSecretName(p.Key) { // it should have been masked
			c.KnownSecrets().Add(p.Value)
		}
	}
	return pairs, err
}

// PutSecrets saves credentials and settings. Whether the service keeps those
// that are left out is not documented, so all should be given; "" removes one.
// See https://learn.microsoft.com/graph/api/synchronization-serviceprincipal-put-synchronization.
func PutSecrets(ctx context.Context, c *graph.Client, servicePrincipalID string, secrets []KeyValue) error {
	hidePairs(c, secrets)
	return c.Send(ctx, graph.OpWriteSecrets, http.MethodPut, pathOf(servicePrincipalID, "secrets"),
		map[string]any{"value": secrets})
}

// A Validation asks the service to try credentials. With JobID "" it is bound
// to all jobs of the service principal, and needs none.
type Validation struct {
	ServicePrincipalID string
	TemplateID         string
	JobID              string
	UseSaved           bool // the saved credentials; Credentials are ignored
	Credentials        []KeyValue
}

// ValidateCredentials lets the service try credentials on the application, and
// keeps nothing. What the application answered is in the message of the
// [*graph.Error], whose code is CredentialValidationUnavailable. See
// https://learn.microsoft.com/graph/api/synchronization-synchronizationjob-validatecredentials.
func ValidateCredentials(ctx context.Context, c *graph.Client, v Validation) error {
	hidePairs(c, v.Credentials)
	body := map[string]any{"useSavedCredentials": v.UseSaved}
	if v.TemplateID != "" {
		body["templateId"] = v.TemplateID
	}
	if !v.UseSaved {
		body["credentials"] = append([]KeyValue{}, v.Credentials...)
	}
	path := pathOf(v.ServicePrincipalID, "jobs", "validateCredentials")
	if v.JobID != "" {
		path = JobRef{v.ServicePrincipalID, v.JobID}.at("validateCredentials")
	}
	return c.Send(ctx, graph.OpValidate, http.MethodPost, path, body)
}

func hidePairs(c *graph.Client, pairs []KeyValue) {
	for _, p := range pairs {
		c.KnownSecrets().AddSetting(p.Key, p.Value)
	}
}
