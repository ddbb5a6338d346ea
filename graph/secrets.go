package graph

import (
	"context"
	"net/http"

	"github.com/scimctl/scimctl/graph/internal/redact"
)

// Secrets reads the credentials and settings of provisioning, which all jobs
// of a service principal share. The service masks credentials with "*".
func (c *Client) Secrets(ctx context.Context, servicePrincipalID string) ([]KeyValue, error) {
	pairs, err := list[KeyValue](ctx, c, OpReadSecrets, synchronization(servicePrincipalID, "secrets"))
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
func (c *Client) PutSecrets(ctx context.Context, servicePrincipalID string, secrets []KeyValue) error {
	hidePairs(c, secrets)
	return c.send(ctx, OpWriteSecrets, http.MethodPut, synchronization(servicePrincipalID, "secrets"),
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
// [*Error], whose code is CredentialValidationUnavailable. See
// https://learn.microsoft.com/graph/api/synchronization-synchronizationjob-validatecredentials.
func (c *Client) ValidateCredentials(ctx context.Context, v Validation) error {
	hidePairs(c, v.Credentials)
	body := map[string]any{"useSavedCredentials": v.UseSaved}
	if v.TemplateID != "" {
		body["templateId"] = v.TemplateID
	}
	if !v.UseSaved {
		body["credentials"] = append([]KeyValue{}, v.Credentials...)
	}
	path := synchronization(v.ServicePrincipalID, "jobs", "validateCredentials")
	if v.JobID != "" {
		path = JobRef{v.ServicePrincipalID, v.JobID}.at("validateCredentials")
	}
	return c.send(ctx, OpValidate, http.MethodPost, path, body)
}

func hidePairs(c *Client, pairs []KeyValue) {
	for _, p := range pairs {
		c.KnownSecrets().AddSetting(p.Key, p.Value)
	}
}
