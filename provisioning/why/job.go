package why

import (
	"fmt"
	"strings"

	"github.com/scimctl/scimctl/graph/remedy"
	"github.com/scimctl/scimctl/provisioning/job"
	"github.com/scimctl/scimctl/provisioning/logs"
)

func (q *inquiry) noJob() Remark {
	return remark(UserNoJob, fmt.Sprintf("nobody is provisioned to %s: it has no job", q.app.Name), remedy.Run("", "provision setup"))
}

// hindered is what keeps the job from provisioning anybody.
func (q *inquiry) hindered() []Remark {
	var found []Remark
	if q.job == nil {
		return nil
	}
	job := q.report.Job
	if !job.Credentials {
		found = append(found, remark(
			UserNoCredentials, fmt.Sprintf("no credentials are saved for %s", q.app.Name),
			remedy.Run("", "credentials set").Flag("url", "URL").Switch("token-stdin"),
		))
	}
	if quarantine := job.Quarantine; quarantine != nil {
		found = append(found, q.quarantined(*quarantine))
	}
	if !job.Running {
		found = append(found, remark(UserStopped, fmt.Sprintf("provisioning of %s is stopped", q.app.Name), remedy.Run("", "provision start")))
	}
	return found
}

func (q *inquiry) quarantined(in job.Quarantine) Remark {
	sentence := fmt.Sprintf("provisioning of %s is in quarantine: %s", q.app.Name, in.Meaning)
	if in.Error != nil && in.Error.Message != "" {
		sentence += ": " + strings.TrimRight(in.Error.Message, ". ")
	}
	if !in.NextAttempt.IsZero() {
		sentence += "; the service tries again " + logs.At(in.NextAttempt)
	}
	return remark(UserQuarantine, sentence, lifting(in))
}

// lifting is the command that ends a quarantine, as far as its reason is told.
func lifting(in job.Quarantine) remedy.Remedy {
	code := ""
	if in.Error != nil {
		code = in.Error.Code
	}
	switch {
	case strings.Contains(in.Reason, "TooManyDeletes"):
		return remedy.Run("", "provision restart").Switch("allow-deletes")
	case strings.HasSuffix(code, "InvalidCredentials"), strings.HasSuffix(code, "CredentialValidationFailure"), code == "Unauthorized":
		return remedy.Run("", "credentials rotate").Switch("token-stdin")
	case in.Reason == "EncounteredQuarantineException":
		return remedy.Run("", "credentials test")
	}
	return remedy.Run("", "provision logs").Flag("status", "failure").Flag("since", "24h")
}
