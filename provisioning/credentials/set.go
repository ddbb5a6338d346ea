package credentials

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/graph/parallel"
	"github.com/scimctl/scimctl/graph/remedy"
	"github.com/scimctl/scimctl/provisioning"
	"github.com/scimctl/scimctl/provisioning/assignment"
	"github.com/scimctl/scimctl/provisioning/scim"
)

// A Caution is something about credentials that works and may go wrong later.
type Caution struct {
	Code    CautionCode `json:"code"`
	Problem string      `json:"problem"`
	Remedy  remedy.List `json:"remedy,omitempty"`
	Hint    bool        `json:"hint"` // to be known, without a need to act
}

// A CautionCode names what a [Caution] is about. It stays the same.
type CautionCode string

// What there is to know of credentials.
const (
	CautionSize         CautionCode = "size"         // the service may not have the room
	CautionGalleryFlag  CautionCode = "galleryFlag"  // a flag on the URL that galleries' applications do not take
	CautionOnDemandFlag CautionCode = "onDemandFlag" // a flag on the URL that provision on demand passes over
	CautionNoFlag       CautionCode = "noFlag"       // the flag is missing where several roles may be sent
)

// storage is how much the service keeps of credentials and settings together:
// https://learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-config-problem-storage-limit.
const storage = 1024

// cautions looks at credentials together with what would be saved beside them.
// gallery says that a vendor's template made the application.
func cautions(app applications.App, gallery bool, whole Secrets, with SignIn) []Caution {
	found := []Caution{}
	total := 0
	for _, kv := range whole {
		total += len(kv.Value)
	}
	if total > storage {
		found = append(found, Caution{
			Code:    CautionSize,
			Problem: fmt.Sprintf("the token has %d bytes, with URL and settings %d: the service has room for about %d, which a certificate for single sign-on shares", len(with.secret()), total, storage),
			Remedy:  remedy.List{remedy.Advise("if saving fails, have a shorter token made, or use a second application for single sign-on")},
		})
	}
	return append(found, dialectCautions(app, gallery, with)...)
}

// dialectCautions are about aadOptscim062020, the flag with which the service
// follows the standard more closely. It is for non-gallery applications:
// https://learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-config-problem-scim-compatibility.
func dialectCautions(app applications.App, gallery bool, with SignIn) []Caution {
	_, dialect, err := scim.SplitTenantURL(with.Url)
	switch {
	case err != nil:
		return nil
	case dialect == scim.Compliant && gallery:
		return []Caution{{
			Code: CautionGalleryFlag, Problem: "aadOptscim062020 on the URL is for non-gallery applications, and " + app.Name + " is from the gallery",
			Remedy: remedy.List{remedy.Advise("use the URL without it, unless the vendor asks for it")},
		}}
	case dialect == scim.Compliant:
		return []Caution{{
			Code: CautionOnDemandFlag, Hint: true,
			Problem: "provision on demand passes over aadOptscim062020: its requests are in the older dialect, those of a cycle in the newer",
		}}
	case !gallery && valuedRoles(app) > 1:
		return []Caution{{
			Code: CautionNoFlag, Hint: true,
			Problem: fmt.Sprintf("%s has %d roles, and without aadOptscim062020 an update sends roles as JSON in a text", app.Name, valuedRoles(app)),
			Remedy:  remedy.List{remedy.Advise("if the application cannot read that, save the URL with ?aadOptscim062020 at its end")},
		}}
	}
	return nil
}

// valuedRoles counts the roles that a user can be given and a mapping can send:
// those that every new application has carry no value.
func valuedRoles(app applications.App) int {
	n := 0
	for _, role := range app.Roles {
		if role.IsEnabled && assignment.ForUsers(role) && role.Value != "" {
			n++
		}
	}
	return n
}

// Set saves the tenant URL and the secret token, or the OAuth 2.0
// client credentials, with which the service signs in to the application.
type Set struct {
	Graph      *graph.Client
	App, Job   string            // Job as for [provisioning.FindJob]
	URL        string            // https, or http on this machine
	Token      string            // line ends and a byte-order mark around it are taken off
	Client     ClientCredentials // instead of Token
	Expires    time.Time         // of the token or client secret; zero when not known, and then that of a JWT counts
	NoValidate bool              // save without trying them before or afterwards
	Force      bool              // write also what this machine saved before
	IfChanged  bool              // where this machine has saved none, what is saved and works is the same
	Keeper     Fingerprints      // remembers a fingerprint of the secret; may be nil
}

// Credentials is what is known of saved or tried credentials. There is never a
// secret in it.
type Credentials struct {
	App      provisioning.App `json:"app"`
	URL      string           `json:"url"`              // of its query the names alone
	Saved    bool             `json:"saved"`            // they are what the service has now
	Valid    bool             `json:"valid"`            // the service tried them, and they work
	Already  bool             `json:"already"`          // they were saved before, and nothing was written
	Expires  time.Time        `json:"expires,omitzero"` // as given, or of a token that is a JWT
	Cautions []Caution        `json:"cautions"`         // what somebody should know of them
}

