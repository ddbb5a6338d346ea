package doctor

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/directory"
	"github.com/scimctl/scimctl/graph/remedy"
	"github.com/scimctl/scimctl/graph/synchronization"
	"github.com/scimctl/scimctl/provisioning"
	"github.com/scimctl/scimctl/provisioning/credentials"
	"github.com/scimctl/scimctl/provisioning/job"
)

// worstClock is how far a clock may be off: tokens are taken with five minutes
// of difference.
const worstClock = 5 * time.Minute

// reach asks Graph for something that every token may ask. down is what kept it
// from answering.
func (p *patient) reach(ctx context.Context) (reach, clock Diagnosis, down error) {
	began := time.Now()
	now, err := p.Graph.Ping(ctx)
	took := time.Since(began)
	reach = Diagnosis{Name: "graph", Condition: ConditionOK, Detail: fmt.Sprintf("%s answers in %s", p.Graph.Endpoint(), took.Round(time.Millisecond))}
	clock = Diagnosis{Name: "clock", Condition: ConditionNotChecked, Detail: "Graph did not tell its time"}
	if err != nil {
		reach.Condition, reach.Detail = ConditionFailed, sentence(err)
		reach.Remedy = remedy.Advice("check --graph-endpoint, --cloud and HTTPS_PROXY")
		if e, ok := errors.AsType[*graph.Error](err); ok && e.Status == http.StatusUnauthorized {
			reach.Remedy = remedy.Advice("Graph does not accept this token: sign in again, or check --tenant and --cloud")
		}
		return reach, clock, err
	}
	if now.IsZero() {
		return reach, clock, nil
	}
	off := now.Sub(began.Add(took / 2)).Round(time.Second)
	clock.Condition, clock.Detail = ConditionOK, "This machine and Graph have the same time"
	if off.Abs() > time.Second { // Graph tells it in seconds
		clock.Detail = fmt.Sprintf("Graph's clock is ahead of this machine's by %s", off)
	}
	if off < -time.Second {
		clock.Detail = fmt.Sprintf("This machine's clock is ahead of Graph's by %s", off.Abs())
	}
	if off.Abs() > worstClock {
		clock.Condition, clock.Remedy = ConditionWarning, remedy.Advice("set the clock of this machine: sign-ins that make a signature are refused, and tokens seem to have expired")
	}
	return reach, clock, nil
}

// licences looks for what the assignment of groups and long logs take:
// https://learn.microsoft.com/entra/identity/enterprise-apps/assign-user-or-group-access-portal.
func (p *patient) licences(ctx context.Context) []Diagnosis {
	const name = "licences"
	plans, err := directory.ServicePlans(ctx, p.Graph)
	switch {
	case err != nil:
		return []Diagnosis{unchecked(name, err, "subscriptions can be read with Organization.Read.All")}
	case slices.Contains(plans, directory.PlanP2):
		return []Diagnosis{{Name: name, Condition: ConditionOK, Detail: "The tenant has Entra ID P2: groups can be assigned, and logs are kept for 30 days"}}
	case slices.Contains(plans, directory.PlanP1):
		return []Diagnosis{{Name: name, Condition: ConditionOK, Detail: "The tenant has Entra ID P1: groups can be assigned, and logs are kept for 30 days"}}
	}
	return []Diagnosis{{
		Name: name, Condition: ConditionWarning, Detail: "The tenant has neither Entra ID P1 nor P2: groups cannot be assigned, and logs are kept for 7 days",
		Remedy: remedy.Advice("assign users one by one, or subscribe to Entra ID P1"),
	}}
}

// jobs tells how the application's provisioning is.
func (p *patient) jobs(ctx context.Context) []Diagnosis {
	const name = "provisioning"
	if p.app.ServicePrincipalID == "" {
		return nil
	}
	jobs, err := synchronization.ListJobs(ctx, p.Graph, p.app.ServicePrincipalID)
	if err != nil {
		return []Diagnosis{unchecked(name, err)}
	}
	if len(jobs) == 0 {
		return []Diagnosis{{Name: name, Condition: ConditionNotChecked, Detail: "It has not been set up", Remedy: remedy.List{remedy.Run("set it up", "provision setup")}}}
	}
	checks := []Diagnosis{}
	for _, found := range jobs {
		check := Diagnosis{Name: name, Condition: ConditionOK, Detail: fmt.Sprintf("The job %s is in the state %s", found.ID, job.StateOf(found))}
		report := job.ReportOf(provisioning.Target{App: p.app, Job: found})
		if err := report.Check(); err != nil {
			check.Condition, check.Detail, check.Remedy = ConditionWarning, sentence(err), report.Quarantine.Remedy
		}
		checks = append(checks, check)
	}
	return checks
}

const urlPatience = 5 * time.Second

// tenantURL tries whether the application is there, without credentials. The
// query may hold a secret, so it does not go along.
func (p *patient) tenantURL(ctx context.Context) []Diagnosis {
	const name = "tenant url"
	if p.app.ServicePrincipalID == "" {
		return nil
	}
	saved, err := synchronization.Secrets(ctx, p.Graph, p.app.ServicePrincipalID)
	if err != nil {
		return []Diagnosis{unchecked(name, err)}
	}
	address, err := url.Parse(credentials.Secrets(saved).Get(credentials.KeyBaseAddress))
	switch {
	case err != nil || address.Host == "":
		return []Diagnosis{{Name: name, Condition: ConditionNotChecked, Detail: "None is saved", Remedy: remedy.List{remedy.Run("save one", "credentials set").Flag("url", "URL").Switch("token-stdin")}}}
	case p.Web == nil:
		return []Diagnosis{{Name: name, Condition: ConditionNotChecked, Detail: "That of a simulated tenant is not tried from outside"}}
	}
	plain := url.URL{Scheme: address.Scheme, Host: address.Host, Path: address.Path}
	status, err := head(ctx, p.Web, plain.String())
	if err != nil {
		return []Diagnosis{{
			Name: name, Condition: ConditionWarning, Detail: fmt.Sprintf("%s is not reached from this machine: %s", plain.Host, bare(err)),
			Remedy: remedy.List{remedy.Run("the service connects from Microsoft's network, which may be allowed where this machine is not; have it try", "credentials test")},
		}}
	}
	return []Diagnosis{{Name: name, Condition: ConditionOK, Detail: fmt.Sprintf("%s answers this machine with %d, without credentials", plain.Host, status)}}
}

// head asks for an address and follows nothing.
func head(ctx context.Context, web http.RoundTripper, address string) (status int, err error) {
	ctx, cancel := context.WithTimeout(ctx, urlPatience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodHead, address, nil)
	if err != nil {
		return 0, err
	}
	resp, err := web.RoundTrip(req)
	if err != nil {
		return 0, err
	}
	return resp.StatusCode, resp.Body.Close()
}

// bare is an error without the address, which is said already.
func bare(err error) string {
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Sprintf("no answer within %s", urlPatience)
	}
	return err.Error()
}
