package blueprint

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/provisioning"
)

// settings are what the file says of settings.
func (p *Provisioning) settings() provisioning.ChangeSettings {
	if p == nil {
		return provisioning.ChangeSettings{}
	}
	change := provisioning.ChangeSettings{
		Scope: p.Scope, Notify: p.Notify, NoNotify: p.Notify != nil && len(p.Notify) == 0,
		SkipOutOfScopeDeletions: p.SkipOutOfScopeDeletions,
	}
	if change.NoNotify {
		change.Notify = nil
	}
	if p.DeleteThreshold != nil {
		change.DeleteThreshold = new(int(*p.DeleteThreshold))
	}
	return change
}

// provisioning is the job, and its settings.
func (p *planner) provisioning(ctx context.Context) error {
	if p.job == nil {
		what, err := p.jobToMake(ctx)
		if err != nil {
			return err
		}
		p.step(SectionProvisioning, "job", WriteJob, Step{Subject: "provisioning job", New: what})
		if len(p.jobs) > 0 {
			p.warn(fmt.Sprintf("%s has another provisioning job, of the template %s, with the same credentials and settings", p.app.Name, p.jobs[0].TemplateID))
		}
	}
	before, after, err := p.b.Provisioning.settings().Over(p.secrets)
	if err != nil {
		return err
	}
	for _, c := range settingChanges(before, after) {
		if c.risks != nil {
			if c.Risks, err = c.risks(ctx, p); err != nil {
				return err
			}
		}
		if p.job == nil && p.secrets == nil { // nothing is set yet
			c.Verb, c.Old = Add, ""
		}
		p.step(SectionProvisioning, c.Subject, WriteSettings, c.Step)
	}
	return nil
}

// jobToMake says of which template the job is going to be. Those of an
// application that does not exist are not known.
func (p *planner) jobToMake(ctx context.Context) (string, error) {
	template := p.b.Provisioning.Template
	if p.exists {
		var err error
		if template, err = (provisioning.MakeJob{Graph: p.Graph, App: p.app, TemplateID: template}).Template(ctx); err != nil {
			return "", err
		}
	}
	if template == "" {
		return "of the template that fits the application", nil
	}
	return "of the template " + template, nil
}

// A settingChange is a step with what finds out its dangers.
type settingChange struct {
	Step
	risks func(context.Context, *planner) ([]Risk, error)
}

// settingChanges are the settings that differ, in the words of a file.
func settingChanges(before, after provisioning.Settings) []settingChange {
	all := []settingChange{
		{Step: Step{Subject: "scope", Old: string(before.Scope), New: string(after.Scope)}, risks: scopeRisks(before.Scope, after.Scope)},
		{Step: Step{Subject: "notify", Old: notified(before), New: notified(after)}},
		{Step: Step{Subject: "deleteThreshold", Old: heldBack(before), New: heldBack(after)}, risks: thresholdRisks(before, after)},
		{Step: Step{Subject: "skipOutOfScopeDeletions", Old: fmt.Sprint(before.SkipOutOfScopeDeletions), New: fmt.Sprint(after.SkipOutOfScopeDeletions)}},
	}
	return slices.DeleteFunc(all, func(c settingChange) bool { return c.Old == c.New })
}

func notified(s provisioning.Settings) string {
	if !s.NotifyEnabled || len(s.Notify) == 0 {
		return "nobody"
	}
	return strings.Join(s.Notify, ", ")
}

func heldBack(s provisioning.Settings) string {
	if !s.DeleteThresholdEnabled {
		return "off"
	}
	return fmt.Sprint(s.DeleteThreshold)
}

func scopeRisks(before, after provisioning.Scope) func(context.Context, *planner) ([]Risk, error) {
	switch {
	case after == before:
	case after == provisioning.ScopeAll:
		return func(ctx context.Context, p *planner) ([]Risk, error) {
			people, err := p.Graph.CountUsers(ctx)
			return []Risk{{Name: RiskEveryone, What: "every user of the tenant is provisioned, assigned or not", People: people}}, optional(err)
		}
	case before == provisioning.ScopeAll:
		return func(ctx context.Context, p *planner) ([]Risk, error) { return p.leavingAll(ctx) }
	}
	return nil
}

