package graph

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"os/exec"
	"path/filepath"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"

	"github.com/scimctl/scimctl/graph/bounds"
)

// cli signs in as the Azure CLI is. Each token starts a process of it, which
// takes about a second.
func (s SignIn) cli(context.Context) (source, string, error) {
	if path, _ := exec.LookPath("az"); path == "" {
		return source{}, "the Azure CLI is not installed", nil
	}
	if s.Method != MethodCLI && s.signedOut() {
		return source{}, "nobody is signed in to the Azure CLI (az login)", nil
	}
	return source{build: func(azidentity.Cache, azcore.ClientOptions) (Credential, error) {
		return azidentity.NewAzureCLICredential(&azidentity.AzureCLICredentialOptions{TenantID: s.tenant()})
	}}, "", nil
}

// signedOut reports whether the Azure CLI's own list of accounts is there and
// empty: https://learn.microsoft.com/cli/azure/azure-cli-configuration.
func (s SignIn) signedOut() bool {
	folder := s.env("AZURE_CONFIG_DIR")
	if home := cmp.Or(s.env("HOME"), s.env("USERPROFILE")); folder == "" && home != "" {
		folder = filepath.Join(home, ".azure")
	}
	data, err := bounds.ReadFile(filepath.Join(folder, "azureProfile.json"), bounds.Document)
	if folder == "" || err != nil {
		return false
	}
	var profile struct{ Subscriptions []json.RawMessage }
	return json.Unmarshal(bytes.TrimPrefix(data, []byte("\ufeff")), &profile) == nil && len(profile.Subscriptions) == 0
}

// azd signs in as the Azure Developer CLI is.
func (s SignIn) azd(context.Context) (source, string, error) {
	if path, _ := exec.LookPath("azd"); path == "" {
		return source{}, "the Azure Developer CLI is not installed", nil
	}
	return source{build: func(azidentity.Cache, azcore.ClientOptions) (Credential, error) {
		return azidentity.NewAzureDeveloperCLICredential(&azidentity.AzureDeveloperCLICredentialOptions{TenantID: s.tenant()})
	}}, "", nil
}