// Do tries the credentials, saves them when they work, and tries what was
// saved. Nothing is written when this machine saved the same secret before and
// the saved credentials still work. The service never tells a saved secret: that
// somebody else has saved another one that works as well cannot be seen, and
// Force is the answer. Where this machine has saved none, as in a pipeline,
// IfChanged lets the trial alone decide. The errors to know are
// [InsecureURLError], [InvalidURLError], [TokenError], [synchronization.NoJobError],
// [RefusedError] and [SecretDroppedError]. With an error that comes
// after the look at the application, the cautions are there.
func (s Set) Do(ctx context.Context) (Credentials, error) {
	with, err := newSignIn(s.URL, s.Token, s.Client)
	if err != nil {
		return Credentials{}, err
	}
	t, current, err := TargetAndSecrets(ctx, s.Graph, s.App, s.Job)
	if err != nil {
		return Credentials{}, err
	}
	return s.Replace(ctx, t, current, with)
}

// Replace puts new credentials in the place of those that are saved. As long as
// the new ones are only tried, nothing has changed.
func (s Set) Replace(ctx context.Context, t provisioning.Target, current Secrets, with SignIn) (Credentials, error) {
	done := describeCredentials(s.Graph, t, current, with, s.Expires)
	already, err := s.alreadySaved(ctx, t, current, with)
	if err != nil {
		return done, err
	}
	if already {
		done.Saved, done.Valid, done.Already = true, true, true
		return done, nil
	}
	if !s.NoValidate {
		if err := validate(ctx, s.Graph, t, with); err != nil {
			return done, err
		}
		done.Valid = true
	}
	if err := s.forget(t); err != nil {
		return done, err
	}
	if err := s.save(ctx, t, with); err != nil {
		return done, err
	}
	done.Saved = !s.Graph.DryRun()
	return done, s.remember(t, with, done.Expires)
}

// describeCredentials is what can be told of credentials before they are tried.
func describeCredentials(client *graph.Client, t provisioning.Target, current Secrets, with SignIn, expires time.Time) Credentials {
	if expires.IsZero() {
		expires = tokenExpiry(with.secret())
	}
	gallery := t.App.TemplateID != "" && !strings.EqualFold(t.App.TemplateID, client.Cloud().CustomTemplateID)
	return Credentials{
		App: provisioning.Describe(t.App), URL: ShownURL(with.Url), Expires: expires,
		Cautions: cautions(t.App, gallery, current.merge(with.over(current)...), with),
	}
}

// TargetAndSecrets reads the job and the secrets side by side.
func TargetAndSecrets(ctx context.Context, client *graph.Client, name, job string) (t provisioning.Target, current Secrets, err error) {
	app, err := applications.Find(ctx, client, name)
	if err != nil {
		return t, nil, err
	}
	err = parallel.Do(ctx,
		func(ctx context.Context) (err error) { t, err = provisioning.JobOf(ctx, client, app, job); return err },
		func(ctx context.Context) (err error) { current, err = ReadSecrets(ctx, client, app); return err },
	)
	return t, current, err
}

// alreadySaved compares as far as a masked secret permits: by the fingerprint
// that this machine kept, and by whether what is saved works.
func (s Set) alreadySaved(ctx context.Context, t provisioning.Target, current Secrets, with SignIn) (bool, error) {
	if s.Force || s.NoValidate || !current.holds(with) {
		return false, nil
	}
	var kept Fingerprint
	if s.Keeper != nil {
		var err error
		if kept, err = s.Keeper.Recall(t.App.ServicePrincipalID); err != nil {
			return false, err // it could be of another secret
		}
	}
	same := kept.Of(with.secret()) || s.IfChanged && len(kept.Hash) == 0
	return same && TrySaved(ctx, s.Graph, t, with.Url) == nil, nil
}

// holds reports whether all that can be read of a way of signing in is saved,
// and a secret, which cannot.
func (s Secrets) holds(with SignIn) bool {
	for _, kv := range with.over(s) {
		value := s.Get(kv.Key)
		if value == "" || value != kv.Value && !Masked(value) {
			return false
		}
	}
	return true
}

func (s Set) save(ctx context.Context, t provisioning.Target, with SignIn) error {
	if s.NoValidate {
		_, err := writeSecrets(ctx, s.Graph, t, with.over)
		return err
	}
	return SaveSecrets(ctx, s.Graph, t, with.over)
}

// forget drops the fingerprint before another secret may take its place: if the
// run ends between the two, what is saved is not known.
func (s Set) forget(t provisioning.Target) error {
	if s.Keeper == nil || s.Graph.DryRun() {
		return nil
	}
	return s.Keeper.Forget(t.App.ServicePrincipalID)
}

// remember keeps the fingerprint of a secret that is saved now.
func (s Set) remember(t provisioning.Target, with SignIn, expires time.Time) error {
	if s.Keeper == nil || s.Graph.DryRun() {
		return nil
	}
	kept, err := fingerprint(with.secret())
	if err == nil {
		kept.Expires = expires
		err = s.Keeper.Keep(t.App.ServicePrincipalID, kept)
	}
	if err != nil {
		return fmt.Errorf("the credentials are saved, but no fingerprint of the token: %w", err)
	}
	return nil
}
