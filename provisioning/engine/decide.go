package engine

import (
	"slices"

	"github.com/scimctl/scimctl/provisioning/scim"
)

// A Subject is a user or group of the source directory.
type Subject struct {
	ID   string // object id
	Type string // User or Group

	// Attributes by their provisioning names, which are not Graph's property
	// names (telephoneNumber, not businessPhones). An absent or empty list is
	// null; booleans are "True" and "False"; manager and members hold object
	// ids. IsSoftDeleted is computed and need not be there.
	Attributes map[string][]string

	// Roles of the application that the user has, in full, for the expressions
	// that send roles; appRoleAssignments among the Attributes has their names
	// or values. Of a role that is missing here only that is sent.
	Roles []scim.Role

	Deleted bool // soft-deleted: in the recycle bin
	Purged  bool // gone for good
}

// DefaultAccess is the role id of an assignment without a role.
const DefaultAccess = "00000000-0000-0000-0000-000000000000"

// An Assignment gives a user or group a role of the application.
type Assignment struct {
	PrincipalID   string `json:"principalId"`
	PrincipalName string `json:"principalName"`
	RoleID        string `json:"roleId"` // DefaultAccess when none was chosen
}

// Access is what decides who is entitled to be provisioned.
type Access struct {
	SyncAll     bool         // scope "all users and groups"
	Assignments []Assignment // all of the application
	Groups      []string     // ids of the security-enabled groups that a user is a direct member of

	// DefaultAccessDenied makes an assignment without a role not count, as it
	// was for configurations made before 2020.
	DefaultAccessDenied bool
}

// A Decision says whether a subject is in scope, and each reason.
type Decision struct {
	Imported       bool           `json:"imported"`       // has a value for a matching attribute
	Dropped        bool           `json:"dropped"`        // by an input filter at import: nothing is done, not even disabling
	MappingEnabled bool           `json:"mappingEnabled"` // the object mapping of its type is enabled
	Active         bool           `json:"active"`         // accountEnabled and not deleted
	SyncAll        bool           `json:"syncAll"`        // everybody is in scope, assigned or not
	Assigned       bool           `json:"assigned"`       // directly or through a group, whatever SyncAll says
	AssignedBy     []Assignment   `json:"assignedBy"`     // what assigns it
	Entitled       bool           `json:"entitled"`       // SyncAll, or one of AssignedBy carries a role that counts
	FilterPassed   bool           `json:"filterPassed"`
	Clauses        []ClauseResult `json:"clauses"`                // of all scoping filters, in order
	InputClauses   []ClauseResult `json:"inputClauses,omitempty"` // of all input filters, in order
	InScope        bool           `json:"inScope"`                // all of the above, SyncAll standing for Assigned
}

// A ClauseResult is the answer of one clause of a scoping filter.
type ClauseResult struct {
	Filter    string   `json:"filter"` // its title
	Attribute string   `json:"attribute"`
	Operator  string   `json:"operator"`
	Values    []string `json:"values,omitempty"` // none for IS NULL and its like
	Passed    bool     `json:"passed"`
}

// Decide evaluates the scope. It is a *NoMappingError for an unknown type of
// object, an *UnsupportedFilterError when a filter cannot be evaluated, and
// the expression's own error when that of a matching attribute cannot be.
// What was decided until then is returned.
func (r *Rules) Decide(s Subject, a Access) (Decision, error) {
	o := r.object(s.Type)
	if o == nil {
		return Decision{}, &NoMappingError{Type: s.Type}
	}
	d := Decision{MappingEnabled: o.enabled, Active: s.active(), SyncAll: a.SyncAll, AssignedBy: a.of(s)}
	d.Assigned = len(d.AssignedBy) > 0
	d.Entitled = a.entitles(d.AssignedBy)
	matches, err := r.Matches(s)
	if err != nil {
		return d, err
	}
	d.Imported = len(matches) > 0
	passed, clauses, err := o.filter(s, o.inputFilters, r.RegexLimit)
	if d.Dropped, d.InputClauses = err == nil && !passed, clauses; err != nil {
		return d, err
	}
	if d.FilterPassed, d.Clauses, err = o.filter(s, o.filters, r.RegexLimit); err != nil {
		return d, err
	}
	d.InScope = d.Imported && !d.Dropped && d.MappingEnabled && d.Active && d.Entitled && d.FilterPassed
	return d, nil
}

// SoftDeleted is the value of IsSoftDeleted that follows.
func (d Decision) SoftDeleted() bool { return !d.InScope }

func (s Subject) active() bool {
	enabled := s.Attributes["accountEnabled"]
	return !s.Deleted && !s.Purged && !slices.ContainsFunc(enabled, isFalse)
}

// of are the assignments of a subject and, for a user, of the groups they are
// in. A group inside an assigned one counts only when it is assigned itself.
func (a Access) of(s Subject) []Assignment {
	var found []Assignment
	for _, assignment := range a.Assignments {
		if assignment.PrincipalID == s.ID || s.Type == User && slices.Contains(a.Groups, assignment.PrincipalID) {
			found = append(found, assignment)
		}
	}
	return found
}

func (a Access) entitles(assignments []Assignment) bool {
	return a.SyncAll || slices.ContainsFunc(assignments, func(assignment Assignment) bool {
		return assignment.RoleID != DefaultAccess || !a.DefaultAccessDenied
	})
}
