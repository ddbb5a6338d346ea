package auth

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/bounds"
)

// environment signs in as azidentity's environment credential does, with what
// the environment says of an application:
// https://learn.microsoft.com/azure/developer/go/sdk/authentication/authentication-overview.
func (s SignIn) environment(ctx context.Context) (source, string, error) {
	switch {
	case cmp.Or(s.ClientSecret, s.env("AZURE_CLIENT_SECRET")) != "":
		return s.clientSecret(ctx)
	case cmp.Or(s.Certificate, s.env("AZURE_CLIENT_CERTIFICATE_PATH")) != "":
		return s.clientCertificate(ctx)
	case s.env("AZURE_USERNAME") != "" && s.env("AZURE_PASSWORD") != "":
		return source{}, "", errors.New("a user name and password are no way to sign in: Entra wants a second factor")
	}
	return source{}, "neither a client secret nor a client certificate is set", nil
}

func (s SignIn) clientSecret(context.Context) (source, string, error) {
	secret, tenant, client := cmp.Or(s.ClientSecret, s.env("AZURE_CLIENT_SECRET")), s.tenant(), s.client()
	if secret == "" {
		return source{}, "no client secret given", nil
	}
	if tenant == "" || client == "" {
		return source{}, "", errors.New("a client secret needs a tenant and a client id")
	}
	return source{
		cache: s.cacheName(tenant, client, MethodClientSecret, secret), secrets: []string{secret},
		build: func(cache azidentity.Cache, o azcore.ClientOptions) (graph.Credential, error) {
			return azidentity.NewClientSecretCredential(tenant, client, secret, &azidentity.ClientSecretCredentialOptions{
				ClientOptions: o, Cache: cache, DisableInstanceDiscovery: true,
			})
		},
	}, "", nil
}

func (s SignIn) clientCertificate(context.Context) (source, string, error) {
	path, tenant, client := cmp.Or(s.Certificate, s.env("AZURE_CLIENT_CERTIFICATE_PATH")), s.tenant(), s.client()
	if path == "" {
		return source{}, "no client certificate given", nil
	}
	if tenant == "" || client == "" {
		return source{}, "", errors.New("a client certificate needs a tenant and a client id")
	}
	data, err := bounds.ReadFile(path, bounds.Settings)
	if err != nil {
		return source{}, "", fmt.Errorf("the client certificate cannot be read: %w", err)
	}
	password := cmp.Or(s.CertificatePassword, s.env("AZURE_CLIENT_CERTIFICATE_PASSWORD"))
	found := source{
		cache: s.cacheName(tenant, client, MethodClientCertificate, string(data)), secrets: []string{password},
	}
	certificates, key, err := azidentity.ParseCertificates(data, []byte(password))
	if err != nil {
		return found, "", fmt.Errorf("the client certificate %s cannot be used: %w (a PFX file that OpenSSL 3 makes needs its option -legacy; a PEM file needs no password)", path, err)
	}
	chain := s.env("AZURE_CLIENT_SEND_CERTIFICATE_CHAIN")
	found.build = func(cache azidentity.Cache, o azcore.ClientOptions) (graph.Credential, error) {
		return azidentity.NewClientCertificateCredential(tenant, client, certificates, key, &azidentity.ClientCertificateCredentialOptions{
			ClientOptions: o, Cache: cache, DisableInstanceDiscovery: true,
			SendCertificateChain: chain == "1" || strings.EqualFold(chain, "true"),
		})
	}
	return found, "", nil
}

// cacheName names the cache of a client. A way with another secret has another
// cache, so that a secret which is wrong is refused, and not helped out by a
// token that the right one got.
func (s SignIn) cacheName(tenant, client, method, secret string) string {
	return s.cacheFamily(tenant, client) + digest(16, method, secret)
}

// cacheFamily is what the names of all caches of a client begin with.
func (s SignIn) cacheFamily(tenant, client string) string {
	return "scimctl." + digest(24, s.authority(), s.Cloud.OrGlobal().Name, strings.ToLower(tenant), strings.ToLower(client)) + "."
}

// digest is the beginning of a fingerprint, in hexadecimal digits.
func digest(digits int, parts ...string) string {
	return fmt.Sprintf("%x", sha256.Sum256([]byte(strings.Join(parts, "\x00"))))[:digits]
}
