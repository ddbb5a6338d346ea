package credentials

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/synchronization"
	"github.com/scimctl/scimctl/provisioning"
)

// Try has the service try credentials against the application, as
// the portal's Test Connection does. Nothing is saved.
type Try struct {
	Graph    *graph.Client
	App, Job string            // Job as for [provisioning.FindJob]
	URL      string            // with a secret, "" is the saved URL
	Token    string            // "", without Client, tries what is saved; the service never tells a saved token
	Client   ClientCredentials // instead of Token
	Keeper   Fingerprints      // knows the expiry of what this machine saved; may be nil
}

// A NoCredentialsError says that no credentials are saved.
type NoCredentialsError struct{ App string }

func (e *NoCredentialsError) Error() string {
	return fmt.Sprintf("no credentials are saved for %s", e.App)
}

// Do returns nil as error when the credentials work. The errors to know are
// those of [Set.Do] and [NoCredentialsError].
func (c Try) Do(ctx context.Context) (Credentials, error) {
	given := c.Token != "" || c.Client != ClientCredentials{}
	if c.URL != "" && !given {
		return Credentials{}, &TokenError{Reason: "is needed to try another URL: the service does not tell the saved one"}
	}
	t, current, err := TargetAndSecrets(ctx, c.Graph, c.App, c.Job)
	if err != nil {
		return Credentials{}, err
	}
	if !given {
		return c.saved(ctx, t, current)
	}
	return c.given(ctx, t, current)
}

func (c Try) saved(ctx context.Context, t provisioning.Target, current Secrets) (Credentials, error) {
	if !current.HoldCredentials() {
		return Credentials{App: provisioning.Describe(t.App), Cautions: []Caution{}}, &NoCredentialsError{App: t.App.Name}
	}
	url := current.Get(KeyBaseAddress)
	tried := Credentials{App: provisioning.Describe(t.App), URL: ShownURL(url), Saved: true, Cautions: []Caution{}}
	if c.Keeper != nil {
		kept, err := c.Keeper.Recall(t.App.ServicePrincipalID)
		if err != nil {
			return tried, err
		}
		tried.Expires = kept.Expires
	}
	err := TrySaved(ctx, c.Graph, t, url)
	tried.Valid = err == nil
	return tried, err
}

func (c Try) given(ctx context.Context, t provisioning.Target, current Secrets) (Credentials, error) {
	with, err := newSignIn(cmp.Or(c.URL, current.Get(KeyBaseAddress)), c.Token, c.Client)
	if err != nil {
		return Credentials{}, err
	}
	tried := describeCredentials(c.Graph, t, current, with, tokenExpiry(with.secret()))
	err = validate(ctx, c.Graph, t, with)
	tried.Valid = err == nil
	return tried, err
}

// A RefusedError says that the provisioning service tried the
// credentials against the application and did not get what it wants.
type RefusedError struct {
	App    string
	URL    string
	Saved  bool   // they are those that are saved
	Status string // of the application's answer: "Unauthorized", "500"; "" when there was none
	Answer string // what the application said, or what the service says of it; short
	Err    error  // Graph's answer, its message condensed
}

func (e *RefusedError) Error() string {
	which := "the credentials"
	if e.Saved {
		which = "the saved credentials"
	}
	text := fmt.Sprintf("%s of %s do not work: ", which, e.App)
	if e.Status == "" {
		return text + e.Answer
	}
	text += fmt.Sprintf("%s answered %s", e.URL, e.Status)
	if e.Answer != "" {
		text += ": " + e.Answer
	}
	return text
}

func (e *RefusedError) Unwrap() error { return e.Err }

// Unauthorized reports whether the application turned the token itself down.
func Unauthorized(err error) bool {
	refused, ok := errors.AsType[*RefusedError](err)
	return ok && (refused.Status == "Unauthorized" || refused.Status == "401" ||
		refused.Status == "Forbidden" || refused.Status == "403")
}

// validate has the service try credentials; it keeps nothing of them.
func validate(ctx context.Context, client *graph.Client, t provisioning.Target, with SignIn) error {
	err := synchronization.ValidateCredentials(ctx, client, synchronization.Validation{
		ServicePrincipalID: t.App.ServicePrincipalID, TemplateID: t.Job.TemplateID, JobID: t.Job.ID, Credentials: with.pairs(),
	})
	return refusal(err, RefusedError{App: t.App.Name, URL: ShownURL(with.Url)}, append(inURL(with.Url), with.secret()))
}

// TrySaved has the service try the credentials that it keeps.
func TrySaved(ctx context.Context, client *graph.Client, t provisioning.Target, url string) error {
	err := synchronization.ValidateCredentials(ctx, client, synchronization.Validation{
		ServicePrincipalID: t.App.ServicePrincipalID, TemplateID: t.Job.TemplateID, JobID: t.Job.ID, UseSaved: true,
	})
	return refusal(err, RefusedError{App: t.App.Name, URL: ShownURL(url), Saved: true}, inURL(url))
}

// refusal turns the answer to a trial into what the application answered,
// without the secrets that a server may echo. Any other error stays as it is.
func refusal(err error, refused RefusedError, hidden []string) error {
	answer, ok := errors.AsType[*graph.Error](err)
	if !ok || !strings.Contains(answer.Code, "CredentialValidation") {
		return err
	}
	message := answer.Message
	for _, secret := range hidden {
		if secret != "" {
			message = strings.ReplaceAll(message, secret, "***")
		}
	}
	refused.Status, refused.Answer = applicationAnswer(message)
	short := *answer
	short.Message = strings.TrimSpace(refused.Status + " " + refused.Answer)
	refused.Err = &short
	return &refused
}

// The service wraps the application's answer in a sentence with these parts.
var (
	answerStatus  = regexp.MustCompile(`Response Status Code: *([^ ]+)`)
	answerContent = regexp.MustCompile(`(?s)Response Content: *(.*?)\.? *(Please check the service and try again\.?)?\s*$`)
)

func applicationAnswer(message string) (status, answer string) {
	if m := answerStatus.FindStringSubmatch(message); m != nil {
		status = strings.Trim(m[1], ".,")
	}
	if m := answerContent.FindStringSubmatch(message); m != nil {
		return status, provisioning.Brief(provisioning.DetailOf(m[1]))
	}
	if status != "" {
		return status, ""
	}
	return "", provisioning.Brief(message)
}
