package synchronization

import (
	"context"
	"fmt"
	"strings"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/applications"
)

// A NoJobError says that provisioning of an application has not been set up.
type NoJobError struct{ App string }

func (e *NoJobError) Error() string {
	return fmt.Sprintf("provisioning of %s has not been set up: it has no job", e.App)
}

// FindJob finds an application's provisioning job: the only one, or the one
// with the given job or template id. The errors to know are [NoJobError],
// [graph.NotFoundError], and [graph.AmbiguousError] when wanted is "" and there are
// several. It waits for an application so young that the provisioning service
// has not heard of it.
func FindJob(ctx context.Context, c *graph.Client, app applications.App, wanted string) (Job, error) {
	jobs, err := AwaitJobs(ctx, c, app)
	if err != nil {
		return Job{}, err
	}
	return PickJob(app, jobs, wanted)
}

// AwaitJobs lists an application's jobs, also when it was made just now.
func AwaitJobs(ctx context.Context, c *graph.Client, app applications.App) (jobs []Job, err error) {
	err = applications.WhenReady(ctx, c, app, "the provisioning service knows "+app.Name, func(ctx context.Context) error {
		jobs, err = ListJobs(ctx, c, app.ServicePrincipalID)
		return err
	})
	return jobs, err
}

// PickJob is the choice that [FindJob] makes.
func PickJob(app applications.App, jobs []Job, wanted string) (Job, error) {
	if len(jobs) == 0 {
		return Job{}, &NoJobError{App: app.Name}
	}
	var matches []Job
	for _, job := range jobs {
		if wanted == "" || job.ID == wanted || strings.EqualFold(job.TemplateID, wanted) {
			matches = append(matches, job)
		}
	}
	switch len(matches) {
	case 1:
		return matches[0], nil
	case 0:
		missing := &graph.NotFoundError{Kind: "job", Name: wanted}
		for _, job := range jobs {
			missing.All = append(missing.All, job.ID)
		}
		return Job{}, missing
	}
	several := &graph.AmbiguousError{Kind: "job of", Name: app.Name}
	for _, job := range matches {
		several.Matches = append(several.Matches, graph.Match{Name: job.TemplateID, ID: job.ID, Detail: job.Status.Code})
	}
	return Job{}, several
}

// Running reports whether the service runs cycles of the job. A stopped job
// shows as Disabled or Paused; both mean the same to its owner.
func (j Job) Running() bool { return j.Schedule.State == "Active" }

// People is how many users the job keeps in the application. The keys of the
// counts read "source type to target type".
func (j Job) People() int {
	var sum int64
	for _, count := range j.Status.SynchronizedEntryCountByType {
		if source, _, _ := strings.Cut(count.Key, " "); strings.EqualFold(source, "user") {
			sum += count.Value
		}
	}
	return int(sum)
}
