package planning

import (
	"context"

	"github.com/scimctl/scimctl/provisioning/blueprint"
	"github.com/scimctl/scimctl/provisioning/credentials"
)

// signIn are credentials that were resolved.
type signIn struct {
	url, token string
	client     credentials.ClientCredentials
}

func (s *signIn) secret() string {
	if s.token != "" {
		return s.token
	}
	return s.client.Secret
}

// prepare resolves the credentials of one application. Where the plan writes
// none, they are compared with what this machine saved last; a reference that
// leads to nothing then leaves them as they are.
func (a Apply) prepare(ctx context.Context, p *ApplicationPlan) error {
	given := p.credentials(a.Selection)
	if given == nil {
		return nil
	}
	planned := p.step(string(blueprint.SectionCredentials))
	resolved, err := a.Resolver.resolve(ctx, given)
	switch {
	case ctx.Err() != nil, planned != nil && err != nil:
		return err
	case err != nil, planned == nil && a.Saved:
		return nil //nolint:nilerr // what is saved works, and stays
	}
	saved := credentials.SignedInBy(p.known.Secrets)
	if resolved.url == "" {
		resolved.url = saved.URL
	}
	if err := credentials.CheckURL(resolved.url); err != nil {
		return err
	}
	if planned != nil && resolved.secret() == "" {
		return &credentials.TokenError{Reason: "is needed to save credentials: the file names none"}
	}
	risks := risksOfHost(saved.URL, resolved.url)
	rotated, err := a.rotated(p, resolved)
	if err != nil {
		return err
	}
	switch {
	case planned != nil:
		p.known.signIn = resolved
		if len(planned.Risks) == 0 {
			planned.Risks = append(planned.Risks, risks...)
		}
	case saved.Kind != "" && !sameURL(saved.URL, resolved.url), rotated:
		p.known.signIn = resolved
		p.Steps = append(p.Steps, Step{
			Verb: Change, Subject: "credentials", Old: shownSaved(saved), New: shown(given), Risks: risks,
		}.as(blueprint.SectionCredentials, "", WriteSettings))
		p.arrange()
	default:
		p.known.signIn = resolved // goes along when settings are written
	}
	return nil
}

// rotated reports whether this machine saved another secret before.
func (a Apply) rotated(p *ApplicationPlan, now *signIn) (bool, error) {
	if a.Keeper == nil || now.secret() == "" || !p.known.Exists {
		return false, nil
	}
	kept, err := a.Keeper.Recall(p.known.App.ServicePrincipalID)
	return len(kept.Hash) > 0 && !kept.Of(now.secret()), err
}

// credentials are those that the file names, unless they are left out.
func (p *ApplicationPlan) credentials(selected blueprint.Selection) *blueprint.Credentials {
	if !selected.Holds(blueprint.SectionCredentials) || p.print.Provisioning == nil {
		return nil
	}
	return p.print.Provisioning.Credentials
}

// step finds a step by its id; nil when there is none.
func (p *ApplicationPlan) step(id string) *Step {
	for i := range p.Steps {
		if p.Steps[i].ID == id {
			return &p.Steps[i]
		}
	}
	return nil
}

func (r Resolver) resolve(ctx context.Context, c *blueprint.Credentials) (*signIn, error) {
	s := &signIn{}
	var err error
	if c.URL != (blueprint.Reference{}) {
		if s.url, err = r.value(ctx, urlValue, c.URL); err != nil {
			return nil, err
		}
	}
	switch {
	case c.OAuth != nil:
		s.client = credentials.ClientCredentials{ClientID: c.OAuth.ClientID, TokenURL: c.OAuth.TokenURL}
		s.client.Secret, err = r.value(ctx, "client secret", c.OAuth.ClientSecret)
	case c.Token != (blueprint.Reference{}):
		s.token, err = r.value(ctx, "token", c.Token)
	}
	return s, err
}
