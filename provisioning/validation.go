package provisioning

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/scimctl/scimctl/graph"
)

// A CredentialsRefusedError says that the provisioning service tried the
// credentials against the application and did not get what it wants.
type CredentialsRefusedError struct {
	App    string
	URL    string
	Saved  bool   // they are those that are saved
	Status string // of the application's answer: "Unauthorized", "500"; "" when there was none
	Answer string // what the application said, or what the service says of it; short
	Err    error  // Graph's answer, its message condensed
}

func (e *CredentialsRefusedError) Error() string {
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

func (e *CredentialsRefusedError) Unwrap() error { return e.Err }

// Unauthorized reports whether the application turned the token itself down.
func Unauthorized(err error) bool {
	refused, ok := errors.AsType[*CredentialsRefusedError](err)
	return ok && (refused.Status == "Unauthorized" || refused.Status == "401" ||
		refused.Status == "Forbidden" || refused.Status == "403")
}

// validate has the service try credentials; it keeps nothing of them.
func validate(ctx context.Context, client *graph.Client, t Target, with signIn) error {
	err := client.ValidateCredentials(ctx, graph.Validation{
		ServicePrincipalID: t.App.ServicePrincipalID, TemplateID: t.Job.TemplateID, JobID: t.Job.ID, Credentials: with.pairs(),
	})
	return refusal(err, CredentialsRefusedError{App: t.App.Name, URL: ShownURL(with.url)}, append(inURL(with.url), with.secret()))
}

// TrySaved has the service try the credentials that it keeps.
func TrySaved(ctx context.Context, client *graph.Client, t Target, url string) error {
	err := client.ValidateCredentials(ctx, graph.Validation{
		ServicePrincipalID: t.App.ServicePrincipalID, TemplateID: t.Job.TemplateID, JobID: t.Job.ID, UseSaved: true,
	})
	return refusal(err, CredentialsRefusedError{App: t.App.Name, URL: ShownURL(url), Saved: true}, inURL(url))
}

// refusal turns the answer to a trial into what the application answered,
// without the secrets that a server may echo. Any other error stays as it is.
func refusal(err error, refused CredentialsRefusedError, hidden []string) error {
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
		return status, brief(detailOf(m[1]))
	}
	if status != "" {
		return status, ""
	}
	return "", brief(message)
}

// detailOf takes the sentence for people out of a body: SCIM's detail, Graph's
// message. Of a page of HTML there is none.
func detailOf(body string) string {
	body = strings.TrimSpace(body)
	if strings.HasPrefix(body, "<") {
		return "(a page of HTML)"
	}
	var known struct {
		Detail  string          `json:"detail"`
		Message string          `json:"message"`
		Upper   string          `json:"Message"`
		Error   json.RawMessage `json:"error"`
	}
	if json.Unmarshal([]byte(body), &known) != nil {
		return body
	}
	for _, text := range []string{known.Detail, known.Message, known.Upper} {
		if text != "" {
			return detailOf(text)
		}
	}
	if len(known.Error) > 0 {
		var text string
		if json.Unmarshal(known.Error, &text) == nil {
			return text
		}
		return detailOf(string(known.Error))
	}
	return body
}

// brief is one line of at most 300 characters. What is too long loses its
// middle: the reason stands at the end.
func brief(text string) string {
	const most, head = 300, 100
	runes := []rune(strings.Join(strings.Fields(text), " "))
	if len(runes) <= most {
		return string(runes)
	}
	return string(runes[:head]) + " … " + string(runes[len(runes)-(most-head):])
}
