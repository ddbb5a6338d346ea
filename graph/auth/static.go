package auth

import (
	"context"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"github.com/scimctl/scimctl/graph"
)

// StaticToken is a credential that always gives the same token.
func StaticToken(token string) graph.Credential { return staticToken(strings.TrimSpace(token)) }

type staticToken string

// GetToken gives a token that is asked for each time, so that its end is
// Graph's to tell.
func (t staticToken) GetToken(context.Context, policy.TokenRequestOptions) (azcore.AccessToken, error) {
	if t == "" {
		return azcore.AccessToken{}, &graph.SignInError{Tried: []graph.Attempt{{Method: MethodToken, Reason: "the access token is empty"}}}
	}
	return azcore.AccessToken{Token: string(t), ExpiresOn: graph.Expiry(string(t))}, nil
}