func thresholdRisks(before, after provisioning.Settings) func(context.Context, *planner) ([]Risk, error) {
	what := ""
	switch {
	case before.DeleteThresholdEnabled && !after.DeleteThresholdEnabled:
		what = "any number of deletions goes through in one cycle"
	case before.DeleteThresholdEnabled && after.DeleteThreshold > before.DeleteThreshold:
		what = fmt.Sprintf("up to %d deletions go through in one cycle, instead of %d", after.DeleteThreshold, before.DeleteThreshold)
	default:
		return nil
	}
	return func(context.Context, *planner) ([]Risk, error) { return []Risk{{Name: RiskThreshold, What: what}}, nil }
}

// optional is an error that is more than a part which may not be read: a number
// that is not known stands for itself.
func optional(err error) error {
	if local(err) {
		return nil //nolint:nilerr // that is what it is for
	}
	return err
}

// leavingAll counts who is provisioned only because everyone is.
func (p *planner) leavingAll(ctx context.Context) ([]Risk, error) {
	everyone, err := p.Graph.CountUsers(ctx)
	if err != nil {
		return nil, optional(err)
	}
	rows, err := p.assignedNow(ctx)
	if err != nil {
		return nil, err
	}
	assigned, err := p.reached(ctx, rows)
	return []Risk{{
		Name: RiskLeavingScope, People: max(0, everyone-assigned),
		What: "who is not assigned falls out of scope, and is deprovisioned when provisioning is restarted",
	}}, err
}

func (p *planner) wantsAssignments() bool {
	return p.Selection.holds(SectionAssignments) && p.b.Assignments != nil && p.failed[SectionAssignments] == nil
}

// enabled turns provisioning on or off. It comes last: whether there are
// credentials to start with is known only then.
func (p *planner) enabled(ctx context.Context) error {
	if !p.Selection.holds(SectionProvisioning) || p.b.Provisioning == nil || p.b.Provisioning.Enabled == nil || p.failed[SectionProvisioning] != nil {
		return nil
	}
	running := p.job != nil && p.job.Running()
	switch {
	case !*p.b.Provisioning.Enabled && running:
		p.step(SectionProvisioning, "enabled", WriteStop, Step{Verb: Change, Subject: "provisioning", Old: "on", New: "off", WaitsFor: "the job is stopped"})
	case *p.b.Provisioning.Enabled && (!running || provisioning.Quarantined(*p.job)):
		return p.start(ctx)
	}
	return nil
}

func (p *planner) start(ctx context.Context) error {
	if provisioning.SignedInBy(p.secrets).Kind == "" && (p.b.Provisioning.Credentials == nil || !p.Selection.holds(SectionCredentials)) {
		p.problem(SectionProvisioning, &provisioning.NoCredentialsError{App: p.plan.Application})
		return nil
	}
	s := Step{Verb: Change, Subject: "provisioning", Old: "off", New: "on", WaitsFor: "the job is active"}
	switch {
	case p.job != nil && provisioning.Quarantined(*p.job):
		s.Old = "in quarantine"
	case p.job == nil || provisioning.NeverRan(*p.job):
		risk, err := p.firstStart(ctx)
		if err != nil {
			return err
		}
		s.Risks = []Risk{risk}
	}
	p.step(SectionProvisioning, "enabled", WriteStart, s)
	return nil
}

// firstStart says whom a first cycle reaches, as far as the plan knows.
func (p *planner) firstStart(ctx context.Context) (Risk, error) {
	scope := provisioning.SettingsOf(p.secrets).Scope
	if p.b.Provisioning.Scope != "" {
		scope = p.b.Provisioning.Scope
	}
	if scope == provisioning.ScopeAll {
		return Risk{Name: RiskFirstStart, What: "the first cycle provisions every user of the tenant"}, nil
	}
	rows, err := p.assignedNow(ctx)
	if err != nil {
		return Risk{}, err
	}
	users := map[string]bool{}
	groups := map[string]bool{}
	for _, row := range rows {
		map[bool]map[string]bool{true: groups, false: users}[row.PrincipalType == "Group"][row.PrincipalID] = true
	}
	if p.wantsAssignments() {
		for _, a := range p.b.Assignments.Users {
			users[p.known.users[a.Name].ID] = true
		}
		for _, a := range p.b.Assignments.Groups {
			groups[p.known.groups[a.Name].ID] = true
		}
	}
	what := "the first cycle provisions everyone assigned"
	if len(groups) > 0 {
		what += ", and the direct members of " + several(len(groups), "assigned group")
	}
	return Risk{Name: RiskFirstStart, What: what, People: len(users)}, nil
}

// assignedNow are the assignments, also where the file does not name them.
func (p *planner) assignedNow(ctx context.Context) ([]graph.Assignment, error) {
	if !p.exists || p.wantsAssignments() {
		return p.rows, nil
	}
	rows, err := provisioning.AssignmentsOf(ctx, p.Graph, p.app)
	return rows, optional(err)
}

