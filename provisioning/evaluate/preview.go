package evaluate

import (
	"context"
	"time"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/mappings/expression"
	"github.com/scimctl/scimctl/provisioning/credentials"
	"github.com/scimctl/scimctl/provisioning/engine"
)

// Preview tells what provisioning would send for one user. Nothing is sent, and
// the application is not asked anything.
//
// With a User, that user, the assignments and the settings are read from
// Graph, and the schema too, unless one is given. Without, nothing is asked of
// Graph, which may be nil: Schema and Set are all there is, and the user is
// taken to be assigned.
type Preview struct {
	Graph    *graph.Client
	App, Job string // Job as for [provisioning.FindJob]
	User     string // user principal name, mail or id; "" for one who is made of Set alone
	Schema   []byte // takes the place of the job's

	// Set are attributes by their provisioning names, extension properties also
	// by their short ones, that take the place of what the user has.
	Set map[string][]string

	Now           time.Time // for expressions; zero is the present
	DefaultDomain string    // of the tenant, for expressions; "" when not known
}

// A PreviewResult is what would be sent for a user, and why.
type PreviewResult struct {
	User    string            `json:"user"`            // user principal name; "" when there is none
	Scope   credentials.Scope `json:"scope,omitempty"` // of the application; "" without a tenant
	InScope bool              `json:"inScope"`
	Reasons []Reason          `json:"reasons"` // all must hold for the user to be in scope

	// Undecided is why scimctl cannot tell whether the user is in scope, or what
	// would be sent. Attributes are then those of a create, and there are no
	// requests.
	Undecided string `json:"undecided,omitempty"`

	// Action is what comes of an application without an account for the user:
	// Create, or Skip or Fail with the service's Code and a Reason.
	Action engine.Action `json:"action,omitempty"`
	Code   string        `json:"code,omitempty"`
	Reason string        `json:"reason,omitempty"`

	Attributes []PreviewAttribute `json:"attributes"` // all that are mapped

	Create           *engine.Request  `json:"create,omitempty"`
	CreateReferences []engine.Request `json:"createReferences"` // follow when those referred to are in the application
	Update           []engine.Request `json:"update"`           // when every value differs
	UpdateCompliant  []engine.Request `json:"updateCompliant"`  // the same with aadOptscim062020 in the tenant URL
	Disable          *engine.Request  `json:"disable,omitempty"`
	DisableCompliant *engine.Request  `json:"disableCompliant,omitempty"`

	// SkipDeletions says that Disable is not sent.
	SkipDeletions bool `json:"skipOutOfScopeDeletions"`

	// Unknown are attributes that the schema reads and that Graph does not
	// tell. They are taken to be empty, and may not be.
	Unknown []string          `json:"unknown"`
	Unused  []UnusedAttribute `json:"unused"`
}

// An UnusedAttribute is one of Set that the schema does not read.
type UnusedAttribute struct {
	Name string   `json:"name"`
	Near []string `json:"near"` // attributes that it reads, and that may have been meant
}

// A ComputedAttributeError is an attribute that is set and that the service
// computes.
type ComputedAttributeError struct{ Attribute string }

func (e *ComputedAttributeError) Error() string {
	return e.Attribute + " cannot be set: it is computed from whether the user is in scope"
}

// A PreviewAttribute is what one attribute mapping yields.
type PreviewAttribute struct {
	Target     string             `json:"target"`
	Source     string             `json:"source,omitempty"` // as an expression: [mail]; "" for none
	Outcome    expression.Outcome `json:"outcome"`          // value, null, dropped or unsupported
	Values     []string           `json:"values"`
	Match      int                `json:"match,omitempty"` // place among the attributes that are matched on
	Default    bool               `json:"default"`         // the mapping's default value stood in
	CreateOnly bool               `json:"createOnly"`
	Later      bool               `json:"later"`             // not sent with a create, but by an update after it
	Reference  bool               `json:"reference"`         // to another object: sent on its own, after it
	NotSent    string             `json:"notSent,omitempty"` // why nothing is sent
	Unknown    []string           `json:"unknown,omitempty"` // attributes of the source that are not known here
}

// Do reads what is needed and evaluates it. The errors to know are those of
// looking up application, job and user, an *engine.SchemaError for a schema
// that cannot be read, an *engine.NoMappingError for one that does not map
// users, and a *[ComputedAttributeError].
func (p Preview) Do(ctx context.Context) (PreviewResult, error) {
	v := &View{Preview: p, Made: EmptyPreview()}
	if _, set := p.Set[computed]; set {
		return PreviewResult{}, &ComputedAttributeError{Attribute: computed}
	}
	read := v.imagine
	if p.User != "" {
		read = v.read
	}
	if err := read(ctx); err != nil {
		return PreviewResult{}, err
	}
	return v.Made, v.Evaluate()
}

// EmptyPreview is one whose lists are there.
func EmptyPreview() PreviewResult {
	return PreviewResult{
		Reasons: []Reason{}, Attributes: []PreviewAttribute{}, CreateReferences: []engine.Request{},
		Update: []engine.Request{}, UpdateCompliant: []engine.Request{}, Unknown: []string{}, Unused: []UnusedAttribute{},
	}
}
