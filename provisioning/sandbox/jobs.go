package sandbox

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/scimctl/scimctl/provisioning/sandbox/internal/odata"
)

// interval is the fixed time between two cycles.
// https://learn.microsoft.com/entra/identity/app-provisioning/how-provisioning-works
const interval = 40 * time.Minute

func (t *Tenant) jobRoutes() []route {
	jobs := "servicePrincipals/{sp}/synchronization/jobs"
	one := jobs + "/{job}"
	templates := "servicePrincipals/{sp}/synchronization/templates"
	return []route{
		on(get, templates, withSync(listSyncTemplates)),
		on(get, templates+"/{template}", withConnector(getSyncTemplate)),
		free(get, jobs, t.listJobs),
		on(post, jobs, withSync(createJob)),
		free(post, jobs+"/validateCredentials", t.validate),
		free(post, jobs+"/microsoft.graph.validateCredentials", t.validate),
		free(get, one, t.getJob),
		on(remove, one, withJob(deleteJob)),
		on(post, one+"/start", withJob(t.startJob)),
		on(post, one+"/microsoft.graph.start", withJob(t.startJob)),
		on(post, one+"/pause", withJob(pauseJob)),
		on(post, one+"/microsoft.graph.pause", withJob(pauseJob)),
		on(post, one+"/restart", withJob(t.restartJob)),
		on(post, one+"/microsoft.graph.restart", withJob(t.restartJob)),
		free(post, one+"/validateCredentials", t.validate),
		free(post, one+"/microsoft.graph.validateCredentials", t.validate),
		free(post, one+"/provisionOnDemand", t.onDemand),
		free(post, one+"/microsoft.graph.provisionOnDemand", t.onDemand),
		on(get, "servicePrincipals/{sp}/synchronization/secrets", withSync(getSecrets)),
		on(put, "servicePrincipals/{sp}/synchronization/secrets", withSync(t.putSecrets)),
		free(get, "auditLogs/provisioning", t.listLogs),
		on(get, "auditLogs/provisioning/{entry}", t.getLog),
	}
}

// createJob makes a job that does nothing until it is started.
// https://learn.microsoft.com/graph/api/synchronization-synchronization-post-jobs
func createJob(c *odata.Call, s *state, a *app) *odata.Answer {
	var body struct {
		Template string `json:"templateId"`
	}
	if a := c.Decode(&body); a != nil {
		return a
	}
	if body.Template == "" {
		return odata.Fail(http.StatusBadRequest, "RequestMissingRequiredParameter", "The request is missing the required parameter 'templateId'.")
	}
	if _, known := a.connector(body.Template); !known {
		return odata.Fail(http.StatusBadRequest, "RequestParameterInvalid", "The synchronization template '"+body.Template+"' is not one of the application's.")
	}
	for _, j := range s.Jobs {
		if j.SP == a.SP && j.Template == body.Template {
			return odata.Fail(http.StatusConflict, "Conflict", "The synchronization job '"+j.ID+"' already exists.")
		}
	}
	j := &job{
		ID: body.Template + "." + strings.ReplaceAll(s.TenantID, "-", "") + "." + a.AppID, SP: a.SP, Template: body.Template,
		Full: true, Links: map[string]*link{}, Escrows: map[string]*escrow{},
	}
	s.Jobs = append(s.Jobs, j)
	return odata.Created(j.entity(c, a))
}

func (j *job) entity(c *odata.Call, a *app) odata.Object {
	out := j.view()
	out["@odata.context"] = c.Context(syncPath(a) + "/jobs/$entity")
	return out
}

// listJobs is a look at all jobs of an application, which lets cycles that
// are due run.
func (t *Tenant) listJobs(c *odata.Call) *odata.Answer {
	return t.look(c, func(s *state, a *app) *odata.Answer {
		template, refusal := templateFilter(c)
		if refusal != nil {
			return refusal
		}
		value := []odata.Object{}
		for _, j := range s.Jobs {
			if j.SP == a.SP && (template == "" || template == j.Template) {
				value = append(value, j.view())
			}
		}
		return odata.OK(odata.Object{"@odata.context": c.Context(syncPath(a) + "/jobs"), "value": value})
	})
}

// templateFilter reads the one filter that jobs know, templateId eq '…'. The
// template is "" when there is no filter.
func templateFilter(c *odata.Call) (string, *odata.Answer) {
	f := strings.Fields(c.Query.Get("$filter"))
	switch {
	case len(f) == 0:
		return "", nil
	case len(f) != 3 || !strings.EqualFold(f[0], "templateId") || f[1] != "eq":
		return "", odata.Fail(http.StatusBadRequest, "BadRequest", "Invalid filter clause: jobs are filtered by templateId alone.")
	}
	return strings.Trim(f[2], "'"), nil
}

