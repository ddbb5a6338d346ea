package sandbox_test

import (
	"strings"
	"testing"

	"github.com/scimctl/scimctl/provisioning/sandbox"
)

func TestClientCredentialsAreTakenAndMasked(t *testing.T) {
	t.Parallel()
	s := newTenant(t)
	job := s.job("SecretToken", "")
	sync := syncOf(job)
	pairs := func(tokenURL, secret string) []map[string]string {
		return []map[string]string{
			{"key": "BaseAddress", "value": sandbox.SCIMURL},
			{"key": "AuthenticationType", "value": "OAuth2ClientCredentialsGrant"},
			{"key": "Oauth2ClientId", "value": "entra"},
			{"key": "Oauth2TokenExchangeUri", "value": tokenURL},
			{"key": "Oauth2ClientSecret", "value": secret},
		}
	}
	given := func(list []map[string]string) map[string]any {
		return map[string]any{"templateId": "scim", "useSavedCredentials": false, "credentials": list}
	}
	s.must(204, "POST", job+"/validateCredentials", given(pairs(sandbox.TokenURL, s.token())))
	s.must(400, "POST", job+"/validateCredentials", given(pairs(sandbox.TokenURL, "another-secret")))
	s.must(400, "POST", job+"/validateCredentials", given(pairs("https://login.example.com/token", s.token())))

	s.must(204, "PUT", sync+"/secrets", map[string]any{"value": pairs(sandbox.TokenURL, s.token())})
	shown := s.must(200, "GET", sync+"/secrets", nil)
	if strings.Contains(shown.text, s.token()) || !strings.Contains(shown.text, `"Oauth2ClientSecret","value":"*"`) {
		t.Error(shown.text)
	}
	s.must(204, "POST", job+"/validateCredentials", `{"useSavedCredentials":true}`)
	s.must(204, "POST", job+"/start", nil)

	// A token beside them is what the service was seen to answer with 500.
	s.must(500, "PUT", sync+"/secrets", `{"value":[{"key":"SecretToken","value":"x"}]}`)
	s.must(204, "POST", job+"/validateCredentials", `{"useSavedCredentials":true}`)
	s.must(204, "PUT", sync+"/secrets", map[string]any{"value": []map[string]string{
		{"key": "SecretToken", "value": s.token()},
		{"key": "AuthenticationType", "value": ""},
		{"key": "Oauth2ClientId", "value": ""},
		{"key": "Oauth2TokenExchangeUri", "value": ""},
		{"key": "Oauth2ClientSecret", "value": ""},
	}})
	s.must(204, "POST", job+"/validateCredentials", `{"useSavedCredentials":true}`)
}
