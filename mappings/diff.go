package mappings

import (
	"cmp"
	"slices"
	"strings"
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
func Diff(before, after *Schema) []Change {
	d := newDiffer(before, after)
	d.schema(before.root, after.root)
	slices.SortStableFunc(d.changes, inOrder)
	return d.changes
}

func newDiffer(before, after *Schema) *differ {
	d := &differ{changes: []Change{}, usual: map[*node]bool{}, lists: map[string]place{}}
	d.know(after)
	d.know(before)
	return d
}

func (d *differ) schema(old, now *node) {
	d.rules(old.get("synchronizationRules"), now.get("synchronizationRules"))
	d.directories(old.get("directories"), now.get("directories"))
	d.askew(place{}, "synchronizationRules", '[', old.get("synchronizationRules"), now.get("synchronizationRules"))
	d.askew(place{}, "directories", '[', old.get("directories"), now.get("directories"))
	d.members(place{}, "", "schema", old, now, "synchronizationRules", "directories")
}

// inOrder puts users first, then groups, then other objects, and last what
// belongs to none.
func inOrder(a, b Change) int {
	rank := func(c Change) int {
		switch c.Object {
		case User:
			return 0
		case Group:
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
	side         Side
}

// A differ collects changes.
type differ struct {
	changes []Change
	several bool             // rules, so that changes name theirs
	usual   map[*node]bool   // the object mappings that [Schema.Object] finds
	lists   map[string]place // by directory and object: whose attribute list it is
	// verifying compares what was sent with what was saved: what is only added is
	// no change then, but collected in added. See [lost].
	verifying bool
	added     []Change
}

// note adds a change, unless both sides read alike. What is there always has
// words.
func (d *differ) note(at place, kind ChangeKind, name, old, now string) {
	if old == now {
		return
	}
	change := Change{Object: at.object, Rule: at.rule, Kind: kind, Name: name, Old: old, New: now}
	if d.verifying && old == "" {
		d.added = append(d.added, change)
		return
	}
	d.changes = append(d.changes, change)
}

// know notes what the object mappings of a schema are about, and which
// attribute lists they use.
func (d *differ) know(s *Schema) {
	d.several = d.several || len(s.root.get("synchronizationRules").elements()) > 1
	seen := map[string]bool{}
	for _, o := range s.objects() {
		d.usual[o.mapping] = !seen[o.kind]
		seen[o.kind] = true
		at := d.about(o.rule, o.mapping)
		at.side = Source
		d.use(o.rule.field("sourceDirectoryName"), o.SourceName(), at)
		at.side = Target
		d.use(o.rule.field("targetDirectoryName"), o.TargetName(), at)
	}
}

func (d *differ) about(rule, mapping *node) place {
	at := place{object: strings.ToLower(mapping.field("sourceObjectName"))}
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

func listKey(directory, object string) string { return presentName(directory) + "\x00" + object }

func (d *differ) rules(before, after *node) {
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
func label(rule *node) string { return cmp.Or(rule.field("name"), rule.field("id")) }

// objects compares the object mappings of a rule, and the rest of it.
func (d *differ) objects(at place, path string, old, now *node) {
	source := by("sourceObjectName")
	both := func(n *node) string { return source(n) + " -> " + n.field("targetObjectName") }
	for _, p := range rejoin(d.pairUp(old.get("objectMappings"), now.get("objectMappings"), "objectMapping", both), source) {
		m := first(p)
		at := d.about(old, m)
		if p.old == nil || p.now == nil {
			d.note(at, ChangedObjectMapping, both(m), counted(p.old, "attributeMappings", "mapping"), counted(p.now, "attributeMappings", "mapping"))
			continue
		}
		d.object(at, path+".objectMappings["+cmp.Or(p.now.field("name"), both(m))+"]", p.old, p.now)
	}
	d.askew(at, path+".objectMappings", '[', old.get("objectMappings"), now.get("objectMappings"))
	d.members(at, path, "rule", old, now, "objectMappings")
}

func (d *differ) object(at place, path string, old, now *node) {
	d.leaf(at, ChangedEnabled, path+".enabled", "objectMapping", "enabled", old, now, func(n *node) string { return cmp.Or(compact(given(n.get("enabled"))), "false") })
	d.leaf(at, ChangedActions, path+".flowTypes", "objectMapping", "flowTypes", old, now, func(n *node) string { return actionsOf(n.field("flowTypes")) })
	d.filters(at, path+".scope", old.get("scope"), now.get("scope"))
	for _, p := range d.pairUp(old.get("attributeMappings"), now.get("attributeMappings"), "mapping", by("targetAttributeName")) {
		d.element(at, ChangedMapping, "mapping", p, func(n *node) string { return readMapping(n).String() },
			"targetAttributeName", "matchingPriority", "flowType", "flowBehavior", "defaultValue", "source")
	}
	d.askew(at, path+".attributeMappings", '[', old.get("attributeMappings"), now.get("attributeMappings"))
	d.members(at, path, "objectMapping", old, now, "attributeMappings", "enabled", "flowTypes", "scope")
}

func (d *differ) filters(at place, path string, old, now *node) {
	if d.verifying && isNull(old) && meaning(now, "scope") != nil {
		d.note(at, ChangedMember, path, compact(old), compact(now))
		return
	}
	for _, p := range d.pairUp(old.get("groups"), now.get("groups"), "filter", by("name")) {
		d.element(at, ChangedFilter, "filter", p, func(n *node) string { return readFilter(n).String() }, "name", "clauses")
	}
	d.askew(at, path, '{', old, now)
	d.askew(at, path+".groups", '[', old.get("groups"), now.get("groups"))
	d.members(at, path, "scope", old, now, "groups")
}

func first(p pair) *node {
	if p.now != nil {
		return p.now
	}
	return p.old
}
