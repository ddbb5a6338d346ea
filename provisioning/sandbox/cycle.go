package sandbox

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/scimctl/scimctl/provisioning/engine"
)

// lease is after what time a cycle that did not end is taken to have died.
const lease = 10 * time.Minute

// due are the ids of the jobs whose cycle is to run now; each is claimed, so
// that no other request runs it too.
func (s *state) due(now time.Time, wanted func(*job) bool) []string {
	s.expire(now)
	var out []string
	for _, j := range s.Jobs {
		running := !j.Running.IsZero() && now.Before(j.Running.Add(lease))
		if !j.Active || now.Before(j.nextAttempt()) || running || !wanted(j) {
			continue
		}
		j.Running = now
		s.touch()
		out = append(out, j.ID)
	}
	return out
}

// nextAttempt is when the next cycle of an active job begins.
func (j *job) nextAttempt() time.Time {
	if j.Quarantine != nil {
		return j.Quarantine.Next
	}
	return j.Next
}

// A cycle is one pass of a job over the directory, cut loose from the state.
type cycle struct {
	id, job, sp string
	began       time.Time
	edits       int // of the job, when the cycle began
	full        bool
	force       bool
	wasAll      bool // the scope of the last full cycle was everyone
	threshold   int  // 0: any number may be deprovisioned
	sources     []source
	links       map[string]*link
	escrows     map[string]*escrow
	managed     map[string]bool // those in scope, and those that were provisioned
	wire        connection
	export      exporter
	broken      *jobError // why nothing could be done
	outcomes    []outcome
	staged      []source // not deprovisioned because they were too many
	entitled    int64
	deltas      int64
}

// Tick runs all cycles that are due, as the next look at their jobs would.
func (t *Tenant) Tick(ctx context.Context) error {
	var due []string
	if err := t.with(func(s *state) { due = s.due(t.now(), func(*job) bool { return true }) }); err != nil {
		return err
	}
	_, err := t.runCycles(ctx, due)
	return err
}

func (t *Tenant) runCycles(ctx context.Context, jobs []string) ([]CycleReport, error) {
	var reports []CycleReport
	for _, id := range jobs {
		var c *cycle
		if err := t.with(func(s *state) { c = t.plan(s, id) }); err != nil {
			return reports, err
		}
		if c == nil {
			continue
		}
		// A cycle goes on when the one who looked has left.
		t.pass(context.WithoutCancel(ctx), c)
		err := t.with(func(s *state) {
			if r, ended := t.finish(s, c); ended {
				reports = append(reports, r)
			}
		})
		if err != nil {
			return reports, err
		}
	}
	return reports, nil
}

func (s *state) jobByID(id string) (*app, *job) {
	for _, j := range s.Jobs {
		if j.ID == id {
			return s.servicePrincipal(j.SP), j
		}
	}
	return nil, nil
}

// plan reads all that a cycle needs.
func (t *Tenant) plan(s *state, id string) *cycle {
	a, j := s.jobByID(id)
	if a == nil {
		return nil
	}
	c := &cycle{
		id: uuid.NewString(), job: j.ID, sp: a.SP, began: t.now(), edits: j.Edits, full: j.Full, force: j.Force, wasAll: j.SyncAll,
		threshold: a.deleteThreshold(), links: map[string]*link{}, escrows: maps.Clone(j.Escrows), managed: map[string]bool{},
	}
	for id, l := range j.Links {
		c.links[id] = l.copy()
	}
	rules, err := t.rules(s, a, j)
	if err != nil {
		c.broken = &jobError{Code: "InternalError", Message: err.Error(), Actionable: true}
		return c
	}
	c.wire = t.connect(s, a, rules)
	c.export = exporter{rules: rules, client: t.client(c.wire), dialect: c.wire.dialect, ids: j.ids(), skip: a.on("SkipOutOfScopeDeletions")}
	if c.wire.address == "" || !a.hasToken() {
		c.broken = &jobError{Code: "SystemForCrossDomainIdentityManagementInvalidCredentials", Message: "Please provide a valid tenant URL for your application.", Actionable: true}
		return c
	}
	c.sources = t.sources(s, a, c.links, rules)
	return c
}

