package mappings

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/extattr"
	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/graph/bounds"
	"github.com/scimctl/scimctl/mappings/diff"
	"github.com/scimctl/scimctl/mappings/internal/tree"
	"github.com/scimctl/scimctl/mappings/schema"
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
	Job    string // its job, as for [synchronization.FindJob]
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
func (c CopyFrom) kinds(to, from *schema.Schema) ([]string, error) {
	if c.Object != "" {
		_, err := from.Object(c.Object)
		return []string{c.Object}, err
	}
	var kinds []string
	for _, kind := range []string{schema.User, schema.Group} {
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
	from     *schema.Schema
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
		for _, name := range o.SourcesUsed() {
			full := x.renamedName(name)
			if _, listed := here.Attribute(schema.Source, full); strings.HasPrefix(full, x.now) && !listed {
				needed[full] = o.SourceName()
			}
		}
	}
	if len(needed) == 0 || x.old == x.now {
		return nil, nil
	}
	extensions, err := applications.AvailableExtensions(ctx, at.Graph)
	if err != nil {
		return nil, err
	}
	var missing []string
	for full, object := range needed {
		if !slices.ContainsFunc(extensions, func(e applications.ExtensionProperty) bool {
			return e.Name == full && slices.Contains(e.TargetObjects, object)
		}) {
			missing = append(missing, strings.TrimPrefix(full, x.now))
		}
	}
	slices.Sort(missing)
	return slices.Compact(missing), nil
}

func (x copier) edit(s *schema.Schema) error {
	for _, kind := range x.kinds {
		from, err := x.from.Object(kind)
		if err != nil {
			return err
		}
		to, err := s.Object(kind)
		if err != nil {
			return err
		}
		if err := x.copy(schema.Index(from), schema.Index(to)); err != nil {
			return err
		}
	}
	return nil
}

func (x copier) copy(from, to schema.Indexed) error {
	if x.Prune {
		if err := x.prune(from, to); err != nil {
			return err
		}
	}
	list := to.Node.Get("attributeMappings")
	if list.Open() != '[' {
		return &schema.NotASchemaError{Reason: "its object mapping for " + to.Kind() + " has no attributeMappings"}
	}
	for _, p := range from.Node.Get("attributeMappings").Elements() {
		target := p.Value.Field("targetAttributeName")
		x.attribute(from, to, schema.Target, target)
		if here := to.Mappings[target]; here != nil {
			x.members("mapping", here, p.Value)
		} else {
			list.Add(json.RawMessage(x.renamed(p.Value.Bytes())))
		}
	}
	for _, name := range from.SourcesUsed() {
		x.attribute(from, to, schema.Source, name)
	}
	x.members("objectMapping", to.Node, from.Node, "enabled", "flowTypes", "scope")
	return unambiguous(to.Object)
}

// members brings the members of an object over that differ in meaning: those
// named, or all.
func (x copier) members(of string, here, there *tree.Node, names ...string) {
	for _, p := range there.Elements() {
		if len(names) > 0 && !slices.Contains(names, p.Key) {
			continue
		}
		if value := x.renamed(p.Value.Bytes()); differs(of, p.Key, here.Get(p.Key), value) {
			here.Set(p.Key, json.RawMessage(value))
		}
	}
}

// attribute brings a definition over that the list lacks.
func (x copier) attribute(from, to schema.Indexed, side schema.Side, name string) {
	there := from.Listed[side][name]
	full := x.renamedName(name)
	if there == nil || to.Listed[side][full] != nil {
		return
	}
	if list := to.List(side); list.Open() == '[' {
		list.Add(json.RawMessage(x.renamed(there.Bytes())))
	}
}

// prune takes away the mappings that the other application lacks.
func (x copier) prune(from, to schema.Indexed) error {
	for _, target := range to.Mapped() {
		if from.Mappings[target] == nil && to.Requires(target) {
			return schema.Required(target)
		}
	}
	to.Node.Get("attributeMappings").Drop(func(_ string, n *tree.Node) bool {
		return from.Mappings[n.Field("targetAttributeName")] == nil
	})
	return nil
}

// unambiguous refuses matching priorities that two mappings have.
func unambiguous(o schema.Object) error {
	all := o.Matching()
	for i := 1; i < len(all); i++ {
		if all[i].Match == all[i-1].Match {
			return &schema.MatchTakenError{Match: all[i].Match, By: all[i].Target}
		}
	}
	return nil
}

// differs says that a member has another meaning than the one that is to come.
func differs(of, name string, here *tree.Node, coming []byte) bool {
	f := diff.Forms[of]
	return !bytes.Equal(f.MeaningOf(name, here), f.MeaningOf(name, &tree.Node{Raw: coming}))
}
