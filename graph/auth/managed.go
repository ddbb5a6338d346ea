package auth

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/bounds"
)

const (
	// metadataService is where a machine in Azure learns about itself, and gets
	// its tokens: https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token.
	metadataService = "http://169.254.169.254/metadata/identity/oauth2/token"
	probeTime       = time.Second
)

// managedIdentity signs in as the machine. By itself azidentity takes minutes
// to find out that there is no such identity, so that it is only taken where
// variables name one or the metadata service has one. Other clouds, and
// machines without an identity, answer at the same address.
func (s SignIn) managedIdentity(ctx context.Context) (source, string, error) {
	if s.env("IDENTITY_ENDPOINT") == "" && s.env("MSI_ENDPOINT") == "" {
		if missing := s.probe(ctx); missing != "" {
			return source{}, missing, nil
		}
	}
	return source{build: func(_ azidentity.Cache, o azcore.ClientOptions) (graph.Credential, error) {
		if s.Transport == nil {
			// Service Fabric pins the certificate of its endpoint, for which it
			// needs a transport of its own; and no proxy reaches the others.
			o.Transport = &http.Client{Transport: direct()}
		}
		o.Retry = policy.RetryOptions{} // azidentity knows how long the metadata service may be busy
		options := &azidentity.ManagedIdentityCredentialOptions{ClientOptions: o}
		if client := s.client(); client != "" {
			options.ID = azidentity.ClientID(client)
		}
		return azidentity.NewManagedIdentityCredential(options)
	}}, "", nil
}

// probe asks the metadata service, for a second, whether it is there, and then
// whether it knows an identity. It says what is missing.
func (s SignIn) probe(ctx context.Context) string {
	client := &http.Client{
		Transport:     s.Transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	if client.Transport == nil {
		transport := direct()
		defer transport.CloseIdleConnections()
		client.Transport = transport
	}
	// Without the header Azure answers 400, which no other cloud does.
	status, _, err := ask(ctx, client, metadataService, false)
	if err != nil || status != http.StatusBadRequest {
		return "this machine is not in Azure, or has no managed identity"
	}
	query := url.Values{"api-version": {"2018-02-01"}, "resource": {s.Cloud.OrGlobal().Graph}}
	if id := s.client(); id != "" {
		query.Set("client_id", id)
	}
	status, body, err := ask(ctx, client, metadataService+"?"+query.Encode(), true)
	if err != nil || status == http.StatusOK || status == http.StatusNotFound || status >= http.StatusTooManyRequests {
		return "" // it is there, if slow or busy: azidentity insists
	}
	var answer struct {
		Description string `json:"error_description"`
	}
	_ = json.Unmarshal(body, &answer)
	return "this machine has no such managed identity: " + cmp.Or(graph.OneLine(answer.Description), fmt.Sprintf("the metadata service answered %d", status))
}

// ask sends one request and gives it a second.
func ask(ctx context.Context, client *http.Client, address string, metadata bool) (int, []byte, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, probeTime, errors.New("no answer within a second"))
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return 0, nil, err
	}
	if metadata {
		req.Header.Set("Metadata", "true")
	}
	resp, err := client.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := bounds.Read(resp.Body, "the answer", longestSignIn)
	return resp.StatusCode, body, err
}

// direct is a transport for addresses of this machine, which no proxy reaches.
func direct() *http.Transport {
	return &http.Transport{DialContext: (&net.Dialer{Timeout: probeTime}).DialContext, TLSHandshakeTimeout: 10 * time.Second}
}
