// Package engine decides as Entra's provisioning service does, without doing
// anything: from the schema of a job, one user or group, the assignments and
// the settings it tells whether the object is in scope and why, which
// attributes flow, and what would be sent to the target.
//
// How the service goes about it is described at
// https://learn.microsoft.com/entra/identity/app-provisioning/how-provisioning-works.
package engine

import (
	"slices"
	"time"

	"github.com/scimctl/scimctl/mappings/expression"
	"github.com/scimctl/scimctl/provisioning/scim"
)

// Names of the object types of the source directory.
const (
	User  = "User"
	Group = "Group"
)

// softDeleted is the source attribute that the service computes.
const softDeleted = "IsSoftDeleted"

// Rules are what a synchronization schema says, read for deciding.
type Rules struct {
	RuleID          string
	RuleName        string
	SourceDirectory string // "Microsoft Entra ID"
	TargetDirectory string // "customappsso"
	OnDemand        bool   // the rule's supportsProvisionOnDemand

	// What the schema does not say, to be set before use.
	Now           time.Time     // for expressions; zero is the present
	DefaultDomain string        // of the tenant, for expressions; "" when not known
	RegexLimit    time.Duration // the most that one regular expression may take; 0 is no limit

	objects []object
}

// An object is an object mapping with what the target directory says of its attributes.
type object struct {
	enabled             bool
	add, update, delete bool
	source, target      string
	mappings            []mapping
	filters             []filter
	inputFilters        []filter // what does not pass them is not even deprovisioned
	unsupportedFilters  string   // kind of filter groups that are there and not evaluated
	attributes          map[string]attribute
	sourceAttributes    map[string]attribute
}

// A mapping is an attribute mapping with its source parsed.
type mapping struct {
	target       string
	text         string          // the source's expression
	source       expression.Node // nil: none
	err          error           // why the source cannot be read
	defaultValue string
	priority     int
	flowType     string
	always       bool          // sent whether it differs or not
	roles        scim.RoleForm // of a function that sends roles
}

// An attribute is what a directory says of one.
type attribute struct {
	kind        string
	multivalued bool
	caseExact   bool
}

// Has tells whether there is an object mapping for a type of object, and
// whether it is enabled.
func (r *Rules) Has(objectType string) (exists, enabled bool) {
	o := r.object(objectType)
	return o != nil, o != nil && o.enabled
}

// TargetType is the target object name of a type of object:
// "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User".
func (r *Rules) TargetType(objectType string) string {
	if o := r.object(objectType); o != nil {
		return o.target
	}
	return ""
}

// MatchingTargets are the target attributes of a type of object that are
// matched on, first precedence first. The first is what the probe filters by.
func (r *Rules) MatchingTargets(objectType string) []string {
	var targets []string
	if o := r.object(objectType); o != nil {
		for _, m := range o.matching() {
			targets = append(targets, m.target)
		}
	}
	return targets
}

// SourceAttributes are the names of the provisioning attributes that mappings
// and filters of a type of object read, sorted, each once.
func (r *Rules) SourceAttributes(objectType string) []string {
	o := r.object(objectType)
	if o == nil {
		return nil
	}
	return o.readBy(o.mappings)
}

func (r *Rules) object(objectType string) *object {
	for i := range r.objects {
		if r.objects[i].source == objectType {
			return &r.objects[i]
		}
	}
	return nil
}

// matching are the mappings that are matched on: priority 0 is none, and the
// lowest of the others comes first.
func (o *object) matching() []mapping {
	var found []mapping
	for _, m := range o.mappings {
		if m.priority > 0 {
			found = append(found, m)
		}
	}
	slices.SortStableFunc(found, func(a, b mapping) int { return a.priority - b.priority })
	return found
}

// kind is the type of a target attribute. Where the directory does not list
// it, active, manager and members have those that SCIM gives them.
func (o *object) kind(target string) string {
	if a, ok := o.attributes[target]; ok && a.kind != "" {
		return a.kind
	}
	switch target {
	case "active":
		return "Boolean"
	case "members", managerPath:
		return "Reference"
	default:
		return "String"
	}
}

const managerPath = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager"
