package evaluate

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/graph/directory"
	"github.com/scimctl/scimctl/graph/parallel"
	"github.com/scimctl/scimctl/mappings/schema"
	"github.com/scimctl/scimctl/provisioning"
	"github.com/scimctl/scimctl/provisioning/assignment"
	"github.com/scimctl/scimctl/provisioning/credentials"
	"github.com/scimctl/scimctl/provisioning/engine"
)

// ScopeImpact tells who would come into scope, and who fall out of it, when one
// schema takes the place of another. Nothing is written.
//
// It looks at whom the scope can hold: the users that are assigned themselves
// or as direct members of an assigned group, or the assigned groups; with the
// scope "all", at all users or groups of the tenant. Of those only the
// properties are read that matching mappings and scoping filters need.
type ScopeImpact struct {
	Graph         *graph.Client
	App           applications.App
	Object        string // mappings.User or mappings.Group
	Before, After []byte // two schemas

	Progress func(read int) // told how many have been read; may be nil
}

// A ScopeChange is what becomes of the scope.
type ScopeChange struct {
	Scope     credentials.Scope `json:"scope"`
	Evaluated int               `json:"evaluated"` // how many were looked at
	Before    int               `json:"before"`    // in scope with the schema before
	After     int               `json:"after"`
	Leaving   []string          `json:"leaving"`   // in scope before and not after: user principal names, or names of groups, sorted
	Entering  []string          `json:"entering"`  // the reverse
	Undecided []Undecided       `json:"undecided"` // what could not be evaluated

	// SkipDeletions says that leaving the scope changes nothing in the
	// application, where it else disables or deletes the account.
	SkipDeletions bool `json:"skipOutOfScopeDeletions"`
}

// Undecided are those of whom scimctl cannot tell whether they are in scope.
// They are among those evaluated and in none of the other lists.
type Undecided struct {
	Reason string `json:"reason"`
	Count  int    `json:"count"`
}

// Do reads who matters and compares. A schema that cannot be read is an
// *engine.SchemaError, one without a mapping of the object an
// *engine.NoMappingError.
func (i ScopeImpact) Do(ctx context.Context) (ScopeChange, error) {
	c, err := i.compare()
	if err != nil {
		return ScopeChange{}, err
	}
	var settings credentials.Secrets
	err = parallel.Do(ctx,
		func(ctx context.Context) (err error) {
			settings, err = credentials.ReadSecrets(ctx, i.Graph, i.App)
			return err
		},
		func(ctx context.Context) (err error) {
			c.rows, err = applications.ListAssignments(ctx, i.Graph, i.App.ServicePrincipalID)
			return err
		},
	)
	if err != nil {
		return ScopeChange{}, err
	}
	c.change.Scope = cmp.Or(settings.Scope(), credentials.ScopeAssigned) // one that was never set is false
	c.change.SkipDeletions = strings.EqualFold(settings.Get(credentials.KeySkipDeletions), "true")
	if err := c.readAll(ctx); err != nil {
		return ScopeChange{}, err
	}
	return c.result(), nil
}

// comparison is the evaluation of two schemas under way.
type comparison struct {
	ScopeImpact
	before, after judge
	wanted        wanted // what either schema needs
	rows          []applications.Assignment

	mu     sync.Mutex // guards what follows
	why    map[string]int
	change ScopeChange
}

// candidate is one who may be in scope.
type candidate struct {
	name    string
	subject engine.Subject
}

func (i ScopeImpact) compare() (*comparison, error) {
	objectType := engine.User
	if i.Object == schema.Group {
		objectType = engine.Group
	}
	c := &comparison{ScopeImpact: i}
	var err error
	if c.before.rules, err = rulesFor(i.Before, objectType); err != nil {
		return nil, err
	}
	if c.after.rules, err = rulesFor(i.After, objectType); err != nil {
		return nil, err
	}
	c.wanted = wantedFor(objectType, slices.Concat(c.before.rules.ScopeAttributes(objectType), c.after.rules.ScopeAttributes(objectType)))
	return c, nil
}

// rulesFor loads a schema that has to map a type of object.
func rulesFor(schema []byte, objectType string) (*engine.Rules, error) {
	rules, err := engine.Load(schema)
	if err != nil {
		return nil, err
	}
	if mapped, _ := rules.Has(objectType); !mapped {
		return nil, &engine.NoMappingError{Type: objectType}
	}
	rules.RegexLimit = regexLimit
	return rules, nil
}

// readAll reads and weighs everybody that the scope can hold. A schema may
// name an extension property that is gone, which Graph refuses: then nobody's
// extension properties are known.
func (c *comparison) readAll(ctx context.Context) error {
	c.reset()
	err := c.readOnce(ctx)
	if !refusedProperty(err) || !c.wanted.hasExtensions() {
		return err
	}
	c.wanted.gone = true
	c.reset()
	return c.readOnce(ctx)
}

// refusedProperty reports whether Graph does not know a property asked for.
func refusedProperty(err error) bool {
	e, ok := errors.AsType[*graph.Error](err)
	return ok && e.Status == http.StatusBadRequest
}

func (c *comparison) readOnce(ctx context.Context) error {
	properties := c.wanted.properties()
	users := func(some []directory.User) error { return c.weigh(ctx, c.usersOf(some)) }
	groups := func(some []directory.Group) error { return c.weigh(ctx, c.groupsOf(some)) }
	switch {
	case c.change.Scope == credentials.ScopeAll && c.wanted.objectType == engine.Group:
		return directory.EachGroup(ctx, c.Graph, groups, properties...)
	case c.change.Scope == credentials.ScopeAll:
		return directory.EachUser(ctx, c.Graph, users, properties...)
	case c.wanted.objectType == engine.Group:
		return inReadings(ctx, c.Graph, assignment.PrincipalsOf(c.rows, "Group"), properties, directory.GroupsByID, groups)
	}
	ids, err := assignment.AssignedUsers(ctx, c.Graph, c.rows)
	if err != nil {
		return err
	}
	return inReadings(ctx, c.Graph, ids, properties, directory.UsersByID, users)
}

// inReadings reads objects by their ids, some requests side by side.
func inReadings[T any](
	ctx context.Context, client *graph.Client, ids, properties []string,
	read func(context.Context, *graph.Client, []string, ...string) ([]T, error), use func([]T) error,
) error {
	return parallel.Each(ctx, slices.Collect(slices.Chunk(ids, provisioning.PerReading)), func(ctx context.Context, some []string) error {
		found, err := read(ctx, client, some, properties...)
		if err != nil {
			return err
		}
		return use(found)
	})
}

func (c *comparison) usersOf(users []directory.User) []candidate {
	all := make([]candidate, len(users))
	for i, u := range users {
		all[i] = candidate{u.UserPrincipalName, c.wanted.userSubject(u)}
	}
	return all
}

func (c *comparison) groupsOf(groups []directory.Group) []candidate {
	all := make([]candidate, len(groups))
	for i, g := range groups {
		all[i] = candidate{g.DisplayName, c.wanted.groupSubject(g)}
	}
	return all
}

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
