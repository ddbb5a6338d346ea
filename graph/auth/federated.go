package auth

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"

	"github.com/scimctl/scimctl/graph"
)

// workloadIdentity signs in with the token that Kubernetes puts into a file:
// https://learn.microsoft.com/azure/aks/workload-identity-overview.
func (s SignIn) workloadIdentity(context.Context) (source, string, error) {
	path, tenant, client := cmp.Or(s.FederatedToken, s.env("AZURE_FEDERATED_TOKEN_FILE")), s.tenant(), s.client()
	if path == "" {
		return source{}, "no file with a federated token is named", nil
	}
	if tenant == "" || client == "" {
		return source{}, "", errors.New("a federated token needs a tenant and a client id")
	}
	if _, err := os.Stat(path); err != nil {
		return source{}, "", fmt.Errorf("the file with the federated token cannot be read: %w", err)
	}
	return source{
		cache: s.cacheName(tenant, client, MethodWorkloadIdentity, path),
		build: func(cache azidentity.Cache, o azcore.ClientOptions) (graph.Credential, error) {
			return azidentity.NewWorkloadIdentityCredential(&azidentity.WorkloadIdentityCredentialOptions{
				ClientOptions: o, Cache: cache, DisableInstanceDiscovery: true,
				TenantID: tenant, ClientID: client, TokenFilePath: path,
			})
		},
	}, "", nil
}

// gitHub signs in with the id token of a GitHub Actions job:
// https://docs.github.com/actions/concepts/security/openid-connect. A job may
// have one for other reasons, so that it counts as configured only once tenant
// and client are.
func (s SignIn) gitHub(context.Context) (source, string, error) {
	address, bearer := s.env("ACTIONS_ID_TOKEN_REQUEST_URL"), s.env("ACTIONS_ID_TOKEN_REQUEST_TOKEN")
	tenant, client := s.tenant(), s.client()
	switch {
	case s.env("GITHUB_ACTIONS") == "" && address == "":
		return source{}, "this is no GitHub Actions job", nil
	case address == "" || bearer == "":
		return source{}, "the job lacks permissions: id-token: write", nil
	case tenant == "" || client == "":
		return source{}, "the job has an id token, but no tenant and client id are given", nil
	}
	from := source{cache: s.cacheName(tenant, client, MethodGitHubOIDC, ""), secrets: []string{bearer}}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" && (u.Scheme != "http" || !graph.IsLoopback(u.Hostname())) {
		return from, "", errors.New("ACTIONS_ID_TOKEN_REQUEST_URL is no https URL")
	}
	query := u.Query()
	query.Set("audience", s.Cloud.OrGlobal().TokenExchange)
	u.RawQuery = query.Encode()
	from.build = func(cache azidentity.Cache, o azcore.ClientOptions) (graph.Credential, error) {
		get := func(ctx context.Context) (string, error) { return idToken(ctx, o, u.String(), bearer) }
		return azidentity.NewClientAssertionCredential(tenant, client, get, &azidentity.ClientAssertionCredentialOptions{
			ClientOptions: o, Cache: cache, DisableInstanceDiscovery: true,
		})
	}
	return from, "", nil
}

// idToken asks the runner for the id token of its job, again when the endpoint
// has a bad moment.
func idToken(ctx context.Context, o azcore.ClientOptions, address, bearer string) (string, error) {
	req, err := runtime.NewRequest(ctx, http.MethodGet, address)
	if err != nil {
		return "", err
	}
	req.Raw().Header.Set("Authorization", "Bearer "+bearer)
	req.Raw().Header.Set("Accept", "application/json")
	resp, err := runtime.NewPipeline("scimctl", "v1", runtime.PipelineOptions{}, &o).Do(req)
	if err != nil {
		return "", err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := runtime.Payload(resp)
	if err != nil {
		return "", err
	}
	if resp.StatusCode != http.StatusOK {
		return "", fmt.Errorf("the endpoint for id tokens answered %s", resp.Status)
	}
	var answer struct{ Value string }
	if json.Unmarshal(body, &answer) != nil || answer.Value == "" {
		return "", errors.New("the endpoint for id tokens answered without one")
	}
	return answer.Value, nil
}

// pipelines signs in as a service connection of Azure Pipelines, which is
// configured once the connection is named:
// https://learn.microsoft.com/azure/devops/pipelines/release/configure-workload-identity.
func (s SignIn) pipelines(context.Context) (source, string, error) {
	connection := cmp.Or(s.ServiceConnection, s.env("AZURESUBSCRIPTION_SERVICE_CONNECTION_ID"))
	bearer := s.env("SYSTEM_ACCESSTOKEN")
	tenant := cmp.Or(s.TenantID, s.env("AZURESUBSCRIPTION_TENANT_ID"), s.env("AZURE_TENANT_ID"))
	client := cmp.Or(s.ClientID, s.env("AZURESUBSCRIPTION_CLIENT_ID"), s.env("AZURE_CLIENT_ID"))
	switch {
	case s.env("SYSTEM_OIDCREQUESTURI") == "":
		return source{}, "this is no Azure Pipelines job", nil
	case connection == "":
		return source{}, "no service connection is named", nil
	}
	needs := []string{"a tenant", "a client id", "SYSTEM_ACCESSTOKEN in the step's env"}
	given := []string{tenant, client, bearer}
	lacks := slices.DeleteFunc(slices.Clone(needs), func(what string) bool { return given[slices.Index(needs, what)] != "" })
	if len(lacks) > 0 {
		return source{}, "", fmt.Errorf("a service connection needs %s", strings.Join(lacks, " and "))
	}
	return source{
		cache: s.cacheName(tenant, client, MethodAzurePipelines, connection), secrets: []string{bearer},
		build: func(cache azidentity.Cache, o azcore.ClientOptions) (graph.Credential, error) {
			return azidentity.NewAzurePipelinesCredential(tenant, client, connection, bearer, &azidentity.AzurePipelinesCredentialOptions{
				ClientOptions: o, Cache: cache, DisableInstanceDiscovery: true,
			})
		},
	}, "", nil
}
