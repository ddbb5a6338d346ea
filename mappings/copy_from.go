package mappings

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/extattr"
	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/bounds"
)

// A CopyFrom brings the mappings of another application over: its attribute
// mappings with the attributes that they need, its scoping filters, its target
// object actions, and whether groups are provisioned.
//
// Extension properties of the other application become those of the same short
// name of this one, which must have them: else it is a *[NoExtensionError].
// Members that only this schema has stay as they are.
type CopyFrom struct {
	App    string // the other application, by name or id
	Job    string // its job, as for [graph.Client.FindJob]
	Object string // User or Group; "" is both, as far as both applications have them
	Prune  bool   // take away the mappings that the other application lacks
}

// A NoExtensionError names the extension properties that an application lacks
// and the mappings of another one read, by their short names.
type NoExtensionError struct {
	App, From string
	Names     []string
}

func (e *NoExtensionError) Error() string {
	return fmt.Sprintf("%s has no extension property %s, which the mappings of %s read", e.App, bounds.Names(e.Names), e.From)
}

// Plan reads the other application's schema, and the extensions when that
// names any, and returns the edit. It is what [Update] asks for.
func (c CopyFrom) Plan(ctx context.Context, at Place) (Edit, error) {
	from, err := live(ctx, at.Graph, c.App, c.Job)
	if err != nil {
		return nil, err
	}
	x := copier{CopyFrom: c, from: from.Schema, old: extattr.FullName(from.App.AppID, ""), now: extattr.FullName(at.App.AppID, "")}
	if x.kinds, err = c.kinds(at.Schema, from.Schema); err != nil {
		return nil, err
	}
	if missing, err := x.missing(ctx, at); err != nil {
		return nil, err
	} else if len(missing) > 0 {
		return nil, &NoExtensionError{App: at.App.Name, From: from.App.Name, Names: missing}
	}
	return x.edit, nil
}

// kinds are the objects to copy.
func (c CopyFrom) kinds(to, from *Schema) ([]string, error) {
	if c.Object != "" {
		_, err := from.Object(c.Object)
		return []string{c.Object}, err
	}
	var kinds []string
	for _, kind := range []string{User, Group} {
		_, errFrom := from.Object(kind)
		_, errTo := to.Object(kind)
		if errFrom == nil && errTo == nil {
			kinds = append(kinds, kind)
		}
	}
	return kinds, nil
}

// A copier is a [CopyFrom] with what it copies.
type copier struct {
	CopyFrom
	from     *Schema
	kinds    []string
	old, now string // what the extensions of the two applications begin with
}

// renamed gives the other application's extensions the names of this one's.
func (x copier) renamed(raw []byte) []byte {
	return bytes.ReplaceAll(raw, []byte(x.old), []byte(x.now))
}

func (x copier) renamedName(name string) string { return strings.ReplaceAll(name, x.old, x.now) }

// missing are the short names of extensions that this application lacks.
func (x copier) missing(ctx context.Context, at Place) ([]string, error) {
	needed := map[string]string{} // by full name, the source object
	for _, kind := range x.kinds {
		o, err := x.from.Object(kind)
		if err != nil {
			return nil, err
		}
		here, err := at.Schema.Object(kind)
		if err != nil {
			return nil, err
		}
		for _, name := range o.sourcesUsed() {
			full := x.renamedName(name)
			if _, listed := here.attribute(Source, full); strings.HasPrefix(full, x.now) && !listed {
				needed[full] = o.SourceName()
			}
		}
	}
	if len(needed) == 0 || x.old == x.now {
		return nil, nil
	}
	extensions, err := at.Graph.AvailableExtensions(ctx)
	if err != nil {
		return nil, err
	}
	var missing []string
	for full, object := range needed {
		if !slices.ContainsFunc(extensions, func(e graph.ExtensionProperty) bool {
			return e.Name == full && slices.Contains(e.TargetObjects, object)
		}) {
			missing = append(missing, strings.TrimPrefix(full, x.now))
		}
	}
	slices.Sort(missing)
	return slices.Compact(missing), nil
}

// sourcesUsed are the source attributes that mappings and filters read.
func (o Object) sourcesUsed() []string {
	var names []string
	for _, m := range o.Mappings() {
		if reads, err := m.reads(); err == nil {
			names = append(names, reads...)
		}
	}
	for _, group := range o.mapping.get("scope").get("groups").elements() {
		for _, clause := range group.value.get("clauses").elements() {
			names = append(names, clause.value.field("sourceOperandName"))
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
