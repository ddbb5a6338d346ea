package cli

import (
	"github.com/scimctl/scimctl/cmd/internal/config"
)

// redactOutput removes secrets from both outputs. What a server echoes is
// redacted where it is read; this is for everything else.
func (a *App) redactOutput() {
	a.IO.Redact, a.IO.RedactMessage = a.Secrets.Redact, a.Secrets.RedactMessage
	for _, name := range secretVariables() {
		a.Secrets.Add(a.Getenv(name))
	}
	for _, name := range addressVariables() {
		a.Secrets.AddURL(a.Getenv(name))
	}
}

// addressVariables hold URLs, which may have a password or a token in them.
func addressVariables() []string {
	return []string{
		"SCIMCTL_GRAPH_ENDPOINT", "SCIMCTL_AUTHORITY_HOST", "AZURE_AUTHORITY_HOST", sandboxURLVariable,
		"HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "https_proxy", "http_proxy", "all_proxy",
	}
}

// withheldVariables are the names of environment variables that hold secrets of
// ours, or the identity of a pipeline's job. No other program gets them.
func withheldVariables() []string {
	names := []string{
		SandboxTokenVariable,
		"AZURE_CLIENT_SECRET", "AZURE_CLIENT_CERTIFICATE_PASSWORD", "AZURE_PASSWORD",
		"ACTIONS_ID_TOKEN_REQUEST_TOKEN", "ACTIONS_RUNTIME_TOKEN", "SYSTEM_ACCESSTOKEN",
	}
	for _, s := range config.Table() {
		if s.Secret() {
			names = append(names, s.Variable())
		}
	}
	return names
}

// secretVariables are also those that other programs need: Azure's libraries
// read some, and the commands of a file may use others.
func secretVariables() []string {
	return append(withheldVariables(), "IDENTITY_HEADER", "MSI_SECRET", "GITHUB_TOKEN", "GH_TOKEN")
}
