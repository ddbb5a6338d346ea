package sandbox

import (
	"github.com/scimctl/scimctl/provisioning/engine"
)

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
