package blueprint

import (
	"net/mail"
	"net/url"
	"strconv"
	"strings"

	"github.com/scimctl/scimctl/extattr"
	"github.com/scimctl/scimctl/provisioning/credentials"
)

func (c *checker) properties(list []Property) {
	seen := map[string]bool{}
	for i, p := range list {
		wrong := c.at("extensions", "properties", strconv.Itoa(i))
		if _, err := extattr.Known(p.Name, p.Type, p.Target, p.MultiValued); err != nil {
			wrong("%v", err)
		}
		if name := strings.ToLower(p.Name); seen[name] {
			wrong("the property %s stands here twice", p.Name)
		} else {
			seen[name] = true
		}
	}
}

func (c *checker) provisioning(p Provisioning) {
	if p.Scope != "" && p.Scope != credentials.ScopeAll && p.Scope != credentials.ScopeAssigned {
		c.at("provisioning", "scope")("the scope is all or assigned, and not %q", p.Scope)
	}
	for i, address := range p.Notify {
		if parsed, err := mail.ParseAddress(address); err != nil || parsed.Address != address {
			c.at("provisioning", "notify", strconv.Itoa(i))("%q is no mail address such as ops@contoso.com", address)
		}
	}
	if p.Credentials != nil {
		c.credentials(*p.Credentials)
	}
}

func (c *checker) credentials(k Credentials) {
	path := func(key ...string) []string { return append([]string{"provisioning", "credentials"}, key...) }
	c.reference(k.URL, path("url")...)
	if k.URL.From == Literal {
		c.open(k.URL.At, "write env:NAME or file:PATH", path("url")...)
	}
	c.secret(k.Token, path("token")...)
	if k.OAuth == nil {
		return
	}
	if k.Token != (Reference{}) {
		c.at(path("oauth")...)("there is a token already: the service signs in with the one or the other")
	}
	if k.OAuth.ClientID == "" || k.OAuth.TokenURL == "" || k.OAuth.ClientSecret == (Reference{}) {
		c.at(path("oauth")...)("client credentials are clientId, tokenUrl and clientSecret")
	}
	c.secret(k.OAuth.ClientSecret, path("oauth", "clientSecret")...)
	c.open(k.OAuth.TokenURL, "it cannot stand in a file", path("oauth", "tokenUrl")...)
}

// open refuses a URL with a secret in it: a plan that is kept has the file in
// it, also what was left out of the plan.
func (c *checker) open(text, instead string, path ...string) {
	u, err := url.Parse(text)
	switch {
	case credentials.HoldsValues(text):
		c.at(path...)("its query holds a value, which may be a secret: %s", instead)
	case err != nil && strings.Contains(text, "@"), err == nil && (u.User != nil || u.Fragment != ""):
		c.at(path...)("it carries a user name or a fragment, which may be a secret: %s", instead)
	}
}

// secret refuses the secret itself, without repeating it.
func (c *checker) secret(r Reference, path ...string) {
	if r.From == Literal {
		c.at(path...)("a secret never stands in a file: write where it is read from, env:NAME, file:PATH or command:LINE")
	}
	c.reference(r, path...)
}

func (c *checker) reference(r Reference, path ...string) {
	switch {
	case r == Reference{} || r.From == Literal:
	case r.At == "":
		c.at(path...)("nothing follows %s:", r.From)
	case r.From == FromEnv && !isName(r.At):
		c.at(path...)("env: is followed by the name of an environment variable: letters, digits and _")
	}
}
