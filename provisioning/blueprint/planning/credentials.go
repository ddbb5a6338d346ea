package planning

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/provisioning/blueprint"
	"github.com/scimctl/scimctl/provisioning/credentials"
)

// credentials are compared without any secret: by what the service shows, and
// by whether what it keeps works.
func (p *planner) credentials(context.Context) error {
	wanted := p.b.Provisioning.Credentials
	if p.Job == nil && !p.plan.has(WriteJob) {
		return &noJobYetError{App: p.plan.Application}
	}
	if wanted.URL.From == blueprint.Literal {
		if err := credentials.CheckURL(wanted.URL.At); err != nil {
			return err
		}
	}
	saved := credentials.SignedInBy(p.Secrets)
	to := shown(wanted)
	switch {
	case saved.Kind == "":
		p.credentialsStep(Step{Verb: Add, New: to})
	case p.UpdateSecrets:
		p.credentialsStep(Step{Verb: Change, Old: shownSaved(saved), New: to + ", as --update-secrets asks"})
	case differ(wanted, saved):
		p.credentialsStep(Step{Verb: Change, Old: shownSaved(saved), New: to, Risks: hostRisk(saved.URL, wanted.URL)})
	default:
		p.savedCredentials(saved, to)
	}
	return nil
}

func (p *planner) credentialsStep(s Step) {
	s.Subject = "credentials"
	p.step(blueprint.SectionCredentials, "", WriteSettings, s)
}

// savedCredentials judges by what the service said when it tried them. Only a
// refusal of the credentials themselves is a difference.
func (p *planner) savedCredentials(saved credentials.SignedIn, to string) {
	switch {
	case !p.wasTried, p.tried == nil:
		if !p.wasTried {
			p.warn("credentials: not checked, there is no provisioning job to try them with")
		}
	case credentials.Unauthorized(p.tried):
		p.credentialsStep(Step{Verb: Change, Old: shownSaved(saved) + ", which is refused", New: to})
	case graph.IsRefusal(p.tried):
		p.warn("credentials: not checked, the service lets only those try them who may write")
	default:
		p.warn("credentials: " + p.tried.Error())
	}
}

// shown is where credentials are read from, without reading them.
func shown(c *blueprint.Credentials) string {
	where := c.URL.String()
	if c.URL.From == blueprint.Literal {
		where = credentials.ShownURL(where)
	}
	parts := []string{}
	if where != "" {
		parts = append(parts, "url "+where)
	}
	switch {
	case c.OAuth != nil:
		parts = append(parts, fmt.Sprintf("client %s at %s, secret %s", c.OAuth.ClientID, credentials.ShownURL(c.OAuth.TokenURL), c.OAuth.ClientSecret))
	case c.Token != blueprint.Reference{}:
		parts = append(parts, "token "+c.Token.String())
	}
	return strings.Join(parts, ", ")
}

func shownSaved(saved credentials.SignedIn) string {
	text := "url " + credentials.ShownURL(saved.URL)
	switch saved.Kind {
	case credentials.SignInToken:
		return text + ", a token"
	case credentials.SignInOAuth:
		return fmt.Sprintf("%s, client %s at %s", text, saved.ClientID, credentials.ShownURL(saved.TokenURL))
	case credentials.SignInOfItsOwn, credentials.SignInUnprotected:
	}
	return text
}

// differ compares what can be told without resolving anything.
func differ(c *blueprint.Credentials, saved credentials.SignedIn) bool {
	switch {
	case c.URL.From == blueprint.Literal && !sameURL(c.URL.At, saved.URL):
		return true
	case c.OAuth != nil:
		return saved.Kind != credentials.SignInOAuth ||
			saved.ClientID != "" && saved.ClientID != c.OAuth.ClientID || saved.TokenURL != "" && !sameURL(saved.TokenURL, c.OAuth.TokenURL)
	case c.Token != blueprint.Reference{}:
		return saved.Kind != credentials.SignInToken
	}
	return false
}

func sameURL(a, b string) bool {
	return strings.TrimRight(strings.TrimSpace(a), "/") == strings.TrimRight(strings.TrimSpace(b), "/")
}

// hostRisk names another host that people's data would go to. A reference is
// not resolved by a plan: then nothing is known of it.
func hostRisk(saved string, wanted blueprint.Reference) []Risk {
	if wanted.From != blueprint.Literal {
		return nil
	}
	return risksOfHost(saved, wanted.At)
}

func risksOfHost(saved, wanted string) []Risk {
	was, is := hostOf(saved), hostOf(wanted)
	if was == "" || strings.EqualFold(was, is) {
		return nil
	}
	return []Risk{{Name: RiskCredentialsHost, What: fmt.Sprintf("people's data and the token go to %s instead of %s", is, was)}}
}

func hostOf(text string) string {
	u, err := url.Parse(strings.TrimSpace(text))
	if err != nil {
		return ""
	}
	return u.Host
}
