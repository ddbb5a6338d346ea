// Package diff compares schemas by meaning, and says which differences are
// risks.
package diff

import (
	"cmp"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/mappings/internal/tree"
	"github.com/scimctl/scimctl/mappings/schema"
)

// Diff tells what differs in meaning between two schemas: by rule, object and
// target, whatever their order. What says the same in other words is no
// difference: blanks, escapes, the order of lists and members, a member that is
// null, missing or at its usual value, an expression that is spaced otherwise,
// either name of Microsoft Entra ID's directory. Nor are the job's id, the
// version that the service gives with each write, and annotations.
//
// Everything else is told, also where scimctl does not know it: as the member
// at a path.
func Diff(before, after *schema.Schema) []Change {
	d := NewDiffer(before, after)
	d.Schema(before.Root, after.Root)
	slices.SortStableFunc(d.Changes, InOrder)
	return d.Changes
}

// NewDiffer compares a schema as it was with one as it is.
func NewDiffer(before, after *schema.Schema) *differ {
	d := &differ{Changes: []Change{}, usual: map[*tree.Node]bool{}, lists: map[string]place{}}
	d.know(after)
	d.know(before)
	return d
}

func (d *differ) Schema(old, now *tree.Node) {
	d.rules(old.Get("synchronizationRules"), now.Get("synchronizationRules"))
	d.directories(old.Get("directories"), now.Get("directories"))
	d.askew(place{}, "synchronizationRules", '[', old.Get("synchronizationRules"), now.Get("synchronizationRules"))
	d.askew(place{}, "directories", '[', old.Get("directories"), now.Get("directories"))
	d.members(place{}, "", "schema", old, now, "synchronizationRules", "directories")
}

// InOrder puts users first, then groups, then other objects, and last what
// belongs to none.
func InOrder(a, b Change) int {
	rank := func(c Change) int {
		switch c.Object {
		case schema.User:
			return 0
		case schema.Group:
			return 1
		case "":
			return 3
		}
		return 2
	}
	return cmp.Or(rank(a)-rank(b), strings.Compare(a.Object, b.Object), strings.Compare(a.Rule, b.Rule),
		slices.Index(kindOrder, a.Kind)-slices.Index(kindOrder, b.Kind))
}

// A place is what a change is about. Of an attribute list it says on which
// side it is.
type place struct {
	object, rule string
	side         schema.Side
}

// A differ collects changes.
type differ struct {
	Changes []Change
	several bool                // rules, so that changes name theirs
	usual   map[*tree.Node]bool // the object mappings that [schema.Schema.Object] finds
	lists   map[string]place    // by directory and object: whose attribute list it is
	// verifying compares what was sent with what was saved: what is only added is
	// no change then, but collected in added. See [lost].
	Verifying bool
	Added     []Change
}

// note adds a change, unless both sides read alike. What is there always has
// words.
func (d *differ) note(at place, kind ChangeKind, name, old, now string) {
	if old == now {
		return
	}
	change := Change{Object: at.object, Rule: at.rule, Kind: kind, Name: name, Old: old, New: now}
	if d.Verifying && old == "" {
		d.Added = append(d.Added, change)
		return
	}
	d.Changes = append(d.Changes, change)
}

// know notes what the object mappings of a schema are about, and which
// attribute lists they use.
func (d *differ) know(s *schema.Schema) {
	d.several = d.several || len(s.Root.Get("synchronizationRules").Elements()) > 1
	seen := map[string]bool{}
	for _, o := range s.Objects() {
		d.usual[o.Node] = !seen[o.Kind()]
		seen[o.Kind()] = true
		at := d.about(o.Rule, o.Node)
		at.side = schema.Source
		d.use(o.Rule.Field("sourceDirectoryName"), o.SourceName(), at)
		at.side = schema.Target
		d.use(o.Rule.Field("targetDirectoryName"), o.TargetName(), at)
	}
}

func (d *differ) about(rule, mapping *tree.Node) place {
	at := place{object: strings.ToLower(mapping.Field("sourceObjectName"))}
	if !d.usual[mapping] {
		at.rule = label(rule)
	}
	return at
}

