package sandbox

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/scimctl/scimctl/provisioning/engine"
	"github.com/scimctl/scimctl/provisioning/sandbox/internal/odata"
	"github.com/scimctl/scimctl/provisioning/scim"
)

// Limits of provisioning on demand.
// https://learn.microsoft.com/graph/api/synchronization-synchronizationjob-provisionondemand
const (
	onDemandMost    = 5
	onDemandWindow  = 10 * time.Second
	onDemandMembers = 5
)

type onDemandSubject struct {
	ID    string `json:"objectId"`
	Type  string `json:"objectTypeName"`
	Links *struct {
		Members []onDemandSubject `json:"members"`
	} `json:"links"`
}

type onDemandRequest struct {
	Parameters []struct {
		Rule     string            `json:"ruleId"`
		Subjects []onDemandSubject `json:"subjects"`
	} `json:"parameters"`
}

// A run is what one on-demand request works with, cut loose from the state.
type run struct {
	job, sp string
	source  source
	link    *link
	wire    connection
	export  exporter
}

// onDemand provisions one user, or one group with a few of its members, now:
// it evaluates scope and mappings and sends what follows.
func (t *Tenant) onDemand(c *odata.Call) *odata.Answer {
	var body onDemandRequest
	if a := c.Decode(&body); a != nil {
		return a
	}
	var r *run
	var out *odata.Answer
	if err := t.with(func(s *state) { r, out = t.prepare(c, s, body) }); err != nil {
		return stateFailure(err)
	}
	if out != nil {
		return out
	}
	began := t.now()
	o := t.carryOut(c.Ctx, r)
	e := r.entry(o, began, t.now())
	if err := t.with(func(s *state) { t.keep(s, r, o, e) }); err != nil {
		return stateFailure(err)
	}
	return odata.OK(e.onDemandAnswer(c, t.options))
}

func parameterInvalid(format string, args ...any) *odata.Answer {
	return odata.Fail(http.StatusBadRequest, "RequestParameterInvalid", fmt.Sprintf(format, args...))
}

// prepare checks a request and reads all that it needs.
func (t *Tenant) prepare(c *odata.Call, s *state, body onDemandRequest) (*run, *odata.Answer) {
	a, refusal := s.syncApp(c)
	if refusal != nil {
		return nil, refusal
	}
	j := s.job(a, c.Param("job"))
	if j == nil {
		return nil, noJob(c.Param("job"))
	}
	if refusal := t.withinLimit(c, &s.OnDemand, onDemandMost, onDemandWindow); refusal != nil {
		s.touch()
		return nil, refusal
	}
	s.touch()
	rules, err := t.rules(s, a, j)
	if err != nil {
		return nil, wrapped(http.StatusBadRequest, odata.Object{"error": odata.Object{"code": "SandboxSchema", "message": err.Error()}})
	}
	subject, refusal := body.subject(j, rules)
	if refusal != nil {
		return nil, refusal
	}
	wire := t.connect(s, a, rules)
	if wire.address == "" || !a.hasToken() {
		return nil, odata.Fail(http.StatusBadRequest, "CredentialsMissing", "Please configure provisioning by providing your admin credentials then retry the provision on-demand.")
	}
	src, refusal := t.subjectSource(c, s, subject)
	if refusal != nil {
		return nil, refusal
	}
	t.grantAccess(s, a, &src, &c.Now)
	// The flag on the tenant URL is not honoured here.
	return &run{job: j.ID, sp: a.SP, source: src, link: j.Links[src.ID].copy(), wire: wire, export: exporter{
		rules: rules, client: t.client(wire), dialect: scim.Legacy, ids: j.ids(), skip: a.on("SkipOutOfScopeDeletions"), onDemand: true,
		listed: subject.members(),
	}}, nil
}

// withinLimit counts a request against a limit of so many in a time.
func (t *Tenant) withinLimit(c *odata.Call, times *[]time.Time, most int, window time.Duration) *odata.Answer {
	*times = slices.DeleteFunc(*times, func(at time.Time) bool { return !at.After(c.Now.Add(-window)) })
	if len(*times) >= most {
		return tooManyRequests(resourceUnits).RetryAfter(max((*times)[0].Add(window).Sub(c.Now), time.Second))
	}
	*times = append(*times, c.Now)
	return nil
}

