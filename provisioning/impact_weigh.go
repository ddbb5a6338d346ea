package provisioning

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/scimctl/scimctl/provisioning/engine"
)

// reset begins the counting anew, for what is wanted now.
func (c *comparison) reset() {
	c.before.learn(c.wanted)
	c.after.learn(c.wanted)
	c.why = map[string]int{}
	c.change = ScopeChange{
		Scope: c.change.Scope, SkipDeletions: c.change.SkipDeletions,
		Leaving: []string{}, Entering: []string{}, Undecided: []Undecided{},
	}
}

// weigh decides for some of those read, until the context ends: a regular
// expression of a filter can take seconds for each of them.
func (c *comparison) weigh(ctx context.Context, some []candidate) error {
	for _, s := range some {
		if err := ctx.Err(); err != nil {
			return err
		}
		before, reason := c.before.inScope(s.subject)
		after, reasonAfter := c.after.inScope(s.subject)
		c.count(s.name, before, after, cmp.Or(reason, reasonAfter))
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.Progress != nil {
		c.Progress(c.change.Evaluated)
	}
	return nil
}

func (c *comparison) count(name string, before, after bool, undecided string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.change.Evaluated++
	if undecided != "" {
		c.why[undecided]++
		return
	}
	if before {
		c.change.Before++
	}
	if after {
		c.change.After++
	}
	switch {
	case before && !after:
		c.change.Leaving = append(c.change.Leaving, name)
	case after && !before:
		c.change.Entering = append(c.change.Entering, name)
	}
}

func (c *comparison) result() ScopeChange {
	slices.Sort(c.change.Leaving)
	slices.Sort(c.change.Entering)
	for reason, count := range c.why {
		c.change.Undecided = append(c.change.Undecided, Undecided{Reason: reason, Count: count})
	}
	slices.SortStableFunc(c.change.Undecided, func(a, b Undecided) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Reason, b.Reason))
	})
	return c.change
}

// judge decides by one schema.
type judge struct {
	rules *engine.Rules
	blind string // why it can decide for nobody; "" when it can
}

// learn looks whether the schema needs what is not known.
func (j *judge) learn(w wanted) {
	j.blind = ""
	for _, attribute := range w.unknown() {
		if slices.Contains(j.rules.ScopeAttributes(w.objectType), attribute) {
			j.blind = fmt.Sprintf("the value of %s is not known here", attribute)
		}
	}
}

// inScope decides for one; undecided is why that cannot be done. Whoever was
// read is assigned, or everybody is in scope, and an account that is disabled
// is out of scope whatever the filters say.
func (j judge) inScope(s engine.Subject) (in bool, undecided string) {
	if slices.Contains(s.Attributes["accountEnabled"], "False") {
		return false, ""
	}
	if j.blind != "" {
		return false, j.blind
	}
	d, err := j.rules.Decide(s, engine.Access{SyncAll: true})
	if err != nil {
		return false, err.Error()
	}
	return d.InScope, ""
}
