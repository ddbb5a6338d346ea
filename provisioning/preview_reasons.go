package provisioning

import (
	"fmt"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/provisioning/engine"
)

// A Reason is one thing that has to hold for an object to be in scope.
type Reason struct {
	Name   string `json:"name"`
	Holds  bool   `json:"holds"`
	Detail string `json:"detail,omitempty"`
}

// reasons are what a decision looked at, in the service's order. Of the scoping
// filters one has to let the object pass, and does when all of its clauses
// hold.
func reasons(d engine.Decision, scope Scope) []Reason {
	all := []Reason{
		{Name: "has a value to match on", Holds: d.Imported},
		{Name: "its objects are mapped", Holds: d.MappingEnabled},
		{Name: "active in the source", Holds: d.Active},
		assigned(d, scope),
	}
	if !d.SyncAll && d.Assigned {
		all = append(all, Reason{Name: "has a role that counts", Holds: d.Entitled})
	}
	if d.InputClauses != nil {
		all = append(all, Reason{Name: "passes the input filters", Holds: !d.Dropped, Detail: clauses(d.InputClauses)})
	}
	return append(all, Reason{Name: "passes a scoping filter", Holds: d.FilterPassed, Detail: clauses(d.Clauses)})
}

func assigned(d engine.Decision, scope Scope) Reason {
	c := Reason{Name: "assigned, or the scope is all", Holds: d.SyncAll || d.Assigned}
	var by []string
	for _, a := range d.AssignedBy {
		if !slices.Contains(by, a.PrincipalName) {
			by = append(by, a.PrincipalName)
		}
	}
	switch {
	case scope == "":
		c.Detail = "taken to be assigned"
	case len(by) > 0:
		c.Detail = "by the assignment of " + strings.Join(by, ", ")
	case d.SyncAll:
		c.Detail = "the scope is all"
	}
	return c
}

// clauses tells what each clause of the filters came to.
func clauses(all []engine.ClauseResult) string {
	if len(all) == 0 {
		return "there are none"
	}
	parts := make([]string, len(all))
	for i, c := range all {
		verdict := "no"
		if c.Passed {
			verdict = "yes"
		}
		parts[i] = fmt.Sprintf("%s: %s", c, verdict)
	}
	return strings.Join(parts, "; ")
}