// sources imports everyone: users before groups, which refer to them, and
// last those who are gone and were provisioned.
func (t *Tenant) sources(s *state, a *app, links map[string]*link, rules *engine.Rules) []source {
	var out []source
	seen := map[string]bool{}
	add := func(src source) {
		if exists, _ := rules.Has(src.Type); exists {
			t.grantAccess(s, a, &src, nil)
			seen[src.ID] = true
			out = append(out, src)
		}
	}
	for _, u := range s.Users {
		add(s.userSource(u, false))
	}
	for _, g := range s.Groups {
		add(s.groupSource(g))
	}
	for _, id := range slices.Sorted(maps.Keys(links)) {
		if !seen[id] {
			out = append(out, purgedSource(id, links[id]))
		}
	}
	return out
}

// deleteThreshold is how many may be deprovisioned in a cycle; 0 when that is
// not limited.
func (a *app) deleteThreshold() int {
	var settings struct {
		Enabled bool `json:"DeleteThresholdEnabled"`
		Value   int  `json:"DeleteThresholdValue"`
	}
	if json.Unmarshal([]byte(a.setting("SyncNotificationSettings")), &settings) != nil || !settings.Enabled {
		return 0
	}
	return max(settings.Value, 1)
}

// pass does the cycle: probe, then one object after another, then those whose
// references could be resolved only now.
func (t *Tenant) pass(ctx context.Context, c *cycle) {
	if c.broken != nil {
		return
	}
	if err := t.probe(ctx, c.wire); err != nil {
		c.broken = &jobError{Code: credentialCode(err), Message: unexpected(err), Actionable: true}
		return
	}
	var again []outcome
	for _, src := range c.work() {
		o := c.export.provision(ctx, src, c.links[src.ID])
		c.note(o)
		if len(o.plan.Unresolved) > 0 && o.failure == nil {
			again = append(again, o)
		}
	}
	for _, o := range again {
		if slices.ContainsFunc(o.plan.Unresolved, c.export.knows) {
			late := c.export.resolve(ctx, o.source, c.links[o.ID])
			if late.failure != nil || late.plan.Action == engine.Update {
				c.note(late)
			}
		}
	}
}

func (c *cycle) note(o outcome) {
	c.outcomes = append(c.outcomes, o)
	if o.failure == nil || o.failure.reference {
		if o.link == nil {
			delete(c.links, o.ID)
		} else {
			c.links[o.ID] = o.link
		}
	}
}

// work are the objects to look at: those in scope and those that were, in an
// incremental cycle only what changed. Too many to be deprovisioned are put
// aside.
func (c *cycle) work() []source {
	var out, leaving []source
	for _, src := range c.sources {
		d, err := c.export.rules.Decide(src.Subject, src.access)
		l := c.links[src.ID]
		c.managed[src.ID] = d.InScope || l != nil || err != nil
		if d.InScope {
			c.entitled++
		}
		if err == nil && !c.concerns(src, d, l) {
			continue
		}
		if !c.full {
			c.deltas++
		}
		if l != nil && !d.InScope && !c.export.skip {
			leaving = append(leaving, src)
			continue
		}
		out = append(out, src)
	}
	if c.threshold > 0 && len(leaving) >= c.threshold && !c.force {
		c.staged = leaving
		return out
	}
	return append(out, leaving...)
}

func (c *cycle) concerns(src source, d engine.Decision, l *link) bool {
	switch {
	case !d.InScope && l == nil:
		return false
	case !d.InScope && l.Off == "unassigned":
		return false // no longer managed
	case !d.InScope && l.Off == "deleted" && !src.Purged:
		return false
	case !d.InScope && !c.full && c.wasAll && !src.access.SyncAll && !d.Assigned && d.Active:
		return false // a narrower scope takes effect with a restart
	case c.full:
		return true
	}
	if e := c.escrows[src.ID]; e != nil {
		return e.due(c.began) || e.Seen != fingerprint(src, d)
	}
	return l == nil || l.Seen != fingerprint(src, d)
}