// subject is the one object that a request names.
func (b onDemandRequest) subject(j *job, rules *engine.Rules) (onDemandSubject, *odata.Answer) {
	if len(b.Parameters) == 0 {
		return onDemandSubject{}, odata.Fail(http.StatusBadRequest, "RequestMissingRequiredParameter", "The request is missing the required parameter 'parameters'.")
	}
	p := b.Parameters[0]
	if p.Rule != rules.RuleID {
		return onDemandSubject{}, parameterInvalid("The request identified this synchronization job: %s.  The request also identified this synchronization rule: %s.  However, the job does not include the rule.", j.ID, p.Rule)
	}
	if len(b.Parameters) > 1 || len(p.Subjects) != 1 {
		return onDemandSubject{}, parameterInvalid("The request has to identify exactly one subject.")
	}
	if !rules.OnDemand {
		return onDemandSubject{}, parameterInvalid("The synchronization rule %s does not support provisioning on demand.", p.Rule)
	}
	subject := p.Subjects[0]
	if exists, _ := rules.Has(subject.Type); !exists {
		return subject, parameterInvalid("The request identified an object type that the rule does not include: %s.", subject.Type)
	}
	if len(subject.members()) > onDemandMembers {
		return subject, parameterInvalid("The request identified %d members. At most %d members can be provisioned on demand.", len(subject.members()), onDemandMembers)
	}
	return subject, nil
}

// members are the ids of the members that a request lists; not nil for a group.
func (o onDemandSubject) members() []string {
	if o.Type != engine.Group {
		return nil
	}
	out := []string{}
	if o.Links != nil {
		for _, m := range o.Links.Members {
			out = append(out, m.ID)
		}
	}
	return out
}

// subjectSource imports the object. After a change the old values are seen
// once more; deleted users cannot be provisioned on demand.
func (t *Tenant) subjectSource(c *odata.Call, s *state, subject onDemandSubject) (source, *odata.Answer) {
	if subject.Type == engine.Group {
		if g := s.group(subject.ID); g != nil {
			return s.groupSource(g), nil
		}
	} else if u := s.person(subject.ID); u != nil && u.Deleted.IsZero() {
		return s.userSource(u, s.late(lagUser(u.ID), c.Now)), nil
	}
	return source{}, parameterInvalid("The request identified a %s that was not found: %s.", subject.Type, subject.ID)
}

// ids are the objects that the job keeps, by their ids in source and target.
func (j *job) ids() map[string]string {
	out := map[string]string{}
	for id, l := range j.Links {
		if l.Off == "" {
			out[id] = l.Target
		}
	}
	return out
}

// copy is nil of nil.
func (l *link) copy() *link {
	if l == nil {
		return nil
	}
	out := *l
	out.Members = maps.Clone(l.Members)
	return &out
}

// carryOut probes the application and then provisions.
func (t *Tenant) carryOut(ctx context.Context, r *run) outcome {
	if err := t.probe(ctx, r.wire); err != nil {
		o := outcome{source: r.source, link: r.link}
		o.failure = &failure{code: credentialCode(err), message: unexpected(err), advice: adviceFor("Unauthorized")}
		return o
	}
	return r.export.provision(ctx, r.source, r.link)
}

// keep has the job remember what was done, if it is still there.
func (t *Tenant) keep(s *state, r *run, o outcome, e *logEntry) {
	a := s.servicePrincipal(r.sp)
	if a == nil {
		return
	}
	if j := s.job(a, r.job); j != nil {
		j.remember(o, t.now())
	}
	t.log(s, e)
	s.touch()
}

// remember keeps the link of an outcome, and whether it failed.
func (j *job) remember(o outcome, now time.Time) {
	if o.failure != nil {
		e := j.Escrows[o.ID]
		if e == nil {
			e = &escrow{}
			j.Escrows[o.ID] = e
		}
		e.again(now)
		e.Seen, e.Reference = o.fingerprint(), o.failure.reference
		if !e.Reference {
			return
		}
	} else {
		delete(j.Escrows, o.ID)
	}
	if o.link == nil {
		delete(j.Links, o.ID)
		return
	}
	j.Links[o.ID] = o.link
}

// Run lets cycles run when they are due, without anyone looking, until ctx
// ends. It looks each time the given time has passed by the real clock. A job
// that was just started waits as long as a look at it would.
func (t *Tenant) Run(ctx context.Context, every time.Duration) error {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
		var due []string
		err := t.with(func(s *state) {
			due = s.due(t.now(), func(j *job) bool { return s.Delays[lagCycle(j.ID)] == nil })
		})
		if err == nil {
			_, err = t.runCycles(ctx, due)
		}
		if err != nil {
			return err
		}
	}
}