// use says whose a list is: the first's that uses it.
func (d *differ) use(directory, object string, at place) {
	if key := listKey(directory, object); d.lists[key] == (place{}) {
		d.lists[key] = at
	}
}

func listKey(directory, object string) string { return schema.PresentName(directory) + "\x00" + object }

func (d *differ) rules(before, after *tree.Node) {
	for _, p := range rejoin(d.pairUp(before, after, "rule", by("id")), by("name")) {
		if p.old == nil || p.now == nil {
			d.note(place{}, ChangedRule, label(first(p)), counted(p.old, "objectMappings", "object mapping"), counted(p.now, "objectMappings", "object mapping"))
			continue
		}
		at := place{}
		if d.several {
			at.rule = label(p.now)
		}
		d.objects(at, "synchronizationRules["+label(p.now)+"]", p.old, p.now)
	}
}

// label is what a rule is called.
func label(rule *tree.Node) string { return cmp.Or(rule.Field("name"), rule.Field("id")) }

// objects compares the object mappings of a rule, and the rest of it.
func (d *differ) objects(at place, path string, old, now *tree.Node) {
	source := by("sourceObjectName")
	both := func(n *tree.Node) string { return source(n) + " -> " + n.Field("targetObjectName") }
	for _, p := range rejoin(d.pairUp(old.Get("objectMappings"), now.Get("objectMappings"), "objectMapping", both), source) {
		m := first(p)
		at := d.about(old, m)
		if p.old == nil || p.now == nil {
			d.note(at, ChangedObjectMapping, both(m), counted(p.old, "attributeMappings", "mapping"), counted(p.now, "attributeMappings", "mapping"))
			continue
		}
		d.object(at, path+".objectMappings["+cmp.Or(p.now.Field("name"), both(m))+"]", p.old, p.now)
	}
	d.askew(at, path+".objectMappings", '[', old.Get("objectMappings"), now.Get("objectMappings"))
	d.members(at, path, "rule", old, now, "objectMappings")
}

func (d *differ) object(at place, path string, old, now *tree.Node) {
	d.leaf(at, ChangedEnabled, path+".enabled", "objectMapping", "enabled", old, now, func(n *tree.Node) string { return cmp.Or(compact(given(n.Get("enabled"))), "false") })
	d.leaf(at, ChangedActions, path+".flowTypes", "objectMapping", "flowTypes", old, now, func(n *tree.Node) string { return actionsOf(n.Field("flowTypes")) })
	d.filters(at, path+".scope", old.Get("scope"), now.Get("scope"))
	for _, p := range d.pairUp(old.Get("attributeMappings"), now.Get("attributeMappings"), "mapping", by("targetAttributeName")) {
		d.element(at, ChangedMapping, "mapping", p, func(n *tree.Node) string { return schema.ReadMapping(n).String() },
			"targetAttributeName", "matchingPriority", "flowType", "flowBehavior", "defaultValue", "source")
	}
	d.askew(at, path+".attributeMappings", '[', old.Get("attributeMappings"), now.Get("attributeMappings"))
	d.members(at, path, "objectMapping", old, now, "attributeMappings", "enabled", "flowTypes", "scope")
}

func (d *differ) filters(at place, path string, old, now *tree.Node) {
	if d.Verifying && isNull(old) && meaning(now, "scope") != nil {
		d.note(at, ChangedMember, path, compact(old), compact(now))
		return
	}
	for _, p := range d.pairUp(old.Get("groups"), now.Get("groups"), "filter", by("name")) {
		d.element(at, ChangedFilter, "filter", p, func(n *tree.Node) string { return schema.ReadFilter(n).String() }, "name", "clauses")
	}
	d.askew(at, path, '{', old, now)
	d.askew(at, path+".groups", '[', old.Get("groups"), now.Get("groups"))
	d.members(at, path, "scope", old, now, "groups")
}

func first(p pair) *tree.Node {
	if p.now != nil {
		return p.now
	}
	return p.old
}
