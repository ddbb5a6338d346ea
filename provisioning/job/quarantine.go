package job

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/scimctl/scimctl/graph/remedy"
	"github.com/scimctl/scimctl/graph/synchronization"
	"github.com/scimctl/scimctl/provisioning/logs"
)

// QuarantineOf is the quarantine of a job; nil when it is in none.
func QuarantineOf(job synchronization.Job) *Quarantine {
	if !job.Quarantined() {
		return nil
	}
	q := job.Status.Quarantine
	if q == nil {
		return &Quarantine{Reason: "Unknown", Meaning: quarantineMeaning("Unknown"), Remedy: quarantineRemedy("Unknown", nil)}
	}
	told := &Quarantine{
		Reason: q.Reason, Meaning: quarantineMeaning(q.Reason), Remedy: quarantineRemedy(q.Reason, q.Error),
		Since: q.CurrentBegan, First: q.SeriesBegan, InARow: q.SeriesCount, NextAttempt: q.NextAttempt, Error: q.Error,
	}
	if !q.CurrentBegan.IsZero() {
		told.DisabledAt = q.CurrentBegan.Add(quarantineLasts)
	}
	return told
}

// quarantineLasts is how long the service tries before it disables the job:
// https://learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-quarantine-status.
const quarantineLasts = 28 * 24 * time.Hour

// tooManyDeletes reports whether it is deletions that are held back.
func (q *Quarantine) tooManyDeletes() bool {
	return q != nil && (q.Reason == "TooManyDeletes" || q.Reason == "QuarantineTooManyDeletesThreshold")
}

// quarantineRemedy is what lifts a quarantine of a reason.
func quarantineRemedy(reason string, because *synchronization.JobError) remedy.List {
	start := remedy.Run("then start it again", "provision start")
	entries := remedy.Run("find out why, and fix it", "provision logs").Flag("status", "failure")
	switch reason {
	case "EncounteredQuarantineException":
		if because != nil {
			if e, ok := logs.ExplainCode(because.Code); ok && len(e.Remedy) > 0 {
				return append(slices.Clone(e.Remedy), start)
			}
		}
		return remedy.List{
			remedy.Run("check whether URL and token are right", "credentials test"),
			remedy.Run("save others if they are not", "credentials set").Flag("url", "URL").Switch("token-stdin"), start,
		}
	case "TooManyDeletes", "QuarantineTooManyDeletesThreshold":
		return remedy.List{
			remedy.Run("list the deletions", "provision logs").Flag("action", "stagedDelete"),
			remedy.Run("allow them", "provision restart").Switch("allow-deletes"),
			remedy.Run("or undo what caused them, then restart", "provision restart"),
		}
	case "QuarantinedOnDemand", "QuarantineOnDemand":
		return remedy.List{remedy.Run("start it again", "provision start")}
	case "EncounteredEscrowProportionThreshold", "EncounteredBaseEscrowThreshold", "EncounteredTotalEscrowThreshold":
		return remedy.List{entries, start}
	}
	return remedy.List{entries, start, remedy.Advise("the service also tries again by itself")}
}

// quarantineMeaning says a reason in words. See
// https://learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-quarantine-status.
func quarantineMeaning(reason string) string {
	switch reason {
	case "EncounteredQuarantineException":
		return "the application could not be used: wrong credentials, or answers that are not SCIM"
	case "EncounteredEscrowProportionThreshold":
		return "more than 40 percent of the accounts failed"
	case "EncounteredBaseEscrowThreshold", "EncounteredTotalEscrowThreshold":
		return "too many accounts failed"
	case "TooManyDeletes", "QuarantineTooManyDeletesThreshold":
		return "more deletions were due than the threshold for accidental deletions allows"
	case "QuarantinedOnDemand", "QuarantineOnDemand":
		return "it was put there on demand"
	case "IngestionInterrupted":
		return "reading users and groups was interrupted"
	}
	return "the service does not say why"
}

var isoDuration = regexp.MustCompile(`^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$`)

// parseDuration reads an ISO 8601 duration of days and less. What is longer
// than a [time.Duration] can say, as in the placeholder of a job that is not
// configured, is none.
func parseDuration(text string) (time.Duration, bool) {
	parts := isoDuration.FindStringSubmatch(text)
	if parts == nil {
		return 0, false
	}
	var sum float64
	for i, unit := range []time.Duration{24 * time.Hour, time.Hour, time.Minute, time.Second} {
		if n, err := strconv.ParseFloat(parts[i+1], 64); err == nil {
			sum += n * float64(unit)
		}
	}
	if sum <= 0 || sum > float64(365*24*time.Hour) {
		return 0, false
	}
	return time.Duration(sum), true
}

// A QuarantineError says that a job is in quarantine.
type QuarantineError struct {
	App    string
	Reason string      // Graph's name
	Why    string      // in words
	Remedy remedy.List // what lifts it
}

func (e *QuarantineError) Error() string {
	return fmt.Sprintf("provisioning of %s is in quarantine: %s", e.App, e.Why)
}

// Check is a [QuarantineError] when the job is in quarantine; a job that is
// merely stopped is nothing to worry about.
func (r Report) Check() error {
	if r.Quarantine == nil {
		return nil
	}
	why := r.Quarantine.Meaning
	if e := r.Quarantine.Error; e != nil && e.Message != "" {
		why += ": " + strings.TrimRight(e.Message, ".")
	}
	return &QuarantineError{App: r.App.Name, Reason: r.Quarantine.Reason, Why: why, Remedy: r.Quarantine.Remedy}
}