// credentials are compared without any secret: by what the service shows, and
// by whether what it keeps works.
func (p *planner) credentials(context.Context) error {
	wanted := p.b.Provisioning.Credentials
	if p.job == nil && !p.plan.has(WriteJob) {
		return &noJobYetError{App: p.plan.Application}
	}
	if wanted.URL.From == Literal {
		if err := provisioning.CheckURL(wanted.URL.At); err != nil {
			return err
		}
		if provisioning.HoldsValues(wanted.URL.At) {
			return &ReferenceError{Reference: Reference{From: Literal, At: provisioning.ShownURL(wanted.URL.At)}, For: "url", Reason: "its query holds a value, which may be a secret: write env:NAME or file:PATH"}
		}
	}
	saved := provisioning.SignedInBy(p.secrets)
	to := wanted.shown()
	switch {
	case saved.Kind == "":
		p.credentialsStep(Step{Verb: Add, New: to})
	case p.UpdateSecrets:
		p.credentialsStep(Step{Verb: Change, Old: shownSaved(saved), New: to + ", as --update-secrets asks"})
	case wanted.differ(saved):
		p.credentialsStep(Step{Verb: Change, Old: shownSaved(saved), New: to, Risks: hostRisk(saved.URL, wanted.URL)})
	default:
		p.savedCredentials(saved, to)
	}
	return nil
}

func (p *planner) credentialsStep(s Step) {
	s.Subject = "credentials"
	p.step(SectionCredentials, "", WriteSettings, s)
}

// savedCredentials judges by what the service said when it tried them. Only a
// refusal of the credentials themselves is a difference.
func (p *planner) savedCredentials(saved provisioning.SignedIn, to string) {
	switch {
	case !p.wasTried, p.tried == nil:
		if !p.wasTried {
			p.warn("credentials: not checked, there is no provisioning job to try them with")
		}
	case provisioning.Unauthorized(p.tried):
		p.credentialsStep(Step{Verb: Change, Old: shownSaved(saved) + ", which is refused", New: to})
	case provisioning.NotPermitted(p.tried):
		p.warn("credentials: not checked, the service lets only those try them who may write")
	default:
		p.warn("credentials: " + p.tried.Error())
	}
}

// shown is where credentials are read from, without reading them.
func (c *Credentials) shown() string {
	where := c.URL.String()
	if c.URL.From == Literal {
		where = provisioning.ShownURL(where)
	}
	parts := []string{}
	if where != "" {
		parts = append(parts, "url "+where)
	}
	switch {
	case c.OAuth != nil:
		parts = append(parts, fmt.Sprintf("client %s at %s, secret %s", c.OAuth.ClientID, provisioning.ShownURL(c.OAuth.TokenURL), c.OAuth.ClientSecret))
	case c.Token != Reference{}:
		parts = append(parts, "token "+c.Token.String())
	}
	return strings.Join(parts, ", ")
}

func shownSaved(saved provisioning.SignedIn) string {
	text := "url " + provisioning.ShownURL(saved.URL)
	switch saved.Kind {
	case provisioning.SignInToken:
		return text + ", a token"
	case provisioning.SignInOAuth:
		return fmt.Sprintf("%s, client %s at %s", text, saved.ClientID, provisioning.ShownURL(saved.TokenURL))
	case provisioning.SignInOfItsOwn, provisioning.SignInUnprotected:
	}
	return text
}

// differ compares what can be told without resolving anything.
func (c *Credentials) differ(saved provisioning.SignedIn) bool {
	switch {
	case c.URL.From == Literal && !sameURL(c.URL.At, saved.URL):
		return true
	case c.OAuth != nil:
		return saved.Kind != provisioning.SignInOAuth ||
			saved.ClientID != "" && saved.ClientID != c.OAuth.ClientID || saved.TokenURL != "" && !sameURL(saved.TokenURL, c.OAuth.TokenURL)
	case c.Token != Reference{}:
		return saved.Kind != provisioning.SignInToken
	}
	return false
}

func sameURL(a, b string) bool {
	return strings.TrimRight(strings.TrimSpace(a), "/") == strings.TrimRight(strings.TrimSpace(b), "/")
}

// hostRisk names another host that people's data would go to. A reference is
// not resolved by a plan: then nothing is known of it.
func hostRisk(saved string, wanted Reference) []Risk {
	if wanted.From != Literal {
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
