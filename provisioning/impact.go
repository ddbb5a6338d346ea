package provisioning

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/parallel"
	"github.com/scimctl/scimctl/mappings"
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
	App           graph.App
	Object        string // mappings.User or mappings.Group
	Before, After []byte // two schemas

	Progress func(read int) // told how many have been read; may be nil
}

// A ScopeChange is what becomes of the scope.
type ScopeChange struct {
	Scope     Scope       `json:"scope"`
	Evaluated int         `json:"evaluated"` // how many were looked at
	Before    int         `json:"before"`    // in scope with the schema before
	After     int         `json:"after"`
	Leaving   []string    `json:"leaving"`   // in scope before and not after: user principal names, or names of groups, sorted
	Entering  []string    `json:"entering"`  // the reverse
	Undecided []Undecided `json:"undecided"` // what could not be evaluated

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
	var settings secrets
	err = parallel.Do(ctx,
		func(ctx context.Context) (err error) { settings, err = readSecrets(ctx, i.Graph, i.App); return err },
		func(ctx context.Context) (err error) {
			c.rows, err = i.Graph.ListAssignments(ctx, i.App.ServicePrincipalID)
			return err
		},
	)
	if err != nil {
		return ScopeChange{}, err
	}
	c.change.Scope = cmp.Or(settings.scope(), ScopeAssigned) // one that was never set is false
	c.change.SkipDeletions = strings.EqualFold(settings.get(keySkipDeletions), "true")
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
	rows          []graph.Assignment

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
	if i.Object == mappings.Group {
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
