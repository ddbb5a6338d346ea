package extattr

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/failure"
	"github.com/scimctl/scimctl/graph/remedy"
)

// Create makes directory extension properties and waits until values can be
// written to them.
//
// https://learn.microsoft.com/en-us/graph/api/application-post-extensionproperty
type Create struct {
	Graph       *graph.Client
	App         string   // name or id
	Names       []string // short ones
	DataType    string   // "" is String
	Target      string   // kind of object that has the property; "" is User
	MultiValued bool     // provisioning cannot map properties with several values
}

// A Created is a property that was asked for. Created is false when it was
// there already. On a dry run it says what would be, without ID.
type Created struct {
	Name     string `json:"name"` // short
	FullName string `json:"fullName"`
	ID       string `json:"id,omitempty"`
	Created  bool   `json:"created"`
}

// A ConflictError is a property that exists with another data type or for
// other objects.
type ConflictError struct{ Have, Want Extension }

func (e *ConflictError) Error() string {
	return fmt.Sprintf("extension property %s exists otherwise: it is %s, not %s", e.Want.Name, e.Have.shape(), e.Want.shape())
}

// shape is what two properties of one name can differ in.
func (e Extension) shape() string {
	shape := e.DataType + " for " + strings.Join(slices.Sorted(slices.Values(e.TargetObjects)), ", ")
	if e.MultiValued {
		return "multi-valued " + shape
	}
	return shape
}

// Do makes the properties that do not exist and answers for all of them, in
// the order asked. Nothing is made when one of them conflicts: a
// *[ConflictError]. A name that cannot be is a *[NameError], before anything
// is sent. When waiting does not help, the error is a
// *[graph.NotReplicatedError]. Beside an error stand the properties that are
// there all the same.
func (c Create) Do(ctx context.Context) ([]Created, error) {
	wanted, err := c.wanted()
	if err != nil {
		return nil, err
	}
	app, list, err := read(ctx, c.Graph, c.App)
	if err != nil {
		return nil, err
	}
	m := maker{client: c.Graph, app: app}
	if err := m.add(wanted, list); err != nil {
		return nil, err
	}
	if err := m.create(ctx); err != nil || c.Graph.DryRun() {
		return m.created(c.Graph.DryRun()), err
	}
	err = m.wait(ctx)
	return m.created(false), err
}

// wanted checks what was asked for.
func (c Create) wanted() ([]Extension, error) {
	if c.DataType == "" {
		c.DataType = "String"
	}
	if c.Target == "" {
		c.Target = "User"
	}
	dataType, err := spelled("data type", c.DataType, dataTypes[:])
	if err != nil {
		return nil, err
	}
	target, err := spelled("target object", c.Target, targetObjects[:])
	if err != nil {
		return nil, err
	}
	var wanted []Extension
	for _, name := range c.Names {
		if err := checkName(name); err != nil {
			return nil, err
		}
		wanted = append(wanted, Extension{Name: name, DataType: dataType, TargetObjects: []string{target}, MultiValued: c.MultiValued})
	}
	return wanted, nil
}

// noServicePrincipal is the conflict of an application without a service
// principal: extension properties can be defined for it, but never be used.
func noServicePrincipal(app string) error {
	return failure.New(failure.Conflict, "application %q has no service principal in this tenant: its extension properties could never be used", app).
		Try(remedy.Advise("create the enterprise application, or use one made with app create"))
}
