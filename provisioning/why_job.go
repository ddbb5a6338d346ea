package provisioning

import (
	"fmt"
	"strings"
)

func (q *inquiry) noJob() Remark {
	return Remark{UserNoJob, fmt.Sprintf("nobody is provisioned to %s: it has no job", q.app.Name), q.command("provision", "setup")}
}

// hindered is what keeps the job from provisioning anybody.
func (q *inquiry) hindered() []Remark {
	var found []Remark
	if q.job == nil {
		return nil
	}
	job := q.report.Job
	if !job.Credentials {
		found = append(found, Remark{
			UserNoCredentials, fmt.Sprintf("no credentials are saved for %s", q.app.Name),
			q.command("credentials", "set", "--url", "URL", "--token-stdin"),
		})
	}
	if quarantine := job.Quarantine; quarantine != nil {
		found = append(found, q.quarantined(*quarantine))
	}
	if !job.Running {
		found = append(found, Remark{UserStopped, fmt.Sprintf("provisioning of %s is stopped", q.app.Name), q.command("provision", "start")})
	}
	return found
}

func (q *inquiry) quarantined(in Quarantine) Remark {
	sentence := fmt.Sprintf("provisioning of %s is in quarantine: %s", q.app.Name, in.Meaning)
	if in.Error != nil && in.Error.Message != "" {
		sentence += ": " + strings.TrimRight(in.Error.Message, ". ")
	}
	if !in.NextAttempt.IsZero() {
		sentence += "; the service tries again " + at(in.NextAttempt)
	}
	return Remark{UserQuarantine, sentence, q.lifting(in)}
}

// lifting is the command that ends a quarantine, as far as its reason is told.
func (q *inquiry) lifting(in Quarantine) []string {
	code := ""
	if in.Error != nil {
		code = in.Error.Code
	}
	switch {
	case strings.Contains(in.Reason, "TooManyDeletes"):
		return q.command("provision", "restart", "--allow-deletes")
	case strings.HasSuffix(code, "InvalidCredentials"), strings.HasSuffix(code, "CredentialValidationFailure"), code == "Unauthorized":
		return q.command("credentials", "rotate", "--token-stdin")
	case in.Reason == "EncounteredQuarantineException":
		return q.command("credentials", "test")
	}
	return q.command("provision", "logs", "--status", "failure", "--since", "24h")
}