func (t *Tenant) getJob(c *odata.Call) *odata.Answer {
	return t.look(c, func(s *state, a *app) *odata.Answer {
		j := s.job(a, c.Param("job"))
		if j == nil {
			return noJob(c.Param("job"))
		}
		return odata.OK(j.entity(c, a))
	})
}

// look runs the cycles that are due at an application and then answers. The
// tenant may be another when they have run.
func (t *Tenant) look(c *odata.Call, f func(*state, *app) *odata.Answer) *odata.Answer {
	var out *odata.Answer
	var due []string
	err := t.with(func(s *state) {
		var a *app
		if a, out = s.syncApp(c); out != nil {
			return
		}
		due = s.due(c.Now, func(j *job) bool {
			named := c.Param("job") == "" || strings.EqualFold(j.ID, c.Param("job"))
			return j.SP == a.SP && named && !s.late(lagCycle(j.ID), c.Now)
		})
	})
	if err == nil && out == nil {
		_, err = t.runCycles(c.Ctx, due)
	}
	if err == nil && out == nil {
		err = t.with(func(s *state) {
			if a := s.servicePrincipal(c.Param("sp")); a != nil {
				out = f(s, a)
				return
			}
			out = odata.NotFound(bareKey(c.Param("sp")))
		})
	}
	if err != nil {
		return stateFailure(err)
	}
	return out
}

func deleteJob(_ *odata.Call, s *state, _ *app, j *job) *odata.Answer {
	s.Jobs = slices.DeleteFunc(s.Jobs, func(other *job) bool { return other == j })
	delete(s.Delays, lagCycle(j.ID))
	return odata.NoContent()
}

// startJob lets a job run, from where it stopped, out of quarantine too.
// https://learn.microsoft.com/graph/api/synchronization-synchronizationjob-start
func (t *Tenant) startJob(c *odata.Call, s *state, _ *app, j *job) *odata.Answer {
	if !j.Active {
		t.lag(s, lagCycle(j.ID))
	}
	j.Active, j.Quarantine, j.Next = true, nil, c.Now
	j.Starts++
	return odata.NoContent()
}

func pauseJob(_ *odata.Call, s *state, _ *app, j *job) *odata.Answer {
	j.Active = false
	delete(s.Delays, lagCycle(j.ID))
	return odata.NoContent()
}

// What a restart forgets.
const (
	resetStore      = 1
	resetEscrows    = 2
	resetWatermark  = 4
	resetQuarantine = 8
	resetFull       = 15
	forceDeletes    = 32
)

// restartJob forgets what is named, by default what the portal's restart
// does: escrows, watermark and quarantine.
// https://learn.microsoft.com/graph/api/synchronization-synchronizationjob-restart
func (t *Tenant) restartJob(c *odata.Call, s *state, _ *app, j *job) *odata.Answer {
	scope, a := resetScope(c)
	if a != nil {
		return a
	}
	if scope&resetStore != 0 {
		j.Links = map[string]*link{}
	}
	if scope&resetEscrows != 0 {
		j.Escrows = map[string]*escrow{}
	}
	if scope&resetWatermark != 0 {
		j.again(c.Now)
		j.First, j.Last = time.Time{}, time.Time{}
	}
	if scope&resetQuarantine != 0 || scope == 0 {
		j.Quarantine = nil
	}
	if scope&forceDeletes != 0 {
		j.Force, j.Quarantine = true, nil
	}
	t.lag(s, lagCycle(j.ID))
	j.Active, j.Next = true, c.Now
	j.Starts++
	return odata.NoContent()
}

func resetScope(c *odata.Call) (int, *odata.Answer) {
	standard := resetEscrows | resetWatermark | resetQuarantine
	if len(bytes.TrimSpace(c.Body)) == 0 {
		return standard, nil
	}
	var body struct {
		Criteria *struct {
			Scope *string `json:"resetScope"`
		} `json:"criteria"`
	}
	if a := c.Decode(&body); a != nil {
		return 0, a
	}
	if body.Criteria == nil || body.Criteria.Scope == nil {
		return standard, nil
	}
	flags := map[string]int{
		"none": 0, "connectordatastore": resetStore, "escrows": resetEscrows, "watermark": resetWatermark,
		"quarantinestate": resetQuarantine, "full": resetFull, "forcedeletes": forceDeletes,
	}
	scope := 0
	for name := range strings.SplitSeq(*body.Criteria.Scope, ",") {
		flag, known := flags[strings.ToLower(strings.TrimSpace(name))]
		if !known {
			return 0, odata.Fail(http.StatusBadRequest, "BadRequest", fmt.Sprintf("Requested value '%s' was not found.", strings.TrimSpace(name)))
		}
		scope |= flag
	}
	return scope, nil
}
